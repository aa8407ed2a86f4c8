//! The lifetime of sessions: refresh, expiry, last use.

use super::*;

#[both_engines]
async fn a_session_is_refreshed_once_a_day_and_ends_after_seven(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    app.state.clock.advance_seconds(23 * 3600);
    assert!(app.get("/api/auth/get-session", &ada.cookie).await.cookies().is_empty());
    app.state.clock.advance_seconds(3600);
    assert!(app.get("/api/auth/get-session?disableRefresh=false", &ada.cookie).await.cookies().is_empty());
    let refreshed = app.get("/api/auth/get-session", &ada.cookie).await;
    assert_eq!(refreshed.json()["session"]["expiresAt"], "2026-12-01T00:00:00.000Z");
    assert_eq!(refreshed.cookies().len(), 1, "the cookie is set again");
    app.state.clock.advance_seconds(7 * 24 * 3600);
    let over = app.get("/api/auth/get-session", &ada.cookie).await;
    assert_eq!((over.text().as_str(), over.cookies().len()), ("null", 3));
}

#[both_engines]
async fn a_session_that_goes_with_the_browser_ends_after_a_day_and_is_not_refreshed(app: TestApp) {
    app.sign_up("Ada").await;
    let body = json!({ "email": "ada@example.com", "password": "correct horse 1", "rememberMe": false });
    let signed_in = app.post("/api/auth/sign-in/email", None, &body).await;
    let cookies: Vec<_> = signed_in.cookies().iter().map(|it| it.split(';').next().unwrap().to_owned()).collect();
    let cookies = cookies.join("; ");
    app.state.clock.advance_seconds(24 * 3600 - 1);
    let alive = app.get("/api/auth/get-session", &cookies).await;
    assert_eq!(alive.json()["session"]["expiresAt"], "2026-11-24T00:00:00.000Z");
    assert!(alive.cookies().is_empty());
    app.state.clock.advance_seconds(1);
    assert_eq!(app.get("/api/auth/get-session", &cookies).await.text(), "null");
}

#[both_engines]
async fn when_a_session_was_last_used_is_known_and_written_down(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let eve = app.sign_up("Eve").await;
    let id = app.get("/api/auth/get-session", &ada.cookie).await.json()["session"]["id"].as_str().unwrap().to_owned();
    app.state.auth.last_used.write(&app.state.db).await.unwrap();
    app.state.clock.advance_seconds(90);
    let begun = app.state.clock.now();
    app.get("/api/auth/get-session", &ada.cookie).await;
    app.get("/api/auth/get-session", &eve.cookie).await;
    app.post("/api/auth/sign-out", Some(&eve.cookie), &json!({})).await;
    for _ in 0..2 {
        let seen = app.state.auth.last_used.of_user(&app.state.db, &ada.id).await.unwrap();
        assert_eq!(seen.get(&id), Some(&begun));
        app.state.auth.last_used.write(&app.state.db).await.unwrap();
    }
    assert!(app.state.auth.last_used.of_user(&app.state.db, &eve.id).await.unwrap().is_empty());
}

#[both_engines]
async fn the_last_use_that_another_server_saw_does_not_move_back(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let id = app.get("/api/auth/get-session", &ada.cookie).await.json()["session"]["id"].as_str().unwrap().to_owned();
    let other = app.another(|_| ());
    let (here, there) = (&app.state.auth.last_used, &other.state.auth.last_used);
    let latest = app.state.clock.now().plus_seconds(90);
    there.note(&id, latest);
    there.write(&app.state.db).await.unwrap();
    let of_session = async || here.of_user(&app.state.db, &ada.id).await.unwrap()[&id];
    assert_eq!(of_session().await, latest, "noted here is the sign-up");
    here.write(&app.state.db).await.unwrap();
    assert_eq!(of_session().await, latest);
}

#[both_engines(SHORT_LIVED)]
async fn sessions_are_refreshed_as_recorded(app: TestApp) {
    let mut state = Replay::default();
    for exchange in parse(REFRESH) {
        state.check_at_its_time(&app, &exchange).await;
    }
}

#[both_engines]
async fn a_cached_session_is_worth_nothing(app: TestApp) {
    // The form of Better Auth's cookie cache: base64url of JSON with a signature in it.
    let cached = "better-auth.session_data=eyJzZXNzaW9uIjp7InVzZXIiOnsibmFtZSI6IkV2ZSJ9fX0";
    let ada = app.sign_up("Ada").await;
    let both = format!("{}; {cached}", ada.cookie);
    assert_eq!(app.get("/api/auth/get-session", &both).await.json()["user"]["name"], "Ada");
    assert_eq!(app.get("/api/auth/get-session", cached).await.text(), "null");
    let signed_out = app.post("/api/auth/sign-out", Some(&both), &json!({})).await;
    assert!(
        signed_out
            .cookies()
            .contains(&"better-auth.session_data=; Max-Age=0; Path=/; HttpOnly; SameSite=Lax".to_owned())
    );
    assert_eq!(app.get("/api/auth/get-session", &both).await.text(), "null", "it is over at once");
}

#[tokio::test]
async fn sessions_last_as_configured() {
    let flags = ["--session-expires-in", "10s", "--session-update-age", "2s", "--session-fresh-age", "4s"];
    let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
    let ada = app.sign_up("Ada").await;
    app.state.clock.advance_seconds(1);
    assert!(app.get("/api/auth/get-session", &ada.cookie).await.cookies().is_empty());
    app.state.clock.advance_seconds(1);
    let refreshed = app.get("/api/auth/get-session", &ada.cookie).await;
    assert!(refreshed.cookies()[0].contains("; Max-Age=10;"), "{:?}", refreshed.cookies());
    assert_eq!(refreshed.header("access-control-expose-headers"), "set-auth-jwt, set-auth-token");
    assert_eq!(app.get("/api/auth/list-sessions", &ada.cookie).await.status, StatusCode::OK);
    app.state.clock.advance_seconds(2);
    assert_eq!(app.get("/api/auth/list-sessions", &ada.cookie).await.status, StatusCode::FORBIDDEN);
    app.state.clock.advance_seconds(10);
    assert_eq!(app.get("/api/auth/get-session", &ada.cookie).await.text(), "null");
}
