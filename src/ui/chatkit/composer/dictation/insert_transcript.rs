//! Insertion of the transcript.

use web_sys::{Event, HtmlTextAreaElement};

/// Inserts a text at the cursor, replaces the selection, and fires an `input` event.
pub(super) fn insert(input: &HtmlTextAreaElement, text: &str) {
    let value: Vec<u16> = input.value().encode_utf16().collect();
    let length = u32::try_from(value.len()).unwrap_or(u32::MAX);
    let start = input.selection_start().ok().flatten().unwrap_or(length).min(length);
    let end = input.selection_end().ok().flatten().unwrap_or(length).clamp(start, length);
    let (before, after) = (&value[..start as usize], &value[end as usize..]);
    let text = spaced(before.last().copied(), text, after.first().copied());
    _ = input.set_range_text_with_start_and_end(&text, start, end);
    let cursor = start + u32::try_from(text.encode_utf16().count()).unwrap_or_default();
    _ = input.set_selection_range(cursor, cursor);
    if let Ok(typed) = Event::new("input") {
        _ = input.dispatch_event(&typed);
    }
}

/// Adds spaces between the text and adjacent words.
fn spaced(before: Option<u16>, text: &str, after: Option<u16>) -> String {
    let is_word = |unit: Option<u16>| {
        let char = unit.and_then(|unit| char::from_u32(u32::from(unit)));
        unit.is_some() && !char.is_some_and(char::is_whitespace)
    };
    let needs_end = is_word(after) && !after.and_then(|it| char::from_u32(it.into())).is_some_and(is_closing);
    format!("{}{}{}", if is_word(before) { " " } else { "" }, text.trim(), if needs_end { " " } else { "" })
}

fn is_closing(char: char) -> bool {
    matches!(char, '.' | ',' | ';' | ':' | '!' | '?' | ')' | ']')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_do_not_run_into_each_other() {
        let check = |before: &str, after: &str, expected: &str| {
            let (before, after) = (before.encode_utf16().last(), after.encode_utf16().next());
            assert_eq!(spaced(before, " Hello there. ", after), expected, "{before:?} {after:?}");
        };
        check("", "", "Hello there.");
        check("He said:", "", " Hello there.");
        check("He said: ", "", "Hello there.");
        check("line\n", "Bye", "Hello there. ");
        check("a", " b", " Hello there.");
        check("(", ")", " Hello there.");
        // Half of a surrogate pair.
        check("\u{1f600}", "", " Hello there.");
    }
}
