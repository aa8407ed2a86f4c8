//! Hears what other servers tell of runs, threads and feeds.

use std::{collections::HashMap, time::Duration};

use tokio::time::{MissedTickBehavior, interval};

use super::live::StopReason;
use crate::{
    model::chatkit::FeedEvent,
    server::{
        chat::{
            chat_state::Chat,
            http::error::Result,
            store::threads::activity::{self, Activity},
        },
        cluster::bus::{BusMessage, Heard},
    },
};

/// Interval at which changes are looked for while nothing is heard.
const LOOK_PERIOD: Duration = Duration::from_secs(2);

/// Listens until the server stops.
pub(in crate::server::chat) async fn run(chat: Chat) {
    let mut bus = chat.process().bus().listen();
    let mut period = interval(LOOK_PERIOD);
    period.set_missed_tick_behavior(MissedTickBehavior::Delay);
    let mut known = HashMap::new();
    loop {
        tokio::select! {
            heard = bus.next() => hear(&chat, heard),
            _ = period.tick() => match look(&chat, known).await {
                Ok(now_known) => known = now_known,
                Err(err) => {
                    tracing::debug!(error = %err, "looking for changes by other servers failed and will be tried again");
                    known = HashMap::new();
                }
            },
            () = chat.db().closed() => return,
        }
    }
}

fn hear(chat: &Chat, heard: Heard) {
    let message = match heard {
        Heard::Lost => return chat.feeds().notify_all(&FeedEvent::Reset),
        Heard::Message(message) => message,
    };
    match &*message {
        BusMessage::Feed { user_id, event } => chat.feeds().notify(user_id, &chat.with_own_run(event.clone())),
        BusMessage::Stop { run_id } => {
            if let Some(run) = chat.live().get(run_id) {
                run.stop(StopReason::User);
            }
        }
        BusMessage::ThreadDeleted { thread_id } => {
            if let Some(run) = chat.live().of_thread(thread_id) {
                run.stop(StopReason::ThreadDeleted);
            }
            chat.live().forget(thread_id);
        }
    }
}

/// Resets the feeds of users whose threads changed since the last look. Nothing is looked for while others are heard, or
/// where there are none.
async fn look(chat: &Chat, known: HashMap<String, Activity>) -> Result<HashMap<String, Activity>> {
    let bus = chat.process().bus();
    if bus.is_up() || !bus.has_others() {
        return Ok(HashMap::new());
    }
    let now_known = activity::of_users(chat.db(), &chat.feeds().users()).await?;
    for (user_id, activity) in &now_known {
        if known.get(user_id).is_some_and(|before| before != activity) {
            chat.feeds().notify(user_id, &FeedEvent::Reset);
        }
    }
    Ok(now_known)
}
