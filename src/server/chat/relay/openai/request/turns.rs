//! The turns of a conversation: neighbouring messages of one role are one turn, since strict templates and APIs refuse a
//! conversation in which roles do not alternate.

use std::borrow::Cow;

use super::super::shape::Shape;
use crate::server::chat::{
    prompt::{Message, Picture, Prompt, Role},
    tool_calls::AnsweredCall,
};

/// The break between the texts of one turn.
const BREAK: &str = "\n\n";

/// The messages of one role until the next role's.
pub(super) struct Turn<'a> {
    pub(super) role: Role,
    texts: Vec<Cow<'a, str>>,
    pub(super) pictures: Vec<&'a Picture>,
    /// The calls that end it.
    pub(super) calls: &'a [AnsweredCall],
}

/// Returns the turns of a conversation in a shape that a model takes.
pub(super) fn of<'a>(model: &str, prompt: &'a Prompt, shape: &Shape) -> Vec<Turn<'a>> {
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
        // Some servers refuse a message that says nothing; an empty question is asked all the same.
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

/// Adds a turn, or joins it with the one before.
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

/// Writes a turn for templates that know users and assistants alone: the system prompt is the user's, and calls of
/// tools are told in words.
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

/// Returns where the newest part of a conversation starts that has at most so many bytes, counted after the system
/// prompt. It starts with a message of the user's; the last one and all that it led to always goes along.
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
    /// Returns the texts as one.
    pub(super) fn text(&self) -> String {
        let texts: Vec<&str> = self.texts.iter().map(AsRef::as_ref).filter(|text| !text.is_empty()).collect();
        texts.join(BREAK)
    }

    /// True if nothing is said, shown or called.
    fn is_blank(&self) -> bool {
        self.texts.iter().all(|text| text.trim().is_empty()) && self.pictures.is_empty() && self.calls.is_empty()
    }

    /// Returns how long it is, in bytes.
    pub(super) fn n_bytes(&self) -> usize {
        let calls = self.calls.iter().map(|it| it.output.len() + it.call.name.len()).sum::<usize>();
        self.texts.iter().map(|text| text.len()).sum::<usize>() + calls
    }
}
