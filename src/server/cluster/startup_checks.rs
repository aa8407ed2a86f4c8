//! Checks at startup of what all servers of one PostgreSQL database must have in common.
//!
//! A finding is an error while another server runs, since the two would refuse each other's cookies or files. A server
//! that is alone logs a warning. On SQLite nothing is checked.

use std::{fmt, path::PathBuf, time::Duration};

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;
use sqlx::PgPool;

use crate::{
    model::Timestamp,
    server::{
        Clock, Db, Error, Result,
        config::{AttachmentStore, Config, Secret},
    },
};

/// The maximum difference between this machine's clock and the database's.
const MAX_CLOCK_OFFSET_MS: i64 = 2000;

/// Interval of looking for a heartbeat of another server.
const HEARTBEAT_POLL: Duration = Duration::from_millis(500);
/// Number of looks. Meanwhile a server that runs has sent three heartbeats.
const N_HEARTBEAT_POLLS: usize = 6;

/// A reason not to run beside other servers. `Display` states what is wrong and what is right.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Finding {
    /// BETTER_AUTH_SECRET is unset.
    GeneratedSecret,
    /// BETTER_AUTH_URL is unset.
    NoPublicUrl,
    /// Attachments are in a folder that is not declared as shared.
    LocalAttachments(PathBuf),
    /// The secret differs from the one whose fingerprint is stored.
    DifferentSecret,
    /// Milliseconds by which this machine's clock is ahead of the database's, or behind if negative.
    ClockOffset(i64),
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::GeneratedSecret => f.write_str(
                "BETTER_AUTH_SECRET is unset, and other servers refuse cookies and tokens signed with this server's \
                 generated secret; set BETTER_AUTH_SECRET to the same value for all servers of the database",
            ),
            Self::NoPublicUrl => f.write_str(
                "BETTER_AUTH_URL is unset, and links and tokens name this server's own port; set BETTER_AUTH_URL to the \
                 address that users open, for all servers of the database",
            ),
            Self::LocalAttachments(folder) => write!(
                f,
                "attached files are in the folder `{}`, which other servers may not have; set ATTACHMENT_STORE to a \
                 bucket such as s3://chat/files, or ATTACHMENTS_SHARED=on if all servers of the database share the folder",
                folder.display()
            ),
            Self::DifferentSecret => f.write_str(
                "the secret is not the one that was used with this database before, so cookies, tokens and links of that \
                 time are refused; set BETTER_AUTH_SECRET to the same value for all servers of the database",
            ),
            Self::ClockOffset(ms) => {
                let side = if *ms > 0 { "ahead of" } else { "behind" };
                let seconds = ms.unsigned_abs() as f64 / 1000.0;
                write!(
                    f,
                    "this machine's clock is {seconds:.1} seconds {side} the database's; synchronize both, for instance \
                     by NTP"
                )
            }
        }
    }
}

/// A row of the table `process`.
#[derive(sqlx_macros::FromRow)]
#[sqlx(rename_all = "camelCase")]
struct SeenProcess {
    id: String,
    name: String,
    seen_at: Timestamp,
}

/// Compares the settings, the secret and the clock with those of the database's other servers. `own_id` is this
/// server's row of the table `process`, if it is registered already.
///
/// # Errors
/// [`Error::Config`] with all findings, if another server runs. [`Error::Db`].
pub async fn run(config: &Config, db: &Db, clock: &Clock, own_id: Option<&str>) -> Result<()> {
    let Db::Postgres(pool) = db else { return Ok(()) };
    let own = fingerprint(&config.secret);
    let stored = stored_fingerprint(pool, &own).await?;
    let mut findings = of_settings(config);
    if stored != own {
        findings.push(Finding::DifferentSecret);
    }
    let offset_ms = clock_offset_ms(pool, clock).await?;
    if offset_ms.abs() > MAX_CLOCK_OFFSET_MS {
        findings.push(Finding::ClockOffset(offset_ms));
    }
    if findings.is_empty() {
        return Ok(());
    }
    if let Some(name) = running_server(pool, own_id).await? {
        let sentences: Vec<_> = findings.iter().map(Finding::to_string).collect();
        let sentences = sentences.join(". Moreover, ");
        return Err(Error::Config(format!("another server (`{name}`) runs on this database, and {sentences}")));
    }
    for finding in &findings {
        match finding {
            Finding::DifferentSecret | Finding::ClockOffset(_) => tracing::warn!("{finding}"),
            _ => tracing::warn!("this server could not run beside another one on this database: {finding}"),
        }
    }
    if stored != own {
        replace_fingerprint(pool, &stored, &own).await?;
    }
    Ok(())
}

fn of_settings(config: &Config) -> Vec<Finding> {
    let mut findings = Vec::new();
    if config.is_secret_generated {
        findings.push(Finding::GeneratedSecret);
    }
    if !config.is_public() {
        findings.push(Finding::NoPublicUrl);
    }
    match &config.attachments.store {
        AttachmentStore::Folder(folder) if !config.attachments.is_shared => {
            findings.push(Finding::LocalAttachments(folder.clone()));
        }
        _ => {}
    }
    findings
}

/// Returns a text by which equal secrets can be recognized, and which does not disclose them.
fn fingerprint(secret: &Secret) -> String {
    let mac = Hmac::<Sha256>::new_from_slice(secret.expose().as_bytes());
    let mac = mac.expect("BUG: HMAC takes keys of any length").chain_update(b"colloquy/instance").finalize();
    mac.into_bytes()[..8].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the fingerprint in the table `instance`. The first server stores its own.
async fn stored_fingerprint(pool: &PgPool, own: &str) -> Result<String> {
    sqlx::query(
        r#"
        insert into "instance" ("place", "secretFingerprint")
        values (1, $1)
        on conflict do nothing
        "#,
    )
    .bind(own)
    .execute(pool)
    .await?;
    Ok(sqlx::query_scalar(r#"select "secretFingerprint" from "instance" where "place" = 1"#).fetch_one(pool).await?)
}

/// Stores another fingerprint, unless another server did meanwhile.
async fn replace_fingerprint(pool: &PgPool, stored: &str, own: &str) -> Result<()> {
    sqlx::query(
        r#"
        update "instance"
        set "secretFingerprint" = $1
        where "place" = 1 and "secretFingerprint" = $2
        "#,
    )
    .bind(own)
    .bind(stored)
    .execute(pool)
    .await?;
    Ok(())
}

/// Returns the milliseconds by which the clock is at least ahead of the database's, or behind if negative.
async fn clock_offset_ms(pool: &PgPool, clock: &Clock) -> Result<i64> {
    let before = clock.now();
    let databases = sqlx::query_scalar("select clock_timestamp()").fetch_one(pool).await?;
    Ok(least_offset_ms(before, databases, clock.now()))
}

/// Returns the offset of a clock that was read before and after another one: 0 if the other time is between these.
fn least_offset_ms(before: Timestamp, other: Timestamp, after: Timestamp) -> i64 {
    let (before, other, after) = (before.millis(), other.millis(), after.millis());
    (before - other).max(0) + (after - other).min(0)
}

/// Returns the name of another server that runs.
///
/// A server that crashed has left a row, which looks alive for six seconds. Hence only a heartbeat is a proof: a row
/// whose time changes.
async fn running_server(pool: &PgPool, own_id: Option<&str>) -> Result<Option<String>> {
    let first = recently_seen(pool, own_id).await?;
    if first.is_empty() {
        return Ok(None);
    }
    tracing::info!("looking for the heartbeat of another server on this database, for three seconds");
    for _ in 0..N_HEARTBEAT_POLLS {
        tokio::time::sleep(HEARTBEAT_POLL).await;
        let is_new = |it: &SeenProcess| !first.iter().any(|old| old.id == it.id && old.seen_at == it.seen_at);
        let seen = recently_seen(pool, own_id).await?;
        if seen.is_empty() {
            break;
        }
        if let Some(running) = seen.into_iter().find(is_new) {
            return Ok(Some(running.name));
        }
    }
    Ok(None)
}

/// Returns the other servers that count as running, by the database's clock.
async fn recently_seen(pool: &PgPool, own_id: Option<&str>) -> Result<Vec<SeenProcess>> {
    Ok(sqlx::query_as(
        r#"
        select "id", "name", "seenAt"
        from "process"
        where "seenAt" > clock_timestamp() - interval '6 seconds' and "id" is distinct from $1
        "#,
    )
    .bind(own_id)
    .fetch_all(pool)
    .await?)
}

#[cfg(test)]
mod tests;
