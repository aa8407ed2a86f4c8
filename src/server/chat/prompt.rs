//! What the model is sent: the system prompt and the newest items that fit.

use super::{error::Result, items};
use crate::{
    model::chatkit::{Action, ThreadItem, UserMessage, Widget},
    server::Db,
};

/// How many items are read at once, going back from the newest.
const ITEMS_AT_ONCE: i64 = 40;
/// What a message costs besides its text, in tokens.
const TOKENS_PER_MESSAGE: usize = 4;
/// How many bytes make a token, roughly.
const BYTES_PER_TOKEN: usize = 4;

/// A conversation for a model, the oldest message first; the last one is to be answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Prompt {
    /// The messages.
    pub(super) messages: Vec<Message>,
    /// What the assistant is asked to speak for.
    pub(super) cause: Cause,
}

/// Why the assistant is asked to speak.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) enum Cause {
    /// The user wrote a message.
    #[default]
    Message,
    /// The client answered a tool call.
    ToolOutput,
    /// The user answered structured questions.
    StructuredInput,
    /// The user did something in a widget or in the page.
    Action {
        /// What.
        action: Action,
        /// The widget.
        sender: Option<Box<Widget>>,
    },
}

/// One message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Message {
    /// Who says it.
    pub(super) role: Role,
    /// What is said.
    pub(super) text: String,
}

/// Who says something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Role {
    /// The operator.
    System,
    /// The user.
    User,
    /// The model.
    Assistant,
}

impl Role {
    /// Returns the name that OpenAI gave it.
    pub(super) fn as_str(self) -> &'static str {
        match self {
            Self::System => "system",
            Self::User => "user",
            Self::Assistant => "assistant",
        }
    }
}

impl Prompt {
    /// Says what the assistant is asked to speak for; a model is told of an action in words.
    pub(super) fn because(mut self, cause: Cause) -> Self {
        if let Cause::Action { action, .. } = &cause {
            let Action { kind, payload } = action;
            self.messages.push(user(hidden(&format!("The user triggered the action `{kind}` with {payload}."))));
        }
        self.cause = cause;
        self
    }

    /// Returns what is to be answered; empty when the conversation is.
    pub(super) fn question(&self) -> &str {
        self.messages.iter().rev().find(|message| message.role == Role::User).map_or("", |message| &message.text)
    }
}

/// Reads a thread backwards from before the place `before` until `context_tokens` (estimated) are full, and makes a prompt of it.
pub(super) async fn read(
    db: &Db,
    user_id: &str,
    thread_id: &str,
    mut before: i64,
    system_prompt: Option<&str>,
    context_tokens: usize,
) -> Result<Prompt> {
    let mut fitting = Fitting::new(system_prompt, context_tokens);
    loop {
        let rows = items::newest(db, user_id, thread_id, before, ITEMS_AT_ONCE).await?;
        let Some((oldest, _)) = rows.last() else { break };
        before = *oldest;
        let is_last = rows.len() < ITEMS_AT_ONCE.unsigned_abs() as usize;
        if rows.iter().any(|(_, item)| !fitting.add(item)) || is_last {
            break;
        }
    }
    Ok(fitting.finish())
}

/// Fits messages into a context, going back from the newest.
struct Fitting {
    system: Option<Message>,
    /// What fits, the newest first.
    messages: Vec<(Message, Origin)>,
    tokens_left: usize,
    has_question: bool,
}

/// Where a message comes from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// A user wrote it.
    User,
    /// The model, or the server, did.
    Other,
}

impl Fitting {
    fn new(system_prompt: Option<&str>, context_tokens: usize) -> Self {
        let system = system_prompt.map(|text| Message { role: Role::System, text: text.to_owned() });
        let tokens_left = context_tokens.saturating_sub(system.as_ref().map_or(0, tokens));
        // However long the system prompt is, the question goes along.
        Self { system, messages: Vec::new(), tokens_left: tokens_left.max(context_tokens / 4), has_question: false }
    }

    /// Adds the next older item; `false` when it does not fit, so that nothing older is wanted. Before the question
    /// is found, what does not fit is passed over.
    fn add(&mut self, item: &ThreadItem) -> bool {
        let (mut message, origin) = match item {
            ThreadItem::UserMessage(it) if !self.has_question => (user(question(it, &item.text())), Origin::User),
            ThreadItem::UserMessage(_) => (user(item.text()), Origin::User),
            ThreadItem::AssistantMessage(it) => (Message { role: Role::Assistant, text: it.text() }, Origin::Other),
            ThreadItem::HiddenContextItem(_) | ThreadItem::SdkHiddenContext(_) => {
                (user(hidden(&item.text())), Origin::Other)
            }
            ThreadItem::ClientToolCall(it) => match &it.output {
                Some(output) => (user(hidden(&format!("The tool `{}` returned {output}.", it.name))), Origin::Other),
                None => return true,
            },
            ThreadItem::StructuredInput(it) => match it.transcript() {
                Some(text) => (user(text), Origin::Other),
                None => return true,
            },
            _ => return true,
        };
        if message.role == Role::Assistant && message.text.is_empty() {
            return true;
        }
        let fits = tokens(&message) <= self.tokens_left;
        if !fits && self.has_question {
            return false;
        }
        if !fits && origin == Origin::Other {
            return true;
        }
        if !fits {
            let max_bytes = self.tokens_left.saturating_sub(TOKENS_PER_MESSAGE) * BYTES_PER_TOKEN;
            message.text = end_of(&message.text, max_bytes).to_owned();
        }
        self.has_question |= origin == Origin::User;
        self.tokens_left = self.tokens_left.saturating_sub(tokens(&message));
        self.messages.push((message, origin));
        true
    }

    fn finish(mut self) -> Prompt {
        while self.messages.last().is_some_and(|(_, origin)| *origin == Origin::Other) {
            self.messages.pop();
        }
        let conversation = self.messages.into_iter().rev().map(|(message, _)| message);
        Prompt { messages: self.system.into_iter().chain(conversation).collect(), cause: Cause::default() }
    }
}

fn user(text: String) -> Message {
    Message { role: Role::User, text }
}

/// Puts what the message answers to before it.
fn question(message: &UserMessage, text: &str) -> String {
    match &message.quoted_text {
        Some(quoted) => format!("The user is referring to this in particular:\n{quoted}\n\n{text}"),
        None => text.to_owned(),
    }
}

/// Wraps hidden context as the Python SDK does.
fn hidden(text: &str) -> String {
    format!("Hidden context for the agent (not shown to the user):\n<HiddenContext>\n{text}\n</HiddenContext>")
}

/// Estimates the tokens of a message, rounded up.
fn tokens(message: &Message) -> usize {
    message.text.len().div_ceil(BYTES_PER_TOKEN) + TOKENS_PER_MESSAGE
}

/// Returns the end of a text, at most `max_bytes` long.
fn end_of(text: &str, max_bytes: usize) -> &str {
    &text[text.ceil_char_boundary(text.len().saturating_sub(max_bytes))..]
}

#[cfg(test)]
mod tests {
    use serde_json::Map;

    use super::*;
    use crate::model::{
        Timestamp,
        chatkit::{AssistantContent, AssistantMessage, HiddenContext, InferenceOptions, OutputText, UserContent},
    };

    fn asked(text: &str, quoted_text: Option<&str>) -> ThreadItem {
        ThreadItem::UserMessage(UserMessage {
            id: "msg_1".into(),
            thread_id: "thr_1".into(),
            created_at: Timestamp::from_millis(0),
            content: vec![UserContent::InputText { text: text.into() }],
            attachments: vec![],
            quoted_text: quoted_text.map(str::to_owned),
            inference_options: InferenceOptions::default(),
            extra: Map::new(),
        })
    }

    fn answered(text: &str) -> ThreadItem {
        ThreadItem::AssistantMessage(AssistantMessage {
            id: "msg_2".into(),
            thread_id: "thr_1".into(),
            created_at: Timestamp::from_millis(0),
            content: vec![AssistantContent::OutputText(OutputText { annotations: vec![], text: text.into() })],
            colloquy: None,
            extra: Map::new(),
        })
    }

    fn marker() -> ThreadItem {
        ThreadItem::SdkHiddenContext(HiddenContext {
            id: "shcx_1".into(),
            thread_id: "thr_1".into(),
            created_at: Timestamp::from_millis(0),
            content: "stop".into(),
        })
    }

    /// Fits items, given from the oldest to the newest, and returns the texts with the initials of their roles.
    fn fit(system_prompt: Option<&str>, context_tokens: usize, items: &[ThreadItem]) -> Vec<String> {
        let mut fitting = Fitting::new(system_prompt, context_tokens);
        _ = items.iter().rev().all(|item| fitting.add(item));
        let prompt = fitting.finish();
        prompt.messages.iter().map(|it| format!("{}:{}", &it.role.as_str()[..1], it.text)).collect()
    }

    #[test]
    fn the_newest_items_that_fit_are_sent_and_the_first_is_the_users() {
        let items = [asked("1234", None), answered("5678"), asked("abcd", None), answered("efgh"), asked("last", None)];
        let check = |context_tokens, expected: &[&str]| assert_eq!(fit(None, context_tokens, &items), expected);
        check(25, &["u:1234", "a:5678", "u:abcd", "a:efgh", "u:last"]);
        check(24, &["u:abcd", "a:efgh", "u:last"]);
        check(15, &["u:abcd", "a:efgh", "u:last"]);
        check(14, &["u:last"]);
        check(5, &["u:last"]);
    }

    #[test]
    fn a_question_that_is_too_long_alone_is_cut_from_its_front() {
        assert_eq!(fit(None, 6, &[answered("x"), asked("0123456789", None)]), ["u:23456789"]);
        assert_eq!(fit(None, 6, &[asked("éééééé", None)]), ["u:éééé"]);
        assert_eq!(fit(None, 5, &[asked("x€€", None)]), ["u:€"]);
        assert_eq!(fit(None, 6, &[asked("0123456789", None), marker()]), ["u:23456789"]);
    }

    #[test]
    fn the_system_prompt_goes_first_and_counts() {
        let items = [asked("1234", None), answered("5678"), asked("last", None)];
        assert_eq!(fit(Some("sys."), 20, &items), ["s:sys.", "u:1234", "a:5678", "u:last"]);
        assert_eq!(fit(Some("sys."), 19, &items), ["s:sys.", "u:last"]);
        assert_eq!(fit(Some(&"s".repeat(400)), 40, &items)[1..], ["u:last"]);
    }

    #[test]
    fn quotes_are_put_before_the_last_message_only() {
        let items = [asked("one", Some("old")), answered("two"), asked("three", Some("new"))];
        assert_eq!(
            fit(None, 1000, &items),
            ["u:one", "a:two", "u:The user is referring to this in particular:\nnew\n\nthree"]
        );
    }

    #[test]
    fn hidden_context_is_a_user_message_in_tags_and_never_comes_first() {
        let sent = fit(None, 1000, &[asked("one", None), answered("tw"), marker(), asked("three", None)]);
        assert_eq!(
            sent[2],
            "u:Hidden context for the agent (not shown to the user):\n<HiddenContext>\nstop\n</HiddenContext>"
        );
        assert_eq!(fit(None, 1000, &[marker(), asked("one", None)]), ["u:one"]);
    }

    #[test]
    fn an_empty_conversation_is_an_empty_prompt() {
        assert!(fit(None, 1000, &[]).is_empty());
        assert_eq!(Prompt::default().question(), "");
    }
}
