//! Threads: load, list, rename, delete.

use leptos::{prelude::*, task::spawn_local};

use super::{ChatKitControl, Loading, wait};
use crate::{
    model::chatkit::{ListOrder, Operation, Page, PageQuery, Thread, ThreadItem},
    ui::chatkit::{
        ChatKitError, ThreadList,
        state::{Changes, ChatState},
    },
};

const ITEMS_PER_PAGE: i64 = 50;
/// Of those, how many are drawn at once.
const ITEMS_AT_ONCE: usize = 5;
const THREADS_PER_PAGE: i64 = 30;

impl ChatKitControl {
    /// Shows the messages before the first one. Does nothing when there are none.
    pub fn load_older(&self) {
        let cursor = self.state.with_value(|state| state.older.clone());
        let (Some(thread_id), Some(cursor)) = (self.thread_id.get_untracked(), cursor) else { return };
        let (control, number) = (*self, self.showing());
        // Not twice: the button is back when the page has come.
        self.has_older.set(false);
        spawn_local(async move {
            let page = control.item_page(thread_id, Some(cursor)).await;
            if !control.is_showing(number) {
                return;
            }
            match page {
                Ok(page) => control.prepend(page, number).await,
                Err(err) => {
                    control.has_older.try_set(true);
                    control.report(err);
                }
            }
        });
    }

    /// Shows older items, a few at a time: a page of them at once would hold the browser up.
    async fn prepend(self, page: Page<ThreadItem>, number: u64) {
        for some in in_slices(page, ITEMS_AT_ONCE) {
            if !self.is_showing(number) {
                return;
            }
            self.change(|state| {
                state.prepend(some);
                Changes { list: true, ..Changes::default() }
            });
            wait::pause(Some(0), &[]).await;
        }
    }

    /// Shows the next page of the history.
    pub fn load_more_threads(&self) {
        let after = self.threads.with_untracked(|list| list.after().map(str::to_owned));
        let control = *self;
        spawn_local(async move {
            match control.thread_page(after).await {
                Ok(page) => _ = control.threads.try_update(|list| list.append(page)),
                Err(err) => control.fail_in_history(err),
            }
        });
    }

    /// Changes a thread's title. The history shows it at once, and the old one again if the server refuses.
    pub fn rename_thread(&self, id: impl Into<String>, title: impl Into<String>) {
        let (control, id, title) = (*self, id.into(), title.into().trim().to_owned());
        if title.is_empty() {
            return;
        }
        let old = self.set_title(&id, Some(title.clone()));
        spawn_local(async move {
            let operation = Operation::ThreadsUpdate { thread_id: id.clone(), title };
            match control.call::<Thread>(operation).await {
                Ok(thread) => _ = control.set_title(&id, thread.title),
                Err(err) => {
                    control.set_title(&id, old);
                    control.fail_in_history(err);
                }
            }
        });
    }

    /// Deletes a thread. It leaves the history at once, and comes back if the server refuses.
    pub fn delete_thread(&self, id: impl Into<String>) {
        let (control, id) = (*self, id.into());
        let removed = self.threads.try_update(|list| list.remove(&id)).flatten();
        self.threads_error.set(None);
        if self.thread_id.get_untracked().as_ref() == Some(&id) {
            self.new_thread();
        }
        spawn_local(async move {
            let deleted = control.call::<serde_json::Value>(Operation::ThreadsDelete { thread_id: id }).await;
            let Err(err) = deleted else { return };
            if err.is_not_found() {
                return;
            }
            if let Some((at, thread)) = removed {
                control.threads.try_update(|list| list.restore(at, thread));
            }
            control.fail_in_history(err);
        });
    }

    pub(crate) async fn load_thread(self, id: String, number: u64) {
        self.handler(|it| it.on_thread_load_start.clone()).run(id.clone());
        let thread = self.thread_with_newest_items(id.clone()).await;
        self.handler(|it| it.on_thread_load_end.clone()).run(id);
        if !self.is_showing(number) {
            return;
        }
        match thread {
            Ok(thread) => {
                self.threads.try_update(|list| {
                    if list.get(&thread.id).is_some() {
                        list.upsert(thread.clone());
                    }
                });
                let run = thread.run();
                self.show(ChatState::open(Some(thread)));
                self.loading.try_set(Loading::Ready);
                run.into_iter().for_each(|run| self.resume(run));
                self.settle_queue();
            }
            Err(err) => {
                let loading = if err.is_not_found() { Loading::NotFound } else { Loading::Failed(err.to_string()) };
                self.loading.try_set(loading);
                self.give_back_queue();
                self.report(err);
            }
        }
    }

    pub(crate) async fn load_threads(self) {
        match self.thread_page(None).await {
            Ok(page) => _ = self.threads.try_set(ThreadList::new(page)),
            Err(err) => self.fail_in_history(err),
        }
    }

    /// `threads.get_by_id` brings the first items; of a long thread the last ones are wanted.
    pub(crate) async fn thread_with_newest_items(self, id: String) -> Result<Thread, ChatKitError> {
        let mut thread: Thread = self.call(Operation::ThreadsGetById { thread_id: id.clone() }).await?;
        if thread.items.has_more {
            let mut page = self.item_page(id, None).await?;
            let oldest = page.data.last().map(|item| item.id().to_owned());
            page.after = page.after.or(oldest);
            page.data.reverse();
            thread.items = page;
        }
        Ok(thread)
    }

    async fn item_page(self, thread_id: String, after: Option<String>) -> Result<Page<ThreadItem>, ChatKitError> {
        let page = PageQuery { limit: Some(ITEMS_PER_PAGE), order: Some(ListOrder::Desc), after };
        self.call(Operation::ItemsList { thread_id, page }).await
    }

    pub(crate) async fn thread_page(self, after: Option<String>) -> Result<Page<Thread>, ChatKitError> {
        let page = PageQuery { limit: Some(THREADS_PER_PAGE), order: Some(ListOrder::Desc), after };
        self.call(Operation::ThreadsList { page, query: None }).await
    }

    pub(crate) async fn call<T: serde::de::DeserializeOwned>(self, operation: Operation) -> Result<T, ChatKitError> {
        // A page that is gone asks for nothing and hears nothing.
        let client = self.client.try_get_value().ok_or(ChatKitError::ConnectionLost)?;
        client.call(operation).await
    }

    /// Sets a title wherever it is shown and returns the old one.
    fn set_title(&self, id: &str, title: Option<String>) -> Option<String> {
        self.threads_error.try_set(None);
        self.change(|state| {
            let shown = state.thread.as_mut().filter(|thread| thread.id == id);
            let is_shown = shown.map(|thread| thread.title.clone_from(&title)).is_some();
            Changes { thread: is_shown, ..Changes::default() }
        });
        self.threads.try_update(|list| list.rename(id, title)).flatten()
    }

    fn fail_in_history(&self, err: ChatKitError) {
        self.threads_error.try_set(Some(err.to_string()));
        self.report(err);
    }
}

/// Cuts a page into smaller ones. What is older than the page can be asked for after the last one.
fn in_slices(page: Page<ThreadItem>, n_items: usize) -> Vec<Page<ThreadItem>> {
    let Page { mut data, has_more, after } = page;
    let after = after.or_else(|| data.last().map(|item| item.id().to_owned()));
    let mut slices = Vec::new();
    while data.len() > n_items {
        let rest = data.split_off(n_items);
        slices.push(Page { data: std::mem::replace(&mut data, rest), has_more: false, after: None });
    }
    slices.push(Page { data, has_more, after });
    slices
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_page_in_slices_is_the_same_page() {
        let item = |n: usize| json!({ "type": "end_of_turn", "id": n.to_string(), "thread_id": "t", "created_at": "2026-11-23T00:00:01Z" });
        for n_items in [0, 1, 5, 6, 12] {
            let page = json!({ "data": (0..n_items).map(item).collect::<Vec<_>>(), "has_more": true, "after": "x" });
            let page: Page<ThreadItem> = serde_json::from_value(page).unwrap();
            let mut whole = ChatState::open(None);
            whole.prepend(page.clone());
            let mut sliced = ChatState::open(None);
            let slices = in_slices(page, 5);
            assert!(slices.iter().all(|it| it.data.len() <= 5));
            slices.into_iter().for_each(|it| sliced.prepend(it));
            let ids = |state: &ChatState| state.entries.iter().map(|it| it.item.id().to_owned()).collect::<Vec<_>>();
            assert_eq!((ids(&sliced), &sliced.older), (ids(&whole), &whole.older), "{n_items} items");
        }
    }
}
