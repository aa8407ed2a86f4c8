//! The threads of the history. Pure.

use crate::model::chatkit::{Page, Thread};

/// The threads that are known, newest first.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct ThreadList {
    threads: Vec<Thread>,
    /// The cursor of the next page; `None` when everything is here.
    after: Option<String>,
}

impl ThreadList {
    /// Begins with the first page.
    pub fn new(page: Page<Thread>) -> Self {
        let mut list = Self::default();
        list.append(page);
        list
    }

    /// Returns the threads, newest first.
    pub fn threads(&self) -> &[Thread] {
        &self.threads
    }

    /// Returns the cursor of the next page; `None` when everything is here.
    pub fn after(&self) -> Option<&str> {
        self.after.as_deref()
    }

    /// Returns a thread.
    pub fn get(&self, id: &str) -> Option<&Thread> {
        self.threads.iter().find(|thread| thread.id == id)
    }

    /// Adds the next page; threads that came in the meantime are not doubled.
    pub fn append(&mut self, page: Page<Thread>) {
        let Page { data, has_more, after } = page;
        self.after = if has_more { after.or_else(|| data.last().map(|thread| thread.id.clone())) } else { None };
        for thread in data {
            if self.get(&thread.id).is_none() {
                self.threads.push(thread);
            }
        }
    }

    /// Takes a thread's new fields, or puts a new thread first.
    pub fn upsert(&mut self, mut thread: Thread) {
        thread.items = Page::default();
        match self.threads.iter_mut().find(|it| it.id == thread.id) {
            Some(known) => *known = thread,
            None => self.threads.insert(0, thread),
        }
    }

    /// Changes a title and returns the old one.
    pub fn rename(&mut self, id: &str, title: Option<String>) -> Option<String> {
        let thread = self.threads.iter_mut().find(|thread| thread.id == id)?;
        std::mem::replace(&mut thread.title, title)
    }

    /// Takes a thread away and returns it with its place.
    pub fn remove(&mut self, id: &str) -> Option<(usize, Thread)> {
        let at = self.threads.iter().position(|thread| thread.id == id)?;
        Some((at, self.threads.remove(at)))
    }

    /// Puts a thread back where it was.
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
