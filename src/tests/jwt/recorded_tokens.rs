//! `/token`, `/jwks` and `set-auth-jwt`, compared with recordings of the real Better Auth.

use crate::tests::{
    Engine, TestApp, both_engines,
    replay::{Replay, parse},
};

const SIGN_UP: &str = include_str!("../recordings/better-auth/01-sign-up-email.txt");
const SIGN_IN: &str = include_str!("../recordings/better-auth/02-sign-in-email.txt");
const DEFAULT: &str = include_str!("../recordings/better-auth/04-jwt-token-jwks.txt");
const HS256: &str = include_str!("../recordings/better-auth/20-hs256-custom-signer.txt");
const OTHERS: &str = include_str!("../recordings/better-auth/23-jwt-other-algs.txt");

/// Replays the exchanges of a recording that `counts` selects.
async fn replay(app: &TestApp, state: &mut Replay, text: &str, counts: impl Fn(&str) -> bool) {
    let exchanges = parse(text).into_iter().filter(|exchange| counts(&exchange.title));
    let mut n_replayed = 0;
    for mut exchange in exchanges {
        if exchange.path == "/api/auth/token" && exchange.status == 200 {
            // A token must not be cached; Better Auth does not send this header.
            exchange.expect_header("cache-control", "no-store");
        }
        state.check(app, &exchange).await;
        n_replayed += 1;
    }
    assert!(n_replayed >= 3, "a recording holds several exchanges");
}

#[both_engines(&["--jwt-algorithm", "EdDSA"])]
async fn better_auths_default_answers_as_recorded(app: TestApp) {
    let mut state = Replay::default();
    // Recording 4 continues a session of recording 2.
    for recording in [SIGN_UP, SIGN_IN, DEFAULT] {
        replay(&app, &mut state, recording, |_| true).await;
    }
}

#[both_engines(&[
    "--better-auth-url", "http://127.0.0.1:4716", "--jwt-issuer", "my-app", "--jwt-audience", "my-api",
])]
async fn the_shared_secret_answers_as_recorded(app: TestApp) {
    replay(&app, &mut Replay::default(), HS256, |_| true).await;
}

#[tokio::test]
async fn the_other_algorithms_answer_as_recorded() {
    for algorithm in ["ES256", "RS256"] {
        let flags = ["--better-auth-url", "http://127.0.0.1:4719", "--jwt-algorithm", algorithm];
        let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
        replay(&app, &mut Replay::default(), OTHERS, |title| title.contains(algorithm)).await;
    }
}
