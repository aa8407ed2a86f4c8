//! The queue in front of the hashing.

use std::time::Duration;

use axum::http::StatusCode;
use futures_util::{FutureExt, future::BoxFuture};
use tokio::task::JoinHandle;
use tower::ServiceExt;

use super::*;
use crate::server::{Result, auth::passwords::HashRequester};

const BEHIND_A_PROXY: &[&str] = &["--trusted-proxies", "10.0.0.0/8"];

/// Waits in the queue forever, as a client with its own network and account.
fn wait(app: &TestApp, n: usize) -> BoxFuture<'static, Result<()>> {
    let queue = app.state.auth.passwords.queue().clone();
    let asker = HashRequester::new(&format!("network {n}"), &format!("account {n}"));
    async move {
        let _turn = queue.turn(asker).await?;
        std::future::pending().await
    }
    .boxed()
}

/// Takes all turns, and `n_waiting` places in the queue.
fn occupy(app: &TestApp, n_waiting: usize) -> Vec<BoxFuture<'static, Result<()>>> {
    let mut occupants = Vec::new();
    while app.state.auth.passwords.queue().n_waiting() < n_waiting.max(1) {
        let mut occupant = wait(app, occupants.len());
        assert!((&mut occupant).now_or_never().is_none());
        occupants.push(occupant);
    }
    if n_waiting == 0 {
        occupants.pop();
    }
    occupants
}

/// Sends a request without waiting for its response.
fn leave(app: &TestApp, endpoint: &PasswordEndpoint, from: &str) -> JoinHandle<StatusCode> {
    let mut request = endpoint.request(from, "");
    request.extensions_mut().insert(axum::extract::ConnectInfo(app.peer.unwrap()));
    let answer = app.router.clone().oneshot(request);
    tokio::spawn(async move { answer.await.unwrap().status() })
}

async fn until(condition: impl Fn() -> bool) {
    while !condition() {
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[both_engines(BEHIND_A_PROXY)]
async fn every_door_says_when_to_come_back_if_too_many_wait(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    let ada = app.sign_up("Ada").await;
    app.post("/api/auth/request-password-reset", None, &json!({ "email": ada.email })).await;
    let letter = app.queued_mails().await.remove(0);
    let token = letter.url.split("/reset-password/").nth(1).unwrap().split('?').next().unwrap();
    let (new, eve) = ("another horse 2", "eve@example.com");
    let mut endpoints = guessing(&ada.email, PASSWORD);
    endpoints.extend(guessing("nobody@example.com", PASSWORD).into_iter().filter(|endpoint| !endpoint.inside));
    endpoints.extend([
        PasswordEndpoint::api("/api/auth/sign-up/email", &json!({ "name": "Eve", "email": eve, "password": PASSWORD })),
        PasswordEndpoint::api(
            "/api/auth/sign-up/email",
            &json!({ "name": "Ada", "email": ada.email, "password": PASSWORD }),
        ),
        PasswordEndpoint::form("/api/fn/sign-up", &[("name", "Eve"), ("email", eve), ("password", PASSWORD)]),
        PasswordEndpoint::api("/api/auth/reset-password", &json!({ "token": token, "newPassword": new })),
        PasswordEndpoint::form("/api/fn/reset-password", &[("token", token), ("new_password", new)]),
    ]);
    app.state.auth.passwords.take_computed_hashes();
    let occupants = occupy(&app, app.state.auth.passwords.queue().bound());
    for endpoint in &endpoints {
        let refused = endpoint.open(&app, "192.0.2.7", &ada).await;
        assert_eq!(refused.status, StatusCode::SERVICE_UNAVAILABLE, "{} {}", endpoint.path, refused.text());
        let seconds: u32 = refused.header("retry-after").parse().unwrap();
        assert!((1..=30).contains(&seconds), "{seconds}");
        let expected = match endpoint.path.starts_with("/api/fn") {
            true => json!({ "auth": "busy" }),
            false => json!({ "message": "The server is busy. Please try again later.", "code": "SERVICE_UNAVAILABLE" }),
        };
        assert_eq!(refused.json(), expected, "{}", endpoint.path);
    }
    assert!(app.state.auth.passwords.take_computed_hashes().is_empty());
    drop(occupants);
    // Nothing was lost: the session, the account and the link are still valid.
    let last = endpoints.iter().find(|endpoint| endpoint.path == "/api/auth/reset-password").unwrap();
    assert_eq!(last.open(&app, "192.0.2.7", &ada).await.status, StatusCode::OK);
    assert_eq!(sign_in(&ada.email, new).open(&app, "192.0.2.7", &ada).await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_crowd_of_one_network_is_turned_away_before_anybody_else_is() {
    for crowd in ["2001:db8:1:", "198.51.100."] {
        let app = TestApp::with_flags(Engine::Sqlite, BEHIND_A_PROXY).await.seen_from("10.0.0.1");
        let ada = app.sign_up("Ada").await;
        let queue = app.state.auth.passwords.queue();
        let occupants = occupy(&app, 0);
        let bound = queue.bound();
        let address = |n: usize| match crowd.contains(':') {
            true => format!("{crowd}{n:x}::1"),
            false => format!("{crowd}{}", n % 250),
        };
        let endpoints: Vec<_> = (0..bound).map(|n| sign_in(&format!("nobody{n}@example.com"), WRONG)).collect();
        let waiting: Vec<_> =
            endpoints.iter().enumerate().map(|(n, endpoint)| leave(&app, endpoint, &address(n))).collect();
        until(|| queue.n_waiting() == bound).await;
        let right = leave(&app, &sign_in(&ada.email, PASSWORD), "192.0.2.7");
        until(|| waiting.iter().any(JoinHandle::is_finished)).await;
        assert!(!right.is_finished(), "{crowd}");
        let one_too_many = sign_in("nobody@example.com", WRONG).open(&app, &address(7), &ada).await;
        assert_eq!(one_too_many.status, StatusCode::SERVICE_UNAVAILABLE, "{crowd}");
        // Clients that disconnect cost nothing, and the remaining one gets the turn.
        let refused = waiting.into_iter().filter(JoinHandle::is_finished).map(|it| it.now_or_never().unwrap().unwrap());
        assert_eq!(refused.collect::<Vec<_>>(), [StatusCode::SERVICE_UNAVAILABLE], "{crowd}");
        drop(occupants);
        assert_eq!(right.await.unwrap(), StatusCode::OK, "{crowd}");
    }
}

#[tokio::test]
async fn whoever_goes_away_while_waiting_costs_no_hash() {
    let app = TestApp::with_flags(Engine::Sqlite, BEHIND_A_PROXY).await.seen_from("10.0.0.1");
    let queue = app.state.auth.passwords.queue();
    let occupants = occupy(&app, 0);
    let gone = leave(&app, &sign_in("nobody@example.com", WRONG), "192.0.2.7");
    until(|| queue.n_waiting() == 1).await;
    gone.abort();
    until(|| queue.n_waiting() == 0).await;
    drop(occupants);
    assert!(app.state.auth.passwords.take_computed_hashes().is_empty());
}

/// The message for users without JavaScript.
#[tokio::test]
async fn a_form_says_in_words_how_long_to_wait() {
    let app = TestApp::new(Engine::Sqlite).await;
    let occupants = occupy(&app, app.state.auth.passwords.queue().bound());
    let form = Request::post("/api/fn/sign-in")
        .header(header::ORIGIN, BASE_URL)
        .header(header::REFERER, format!("{BASE_URL}/sign-in"))
        .header(header::ACCEPT, "text/html,*/*")
        .header(header::CONTENT_TYPE, "application/x-www-form-urlencoded")
        .body(Body::from("email=ada%40example.com&password=correct+horse+1"));
    let refused = app.send(form.unwrap()).await;
    assert_eq!(refused.status, StatusCode::FOUND);
    let page = app.get(refused.header("location"), "").await.text();
    assert!(page.contains("Too many people are signing in at this moment. Try again in a few seconds."), "{page}");
    drop(occupants);
}
