//! Turns of a conversation: consecutive messages of one role are joined. Strict templates and APIs refuse conversations
//! whose roles do not alternate.

use std::borrow::Cow;

use super::super::request_shape::RequestShape;
use crate::server::chat::turns::{
    prompt::{Message, Picture, Prompt, Role},
    tool_calls::AnsweredCall,
};

/// Separator between the texts of one turn.
const BREAK: &str = "\n\n";

/// Consecutive messages of one role.
pub(super) struct Turn<'a> {
    pub(super) role: Role,
    texts: Vec<Cow<'a, str>>,
    pub(super) pictures: Vec<&'a Picture>,
    /// Tool calls at the end of the turn.
    pub(super) calls: &'a [AnsweredCall],
}

/// Returns the turns of a conversation in a shape that a model accepts.
pub(super) fn of<'a>(model: &str, prompt: &'a Prompt, shape: &RequestShape) -> Vec<Turn<'a>> {
    let (system, conversation) = split(&prompt.messages);
    let newer = &conversation[start(&prompt.messages, shape.max_bytes)..];
    let mut turns = Vec::new();
    for message in system.iter().chain(newer) {
        let sees = |picture: &&Picture| {
            shape.shows_pictures && picture.data_url.is_some() && !picture.refused_by.iter().any(|it| it == model)
        };
        let turn = Turn {
            role: message.role,
            texts: vec![Cow::Borrowed(message.text.as_str())],
            pictures: message.pictures.iter().filter(sees).collect(),
            calls: &message.calls,
        };
        // Some servers refuse an empty message. An empty question is sent nevertheless.
        let is_last = std::ptr::eq(message, prompt.messages.last().unwrap_or(message));
        if turn.is_blank() && !is_last {
            continue;
        }
        match shape.is_plain {
            true => plain(turn).into_iter().for_each(|turn| push(&mut turns, turn)),
            false => push(&mut turns, turn),
        }
    }
    turns
}

/// Appends a turn, or joins it with the previous one.
fn push<'a>(turns: &mut Vec<Turn<'a>>, turn: Turn<'a>) {
    match turns.last_mut() {
        Some(last) if last.role == turn.role && last.calls.is_empty() => {
            last.texts.extend(turn.texts);
            last.pictures.extend(turn.pictures);
            last.calls = turn.calls;
        }
        _ => turns.push(turn),
    }
}

/// Rewrites a turn for templates with only user and assistant roles. The system prompt becomes the user's, and tool
/// calls are described in words.
fn plain(turn: Turn<'_>) -> Vec<Turn<'_>> {
    let Turn { role, mut texts, pictures, calls } = turn;
    let role = if role == Role::System { Role::User } else { role };
    let said = |role, texts| Turn { role, texts, pictures: Vec::new(), calls: &[] };
    let call = |AnsweredCall { call, .. }: &AnsweredCall| {
        let arguments = serde_json::to_string(&call.arguments).unwrap_or_default();
        Cow::Owned(format!("(I called the tool `{}` with {arguments}.)", call.name))
    };
    let output = |AnsweredCall { call, output }: &AnsweredCall| {
        Cow::Owned(format!("(The tool `{}` returned: {output})", call.name))
    };
    texts.extend(calls.iter().map(call));
    let outputs = (!calls.is_empty()).then(|| said(Role::User, calls.iter().map(output).collect()));
    std::iter::once(Turn { role, texts, pictures, calls: &[] }).chain(outputs).collect()
}

/// Returns the start of the newest part with at most `max_bytes`, counted after the system prompt. The part begins with
/// a user's message. The last one, and everything after it, is always included.
pub(super) fn start(messages: &[Message], max_bytes: Option<usize>) -> usize {
    let Some(max_bytes) = max_bytes else { return 0 };
    let (_, conversation) = split(messages);
    let sizes: Vec<usize> = conversation.iter().map(n_bytes).collect();
    let starts: Vec<usize> = (0..conversation.len()).filter(|at| conversation[*at].role == Role::User).collect();
    let fits = |at: &usize| sizes[*at..].iter().sum::<usize>() <= max_bytes;
    starts.iter().copied().find(fits).or(starts.last().copied()).unwrap_or(0)
}

fn split(messages: &[Message]) -> (&[Message], &[Message]) {
    let n_system = messages.iter().take_while(|message| message.role == Role::System).count();
    messages.split_at(n_system)
}

fn n_bytes(message: &Message) -> usize {
    let calls = message.calls.iter().map(|it| it.output.len() + it.call.name.len()).sum::<usize>();
    message.text.len() + calls
}

impl Turn<'_> {
    /// Returns the joined texts.
    pub(super) fn text(&self) -> String {
        let texts: Vec<&str> = self.texts.iter().map(AsRef::as_ref).filter(|text| !text.is_empty()).collect();
        texts.join(BREAK)
    }

    /// True if the turn has no text, picture or call.
    fn is_blank(&self) -> bool {
        self.texts.iter().all(|text| text.trim().is_empty()) && self.pictures.is_empty() && self.calls.is_empty()
    }

    /// Returns the size of the turn in bytes.
    pub(super) fn n_bytes(&self) -> usize {
        let calls = self.calls.iter().map(|it| it.output.len() + it.call.name.len()).sum::<usize>();
        self.texts.iter().map(|text| text.len()).sum::<usize>() + calls
    }
}
