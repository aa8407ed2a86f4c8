//! The list of threads in the history. Pure.

use crate::model::chatkit::{Page, Thread};

/// Loaded threads, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThreadList {
    threads: Vec<Thread>,
    /// Cursor of the next page. `None` if all threads are loaded.
    after: Option<String>,
}

impl ThreadList {
    /// Creates a list from its first page.
    pub fn new(page: Page<Thread>) -> Self {
        let mut list = Self::default();
        list.append(page);
        list
    }

    /// Returns the threads, newest first.
    pub fn threads(&self) -> &[Thread] {
        &self.threads
    }

    /// Returns the cursor of the next page. `None` if all threads are loaded.
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// Returns the thread with this id.
    pub fn get(&self, id: &str) -> Option<&Thread> {
        self.threads.iter().find(|thread| thread.id == id)
    }

    /// Appends the next page. Threads already in the list are skipped.
    pub fn append(&mut self, page: Page<Thread>) {
        let Page { data, has_more, after } = page;
        self.after = if has_more { after.or_else(|| data.last().map(|thread| thread.id.clone())) } else { None };
        for thread in data {
            if self.get(&thread.id).is_none() {
                self.threads.push(thread);
            }
        }
    }

    /// Updates a thread, or inserts a new one at the beginning.
    pub fn upsert(&mut self, mut thread: Thread) {
        thread.items = Page::default();
        match self.threads.iter_mut().find(|it| it.id == thread.id) {
            Some(known) => *known = thread,
            None => self.threads.insert(0, thread),
        }
    }

    /// Updates a thread if it is in the list.
    pub fn renew(&mut self, thread: Thread) {
        if self.get(&thread.id).is_some() {
            self.upsert(thread);
        }
    }

    /// Replaces the first page. Loaded threads after it remain.
    pub fn refresh(&mut self, page: Page<Thread>) {
        let last = page.data.last().filter(|_| page.has_more);
        let end = last.and_then(|last| self.threads.iter().position(|thread| thread.id == last.id));
        let mut old = std::mem::take(self);
        *self = Self::new(page);
        if let Some(end) = end {
            self.threads.extend(old.threads.drain(end + 1..));
            self.after = old.after;
        }
    }

    /// Sets a title and returns the old one.
    pub fn rename(&mut self, id: &str, title: Option<String>) -> Option<String> {
        let thread = self.threads.iter_mut().find(|thread| thread.id == id)?;
        std::mem::replace(&mut thread.title, title)
    }

    /// Removes a thread and returns it with its index.
    pub fn remove(&mut self, id: &str) -> Option<(usize, Thread)> {
        let at = self.threads.iter().position(|thread| thread.id == id)?;
        Some((at, self.threads.remove(at)))
    }

    /// Inserts a removed thread at its old index.
    pub fn restore(&mut self, at: usize, thread: Thread) {
        if self.get(&thread.id).is_none() {
            self.threads.insert(at.min(self.threads.len()), thread);
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn page(ids: &[&str], has_more: bool) -> Page<Thread> {
        let data: Vec<_> =
            ids.iter().map(|id| json!({ "id": id, "title": id, "created_at": "2026-11-23T00:00:00Z" })).collect();
        serde_json::from_value(json!({ "data": data, "has_more": has_more })).unwrap()
    }

    fn ids(list: &ThreadList) -> String {
        list.threads().iter().map(|thread| thread.id.as_str()).collect()
    }

    #[test]
    fn pages_follow_each_other_and_nothing_is_doubled() {
        let mut list = ThreadList::new(page(&["d", "c"], true));
        assert_eq!(list.after(), Some("c"));
        list.upsert(page(&["e"], false).data.remove(0));
        list.append(page(&["c", "b", "a"], false));
        assert_eq!((ids(&list).as_str(), list.after()), ("edcba", None));
    }

    #[test]
    fn the_first_page_can_be_read_anew() {
        let check = |ids_now: &[&str], has_more: bool, expected: (&str, Option<&str>)| {
            let mut list = ThreadList::new(page(&["e", "d", "c"], true));
            list.append(page(&["b"], true));
            list.refresh(page(ids_now, has_more));
            assert_eq!((ids(&list).as_str(), list.after()), expected, "{ids_now:?}");
        };
        check(&["e", "d", "c"], true, ("edcb", Some("b")));
        check(&["f", "e", "d"], true, ("fedcb", Some("b")));
        check(&["e", "c", "b"], true, ("ecb", Some("b")));
        check(&["e"], false, ("e", None));
        check(&["h", "g", "f"], true, ("hgf", Some("f")));
        check(&[], false, ("", None));
    }

    #[test]
    fn only_a_thread_that_is_here_is_renewed() {
        let mut list = ThreadList::new(page(&["b", "a"], false));
        let thread = |id: &str| Thread { title: Some("new".into()), ..page(&[id], false).data.remove(0) };
        list.renew(thread("c"));
        list.renew(thread("a"));
        assert_eq!((ids(&list).as_str(), list.get("a").unwrap().title.as_deref()), ("ba", Some("new")));
    }

    #[test]
    fn what_is_undone_is_as_it_was() {
        let mut list = ThreadList::new(page(&["c", "b", "a"], false));
        let before = list.clone();
        let (at, thread) = list.remove("b").unwrap();
        assert_eq!(ids(&list), "ca");
        list.restore(at, thread);
        assert_eq!(list, before);
        let old = list.rename("a", Some("A".into()));
        assert_eq!(list.get("a").unwrap().title.as_deref(), Some("A"));
        list.rename("a", old);
        assert_eq!(list, before);
        assert_eq!(list.remove("z"), None);
    }
}
