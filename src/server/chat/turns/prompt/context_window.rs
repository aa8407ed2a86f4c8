//! Fits the items of a thread into a model's context.

use serde_json::{Map, Value};

use super::{
    super::tool_calls::{self, AnsweredCall},
    Cause, Message, Picture, Prompt, Role, ThreadRef, hidden,
    refused_pictures::RefusedPictures,
};
use crate::model::chatkit::{
    Attachment, AttachmentKind, ClientToolCall, InferenceOptions, ThreadItem, UserContent, UserMessage,
};

/// Overhead per message, in tokens.
const TOKENS_PER_MESSAGE: usize = 4;
/// Cost of a picture, in tokens. Vision models differ; few exceed this.
const TOKENS_PER_PICTURE: usize = 800;
/// Estimated bytes per token.
const BYTES_PER_TOKEN: usize = 4;
/// Suffix of a tool output that was truncated.
const CUT: &str = " … (cut)";

/// Collects messages that fit a context, backwards from the newest.
pub(super) struct ContextWindow {
    system: Option<Message>,
    /// Messages that fit, the newest first.
    messages: Vec<(Message, Origin)>,
    tokens_left: usize,
    /// Options chosen for the question. `None` until the question is found.
    asked: Option<InferenceOptions>,
    /// Tool calls queued behind the newest item.
    waiting: Vec<tool_calls::Call>,
    /// True if a visible item has been added.
    has_visible: bool,
    /// RefusedPictures pictures, as recorded by newer items.
    refused: Vec<RefusedPictures>,
}

/// The origin of a message.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// The user.
    User,
    /// The model or the server.
    Other,
}

impl ContextWindow {
    pub(super) fn new(system_prompt: Option<&str>, context_tokens: usize) -> Self {
        let system = system_prompt.map(|text| Message::new(Role::System, text));
        let tokens_left = context_tokens.saturating_sub(system.as_ref().map_or(0, tokens));
        Self {
            system,
            messages: Vec::new(),
            // Some of the context is reserved for the question, however long the system prompt is.
            tokens_left: tokens_left.max(context_tokens / 4),
            asked: None,
            waiting: Vec::new(),
            has_visible: false,
            refused: Vec::new(),
        }
    }

    /// Adds the next older item. Returns `false` if it does not fit, so that no older one is needed.
    ///
    /// Items newer than the question are skipped if they do not fit.
    pub(super) fn add(&mut self, item: &ThreadItem) -> bool {
        let is_newest = !self.has_visible;
        self.has_visible |= !item.is_hidden();
        match item {
            ThreadItem::UserMessage(it) => self.add_users(it),
            ThreadItem::AssistantMessage(it) => self.add_answer(it.text()),
            ThreadItem::SdkHiddenContext(it) if RefusedPictures::of(it).is_some() => {
                self.refused.extend(RefusedPictures::of(it));
                true
            }
            ThreadItem::HiddenContextItem(_) | ThreadItem::SdkHiddenContext(_) => {
                self.add_other(Message::new(Role::User, hidden(&item.text())))
            }
            ThreadItem::ClientToolCall(it) => {
                if is_newest {
                    self.waiting = tool_calls::queued(it);
                }
                self.add_call(it)
            }
            ThreadItem::StructuredInput(it) => {
                it.transcript().is_none_or(|text| self.add_other(Message::new(Role::User, text)))
            }
            _ => true,
        }
    }

    fn add_users(&mut self, it: &UserMessage) -> bool {
        let is_question = self.asked.is_none();
        let said: String = it.content.iter().map(UserContent::text).collect();
        let text = if is_question { question(it, said) } else { said };
        let mut message = with_files(text, &it.attachments);
        for picture in &mut message.pictures {
            let refused = self.refused.iter().filter(|refused| refused.ids.contains(&picture.id));
            picture.refused_by = refused.map(|refused| refused.model.clone()).collect();
        }
        if !is_question {
            return self.fits(&message) && self.push(message, Origin::User);
        }
        self.asked = Some(it.inference_options.clone());
        if !self.fits(&message) {
            message.pictures.truncate(self.tokens_left / 2 / TOKENS_PER_PICTURE);
            let for_text =
                self.tokens_left.saturating_sub(TOKENS_PER_MESSAGE + TOKENS_PER_PICTURE * message.pictures.len());
            message.text = end_of(&message.text, for_text * BYTES_PER_TOKEN).to_owned();
        }
        self.push(message, Origin::User)
    }

    /// Adds the model's text. Tool calls that directly follow join it in one message.
    fn add_answer(&mut self, text: String) -> bool {
        if text.is_empty() {
            return true;
        }
        match self.messages.last_mut() {
            Some((next, _)) if !next.calls.is_empty() && next.text.is_empty() => {
                let n_tokens = text.len().div_ceil(BYTES_PER_TOKEN);
                if n_tokens > self.tokens_left {
                    return self.asked.is_none();
                }
                self.tokens_left -= n_tokens;
                next.text = text;
                true
            }
            _ => self.add_other(Message::new(Role::Assistant, text)),
        }
    }

    /// Adds a call with its output. Calls that the model made together become one message. A call without output is
    /// skipped, as in the Python SDK.
    fn add_call(&mut self, item: &ClientToolCall) -> bool {
        let Some(mut call) = tool_calls::answered(item) else { return true };
        let is_new = self.asked.is_none();
        if is_new && tokens_of_call(&call) > self.tokens_left / 2 {
            // The model must see the output, or it calls again. The question needs half of the room, too.
            cut(&mut call, self.tokens_left / 2);
        }
        let waiting = tool_calls::queued(item);
        let next = waiting.first().map(|call| &call.call_id);
        match self.messages.last_mut() {
            Some((together, _)) if next.is_some() && together.calls.first().map(|it| &it.call.call_id) == next => {
                let n_tokens = tokens_of_call(&call);
                if n_tokens > self.tokens_left {
                    return is_new;
                }
                self.tokens_left -= n_tokens;
                together.calls.insert(0, call);
                true
            }
            _ => self.add_other(Message { calls: vec![call], ..Message::new(Role::Assistant, "") }),
        }
    }

    fn add_other(&mut self, message: Message) -> bool {
        match self.fits(&message) {
            true => self.push(message, Origin::Other),
            false => self.asked.is_none(),
        }
    }

    fn fits(&self, message: &Message) -> bool {
        tokens(message) <= self.tokens_left
    }

    fn push(&mut self, message: Message, origin: Origin) -> bool {
        self.tokens_left = self.tokens_left.saturating_sub(tokens(&message));
        self.messages.push((message, origin));
        true
    }

    pub(super) fn finish(mut self) -> Prompt {
        while self.messages.last().is_some_and(|(_, origin)| *origin == Origin::Other) {
            self.messages.pop();
        }
        let conversation = self.messages.into_iter().rev().map(|(message, _)| message);
        let asked = self.asked.unwrap_or_default();
        Prompt {
            messages: self.system.into_iter().chain(conversation).collect(),
            model: asked.model,
            cause: Cause::default(),
            may_call_tools: true,
            tool: asked.tool_choice.map(|tool| tool.id),
            waiting: self.waiting,
            thread_ref: ThreadRef::default(),
        }
    }
}

/// Appends the names of attached files to a text, and collects the pictures.
fn with_files(mut text: String, attachments: &[Attachment]) -> Message {
    let mut pictures = Vec::new();
    for attachment in attachments {
        let Attachment { id, name, mime_type, kind, .. } = attachment;
        let break_ = if text.is_empty() { "" } else { "\n" };
        text.push_str(&format!("{break_}[Attached file: {name} ({mime_type})]"));
        if *kind == AttachmentKind::Image {
            pictures.push(Picture { id: id.clone(), data_url: None, refused_by: Vec::new() });
        }
    }
    Message { pictures, ..Message::new(Role::User, text) }
}

/// Prepends the passage that the user quoted.
fn question(message: &UserMessage, text: String) -> String {
    match &message.quoted_text {
        Some(quoted) => format!("The user is referring to this in particular:\n{quoted}\n\n{text}"),
        None => text,
    }
}

/// Estimates the tokens of a message, rounded up.
fn tokens(message: &Message) -> usize {
    let calls: usize = message.calls.iter().map(tokens_of_call).sum();
    let text = message.text.len().div_ceil(BYTES_PER_TOKEN);
    text + TOKENS_PER_MESSAGE + TOKENS_PER_PICTURE * message.pictures.len() + calls
}

/// Estimates the tokens of a call and its output. The call is part of one message, the output another.
fn tokens_of_call(AnsweredCall { call, output }: &AnsweredCall) -> usize {
    let arguments = serde_json::to_string(&call.arguments).map_or(0, |json| json.len());
    let kept = |map: &Map<String, Value>| {
        if map.is_empty() { 0 } else { serde_json::to_string(map).map_or(0, |json| json.len()) }
    };
    let n_bytes =
        call.call_id.len() * 2 + call.name.len() + arguments + output.len() + kept(&call.extra) + kept(&call.carry);
    n_bytes.div_ceil(BYTES_PER_TOKEN) + TOKENS_PER_MESSAGE * 2
}

/// Truncates a tool's output so that call and output cost at most `max_tokens`, where possible.
fn cut(call: &mut AnsweredCall, max_tokens: usize) {
    let excess = tokens_of_call(call).saturating_sub(max_tokens) * BYTES_PER_TOKEN + CUT.len();
    let n_kept = call.output.len().saturating_sub(excess);
    call.output.truncate(call.output.floor_char_boundary(n_kept));
    call.output.push_str(CUT);
}

/// Returns the end of a text, at most `max_bytes` long.
fn end_of(text: &str, max_bytes: usize) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(max_bytes))..]
}

#[cfg(test)]
mod tests;
