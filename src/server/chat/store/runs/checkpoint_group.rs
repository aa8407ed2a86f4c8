//! Checkpoints of several runs in one transaction.

use std::{collections::HashSet, sync::Arc};

use serde::Serialize;
use sqlx::{Postgres, Transaction, types::Json};

use super::{Progress, renew_lease};
use crate::{
    model::{Timestamp, chatkit::ThreadItem},
    server::{
        Db,
        chat::{http::error::Result, runs::live::LiveRun, store::items},
        tx::Tx,
    },
};

/// Progress of a run, and its items that changed. The run writes no version.
#[derive(Debug)]
pub(in crate::server::chat) struct Checkpoint {
    pub(in crate::server::chat) run: Arc<LiveRun>,
    pub(in crate::server::chat) progress: Progress,
    pub(in crate::server::chat) items: Vec<ThreadItem>,
}

/// Stores checkpoints of different runs and returns the ids of those runs. Nothing is written for a run that no longer
/// belongs to its task, nor for one that another transaction has locked: this one waits for nobody.
pub(in crate::server::chat) async fn store(
    db: &Db,
    checkpoints: &[&Checkpoint],
    now: Timestamp,
) -> Result<HashSet<String>> {
    let mut tx = Tx::begin(db).await?;
    let stored = match &mut tx {
        Tx::Sqlite(_) => store_each(&mut tx, checkpoints, now).await?,
        Tx::Postgres(tx) => store_at_once(tx, checkpoints, now).await?,
    };
    tx.commit().await?;
    Ok(stored)
}

/// A statement costs no round trip in SQLite.
async fn store_each(tx: &mut Tx, checkpoints: &[&Checkpoint], now: Timestamp) -> Result<HashSet<String>> {
    let mut stored = HashSet::new();
    for Checkpoint { run, progress, items } in checkpoints {
        if !renew_lease(tx, &run.id, progress, now).await? {
            continue;
        }
        for item in items {
            items::checkpoint(tx, &run.thread_id, item, now).await?;
        }
        stored.insert(run.id.clone());
    }
    Ok(stored)
}

/// The columns of a run that its progress sets.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ProgressRow<'a> {
    id: &'a str,
    item_id: Option<&'a str>,
    open_items: Option<&'a [String]>,
    up_to: Option<i64>,
}

impl<'a> ProgressRow<'a> {
    fn of(Checkpoint { run, progress, .. }: &'a Checkpoint) -> Self {
        Self {
            id: &run.id,
            item_id: progress.item_id.as_deref(),
            open_items: progress.open_items.as_deref(),
            up_to: progress.up_to(),
        }
    }
}

/// A row of `item`, but for its position: `place` orders the items of a run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ItemRow<'a> {
    run_id: &'a str,
    thread_id: &'a str,
    place: usize,
    id: &'a str,
    #[serde(rename = "type")]
    kind: &'a str,
    body: &'a ThreadItem,
    created_at: Timestamp,
}

impl<'a> ItemRow<'a> {
    fn of(Checkpoint { run, items, .. }: &'a Checkpoint) -> impl Iterator<Item = Self> {
        items.iter().enumerate().map(|(place, item)| Self {
            run_id: &run.id,
            thread_id: &run.thread_id,
            place,
            id: item.id(),
            kind: item.kind(),
            body: item,
            created_at: item.created_at(),
        })
    }
}

/// Does what [`renew_lease`] and [`items::checkpoint`] do, for all runs by one statement.
async fn store_at_once(
    tx: &mut Transaction<'static, Postgres>,
    checkpoints: &[&Checkpoint],
    now: Timestamp,
) -> Result<HashSet<String>> {
    let free = lock(tx, checkpoints).await?;
    let free = || checkpoints.iter().copied().filter(|checkpoint| free.contains(&checkpoint.run.id));
    let progress: Vec<_> = free().map(ProgressRow::of).collect();
    let items: Vec<_> = free().flat_map(ItemRow::of).collect();
    let stored: Vec<String> = sqlx::query_scalar(
        r#"
        with "held" as (
            update "run"
            set "itemId" = coalesce("new"."itemId", "run"."itemId"),
                "openItems" = coalesce("new"."openItems", "run"."openItems"),
                "leaseExpiresAt" = $3,
                "updatedAt" = $4,
                "upTo" = coalesce("new"."upTo", "run"."upTo")
            from jsonb_to_recordset($1) as "new" ("id" text, "itemId" text, "openItems" jsonb, "upTo" bigint)
            where "run"."id" = "new"."id"
            returning "run"."id"
        ),
        "stored" as (
            insert into "item" ("id", "threadId", "seq", "type", "body", "createdAt", "updatedAt")
            select
                "new"."id",
                "new"."threadId",
                coalesce((select max("seq") from "item" where "item"."threadId" = "new"."threadId"), 0)
                    + row_number() over (partition by "new"."threadId" order by "new"."place"),
                "new"."type",
                "new"."body",
                "new"."createdAt",
                $4
            from jsonb_to_recordset($2) as "new" (
                "runId" text, "threadId" text, "place" bigint, "id" text, "type" text, "body" jsonb,
                "createdAt" timestamptz
            )
            join "held" on "held"."id" = "new"."runId"
            on conflict ("id") do update
            set "type" = excluded."type", "body" = excluded."body", "updatedAt" = excluded."updatedAt"
            where "item"."threadId" = excluded."threadId"
        )
        select "id"
        from "held"
        "#,
    )
    .bind(Json(&progress))
    .bind(Json(&items))
    .bind(now.plus_seconds(super::LEASE_S))
    .bind(now)
    .fetch_all(&mut **tx)
    .await?;
    Ok(stored.into_iter().collect())
}

/// Locks the runs and their threads, as [`super::lock_thread`] does, and returns the ids of those that are running. Rows
/// locked by others are skipped: to wait for one would delay all, and two transactions could wait for each other.
async fn lock(tx: &mut Transaction<'static, Postgres>, checkpoints: &[&Checkpoint]) -> Result<HashSet<String>> {
    let ids: Vec<&str> = checkpoints.iter().map(|checkpoint| checkpoint.run.id.as_str()).collect();
    let free: Vec<(String, String)> = sqlx::query_as(
        r#"
        select "run"."id", "run"."status"
        from "run"
        join "thread" on "thread"."id" = "run"."threadId"
        where "run"."id" = any($1)
        for no key update skip locked
        "#,
    )
    .bind(ids)
    .fetch_all(&mut **tx)
    .await?;
    Ok(free.into_iter().filter(|(_, status)| status == "running").map(|(id, _)| id).collect())
}
