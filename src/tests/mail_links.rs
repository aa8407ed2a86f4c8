//! A mailed link sends one mail, however often it is followed.

use futures_util::future::join_all;
use serde_json::json;

use super::{
    TestApp, both_engines,
    mail_flows::{follow, one_mail, token_of, user_of, verify},
    mail_limits::{LIMITED, post},
    test_app::BASE_URL,
};

#[both_engines]
async fn a_link_sends_one_mail_without_limits_too(app: TestApp) {
    let another = app.another(|_| {});
    let ada = app.sign_up("Ada").await;
    verify(&app, &ada).await;
    for n in 0..2 {
        let body = json!({ "newEmail": format!("new{n}@example.com") });
        app.post("/api/auth/change-email", Some(&ada.cookie), &body).await;
        let (_, agree) = one_mail(&app).await;
        for answer in join_all((0..8).map(|n| follow([&app, &another][n % 2], &agree, None))).await {
            assert_eq!(answer.header("location"), "/");
        }
        for _ in 0..40 {
            assert_eq!(follow(&app, &agree, None).await.header("location"), "/");
        }
        assert_eq!(one_mail(&app).await.0, format!("new{n}@example.com"));
        app.state.clock.advance_seconds(3601);
        assert_eq!(follow(&app, &agree, None).await.header("location"), "/?error=TOKEN_EXPIRED");
        assert!(app.queued_mails().await.is_empty());
    }
}

#[both_engines]
async fn a_garbled_link_is_called_invalid_and_does_nothing(app: TestApp) {
    let ada = app.sign_up("Ada").await;
    app.post("/api/auth/send-verification-email", None, &json!({ "email": ada.email })).await;
    let token = token_of(&one_mail(&app).await.1);
    let (head, signature) = token.rsplit_once('.').unwrap();
    let garbled = [
        "x".to_owned(),
        "a.b.c".to_owned(),
        "null".to_owned(),
        "..".to_owned(),
        "%ff".to_owned(),
        "%F0%9F%98%80".to_owned(),
        "a".repeat(9000),
        token[..token.len() - 2].to_owned(),
        format!("{token}x"),
        format!("{head}."),
        format!("{head}.{}", signature.chars().rev().collect::<String>()),
        format!("eyJhbGciOiJub25lIn0.{}.", head.split_once('.').unwrap().1),
    ];
    for token in garbled {
        let verify =
            follow(&app, &format!("{BASE_URL}/api/auth/verify-email?token={token}&callbackURL=%2Fx"), None).await;
        assert_eq!(verify.header("location"), "/x?error=INVALID_TOKEN", "{token}");
        let reset = follow(&app, &format!("{BASE_URL}/api/auth/reset-password/{token}?callbackURL=%2Fx"), None).await;
        assert!(reset.header("location").ends_with("/x?error=INVALID_TOKEN"), "{token}: {}", reset.text());
        let link = format!("{BASE_URL}/api/auth/delete-user/callback?token={token}");
        let deletion = follow(&app, &link, Some(&ada.cookie)).await;
        assert_eq!((deletion.status.as_u16(), &deletion.json()["code"]), (404, &json!("INVALID_TOKEN")), "{token}");
    }
    assert_eq!(user_of(&app, &ada).await["emailVerified"], false);
}

#[both_engines(LIMITED)]
async fn a_link_whose_mail_is_kept_back_stays_good_for_it(app: TestApp) {
    let app = app.seen_from("10.0.0.1");
    let ada = app.sign_up("Ada").await;
    verify(&app, &ada).await;
    let mut agreements = Vec::new();
    for _ in 0..2 {
        post(&app, "/change-email", Some(&ada.cookie), &json!({ "newEmail": "new@example.com" })).await;
        agreements.push(one_mail(&app).await.1);
        app.state.clock.advance_seconds(60);
    }
    follow(&app, &agreements[0], None).await;
    assert_eq!(app.queued_mails().await.len(), 1);
    // The recipient was sent a mail a moment ago.
    follow(&app, &agreements[1], None).await;
    assert!(app.queued_mails().await.is_empty());
    app.state.clock.advance_seconds(60);
    follow(&app, &agreements[1], None).await;
    assert_eq!(app.queued_mails().await.len(), 1);
    app.state.clock.advance_seconds(60);
    follow(&app, &agreements[1], None).await;
    assert!(app.queued_mails().await.is_empty());
}
