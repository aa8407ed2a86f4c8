//! Entries of a log's copy on Redis.
//!
//! The copy is a stream. The id of an entry is the number of its last event, so Redis itself refuses what it has already,
//! and trims by number. After the entry of the end, which has the largest id, it refuses everything.

use std::{sync::LazyLock, time::Duration};

use bytes::Bytes;
use redis::{RedisResult, Script, Value, aio::MultiplexedConnection, from_redis_value_ref};

use crate::server::cluster::redis_link::RedisLink;

/// Id of the entry of the end.
const END: &str = "18446744073709551615-0";
/// Time that the copy of a running answer is kept after its last entry, in milliseconds.
const RUNNING_TTL_MS: usize = 60_000;
/// Time that the copy is kept after its end, in milliseconds. Later readers read the database.
const ENDED_TTL_MS: usize = 120_000;
/// Time after a run's last change for which its copy may be kept.
pub(super) const KEPT: Duration = Duration::from_secs(240);
/// Time that the entry of the end is kept alone, in milliseconds. Within it the former writer notices that others closed
/// its run. The entry holds nothing of the answer.
const CLOSED_TTL_MS: usize = 120_000;
/// Field with the number of an entry's first event.
const FIRST: &str = "f";
/// Field with the events, one per line.
const EVENTS: &str = "d";

/// Adds an entry, trims the stream, and tells those who listen. The entry of a closed run replaces all. Returns the number
/// of listeners, or -1 if the entry was refused.
static ADD: LazyLock<Script> = LazyLock::new(|| {
    Script::new(
        r"
        if ARGV[3] == '0' then redis.call('DEL', KEYS[1]) end
        local added = redis.pcall('XADD', KEYS[1], 'MINID', '=', ARGV[2], ARGV[1], 'f', ARGV[3], 'd', ARGV[4])
        if type(added) == 'table' and added.err then
            if string.find(added.err, 'smaller', 1, true) then return -1 end
            return redis.error_reply(added.err)
        end
        redis.call('PEXPIRE', KEYS[1], ARGV[5])
        return redis.call('PUBLISH', KEYS[2], ARGV[3] .. '\n' .. ARGV[4])
        ",
    )
});

/// Names of a run's stream and channel. Both have one hash tag.
#[derive(Debug)]
pub(super) struct Names {
    pub(super) log: String,
    pub(super) channel: String,
}

impl Names {
    pub(super) fn of(link: &RedisLink, run_id: &str) -> Self {
        let name = |of: &str| link.key(&format!("{{{run_id}}}:{of}"));
        Self { log: name("log"), channel: name("live") }
    }
}

/// An entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Entry {
    /// Consecutive events.
    Events {
        /// Number of the first one.
        first: usize,
        events: Vec<Bytes>,
    },
    /// The end of the log, after all its events.
    End { n_events: usize },
    /// The run was closed or deleted by another server than its writer.
    Closed,
}

/// Outcome of adding an entry.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Added {
    /// It was delivered to so many servers.
    Delivered(usize),
    /// The copy has ended.
    Refused,
}

impl Entry {
    /// Adds the entry to the stream. Events numbered less than `oldest` are dropped.
    pub(super) async fn add(
        &self,
        connection: &mut MultiplexedConnection,
        names: &Names,
        oldest: usize,
    ) -> RedisResult<Added> {
        let (id, oldest, first, lines, ttl_ms) = match self {
            Self::Events { first, events } => {
                let last = first + events.len() - 1;
                (format!("{last}-0"), format!("{oldest}-0"), *first, events.join(&b'\n'), RUNNING_TTL_MS)
            }
            Self::End { n_events } => (END.to_owned(), format!("{oldest}-0"), n_events + 1, Vec::new(), ENDED_TTL_MS),
            Self::Closed => (END.to_owned(), END.to_owned(), 0, Vec::new(), CLOSED_TTL_MS),
        };
        let mut script = ADD.key(&names.log);
        script.key(&names.channel).arg(id).arg(oldest).arg(first).arg(lines).arg(ttl_ms);
        let n_listeners: i64 = script.invoke_async(connection).await?;
        Ok(usize::try_from(n_listeners).map_or(Added::Refused, Added::Delivered))
    }

    /// Parses a message. A later release may send others.
    pub(super) fn parse(message: &Bytes) -> Option<Self> {
        let end = message.iter().position(|byte| *byte == b'\n')?;
        let first: usize = std::str::from_utf8(&message[..end]).ok()?.parse().ok()?;
        Self::new(first, &message.slice(end + 1..))
    }

    fn new(first: usize, lines: &Bytes) -> Option<Self> {
        Some(match (first, lines.is_empty()) {
            (0, true) => Self::Closed,
            (0, false) => return None,
            (first, true) => Self::End { n_events: first - 1 },
            (first, false) => {
                let events = lines.split(|byte| *byte == b'\n').map(|line| lines.slice_ref(line)).collect();
                Self::Events { first, events }
            }
        })
    }
}

/// Returns the newest entries in order, at most `n`.
pub(super) async fn newest(connection: &mut MultiplexedConnection, names: &Names, n: usize) -> RedisResult<Vec<Entry>> {
    let mut command = redis::cmd("XREVRANGE");
    command.arg(&names.log).arg("+").arg("-").arg("COUNT").arg(n);
    let rows: Vec<(String, Vec<Value>)> = command.query_async(connection).await?;
    Ok(rows.iter().rev().filter_map(|(_, fields)| from_fields(fields)).collect())
}

fn from_fields(fields: &[Value]) -> Option<Entry> {
    let value = |name: &str| {
        let pair =
            fields.chunks_exact(2).find(|pair| matches!(&pair[0], Value::BulkString(it) if it == name.as_bytes()))?;
        from_redis_value_ref::<Vec<u8>>(&pair[1]).ok()
    };
    let first = std::str::from_utf8(&value(FIRST)?).ok()?.parse().ok()?;
    Entry::new(first, &value(EVENTS)?.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_are_entries() {
        let check =
            |message: &'static str, expected| assert_eq!(Entry::parse(&message.into()), expected, "{message:?}");
        check("7\n{}", Some(Entry::Events { first: 7, events: vec!["{}".into()] }));
        check("7\n{}\n[]", Some(Entry::Events { first: 7, events: vec!["{}".into(), "[]".into()] }));
        check("8\n", Some(Entry::End { n_events: 7 }));
        check("1\n", Some(Entry::End { n_events: 0 }));
        check("0\n", Some(Entry::Closed));
        for message in ["", "7", "\n", "-1\n{}", "x\n{}", "0\n{}"] {
            check(message, None);
        }
    }
}
