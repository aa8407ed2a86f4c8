//! Requests for code highlighting and formula typesetting, in batches and once per passage while the page is open.

use std::{cell::RefCell, collections::HashMap, mem, rc::Rc, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;

use crate::{
    model::typeset::{MAX_PASSAGE_BYTES, MAX_PASSAGES, Passage, Typeset},
    ui::chatkit::Ask,
};

/// Typesets passages in order. A passage that stays plain yields `None`, and a failure yields an empty list.
pub type AskTypeset = Ask<Vec<Passage>, Vec<Option<Typeset>>>;

/// Time in which passages are collected into a batch.
const WINDOW: Duration = Duration::from_millis(30);

type Then = Box<dyn Fn(&Typeset)>;

thread_local! {
    /// Cache of results. `None` for passages that cannot be typeset.
    static KNOWN: RefCell<HashMap<Passage, Option<Rc<Typeset>>>> = RefCell::default();
}

/// Client of the typesetter, if one is set.
#[derive(Clone, Copy)]
pub(super) struct Typesetter {
    /// Returns the current typesetter of the page.
    ask: StoredValue<Box<dyn Fn() -> AskTypeset + Send + Sync>>,
    /// Collected passages. Always empty on the server, where values must not move between threads.
    waiting: StoredValue<Vec<(Passage, SendWrapper<Then>)>>,
}

impl Typesetter {
    pub(super) fn new(ask: impl Fn() -> AskTypeset + Send + Sync + 'static) -> Self {
        Self { ask: StoredValue::new(Box::new(ask)), waiting: StoredValue::new(Vec::new()) }
    }

    /// Typesets a passage later, or never: failures are not reported. In the browser only.
    pub(super) fn set(self, passage: Passage, then: impl Fn(&Typeset) + 'static) {
        if let Some(known) = KNOWN.with_borrow(|it| it.get(&passage).cloned()) {
            if let Some(set) = known {
                then(&set);
            }
            return;
        }
        let is_possible = self.ask.try_with_value(|ask| ask().is_set()).unwrap_or_default();
        if !is_possible || passage.text().len() > MAX_PASSAGE_BYTES {
            return;
        }
        let n_waiting = self.waiting.try_update_value(|it| {
            it.push((passage, SendWrapper::new(Box::new(then))));
            it.len()
        });
        if n_waiting == Some(1) {
            set_timeout(move || spawn_local(self.send()), WINDOW);
        }
    }

    async fn send(self) {
        let waiting = self.waiting.try_update_value(mem::take).unwrap_or_default();
        for (passages, all_then) in requests(waiting) {
            let Some(ask) = self.ask.try_with_value(|ask| ask()) else { return };
            let sets = ask.ask(passages.clone()).await.unwrap_or_default();
            if sets.len() != passages.len() {
                continue;
            }
            for ((passage, set), then) in passages.into_iter().zip(sets).zip(all_then) {
                let set = set.map(Rc::new);
                if let Some(set) = &set {
                    then.iter().for_each(|then| then(set));
                }
                KNOWN.with_borrow_mut(|it| it.insert(passage, set));
            }
        }
    }
}

/// Groups passages into requests. Equal passages share an entry.
fn requests<T>(waiting: Vec<(Passage, T)>) -> Vec<(Vec<Passage>, Vec<Vec<T>>)> {
    let mut requests: Vec<(Vec<Passage>, Vec<Vec<T>>)> = Vec::new();
    let mut n_bytes = 0;
    let mut places: HashMap<Passage, (usize, usize)> = HashMap::new();
    for (passage, then) in waiting {
        if let Some((request, at)) = places.get(&passage) {
            let (_, all_then) = &mut requests[*request];
            all_then[*at].push(then);
            continue;
        }
        n_bytes += passage.text().len();
        if requests.last().is_none_or(|it| it.0.len() == MAX_PASSAGES || n_bytes > MAX_PASSAGE_BYTES) {
            requests.push((Vec::new(), Vec::new()));
            n_bytes = passage.text().len();
        }
        let request = requests.len() - 1;
        let (passages, all_then) = &mut requests[request];
        places.insert(passage.clone(), (request, passages.len()));
        passages.push(passage);
        all_then.push(vec![then]);
    }
    requests
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passages_share_requests_that_are_small_enough() {
        let formula = |text: &str| Passage::Formula { text: text.to_owned(), is_display: false };
        let large = "x".repeat(MAX_PASSAGE_BYTES - 1);
        let waiting = vec![(formula("a"), 1), (formula(&large), 2), (formula("bc"), 3), (formula("a"), 4)];
        let shared = requests(waiting);
        assert_eq!(shared[0], (vec![formula("a"), formula(&large)], vec![vec![1, 4], vec![2]]));
        assert_eq!(shared[1], (vec![formula("bc")], vec![vec![3]]));
        let many = (0..=MAX_PASSAGES).map(|n| (formula(&n.to_string()), n)).collect();
        assert_eq!(requests(many).iter().map(|it| it.0.len()).collect::<Vec<_>>(), [MAX_PASSAGES, 1]);
    }
}
