//! Files of other releases in memory.

use std::{collections::VecDeque, sync::Arc};

use super::stored_files::StoredFile;

/// Files up to a total size. The one that was requested least recently is dropped first.
pub struct FileCache {
    max_bytes: usize,
    n_bytes: usize,
    /// Ordered by the last request.
    files: VecDeque<Arc<StoredFile>>,
}

impl FileCache {
    pub const fn new(max_bytes: usize) -> Self {
        Self { max_bytes, n_bytes: 0, files: VecDeque::new() }
    }

    /// Returns a file.
    pub fn get(&mut self, path: &str) -> Option<Arc<StoredFile>> {
        let nth = self.files.iter().position(|it| it.path() == path)?;
        let file = self.files.remove(nth)?;
        self.files.push_back(Arc::clone(&file));
        Some(file)
    }

    /// Adds a file that the cache does not have.
    pub fn add(&mut self, file: Arc<StoredFile>) {
        self.n_bytes += file.n_bytes();
        self.files.push_back(file);
        while self.n_bytes > self.max_bytes {
            let Some(oldest) = self.files.pop_front() else { break };
            self.n_bytes -= oldest.n_bytes();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_file_that_was_requested_least_recently_is_dropped() {
        let file = |path: &str, n_bytes: usize| Arc::new(StoredFile::plain(path, vec![0; n_bytes - path.len()]));
        let mut cache = FileCache::new(100);
        cache.add(file("a", 40));
        cache.add(file("b", 60));
        assert!(cache.get("a").is_some());
        cache.add(file("c", 20));
        let paths: Vec<_> = cache.files.iter().map(|it| it.path()).collect();
        assert_eq!((paths, cache.n_bytes), (vec!["a", "c"], 60));
        cache.add(file("too large", 101));
        assert_eq!((cache.files.len(), cache.n_bytes), (0, 0));
        assert!(cache.get("a").is_none());
    }
}
