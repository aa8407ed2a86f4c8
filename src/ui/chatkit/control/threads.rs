//! Loading, listing, renaming and deleting threads.

use leptos::{prelude::*, task::spawn_local};

use super::{ChatKitControl, Loading};
use crate::{
    model::chatkit::{ListOrder, Operation, Page, PageQuery, Thread, ThreadItem},
    ui::chatkit::{
        ChatKitError, ThreadList,
        state::{Changes, ChatState},
    },
};

const ITEMS_PER_PAGE: i64 = 50;
const THREADS_PER_PAGE: i64 = 30;

impl ChatKitControl {
    /// Loads the next page of the history.
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

    /// Renames a thread. The new title is shown at once, and reverted if the server refuses it.
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

    /// Deletes a thread. It is removed from the history at once, and restored if the server refuses.
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
        let n_feed_events = self.n_feed_events.try_get_value();
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
                let mut state = ChatState::open(Some(thread));
                self.mark_partial(&mut state);
                self.show(state);
                self.loading.try_set(Loading::Ready);
                run.into_iter().for_each(|run| self.resume(run));
                self.settle_queue();
                // What the feed said of the thread meanwhile was not for a transcript that was not there.
                if self.n_feed_events.try_get_value() != n_feed_events {
                    spawn_local(self.refresh_thread());
                }
            }
            Err(err) => {
                let loading = if err.is_not_found() { Loading::NotFound } else { Loading::Failed(err.to_string()) };
                self.loading.try_set(loading);
                self.restore_queue();
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

    /// Loads a thread with its newest items. `threads.get_by_id` returns the first items, which differ in a long
    /// thread.
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

    pub(crate) async fn item_page(
        self,
        thread_id: String,
        after: Option<String>,
    ) -> Result<Page<ThreadItem>, ChatKitError> {
        let page = PageQuery { limit: Some(ITEMS_PER_PAGE), order: Some(ListOrder::Desc), after };
        self.call(Operation::ItemsList { thread_id, page }).await
    }

    pub(crate) async fn thread_page(self, after: Option<String>) -> Result<Page<Thread>, ChatKitError> {
        let page = PageQuery { limit: Some(THREADS_PER_PAGE), order: Some(ListOrder::Desc), after };
        self.call(Operation::ThreadsList { page, query: None }).await
    }

    /// Searches the threads for the words, best match first. Supported by Colloquy servers only.
    pub(crate) async fn find_threads(self, query: String, after: Option<String>) -> Result<Page<Thread>, ChatKitError> {
        let page = PageQuery { limit: Some(THREADS_PER_PAGE), order: None, after };
        self.call(Operation::ThreadsList { page, query: Some(query) }).await
    }

    pub(crate) async fn call<T: serde::de::DeserializeOwned>(self, operation: Operation) -> Result<T, ChatKitError> {
        // A closed page sends no requests.
        let client = self.client.try_get_value().ok_or(ChatKitError::ConnectionLost)?;
        client.call(operation).await
    }

    /// Sets a thread's title in the transcript and the history. Returns the old title.
    fn set_title(&self, id: &str, title: Option<String>) -> Option<String> {
        self.threads_error.try_set(None);
        self.change(|state| {
            let shown = state.thread.as_mut().filter(|thread| thread.id == id);
            let is_shown = shown.map(|thread| thread.title.clone_from(&title)).is_some();
            Changes { thread: is_shown, ..Changes::default() }
        });
        self.threads.try_update(|list| list.rename(id, title)).flatten()
    }

    pub(crate) fn fail_in_history(&self, err: ChatKitError) {
        self.threads_error.try_set(Some(err.to_string()));
        self.report(err);
    }
}
