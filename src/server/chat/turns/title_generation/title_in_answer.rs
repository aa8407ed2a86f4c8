//! Extracts the title from a model's answer. Models wrap it in quotes, Markdown, JSON, tags and polite phrases.

use serde_json::Value;

use crate::server::chat::{
    relay::openai::{after_thoughts, lenient_json},
    turns::initial_title::title_of,
};

/// Marks around a title, trimmed on either side, since one of a pair may be cut off.
const MARKS: [char; 30] = [
    '"', '\'', '“', '”', '„', '‟', '‘', '’', '‚', '‹', '›', '«', '»', '「', '」', '『', '』', '《', '》', '〈', '〉',
    '【', '】', '＂', '＇', '#', '*', '`', '_', '~',
];
/// Words that label the text after a line's colon.
const LABELS: [&str; 16] = [
    "title",
    "titel",
    "titre",
    "título",
    "titulo",
    "titolo",
    "titill",
    "tytuł",
    "заголовок",
    "название",
    "标题",
    "標題",
    "タイトル",
    "제목",
    "option",
    "assistant",
];
/// Maximum length of a label before a colon, in characters.
const MAX_LABEL_CHARS: usize = 60;
/// Beginnings of polite filler lines.
const FILLERS: [&str; 17] = [
    "sure",
    "certainly",
    "of course",
    "absolutely",
    "okay",
    "ok,",
    "here is",
    "here's",
    "here’s",
    "voici",
    "hier ist",
    "aquí",
    "ecco",
    "segue",
    "вот",
    "以下",
    "这是",
];
/// Beginnings of a refusal. Titles do not begin with them in this capitalisation.
const REFUSALS: [&str; 9] = [
    "I'm sorry",
    "I’m sorry",
    "I am sorry",
    "Sorry, but",
    "Sorry, I",
    "I can't ",
    "I can’t ",
    "I cannot ",
    "I apologize",
];
/// Maximum nesting of wrappers.
const MAX_WRAPPERS: usize = 8;

/// Extracts the title from an answer. Returns `None` if the answer has no title.
pub(super) fn title_in(answer: &str) -> Option<String> {
    let text = after_thoughts(answer)?.replace('\0', "");
    let text = match json_in(&text) {
        Some(json) => named(&json)?,
        None => text,
    };
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim_start().starts_with("```")).collect();
    let titles = lines.iter().enumerate().filter_map(|(at, line)| {
        let title = unwrapped(line);
        let has_more = lines[at + 1..].iter().any(|line| !unwrapped(line).is_empty());
        let is_none = title.is_empty() || title.ends_with([':', '：']) || (has_more && is_filler(title));
        (!is_none).then_some(title)
    });
    let title = titles.map(|title| title.replace("**", "")).next()?;
    if REFUSALS.iter().any(|refusal| title.starts_with(refusal)) { None } else { title_of(&title) }
}

/// Parses an answer that is JSON, fenced or not: `{"title": …}`, a list, or a string.
fn json_in(text: &str) -> Option<Value> {
    let start = text.find(['{', '[', '"'])?;
    let is_first = text[..start].lines().all(|line| line.trim().is_empty() || line.trim_start().starts_with("```"));
    let json = text[start..].trim_end().trim_end_matches('`').trim_end();
    if is_first { lenient_json::parse(json) } else { None }
}

/// Extracts the title from JSON: a string, the first of a list, or a field named like a title.
fn named(json: &Value) -> Option<String> {
    match json {
        Value::String(title) => match json_in(title).filter(Value::is_object) {
            Some(inner) => named(&inner),
            None => Some(title.clone()),
        },
        Value::Array(titles) => named(titles.first()?),
        Value::Object(fields) => {
            let titled = fields.iter().find(|(key, _)| key.to_lowercase().contains("title"));
            let (key, value) = titled.or_else(|| fields.iter().next())?;
            if key.to_lowercase().contains("error") { None } else { named(value) }
        }
        _ => None,
    }
}

fn is_filler(line: &str) -> bool {
    let line = line.to_lowercase();
    FILLERS.iter().any(|word| line.starts_with(word)) && (line.contains("title") || line.ends_with(['!', ',']))
}

/// Removes the wrappers of a line, one after the other.
fn unwrapped(line: &str) -> &str {
    let mut title = line;
    for _ in 0..MAX_WRAPPERS {
        let inner = without_label(without_list_mark(without_tag(without_marks(without_bracket(title)))));
        if inner == title {
            break;
        }
        title = inner;
    }
    title
}

fn without_marks(line: &str) -> &str {
    let line = line.trim().trim_end_matches("\\n");
    let line = match line.rfind("<|") {
        Some(at) if line.ends_with("|>") => &line[..at],
        _ => line,
    };
    let line = quoted_title(line).unwrap_or(line).trim_matches(MARKS).trim();
    let line = line.trim_end_matches(['.', '。', ',', ' ']);
    line.strip_prefix("> ").unwrap_or(line)
}

/// Returns the quoted words of `"…" is a good title.`.
fn quoted_title(line: &str) -> Option<&str> {
    let (title, rest) = line.strip_prefix(['"', '“'])?.split_once(['"', '”'])?;
    rest.to_lowercase().split(|char: char| !char.is_alphanumeric()).any(|word| LABELS.contains(&word)).then_some(title)
}

/// Removes the bracket of `{"title": "…`, a JSON answer that was cut off.
fn without_bracket(line: &str) -> &str {
    let rest = line.trim_start_matches(['{', '[']).trim_start();
    if rest.len() < line.len() && rest.starts_with('"') { rest } else { line }
}

/// Removes `<title>…</title>` and `\boxed{…}`.
fn without_tag(line: &str) -> &str {
    let line = match line.strip_prefix('<').and_then(|rest| rest.split_once('>')) {
        Some((tag, rest))
            if !tag.is_empty() && tag.chars().all(|it| it.is_ascii_alphanumeric() || "/_-".contains(it)) =>
        {
            rest
        }
        _ => line,
    };
    let line = match line.rfind("</") {
        Some(at) if line.ends_with('>') => &line[..at],
        _ => line,
    };
    let command = line.strip_prefix('\\').and_then(|rest| rest.strip_suffix('}')?.split_once('{'));
    match command {
        Some((name, inner)) if name.chars().all(|it| it.is_ascii_alphabetic()) => inner,
        _ => line,
    }
}

/// Removes `- …`, `• …`, `1. …`, `2) …`.
fn without_list_mark(line: &str) -> &str {
    let rest = line.trim_start_matches(|char: char| char.is_ascii_digit());
    let is_numbered = (1..=2).contains(&(line.len() - rest.len()));
    let marks: &[&str] = if is_numbered { &[". ", ") "] } else { &["- ", "• ", "– ", "— ", "+ "] };
    marks.iter().find_map(|mark| rest.strip_prefix(mark)).unwrap_or(line)
}

/// Removes the label of `Title: …`, `Here is a title for the conversation: …`.
fn without_label(line: &str) -> &str {
    let Some((label, rest)) = line.split_once([':', '：']) else { return line };
    let is_short = label.chars().count() <= MAX_LABEL_CHARS;
    let label = label.to_lowercase();
    let bare = label.trim_matches(MARKS).trim_end_matches(|char: char| char.is_ascii_digit() || char == ' ');
    let names = |word: &str| LABELS.contains(&word) || ["标题", "標題"].iter().any(|label| word.ends_with(label));
    let is_label = label.split(|char: char| !char.is_alphanumeric()).any(names)
        && (LABELS.contains(&bare.trim())
            || FILLERS.iter().any(|word| label.starts_with(word))
            || ["the ", "suggested ", "possible ", "concise ", "chat ", "conversation ", "new ", "a "]
                .iter()
                .any(|word| label.trim_start_matches(MARKS).starts_with(word)));
    if is_short && is_label && !rest.trim().is_empty() { rest } else { line }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(text: &str, expected: Option<&str>) {
        assert_eq!(title_in(text).as_deref(), expected, "{text:?}");
    }

    #[test]
    fn a_title_is_found_in_what_models_say() {
        check("Trip to Rome", Some("Trip to Rome"));
        check("\n\n  \"Trip to Rome.\"\n", Some("Trip to Rome"));
        check("**Title: Trip to Rome**", Some("Trip to Rome"));
        check("# Trip to Rome\n\nI hope you like it.", Some("Trip to Rome"));
        check("<think>\nHm.\n</think>\n\n「東京の会議」", Some("東京の会議"));
        check("<think>\nHm, a title", None);
        check("", None);
        check("\"\"\n**", None);
        check("I'm sorry, but I can't help with that.", None);
        check("I cannot write a title for this.", None);
        for none in ["{\"title\": null}", "{\"title\": \"\"}", "{\"error\": \"boom\"}", "[]", "{}", "```\n\n```"] {
            check(none, None);
        }
        check("1. **Trip to Rome** – a short title", Some("Trip to Rome – a short title"));
        check(&"word ".repeat(100), Some("word word word word word word word word word word word word…"));
    }

    #[test]
    fn no_wrapper_is_a_part_of_a_title() {
        for text in [
            "Sure! Here is a title for the conversation:\n\nTrip to Rome",
            "Sure! Here is a title for the conversation: Trip to Rome",
            "Here's a concise title: \"Trip to Rome",
            "Here’s a title: Trip to Rome”",
            "Sure!\n\nTrip to Rome",
            "Of course, here is your title\n**Trip to Rome**",
            "{\"title\": \"Trip to Rome\"}",
            "```json\n{\"title\": \"Trip to Rome\"}\n```",
            "```\nTrip to Rome\n```",
            "{ \"chat_title\": \"Trip to Rome\", \"x\": 1 }",
            "[\"Trip to Rome\", \"Rome\"]",
            "\"Trip to Rome\"",
            "- Trip to Rome",
            "* Trip to Rome",
            "• **Trip to Rome**",
            "1. Trip to Rome\n2. Rome",
            "1) \"Trip to Rome\"",
            "> Trip to Rome",
            "<title>Trip to Rome</title>",
            "<title>\nTrip to Rome\n</title>",
            "‘Trip to Rome’",
            "„Trip to Rome“",
            "‹Trip to Rome›",
            "『Trip to Rome』",
            "《Trip to Rome》",
            "`Trip to Rome`",
            "__Trip to Rome__",
            "**Title:** Trip to Rome",
            "Title: \"Trip to Rome\"",
            "TITLE: Trip to Rome",
            "Titel: Trip to Rome",
            "标题：Trip to Rome",
            "Conversation Title: Trip to Rome",
            "The title is: Trip to Rome",
            "### Title: Trip to Rome",
            "\\boxed{Trip to Rome}",
            "<thinking>Hm</thinking>\nTrip to Rome",
            "<thought>Hm</thought>Trip to Rome",
            "Hm, a title.\n</think>\n\nTrip to Rome",
            "◁think▷Hm◁/think▷Trip to Rome",
            "[THINK]Hm[/THINK]Trip to Rome.",
            "\"Trip to Rome\" is a good title.",
            "Option 1: Trip to Rome\nOption 2: Rome",
            "Assistant: Trip to Rome",
            "{'title': 'Trip to Rome'}",
            "{\"title\": \"Trip to Rome\",}",
            "title: \"Trip to Rome\",",
            "{\"titles\": [\"Trip to Rome\", \"Rome\"]}",
            "{\"result\": {\"title\": \"Trip to Rome\"}}",
            "{\"title\": \"Trip to Rome",
            "[\"Trip to Rome\"",
            "```json\n{\"title\": \"Trip to Rome",
            "<think>Hm</think><answer>Trip to Rome</answer>",
            "Trip to Rome<|im_end|>",
            "Trip to Rome</s>",
            "Trip to Rome\\n",
            "\"{\\\"title\\\":\\\"Trip to Rome\\\"}\"",
            "Voici un titre : Trip to Rome",
            "Hier ist ein Titel: Trip to Rome",
            "Aquí tienes un título: Trip to Rome",
            "以下是一个标题：Trip to Rome",
            "好的，以下是标题：\n《Trip to Rome》",
        ] {
            check(text, Some("Trip to Rome"));
        }
    }

    #[test]
    fn what_only_looks_like_a_wrapper_stays() {
        for title in [
            "Rome: What to See",
            "Rome vs. Paris",
            "C++ Templates",
            "2026 in Review",
            "10 Days in Rome",
            "Why Is My Subtitle: Bold?",
            "Title Case: Rules for Headings",
            "Sure Ways to Rome",
            "Using <div> and <span>",
            "a < b",
            "Is 3-2-1 a Backup Rule?",
            "Sorry Seems to Be the Hardest Word",
            "Sorry, Not Sorry: A Pop Analysis",
            "I Cannot Sleep",
            "I Can't Believe It's Not Butter",
            "Option Pricing: Black and Scholes",
            "Chat: How to Begin",
            "[Draft] Trip to Rome",
            "{} or dict() in Python",
            "Assistants and Options",
            "F# Operators: |> and <|",
            "It's Python's \"title\" Method",
        ] {
            check(title, Some(title));
        }
    }
}
