//! A link of a mail sends one mail, however often it is followed.

use futures_util::future::join_all;
use serde_json::json;

use super::{
    mail_limits::{LIMITED, post},
    mailed::{follow, one_letter, verify},
    on_both_engines,
};

on_both_engines! {
    async fn a_link_sends_one_mail_without_limits_too(app) {
        let another = app.another(|_| {});
        let ada = app.sign_up("Ada").await;
        verify(&app, &ada).await;
        for n in 0..2 {
            let body = json!({ "newEmail": format!("new{n}@example.com") });
            app.post("/api/auth/change-email", Some(&ada.cookie), &body).await;
            let (_, agree) = one_letter(&app).await;
            for answer in join_all((0..8).map(|n| follow([&app, &another][n % 2], &agree, None))).await {
                assert_eq!(answer.header("location"), "/");
            }
            for _ in 0..40 {
                assert_eq!(follow(&app, &agree, None).await.header("location"), "/");
            }
            assert_eq!(one_letter(&app).await.0, format!("new{n}@example.com"));
            app.state.clock.advance_seconds(3601);
            assert_eq!(follow(&app, &agree, None).await.header("location"), "/?error=TOKEN_EXPIRED");
            assert!(app.letters().await.is_empty());
        }
    }

    async fn a_link_whose_mail_is_kept_back_stays_good_for_it(app, LIMITED) {
        let app = app.seen_from("10.0.0.1");
        let ada = app.sign_up("Ada").await;
        verify(&app, &ada).await;
        let mut agreements = Vec::new();
        for _ in 0..2 {
            post(&app, "/change-email", Some(&ada.cookie), &json!({ "newEmail": "new@example.com" })).await;
            agreements.push(one_letter(&app).await.1);
            app.state.clock.advance_seconds(60);
        }
        follow(&app, &agreements[0], None).await;
        assert_eq!(app.letters().await.len(), 1);
        // The stranger was sent one a moment ago.
        follow(&app, &agreements[1], None).await;
        assert!(app.letters().await.is_empty());
        app.state.clock.advance_seconds(60);
        follow(&app, &agreements[1], None).await;
        assert_eq!(app.letters().await.len(), 1);
        app.state.clock.advance_seconds(60);
        follow(&app, &agreements[1], None).await;
        assert!(app.letters().await.is_empty());
    }
}
