//! Translates a client's turn into the request to the upstream.

use super::{
    Failure, Server, file_upload,
    mapping::{UpstreamMapping, internal, stored},
    upstream_ids,
};
use crate::{
    model::chatkit::{
        CustomAction, ListOrder, NoticeLevel, Operation, ReplyStatus, StructuredInput, StructuredInputItem,
        StructuredInputStatus, StructuredReply, ThreadItem, ThreadStreamEvent, UserMessage, UserMessageInput,
    },
    server::chat::{
        relay::RelayEvent,
        store::items,
        turns::prompt::{Cause, Prompt, ThreadRef},
    },
};

/// A request to the upstream, and the handling of its response.
pub(super) struct UpstreamRequest {
    /// The operation to send.
    pub(super) operation: Operation,
    /// Mapping of the response's ids.
    pub(super) mapping: UpstreamMapping,
    /// Events for the client that precede the response.
    pub(super) notices: Vec<RelayEvent>,
}

/// Builds the request for a prompt. A message's files have been uploaded to the upstream when this returns.
pub(super) async fn build_request(server: &Server, prompt: Prompt) -> Result<UpstreamRequest, Failure> {
    let Prompt { cause, thread_ref, .. } = prompt;
    let thread = stored(&server.db, || upstream_ids::thread(&server.db, &thread_ref)).await?;
    let mut notices = Vec::new();
    let mut awaited = None;
    let operation = match (cause, &thread) {
        (Cause::Message, _) => {
            let question_id = stored(&server.db, || upstream_ids::question_id(&server.db, &thread_ref))
                .await?
                .ok_or(Failure::Internal)?;
            let upstream_id_of =
                stored(&server.db, || upstream_ids::upstream_id(&server.db, &thread_ref, &question_id)).await?;
            match (&thread, upstream_id_of) {
                (Some(thread), Some(item_id)) => {
                    Operation::ThreadsRetryAfterItem { thread_id: thread.upstream_id.clone(), item_id }
                }
                (thread, _) => {
                    let input = message(server, &thread_ref, &question_id, &mut notices).await?;
                    if thread.is_none() && has_history(server, &thread_ref, &question_id).await? {
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
            let result = tool_output(server, &thread_ref).await?;
            Operation::ThreadsAddClientToolOutput { thread_id: thread.upstream_id.clone(), result }
        }
        (Cause::StructuredInput { item_id }, Some(thread)) => {
            let input = answers(server, &thread_ref, &item_id).await?;
            let item_id = upstream_id_of(server, &thread_ref, &item_id).await?;
            Operation::ThreadsAddStructuredInput { thread_id: thread.upstream_id.clone(), item_id, input }
        }
        (Cause::Action { action, sender }, Some(thread)) => {
            let item_id = match sender {
                Some(sender) => Some(upstream_id_of(server, &thread_ref, &sender.id).await?),
                None => None,
            };
            let thread_id = thread.upstream_id.clone();
            Operation::ThreadsCustomAction(CustomAction { thread_id, item_id, action })
        }
    };
    let mapping = UpstreamMapping::new(server.db.clone(), server.clock.clone(), thread_ref, thread, awaited);
    Ok(UpstreamRequest { operation, mapping, notices })
}

/// Returns an item's id at the upstream.
pub(super) async fn upstream_id_of(server: &Server, thread_ref: &ThreadRef, item_id: &str) -> Result<String, Failure> {
    upstream_ids::upstream_id(&server.db, thread_ref, item_id).await.map_err(internal)?.ok_or(Failure::Unknown)
}

/// Creates a notice beside the conversation.
pub(super) fn notice(text: &str) -> RelayEvent {
    let message = text.to_owned();
    RelayEvent::Event(Box::new(ThreadStreamEvent::Notice { level: NoticeLevel::Warning, message, title: None }))
}

async fn find(server: &Server, thread_ref: &ThreadRef, item_id: &str) -> Result<Option<ThreadItem>, Failure> {
    let ThreadRef { user_id, thread_id } = thread_ref;
    stored(&server.db, || items::find(&server.db, user_id, thread_id, item_id)).await
}

/// Returns a message as the upstream receives it, after uploading its files.
async fn message(
    server: &Server,
    thread_ref: &ThreadRef,
    question_id: &str,
    notices: &mut Vec<RelayEvent>,
) -> Result<UserMessageInput, Failure> {
    let item = find(server, thread_ref, question_id).await?;
    let Some(ThreadItem::UserMessage(UserMessage { content, attachments, quoted_text, inference_options, .. })) = item
    else {
        return Err(Failure::Internal);
    };
    let attachments = file_upload::upload_all(server, &thread_ref.user_id, &attachments, notices).await?;
    Ok(UserMessageInput { content, attachments, quoted_text, inference_options })
}

async fn has_history(server: &Server, thread_ref: &ThreadRef, question_id: &str) -> Result<bool, Failure> {
    let ThreadRef { user_id, thread_id } = thread_ref;
    let first = stored(&server.db, || items::first_page(&server.db, user_id, thread_id, ListOrder::Asc, 1)).await?;
    Ok(first.data.first().is_some_and(|item| item.id() != question_id))
}

/// Returns the output of the client tool that the thread waited for.
async fn tool_output(server: &Server, thread_ref: &ThreadRef) -> Result<serde_json::Value, Failure> {
    let ThreadRef { user_id, thread_id } = thread_ref;
    let newest = stored(&server.db, || items::first_page(&server.db, user_id, thread_id, ListOrder::Desc, 1));
    match newest.await?.data.pop() {
        Some(ThreadItem::ClientToolCall(call)) => Ok(call.output.unwrap_or_default()),
        _ => Err(Failure::Internal),
    }
}

async fn answers(server: &Server, thread_ref: &ThreadRef, item_id: &str) -> Result<StructuredReply, Failure> {
    match find(server, thread_ref, item_id).await? {
        Some(ThreadItem::StructuredInput(item)) => Ok(reply(item)),
        _ => Err(Failure::Internal),
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
