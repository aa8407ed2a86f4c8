//! The search in the threads.

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

/// How long somebody who types rests before the server is asked.
const REST: Duration = Duration::from_millis(200);

/// What is looked for, and what was found. A Colloquy is asked; of another server's threads, the titles that are here
/// are searched.
#[derive(Clone, Copy)]
pub(super) struct Search {
    control: ChatKitControl,
    pub(super) query: RwSignal<String>,
    /// What the server found.
    found: RwSignal<Option<ThreadList>>,
    /// Whether the server is asked, or will be in a moment.
    is_busy: RwSignal<bool>,
    /// Counts what was asked; only the last answer counts.
    number: StoredValue<u64>,
}

impl Search {
    pub(super) fn new(control: ChatKitControl) -> Self {
        Self {
            control,
            query: RwSignal::default(),
            found: RwSignal::new(None),
            is_busy: RwSignal::new(false),
            number: StoredValue::new(0),
        }
    }

    /// What is looked for; empty when nothing is.
    pub(super) fn query(&self) -> String {
        self.query.get()
    }

    /// Looks for something else; nothing when it is empty.
    pub(super) fn look_for(&self, typed: &str) {
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
            set_timeout(move || search.ask(number, None), REST);
        }
    }

    /// What is listed.
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

    /// A thread's title.
    pub(super) fn title(&self, id: &str) -> String {
        let title = |list: &ThreadList| list.get(id).and_then(|thread| thread.title.clone());
        let known = self.control.threads.with(title).or_else(|| self.found.with(|it| it.as_ref().and_then(title)));
        known.filter(|it| !it.is_empty()).unwrap_or_else(|| words::UNTITLED.to_owned())
    }

    /// What was found in a thread.
    pub(super) fn snippet(&self, id: &str) -> Option<String> {
        self.found.with(|found| {
            let marks = found.as_ref()?.get(id)?.metadata.get("colloquy")?;
            marks.get("snippet")?.as_str().map(str::to_owned)
        })
    }

    /// What is said of the search; nothing when there is none.
    pub(super) fn said(&self, n_listed: usize) -> String {
        let query = self.query.get();
        let is_own = self.found.with(Option::is_none);
        if query.is_empty() {
            return String::new();
        }
        if self.is_busy.get() {
            return words::SEARCHING.to_owned();
        }
        let said = match n_listed {
            0 => words::nothing_found(&query),
            n => words::n_found(n, !is_own && self.has_more()),
        };
        if is_own && self.has_more() { format!("{said} {}", words::TITLES_ONLY) } else { said }
    }

    /// Whether there are more threads than are listed.
    pub(super) fn has_more(&self) -> bool {
        let found = self.found.with(|found| found.as_ref().map(|it| it.after().is_some()));
        found.unwrap_or_else(|| self.control.threads.with(|list| list.after().is_some()))
    }

    /// Lists more of them.
    pub(super) fn load_more(&self) {
        match self.found.with_untracked(|found| found.as_ref().map(|it| it.after().map(str::to_owned))) {
            Some(after) => self.ask(self.next(), after),
            None => self.control.load_more_threads(),
        }
    }

    /// Changes a title in what was found, as the list of all does by itself.
    pub(super) fn rename(&self, id: &str, title: &str) {
        self.found.update(|found| _ = found.as_mut().map(|it| it.rename(id, Some(title.to_owned()))));
    }

    /// Takes a thread out of what was found.
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
                // The titles that are here are searched instead.
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
