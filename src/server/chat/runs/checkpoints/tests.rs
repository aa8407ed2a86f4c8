//! Tests of grouped checkpoints.

use futures_util::future::join_all;
use serde_json::{Value, json};
use sqlx::Executor;

use super::*;
use crate::{
    model::chatkit::Thread,
    server::{
        chat::store::{
            runs::{RunStatus, claims},
            threads,
        },
        db::on,
    },
    tests::{Engine, TestApp, both_engines},
};

/// A server with `n` running runs of one user, each in a thread of its own.
struct Runs {
    app: TestApp,
    runs: Vec<Arc<LiveRun>>,
}

impl Runs {
    async fn begin(app: TestApp, n: usize) -> Self {
        let user_id = app.sign_up("Alice").await.id;
        let (db, now) = (app.state.db.clone(), app.state.clock.now());
        let mut runs = Vec::new();
        for i in 0..n {
            let (id, thread_id) = (format!("run_{i}"), format!("thr_{i}"));
            let thread: Thread = serde_json::from_value(json!({ "id": thread_id, "created_at": now })).unwrap();
            let run = claims::NewRun {
                id: &id,
                thread_id: &thread_id,
                user_id: &user_id,
                question_id: None,
                process_id: None,
                key: None,
            };
            let mut tx = Tx::begin(&db).await.unwrap();
            threads::insert(&mut tx, &user_id, &thread).await.unwrap();
            assert!(claims::claim(&mut tx, &run, now).await.unwrap().is_none());
            tx.commit().await.unwrap();
            runs.push(Arc::new(LiveRun::new(id, thread_id, user_id.clone(), true)));
        }
        Self { app, runs }
    }

    /// Stores a checkpoint of run `i` with messages, up to event number `up_to`.
    async fn store(&self, i: usize, texts: &[(&str, &str)], up_to: usize) -> Result<bool> {
        let run = Arc::clone(&self.runs[i]);
        let items: Vec<_> = texts.iter().map(|(id, text)| message(id, &run.thread_id, text)).collect();
        let ids = texts.iter().map(|(id, _)| (*id).to_owned()).collect();
        let progress = Progress { item_id: None, open_items: Some(ids), up_to: Some(up_to) };
        store(self.app.state.chat.clone(), run, progress, items).await
    }

    /// Returns the ids and texts of the stored messages of run `i`, in order, and its number.
    async fn stored(&self, i: usize) -> (Vec<(String, String)>, Option<i64>) {
        let LiveRun { id, thread_id, .. } = &*self.runs[i];
        let items: Vec<(String, sqlx::types::Json<Value>)> = on!(self.app.state.db.read(), pool => {
            sqlx::query_as(r#"select "id", "body" from "item" where "threadId" = $1 order by "seq""#)
                .bind(thread_id)
                .fetch_all(pool)
                .await
        })
        .unwrap();
        let up_to: Option<i64> = on!(self.app.state.db.read(), pool => {
            sqlx::query_scalar(r#"select "upTo" from "run" where "id" = $1"#).bind(id).fetch_one(pool).await
        })
        .unwrap();
        let text = |body: Value| body["content"][0]["text"].as_str().unwrap().to_owned();
        (items.into_iter().map(|(id, body)| (id, text(body.0))).collect(), up_to)
    }

    async fn end(&self, i: usize) {
        let mut tx = Tx::begin(&self.app.state.db).await.unwrap();
        let now = self.app.state.clock.now();
        assert!(runs::close(&mut tx, &self.runs[i].id, &Progress::default(), RunStatus::Stopped, now).await.unwrap());
        tx.commit().await.unwrap();
    }
}

fn message(id: &str, thread_id: &str, text: &str) -> ThreadItem {
    let created_at = "2026-11-23T00:03:18.808Z";
    let content = json!([{ "type": "output_text", "text": text, "annotations": [] }]);
    serde_json::from_value(json!({
        "type": "assistant_message", "id": id, "thread_id": thread_id, "created_at": created_at, "content": content,
    }))
    .unwrap()
}

fn texts(texts: &[(&str, &str)]) -> Vec<(String, String)> {
    texts.iter().map(|(id, text)| ((*id).to_owned(), (*text).to_owned())).collect()
}

#[both_engines]
async fn each_run_of_a_group_stores_its_own(app: TestApp) {
    const N: usize = MAX_RUNS + 9;
    let runs = Runs::begin(app, N).await;
    for round in 1..=2 {
        let names: Vec<_> = (0..N).map(|i| (format!("msg_{i}a"), format!("msg_{i}b"))).collect();
        let said: Vec<_> = (0..N).map(|i| format!("{i} in round {round}")).collect();
        let orders = (0..N).map(async |i| {
            let (first, second) = (names[i].0.as_str(), names[i].1.as_str());
            // The second message begins in the second round.
            let texts = [(first, said[i].as_str()), (second, "more")];
            runs.store(i, &texts[..round], round * 10 + i).await
        });
        let stored = join_all(orders.map(Box::pin)).await;
        assert!(stored.into_iter().all(|stored| matches!(stored, Ok(true))));
        for i in 0..N {
            let expected = texts(&[(names[i].0.as_str(), said[i].as_str()), (names[i].1.as_str(), "more")][..round]);
            assert_eq!(runs.stored(i).await, (expected, i64::try_from(round * 10 + i).ok()), "{i}");
        }
    }
    assert_eq!(runs.app.state.chat.checkpoints().queue().n_writers, 0);
}

#[both_engines]
async fn a_run_that_ended_writes_nothing_and_harms_no_other(app: TestApp) {
    let runs = Runs::begin(app, 3).await;
    runs.end(1).await;
    let (a, b, c) = tokio::join!(
        runs.store(0, &[("msg_a", "a")], 1),
        runs.store(1, &[("msg_b", "b")], 1),
        runs.store(2, &[("msg_c", "c")], 1),
    );
    assert!(matches!((a, b, c), (Ok(true), Ok(false), Ok(true))));
    assert_eq!(runs.stored(0).await, (texts(&[("msg_a", "a")]), Some(1)));
    assert_eq!(runs.stored(1).await, (vec![], None));
    assert_eq!(runs.stored(2).await, (texts(&[("msg_c", "c")]), Some(1)));
}

#[both_engines]
async fn an_item_of_another_thread_is_left_as_it_is(app: TestApp) {
    let runs = Runs::begin(app, 2).await;
    assert!(runs.store(0, &[("msg_a", "mine")], 1).await.unwrap());
    assert!(runs.store(1, &[("msg_a", "stolen")], 1).await.unwrap());
    assert_eq!(runs.stored(0).await.0, texts(&[("msg_a", "mine")]));
    assert_eq!(runs.stored(1).await.0, vec![]);
}

#[tokio::test]
async fn what_cannot_be_stored_fails_alone() {
    let runs = Runs::begin(TestApp::new(Engine::Postgres).await, 3).await;
    let (a, b, c) = tokio::join!(
        runs.store(0, &[("msg_a", "a")], 1),
        // PostgreSQL has no U+0000.
        runs.store(1, &[("msg_b", "\0")], 1),
        runs.store(2, &[("msg_c", "c")], 1),
    );
    assert!(a.unwrap() && b.is_err() && c.unwrap());
    assert_eq!(runs.stored(2).await, (texts(&[("msg_c", "c")]), Some(1)));
}

#[tokio::test]
async fn a_locked_thread_delays_nobody_else() {
    let runs = Runs::begin(TestApp::new(Engine::Postgres).await, 3).await;
    let Db::Postgres(pool) = &runs.app.state.db else { unreachable!() };
    for lock in [
        r#"select 1 from "thread" where "id" = 'thr_1' for update"#,
        r#"select 1 from "run" where "id" = 'run_1' for update"#,
    ] {
        let mut held = pool.begin().await.unwrap();
        held.execute(lock).await.unwrap();
        let mut locked = Box::pin(runs.store(1, &[("msg_b", "b")], 1));
        tokio::select! {
            stored = &mut locked => panic!("{stored:?}"),
            (a, c) = async { tokio::join!(runs.store(0, &[("msg_a", "a")], 1), runs.store(2, &[("msg_c", "c")], 1)) } => {
                assert!(a.unwrap() && c.unwrap());
            }
        }
        held.rollback().await.unwrap();
        assert!(locked.await.unwrap());
        assert_eq!(runs.stored(1).await.0, texts(&[("msg_b", "b")]));
    }
}
