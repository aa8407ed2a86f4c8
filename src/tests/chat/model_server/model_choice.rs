//! The choice of the model, and the models offered to users.

use super::*;

#[tokio::test]
async fn without_a_model_the_first_of_the_list_is_asked_for_once() {
    let model = FakeModel::start(|_, path| match path {
        "/v1/models" => Json(json!({ "data": [{ "id": "first" }, { "id": "second" }] })).into_response(),
        _ => whole(&["ok"]),
    })
    .await;
    let app = TestApp::with_flags(Engine::Sqlite, &model.flags()[..2]).await;
    let alice = app.sign_up("Alice").await;
    for _ in 0..2 {
        create(&app, &alice, "Hello").await;
    }
    let paths: Vec<_> = model.asked().into_iter().map(|asked| asked.path).collect();
    assert_eq!(paths, ["/v1/models", "/v1/chat/completions", "/v1/chat/completions"]);
    let last = model.asked().pop().unwrap();
    assert_eq!((&last.body["model"], last.headers.get("authorization")), (&json!("first"), None));
}

async fn models(flags: &[&str]) -> (FakeModel, TestApp, crate::tests::TestUser) {
    let model = FakeModel::start(|_, path| match path {
        "/v1/models" => Json(json!({ "data": [{ "id": "first" }, { "id": "second" }] })).into_response(),
        _ => whole(&["ok"]),
    })
    .await;
    let flags: Vec<&str> = model.flags()[..2].iter().chain(flags).copied().collect();
    let app = TestApp::with_flags(Engine::Sqlite, &flags).await;
    let alice = app.sign_up("Alice").await;
    (model, app, alice)
}

/// Sends a message with each model; returns the statuses, and the models that the server was asked for.
async fn choose(flags: &[&str], names: &[&str]) -> (Vec<u16>, Vec<String>) {
    let (model, app, alice) = models(flags).await;
    let mut statuses = vec![];
    for name in names {
        let mut input = super::super::text("Hello");
        input["inference_options"] = json!({ "model": name });
        let response = super::super::ask(&app, &alice, "threads.create", json!({ "input": input })).await;
        statuses.push(response.status.as_u16());
        assert!(
            response.status == 200 || response.text().contains(&format!("no model `{name}`")),
            "{}",
            response.text()
        );
    }
    let asked = model.asked();
    let asked = asked.iter().filter_map(|asked| asked.body["model"].as_str().map(str::to_owned)).collect();
    (statuses, asked)
}

#[tokio::test]
async fn people_are_offered_the_models_of_the_configuration_or_of_the_server() {
    let check = async |flags: &[&str], expected: &[&str]| {
        let (_model, app, _) = models(flags).await;
        assert_eq!(app.state.chat.models().await, expected, "{flags:?}");
    };
    check(&[], &["first", "second"]).await;
    check(&["--openai-model", "second"], &["second", "first"]).await;
    check(&["--openai-model", "x"], &["x", "first", "second"]).await;
    check(&["--openai-models", "small,large"], &["small", "large"]).await;
    check(&["--openai-models", "small,large", "--openai-model", "large"], &["large", "small"]).await;
    check(&["--openai-models", "small", "--openai-model", "large"], &["large", "small"]).await;
    check(&["--openai-models", "small"], &[]).await;
    // A server without a list offers no choice, and is not queried for every page.
    let silent = FakeModel::start(|_, _| StatusCode::NOT_FOUND.into_response()).await;
    let app = TestApp::with_flags(Engine::Sqlite, &silent.flags()[..2]).await;
    for _ in 0..3 {
        assert!(app.state.chat.models().await.is_empty());
    }
    assert_eq!(silent.asked().len(), 1);
    let app = TestApp::new(Engine::Sqlite).await;
    assert!(app.state.chat.models().await.is_empty(), "the demo has none");
}

#[tokio::test]
async fn a_list_that_comes_late_is_on_a_later_page() {
    let model = FakeModel::start(|_, _| {
        event_stream(Body::from_stream(stream::once(async {
            tokio::time::sleep(Duration::from_secs(2)).await;
            Ok::<_, Infallible>(json!({ "data": [{ "id": "first" }, { "id": "second" }] }).to_string())
        })))
    })
    .await;
    let app = TestApp::with_flags(Engine::Sqlite, &model.flags()[..2]).await;
    assert!(app.state.chat.models().await.is_empty(), "a page does not wait that long");
    while app.state.chat.models().await.is_empty() {
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    assert_eq!(app.state.chat.models().await, ["first", "second"]);
    assert_eq!(model.asked().len(), 1);
}

#[tokio::test]
async fn a_message_chooses_among_the_models_of_the_configuration_or_of_the_server() {
    let check = async |flags: &[&str], names: &[&str], statuses: &[u16], asked: &[&str]| {
        let (got, were_asked) = choose(flags, names).await;
        assert_eq!(
            (got.as_slice(), were_asked.as_slice()),
            (statuses, asked.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>().as_slice()),
            "{flags:?}"
        );
    };
    check(&[], &["second", "third"], &[200, 400], &["second"]).await;
    check(&["--openai-models", "a, b"], &["b", "a", "second"], &[200, 200, 400], &["b", "a"]).await;
    check(&["--openai-model", "x"], &["x", "first", "y"], &[200, 200, 400], &["x", "first"]).await;
    check(&["--openai-model", "x", "--openai-models", "a"], &["x", "a", "first"], &[200, 200, 400], &["x", "a"]).await;
    let (model, app, alice) = models(&["--openai-models", "a,b"]).await;
    create(&app, &alice, "Hello").await;
    assert_eq!(model.asked()[0].body["model"], "a");
}
