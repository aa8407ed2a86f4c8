use std::time::Duration;

use axum::{Router, body::Body};
use futures_util::StreamExt;

use super::*;
use crate::server::chat::{
    relay::RelayFailure,
    turns::prompt::{Message, Role},
};

#[tokio::test]
async fn a_server_that_falls_silent_is_given_up() {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let base_url = format!("http://{}/v1", listener.local_addr().unwrap());
    let word = "data: {\"choices\":[{\"delta\":{\"content\":\"well \"}}]}\n\n";
    let app = Router::new().fallback(async move || {
        let first = stream::iter([Ok::<_, std::convert::Infallible>(word)]);
        Body::from_stream(first.chain(stream::pending()))
    });
    tokio::spawn(async move { axum::serve(listener, app).await });
    let config = OpenAiConfig {
        base_url,
        api_key: None,
        model: Some("m".to_owned()),
        models: Vec::new(),
        client_tools: Vec::new(),
        idle_timeout: Duration::from_millis(200),
    };
    let server = OpenAi::new(&config).unwrap();
    let prompt = Prompt { messages: vec![Message::new(Role::User, "Well?")], ..Prompt::default() };
    let events: Vec<_> = server.answer(prompt).collect().await;
    assert_eq!(events[0], Ok(RelayEvent::Text("well ".to_owned())));
    let Err(RelayFailure { message, allow_retry: true, .. }) = &events[1] else { panic!("{events:?}") };
    assert!(message.contains("stopped answering"), "{message}");
}
