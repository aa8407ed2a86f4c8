//! The built-in demo: answers without a model, identical for identical questions.
//!
//! Questions that begin with `/` simulate models at their best and worst, and produce every kind of item, for clients'
//! tests.

mod gallery;
mod sample_items;
mod sample_texts;
mod sample_widgets;
mod widget_actions;

use std::time::Duration;

use super::{Relay, RelayEvent, RelayFailure, RelayStream};
use crate::{
    model::chatkit::{Action, ThreadItem, ThreadStatus, Widget},
    server::chat::turns::prompt::{Cause, Prompt, ThreadRef},
};
use futures_util::{FutureExt, StreamExt, future::BoxFuture, stream};
pub(in crate::server::chat) use gallery::gallery;
use sample_texts::{HELP, MARKDOWN, greeting};

/// Delay between two words.
const PACE: Duration = Duration::from_millis(15);
/// Delay between two words of `/slow`.
const SLOW_PACE: Duration = Duration::from_millis(100);
/// Duration of a slow action.
const SLOW_ACTION: Duration = Duration::from_millis(2_000);
/// Message of its failures.
const FAILED: &str = "The demo failed, because you asked it to.";
/// Maximum number of words for `/slow` and `/long`.
const MAX_WORDS: usize = 100_000;

/// Relay that answers without a model.
#[derive(Debug, Default)]
pub(in crate::server::chat) struct Demo;

/// One step of a script.
type Step = Result<RelayEvent, RelayFailure>;

/// Steps of an answer, and the delay between them.
struct Script {
    steps: Vec<Step>,
    pace: Option<Duration>,
}

impl Relay for Demo {
    fn answer(&self, prompt: Prompt) -> RelayStream {
        let Script { steps, pace } = match &prompt.cause {
            Cause::Message => script(prompt.question()),
            Cause::ToolOutput => said("Resumed after client result."),
            Cause::StructuredInput { .. } => said("Resumed after your answers."),
            Cause::Action { action, sender } => acted(action, sender.as_deref()),
        };
        let steps = stream::iter(steps).then(move |step| async move {
            if let Some(pace) = pace {
                tokio::time::sleep(pace).await;
            }
            step
        });
        steps.boxed()
    }

    fn run_action<'a>(
        &'a self,
        _: &'a ThreadRef,
        action: &'a Action,
        sender: Option<&'a Widget>,
    ) -> BoxFuture<'a, Result<Option<ThreadItem>, RelayFailure>> {
        async move {
            if action.kind.ends_with("slow") {
                tokio::time::sleep(SLOW_ACTION).await;
            }
            let changed =
                |sender: &Widget| Widget { widget: widget_actions::acted_at_once(action, sender), ..sender.clone() };
            Ok(sender.map(|sender| ThreadItem::Widget(changed(sender))))
        }
        .boxed()
    }
}

/// Answers an action of a widget or the page.
fn acted(action: &Action, sender: Option<&Widget>) -> Script {
    match action.kind.rsplit_once('.').map(|it| it.1) {
        Some("fail") => Script { steps: vec![Err(RelayFailure::temporary(FAILED))], pace: None },
        Some("slow") => {
            let steps = [None, sender.map(|it| widget_actions::acted(action, it))]
                .into_iter()
                .map(|it| Ok(it.unwrap_or_else(|| sample_items::progress("Taking its time…"))));
            Script { steps: steps.collect(), pace: Some(SLOW_ACTION / 2) }
        }
        _ => after(sender.map(|it| Ok(widget_actions::acted(action, it))), &format!("Action {}", action.kind)),
    }
}

fn script(question: &str) -> Script {
    let failure = || RelayFailure::temporary(FAILED);
    // Later lines are not part of the command, such as the names of attached files.
    let line = question.trim().lines().next().unwrap_or_default().trim();
    let (command, argument) = line.split_once(' ').unwrap_or((line, ""));
    let count = || argument.trim().parse().unwrap_or(10).min(MAX_WORDS);
    match command {
        "/help" => said(HELP),
        "/markdown" => said(MARKDOWN),
        "/slow" => Script { pace: Some(SLOW_PACE), ..numbered(count()) },
        "/long" => numbered(count()),
        "/fail" if argument.trim().is_empty() => Script { steps: vec![Err(failure())], pace: None },
        "/fail" => {
            let mut script = said("This answer breaks off in the middle of its ");
            script.steps.push(Err(failure()));
            script
        }
        "/tool" => played(sample_items::tool_call()),
        "/widget" if argument.trim().is_empty() => played(widget_actions::growing()),
        "/widget" if argument.trim() == "stream" => {
            Script { pace: Some(SLOW_PACE), ..played(widget_actions::streaming()) }
        }
        "/widget" => match widget_actions::named(argument.trim()) {
            Some(widget) => played(vec![widget]),
            None => said(&sample_texts::widget_names(sample_widgets::names())),
        },
        "/structured" => played(sample_items::questions()),
        "/annotations" => played(sample_items::annotated()),
        "/image" => played(sample_items::image()),
        "/workflow" => after(sample_items::workflow().into_iter().map(Ok), "The work is done."),
        "/task" => after(sample_items::task().into_iter().map(Ok), "The task is done."),
        "/effects" => after(sample_items::effects().into_iter().map(Ok), "Something happened beside the conversation."),
        "/hidden" => after(sample_items::hidden().into_iter().map(Ok), "There is something that you cannot see."),
        "/replace" => {
            after(sample_items::replaced().into_iter().map(Ok), "One item was replaced, another one removed.")
        }
        "/error" => after([Ok(sample_items::error())], "This comes after an error."),
        "/lock" => {
            let reason = Some("The demo locked this conversation, because you asked it to.".to_owned());
            after([Ok(RelayEvent::Status(ThreadStatus::Locked { reason }))], "This conversation is locked now.")
        }
        "/close" => {
            let reason = Some("The demo closed this conversation, because you asked it to.".to_owned());
            after([Ok(RelayEvent::Status(ThreadStatus::Closed { reason }))], "This conversation is closed now.")
        }
        _ => said(&greeting(question)),
    }
}

/// Emits a text word by word.
fn said(text: &str) -> Script {
    after([], text)
}

/// Emits steps, and then a text word by word.
fn after(steps: impl IntoIterator<Item = Step>, text: &str) -> Script {
    let words = text.split_inclusive(' ').map(|word| Ok(RelayEvent::Text(word.to_owned())));
    Script { steps: steps.into_iter().chain(words).collect(), pace: Some(PACE) }
}

fn played(events: Vec<RelayEvent>) -> Script {
    Script { steps: events.into_iter().map(Ok).collect(), pace: Some(PACE) }
}

fn numbered(n_words: usize) -> Script {
    Script { steps: (0..n_words).map(|n| Ok(RelayEvent::Text(format!("w{n} ")))).collect(), pace: None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::chat::turns::prompt::{Message, Role};

    fn fails(question: &str) -> bool {
        script(question).steps.iter().any(Result::is_err)
    }

    fn text(question: &str) -> String {
        let said = script(question).steps.into_iter().filter_map(|step| match step {
            Ok(RelayEvent::Text(text)) => Some(text),
            _ => None,
        });
        said.collect()
    }

    #[test]
    fn a_command_is_the_first_line() {
        assert_eq!(text("/long 2\n\n[The user attached the file notes.txt.]"), "w0 w1 ");
    }

    #[test]
    fn it_says_that_it_is_a_demo_and_how_to_connect_a_model() {
        let text = text("How are you?\n# Today");
        assert!(text.contains("built-in demo") && text.contains("> How are you?\n> # Today\n\n"), "{text}");
        assert!(["OPENAI_BASE_URL", "OPENAI_API_KEY", "OPENAI_MODEL"].iter().all(|name| text.contains(name)));
    }

    #[test]
    fn it_plays_what_it_is_told() {
        assert_eq!(text("/slow 3"), "w0 w1 w2 ");
        assert_eq!(text("/long 2000").len(), 10 * 3 + 90 * 4 + 900 * 5 + 1000 * 6);
        assert_eq!(text("/long -1"), text("/long 10"));
        assert_eq!((text("/fail").as_str(), fails("/fail")), ("", true));
        assert!(!text("/fail 500").is_empty() && fails("/fail 500"));
        assert_eq!((text("/markdown"), text("/help")), (MARKDOWN.to_owned(), HELP.to_owned()));
        assert!(text(" ").contains("empty message"));
    }

    #[tokio::test]
    async fn the_failure_is_the_last_that_is_heard() {
        let prompt = Prompt { messages: vec![Message::new(Role::User, "/fail 500")], ..Prompt::default() };
        let events: Vec<_> = Demo.answer(prompt).collect().await;
        assert!(events.iter().rev().skip(1).all(Result::is_ok) && events.last().unwrap().is_err());
    }
}
