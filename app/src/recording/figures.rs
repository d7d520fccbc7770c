//! Times and sizes for people.

use crate::{clock::rfc3339, context::App, i18n::Words};
use wire::RoomId;

const MINUTE: u64 = 60;
const HOUR: u64 = 60 * MINUTE;
const MINUTE_MILLIS: i64 = 60_000;

/// Writes a running time: `1:02:03`, or `02:03` in the first hour.
pub fn clock(seconds: u64) -> String {
    let (hours, minutes, seconds) = (seconds / HOUR, seconds % HOUR / MINUTE, seconds % MINUTE);
    if hours == 0 {
        format!("{minutes:02}:{seconds:02}")
    } else {
        format!("{hours}:{minutes:02}:{seconds:02}")
    }
}

/// Writes a number of bytes as disks are sold: in thousands, with two or three digits.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.5 && unit + 1 < UNITS.len() {
        value /= 1000.0;
        unit += 1;
    }
    // Nobody reads tenths of what changes by hundreds every second.
    let digits = usize::from(unit > 0 && value < 99.95);
    format!("{value:.digits$} {}", UNITS[unit])
}

/// Writes about how long that is.
pub fn duration(seconds: u64, words: Words) -> String {
    let (key, count) = if seconds >= 2 * HOUR {
        ("record-hours", seconds / HOUR)
    } else {
        ("record-minutes", seconds / MINUTE)
    };
    words.fill(key, &[("count", &count.to_string())])
}

/// Names a file after the present and the room. It is read by people, and sorts by time.
pub fn file_name(app: App, room: &RoomId, format: &str) -> String {
    let now = app.host().now();
    let ahead = i64::from(app.host().utc_offset(now)) * MINUTE_MILLIS;
    name_at(now.saturating_add_signed(ahead), room, format)
}

fn name_at(local: u64, room: &RoomId, format: &str) -> String {
    let time = rfc3339(local);
    let time = time.trim_end_matches('Z').replace('T', " ").replace(':', ".");
    format!("Tsukiyo {time} {room}.{format}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_are_short() {
        let sizes = [
            0,
            1_499,
            999_499,
            999_500,
            12_340_000,
            123_400_000,
            12_000_000_000,
            5_000_000_000_000_000,
        ];
        let texts = sizes.map(size);
        assert_eq!(
            texts,
            [
                "0 kB", "1 kB", "999 kB", "1.0 MB", "12.3 MB", "123 MB", "12.0 GB", "5000 TB"
            ]
        );
    }

    #[test]
    fn times_run_on_past_an_hour() {
        assert_eq!(
            [0, 59, 61, 3_599, 3_600, 36_061].map(clock),
            ["00:00", "00:59", "01:01", "59:59", "1:00:00", "10:01:01"]
        );
    }

    #[test]
    fn a_file_is_named_after_its_time_and_room() {
        let room = "月見".parse().expect("a room");
        assert_eq!(
            name_at(1_785_499_445_000, &room, "webm"),
            "Tsukiyo 2026-07-31 12.04.05 月見.webm"
        );
    }
}
