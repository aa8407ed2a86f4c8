//! Sets code and formulas for pages, which could do it only with what weighs more than they do.

mod code;
mod formula;
mod mathml;

use std::{sync::LazyLock, thread, time::Duration};

use tokio::{sync::Semaphore, task, time};

use crate::model::typeset::{MAX_PASSAGE_BYTES, MAX_PASSAGES, Passage, Typeset};

/// How many requests are worked on at once: chat comes before colours.
const MAX_AT_ONCE: usize = 2;
/// How long a request waits for its turn.
const PATIENCE: Duration = Duration::from_secs(5);
/// Formulas are read by descent: this is enough for the deepest that `formula` lets pass. Only what is used is taken.
const STACK_BYTES: usize = 64 << 20;

static TURNS: LazyLock<Semaphore> = LazyLock::new(|| Semaphore::new(MAX_AT_ONCE));

/// Sets each passage; `None` for what cannot be set, is too large, or would take too long.
///
/// Returns nothing at all when there is too much to do.
pub async fn typeset(passages: Vec<Passage>) -> Vec<Option<Typeset>> {
    let n_bytes: usize = passages.iter().map(|it| it.text().len()).sum();
    if passages.len() > MAX_PASSAGES || n_bytes > MAX_PASSAGE_BYTES {
        return Vec::new();
    }
    let Ok(Ok(turn)) = time::timeout(PATIENCE, TURNS.acquire()).await else { return Vec::new() };
    let work = task::spawn_blocking(move || {
        let _turn = turn;
        let set_all = move || passages.iter().map(set).collect();
        let worker = thread::Builder::new().name("typeset".to_owned()).stack_size(STACK_BYTES).spawn(set_all);
        worker.ok().and_then(|it| it.join().ok()).unwrap_or_default()
    });
    work.await.unwrap_or_default()
}

fn set(passage: &Passage) -> Option<Typeset> {
    match passage {
        Passage::Code { language, text } => code::colored(language, text).map(Typeset::Code),
        Passage::Formula { text, is_display } => formula::math(text, *is_display).map(Typeset::Formula),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn formula(text: String) -> Passage {
        Passage::Formula { text, is_display: true }
    }

    #[tokio::test]
    async fn passages_are_set_in_their_order() {
        let code = Passage::Code { language: "rust".into(), text: "fn".into() };
        let set = typeset(vec![formula("x".into()), formula("}".into()), code]).await;
        assert!(matches!(set[..], [Some(Typeset::Formula(_)), None, Some(Typeset::Code(_))]), "{set:?}");
    }

    #[tokio::test]
    async fn too_much_is_not_set() {
        assert!(typeset(vec![formula("x".into()); MAX_PASSAGES + 1]).await.is_empty());
        assert!(typeset(vec![formula("x".repeat(MAX_PASSAGE_BYTES + 1))]).await.is_empty());
    }

    #[tokio::test]
    async fn no_formula_exhausts_the_stack() {
        for piece in
            ["{", "\\hat", "\\sqrt", "\\left(", "x^", "\\frac1", "\\begin{matrix}", "\\text{", "_{", "\\mathbf"]
        {
            for n_times in [30, 100, 8_000 / piece.len()] {
                let text = piece.repeat(n_times);
                assert_eq!(typeset(vec![formula(text.clone()), formula("x".into())]).await.len(), 2, "{piece}");
                let closed = format!("{text}x{}", "}".repeat(text.matches('{').count()));
                assert_eq!(typeset(vec![formula(closed)]).await.len(), 1, "{piece}");
            }
        }
    }
}
