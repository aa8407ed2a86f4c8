//! Guesses at the password of one account.

use axum::http::StatusCode;
use futures_util::future::join_all;

use super::*;
use crate::server::{
    Db, Error,
    auth::rate_limits::{Limits, failed_passwords::AttemptKey},
};

const IN_MEMORY: &[&str] = &["--rate-limit", "on", "--trusted-proxies", "10.0.0.0/8"];
const IN_DATABASE: &[&str] =
    &["--rate-limit", "on", "--trusted-proxies", "10.0.0.0/8", "--rate-limit-storage", "database"];
/// Number of free failures.
const FREE_FAILURES: usize = 10;

/// Guesses from different networks until the free failures are used up.
async fn use_up(app: &TestApp, endpoint: &PasswordEndpoint, user: &TestUser) {
    for n in 0..FREE_FAILURES {
        let wrong = endpoint.open(app, &format!("198.51.100.{n}"), user).await;
        assert!(wrong.status.is_client_error(), "{}", wrong.text());
        assert_ne!(wrong.status, StatusCode::TOO_MANY_REQUESTS, "{} {n}", endpoint.path);
    }
}

/// Exceeds the limit of a network with another attempt.
async fn is_slowed(app: &TestApp, endpoint: &PasswordEndpoint, from: &str, user: &TestUser) -> bool {
    app.state.auth.passwords.take_computed_hashes();
    let answer = endpoint.open(app, from, user).await;
    let is_refused = answer.status == StatusCode::TOO_MANY_REQUESTS;
    if is_refused {
        assert_eq!((answer.header("x-retry-after"), answer.header("retry-after")), ("30", ""), "{}", endpoint.path);
        let expected = match endpoint.path.starts_with("/api/fn") {
            true => json!({ "auth": "too_many_failures" }),
            false => json!({ "message": "Too many requests. Please try again later." }),
        };
        assert_eq!(answer.json(), expected);
        assert!(app.state.auth.passwords.take_computed_hashes().is_empty(), "refused before any hash");
    }
    is_refused
}

async fn guessing_is_slow_at_every_door(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    for (n, email) in ["ada@example.com", "nobody@example.com"].into_iter().enumerate() {
        for (m, endpoint) in guessing(email, WRONG).iter().enumerate() {
            if n == 1 && endpoint.inside {
                continue;
            }
            // Each case has its own counters.
            app.state.clock.advance_seconds(3600);
            let ada = match n + m {
                0 => app.sign_up("Ada").await,
                _ => app.sign_up(&format!("Ada{n}{m}")).await,
            };
            use_up(&app, endpoint, &ada).await;
            assert!(!is_slowed(&app, endpoint, "203.0.1.113", &ada).await, "the network's one try: {}", endpoint.path);
            assert!(is_slowed(&app, endpoint, "203.0.1.113", &ada).await, "{}", endpoint.path);
            assert!(!is_slowed(&app, endpoint, "203.0.2.113", &ada).await, "another network: {}", endpoint.path);
            app.state.clock.advance_seconds(30);
            assert!(!is_slowed(&app, endpoint, "203.0.1.113", &ada).await, "half a minute later: {}", endpoint.path);
        }
    }
}

#[tokio::test]
async fn guesses_counted_in_memory_are_slow_at_every_door() {
    guessing_is_slow_at_every_door(TestApp::with_flags(Engine::Sqlite, IN_MEMORY).await).await;
}

#[both_engines(IN_DATABASE)]
async fn guesses_counted_in_the_database_are_slow_at_every_door(app: TestApp) {
    guessing_is_slow_at_every_door(app).await;
}

#[both_engines(IN_DATABASE)]
async fn the_owner_is_never_locked_out(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    let ada = app.sign_up("Ada").await;
    let (wrong, right) = (sign_in(&ada.email, WRONG), sign_in(&ada.email, PASSWORD));
    // The browser is known to the account, also after signing out.
    let known = cookies_of(&app.send(right.request("192.0.2.1", "")).await);
    app.post("/api/auth/sign-out", Some(&known), &json!({})).await;
    let known = known.split("; ").find(|cookie| cookie.starts_with("colloquy.device=")).unwrap().to_owned();
    use_up(&app, &wrong, &ada).await;
    assert!(!is_slowed(&app, &wrong, "203.0.1.113", &ada).await);
    assert!(is_slowed(&app, &right, "203.0.1.113", &ada).await, "also the right one, or it would be told");
    assert_eq!(app.send(right.request("203.0.2.113", "")).await.status, StatusCode::OK, "from elsewhere");
    assert_eq!(
        app.send(right.request("203.0.2.113", "")).await.status,
        StatusCode::OK,
        "a right password does not count"
    );
    for _ in 0..2 {
        app.state.clock.advance_seconds(10);
        assert_eq!(app.send(right.request("203.0.1.113", &known)).await.status, StatusCode::OK, "a known browser");
    }
    // Strangers' guesses do not count for a signed-in user.
    let inside = &guessing(&ada.email, PASSWORD)[4];
    assert_eq!(inside.open(&app, "203.0.1.113", &ada).await.status, StatusCode::OK);
}

#[both_engines(IN_DATABASE)]
async fn of_guesses_at_once_no_more_are_checked(app: TestApp) {
    let mut servers = Vec::new();
    for _ in 0..3 {
        let db = Db::open(&app.state.config.database_url).await.unwrap();
        servers.push(Limits::new(&app.state.config.limits, &db, &app.state.clock, &app.state.metrics));
    }
    let guesser = AttemptKey { account: "ada".to_owned(), address: "192.0.2.1", device: None };
    let guesses = join_all((0..48).map(|n| servers[n % 3].count_attempt(&guesser))).await;
    let checked = guesses.iter().filter(|it| it.is_ok()).count();
    let refused = guesses.iter().filter(|it| matches!(it, Err(Error::Wait { retry_after_s: 30, .. }))).count();
    assert_eq!((checked, refused), (FREE_FAILURES + 1, 48 - FREE_FAILURES - 1));
    // Right guesses are reverted.
    for count_attempt in guesses.into_iter().flatten() {
        servers[0].revert_attempt(count_attempt).await.unwrap();
    }
    let again = join_all((0..FREE_FAILURES).map(|n| servers[n % 3].count_attempt(&guesser))).await;
    assert!(again.iter().all(Result::is_ok));
}

/// Returns the cookie that marks a browser as known after sign-in.
async fn device(app: &TestApp, email: &str, password: &str, cookie: &str) -> String {
    app.state.clock.advance_seconds(60);
    let signed_in = app.send(sign_in(email, password).request("192.0.2.1", cookie)).await;
    assert_eq!(signed_in.status, StatusCode::OK, "{}", signed_in.text());
    let set = signed_in.cookies().into_iter().find(|cookie| cookie.starts_with("colloquy.device=")).unwrap();
    assert!(set.ends_with("; Max-Age=31536000; Path=/; HttpOnly; SameSite=Lax"), "{set}");
    set.split(';').next().unwrap().to_owned()
}

#[tokio::test]
async fn a_browser_is_known_as_whom_it_signed_in_as_and_no_one_else() {
    let app = TestApp::with_flags(Engine::Sqlite, IN_MEMORY).await.seen_from("10.0.0.1");
    let ada = app.sign_up("Ada").await;
    let eve = app.sign_up("Eve").await;
    let adas = device(&app, &ada.email, PASSWORD, "").await;
    let eves = device(&app, &eve.email, PASSWORD, "").await;
    let both = device(&app, &eve.email, PASSWORD, &adas).await;
    assert_eq!(device(&app, &eve.email, PASSWORD, &both).await.matches('~').count(), 1, "each account once");
    assert!(!both.contains(&ada.id) && !both.contains(&ada.email), "{both}");
    app.state.clock.advance_seconds(60);
    use_up(&app, &sign_in(&ada.email, WRONG), &ada).await;
    let check = async |cookie: &str, from: &str, is_known: bool| {
        app.state.clock.advance_seconds(1);
        let wrong = sign_in(&ada.email, WRONG);
        // Uses up the network's only attempt.
        app.send(wrong.request(from, "")).await;
        let expected = if is_known { StatusCode::UNAUTHORIZED } else { StatusCode::TOO_MANY_REQUESTS };
        assert_eq!(app.send(wrong.request(from, cookie)).await.status, expected, "{cookie}");
    };
    let (all_but_one, last) = adas.split_at(adas.len() - 1);
    let forged = format!("{all_but_one}{}", if last == "A" { "Q" } else { "A" });
    let (start, end) = (adas.find('=').unwrap() + 10, adas.rfind('.').unwrap());
    let of_another = format!("{}{}{}", &adas[..start], "0".repeat(end - start), &adas[end..]);
    check(&adas, "203.0.1.113", true).await;
    check(&both, "203.0.2.113", true).await;
    check(&eves, "203.0.3.113", false).await;
    check(&forged, "203.0.4.113", false).await;
    check(&of_another, "203.0.5.113", false).await;
    check("colloquy.device=", "203.0.6.113", false).await;
    check(&format!("colloquy.device={}", "~".repeat(4000)), "203.0.7.113", false).await;
    check("colloquy.device=-1.id.AAAA~0.0.AAAAAAAAAAAAAAAAAAAAAA~..~é", "203.0.8.113", false).await;

    let change = json!({ "currentPassword": PASSWORD, "newPassword": "another horse 2" });
    let endpoint = PasswordEndpoint::api("/api/auth/change-password", &change).inside();
    let changed = endpoint.open(&app, "192.0.2.9", &ada).await;
    assert_eq!(changed.status, StatusCode::OK, "{}", changed.text());
    check(&adas, "203.0.9.113", false).await;
    check(&cookies_of(&changed), "203.0.10.113", true).await;
    app.state.clock.advance_seconds(366 * 24 * 3600);
    use_up(&app, &sign_in(&ada.email, WRONG), &ada).await;
    check(&cookies_of(&changed), "203.0.11.113", false).await;
}

#[tokio::test]
async fn a_browser_remembers_no_more_accounts_than_fit_a_cookie() {
    let app = TestApp::with_flags(Engine::Sqlite, IN_MEMORY).await.seen_from("10.0.0.1");
    let mut cookie = String::new();
    for n in 0..10 {
        app.state.clock.advance_seconds(60);
        let user = app.sign_up(&format!("Ada{n}")).await;
        cookie = device(&app, &user.email, PASSWORD, &cookie).await;
    }
    assert_eq!(cookie.matches('~').count(), 7);
    assert!(cookie.len() < 500, "{cookie}");
}

#[tokio::test]
async fn without_limits_no_guess_is_slow_and_no_browser_is_marked() {
    let app = TestApp::with_flags(Engine::Sqlite, &["--trusted-proxies", "10.0.0.0/8"]).await.seen_from("10.0.0.1");
    let ada = app.sign_up("Ada").await;
    for _ in 0..FREE_FAILURES + 3 {
        let wrong = sign_in(&ada.email, WRONG).open(&app, "192.0.2.1", &ada).await;
        assert_eq!(wrong.status, StatusCode::UNAUTHORIZED);
    }
    let right = sign_in(&ada.email, PASSWORD).open(&app, "192.0.2.1", &ada).await;
    assert_eq!((right.status, right.cookies().len()), (StatusCode::OK, 1));
}
