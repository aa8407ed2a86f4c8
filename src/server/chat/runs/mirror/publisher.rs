//! Copies the log of a run that this server writes.

use std::{sync::Arc, time::Duration};

use bytes::Bytes;
use tokio::time::sleep;

use super::entry::{Added, Entry, Names};
use crate::server::{
    backoff::Backoff,
    chat::{
        chat_state::Chat,
        runs::live::{Batch, LiveRun, Read, StopReason},
    },
    cluster::redis_link::RedisLink,
};

/// Pause after an entry that somebody heard.
const HEARD_PAUSE: Duration = Duration::from_millis(4);
/// Pause after an entry that nobody heard.
const UNHEARD_PAUSE: Duration = Duration::from_millis(80);
/// Maximum size of an entry's events in bytes, unless a single one is longer.
const MAX_ENTRY_BYTES: usize = 256 * 1024;
/// Backoff after a failure. What the log says meanwhile is not copied: a gap, after which readers take a snapshot.
const RETRY: Backoff = Backoff::new(Duration::from_millis(100), Duration::from_secs(2));

/// Copies until the run has ended. Nothing is copied while there are no other servers.
pub(super) async fn run(chat: Chat, link: RedisLink, run: Arc<LiveRun>) {
    let names = Names::of(&link, &run.id);
    let mut reader = run.reader_after(0);
    let mut retry = RETRY;
    loop {
        let entries = match reader.next().await {
            Read::Events(_) if !chat.process().bus().has_others() => continue,
            Read::Events(batch) => entries(batch),
            Read::Dropped => {
                reader.continue_after(run.n_dropped());
                continue;
            }
            Read::End => break,
        };
        let mut pause = UNHEARD_PAUSE;
        for entry in entries {
            let added = match link.connection() {
                Some(mut connection) => {
                    let added = entry.add(&mut connection, &names, run.n_dropped() + 1).await;
                    link.note_write(&added);
                    added.ok()
                }
                None => None,
            };
            pause = match added {
                Some(Added::Refused) => {
                    // Another server has closed the run, since it took this one for dead.
                    run.stop(StopReason::Lost);
                    return;
                }
                Some(Added::Delivered(n_listeners)) => {
                    retry.reset();
                    if n_listeners > 0 { HEARD_PAUSE } else { UNHEARD_PAUSE }
                }
                None => retry.next_delay(),
            };
            if added.is_none() {
                break;
            }
        }
        tokio::select! {
            () = sleep(pause) => {}
            () = run.closed() => {}
        }
    }
    if run.is_disowned() {
        // What was sent while Redis was away may have arrived after others had closed the copy.
        return super::close(&chat, vec![run.id.clone()]);
    }
    if !chat.process().bus().has_others() {
        return;
    }
    if let Some(mut connection) = link.connection() {
        let end = Entry::End { n_events: run.n_events() };
        if let Err(err) = end.add(&mut connection, &names, run.n_dropped() + 1).await {
            tracing::debug!(run.id, error = %err, "the end of an answer could not be copied to Redis");
        }
    }
}

/// Closes the copy of a run in the place of its writer. Returns `None` if Redis does not answer.
pub(super) async fn close(link: &RedisLink, run_id: &str) -> Option<Added> {
    let mut connection = link.connection()?;
    Entry::Closed.add(&mut connection, &Names::of(link, run_id), 0).await.ok()
}

/// Divides a batch into entries of a bounded size.
fn entries(batch: Batch) -> Vec<Entry> {
    let mut entries = Vec::new();
    let (mut first, mut events, mut n_bytes) = (batch.first, Vec::<Bytes>::new(), 0);
    for event in batch.events {
        if !events.is_empty() && n_bytes + event.len() > MAX_ENTRY_BYTES {
            let full = std::mem::take(&mut events);
            (first, n_bytes) = (first + full.len(), 0);
            entries.push(Entry::Events { first: first - full.len(), events: full });
        }
        n_bytes += event.len();
        events.push(event);
    }
    entries.push(Entry::Events { first, events });
    entries
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entries_have_a_bounded_size() {
        let check = |sizes: &[usize], expected: &[(usize, usize)]| {
            let events = sizes.iter().map(|size| Bytes::from(vec![b' '; *size])).collect();
            let entries = entries(Batch { first: 7, events });
            let shapes: Vec<_> = entries
                .iter()
                .map(|entry| match entry {
                    Entry::Events { first, events } => (*first, events.len()),
                    entry => panic!("{entry:?}"),
                })
                .collect();
            assert_eq!(shapes, expected, "{sizes:?}");
        };
        check(&[1], &[(7, 1)]);
        check(&[1, 2, 3], &[(7, 3)]);
        check(&[MAX_ENTRY_BYTES, 1], &[(7, 1), (8, 1)]);
        check(&[1, 10 * MAX_ENTRY_BYTES, 1, 1], &[(7, 1), (8, 1), (9, 2)]);
        check(&[MAX_ENTRY_BYTES / 2; 5], &[(7, 2), (9, 2), (11, 1)]);
    }
}
