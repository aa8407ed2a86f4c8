//! Translates a client's turn into the request to the upstream.

use super::{Failure, Server, files, passage::Passage, passage::ours, rows};
use crate::{
    model::chatkit::{
        CustomAction, ListOrder, NoticeLevel, Operation, ReplyStatus, StructuredInput, StructuredInputItem,
        StructuredInputStatus, StructuredReply, ThreadItem, ThreadStreamEvent, UserMessage, UserMessageInput,
    },
    server::chat::{
        items,
        prompt::{Cause, Place, Prompt},
        relay::RelayEvent,
    },
};

/// A request to the upstream, and the handling of its response.
pub(super) struct Asking {
    /// The operation to send.
    pub(super) operation: Operation,
    /// Mapping of the response's ids.
    pub(super) passage: Passage,
    /// Events for the client that precede the response.
    pub(super) notices: Vec<RelayEvent>,
}

/// Builds the request for a prompt. A message's files have been uploaded to the upstream when this returns.
pub(super) async fn asking(server: &Server, prompt: Prompt) -> Result<Asking, Failure> {
    let Prompt { cause, place, .. } = prompt;
    let thread = rows::thread(&server.db, &place).await.map_err(ours)?;
    let mut notices = Vec::new();
    let mut awaited = None;
    let operation = match (cause, &thread) {
        (Cause::Message, _) => {
            let question_id = rows::question_id(&server.db, &place).await.map_err(ours)?.ok_or(Failure::Ours)?;
            let known_as = rows::upstream_id(&server.db, &place, &question_id).await.map_err(ours)?;
            match (&thread, known_as) {
                (Some(thread), Some(item_id)) => {
                    Operation::ThreadsRetryAfterItem { thread_id: thread.upstream_id.clone(), item_id }
                }
                (thread, _) => {
                    let input = message(server, &place, &question_id, &mut notices).await?;
                    if thread.is_none() && has_history(server, &place, &question_id).await? {
                        notices.push(notice("The upstream chat server does not know the earlier messages."));
                    }
                    awaited = Some(question_id);
                    match thread {
                        Some(thread) => {
                            Operation::ThreadsAddUserMessage { thread_id: thread.upstream_id.clone(), input }
                        }
                        None => Operation::ThreadsCreate { input },
                    }
                }
            }
        }
        (_, None) => return Err(Failure::Unknown),
        (Cause::ToolOutput, Some(thread)) => {
            let result = tool_output(server, &place).await?;
            Operation::ThreadsAddClientToolOutput { thread_id: thread.upstream_id.clone(), result }
        }
        (Cause::StructuredInput { item_id }, Some(thread)) => {
            let input = answers(server, &place, &item_id).await?;
            let item_id = known_as(server, &place, &item_id).await?;
            Operation::ThreadsAddStructuredInput { thread_id: thread.upstream_id.clone(), item_id, input }
        }
        (Cause::Action { action, sender }, Some(thread)) => {
            let item_id = match sender {
                Some(sender) => Some(known_as(server, &place, &sender.id).await?),
                None => None,
            };
            let thread_id = thread.upstream_id.clone();
            Operation::ThreadsCustomAction(CustomAction { thread_id, item_id, action })
        }
    };
    let passage = Passage::new(server.db.clone(), server.clock.clone(), place, thread, awaited);
    Ok(Asking { operation, passage, notices })
}

/// Returns an item's id at the upstream.
pub(super) async fn known_as(server: &Server, place: &Place, item_id: &str) -> Result<String, Failure> {
    rows::upstream_id(&server.db, place, item_id).await.map_err(ours)?.ok_or(Failure::Unknown)
}

/// Creates a notice beside the conversation.
pub(super) fn notice(text: &str) -> RelayEvent {
    let message = text.to_owned();
    RelayEvent::Event(Box::new(ThreadStreamEvent::Notice { level: NoticeLevel::Warning, message, title: None }))
}

async fn find(server: &Server, place: &Place, item_id: &str) -> Result<Option<ThreadItem>, Failure> {
    items::find(&server.db, &place.user_id, &place.thread_id, item_id).await.map_err(ours)
}

/// Returns a message as the upstream receives it, after uploading its files.
async fn message(
    server: &Server,
    place: &Place,
    question_id: &str,
    notices: &mut Vec<RelayEvent>,
) -> Result<UserMessageInput, Failure> {
    let item = find(server, place, question_id).await?;
    let Some(ThreadItem::UserMessage(UserMessage { content, attachments, quoted_text, inference_options, .. })) = item
    else {
        return Err(Failure::Ours);
    };
    let attachments = files::hand_on(server, &place.user_id, &attachments, notices).await?;
    Ok(UserMessageInput { content, attachments, quoted_text, inference_options })
}

async fn has_history(server: &Server, place: &Place, question_id: &str) -> Result<bool, Failure> {
    let first = items::first_page(&server.db, &place.user_id, &place.thread_id, ListOrder::Asc, 1);
    Ok(first.await.map_err(ours)?.data.first().is_some_and(|item| item.id() != question_id))
}

/// Returns the output of the client tool that the thread waited for.
async fn tool_output(server: &Server, place: &Place) -> Result<serde_json::Value, Failure> {
    let newest = items::first_page(&server.db, &place.user_id, &place.thread_id, ListOrder::Desc, 1);
    match newest.await.map_err(ours)?.data.pop() {
        Some(ThreadItem::ClientToolCall(call)) => Ok(call.output.unwrap_or_default()),
        _ => Err(Failure::Ours),
    }
}

async fn answers(server: &Server, place: &Place, item_id: &str) -> Result<StructuredReply, Failure> {
    match find(server, place, item_id).await? {
        Some(ThreadItem::StructuredInput(item)) => Ok(reply(item)),
        _ => Err(Failure::Ours),
    }
}

/// Returns the answers contained in an item.
fn reply(item: StructuredInputItem) -> StructuredReply {
    let status = match item.status {
        StructuredInputStatus::Skipped => ReplyStatus::Skipped,
        _ => ReplyStatus::Answered,
    };
    let answers = item.inputs.into_iter().filter_map(|input| match input {
        StructuredInput::MultipleChoice { id, answer, .. } | StructuredInput::Freeform { id, answer, .. } => {
            Some((id, answer?))
        }
        StructuredInput::Unknown(_) => None,
    });
    StructuredReply { status, answers: answers.collect() }
}
