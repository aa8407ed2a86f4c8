//! Series of the process, under the names that Prometheus's own clients use. Read from `/proc`; none on other systems.

use std::fs;

use prometheus_client::{
    collector::Collector,
    encoding::{DescriptorEncoder, EncodeMetric},
    metrics::{MetricType, counter::ConstCounter, gauge::ConstGauge},
    registry::Unit,
};
use rustix::process::{Resource, getrlimit};

/// The kernel's unit of times in `/proc`, per second: 100 on every Linux that Rust supports (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// Resources that the process uses.
#[derive(Debug, PartialEq)]
pub(super) struct ProcessUsage {
    cpu_s: f64,
    /// Start since 1970-01-01T00:00:00Z.
    started_at_s: f64,
    resident_bytes: u64,
    n_open_fds: usize,
    max_fds: Option<u64>,
}

impl ProcessUsage {
    /// Reads the current usage.
    pub(super) fn read() -> Option<Self> {
        let (cpu_s, started_s) = times(&fs::read_to_string("/proc/self/stat").ok()?)?;
        let booted_at_s = number_after(&fs::read_to_string("/proc/stat").ok()?, "btime")?;
        let resident_kib = number_after(&fs::read_to_string("/proc/self/status").ok()?, "VmRSS:")?;
        // The folder's own descriptor is among them.
        let n_open_fds = fs::read_dir("/proc/self/fd").ok()?.count().saturating_sub(1);
        Some(Self {
            cpu_s,
            started_at_s: booted_at_s as f64 + started_s,
            resident_bytes: resident_kib * 1024,
            n_open_fds,
            max_fds: getrlimit(Resource::Nofile).current,
        })
    }
}

/// Parses `/proc/self/stat` into the processor time and the start since the boot, in seconds (proc_pid_stat(5)).
fn times(stat: &str) -> Option<(f64, f64)> {
    // The second field is the command in parentheses and may hold spaces; the third follows it.
    let (_, fields) = stat.rsplit_once(") ")?;
    let fields: Vec<&str> = fields.split_ascii_whitespace().collect();
    let seconds = |number: usize| Some(fields.get(number - 3)?.parse::<f64>().ok()? / TICKS_PER_SECOND);
    Some((seconds(14)? + seconds(15)?, seconds(22)?))
}

/// Returns the number after a word at the beginning of a line.
fn number_after(text: &str, word: &str) -> Option<u64> {
    let line = text.lines().find_map(|line| line.strip_prefix(word))?;
    line.split_ascii_whitespace().next()?.parse().ok()
}

impl Collector for ProcessUsage {
    fn encode(&self, mut encoder: DescriptorEncoder) -> std::fmt::Result {
        let seconds = Some(&Unit::Seconds);
        let cpu =
            encoder.encode_descriptor("process_cpu", "Processor time of the process.", seconds, MetricType::Counter)?;
        ConstCounter::new(self.cpu_s).encode(cpu)?;
        let gauges: [(&str, &str, Option<&Unit>, Option<f64>); 4] = [
            ("process_start_time", "Start of the process since 1970.", seconds, Some(self.started_at_s)),
            (
                "process_resident_memory",
                "Resident memory of the process.",
                Some(&Unit::Bytes),
                Some(self.resident_bytes as f64),
            ),
            ("process_open_fds", "Open file descriptors.", None, Some(self.n_open_fds as f64)),
            ("process_max_fds", "Maximum number of open file descriptors.", None, self.max_fds.map(|max| max as f64)),
        ];
        for (name, help, unit, value) in gauges {
            if let Some(value) = value {
                let gauge = encoder.encode_descriptor(name, help, unit, MetricType::Gauge)?;
                ConstGauge::new(value).encode(gauge)?;
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_follow_the_name_of_the_command_whatever_it_is() {
        let stat =
            "42 (a) b (c) S 1 42 42 0 -1 4194560 900 0 1 0 250 50 0 0 20 0 9 0 12345 1000 200 18446744073709551615";
        assert_eq!(times(stat), Some((3.0, 123.45)));
        assert_eq!(times("42 (colloquy) S 1"), None);
    }

    #[test]
    fn this_process_uses_something() {
        let usage = ProcessUsage::read().unwrap();
        assert!(usage.resident_bytes > 1_000_000 && usage.n_open_fds > 2, "{usage:?}");
        assert!(usage.max_fds.is_none_or(|max| max >= usage.n_open_fds as u64), "{usage:?}");
        let now_s = std::time::SystemTime::UNIX_EPOCH.elapsed().unwrap().as_secs_f64();
        assert!((now_s - 86_400.0..=now_s + 2.0).contains(&usage.started_at_s), "{usage:?}");
    }
}
