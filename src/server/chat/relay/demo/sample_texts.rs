//! Texts of the demo.

/// Maximum length of the echoed question, in characters.
const MAX_ECHO_CHARS: usize = 500;

/// Introduces the demo and quotes the question.
pub(super) fn greeting(question: &str) -> String {
    let question = question.trim();
    let echo: String = question.chars().take(MAX_ECHO_CHARS).collect();
    let more = if echo.len() < question.len() { "…" } else { "" };
    let quote = match echo.as_str() {
        "" => "You sent an empty message.".to_owned(),
        _ => format!("You wrote:\n\n{}", format!("{echo}{more}").lines().map(quoted).collect::<Vec<_>>().join("\n")),
    };
    format!("**This is Colloquy's built-in demo.** No language model is connected.\n\n{quote}\n\n{CONNECT}")
}

/// Lists the names of the widgets.
pub(super) fn widget_names(names: impl Iterator<Item = &'static str>) -> String {
    let lines = names.map(|name| format!("- `/widget {name}`\n"));
    format!("These are the demo's widgets:\n\n{}- `/widget stream`", lines.collect::<String>())
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

/// Help text with all commands.
pub(super) const HELP: &str = "\
This is Colloquy's built-in demo. It knows:

| message | answer |
| --- | --- |
| `/help` | this table |
| `/slow n` | n words, ten in a second |
| `/long n` | n words at once |
| `/tool` | a call of a tool in the client, and what follows its output |
| `/widget` | a widget that grows and has buttons |
| `/widget stream` | a form beside a text that grows |
| `/widget name` | one of many widgets; `/widget names` lists them |
| `/workflow` | steps of work and thought |
| `/task` | one step alone, and the end of the turn |
| `/annotations` | a text with sources |
| `/structured` | questions with prepared answers |
| `/image` | a picture that becomes sharp |
| `/effects` | progress, an effect and a notice |
| `/hidden` | context for the model that nobody may see |
| `/replace` | an item that is replaced and one that is removed |
| `/lock` | a conversation that is locked afterwards |
| `/close` | a conversation that is closed afterwards |
| `/error` | an error after which the answer goes on |
| `/fail` | a failure before the first word |
| `/fail 500` | a failure after some words |
| `/markdown` | all that Markdown can do |

To everything else it says how a model is connected.";

/// Sample of all supported Markdown.
pub(super) const MARKDOWN: &str = "\
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

Inline <b>HTML</b> is text. A formula: $e^{i\\pi} + 1 = 0$, and one on lines of its own:

$$
\\sum_{k=1}^{n} k
= \\frac{n(n+1)}{2}
$$

It costs $5 or $10.

A footnote[^1].

[^1]: The note.

---

日本語、العربية, עברית, 👩‍👩‍👧‍👦 and the end.";
