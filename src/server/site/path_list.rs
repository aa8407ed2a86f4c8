//! The paths of the files that the database has. Clients can invent paths, so that a query for each would be theirs to
//! cause.

use std::{collections::HashSet, time::Duration};

use tokio::time::Instant;

use crate::server::Result;

/// The minimum time between two readings of the list.
const MIN_AGE: Duration = Duration::from_millis(250);

/// A list of paths.
#[derive(Default)]
pub struct PathList {
    paths: HashSet<String>,
    /// Time at which the last reading began.
    read_at: Option<Instant>,
}

impl PathList {
    /// True if the list has a path. It is read anew for a path that it lacks, unless that happened after the request
    /// `asked`. Four readings a second are the most, so a request may wait a quarter of a second.
    pub async fn has(
        &mut self,
        path: &str,
        asked: Instant,
        read: impl Future<Output = Result<HashSet<String>>>,
    ) -> Result<bool> {
        if self.paths.contains(path) {
            return Ok(true);
        }
        if let Some(read_at) = self.read_at {
            if read_at >= asked {
                return Ok(false);
            }
            tokio::time::sleep_until(read_at + MIN_AGE).await;
        }
        self.read_at = Some(Instant::now());
        self.paths = read.await?;
        Ok(self.paths.contains(path))
    }
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn listed(path: &str) -> HashSet<String> {
        HashSet::from([path.to_owned()])
    }

    #[tokio::test]
    async fn invented_paths_cause_few_queries() {
        let mut list = PathList::default();
        let n_read = Cell::new(0);
        let begun = Instant::now();
        for _ in 0..3 {
            // Requests that wait for the list together.
            let asked = Instant::now();
            for n in 0..1000 {
                let read = async {
                    n_read.set(n_read.get() + 1);
                    Ok(HashSet::new())
                };
                assert!(!list.has(&format!("/pkg/{n}"), asked, read).await.unwrap());
            }
        }
        assert_eq!(n_read.get(), 3);
        assert!(begun.elapsed() >= 2 * MIN_AGE);
    }

    #[tokio::test]
    async fn a_path_is_found_as_soon_as_it_is_stored() {
        let mut list = PathList::default();
        assert!(!list.has("/new", Instant::now(), async { Ok(listed("/old")) }).await.unwrap());
        assert!(list.has("/old", Instant::now(), async { unreachable!() }).await.unwrap());
        assert!(list.has("/new", Instant::now(), async { Ok(listed("/new")) }).await.unwrap());
    }
}
