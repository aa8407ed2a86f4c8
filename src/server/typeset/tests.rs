use std::cell::Cell;

use futures_util::FutureExt;

use super::*;

fn formula(text: &str) -> Passage {
    Passage::Formula { text: text.to_owned(), is_display: true }
}

fn code(language: &str, text: &str) -> Passage {
    Passage::Code { language: language.to_owned(), text: text.to_owned() }
}

#[tokio::test]
async fn passages_are_set_in_their_order() {
    let set = Typesetter::default().typeset("alice", vec![formula("x"), formula("}"), code("rust", "fn")]).await;
    assert!(matches!(set[..], [Some(Typeset::Formula(_)), None, Some(Typeset::Code(_))]), "{set:?}");
}

#[tokio::test]
async fn too_much_is_not_set() {
    let typesetter = Typesetter::default();
    assert!(typesetter.typeset("alice", vec![formula("x"); MAX_PASSAGES + 1]).await.is_empty());
    assert!(typesetter.typeset("alice", vec![formula(&"x".repeat(MAX_PASSAGE_BYTES + 1))]).await.is_empty());
}

#[tokio::test]
async fn no_formula_exhausts_the_stack() {
    for piece in ["{", "\\hat", "\\sqrt", "\\left(", "x^", "\\frac1", "\\begin{matrix}", "\\text{", "_{", "\\mathbf"] {
        for n_times in [30, 100, 8_000 / piece.len()] {
            let typesetter = Typesetter::default();
            let text = piece.repeat(n_times);
            let set = typesetter.typeset("alice", vec![formula(&text), formula("x")]).await;
            assert_eq!(set.len(), 2, "{piece}");
            let closed = format!("{text}x{}", "}".repeat(text.matches('{').count()));
            assert_eq!(typesetter.typeset("alice", vec![formula(&closed)]).await.len(), 1, "{piece}");
        }
    }
}

/// Returns a clock that advances by a millisecond at each call.
fn ticking(n_ms: &Cell<u64>) -> impl Fn() -> Duration + '_ {
    || {
        n_ms.set(n_ms.get() + 1);
        Duration::from_millis(n_ms.get())
    }
}

#[test]
fn all_passages_of_a_request_share_one_budget() {
    // Warm up, so that the grace does not apply.
    Grammar::find("rust").unwrap().is_first_use();
    let n_ms = Cell::new(0);
    let (clock, is_gone) = (ticking(&n_ms), || false);
    let budget = Budget::new(BUDGET, &clock, &is_gone);
    let passages: Vec<_> = (0..MAX_PASSAGES).map(|_| code("rust", &"a\n".repeat(100))).collect();
    let set = set_all(&passages, &budget);
    let n_set = set.iter().take_while(|it| it.is_some()).count();
    assert!((1..10).contains(&n_set), "each has at least a hundred steps: {n_set}");
    assert!(set[n_set..].iter().all(Option::is_none) && set.len() == MAX_PASSAGES);
    let n_ms = n_ms.get();
    assert!(n_ms < 1_000 + 2 * MAX_PASSAGES as u64, "what is left costs a look each: {n_ms}");
}

#[test]
fn nothing_is_set_for_nobody() {
    let (steps, clock) = (Cell::new(0), || Duration::ZERO);
    let is_gone = || steps.replace(steps.get() + 1) >= 50;
    let budget = Budget::new(BUDGET, &clock, &is_gone);
    let set = set_all(&[code("rust", &"a\n".repeat(100)), code("rust", "fn"), formula("x")], &budget);
    assert_eq!(set, [None, None, None]);
    assert_eq!(steps.get(), 53, "it stopped at once");
}

#[tokio::test]
async fn a_user_has_one_turn_and_a_stranger_need_not_wait_for_it() {
    let typesetter = Typesetter {
        turns: FairQueue::new(FairQueueLimits { at_once: 2, at_once_per_key: 1, waiting_per_key: 3, waiting: 10 }),
        allowances: Arc::default(),
    };
    let working = typesetter.turns.take("mallory").await.unwrap();
    let request = |user| typesetter.typeset(user, vec![formula("x")]);
    let mut hostile: Vec<_> = (0..3).map(|_| Box::pin(request("mallory"))).collect();
    assert!(hostile.iter_mut().all(|it| it.now_or_never().is_none()));
    assert_eq!(request("mallory").await, [], "the queue is bounded");
    assert_eq!(request("alice").await.len(), 1);
    drop(working);
    assert_eq!(hostile.remove(0).await.len(), 1);
}

#[tokio::test]
async fn who_has_spent_the_allowance_waits_and_nobody_else() {
    let typesetter = Typesetter::default();
    typesetter.allowances.charge("mallory", Duration::from_secs(3_600), Instant::now());
    assert_eq!(typesetter.typeset("mallory", vec![formula("x")]).await, []);
    assert_eq!(typesetter.typeset("alice", vec![formula("x")]).await.len(), 1);
}

#[tokio::test]
async fn a_reader_that_leaves_gives_up_the_turn() {
    let typesetter = Typesetter::default();
    let text = "fn a() {}\n".repeat(4_000);
    let request = typesetter.typeset("alice", vec![code("rust", &text)]);
    assert!(request.now_or_never().is_none());
    // Dropped; the turn is released when the work notices.
    drop(typesetter.turns.take("alice").await.unwrap());
}
