//! The built-in demo: answers without a model, always the same to the same question.
//!
//! Questions that begin with `/` make it do what models do in bad and in good times, for clients' tests.

use std::time::Duration;

use futures_util::{StreamExt, stream};

use super::{Relay, RelayEvent, RelayFailure, RelayStream};
use crate::server::chat::prompt::Prompt;

/// The time between two words.
const PACE: Duration = Duration::from_millis(15);
/// The time between two words of `/slow`.
const SLOW_PACE: Duration = Duration::from_millis(100);
/// The most words of `/slow` and `/long`.
const MAX_WORDS: usize = 100_000;
/// How much of the question is echoed, in characters.
const MAX_ECHO_CHARS: usize = 500;

/// Answers without a model.
#[derive(Debug, Default)]
pub(in crate::server::chat) struct Demo;

/// What is said, how fast, and how it ends.
struct Script {
    words: Vec<String>,
    pace: Option<Duration>,
    failure: Option<RelayFailure>,
}

impl Relay for Demo {
    fn answer(&self, prompt: Prompt) -> RelayStream {
        let Script { words, pace, failure } = script(prompt.question());
        let words = stream::iter(words).then(move |word| async move {
            match pace {
                Some(pace) => tokio::time::sleep(pace).await,
                None => tokio::task::yield_now().await,
            }
            Ok(RelayEvent::Text(word))
        });
        words.chain(stream::iter(failure.map(Err))).boxed()
    }
}

fn script(question: &str) -> Script {
    let failure = || RelayFailure::passing("The demo failed, because you asked it to.");
    let (command, argument) = question.trim().split_once(' ').unwrap_or((question.trim(), ""));
    let count = || argument.trim().parse().unwrap_or(10).min(MAX_WORDS);
    match command {
        "/help" => said(HELP),
        "/markdown" => said(MARKDOWN),
        "/slow" => Script { words: numbered(count()), pace: Some(SLOW_PACE), failure: None },
        "/long" => Script { words: numbered(count()), pace: None, failure: None },
        "/fail" if argument.trim().is_empty() => Script { words: vec![], pace: None, failure: Some(failure()) },
        "/fail" => Script { failure: Some(failure()), ..said("This answer breaks off in the middle of its ") },
        _ => said(&greeting(question)),
    }
}

fn said(text: &str) -> Script {
    Script { words: text.split_inclusive(' ').map(str::to_owned).collect(), pace: Some(PACE), failure: None }
}

fn numbered(n_words: usize) -> Vec<String> {
    (0..n_words).map(|n| format!("w{n} ")).collect()
}

fn greeting(question: &str) -> String {
    let question = question.trim();
    let echo: String = question.chars().take(MAX_ECHO_CHARS).collect();
    let more = if echo.len() < question.len() { "…" } else { "" };
    let quote = match echo.as_str() {
        "" => "You sent an empty message.".to_owned(),
        _ => format!("You wrote:\n\n{}", format!("{echo}{more}").lines().map(quoted).collect::<Vec<_>>().join("\n")),
    };
    format!("**This is Colloquy's built-in demo.** No language model is connected.\n\n{quote}\n\n{CONNECT}")
}

fn quoted(line: &str) -> String {
    format!("> {line}")
}

const CONNECT: &str = "\
To connect a model, set these variables and start Colloquy again:

- `OPENAI_BASE_URL`: the address of any OpenAI-compatible server
- `OPENAI_API_KEY`: its key, if it wants one
- `OPENAI_MODEL`: the model to ask

For Ollama on this machine:

```sh
OPENAI_BASE_URL=http://localhost:11434/v1 OPENAI_MODEL=llama3.2 colloquy
```

For a llama.cpp server, `OPENAI_BASE_URL=http://localhost:8080/v1` is enough.

Write `/help` to see what else the demo can do.";

const HELP: &str = "\
This is Colloquy's built-in demo. It knows:

| message | answer |
| --- | --- |
| `/help` | this table |
| `/slow n` | n words, ten in a second |
| `/long n` | n words at once |
| `/fail` | a failure before the first word |
| `/fail 500` | a failure after some words |
| `/markdown` | all that Markdown can do |

To everything else it says how a model is connected.";

const MARKDOWN: &str = "\
# Heading 1

## Heading 2

### Heading 3

A paragraph with *emphasis*, **strong**, ***both***, ~~struck~~ and `code`, a [link](https://example.com), an \
autolink <https://example.org>, a hard  
break, an escaped \\*asterisk\\* and an entity: &copy;.

- one
- two
  - two and a half
    1. deeper
    2. and deeper
- three

1. first
2. second

- [x] done
- [ ] to do

> A quote
>
> > within a quote

```rust
fn main() {
    println!(\"<b>Hello</b> & goodbye\");
}
```

    indented code

| left | centre | right |
| :--- | :---: | ---: |
| a | b | 1 |
| `c` | **d** | 22 |

![An image](https://example.com/image.png \"title\")

<script>alert('never run')</script>

Inline <b>HTML</b> is text. A formula: $e^{i\\pi} + 1 = 0$.

A footnote[^1].

[^1]: The note.

---

日本語、العربية, עברית, 👩‍👩‍👧‍👦 and the end.";

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::chat::prompt::{Message, Role};

    fn text(question: &str) -> String {
        script(question).words.concat()
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
        assert_eq!((text("/fail").as_str(), script("/fail").failure.is_some()), ("", true));
        assert!(!text("/fail 500").is_empty() && script("/fail 500").failure.is_some());
        assert_eq!((text("/markdown"), text("/help")), (MARKDOWN.to_owned(), HELP.to_owned()));
        assert!(text(" ").contains("empty message"));
    }

    #[tokio::test]
    async fn the_failure_is_the_last_that_is_heard() {
        let prompt =
            Prompt { messages: vec![Message { role: Role::User, text: "/fail 500".to_owned(), pictures: vec![] }] };
        let events: Vec<_> = Demo.answer(prompt).collect().await;
        assert!(events.iter().rev().skip(1).all(Result::is_ok) && events.last().unwrap().is_err());
    }
}
