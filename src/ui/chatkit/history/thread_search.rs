//! The search in the history.

use std::time::Duration;

use leptos::{prelude::*, task::spawn_local};

use super::ThreadList;
use crate::{
    model::chatkit::Thread,
    ui::{
        chatkit::{ChatKitControl, ThreadId},
        words::history as words,
    },
};

/// Delay after the last key press before the server is queried.
const DEBOUNCE: Duration = Duration::from_millis(200);

/// A search and its results. A Colloquy searches on the server. For other servers, the titles of loaded threads are
/// searched.
#[derive(Clone, Copy)]
pub(super) struct ThreadSearch {
    control: ChatKitControl,
    pub(super) query: RwSignal<String>,
    /// Results of the server.
    found: RwSignal<Option<ThreadList>>,
    /// True while a request is running or scheduled.
    is_busy: RwSignal<bool>,
    /// Number of the last request. Responses to older ones are dropped.
    number: StoredValue<u64>,
}

impl ThreadSearch {
    pub(super) fn new(control: ChatKitControl) -> Self {
        Self {
            control,
            query: RwSignal::default(),
            found: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            number: StoredValue::new(0),
        }
    }

    /// Returns the query. Empty without a search.
    pub(super) fn query(&self) -> String {
        self.query.get()
    }

    /// Starts a search, or ends it if the query is empty.
    pub(super) fn set_query(&self, typed: &str) {
        let query = typed.trim().to_owned();
        if self.query.with_untracked(|it| *it == query) {
            return;
        }
        let number = self.next();
        let asks = !query.is_empty() && self.control.is_colloquy.get_value();
        if query.is_empty() {
            self.found.set(None);
        }
        self.query.set(query);
        self.is_busy.set(asks);
        if asks {
            let search = *self;
            set_timeout(move || search.ask(number, None), DEBOUNCE);
        }
    }

    /// Returns the ids of the listed threads.
    pub(super) fn ids(self) -> Memo<Vec<ThreadId>> {
        Memo::new(move |_| {
            let query = self.query.get().to_lowercase();
            let is_listed = |thread: &&Thread| {
                query.is_empty() || thread.title.as_ref().is_some_and(|it| it.to_lowercase().contains(&query))
            };
            let all = |list: &ThreadList| list.threads().iter().map(|it| it.id.clone()).collect::<Vec<_>>();
            if let Some(found) = self.found.with(|found| found.as_ref().map(all)) {
                return found;
            }
            self.control.threads.with(|list| list.threads().iter().filter(is_listed).map(|it| it.id.clone()).collect())
        })
    }

    /// Returns a thread's title.
    pub(super) fn title(&self, id: &str) -> String {
        let title = |list: &ThreadList| list.get(id).and_then(|thread| thread.title.clone());
        let known = self.control.threads.with(title).or_else(|| self.found.with(|it| it.as_ref().and_then(title)));
        known.filter(|it| !it.is_empty()).unwrap_or_else(|| words::UNTITLED.to_owned())
    }

    /// Returns the matching excerpt of a thread.
    pub(super) fn snippet(&self, id: &str) -> Option<String> {
        self.found.with(|found| {
            let marks = found.as_ref()?.get(id)?.metadata.get("colloquy")?;
            marks.get("snippet")?.as_str().map(str::to_owned)
        })
    }

    /// Returns the status text for screen readers. Empty without a search.
    pub(super) fn status_text(&self, n_listed: usize) -> String {
        let query = self.query.get();
        let is_own = self.found.with(Option::is_none);
        if query.is_empty() {
            return String::new();
        }
        if self.is_busy.get() {
            return words::SEARCHING.to_owned();
        }
        let status_text = match n_listed {
            0 => words::nothing_found(&query),
            n => words::n_found(n, !is_own && self.has_more()),
        };
        if is_own && self.has_more() { format!("{status_text} {}", words::TITLES_ONLY) } else { status_text }
    }

    /// True if more threads can be loaded.
    pub(super) fn has_more(&self) -> bool {
        let found = self.found.with(|found| found.as_ref().map(|it| it.after().is_some()));
        found.unwrap_or_else(|| self.control.threads.with(|list| list.after().is_some()))
    }

    /// Loads the next page.
    pub(super) fn load_more(&self) {
        match self.found.with_untracked(|found| found.as_ref().map(|it| it.after().map(str::to_owned))) {
            Some(after) => self.ask(self.next(), after),
            None => self.control.load_more_threads(),
        }
    }

    /// Renames a thread in the results. The full list is updated elsewhere.
    pub(super) fn rename(&self, id: &str, title: &str) {
        self.found.update(|found| _ = found.as_mut().map(|it| it.rename(id, Some(title.to_owned()))));
    }

    /// Removes a thread from the results.
    pub(super) fn remove(&self, id: &str) {
        self.found.update(|found| _ = found.as_mut().map(|it| it.remove(id)));
    }

    fn ask(self, number: u64, after: Option<String>) {
        if self.number.try_get_value() != Some(number) {
            return;
        }
        let query = self.query.get_untracked();
        spawn_local(async move {
            let page = self.control.find_threads(query, after.clone()).await;
            if self.number.try_get_value() != Some(number) {
                return;
            }
            self.is_busy.try_set(false);
            match page {
                Ok(page) => {
                    _ = self.found.try_update(|found| match found {
                        Some(list) if after.is_some() => list.append(page),
                        _ => *found = Some(ThreadList::new(page)),
                    })
                }
                // Falls back to the titles of loaded threads.
                Err(err) => {
                    self.found.try_set(None);
                    self.control.fail_in_history(err);
                }
            }
        });
    }

    fn next(&self) -> u64 {
        self.number.update_value(|it| *it += 1);
        self.number.get_value()
    }
}
