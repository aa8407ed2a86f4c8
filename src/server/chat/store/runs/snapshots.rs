//! Snapshots: a run and the items of its turn, as of one moment.

use sqlx::types::Json;
use sqlx_macros::FromRow;

use super::StoredRun;
use crate::{
    model::chatkit::ThreadItem,
    server::{
        Db,
        chat::{
            http::error::{ChatError, Result},
            store::items::with_feedback,
        },
        db::on,
    },
};

/// A run and the items of its turn, read by one statement, so that they belong together.
#[derive(Debug)]
pub(in crate::server::chat) struct Snapshot {
    pub(in crate::server::chat) run: StoredRun,
    /// Visible items between the answered message and the user's next one.
    pub(in crate::server::chat) turn: Vec<ThreadItem>,
    /// Visible items of the version that the run writes, if it writes one. Until it is complete, the turn keeps the old
    /// answer.
    pub(in crate::server::chat) draft: Option<Vec<ThreadItem>>,
}

/// One item of the turn, or none. All rows have the same run, and the first one has the draft.
#[derive(FromRow)]
struct SnapshotRow {
    #[sqlx(flatten)]
    run: StoredRun,
    draft: Option<Json<Vec<ThreadItem>>>,
    body: Option<Json<ThreadItem>>,
    feedback: Option<String>,
}

/// Takes a snapshot of a user's run.
///
/// # Errors
/// [`ChatError::NotFound`] for an unknown run.
pub(in crate::server::chat) async fn take(db: &Db, user_id: &str, run_id: &str) -> Result<Snapshot> {
    let rows: Vec<SnapshotRow> = on!(db.read(), pool => {
        sqlx::query_as(concat!(
            "select ",
            run_columns!(),
            r#",
                case when row_number() over (order by "item"."seq") = 1 then "version"."items" end as "draft",
                "item"."body" as "body",
                "feedback"."kind" as "feedback"
            from "run"
            left join "version" on "version"."runId" = "run"."id"
            left join "item" as "question"
                on "question"."id" = "run"."questionId" and "question"."threadId" = "run"."threadId"
            left join "item"
                on "item"."threadId" = "run"."threadId"
                and "item"."seq" > "question"."seq"
                and "item"."type" not in ('hidden_context_item', 'sdk_hidden_context')
                and not exists (
                    select 1
                    from "item" as "next"
                    where "next"."threadId" = "run"."threadId"
                        and "next"."type" = 'user_message'
                        and "next"."seq" > "question"."seq"
                        and "next"."seq" <= "item"."seq"
                )
            left join "feedback" on "feedback"."itemId" = "item"."id"
            where "run"."id" = $1 and "run"."userId" = $2
            order by "item"."seq"
            "#,
        ))
        .bind(run_id)
        .bind(user_id)
        .fetch_all(pool)
        .await
    })?;
    let mut snapshot = None;
    for SnapshotRow { run, draft, body, feedback } in rows {
        let Snapshot { turn, .. } = snapshot.get_or_insert_with(|| Snapshot {
            run,
            turn: Vec::new(),
            draft: draft.map(|Json(items)| items.into_iter().filter(|item| !item.is_hidden()).collect()),
        });
        turn.extend(body.map(|Json(item)| with_feedback(item, feedback.as_deref())));
    }
    snapshot.ok_or(ChatError::NotFound("run"))
}
