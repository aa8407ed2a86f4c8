//! What the model is sent: the system prompt and the newest items that fit.

use super::{Chat, attachments, error::Result, items};
use crate::{
    model::chatkit::{Action, Attachment, AttachmentKind, ThreadItem, UserMessage, Widget},
    server::Db,
};

/// How many items are read at once, going back from the newest.
const ITEMS_AT_ONCE: i64 = 40;
/// What a message costs besides its text, in tokens.
const TOKENS_PER_MESSAGE: usize = 4;
/// What a picture costs, in tokens: vision models differ, and few take more.
const TOKENS_PER_PICTURE: usize = 800;
/// How many bytes make a token, roughly.
const BYTES_PER_TOKEN: usize = 4;

/// A conversation for a model, the oldest message first; the last one is to be answered.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Prompt {
    /// The messages.
    pub(super) messages: Vec<Message>,
    /// The model that the question asks for.
    pub(super) model: Option<String>,
    /// What the assistant is asked to speak for.
    pub(super) cause: Cause,
    /// Where; nowhere when the prompt is none of a thread's.
    pub(super) place: Place,
}

/// A thread of a user's.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Whose it is.
    pub(super) user_id: String,
    /// Which one.
    pub(super) thread_id: String,
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
    StructuredInput {
        /// The item with the questions, and now with the answers.
        item_id: String,
    },
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
    /// What is said; attached files are named at its end.
    pub(super) text: String,
    /// What is shown.
    pub(super) pictures: Vec<Picture>,
}

/// A picture that the user attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Picture {
    /// The attachment's id.
    pub(super) id: String,
    /// The picture itself, as a `data:` URL; pictures without one are not sent.
    pub(super) data_url: Option<String>,
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

/// Reads a thread backwards from before the place `before` until the context (estimated) is full, and makes a prompt of
/// it, with its pictures.
pub(super) async fn read(chat: &Chat, user_id: &str, thread_id: &str, before: i64) -> Result<Prompt> {
    let place = Place { user_id: user_id.to_owned(), thread_id: thread_id.to_owned() };
    if !chat.relay().reads_history() {
        return Ok(Prompt { place, ..Prompt::default() });
    }
    let fitting = Fitting::new(chat.system_prompt(), chat.context_tokens());
    let mut prompt = fit(fitting, chat.db(), user_id, thread_id, before).await?;
    let newest_first = prompt.messages.iter_mut().rev().flat_map(|message| &mut message.pictures);
    attachments::pictures::read(chat, user_id, newest_first).await;
    prompt.place = place;
    Ok(prompt)
}

async fn fit(mut fitting: Fitting, db: &Db, user_id: &str, thread_id: &str, mut before: i64) -> Result<Prompt> {
    loop {
        let rows = items::newest(db, user_id, thread_id, before, ITEMS_AT_ONCE).await?;
        let Some((oldest, _)) = rows.last() else { break };
        before = *oldest;
        if rows.iter().any(|(_, item)| !fitting.add(item)) {
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
    /// The model that the question asks for.
    model: Option<String>,
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
        let system = system_prompt.map(|text| said(Role::System, text.to_owned()));
        let tokens_left = context_tokens.saturating_sub(system.as_ref().map_or(0, tokens));
        // However long the system prompt is, the question goes along.
        Self {
            system,
            messages: Vec::new(),
            tokens_left: tokens_left.max(context_tokens / 4),
            has_question: false,
            model: None,
        }
    }

    /// Adds the next older item; `false` when it does not fit, so that nothing older is wanted. Before the question
    /// is found, what does not fit is passed over.
    fn add(&mut self, item: &ThreadItem) -> bool {
        let (mut message, origin) = match item {
            ThreadItem::UserMessage(it) if !self.has_question => {
                (with_files(question(it, &item.text()), &it.attachments), Origin::User)
            }
            ThreadItem::UserMessage(it) => (with_files(item.text(), &it.attachments), Origin::User),
            ThreadItem::AssistantMessage(it) => (said(Role::Assistant, it.text()), Origin::Other),
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
        if let (ThreadItem::UserMessage(it), false) = (item, self.has_question) {
            self.model = it.inference_options.model.clone();
        }
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
            message.pictures.truncate(self.tokens_left / 2 / TOKENS_PER_PICTURE);
            let for_text =
                self.tokens_left.saturating_sub(TOKENS_PER_MESSAGE + TOKENS_PER_PICTURE * message.pictures.len());
            let max_bytes = for_text * BYTES_PER_TOKEN;
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
        Prompt {
            messages: self.system.into_iter().chain(conversation).collect(),
            model: self.model,
            cause: Cause::default(),
            place: Place::default(),
        }
    }
}

fn said(role: Role, text: String) -> Message {
    Message { role, text, pictures: Vec::new() }
}

fn user(text: String) -> Message {
    said(Role::User, text)
}

/// Names the files of a message, and notes its pictures.
fn with_files(mut text: String, attachments: &[Attachment]) -> Message {
    let mut pictures = Vec::new();
    for attachment in attachments {
        let Attachment { id, name, mime_type, kind, .. } = attachment;
        let break_ = if text.is_empty() { "" } else { "\n" };
        text.push_str(&format!("{break_}[Attached file: {name} ({mime_type})]"));
        if *kind == AttachmentKind::Image {
            pictures.push(Picture { id: id.clone(), data_url: None });
        }
    }
    Message { pictures, ..user(text) }
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
    message.text.len().div_ceil(BYTES_PER_TOKEN) + TOKENS_PER_MESSAGE + TOKENS_PER_PICTURE * message.pictures.len()
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
    fn files_are_named_and_pictures_count() {
        let attachment = |name: &str, kind| Attachment {
            id: format!("atc_{name}"),
            name: name.into(),
            mime_type: "a/b".into(),
            upload_descriptor: None,
            thread_id: None,
            kind,
            preview_url: None,
            colloquy: None,
        };
        let ThreadItem::UserMessage(message) = asked("Look", None) else { unreachable!() };
        let attachments = vec![attachment("x", AttachmentKind::File), attachment("y", AttachmentKind::Image)];
        let item = ThreadItem::UserMessage(UserMessage { attachments, ..message });
        let check = |context_tokens, n_pictures| {
            let mut fitting = Fitting::new(None, context_tokens);
            assert!(fitting.add(&item));
            let prompt = fitting.finish();
            assert_eq!(prompt.question(), "Look\n[Attached file: x (a/b)]\n[Attached file: y (a/b)]");
            assert_eq!(prompt.messages[0].pictures.len(), n_pictures, "{context_tokens}");
        };
        check(32_000, 1);
        check(900, 1);
        check(256, 0);
    }

    #[test]
    fn an_empty_conversation_is_an_empty_prompt() {
        assert!(fit(None, 1000, &[]).is_empty());
        assert_eq!(Prompt::default().question(), "");
    }
}
