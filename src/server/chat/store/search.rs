//! Full-text search in a user's threads: the table `searchText`, one row per title and message, and each engine's
//! index.
//!
//! Items hidden from clients are never indexed. A message is indexed when it is complete, not at every checkpoint of a
//! growing answer.

pub(in crate::server::chat) mod backlog;
pub(in crate::server::chat) mod index;
mod tokenizer;

use serde_json::json;
use sqlx::types::Json;
use sqlx_macros::FromRow;

use super::{
    runs,
    threads::{self, ThreadRow},
};
use crate::{
    model::chatkit::{Page, PageQuery, Thread, ThreadItem},
    server::{
        Db,
        chat::{
            chat_state::Chat,
            http::{error::Result, paging},
            turns::detached::detached,
        },
        db::{Pool, on},
    },
};
use tokenizer::Terms;

/// Builds an engine's statement from its query for hits. The rest is shared: the best row of each thread, the ranked
/// threads, and a page of them.
///
/// Titles weigh more than messages. The smallest rank is the best, and is computed for the user's rows only.
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
                select "thread"."id", "thread"."title", "thread"."status", "thread"."createdAt",
                    "thread"."upstreamProperties",
                    "best"."itemId",
                    row_number() over (
                        order by "best"."rank", "thread"."createdAt" desc, "thread"."seq" desc
                    ) as "n"
                from "best"
                join "thread" on "thread"."id" = "best"."threadId"
                where "best"."place" = 1 and "thread"."userId" = $1
            )
            select "ranked"."id", "ranked"."title", "ranked"."status", "ranked"."createdAt",
                "ranked"."upstreamProperties",
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

/// FTS5's `rank` is negative; smaller is better.
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
    /// The message that matched. `None` if the title matched.
    body: Option<Json<ThreadItem>>,
}

/// Returns a page of the threads that match a user's query, the best first, then the newest.
///
/// All words of the query must occur in the title or in one message. The match is returned in
/// `metadata.colloquy.snippet`, as plain text. Words match by prefix; see [`tokenizer`]. A query without letters and
/// digits matches nothing.
///
/// # Errors
/// [`ChatError::Invalid`](crate::server::chat::http::error::ChatError::Invalid) for a negative limit, and for a cursor
/// that is not a thread of the user. [`ChatError::TooMany`](crate::server::chat::http::error::ChatError::TooMany) if
/// too many searches of this user are waiting.
pub(in crate::server::chat) async fn page(
    chat: &Chat,
    user_id: &str,
    text: String,
    query: PageQuery,
) -> Result<Page<Thread>> {
    let turn = chat.shares().search(user_id).await?;
    let (db, user_id) = (chat.db().clone(), user_id.to_owned());
    // The engine continues after a client disconnects, so the turn must last until the query ends.
    detached(async move {
        let _turn = turn;
        find(&db, &user_id, &text, &query).await
    })
    .await
}

async fn find(db: &Db, user_id: &str, text: &str, query: &PageQuery) -> Result<Page<Thread>> {
    let n_rows = paging::n_rows(query)?;
    if let Some(cursor) = &query.after {
        threads::position(db, user_id, cursor).await?;
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
            // A cursor that no longer matches, since its thread was renamed meanwhile, ends the list.
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
