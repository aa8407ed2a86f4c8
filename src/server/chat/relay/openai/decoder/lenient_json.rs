//! Lenient JSON parser for model servers. It accepts unpaired surrogates, and `NaN` and `Infinity` as emitted by
//! JavaScript and Python. It also accepts their object notation: single quotes, bare keys, trailing commas.

use serde_json::{Number, Value};

/// Keys whose strings are text deltas. A surrogate pair may be split between two chunks.
const TEXT_KEYS: [&str; 9] =
    ["content", "text", "refusal", "reasoning_content", "reasoning", "thinking", "thought", "summary", "arguments"];
/// Replacement for an unpaired surrogate.
const REPLACEMENT: &str = "\u{fffd}";

/// A parser of chunks that keeps a high surrogate for the following chunk.
#[derive(Clone, Debug, Default)]
pub(super) struct Lenient {
    /// High surrogates at the end of texts, with their keys.
    halves: Vec<(String, u16)>,
}

impl Lenient {
    /// Parses the next chunk. Returns `None` if it is unreadable.
    pub(super) fn parse(&mut self, text: &str) -> Option<Value> {
        if self.halves.is_empty()
            && let Ok(value) = serde_json::from_str(text)
        {
            return Some(value);
        }
        let mut halves = self.halves.clone();
        let value = serde_json::from_str(&repaired(text, Some(&mut halves))).ok()?;
        self.halves = halves;
        Some(value)
    }

    /// Returns U+FFFD if the answer's text ended with a high surrogate.
    pub(super) fn finish(&mut self) -> Option<&'static str> {
        let is_answer = |key: &str| ["content", "text", "refusal"].contains(&key);
        std::mem::take(&mut self.halves).iter().any(|(key, _)| is_answer(key)).then_some(REPLACEMENT)
    }
}

/// Parses a complete JSON text. Returns `None` if it is unreadable.
pub(in crate::server::chat) fn parse(text: &str) -> Option<Value> {
    // A byte order mark may have been cut off.
    let text = text.trim_start_matches(['\u{feff}', '\u{fffd}']);
    serde_json::from_str(text).or_else(|_| serde_json::from_str(&repaired(text, None))).ok()
}

/// Rewrites the parts that strict parsers refuse. All other text is left to the parser.
fn repaired(text: &str, halves: Option<&mut Vec<(String, u16)>>) -> String {
    let mut repair = Repair { rest: text, out: String::with_capacity(text.len() + 16), key: String::new(), halves };
    while let Some(char) = repair.rest.chars().next() {
        match char {
            '"' | '\'' => repair.string(char),
            ',' if repair.rest[1..].trim_start().starts_with(['}', ']']) => repair.rest = &repair.rest[1..],
            _ if char.is_ascii_alphanumeric() || "+-.".contains(char) => repair.word(),
            _ => repair.copy(char.len_utf8()),
        }
    }
    repair.out
}

struct Repair<'a> {
    rest: &'a str,
    out: String,
    /// Key of the current value.
    key: String,
    halves: Option<&'a mut Vec<(String, u16)>>,
}

impl Repair<'_> {
    fn copy(&mut self, n_bytes: usize) {
        let (copied, rest) = self.rest.split_at(n_bytes);
        self.out.push_str(copied);
        self.rest = rest;
    }

    /// Copies a number, a name or a bare key. Numbers outside JSON become `null`.
    fn word(&mut self) {
        let is_part = |char: char| char.is_ascii_alphanumeric() || "+-._".contains(char);
        let (word, rest) = self.rest.split_at(self.rest.find(|char| !is_part(char)).unwrap_or(self.rest.len()));
        self.rest = rest;
        if rest.trim_start().starts_with(':') {
            word.clone_into(&mut self.key);
            self.out.push_str(&format!("\"{word}\""));
            return;
        }
        let is_number = word.parse::<f64>().is_ok() || !word.starts_with(|char: char| char.is_ascii_alphabetic());
        self.out.push_str(match word {
            "True" => "true",
            "False" => "false",
            "None" | "undefined" => "null",
            _ if is_number && serde_json::from_str::<Number>(word).is_err() => "null",
            _ => word,
        });
    }

    fn string(&mut self, quote: char) {
        let inside = &self.rest[1..];
        let n_bytes = end_of_string(inside, quote);
        let (inside, rest) = (&inside[..n_bytes], inside.get(n_bytes + 1..));
        self.out.push('"');
        self.rest = rest.unwrap_or_default();
        if self.rest.trim_start().starts_with(':') {
            self.key.clear();
            self.text(inside);
            inside.clone_into(&mut self.key);
        } else {
            self.text(inside);
        }
        if rest.is_some() {
            self.out.push('"');
        }
    }

    fn text(&mut self, mut inside: &str) {
        let mut first_half = if inside.is_empty() { None } else { self.take_half() };
        while let Some(char) = inside.chars().next() {
            let (part, rest) = inside.split_at(escape_len(inside));
            inside = rest;
            match (first_half.take(), unit(part)) {
                (Some(high), Some(low @ 0xdc00..=0xdfff)) => {
                    self.out.push_str(&format!("\\u{high:04x}\\u{low:04x}"));
                    continue;
                }
                (Some(_), _) => self.out.push_str(REPLACEMENT),
                (None, _) => {}
            }
            match unit(part) {
                Some(high @ 0xd800..=0xdbff) if inside.is_empty() && self.keeps_halves() => {
                    let key = self.key.clone();
                    self.halves.as_mut().expect("BUG: just asked").push((key, high));
                }
                Some(high @ 0xd800..=0xdbff) => first_half = Some(high),
                Some(0xdc00..=0xdfff) => self.out.push_str(REPLACEMENT),
                _ if part == "\"" => self.out.push_str("\\\""),
                _ if char == '\\' && !is_escape(part) => self.out.push_str(&part[1..]),
                _ if u32::from(char) < 0x20 => self.out.push_str(&format!("\\u{:04x}", u32::from(char))),
                _ => self.out.push_str(part),
            }
        }
        if first_half.is_some() {
            self.out.push_str(REPLACEMENT);
        }
    }

    fn keeps_halves(&self) -> bool {
        self.halves.is_some() && TEXT_KEYS.contains(&self.key.as_str())
    }

    fn take_half(&mut self) -> Option<u16> {
        let halves = self.halves.as_mut()?;
        let at = halves.iter().position(|(key, _)| *key == self.key)?;
        Some(halves.remove(at).1)
    }
}

/// Returns the length of a string's content, up to its closing quote or the end of the text.
fn end_of_string(text: &str, quote: char) -> usize {
    let mut is_escaped = false;
    let end = text.bytes().position(|byte| {
        let ends = char::from(byte) == quote && !is_escaped;
        is_escaped = byte == b'\\' && !is_escaped;
        ends
    });
    end.unwrap_or(text.len())
}

/// Returns the length of the first character or escape sequence.
fn escape_len(text: &str) -> usize {
    match text.as_bytes() {
        [b'\\', b'u', ..] if unit(text.get(..6).unwrap_or_default()).is_some() => 6,
        [b'\\', _, ..] => 1 + text[1..].chars().next().map_or(0, char::len_utf8),
        _ => text.chars().next().map_or(0, char::len_utf8),
    }
}

/// Parses `\u` and four digits.
fn unit(escape: &str) -> Option<u16> {
    let digits = escape.strip_prefix("\\u").filter(|digits| digits.len() == 4)?;
    digits.bytes().all(|byte| byte.is_ascii_hexdigit()).then(|| u16::from_str_radix(digits, 16).ok()).flatten()
}

fn is_escape(part: &str) -> bool {
    unit(part).is_some() || matches!(part.as_bytes(), [b'\\', b'"' | b'\\' | b'/' | b'b' | b'f' | b'n' | b'r' | b't'])
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_strict_parsers_refuse_is_read() {
        let check = |text: &str, expected: Value| assert_eq!(parse(text), Some(expected), "{text}");
        check(r#"{"a":"x\ud83dy"}"#, json!({ "a": "x\u{fffd}y" }));
        check(r#"{"a":"\ude00"}"#, json!({ "a": "\u{fffd}" }));
        check(r#"["\ud83d","\uD83D\uDE00","\ud83d\ud83d\ude00"]"#, json!(["\u{fffd}", "😀", "\u{fffd}😀"]));
        check(r#"{"a":"\ud83d\n"}"#, json!({ "a": "\u{fffd}\n" }));
        check(r#"{"\ud83d":1}"#, json!({ "\u{fffd}": 1 }));
        for odd in
            ["NaN", "-NaN", "nan", "Infinity", "-Infinity", "+Infinity", "inf", "-inf", "1e999", "undefined", "None"]
        {
            check(
                &format!(r#"{{"a":{odd},"b":[{odd},"NaN"],"c":1.5e3}}"#),
                json!({ "a": null, "b": [null, "NaN"], "c": 1.5e3 }),
            );
        }
        check(r#"{"a":True,"b":False}"#, json!({ "a": true, "b": false }));
        check("{\"a\":\"x\ty\"}", json!({ "a": "x\ty" }));
        check(r#"{"a":"it\'s \$5"}"#, json!({ "a": "it's $5" }));
        // Object notation of Python and JavaScript.
        check(
            r#"{'a': 'say "hi"', 'b': "it's", 'c': None, 'd': ['x\'y']}"#,
            json!({ "a": "say \"hi\"", "b": "it's", "c": null, "d": ["x'y"] }),
        );
        check(r"{ error: { message: 'a: b', code: 500 } }", json!({ "error": { "message": "a: b", "code": 500 } }));
        check(r#"{"a":[1,2,],"b":{"c":3 , } , }"#, json!({ "a": [1, 2], "b": { "c": 3 } }));
        check(r#"{"a":",}","b":"it's, ]",}"#, json!({ "a": ",}", "b": "it's, ]" }));
        for odd in ["0x1F", "01", "10n", ".5", "5.", "+1", "1_000"] {
            check(&format!(r#"{{"a":{odd},"b":1}}"#), json!({ "a": null, "b": 1 }));
        }
        check("\u{feff}{\"a\":1}", json!({ "a": 1 }));
        check(r#"{"a":123456789012345678901234567890}"#, json!({ "a": 1.234_567_890_123_456_8e29 }));
        check(r#"{"a":1,"a":2}"#, json!({ "a": 2 }));
    }

    #[test]
    fn what_is_cut_is_not_read() {
        for cut in [
            "{'a':'x",
            r#"{"a":1,"#,
            "{a:",
            r#"{"a":"x"#,
            r#"{"a":"x\"#,
            r#"{"a":"\ud8"#,
            "{",
            r#"{"a":Na"#,
            r#"{"a" 1}"#,
            r#""\u12"#,
        ] {
            assert_eq!(parse(cut), None, "{cut}");
        }
    }

    #[test]
    fn halves_are_joined_over_chunks() {
        let check = |chunks: &[&str], expected: &str| {
            let mut lenient = Lenient::default();
            let text_of = |value: Value| value["content"].as_str().unwrap_or_default().to_owned();
            let mut text: String = chunks.iter().map(|chunk| text_of(lenient.parse(chunk).unwrap())).collect();
            text.extend(lenient.finish());
            assert_eq!(text, expected, "{chunks:?}");
        };
        check(&[r#"{"content":"Hi \ud83d"}"#, r#"{"content":"\ude00 there"}"#], "Hi 😀 there");
        check(
            &[r#"{"content":"\ud83d"}"#, r#"{"content":""}"#, r#"{"content":null}"#, r#"{"content":"\ude00"}"#],
            "😀",
        );
        check(
            &[r#"{"content":"\ud83d"}"#, r#"{"role":"x","content":"\uDE00\ud83d"}"#, r#"{"content":"\ude00"}"#],
            "😀😀",
        );
        check(&[r#"{"content":"a\ud83d"}"#, r#"{"content":"b"}"#], "a\u{fffd}b");
        check(&[r#"{"content":"a\ud83d"}"#, r#"{"content":"😀"}"#], "a\u{fffd}😀");
        check(&[r#"{"content":"a\ud83d"}"#], "a\u{fffd}");
        check(&[r#"{"content":"a"}"#, r#"{"content":"\ude00b"}"#], "a\u{fffd}b");
        check(&[r#"{"content":"a\ud83d","logprob":-Infinity}"#, r#"{"content":"\ude00","id":"\ud83d"}"#], "a😀");
    }
}
