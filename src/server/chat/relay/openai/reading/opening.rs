//! How an answer opens: servers that do not part thought from answer leave `<think>…</think>` before the text, and
//! many put line breaks between the two.

use super::Said;

const OPEN: &str = "<think>";
const CLOSE: &str = "</think>";

/// Parts thought from text where text begins; white space before it waits until something follows.
pub(super) enum Opening {
    /// No text yet, or none since the last thought; what is held back.
    Before { held: String, has_thought: bool },
    /// Within `<think>`; what is held back may be the beginning of its end.
    Thought(String),
    /// Text.
    Text,
}

impl Default for Opening {
    fn default() -> Self {
        Self::Before { held: String::new(), has_thought: false }
    }
}

impl Opening {
    /// Takes more of the content and says what can be said.
    pub(super) fn push(&mut self, text: &str, say: &mut impl FnMut(Said)) {
        if text.is_empty() {
            return;
        }
        match self {
            Self::Text => say(Said::Text(text.to_owned())),
            Self::Before { held, has_thought } => {
                held.push_str(text);
                let begun = held.trim_start();
                if begun.is_empty() || (begun.len() < OPEN.len() && OPEN.starts_with(begun)) {
                    return;
                }
                if let Some(thought) = begun.strip_prefix(OPEN) {
                    let thought = thought.to_owned();
                    *self = Self::Thought(String::new());
                    return self.push(&thought, say);
                }
                // Line breaks between thought and answer belong to neither.
                let text = if *has_thought { begun.to_owned() } else { std::mem::take(held) };
                *self = Self::Text;
                say(Said::Text(text));
            }
            Self::Thought(held) => {
                held.push_str(text);
                if let Some((thought, rest)) = held.split_once(CLOSE) {
                    let (thought, rest) = (thought.to_owned(), rest.to_owned());
                    *self = Self::Before { held: String::new(), has_thought: true };
                    say_thought(thought, say);
                    return self.push(&rest, say);
                }
                let held_from = (0..held.len()).rev().take(CLOSE.len()).filter(|at| held.is_char_boundary(*at));
                let at = held_from.filter(|at| CLOSE.starts_with(&held[*at..])).min().unwrap_or(held.len());
                let rest = held.split_off(at);
                let thought = std::mem::replace(held, rest);
                say_thought(thought, say);
            }
        }
    }

    /// Notes that a thought came beside the content: what follows opens anew.
    pub(super) fn think(&mut self, say: &mut impl FnMut(Said)) {
        let rest = self.finish();
        if let Some(rest) = rest {
            say(rest);
        }
        *self = Self::Before { held: String::new(), has_thought: true };
    }

    /// Returns what is still held back, unless it is white space.
    pub(super) fn finish(&mut self) -> Option<Said> {
        let held = match self {
            Self::Before { held, .. } => Said::Text(std::mem::take(held)),
            Self::Thought(held) => Said::Thought(std::mem::take(held)),
            Self::Text => return None,
        };
        let (Said::Text(text) | Said::Thought(text)) = &held else { return None };
        (!text.trim().is_empty()).then_some(held)
    }

    /// Whether nothing has come.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Before { held, has_thought: false } if held.is_empty())
    }
}

fn say_thought(thought: String, say: &mut impl FnMut(Said)) {
    if !thought.is_empty() {
        say(Said::Thought(thought));
    }
}
