//! Threads that do nothing but hash.
//!
//! A hash takes tens of MiB for a moment. The allocator keeps what a thread has freed for that thread: on a pool that
//! hands each job to another thread, every one of them would come to hold a block of its own.

use std::{
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        Arc, Mutex, PoisonError,
        mpsc::{Receiver, Sender, channel},
    },
    thread,
};

type Job = Box<dyn FnOnce() + Send>;

/// Some threads and the queue before them; they end when the last of its clones is dropped.
#[derive(Clone, Debug)]
pub struct Workers(Sender<Job>);

impl Workers {
    /// Starts as many threads.
    pub fn start(n_threads: usize) -> Self {
        let (queue, jobs) = channel();
        let jobs = Arc::new(Mutex::new(jobs));
        for _ in 0..n_threads {
            let jobs = Arc::clone(&jobs);
            let started = thread::Builder::new().name("hashing".to_owned()).spawn(move || work(&jobs));
            started.expect("BUG: a server can start a few threads");
        }
        Self(queue)
    }

    /// Lets a thread do a job as soon as one is free. A job that panics ends by itself.
    pub fn run(&self, job: impl FnOnce() + Send + 'static) {
        self.0.send(Box::new(job)).expect("BUG: the threads outlive the queue");
    }
}

fn work(jobs: &Mutex<Receiver<Job>>) {
    loop {
        let next = jobs.lock().unwrap_or_else(PoisonError::into_inner).recv();
        let Ok(job) = next else { return };
        _ = catch_unwind(AssertUnwindSafe(job));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn jobs_are_done_also_after_one_that_panicked() {
        let workers = Workers::start(1);
        let (done, results) = channel();
        workers.run(|| panic!("a job for the test"));
        for n in 0..3 {
            let done = done.clone();
            workers.run(move || done.send(n).unwrap());
        }
        drop(done);
        assert_eq!(results.into_iter().collect::<Vec<_>>(), [0, 1, 2]);
    }
}
