//! The beginning of a text, where reasoning is separated from the answer. Servers that do not separate them send
//! `<think>…</think>` before the text, often followed by line breaks.
//!
//! Two cases are decided only later:
//!
//! - A template may emit the opening tag itself, so that only the closing tag arrives. All text before it then becomes
//!   reasoning.
//! - The answer may be about `<think>`. An unclosed tag in a complete answer is part of its text.

use super::{
    ModelEvent,
    reasoning_tags::{self, Open},
};

/// Maximum size of a text that may still turn out to be reasoning, in bytes.
const MAX_PREFILLED: usize = 512 * 1024;

/// State of the separation. White space before text is held back until text follows.
pub(super) enum TextStart {
    /// No text yet, or none since the last reasoning.
    Before {
        /// Text held back.
        held: String,
        /// True if reasoning came before.
        has_thought: bool,
    },
    /// Within reasoning.
    Thought {
        /// All text since the opening tag, inclusive.
        raw: String,
        /// Text that may begin the closing tag.
        held: String,
        /// The closing tag.
        closer: String,
    },
    /// The first text of an answer without reasoning, which may turn out to be reasoning.
    First {
        /// Text already emitted.
        said: String,
        /// Text that may begin a closing tag.
        held: String,
    },
    /// Text enclosed in answer tags.
    Wrapped {
        /// Text that may begin the closing tag.
        held: String,
        /// The closing tag.
        closer: String,
    },
    /// Plain text.
    Text,
}

impl Default for TextStart {
    fn default() -> Self {
        Self::Before { held: String::new(), has_thought: false }
    }
}

impl TextStart {
    /// Processes a content delta and emits what is decided.
    pub(super) fn push(&mut self, text: &str, say: &mut impl FnMut(ModelEvent)) {
        if text.is_empty() {
            return;
        }
        match self {
            Self::Text => say(ModelEvent::Text(text.to_owned())),
            Self::Before { held, has_thought } => {
                held.push_str(text);
                let begun = held.trim_start();
                if begun.is_empty() {
                    return;
                }
                let (skipped, has_thought) = (held.len() - begun.len(), *has_thought);
                let between = if has_thought { reasoning_tags::between(begun) } else { Open::No };
                if let Open::Yes(n_bytes, closer) = between {
                    let rest = begun[n_bytes..].to_owned();
                    *self = match closer {
                        Some(closer) => Self::Wrapped { held: String::new(), closer },
                        None => Self::Before { held: String::new(), has_thought },
                    };
                    return self.push(rest.trim_start(), say);
                }
                match reasoning_tags::open(begun) {
                    Open::No if between == Open::Maybe => {}
                    Open::Maybe => {}
                    Open::Yes(n_bytes, closer) => {
                        let rest = held.split_off(skipped + n_bytes);
                        let raw = std::mem::take(held).trim_start().to_owned();
                        *self = match closer {
                            Some(closer) => Self::Thought { raw, held: String::new(), closer },
                            None => Self::Before { held: String::new(), has_thought: true },
                        };
                        self.push(&rest, say);
                    }
                    Open::No if has_thought => {
                        // Line breaks between reasoning and answer are dropped.
                        let text = begun.to_owned();
                        *self = Self::Text;
                        say(ModelEvent::Text(text));
                    }
                    Open::No => {
                        let text = std::mem::take(held);
                        *self = Self::First { said: String::new(), held: String::new() };
                        self.push(&text, say);
                    }
                }
            }
            Self::Thought { raw, held, closer } => {
                raw.push_str(text);
                held.push_str(text);
                if let Some((at, end)) = reasoning_tags::find(held, closer) {
                    let rest = held.split_off(end);
                    held.truncate(at);
                    let thought = std::mem::take(held);
                    *self = Self::Before { held: String::new(), has_thought: true };
                    say_thought(thought, say);
                    return self.push(&rest, say);
                }
                let rest = held.split_off(reasoning_tags::held_from(held, closer));
                say_thought(std::mem::replace(held, rest), say);
            }
            Self::Wrapped { held, closer } => {
                held.push_str(text);
                if let Some((at, end)) = reasoning_tags::find(held, closer) {
                    let rest = held.split_off(end);
                    let text = held[..at].trim_end().to_owned();
                    *self = Self::Text;
                    let text = if rest.trim().is_empty() { text } else { text + &rest };
                    if !text.is_empty() {
                        say(ModelEvent::Text(text));
                    }
                    return;
                }
                let kept = reasoning_tags::held_from(held, closer);
                let rest = held.split_off(held[..kept].trim_end().len());
                let text = std::mem::replace(held, rest);
                if !text.is_empty() {
                    say(ModelEvent::Text(text));
                }
            }
            Self::First { said, held } => {
                held.push_str(text);
                let mut from = 0;
                while let Some((at, end)) = reasoning_tags::find_any(held, from) {
                    if closes_thought(said, held, at, end) {
                        let rest = held.split_off(end);
                        held.truncate(at);
                        let (was_said, thought) = (!said.is_empty(), format!("{said}{held}"));
                        *self = Self::Before { held: String::new(), has_thought: true };
                        if was_said {
                            say(ModelEvent::TextWasReasoning(thought));
                        } else {
                            say_thought(thought, say);
                        }
                        return self.push(&rest, say);
                    }
                    from = end;
                }
                let rest = held.split_off(reasoning_tags::held_from_any(held));
                let text = std::mem::replace(held, rest);
                said.push_str(&text);
                if said.len() > MAX_PREFILLED {
                    let rest = std::mem::take(held);
                    *self = Self::Text;
                    say(ModelEvent::Text(text + &rest));
                } else if !text.is_empty() {
                    say(ModelEvent::Text(text));
                }
            }
        }
    }

    /// Records that reasoning arrived in a separate field. The content after it begins anew.
    pub(super) fn think(&mut self, say: &mut impl FnMut(ModelEvent)) {
        if let Some(rest) = self.finish(false) {
            say(rest);
        }
        *self = Self::Before { held: String::new(), has_thought: true };
    }

    /// Returns the text still held back, unless it is white space. Unclosed reasoning of a complete answer becomes its
    /// text.
    pub(super) fn finish(&mut self, is_whole: bool) -> Option<ModelEvent> {
        let rest = match self {
            Self::Before { held, .. } | Self::First { held, .. } | Self::Wrapped { held, .. } => {
                ModelEvent::Text(std::mem::take(held))
            }
            Self::Thought { raw, closer, .. } if is_whole && has_more_than_tag(raw) => {
                closer.clear();
                ModelEvent::ReasoningWasText(std::mem::take(raw))
            }
            Self::Thought { held, .. } => ModelEvent::Reasoning(std::mem::take(held)),
            Self::Text => return None,
        };
        let (ModelEvent::Text(text) | ModelEvent::Reasoning(text) | ModelEvent::ReasoningWasText(text)) = &rest else {
            return None;
        };
        (!text.trim().is_empty()).then_some(rest)
    }

    /// True if nothing has arrived.
    pub(super) fn is_empty(&self) -> bool {
        matches!(self, Self::Before { held, has_thought: false } if held.is_empty())
    }
}

/// True if content follows the opening tag at the beginning of a text.
fn has_more_than_tag(raw: &str) -> bool {
    matches!(reasoning_tags::open(raw), Open::Yes(n_bytes, _) if !raw[n_bytes..].trim().is_empty())
}

/// True if the closing tag at `at` ends reasoning whose opening tag the template emitted, instead of being quoted.
fn closes_thought(said: &str, held: &str, at: usize, end: usize) -> bool {
    let before = || said.chars().chain(held[..at].chars());
    let last = held[..at].chars().next_back().or_else(|| said.chars().next_back());
    let is_code = before().filter(|char| *char == '`').count() % 2 == 1;
    let is_quoted = last.is_some_and(|char| "'\"“„‘«(<".contains(char));
    let is_in_line = last.is_some_and(|char| char == ' ') && held[end..].starts_with(' ');
    !is_code && !is_quoted && !is_in_line && !reasoning_tags::opens_within(&before().collect::<String>())
}

fn say_thought(thought: String, say: &mut impl FnMut(ModelEvent)) {
    if !thought.is_empty() {
        say(ModelEvent::Reasoning(thought));
    }
}
