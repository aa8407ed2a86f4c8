//! The shape of a request: optional parts that a server or template may refuse. A refused part is omitted or rewritten
//! once, and the shape is remembered per model.

use std::{
    collections::HashMap,
    sync::Mutex,
    time::{Duration, Instant},
};

use super::Failure;

/// Time for which a model's shape is remembered. Its server may load another model under the same name.
const SHAPE_LIFETIME: Duration = Duration::from_secs(60 * 60);
/// Maximum number of remembered models.
const MAX_MODELS: usize = 64;

/// Minimum size of a conversation, in bytes, whose refusal as too long is remembered.
const MIN_TOO_LONG: usize = 4096;

/// The shape of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct RequestShape {
    /// True if the token usage is requested.
    pub(super) asks_usage: bool,
    /// True if pictures are sent.
    pub(super) shows_pictures: bool,
    /// Maximum size of the conversation, in bytes. Older messages are omitted; the last question is always sent.
    pub(super) max_bytes: Option<usize>,
    /// True if only user and assistant roles are used.
    pub(super) is_plain: bool,
    /// True if the client's tools are offered.
    pub(super) offers_tools: bool,
    /// Provider fields that are sent back.
    pub(super) thoughts: ReasoningPolicy,
}

/// Policy for provider fields (reasoning, signatures) that are sent back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum ReasoningPolicy {
    /// Fields that came with tool calls, beside the calls.
    #[default]
    WithCalls,
    /// The same, and empty reasoning beside all other answers.
    Everywhere,
    /// No fields.
    Never,
}

/// Optional parts that a request contains.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct OptionalParts {
    /// True if it contains pictures.
    pub(super) pictures: bool,
    /// True if it contains provider fields of an earlier answer, such as `extra_content`.
    pub(super) extras: bool,
    /// Size to which older messages can be cut, in bytes.
    pub(super) cuts_to: Option<usize>,
    /// True if no attempt in the same shape remains.
    pub(super) is_last: bool,
}

impl Default for RequestShape {
    fn default() -> Self {
        Self {
            asks_usage: true,
            shows_pictures: true,
            max_bytes: None,
            is_plain: false,
            offers_tools: true,
            thoughts: ReasoningPolicy::default(),
        }
    }
}

impl RequestShape {
    /// Returns the shape for another attempt after a failure, or `None` if no other shape would help. Each change is
    /// made once.
    pub(super) fn after(&self, failure: &Failure, holds: OptionalParts) -> Option<Self> {
        let without_pictures = || holds.pictures.then(|| Self { shows_pictures: false, ..self.clone() });
        match failure {
            Failure::TooLong if holds.cuts_to.is_some() => Some(Self { max_bytes: holds.cuts_to, ..self.clone() }),
            Failure::TooLong | Failure::PicturesRefused { .. } => without_pictures(),
            Failure::RolesRefused if !self.is_plain => Some(Self { is_plain: true, ..self.clone() }),
            Failure::ToolsRefused if self.offers_tools => Some(Self { offers_tools: false, ..self.clone() }),
            Failure::ToolsRefused if !self.is_plain => Some(Self { is_plain: true, ..self.clone() }),
            Failure::ThoughtsMissing if self.thoughts == ReasoningPolicy::WithCalls => {
                Some(Self { thoughts: ReasoningPolicy::Everywhere, ..self.clone() })
            }
            Failure::ExtrasRefused if self.thoughts != ReasoningPolicy::Never => {
                Some(Self { thoughts: ReasoningPolicy::Never, ..self.clone() })
            }
            // Some servers refuse unknown fields.
            Failure::Rejected(400 | 422) if self.asks_usage => Some(Self { asks_usage: false, ..self.clone() }),
            Failure::Rejected(400 | 422) if holds.extras && self.thoughts != ReasoningPolicy::Never => {
                Some(Self { thoughts: ReasoningPolicy::Never, ..self.clone() })
            }
            Failure::Rejected(_) => without_pictures(),
            Failure::Broken { .. } if holds.is_last => without_pictures(),
            _ => None,
        }
    }
}

/// Shapes that models accept.
#[derive(Default)]
pub(super) struct LearnedShapes(Mutex<HashMap<String, LearnedShape>>);

/// RequestShape that one model accepts.
struct LearnedShape {
    at: Instant,
    /// The shape.
    shape: RequestShape,
    /// Size of the shortest conversation refused as too long, in bytes.
    too_long: Option<usize>,
}

impl LearnedShapes {
    /// Returns the shape for a conversation of this size.
    pub(super) fn shape(&self, model: &str, n_bytes: usize) -> RequestShape {
        let learned = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        let learned = learned.get(model).filter(|learned| learned.at.elapsed() < SHAPE_LIFETIME);
        learned.map_or_else(RequestShape::default, |learned| {
            let too_long = learned.too_long.filter(|too_long| n_bytes >= *too_long);
            RequestShape { max_bytes: too_long.map(|too_long| too_long / 2), ..learned.shape.clone() }
        })
    }

    /// Remembers the shape in which a model answered. `is_blind` is true if the model accepts no pictures.
    pub(super) fn learn(&self, model: &str, shape: &RequestShape, is_blind: bool) {
        let shape = RequestShape { shows_pictures: !is_blind, max_bytes: None, ..shape.clone() };
        self.change(model, |learned| learned.shape = shape);
    }

    /// Remembers that a conversation of this size was too long. Implausibly short ones are ignored.
    pub(super) fn learn_too_long(&self, model: &str, n_bytes: usize) {
        if n_bytes < MIN_TOO_LONG {
            return;
        }
        self.change(model, |learned| {
            learned.too_long = Some(learned.too_long.map_or(n_bytes, |known| known.min(n_bytes)));
        });
    }

    fn change(&self, model: &str, change: impl FnOnce(&mut LearnedShape)) {
        let mut all = self.0.lock().unwrap_or_else(|poisoned| poisoned.into_inner());
        if all.len() >= MAX_MODELS && !all.contains_key(model) {
            all.clear();
        }
        let new = || LearnedShape { at: Instant::now(), shape: RequestShape::default(), too_long: None };
        let learned = all.entry(model.to_owned()).or_insert_with(new);
        if learned.at.elapsed() >= SHAPE_LIFETIME {
            *learned = new();
        }
        change(learned);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_refusal_changes_the_shape_once() {
        let all = OptionalParts { pictures: true, extras: false, cuts_to: Some(50), is_last: false };
        let check = |failure: Failure, holds: OptionalParts, changes: &[RequestShape]| {
            let (mut shape, mut seen) = (RequestShape::default(), Vec::new());
            let mut left = holds;
            while let Some(next) = shape.after(&failure, left) {
                left.pictures &= next.shows_pictures;
                left.cuts_to = left.cuts_to.filter(|_| next.max_bytes.is_none());
                seen.push(next.clone());
                shape = next;
            }
            assert_eq!(seen, changes, "{failure:?}");
        };
        let usual = RequestShape::default();
        let none = OptionalParts { pictures: false, extras: false, cuts_to: None, is_last: true };
        let shorter = RequestShape { max_bytes: Some(50), ..usual.clone() };
        check(Failure::TooLong, all, &[shorter.clone(), RequestShape { shows_pictures: false, ..shorter }]);
        check(Failure::TooLong, none, &[]);
        let blind = RequestShape { shows_pictures: false, ..usual.clone() };
        check(Failure::PicturesRefused { is_blind: true }, all, std::slice::from_ref(&blind));
        check(Failure::PicturesRefused { is_blind: true }, none, &[]);
        check(Failure::RolesRefused, all, &[RequestShape { is_plain: true, ..usual.clone() }]);
        check(
            Failure::ThoughtsMissing,
            all,
            &[RequestShape { thoughts: ReasoningPolicy::Everywhere, ..usual.clone() }],
        );
        check(Failure::ExtrasRefused, all, &[RequestShape { thoughts: ReasoningPolicy::Never, ..usual.clone() }]);
        let bare = RequestShape { offers_tools: false, ..usual.clone() };
        check(Failure::ToolsRefused, all, &[bare.clone(), RequestShape { is_plain: true, ..bare }]);
        let cheap = RequestShape { asks_usage: false, ..usual.clone() };
        check(Failure::Rejected(400), none, std::slice::from_ref(&cheap));
        check(Failure::Rejected(400), all, &[cheap.clone(), RequestShape { shows_pictures: false, ..cheap.clone() }]);
        let bare = RequestShape { thoughts: ReasoningPolicy::Never, ..cheap.clone() };
        check(Failure::Rejected(422), OptionalParts { extras: true, ..none }, &[cheap, bare]);
        check(Failure::Rejected(409), OptionalParts { extras: true, ..none }, &[]);
        let broken = || Failure::Broken { status: 500, retry_after_s: None };
        check(broken(), all, &[]);
        check(broken(), OptionalParts { is_last: true, ..all }, &[blind]);
        for failure in
            [Failure::KeyRefused, Failure::QuotaExhausted, Failure::MalformedChunk, Failure::Filtered, Failure::Unknown]
        {
            check(failure, all, &[]);
        }
    }

    #[test]
    fn what_a_model_refuses_is_remembered_for_it_alone() {
        let known = LearnedShapes::default();
        let usual = RequestShape::default();
        let without = RequestShape { shows_pictures: false, asks_usage: false, ..usual.clone() };
        known.learn("one", &without, false);
        let seeing = RequestShape { shows_pictures: true, ..without.clone() };
        assert_eq!(known.shape("one", 10), seeing, "only a picture was refused");
        known.learn("one", &without, true);
        assert_eq!(known.shape("one", 10), without);
        assert_eq!(known.shape("two", 10), usual);
        known.learn_too_long("two", MIN_TOO_LONG - 1);
        known.learn_too_long("two", 8000);
        known.learn("two", &RequestShape { max_bytes: Some(4000), ..usual.clone() }, false);
        known.learn_too_long("two", 9000);
        let shorter = RequestShape { max_bytes: Some(4000), ..usual.clone() };
        assert_eq!((known.shape("two", 7999), known.shape("two", 8000)), (usual, shorter));
        for n in 0..200 {
            known.learn(&n.to_string(), &without, true);
        }
        assert!(known.0.lock().unwrap().len() <= MAX_MODELS);
    }
}
