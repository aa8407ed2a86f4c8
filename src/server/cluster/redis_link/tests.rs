//! Tests of the connection, on a real Redis.

use super::*;
use crate::tests::{
    Engine, TestApp,
    redis_server::{RedisServer, until_up},
};

async fn linked() -> (RedisServer, RedisLink) {
    let redis = RedisServer::start().await;
    let app = TestApp::new(Engine::Sqlite).await.another(|it| redis.configure(it));
    let link = RedisLink::new(app.state.config.cluster.redis.clone().unwrap());
    tokio::spawn(link.clone().run());
    until_up(&link).await;
    (redis, link)
}

async fn connection_id(link: &RedisLink) -> i64 {
    redis::cmd("CLIENT").arg("ID").query_async(&mut link.connection().unwrap()).await.unwrap()
}

async fn message(subscription: &mut Subscription) -> Option<Bytes> {
    timeout(Duration::from_secs(10), subscription.message()).await.expect("something comes")
}

#[tokio::test]
async fn a_channel_is_heard_until_it_is_left() {
    let (redis, link) = linked().await;
    let mut first = link.subscribe("a").await.unwrap();
    assert_eq!(redis.run::<i64>(&["PUBLISH", "a", "1"]).await, 1);
    assert_eq!(message(&mut first).await.unwrap(), "1");
    // Another subscription takes the place of the first, in whatever order they end.
    let mut second = link.subscribe("a").await.unwrap();
    drop(first);
    assert!(link.subscribe("b").await.is_some(), "orders are followed one after the other");
    redis.run::<i64>(&["PUBLISH", "a", "2"]).await;
    assert_eq!(message(&mut second).await.unwrap(), "2");
    drop(second);
    link.subscribe("b").await.unwrap();
    assert_eq!(redis.run::<i64>(&["PUBLISH", "a", "3"]).await, 0);
}

#[tokio::test]
async fn a_subscription_that_is_far_behind_ends() {
    let (redis, link) = linked().await;
    let mut slow = link.subscribe("a").await.unwrap();
    for n in 0..=MAX_BEHIND {
        redis.run::<i64>(&["PUBLISH", "a", &n.to_string()]).await;
    }
    let mut n_heard = 0;
    while message(&mut slow).await.is_some() {
        n_heard += 1;
    }
    assert_eq!(n_heard, MAX_BEHIND);
}

#[tokio::test]
async fn a_refused_subscription_ends_no_connection() {
    let (redis, link) = linked().await;
    let heard = link.subscribe("allowed:a").await.unwrap();
    redis.run::<()>(&["ACL", "SETUSER", "default", "resetchannels", "&allowed:*"]).await;
    until_up(&link).await;
    let id = connection_id(&link).await;
    assert!(link.subscribe("denied:a").await.is_none());
    assert!(link.subscribe("allowed:b").await.is_some());
    assert_eq!(connection_id(&link).await, id);
    drop(heard);
}

#[tokio::test]
async fn a_connection_that_is_lost_ends_subscriptions_and_is_opened_again() {
    let (mut redis, link) = linked().await;
    let mut heard = link.subscribe("a").await.unwrap();
    redis.restart(Duration::ZERO).await;
    assert_eq!(message(&mut heard).await, None);
    until_up(&link).await;
    assert!(link.subscribe("a").await.is_some());
}
