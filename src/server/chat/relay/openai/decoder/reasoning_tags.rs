//! Tags around reasoning that models write into their text, in the spellings of many templates.

/// Names of tags such as `<think>…</think>`.
const NAMES: [&str; 14] = [
    "thinking",
    "think",
    "thoughts",
    "thought",
    "reasoning",
    "reflection",
    "seed:think",
    "longcat_think",
    "ant_thinking",
    "thinking_process",
    "thought_process",
    "inner_thoughts",
    "inner_monologue",
    "scratchpad",
];
/// Other pairs of tags: Kimi, Magistral, Sky-T1, Cohere, gpt-oss, Apertus, and special tokens.
const PAIRS: [(&str, &str); 8] = [
    ("◁think▷", "◁/think▷"),
    ("[THINK]", "[/THINK]"),
    ("<|begin_of_thought|>", "<|end_of_thought|>"),
    ("<|START_THINKING|>", "<|END_THINKING|>"),
    ("<|channel|>analysis<|message|>", "<|start|>assistant<|channel|>final<|message|>"),
    ("<|inner_prefix|>", "<|inner_suffix|>"),
    ("<|think|>", "<|/think|>"),
    ("<|thinking|>", "<|/thinking|>"),
];
/// Pairs around the answer after reasoning: R1-like models and Hunyuan, Sky-T1, Cohere.
const ANSWERS: [(&str, &str); 3] = [
    ("<answer>", "</answer>"),
    ("<|begin_of_solution|>", "<|end_of_solution|>"),
    ("<|START_RESPONSE|>", "<|END_RESPONSE|>"),
];
/// Maximum length of a tag's attributes, in bytes.
const MAX_ATTRIBUTES: usize = 200;

/// Classification of a text's beginning.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Open {
    /// Not a tag.
    No,
    /// Possibly the beginning of a tag.
    Maybe,
    /// A tag of this many bytes, and its closing tag. `None` for a self-closing one.
    Yes(usize, Option<String>),
}

/// Classifies a text that may begin with an opening tag.
pub(super) fn open(text: &str) -> Open {
    let mut may_open = false;
    for (opener, closer) in PAIRS {
        match starts(text, opener) {
            Some(true) => return Open::Yes(opener.len(), Some(closer.to_owned())),
            Some(false) => may_open = true,
            None => {}
        }
    }
    for name in NAMES {
        let opener = format!("<{name}");
        match starts(text, &opener) {
            Some(true) => match attributes(&text[opener.len()..]) {
                Open::Yes(n_bytes, Some(_)) => return Open::Yes(opener.len() + n_bytes, Some(format!("</{name}>"))),
                Open::Yes(n_bytes, None) => return Open::Yes(opener.len() + n_bytes, None),
                Open::Maybe => may_open = true,
                Open::No => {}
            },
            Some(false) => may_open = true,
            None => {}
        }
    }
    if may_open { Open::Maybe } else { Open::No }
}

/// Classifies a text between reasoning and answer: another closing tag, or a tag that opens the answer.
pub(super) fn between(text: &str) -> Open {
    let mut may_be = false;
    let answers = ANSWERS.iter().map(|(opener, closer)| ((*opener).to_owned(), Some((*closer).to_owned())));
    for (tag, closer) in closers().map(|closer| (closer, None)).chain(answers) {
        match starts(text, &tag) {
            Some(true) => return Open::Yes(tag.len(), closer),
            Some(false) => may_be = true,
            None => {}
        }
    }
    if may_be { Open::Maybe } else { Open::No }
}

/// Classifies the rest of a tag after its name.
fn attributes(rest: &str) -> Open {
    let Some(end) = rest.find(['>', '<', '\n']) else {
        let is_begun = rest.is_empty() || rest.starts_with([' ', '\t', '/']);
        return if is_begun && rest.len() < MAX_ATTRIBUTES { Open::Maybe } else { Open::No };
    };
    let inside = rest[..end].trim_end();
    let is_tag = rest[end..].starts_with('>')
        && (inside.is_empty() || inside == "/" || (inside.starts_with([' ', '\t']) && inside.contains('=')));
    match is_tag {
        false => Open::No,
        true => Open::Yes(end + 1, (!inside.ends_with('/')).then(String::new)),
    }
}

/// Compares the beginning of a text with a word, ignoring ASCII case. `Some(false)` if the text ends within the word;
/// `None` if they differ.
fn starts(text: &str, word: &str) -> Option<bool> {
    let n_bytes = text.len().min(word.len());
    let is_alike = text.as_bytes()[..n_bytes].eq_ignore_ascii_case(&word.as_bytes()[..n_bytes]);
    is_alike.then_some(n_bytes == word.len())
}

/// Finds a closing tag and returns its start and end.
pub(super) fn find(text: &str, closer: &str) -> Option<(usize, usize)> {
    let at = text.to_ascii_lowercase().find(&closer.to_ascii_lowercase())?;
    Some((at, at + closer.len()))
}

/// Finds the first closing tag of any spelling from `from` on, and returns its start and end.
pub(super) fn find_any(text: &str, from: usize) -> Option<(usize, usize)> {
    closers().filter_map(|closer| find(&text[from..], &closer)).min().map(|(at, end)| (from + at, from + end))
}

/// True if a text contains an opening tag.
pub(super) fn opens_within(text: &str) -> bool {
    text.char_indices().any(|(at, char)| "<◁[".contains(char) && matches!(open(&text[at..]), Open::Yes(..)))
}

/// Returns the position from which a text may begin a closing tag, or else its length.
pub(super) fn held_from(text: &str, closer: &str) -> usize {
    let begins = |at: &usize| starts(&text[*at..], closer) == Some(false);
    let places = (0..text.len()).rev().take(closer.len()).filter(|at| text.is_char_boundary(*at));
    places.filter(begins).min().unwrap_or(text.len())
}

/// Like [`held_from`], for closing tags of any spelling.
pub(super) fn held_from_any(text: &str) -> usize {
    closers().map(|closer| held_from(text, &closer)).min().unwrap_or(text.len())
}

fn closers() -> impl Iterator<Item = String> {
    let pairs = PAIRS.iter().map(|(_, closer)| (*closer).to_owned());
    NAMES.iter().map(|name| format!("</{name}>")).chain(pairs)
}

/// Returns a text without the reasoning before it. `None` if nothing else remains.
pub(in crate::server::chat) fn after_thoughts(text: &str) -> Option<&str> {
    let mut text = text.trim_start();
    while let Some((_, end)) = find_any(text, 0) {
        text = text[end..].trim_start();
    }
    (!text.is_empty() && !matches!(open(text), Open::Yes(_, Some(_)))).then_some(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_known_in_all_spellings() {
        let check = |text: &str, expected: Open| assert_eq!(open(text), expected, "{text}");
        let yes = |opener: &str, closer: &str| Open::Yes(opener.len(), Some(closer.to_owned()));
        for name in NAMES {
            let opener = format!("<{name}>");
            check(&format!("{opener}Hm"), yes(&opener, &format!("</{name}>")));
            for at in 1..opener.len() {
                check(&opener[..at], Open::Maybe);
            }
        }
        for (opener, closer) in PAIRS {
            check(&format!("{opener}Hm"), yes(opener, closer));
        }
        check("<THINK>Hm", yes("<THINK>", "</think>"));
        check("<think time=\"3\">Hm", yes("<think time=\"3\">", "</think>"));
        check("<think  >Hm", yes("<think  >", "</think>"));
        check("<think time=\"3", Open::Maybe);
        check("<think/>Hm", Open::Yes(8, None));
        assert_eq!(between("</think>Yes"), Open::Yes(8, None));
        assert_eq!(between("<answer>Yes"), yes("<answer>", "</answer>"));
        assert_eq!((between("</thi"), between("</b>"), between("<answers>")), (Open::Maybe, Open::No, Open::No));
        for text in
            ["<thinker>", "<thing>", "<b>", "think>", "<think tank>", "<think\n>", "<think>".trim_start_matches('<')]
        {
            check(text, Open::No);
        }
    }

    #[test]
    fn what_follows_thoughts_is_found() {
        let check = |text: &str, expected: Option<&str>| assert_eq!(after_thoughts(text), expected, "{text:?}");
        check("Rome", Some("Rome"));
        check("<think>Hm</think>\n\nRome", Some("Rome"));
        check("<thinking>Hm</thinking><reasoning>Hm</reasoning>Rome", Some("Rome"));
        check("Hm.\n</think>\nRome", Some("Rome"));
        check("◁think▷Hm◁/think▷Rome", Some("Rome"));
        check("[THINK]Hm[/THINK]Rome", Some("Rome"));
        check("<think>Hm", None);
        check("<think>Hm</think>", None);
        check("", None);
    }
}
