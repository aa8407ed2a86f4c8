//! The pages for visitors: sign-in, sign-up, recovery, and the targets of mailed links.

use axum::http::StatusCode;
use serde_json::json;

use super::{Browser, app_with, is_signed_in};
use crate::tests::{TestApp, both_engines, test_app::BASE_URL};

/// Returns the token of a password reset link.
fn token_of(url: &str) -> String {
    let (_, token) = url.split_once("/reset-password/").unwrap();
    token.split('?').next().unwrap().to_owned()
}

#[both_engines]
async fn nobody_learns_who_has_an_account_here(app: TestApp) {
    app.sign_up("Ada").await;
    let mut pages = Vec::new();
    for email in ["ada@example.com", "eve@example.com"] {
        let fields = format!("email={email}");
        let html = Browser::new(&app).submit("/forgot-password", "request-reset", &fields).await;
        assert!(html.contains(&format!("If there is an account with {email}, a mail is on its way.")), "{html}");
        let sent_again =
            Browser::new(&app).submit("/verify-email?error=TOKEN_EXPIRED", "send-verification", &fields).await;
        assert!(
            sent_again.contains("A mail is on its way, if the address still waits to be verified."),
            "{sent_again}"
        );
        let (_, main) = html.split_once("<main").unwrap();
        pages.push(main.split("</main>").next().unwrap().replace(email, "…"));
    }
    assert_eq!(pages[0], pages[1]);
}

#[both_engines]
async fn a_link_that_is_no_good_leads_to_a_new_one(app: TestApp) {
    let mut browser = Browser::new(&app);
    for page in ["/reset-password", "/reset-password?error=INVALID_TOKEN"] {
        let html = browser.open(page).await.text();
        assert!(html.contains("This link does not work") && !html.contains("name=\"new_password\""), "{html}");
    }
    let fields = "token=nothing&new_password=a+new+horse+2";
    let html = browser.submit("/reset-password?token=nothing", "reset-password", fields).await;
    assert!(html.contains("This link does not work"), "{html}");
}

#[both_engines]
async fn a_link_that_sets_no_password_is_named_before_one_is_typed(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let mut browser = Browser::new(&app);
    let form = "name=\"new_password\"";
    browser.submit("/forgot-password", "request-reset", "email=ada%40example.com").await;
    let token = token_of(&app.queued_mails().await.remove(0).url);
    let page = format!("/reset-password?token={token}");
    // Neither opening the link nor a refused password uses it up.
    for _ in 0..2 {
        assert!(browser.open(&page).await.text().contains(form));
    }
    let html = browser.submit(&page, "reset-password", &format!("token={token}&new_password=short")).await;
    assert!(html.contains("Use at least 8 characters.") && html.contains(&format!("value=\"{token}\"")), "{html}");
    browser.submit(&page, "reset-password", &format!("token={token}&new_password=a+new+horse+2")).await;
    app.post("/api/auth/request-password-reset", None, &json!({ "email": ada.email })).await;
    let late = token_of(&app.queued_mails().await.remove(0).url);
    app.state.clock.advance_seconds(60 * 60 + 1);
    for dead in [&token, &late, "nothing", "", "a%20b", "%00"] {
        let html = browser.open(&format!("/reset-password?token={dead}")).await.text();
        assert!(html.contains("This link does not work") && !html.contains(form), "{dead}: {html}");
    }
}

#[both_engines]
async fn a_page_claims_nothing_because_of_its_address(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let (verified, form) = ("Your email is verified", "Send the mail again");
    // Visitors of the page learn nothing, signed in or not.
    for cookie in ["a=b", &ada.cookie] {
        let html = app.get("/verify-email", cookie).await.text();
        assert!(!html.contains(verified) && html.contains(form), "{html}");
        let html = app.get("/check-mail", cookie).await.text();
        assert!(html.contains("If you have just signed up") && !html.contains("A mail is on its way to"), "{html}");
    }
    // Following the link shows its effect once.
    Browser::of(&app, &ada).submit("/account/email", "order-verification", "").await;
    let link = app.queued_mails().await.remove(0).url.replace(BASE_URL, "");
    let mut stranger = Browser::new(&app);
    let response = stranger.open(&link).await;
    assert_eq!(response.header("location"), "/verify-email");
    assert!(stranger.open("/verify-email").await.text().contains(verified));
    assert!(!stranger.open("/verify-email").await.text().contains(verified));
    // The account's own page always shows it. Following the link again is harmless.
    assert!(app.get("/verify-email", &ada.cookie).await.text().contains(verified));
    stranger.open(&link).await;
    assert!(stranger.open("/verify-email").await.text().contains(verified));
    // A forged cookie has no effect.
    let forged = "colloquy.form_memory=%7B%22done%22%3A%22email_verified%22%7D.c2lnbmVk";
    assert!(!app.get("/verify-email", forged).await.text().contains(verified));
}

#[both_engines]
async fn a_link_claims_only_what_it_did(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let change = async |new_email: &str| {
        let body = json!({ "newEmail": new_email, "callbackURL": "/verify-email" });
        assert_eq!(app.post("/api/auth/change-email", Some(&ada.cookie), &body).await.status, StatusCode::OK);
        app.queued_mails().await.remove(0).url.replace(BASE_URL, "")
    };
    let check = async |what: &str, link: &str, is_verified: bool| {
        let mut reader = Browser::new(&app);
        assert_eq!(reader.open(link).await.header("location"), "/verify-email", "{what}");
        let html = reader.open("/verify-email").await.text();
        assert_eq!(html.contains("Your email is verified"), is_verified, "{what}: {html}");
    };
    check("a new address of who has proved none", &change("countess@example.com").await, false).await;
    let order = json!({ "email": "countess@example.com", "callbackURL": "/verify-email" });
    app.post("/api/auth/send-verification-email", None, &order).await;
    let proof = app.queued_mails().await.remove(0).url.replace(BASE_URL, "");
    check("a proof", &proof, true).await;
    check("a proof again", &proof, true).await;
    let agreement = change("ada@example.com").await;
    check("the old address agrees", &agreement, false).await;
    let taking = app.queued_mails().await.remove(0).url.replace(BASE_URL, "");
    check("it agrees again", &agreement, false).await;
    check("the new address is taken", &taking, true).await;
}

#[both_engines]
async fn a_form_says_all_that_is_wrong_at_once(app: TestApp) {
    app.sign_up("Ada").await;
    let (no_address, short) = ("Enter an email address such as ada@example.com.", "Use at least 8 characters.");
    let check = async |page: &str, form: &str, fields: &str, said: &[&str], not_said: &[&str]| {
        let html = Browser::new(&app).submit(page, form, fields).await;
        assert!(said.iter().all(|it| html.contains(it)), "{fields} {said:?}: {html}");
        assert!(!not_said.iter().any(|it| html.contains(it)), "{fields} {not_said:?}: {html}");
        assert!(html.matches("autofocus").count() >= 1, "{html}");
    };
    let taken = "An account with this email exists already.";
    let link = "<a href=\"/sign-in\" class=\"link\">Sign in instead?";
    let up = ("/sign-up", "sign-up");
    check(up.0, up.1, "name=&email=ada&password=short", &[no_address, short], &[taken]).await;
    check(up.0, up.1, "name=&email=&password=", &[no_address, short], &[taken]).await;
    check(up.0, up.1, "name=&email=ada%40example.com&password=short", &[taken, link, short], &[no_address]).await;
    check(up.0, up.1, "name=&email=ada%40example.com&password=correct+horse+1", &[taken, link], &[short]).await;
    check(up.0, up.1, "name=&email=eve%40example.com&password=short", &[short], &[taken, no_address]).await;
    let long = format!("name=&email=ada&password={}", "x".repeat(129));
    check(up.0, up.1, &long, &[no_address, "Use at most 128 characters."], &[taken]).await;
    check(up.0, up.1, "email=ada", &[no_address, short], &[taken]).await;
    check(up.0, up.1, "name=a%00&email=a%00%40example.com&password=a", &[no_address, short], &[taken]).await;
    check(up.0, up.1, "name=&email=eve&password=correct+horse+1", &[no_address], &[short]).await;
    let (none, wrong) = ("Enter your password.", "The email or the password is wrong.");
    let into = ("/sign-in", "sign-in");
    check(into.0, into.1, "email=ada&password=", &[no_address, none], &[wrong]).await;
    let long = format!("email=ada&password={}", "x".repeat(129));
    check(into.0, into.1, &long, &[no_address, "Use at most 128 characters."], &[wrong]).await;
    check(into.0, into.1, "email=ada%40example.com&password=", &[none], &[wrong, no_address]).await;
    check(into.0, into.1, "email=ada%40example.com&password=x", &[wrong], &[none, no_address]).await;
}

#[both_engines]
async fn a_reset_says_that_everybody_is_signed_out(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    let mut browser = Browser::of(&app, &ada);
    browser.submit("/forgot-password", "request-reset", "email=ada%40example.com").await;
    let link = app.queued_mails().await.remove(0).url;
    let (_, token) = link.split_once("/reset-password/").unwrap();
    let token = token.split('?').next().unwrap();
    let fields = format!("token={token}&new_password=a+new+horse+2");
    let page = format!("/reset-password?token={token}");
    // Also for a user who was signed in here.
    let html = browser.submit(&page, "reset-password", &fields).await;
    assert!(html.contains("everywhere else you are signed out.") && html.contains("Keep me signed in"), "{html}");
    assert!(!is_signed_in(&app, &ada.cookie).await);
}

#[tokio::test]
async fn a_closed_server_says_so_and_shows_no_form() {
    let app = app_with(&["--sign-up", "closed"]).await;
    let mut browser = Browser::new(&app);
    let html = browser.open("/sign-up").await.text();
    assert!(html.contains("Sign-up is closed") && !html.contains("<form"), "{html}");
    let html = browser.open("/sign-in").await.text();
    assert!(html.contains("<form") && !html.contains("Create an account"), "{html}");
    let html = browser.submit("/sign-up", "sign-up", "name=Ada&email=ada%40example.com&password=correct+horse+1").await;
    assert!(html.contains("Sign-up is closed"), "{html}");
}

#[tokio::test]
async fn the_first_user_closes_the_door() {
    let app = app_with(&["--sign-up", "first-user"]).await;
    assert!(Browser::new(&app).open("/sign-up").await.text().contains("Create your account"));
    app.sign_up("Ada").await;
    assert!(Browser::new(&app).open("/sign-up").await.text().contains("Sign-up is closed"));
}

#[tokio::test]
async fn who_has_to_verify_first_is_told_to_look_for_the_mail() {
    let app = app_with(&["--require-email-verification", "on"]).await;
    let mut browser = Browser::new(&app);
    let fields = "name=Ada&email=ada%40example.com&password=correct+horse+1";
    let html = browser.submit("/sign-up", "sign-up", fields).await;
    assert!(html.contains("Check your mail") && html.contains("on its way to ada@example.com"), "{html}");

    let fields = "email=ada%40example.com&password=correct+horse+1";
    let html = browser.submit("/sign-in", "sign-in", fields).await;
    assert!(html.contains("Verify your email first") && html.contains("Send the mail again"), "{html}");
    let html = browser.submit("/sign-in", "send-verification", "email=ada%40example.com").await;
    assert!(html.contains("A mail is on its way, if the address still waits to be verified."), "{html}");
}

#[tokio::test]
async fn signing_up_may_leave_signing_in_to_the_visitor() {
    let app = app_with(&["--auto-sign-in", "off"]).await;
    let fields = "name=Ada&email=ada%40example.com&password=correct+horse+1";
    let html = Browser::new(&app).submit("/sign-up", "sign-up", fields).await;
    assert!(html.contains("Your account is ready. Sign in with it.") && html.contains("Keep me signed in"), "{html}");
}
