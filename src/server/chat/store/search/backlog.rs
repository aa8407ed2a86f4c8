//! The table `searchBacklog`: titles and messages stored before the search existed, which are indexed in the
//! background.

use std::time::Duration;

use sqlx::types::Json;
use sqlx_macros::FromRow;

use super::index;
use crate::{
    model::chatkit::ThreadItem,
    server::{
        Db,
        backoff::Backoff,
        chat::http::error::Result,
        db::on,
        tx::{Tx, within},
    },
};

/// Number of rows indexed in one transaction.
const BATCH: i64 = 100;

/// Backoff after an error, and while other servers index the remaining rows.
const RETRY: Backoff = Backoff::new(Duration::from_secs(1), Duration::from_secs(5 * 60));

#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
struct BacklogRow {
    id: String,
    title: Option<String>,
    thread_id: Option<String>,
    body: Option<Json<ThreadItem>>,
}

/// Outcome of one transaction.
#[derive(Debug, PartialEq, Eq)]
enum Batch {
    /// This number of rows was indexed.
    Indexed(usize),
    /// Other servers have taken all remaining rows.
    TakenByOthers,
    /// No rows remain.
    Done,
}

/// Indexes the backlog until no rows remain or the database is closed. Errors are retried.
pub(in crate::server::chat) async fn run(db: Db) {
    tokio::select! {
        () = db.closed() => {}
        () = run_with(&db, RETRY) => {}
    }
}

async fn run_with(db: &Db, mut retry: Backoff) {
    loop {
        match index_batch(db).await {
            Ok(Batch::Done) => return,
            Ok(Batch::Indexed(n_rows)) => {
                tracing::info!(n_rows, "indexed old titles and messages for search");
                retry.reset();
                continue;
            }
            Ok(Batch::TakenByOthers) => {}
            Err(err) => {
                tracing::error!(error = %err, "indexing old messages for search failed and will be retried");
            }
        }
        tokio::time::sleep(retry.next_delay()).await;
    }
}

async fn index_batch(db: &Db) -> Result<Batch> {
    let mut tx = Tx::begin(db).await?;
    let rows = take(&mut tx, BATCH).await?;
    for row in &rows {
        match (&row.title, &row.thread_id, &row.body) {
            (Some(title), ..) => index::put_title(&mut tx, &row.id, title).await?,
            (None, Some(thread_id), Some(body)) => index::put_item(&mut tx, thread_id, &body.0).await?,
            // The row was deleted meanwhile.
            _ => {}
        }
        within!(&mut tx, conn => {
            sqlx::query(
                r#"
                delete from "searchBacklog"
                where "id" = $1
                "#,
            )
            .bind(&row.id)
            .execute(conn)
            .await
            .map(drop)
        })?;
    }
    tx.commit().await?;
    Ok(match rows.len() {
        0 if is_empty(db).await? => Batch::Done,
        0 => Batch::TakenByOthers,
        n_rows => Batch::Indexed(n_rows),
    })
}

/// Returns rows that no other transaction has taken, and keeps them from others until the end of this one. On SQLite
/// all writing transactions are serialized anyway.
async fn take(tx: &mut Tx, limit: i64) -> Result<Vec<BacklogRow>> {
    macro_rules! statement {
        ($lock:literal) => {
            concat!(
                r#"
                select "searchBacklog"."id", "thread"."title", "item"."threadId", "item"."body"
                from "searchBacklog"
                left join "thread" on "thread"."id" = "searchBacklog"."id"
                left join "item" on "item"."id" = "searchBacklog"."id"
                limit $1
                "#,
                $lock
            )
        };
    }
    let statement = match tx {
        Tx::Sqlite(_) => statement!(""),
        Tx::Postgres(_) => statement!(r#"for update of "searchBacklog" skip locked"#),
    };
    Ok(within!(tx, conn => sqlx::query_as(statement).bind(limit).fetch_all(conn).await)?)
}

async fn is_empty(db: &Db) -> Result<bool> {
    let n_rows: i64 = on!(db.write(), pool => {
        sqlx::query_scalar(r#"select count(*) from (select 1 from "searchBacklog" limit 1) as "row""#)
            .fetch_one(pool)
            .await
    })?;
    Ok(n_rows == 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tests::{Engine, TestApp, both_engines};

    /// Adds rows whose messages were deleted meanwhile.
    async fn add_rows(db: &Db) {
        run_statement(db, r#"insert into "searchBacklog" ("id") values ('msg_1'), ('msg_2'), ('msg_3')"#).await;
    }

    async fn run_statement(db: &Db, statement: &'static str) {
        on!(db.write(), pool => sqlx::query(statement).execute(pool).await.map(drop)).unwrap();
    }

    #[tokio::test]
    async fn servers_take_different_rows() {
        let app = TestApp::new(Engine::Postgres).await;
        let db = &app.state.db;
        add_rows(db).await;
        let mut other = Tx::begin(db).await.unwrap();
        assert_eq!(take(&mut other, 1).await.unwrap().len(), 1);
        assert_eq!(index_batch(db).await.unwrap(), Batch::Indexed(2));
        assert_eq!(index_batch(db).await.unwrap(), Batch::TakenByOthers);
        // The other server stops half-way.
        other.commit().await.unwrap();
        assert_eq!(index_batch(db).await.unwrap(), Batch::Indexed(1));
        assert_eq!(index_batch(db).await.unwrap(), Batch::Done);
    }

    #[both_engines]
    async fn an_error_is_retried(app: TestApp) {
        let db = &app.state.db;
        add_rows(db).await;
        run_statement(db, r#"alter table "searchBacklog" rename to "away""#).await;
        index_batch(db).await.unwrap_err();
        let longest = Duration::from_millis(10);
        let indexing = tokio::spawn({
            let db = db.clone();
            async move { run_with(&db, Backoff::new(Duration::from_millis(1), longest)).await }
        });
        tokio::time::sleep(3 * longest).await;
        run_statement(db, r#"alter table "away" rename to "searchBacklog""#).await;
        tokio::time::timeout(Duration::from_secs(30), indexing).await.unwrap().unwrap();
        assert!(is_empty(db).await.unwrap());
    }
}
