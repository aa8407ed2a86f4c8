//! Parsers for the text of a single setting.

use crate::server::{Error, Result};

/// Trims a text; `None` if it is unset or blank.
pub(super) fn non_blank(text: Option<String>) -> Option<String> {
    text.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty())
}

/// Parses `on` or `off`; `default` if unset.
///
/// # Errors
/// [`Error::Config`] for any other text.
pub(super) fn switch(variable: &str, text: Option<String>, default: bool) -> Result<bool> {
    choice(variable, text, default, &[("on", true), ("off", false)])
}

/// Parses one of several words; `default` if unset.
///
/// # Errors
/// [`Error::Config`] for any other word.
pub(super) fn choice<T: Copy>(variable: &str, text: Option<String>, default: T, words: &[(&str, T)]) -> Result<T> {
    let Some(text) = non_blank(text) else { return Ok(default) };
    let found = words.iter().find(|(word, _)| word.eq_ignore_ascii_case(&text));
    found.map(|(_, value)| *value).ok_or_else(|| {
        let all: Vec<_> = words.iter().map(|(word, _)| *word).collect();
        invalid_setting(variable, &text, &format!("write one of {}", all.join(", ")))
    })
}

/// The maximum duration, in seconds: ten years.
const MAX_DURATION_S: i64 = 3650 * 86_400;

/// Parses a duration into seconds, at least one; `default` if unset.
///
/// # Errors
/// [`Error::Config`] for malformed text or a value out of bounds.
pub(super) fn duration(variable: &str, text: Option<String>, default: &str) -> Result<i64> {
    bounded(variable, text, default, 1)
}

/// Like [`duration`], but also accepts zero, such as `0`, `0s` or `00d`.
///
/// # Errors
/// [`Error::Config`] for malformed text or a value out of bounds.
pub(super) fn duration_or_zero(variable: &str, text: Option<String>, default: &str) -> Result<i64> {
    bounded(variable, text, default, 0)
}

fn bounded(variable: &str, text: Option<String>, default: &str, least_s: i64) -> Result<i64> {
    let text = non_blank(text).unwrap_or_else(|| default.to_owned());
    seconds(&text).filter(|it| (least_s..=MAX_DURATION_S).contains(it)).ok_or_else(|| {
        let right = format!("write a number with s, m, h or d, such as 7d or 15m, from {least_s}s to 3650d");
        invalid_setting(variable, &text, &right)
    })
}

/// Parses `90s`, `15m`, `12h` or `7d`. A bare number is in seconds.
fn seconds(text: &str) -> Option<i64> {
    let text = text.trim();
    let (number, unit_s) = match text.chars().last()? {
        's' => (&text[..text.len() - 1], 1),
        'm' => (&text[..text.len() - 1], 60),
        'h' => (&text[..text.len() - 1], 3600),
        'd' => (&text[..text.len() - 1], 86_400),
        _ => (text, 1),
    };
    number.trim().parse::<i64>().ok()?.checked_mul(unit_s)
}

/// Builds the error for an invalid setting: its name, its value and a valid example.
pub(super) fn invalid_setting(variable: &str, value: &str, right: &str) -> Error {
    Error::Config(format!("{variable} is `{value}`, which cannot be used: {right}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn durations_are_read_with_their_unit() {
        let read = |text: &str| duration("JWT_EXPIRES_IN", Some(text.to_owned()), "").ok();
        let check = |text: &str, expected| assert_eq!(read(text), expected, "{text}");
        check("7d", Some(604_800));
        check("15m", Some(900));
        check(" 90 s ", Some(90));
        check("60", Some(60));
        check("3650d", Some(315_360_000));
        for bad in [
            "",
            "d",
            "0",
            "0s",
            "-1d",
            "1w",
            "7 days",
            "9999999999d",
            "ä",
            "3651d",
            "1D",
            "0.5h",
            "1e3",
            "0x10",
            "7d7h",
            "P7D",
            "\"7d\"",
            "٣d",
        ] {
            check(bad, None);
        }
    }

    #[test]
    fn zero_has_many_spellings() {
        let read = |text: &str| duration_or_zero("SESSION_UPDATE_AGE", Some(text.to_owned()), "1d").ok();
        for zero in ["0", "0s", "0m", "0h", "0d", "00", "000d", " 0 s ", "0 h", "+0s", "-0"] {
            assert_eq!(read(zero), Some(0), "{zero}");
        }
        for (text, expected) in [("", 86_400), (" ", 86_400), ("1", 1), ("1s", 1), ("10m", 600)] {
            assert_eq!(read(text), Some(expected), "{text}");
        }
        for bad in ["s", "0w", "0.0", "0 0", "zero", "-1s", "0ms", "0s0", "٠"] {
            assert_eq!(read(bad), None, "{bad}");
        }
    }

    #[test]
    fn a_duration_that_cannot_be_used_says_what_can() {
        for text in ["0s", "-1s", "3651d", "soon"] {
            let sentence = duration("JWT_EXPIRES_IN", Some(text.to_owned()), "7d").unwrap_err().to_string();
            assert!(sentence.contains(text) && sentence.ends_with("from 1s to 3650d"), "{sentence}");
        }
        let sentence = duration_or_zero("SESSION_UPDATE_AGE", Some("-1s".to_owned()), "1d").unwrap_err().to_string();
        assert!(sentence.ends_with("from 0s to 3650d"), "{sentence}");
    }

    #[test]
    fn a_switch_is_on_or_off() {
        assert!(switch("X", Some("ON".into()), false).unwrap());
        assert!(!switch("X", Some("off".into()), true).unwrap());
        assert!(switch("X", Some(" ".into()), true).unwrap());
        let sentence = switch("RATE_LIMIT", Some("maybe".into()), true).unwrap_err().to_string();
        assert_eq!(sentence, "RATE_LIMIT is `maybe`, which cannot be used: write one of on, off");
    }
}
