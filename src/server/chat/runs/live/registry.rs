//! Registry of this process's logs: those of running answers and of recently ended ones.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use tokio::time::Instant;

use super::{LiveRun, StopReason, memory_log::MAX_BYTES};

/// Time that a log remains readable after its end.
const RETENTION: Duration = Duration::from_secs(60 * 60);
/// Maximum memory of all running answers' logs, in bytes. When it is exhausted, each gets an equal share.
const MAX_RUNNING_BYTES: usize = 256 * 1024 * 1024;
/// Minimum share of one log, in bytes, however many answers are running.
const MIN_SHARE_BYTES: usize = 64 * 1024;
/// Maximum memory of all ended logs, in bytes. The oldest are dropped first.
const MAX_KEPT_BYTES: usize = 64 * 1024 * 1024;

/// The runs whose logs are in this process.
#[derive(Debug, Default)]
pub(in crate::server::chat) struct LiveRuns(Mutex<Runs>);

#[derive(Debug, Default)]
struct Runs {
    running: HashMap<String, Arc<LiveRun>>,
    ended: HashMap<String, Arc<LiveRun>>,
    /// End times of runs, the oldest first, including runs already dropped.
    ends: VecDeque<(Instant, String)>,
    n_ended_bytes: usize,
    /// Current share of a running answer's log, in bytes.
    share: Option<usize>,
}

/// Use of this process by answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::server) struct ChatLoad {
    /// Number of running answers.
    pub(in crate::server) n_running: usize,
    /// Memory of all logs, in bytes.
    pub(in crate::server) log_bytes: usize,
    /// Number of logs of other servers that are copied here.
    pub(in crate::server) n_followed: usize,
}

impl LiveRuns {
    /// Returns the current use.
    pub(in crate::server::chat) fn load(&self) -> ChatLoad {
        let runs = self.runs();
        let running_bytes: usize = runs.running.values().map(|run| run.n_bytes()).sum();
        ChatLoad { n_running: runs.running.len(), log_bytes: running_bytes + runs.n_ended_bytes, n_followed: 0 }
    }

    /// Adds a run that begins.
    pub(in crate::server::chat) fn insert(&self, run: Arc<LiveRun>) {
        let mut runs = self.runs();
        run.limit(share(runs.running.len() + 1));
        runs.running.insert(run.id.clone(), run);
        runs.divide_memory();
    }

    /// Closes a run's log, which remains readable for an hour.
    pub(in crate::server::chat) fn end(&self, run: &Arc<LiveRun>) {
        let mut runs = self.runs();
        runs.running.remove(&run.id);
        runs.divide_memory();
        run.close();
        runs.n_ended_bytes += run.n_bytes();
        runs.ends.push_back((Instant::now(), run.id.clone()));
        runs.ended.insert(run.id.clone(), Arc::clone(run));
        runs.prune();
    }

    /// Returns a running run.
    pub(in crate::server::chat) fn get(&self, run_id: &str) -> Option<Arc<LiveRun>> {
        self.runs().running.get(run_id).cloned()
    }

    /// Returns a run whose log is in this process, running or ended.
    pub(in crate::server::chat) fn log(&self, run_id: &str) -> Option<Arc<LiveRun>> {
        let mut runs = self.runs();
        runs.prune();
        runs.running.get(run_id).or_else(|| runs.ended.get(run_id)).cloned()
    }

    /// Returns all running runs.
    pub(in crate::server::chat) fn running(&self) -> Vec<Arc<LiveRun>> {
        self.runs().running.values().cloned().collect()
    }

    /// Returns the run that is answering in a thread.
    pub(in crate::server::chat) fn of_thread(&self, thread_id: &str) -> Option<Arc<LiveRun>> {
        self.runs().running.values().find(|run| run.thread_id == thread_id).cloned()
    }

    /// Drops the logs of a thread's ended runs.
    pub(in crate::server::chat) fn forget(&self, thread_id: &str) {
        let mut runs = self.runs();
        let ids: Vec<_> =
            runs.ended.values().filter(|run| run.thread_id == thread_id).map(|run| run.id.clone()).collect();
        ids.iter().for_each(|id| _ = runs.forget(id));
    }

    /// Drops expired logs.
    pub(in crate::server::chat) fn prune(&self) {
        self.runs().prune();
    }

    /// Stops all running runs.
    pub(in crate::server::chat) fn stop_all(&self, reason: StopReason) {
        self.runs().running.values().for_each(|run| run.stop(reason));
    }

    fn runs(&self) -> MutexGuard<'_, Runs> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Returns the maximum size of each of so many logs, in bytes.
pub(in crate::server::chat) fn share(n_running: usize) -> usize {
    (MAX_RUNNING_BYTES / n_running.max(1)).clamp(MIN_SHARE_BYTES, MAX_BYTES)
}

impl Runs {
    /// Sets each running answer's share of the memory.
    fn divide_memory(&mut self) {
        let share = share(self.running.len());
        if self.share != Some(share) {
            self.running.values().for_each(|run| run.limit(share));
            self.share = Some(share);
        }
    }

    fn prune(&mut self) {
        while let Some((ended_at, _)) = self.ends.front()
            && (ended_at.elapsed() >= RETENTION || self.n_ended_bytes > MAX_KEPT_BYTES)
            && let Some((_, id)) = self.ends.pop_front()
        {
            // Stalled readers would otherwise keep the events in memory.
            self.forget(&id).iter().for_each(|run| run.forget());
        }
    }

    fn forget(&mut self, run_id: &str) -> Option<Arc<LiveRun>> {
        let run = self.ended.remove(run_id)?;
        self.n_ended_bytes -= run.n_bytes();
        Some(run)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{model::chatkit::ThreadStreamEvent, server::chat::runs::live::Read};

    fn ended(runs: &LiveRuns, id: &str, thread_id: &str, n_bytes: usize) {
        let run = Arc::new(LiveRun::new(id.to_owned(), thread_id.to_owned(), "alice".to_owned(), true));
        runs.insert(Arc::clone(&run));
        run.append(&ThreadStreamEvent::ProgressUpdate { icon: None, text: "x".repeat(n_bytes) });
        assert!(runs.get(id).is_some() && runs.of_thread(thread_id).is_some());
        runs.end(&run);
        assert!(runs.get(id).is_none() && runs.of_thread(thread_id).is_none() && run.is_closed());
    }

    fn kept<'a>(runs: &LiveRuns, ids: &[&'a str]) -> Vec<&'a str> {
        ids.iter().copied().filter(|id| runs.log(id).is_some()).collect()
    }

    #[test]
    fn the_logs_that_ended_first_make_room() {
        let runs = LiveRuns::default();
        let third = MAX_KEPT_BYTES / 3;
        for id in ["a", "b", "c", "d"] {
            ended(&runs, id, "thr_1", third);
        }
        assert_eq!(kept(&runs, &["a", "b", "c", "d"]), ["c", "d"]);
        ended(&runs, "huge", "thr_1", MAX_KEPT_BYTES);
        assert_eq!(kept(&runs, &["c", "d", "huge"]), Vec::<&str>::new());
        assert_eq!(runs.runs().n_ended_bytes, 0);
    }

    #[tokio::test]
    async fn a_reader_that_stands_still_keeps_no_log() {
        let runs = LiveRuns::default();
        ended(&runs, "a", "thr_1", MAX_KEPT_BYTES / 2);
        let mut reader = runs.log("a").unwrap().reader_after(0);
        ended(&runs, "b", "thr_1", MAX_KEPT_BYTES);
        assert_eq!(reader.run().n_bytes(), 0);
        assert!(matches!(reader.next().await, Read::Dropped));
    }

    #[test]
    fn running_answers_have_equal_shares_of_a_bounded_memory() {
        let check = |n_running: usize, expected: usize| assert_eq!(share(n_running), expected, "{n_running}");
        check(0, MAX_BYTES);
        check(32, MAX_BYTES);
        check(64, MAX_BYTES / 2);
        check(2_000, MAX_RUNNING_BYTES / 2_000);
        check(1_000_000, MIN_SHARE_BYTES);
    }

    #[test]
    fn a_share_holds_as_soon_as_others_begin_and_end() {
        let runs = LiveRuns::default();
        let event = ThreadStreamEvent::ProgressUpdate { icon: None, text: "x".repeat(10_000) };
        let new = |n: usize| Arc::new(LiveRun::new(n.to_string(), n.to_string(), "alice".to_owned(), true));
        let all: Vec<_> = (0..2_000).map(new).collect();
        runs.insert(Arc::clone(&all[0]));
        let say = |run: &LiveRun| (0..100).for_each(|_| run.append(&event));
        say(&all[0]);
        assert!(all[0].n_bytes() > 1_000_000);
        all[1..].iter().for_each(|run| runs.insert(Arc::clone(run)));
        assert!(all[0].n_bytes() <= share(2_000));
        say(&all[1_999]);
        assert!(all[1_999].n_bytes() <= share(2_000));
        all[1..].iter().for_each(|run| runs.end(run));
        say(&all[0]);
        assert!(all[0].n_bytes() > 1_000_000);
    }

    #[test]
    fn a_log_is_kept_for_an_hour() {
        let runs = LiveRuns::default();
        ended(&runs, "a", "thr_1", 1);
        ended(&runs, "b", "thr_1", 1);
        let age = |run: usize, by: Duration| runs.runs().ends[run].0 -= by;
        age(0, RETENTION);
        age(1, RETENTION - Duration::from_secs(60));
        assert_eq!(kept(&runs, &["a", "b"]), ["b"]);
    }

    #[test]
    fn the_logs_of_a_deleted_thread_go_with_it() {
        let runs = LiveRuns::default();
        ended(&runs, "a", "thr_1", 1);
        ended(&runs, "b", "thr_2", 1);
        runs.forget("thr_1");
        assert_eq!(kept(&runs, &["a", "b"]), ["b"]);
    }
}
