//! What the operating system says of this process, under the names that all of Prometheus' clients use.

use super::gauge;
use std::{fmt::Write, fs};

/// The unit of the times in `/proc/self/stat`, which is the same on every Linux there is (`USER_HZ`).
const TICKS_PER_SECOND: f64 = 100.0;

/// Adds what can be read; on another system than Linux that is nothing.
pub(super) fn render(text: &mut String) {
    if let Some(seconds) = cpu_seconds() {
        let name = "process_cpu_seconds_total";
        let _ = writeln!(
            text,
            "# HELP {name} Time of the processors used.\n# TYPE {name} counter\n{name} {seconds}"
        );
    }
    if let Some(kilobytes) = status("VmRSS:") {
        gauge(
            text,
            "process_resident_memory_bytes",
            "Memory in use.",
            kilobytes * 1024,
        );
    }
    if let Some(threads) = status("Threads:") {
        gauge(text, "process_threads", "Threads.", threads);
    }
    if let Ok(files) = fs::read_dir("/proc/self/fd") {
        gauge(text, "process_open_fds", "Open files and sockets.", files.count());
    }
}

fn cpu_seconds() -> Option<f64> {
    let stat = fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program, in parentheses, may have spaces in it.
    let mut fields = stat.rsplit(')').next()?.split_whitespace().skip(11);
    let user: f64 = fields.next()?.parse().ok()?;
    let system: f64 = fields.next()?.parse().ok()?;
    Some((user + system) / TICKS_PER_SECOND)
}

fn status(name: &str) -> Option<u64> {
    let text = fs::read_to_string("/proc/self/status").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix(name))?;
    line.split_whitespace().next()?.parse().ok()
}
