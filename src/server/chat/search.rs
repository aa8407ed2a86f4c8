//! The search in a user's threads: the table `searchText`, a row per title and per message, and each engine's index.
//!
//! Items that no client may see are never put there. A message is put there when it is complete, not at every
//! checkpoint of an answer that grows.

pub(super) mod index;
mod words;

use serde_json::json;
use sqlx::{FromRow, types::Json};

use super::{
    chat_state::Chat,
    detached::detached,
    error::Result,
    paging, runs,
    threads::{self, ThreadRow},
};
use crate::server::tx::{Tx, within};
use crate::{
    model::chatkit::{Page, PageQuery, Thread, ThreadItem},
    server::{
        Db,
        db::{Pool, on},
    },
};
use words::Terms;

/// How many threads and items of the backlog are put into the index in one transaction.
const BACKLOG_AT_ONCE: i64 = 100;

/// Titles count more than messages; the smallest rank is the best, and is reckoned for the user's rows alone. What follows is the same for both engines: the best
/// row of each thread, the user's threads in their order, and of those a page.
macro_rules! statement {
    ($hits:literal) => {
        concat!(
            r#"with "hit" as materialized ("#,
            $hits,
            r#"
            ), "best" as (
                select "threadId", "itemId", "rank",
                    row_number() over (partition by "threadId" order by "rank", "seq" desc) as "place"
                from "hit"
            ), "ranked" as (
                select "thread"."id", "thread"."title", "thread"."status", "thread"."createdAt", "thread"."told",
                    "best"."itemId",
                    row_number() over (
                        order by "best"."rank", "thread"."createdAt" desc, "thread"."seq" desc
                    ) as "n"
                from "best"
                join "thread" on "thread"."id" = "best"."threadId"
                where "best"."place" = 1 and "thread"."userId" = $1
            )
            select "ranked"."id", "ranked"."title", "ranked"."status", "ranked"."createdAt", "ranked"."told",
                "upstreamThread"."upstreamId", "item"."body"
            from "ranked"
            left join "upstreamThread" on "upstreamThread"."threadId" = "ranked"."id"
            left join "item" on "item"."id" = "ranked"."itemId"
            where "ranked"."n" > coalesce((select "n" from "ranked" where "id" = $3), $4)
            order by "ranked"."n"
            limit $5
            "#
        )
    };
}

/// FTS5's `rank` is negative, and the better the smaller.
const SQLITE: &str = statement!(
    r#"
    select "searchText"."seq", "searchText"."threadId", "searchText"."itemId",
        "searchIndex"."rank" * case when "searchText"."itemId" is null then 4 else 1 end as "rank"
    from "searchIndex"
    join "searchText" on "searchText"."seq" = "searchIndex"."rowid"
    join "thread" on "thread"."id" = "searchText"."threadId"
    where "searchIndex" match $2 and "thread"."userId" = $1
    "#
);

const POSTGRES: &str = statement!(
    r#"
    select "searchText"."seq", "searchText"."threadId", "searchText"."itemId",
        -ts_rank("searchText"."vector", "query") * case when "searchText"."itemId" is null then 4 else 1 end as "rank"
    from to_tsquery('simple', $2) as "query"
    join "searchText" on "searchText"."vector" @@ "query"
    join "thread" on "thread"."id" = "searchText"."threadId"
    where "thread"."userId" = $1
    "#
);

#[derive(FromRow)]
struct HitRow {
    #[sqlx(flatten)]
    thread: ThreadRow,
    /// The message that was found; none when the title was.
    body: Option<Json<ThreadItem>>,
}

/// Returns a page of the user's threads in which all words of a query stand, in the title or in one message: the best
/// first, then the newest. What was found stands in `metadata.colloquy.snippet`, as plain text.
///
/// A word is found by its beginning; see [`words`]. A query without letters and digits finds nothing.
///
/// # Errors
/// [`ChatError::Invalid`](super::error::ChatError::Invalid) for a negative limit and for a cursor that is no thread of the user's;
/// [`ChatError::TooMany`](super::error::ChatError::TooMany) when too many searches of theirs wait for their turn.
pub(super) async fn page(chat: &Chat, user_id: &str, text: String, query: PageQuery) -> Result<Page<Thread>> {
    let turn = chat.shares().search(user_id).await?;
    let (db, user_id) = (chat.db().clone(), user_id.to_owned());
    // An engine does not notice that a client has left; the turn ends with the work.
    detached(async move {
        let _turn = turn;
        find(&db, &user_id, &text, &query).await
    })
    .await
}

async fn find(db: &Db, user_id: &str, text: &str, query: &PageQuery) -> Result<Page<Thread>> {
    let n_rows = paging::n_rows(query)?;
    if let Some(cursor) = &query.after {
        threads::place(db, user_id, cursor).await?;
    }
    let terms = Terms::of(text);
    if terms.is_empty() {
        return Ok(Page::default());
    }
    let (statement, matched) = match db.read() {
        Pool::Sqlite(_) => (SQLITE, terms.to_fts5()),
        Pool::Postgres(_) => (POSTGRES, terms.to_tsquery()),
    };
    let rows: Vec<HitRow> = on!(db.read(), pool => {
        sqlx::query_as(statement)
            .bind(user_id)
            .bind(matched)
            .bind(&query.after)
            // After a thread that is found no more, for it was renamed meanwhile, there is nothing.
            .bind(if query.after.is_some() { i64::MAX } else { 0 })
            .bind(paging::rows_to_fetch(n_rows))
            .fetch_all(pool)
            .await
    })?;
    let hits = rows.into_iter().map(|row| hit(row, &terms)).collect();
    let mut page = paging::cut(hits, n_rows, |thread: &Thread| &thread.id);
    runs::mark(db, user_id, &mut page.data).await?;
    Ok(page)
}

fn hit(row: HitRow, terms: &Terms) -> Thread {
    let mut thread = Thread::from(row.thread);
    let found = row.body.map(|body| body.0.text());
    let snippet = terms.snippet(found.as_deref().or(thread.title.as_deref()).unwrap_or_default());
    thread.mark("snippet", json!(snippet));
    thread
}

#[derive(FromRow)]
#[sqlx(rename_all = "camelCase")]
struct BacklogRow {
    id: String,
    title: Option<String>,
    thread_id: Option<String>,
    body: Option<Json<ThreadItem>>,
}

/// Puts what was stored before there was a search into the index; to be called once, at start.
pub(super) async fn catch_up(chat: Chat) {
    loop {
        match catch_up_some(chat.db()).await {
            Ok(0) => return,
            Ok(n_rows) => tracing::info!(n_rows, "indexed old titles and messages for search"),
            Err(err) => {
                tracing::error!(error = %err, "indexing old messages for search failed; the next start retries");
                return;
            }
        }
    }
}

async fn catch_up_some(db: &Db) -> Result<usize> {
    let mut tx = Tx::begin(db).await?;
    let rows: Vec<BacklogRow> = within!(&mut tx, conn => {
        sqlx::query_as(
            r#"
            select "searchBacklog"."id", "thread"."title", "item"."threadId", "item"."body"
            from "searchBacklog"
            left join "thread" on "thread"."id" = "searchBacklog"."id"
            left join "item" on "item"."id" = "searchBacklog"."id"
            limit $1
            "#,
        )
        .bind(BACKLOG_AT_ONCE)
        .fetch_all(conn)
        .await
    })?;
    for row in &rows {
        match (&row.title, &row.thread_id, &row.body) {
            (Some(title), ..) => index::put_title(&mut tx, &row.id, title).await?,
            (None, Some(thread_id), Some(body)) => index::put_item(&mut tx, thread_id, &body.0).await?,
            // It was deleted meanwhile.
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
            .map(|_| ())
        })?;
    }
    tx.commit().await?;
    Ok(rows.len())
}
