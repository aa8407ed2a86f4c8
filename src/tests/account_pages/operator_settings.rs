//! Account pages under other settings of the operator.

use super::*;

#[tokio::test]
async fn what_the_operator_forbids_is_not_offered() {
    let app = app_with(&["--delete-user", "off", "--change-email", "off"]).await;
    let ada = app.sign_up("Ada").await;
    let mut browser = Browser::of(&app, &ada);
    let html = browser.open("/account/email").await.text();
    assert!(!html.contains("Change address") && !html.contains("Delete account"), "{html}");
    for page in ["/account/delete", "/account/delete/confirm"] {
        let html = browser.open(page).await.text();
        assert!(html.contains("Accounts cannot be deleted here.") && !html.contains("<form"), "{html}");
    }
    let fields = "current_password=correct+horse+1";
    browser.submit("/account/delete/confirm", "delete-account", fields).await;
    assert!(is_signed_in(&app, &ada.cookie).await);
}

#[tokio::test]
async fn deletion_by_mail_waits_for_the_link() {
    let app = app_with(&["--delete-user-verification", "on"]).await;
    let ada = app.sign_up("Ada").await;
    let mut browser = Browser::of(&app, &ada);
    let fields = "current_password=correct+horse+1";
    let html = browser.submit("/account/delete/confirm", "delete-account", fields).await;
    assert!(html.contains("A mail is on its way. Your account is deleted when you follow its link."), "{html}");
    assert!(is_signed_in(&app, &ada.cookie).await);
}

#[tokio::test]
async fn a_form_counts_as_the_endpoint_that_does_the_same() {
    let app = app_with(&["--rate-limit", "on"]).await;
    let ada = app.sign_up("Ada").await;
    for (page, form, fields) in [
        ("/account/password", "change-password", "current_password=wrong+horse&new_password=a+new+horse+2"),
        ("/account/email", "change-email", "email=ada.king%40example.com"),
        ("/account/email", "order-verification", ""),
        ("/forgot-password", "request-reset", "email=ada%40example.com"),
    ] {
        let mut browser = Browser::of(&app, &ada);
        for n in 1..=4 {
            let html = browser.submit(page, form, fields).await;
            assert_eq!(
                html.contains("Too many attempts. Wait a moment, then try again."),
                n == 4,
                "{form} {n}: {html}"
            );
        }
    }
}
