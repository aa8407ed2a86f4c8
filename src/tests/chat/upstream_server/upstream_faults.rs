//! A failing upstream: exactly one error and one end, and no received text is lost.

use tokio::io::{AsyncReadExt, AsyncWriteExt};

use super::*;
use crate::tests::{Engine, both_engines};

/// Sends a message; checks the user's error message and the stored part of the answer. Returns the number of upstream
/// requests.
#[track_caller]
fn check_failure(all: &[Value], here: &[Value], told: &str, may_retry: bool, kept: &str) {
    let errors: Vec<_> = all.iter().filter(|event| event["type"] == "error").collect();
    let [error] = errors[..] else { panic!("{told}: {all:?}") };
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(told) && error["allow_retry"] == may_retry, "{told}: {error}");
    assert!(!message.contains("eyJ"), "{message}");
    assert_eq!(here[0]["content"][0]["text"], "Hello", "{told}");
    let answer = here.get(1).map(|it| (it["content"][0]["text"].as_str().unwrap(), &it["colloquy"]["interrupted"]));
    assert_eq!(answer, (!kept.is_empty()).then_some((kept, &json!(true))), "{told}");
}

/// Idle timeout of the upstream, longer than a busy machine takes to read its bytes.
const SILENCE: Duration = Duration::from_secs(2);

async fn check(
    app: &TestApp,
    user: &TestUser,
    answers: Vec<Response>,
    told: &str,
    may_retry: bool,
    kept: &str,
) -> usize {
    let (upstream, app) = Upstream::before(app, answers).await;
    let app = upstream.used_by(&app, SILENCE, None);
    let all = create(&app, user, "Hello").await;
    let (thread_id, _) = answered(&all);
    check_failure(&all, &stored(&app, user, &thread_id).await, told, may_retry, kept);
    upstream.asked().len()
}

fn status(status: u16, body: &'static str) -> Response {
    (StatusCode::from_u16(status).unwrap(), body).into_response()
}

/// The beginning of an answer, with the text `half `.
fn half() -> String {
    frames(&opening(&[added(&message("m", "")), delta("m", "half ")]))
}

#[both_engines]
async fn refusals_are_told_and_not_repeated(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let told = r#"{"type":"error","code":"limit","message":"Ask less.","allow_retry":true}"#;
    for (answer, sentence, may_retry) in [
        (status(401, told), "refused our token", false),
        (status(403, "no"), "refused our token", false),
        (status(404, "{\"detail\":\"Not Found\"}"), "is no ChatKit server", false),
        (status(405, ""), "is no ChatKit server", false),
        (status(307, ""), "points to another address", false),
        (status(400, "nope"), "did not accept the request (status 400)", false),
        (status(409, told), "Ask less.", true),
        (status(500, told), "a problem of its own (status 500)", true),
        (status(200, "<!doctype html>"), "is no ChatKit server", false),
        (status(200, "{\"type\":\"error\"}"), "is no ChatKit server", false),
        (raw(""), "gave an empty answer", true),
        (raw(": ping\n\n"), "gave an empty answer", true),
        (raw("data: noise\n\n"), "cannot be read", true),
        (streamed(&[done(&message("m", "before its thread"))]), "cannot be read", true),
        (
            streamed(&[json!({ "type": "thread.created", "thread": thread_there(json!({ "id": "" })) })]),
            "cannot be read",
            true,
        ),
        (cut(String::new()), "broke off", true),
    ] {
        assert_eq!(check(&app, &alice, vec![answer], sentence, may_retry, "").await, 1, "{sentence}");
    }
}

#[both_engines]
async fn what_breaks_in_the_middle_leaves_what_was_said(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let long = format!("{}data: {}", half(), "x".repeat(9_000_000));
    for (answer, sentence, may_retry) in [
        (cut(half()), "broke off in the middle", true),
        (cut(half() + "data: {\"type\":\"thr"), "broke off in the middle", true),
        // A clean end within a message: after a part, a comment, half a line or a blank event.
        (raw(half()), "broke off in the middle", true),
        (raw(half() + ": ping\n\n"), "broke off in the middle", true),
        (raw(half() + "data: "), "broke off in the middle", true),
        (
            raw(half() + &frames(&[json!({ "type": "thread.updated", "thread": thread_there(json!({})) })])),
            "broke off in the middle",
            true,
        ),
        (
            raw(half() + &frames(&[json!({ "type": "progress_update", "text": "Well" })])),
            "broke off in the middle",
            true,
        ),
        (raw(half() + "data: {\"type\":\"thr"), "broke off in the middle", true),
        (raw(half() + "data: <html>\n\n"), "cannot be read", true),
        (raw(long), "became too long", false),
    ] {
        assert_eq!(check(&app, &alice, vec![answer], sentence, may_retry, "half ").await, 1, "{sentence}");
    }
}

#[both_engines]
async fn a_server_that_is_busy_is_asked_again(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    for code in [429, 502, 503, 504] {
        let answers = vec![status(code, ""), status(code, ""), status(code, "")];
        assert_eq!(check(&app, &alice, answers, "is busy. Try again in a moment", true, "").await, 3, "{code}");
    }
    let patient = || (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "60")]).into_response();
    assert_eq!(check(&app, &alice, vec![patient()], "Try again in 60 seconds", true, "").await, 1);
    let (upstream, app) = Upstream::before(&app, [status(503, ""), opened(&[done(&message("m", "Well"))])]).await;
    let all = create(&app, &alice, "Hello").await;
    assert!(all.iter().all(|event| event["type"] != "error"), "{all:?}");
    assert_eq!(upstream.kinds(), ["threads.create"; 2]);
}

#[both_engines]
async fn a_conversation_that_is_lost_there_is_kept_here(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    for lost in
        [vec![status(404, "")], vec![cut(String::new()), status(500, "")], vec![cut(String::new()), status(404, "")]]
    {
        let (upstream, app) = Upstream::before(&app, [opened(&[done(&message("m", "Hello"))])]).await;
        let (thread_id, _) = answered(&create(&app, &alice, "Hi").await);
        lost.into_iter().for_each(|answer| upstream.will_answer(answer));
        let told = add(&app, &alice, &thread_id, "Go on").await;
        assert!(told[2]["message"].as_str().unwrap().contains("does not know this conversation any more"), "{told:?}");
        assert_eq!((&told[2]["allow_retry"], stored(&app, &alice, &thread_id).await.len()), (&json!(false), 3));
    }
    // An upstream that knows the thread and failed only once.
    let (upstream, app) = Upstream::before(&app, [opened(&[done(&message("m", "Hello"))])]).await;
    let (thread_id, _) = answered(&create(&app, &alice, "Hi").await);
    upstream.will_answer(cut(String::new()));
    upstream.will_answer(object_of(thread_there(json!({}))));
    let told = add(&app, &alice, &thread_id, "Go on").await;
    assert!(told[2]["message"].as_str().unwrap().contains("broke off"), "{told:?}");
}

#[both_engines]
async fn a_sync_action_that_fails_is_refused(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let widget = item("w", json!({ "type": "widget", "widget": { "type": "Card" } }));
    let (upstream, app) = Upstream::before(&app, [opened(&[done(&widget)])]).await;
    let (thread_id, told) = answered(&create(&app, &alice, "Hi").await);
    let params = json!({ "thread_id": thread_id, "item_id": told[0]["item"]["id"], "action": { "type": "go" } });
    for answer in [status(500, ""), status(200, "noise"), status(200, "[]"), cut("{".to_owned()), status(401, "")] {
        upstream.will_answer(answer);
        assert_eq!(
            refusal(&app, &alice, "threads.sync_custom_action", params.clone()).await,
            (502, "model_failed".into())
        );
    }
    assert_eq!(stored(&app, &alice, &thread_id).await[1]["widget"], json!({ "type": "Card" }));
}

#[both_engines]
async fn characters_that_cannot_be_stored_are_left_out(app: TestApp) {
    let alice = app.sign_up("Alice").await;
    let (_, app) = Upstream::before(&app, [opened(&[done(&message("m\0", "a\0b"))])]).await;
    let (thread_id, _) = answered(&create(&app, &alice, "Hi").await);
    assert_eq!(stored(&app, &alice, &thread_id).await[1]["content"][0]["text"], "ab");
}

#[tokio::test]
async fn a_server_that_is_not_there_is_asked_three_times() {
    let app = TestApp::new(Engine::Sqlite).await;
    let alice = app.sign_up("Alice").await;
    let nobody = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", nobody.local_addr().unwrap());
    drop(nobody);
    let upstream = Upstream { origin, answers: Arc::default(), asked: Arc::default() };
    let app = upstream.used_by(&app, Duration::from_secs(5), None);
    let all = create(&app, &alice, "Hello").await;
    let (thread_id, _) = answered(&all);
    check_failure(&all, &stored(&app, &alice, &thread_id).await, "could not be reached", true, "");
}

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up_and_one_that_pings_is_not() {
    let app = TestApp::new(Engine::Sqlite).await;
    let alice = app.sign_up("Alice").await;
    let silent = |text: String| {
        let pieces = stream::unfold(Some(text), |text| async {
            match text {
                Some(text) => Some((Ok::<_, std::io::Error>(text), None)),
                None => std::future::pending().await,
            }
        });
        raw(Body::from_stream(pieces))
    };
    check(&app, &alice, vec![silent(half())], "stopped answering", true, "half ").await;
    check(&app, &alice, vec![silent(String::new())], "stopped answering", true, "").await;
    let pings = stream::unfold(0, |n| async move {
        tokio::time::sleep(SILENCE / 8).await;
        let text = match n {
            0 => half(),
            1..12 => ": ping\n\n".to_owned(),
            12 => frames(&[done(&message("m", "half way"))]),
            _ => return None,
        };
        Some((Ok::<_, std::io::Error>(text), n + 1))
    });
    let (upstream, app) = Upstream::before(&app, [raw(Body::from_stream(pings))]).await;
    let app = upstream.used_by(&app, SILENCE, None);
    let all = create(&app, &alice, "Hello").await;
    assert_eq!(all.last().unwrap()["item"]["content"][0]["text"], "half way");
}

#[tokio::test]
async fn a_client_that_leaves_stops_the_server_behind() {
    let app = TestApp::new(Engine::Sqlite).await;
    let alice = app.sign_up("Alice").await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    let (left, has_left) = tokio::sync::oneshot::channel();
    tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut buffer = [0; 4096];
        _ = socket.read(&mut buffer).await.unwrap();
        let head = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\n\r\n";
        socket.write_all(format!("{head}{}", half()).as_bytes()).await.unwrap();
        // Reads until the connection ends.
        while socket.read(&mut buffer).await.is_ok_and(|n_bytes| n_bytes > 0) {}
        left.send(()).unwrap();
    });
    let upstream = Upstream { origin, answers: Arc::default(), asked: Arc::default() };
    let app = upstream.used_by(&app, Duration::from_secs(60), None);
    let mut stream = crate::tests::chat::run_ends::Stream::create(&app, &alice, "Hello").await;
    stream.read_to("half ").await;
    let thread_id = stream.thread_id();
    drop(stream);
    tokio::time::timeout(Duration::from_secs(10), has_left).await.expect("the connection ends").unwrap();
    crate::tests::chat::run_ends::idle(&app, &thread_id).await;
    let here = stored(&app, &alice, &thread_id).await;
    assert_eq!((&here[1]["content"][0]["text"], &here[1]["colloquy"]["interrupted"]), (&json!("half "), &json!(true)));
}
