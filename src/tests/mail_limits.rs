//! Mails to one recipient: at most one of a kind per minute and five per hour, from any sender and address.

use axum::{
    body::Body,
    http::{Request, StatusCode, header},
};
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{
    TestApp, TestResponse, both_engines,
    mail_delivery::{break_folder, mails, waiting},
    mail_flows::{follow, one_mail, token_of, user_of, verify},
    test_app::BASE_URL,
};
use crate::server::{
    db::on,
    mail::{MailKind, delivery::send_due},
};

const PASSWORD: &str = "correct horse 1";
pub(super) const LIMITED: &[&str] = &["--rate-limit", "on", "--trusted-proxies", "10.0.0.0/8"];
const VERIFYING: &[&str] = &[
    "--rate-limit",
    "on",
    "--trusted-proxies",
    "10.0.0.0/8",
    "--require-email-verification",
    "on",
    "--send-on-sign-in",
    "on",
];
const DELETING: &[&str] =
    &["--rate-limit", "on", "--trusted-proxies", "10.0.0.0/8", "--delete-user-verification", "on"];

/// Posts from a random network, so that no limit per client applies.
pub(super) async fn post(app: &TestApp, path: &str, cookie: Option<&str>, body: &Value) -> TestResponse {
    let [a, b, c] = rand::random::<[u8; 3]>();
    let mut request = Request::post(format!("/api/auth{path}"))
        .header(header::ORIGIN, BASE_URL)
        .header(header::CONTENT_TYPE, "application/json")
        .header("x-forwarded-for", format!("203.{a}.{b}.{c}"));
    if let Some(cookie) = cookie {
        request = request.header(header::COOKIE, cookie);
    }
    app.send(request.body(Body::from(body.to_string())).unwrap()).await
}

/// A request that queues a mail.
struct MailRequest<'a> {
    path: &'a str,
    cookie: Option<&'a str>,
    body: Value,
    status: StatusCode,
}

impl<'a> MailRequest<'a> {
    fn new(path: &'a str, cookie: Option<&'a str>, body: Value) -> Self {
        Self { path, cookie, body, status: StatusCode::OK }
    }

    /// Sends several concurrent requests to two servers on one database. Returns the number of mails; all responses
    /// must be equal.
    async fn ask(&self, app: &TestApp, another: &TestApp) -> usize {
        let requests = (0..6).map(|n| post([app, another][n % 2], self.path, self.cookie, &self.body));
        let answers = join_all(requests).await;
        for answer in &answers {
            assert_eq!(answer.status, self.status, "{}: {}", self.path, answer.text());
            assert_eq!(without_ids(answer), without_ids(&answers[0]), "{}", self.path);
        }
        app.queued_mails().await.len()
    }

    /// Checks that it queues one mail per minute and five per hour.
    async fn check(&self, app: &TestApp) {
        let another = app.another(|_| {}).seen_from("10.0.0.1");
        assert_eq!(self.ask(app, &another).await, 1, "{}", self.path);
        app.state.clock.advance_seconds(59);
        assert_eq!(self.ask(app, &another).await, 0, "{}: within a minute", self.path);
        app.state.clock.advance_seconds(1);
        for minute in 1..=6 {
            let expected = usize::from(minute < 5);
            assert_eq!(self.ask(app, &another).await, expected, "{}: after {minute} minutes", self.path);
            app.state.clock.advance_seconds(60);
        }
        app.state.clock.advance_seconds(3600 - 7 * 60 - 1);
        assert_eq!(self.ask(app, &another).await, 0, "{}: within the hour", self.path);
        app.state.clock.advance_seconds(1);
        assert_eq!(self.ask(app, &another).await, 1, "{}: after the hour", self.path);
    }
}

/// Returns a response without its generated values.
fn without_ids(answer: &TestResponse) -> Value {
    let mut body = answer.json();
    if let Some(user) = body.get_mut("user").and_then(Value::as_object_mut) {
        user.remove("id");
    }
    body
}

async fn count_sent_rows(app: &TestApp) -> Vec<String> {
    on!(app.state.db.read(), pool => sqlx::query_scalar(r#"select "key" from "mailSent""#).fetch_all(pool).await)
        .unwrap()
}

async fn sign_up_as(app: &TestApp, email: &str) {
    let body = json!({ "name": "Ada", "email": email, "password": PASSWORD });
    assert_eq!(post(app, "/sign-up/email", None, &body).await.status, StatusCode::OK);
}

#[both_engines(LIMITED)]
async fn resets_are_limited_per_recipient(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    app.sign_up("Ada").await;
    MailRequest::new("/request-password-reset", None, json!({ "email": "ada@example.com" })).check(&app).await;
}

#[both_engines(LIMITED)]
async fn verifications_are_limited_per_recipient(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    app.sign_up("Ada").await;
    MailRequest::new("/send-verification-email", None, json!({ "email": "ada@example.com" })).check(&app).await;
}

#[both_engines(VERIFYING)]
async fn sign_ups_with_a_taken_address_are_limited_per_recipient(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    sign_up_as(&app, "ada@example.com").await;
    app.queued_mails().await;
    let body = json!({ "name": "Eve", "email": "Ada@Example.com", "password": PASSWORD });
    MailRequest::new("/sign-up/email", None, body).check(&app).await;
}

#[both_engines(VERIFYING)]
async fn sign_ins_of_an_address_that_is_not_proved_are_limited_per_recipient(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    sign_up_as(&app, "ada@example.com").await;
    app.queued_mails().await;
    app.state.clock.advance_seconds(3600);
    let body = json!({ "email": "ada@example.com", "password": PASSWORD });
    let door = MailRequest::new("/sign-in/email", None, body);
    MailRequest { status: StatusCode::FORBIDDEN, ..door }.check(&app).await;
}

#[both_engines(LIMITED)]
async fn agreements_to_a_new_address_are_limited_per_recipient(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    let ada = app.sign_up("Ada").await;
    verify(&app, &ada).await;
    MailRequest::new("/change-email", Some(&ada.cookie), json!({ "newEmail": "new@example.com" })).check(&app).await;
}

#[both_engines(LIMITED)]
async fn proofs_of_a_new_address_are_limited_per_recipient(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    let ada = app.sign_up("Ada").await;
    MailRequest::new("/change-email", Some(&ada.cookie), json!({ "newEmail": "new@example.com" })).check(&app).await;
}

#[both_engines(DELETING)]
async fn deletions_are_limited_per_recipient(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    let ada = app.sign_up("Ada").await;
    MailRequest::new("/delete-user", Some(&ada.cookie), json!({})).check(&app).await;
}

#[both_engines(LIMITED)]
async fn a_link_that_is_followed_again_and_again_sends_one_mail(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    let ada = app.sign_up("Ada").await;
    verify(&app, &ada).await;
    post(&app, "/change-email", Some(&ada.cookie), &json!({ "newEmail": "new@example.com" })).await;
    let (_, agree) = one_mail(&app).await;
    for _ in 0..5 {
        assert_eq!(follow(&app, &agree, None).await.header("location"), "/");
    }
    assert_eq!(one_mail(&app).await.0, "new@example.com");
}

#[both_engines(LIMITED)]
async fn one_account_writes_to_five_strangers_an_hour(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    let mallory = app.sign_up("Mallory").await;
    for n in 0..20 {
        let body = json!({ "newEmail": format!("stranger{n}@example.com") });
        assert_eq!(post(&app, "/change-email", Some(&mallory.cookie), &body).await.status, StatusCode::OK);
    }
    assert_eq!(app.queued_mails().await.len(), 5);
}

#[both_engines(LIMITED)]
async fn the_first_link_stays_good(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    let ada = app.sign_up("Ada").await;
    post(&app, "/request-password-reset", None, &json!({ "email": ada.email })).await;
    let (_, link) = one_mail(&app).await;
    post(&app, "/request-password-reset", None, &json!({ "email": ada.email })).await;
    assert!(app.queued_mails().await.is_empty());
    let body = json!({ "newPassword": "quite another 2", "token": token_of(&link) });
    assert_eq!(post(&app, "/reset-password", None, &body).await.status, StatusCode::OK);
}

#[both_engines(DELETING)]
async fn one_kind_of_mail_holds_up_no_other(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    let ada = app.sign_up("Ada").await;
    let cookie = Some(ada.cookie.as_str());
    for (path, cookie, body) in [
        ("/request-password-reset", None, json!({ "email": ada.email })),
        ("/send-verification-email", None, json!({ "email": ada.email })),
        ("/delete-user", cookie, json!({})),
        ("/change-email", cookie, json!({ "newEmail": "new@example.com" })),
    ] {
        post(&app, path, cookie, &body).await;
        assert_eq!(app.queued_mails().await.len(), 1, "{path}");
    }
}

#[both_engines(VERIFYING)]
async fn nobody_keeps_the_first_mail_from_somebody_who_signs_up(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    for _ in 0..5 {
        post(&app, "/send-verification-email", None, &json!({ "email": "ada@example.com" })).await;
        assert!(app.queued_mails().await.is_empty());
        app.state.clock.advance_seconds(60);
    }
    sign_up_as(&app, "ada@example.com").await;
    assert_eq!(one_mail(&app).await.0, "ada@example.com");
    post(&app, "/send-verification-email", None, &json!({ "email": "ada@example.com" })).await;
    assert!(app.queued_mails().await.is_empty(), "the first mail counts");
}

#[both_engines(LIMITED)]
async fn variants_of_an_address_share_one_mailbox(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    let accounts = (0..8).map(|n| format!("ada+{n}@example.com"));
    for email in accounts.clone().chain(["ada@example.com".to_owned()]) {
        sign_up_as(&app, &email).await;
    }
    // Variants without an account do not consume the limit.
    let strangers = (8..16).map(|n| format!("ada+{n}@example.com"));
    for email in strangers.chain(accounts) {
        post(&app, "/request-password-reset", None, &json!({ "email": email })).await;
    }
    assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 5);
    // The canonical address is not limited by its variants.
    post(&app, "/request-password-reset", None, &json!({ "email": "ada@example.com" })).await;
    assert_eq!(send_due(&app.state.mail, &app.state.auth).await.unwrap(), 1);
    assert_eq!(mails(&app).len(), 6);
}

#[both_engines(LIMITED)]
async fn the_counts_hold_no_address(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    let ada = app.sign_up("Ada").await;
    post(&app, "/request-password-reset", None, &json!({ "email": ada.email })).await;
    post(&app, "/change-email", Some(&ada.cookie), &json!({ "newEmail": "new@example.com" })).await;
    let keys = count_sent_rows(&app).await;
    assert_eq!(keys.len(), 3, "{keys:?}");
    assert!(keys.iter().all(|key| key.len() == 32 && key.chars().all(|c| c.is_ascii_hexdigit())), "{keys:?}");
}

#[both_engines(LIMITED)]
async fn a_mail_that_cannot_be_sent_is_ordered_once_however_often_it_is_asked_for(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    app.sign_up("Ada").await;
    break_folder(&app);
    for _ in 0..20 {
        post(&app, "/request-password-reset", None, &json!({ "email": "ada@example.com" })).await;
        send_due(&app.state.mail, &app.state.auth).await.unwrap();
    }
    assert_eq!(waiting(&app).await.len(), 1);
}

#[both_engines]
async fn only_so_many_mails_wait(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    on!(app.state.db.write(), pool => sqlx::query(
        r#"
        with recursive n (i) as (select 1 union all select i + 1 from n where i < 10000)
        insert into "mail" ("id", "order", "attempts", "nextAttemptAt", "createdAt")
        select 'm' || i, $1, 1, $2, $2
        from n
        "#,
    )
    .bind(sqlx::types::Json(json!({ "kind": "already-signed-up", "email": "nobody@example.com" })))
    .bind(app.state.clock.now().plus_seconds(3600))
    .execute(pool)
    .await
    .map(drop))
    .unwrap();
    let ask = async || {
        let body = json!({ "email": ada.email });
        let answer = app.post("/api/auth/request-password-reset", None, &body).await;
        (answer.status, answer.text(), waiting(&app).await.len())
    };
    let refused = ask().await;
    assert_eq!((refused.0, refused.2), (StatusCode::OK, 10_000));
    on!(app.state.db.write(), pool => sqlx::query(r#"delete from "mail" where "id" in ('m1', 'm2')"#)
        .execute(pool)
        .await
        .map(drop))
    .unwrap();
    let ordered = ask().await;
    assert_eq!((ordered.0, ordered.2), (StatusCode::OK, 9_999));
    assert_eq!(refused.1, ordered.1);
}

#[both_engines]
async fn without_rate_limits_mails_are_not_limited_either(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    for _ in 0..7 {
        app.post("/api/auth/request-password-reset", None, &json!({ "email": ada.email })).await;
    }
    let queued_mails = app.queued_mails().await;
    assert_eq!(queued_mails.iter().filter(|letter| letter.kind == MailKind::ResetPassword).count(), 7);
    assert!(count_sent_rows(&app).await.is_empty());
    assert_eq!(user_of(&app, &ada).await["email"], ada.email.as_str());
}

#[both_engines]
async fn an_address_that_no_mail_can_go_to_is_not_stored(app: TestApp) {
    let email = format!("{}@example.com", "a".repeat(300));
    let answer = app.post("/api/auth/request-password-reset", None, &json!({ "email": email })).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(waiting(&app).await.is_empty());
}
