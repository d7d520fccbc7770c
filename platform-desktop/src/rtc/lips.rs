//! Lips and voice together: the timestamps of both are put on one clock, the sender's, by its reports (RFC 3550 §6.4.1), and
//! pictures wait until what was said with them is heard. The voice waits for nothing: a gap in it is worse than one that is late.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::{Duration, Instant},
};

/// How long it takes from here until a picture is on the screen.
const SHOWING: Duration = Duration::from_millis(30);
/// No picture waits longer: then it is not the sound that is late, but a clock that is wrong.
const MOST: Duration = Duration::from_millis(500);
/// A voice that is heard this much sooner or later than before has begun anew; all else is taken for unrest, and evened out.
const LEAP: i64 = 150_000;
/// How much of what is new counts, as a power of two.
const CALM: u32 = 4;

/// When something was captured, on the clock of its sender, in microseconds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Captured(i64);

/// What a sender says of one stream: at this time its timestamp was that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Report {
    at: i64,
    timestamp: u32,
}

/// The newest report of each stream of a connection, by SSRC. Clones are the same.
#[derive(Debug, Clone, Default)]
pub struct SenderReports(Arc<Mutex<BTreeMap<u32, Report>>>);

/// How long after it was captured a voice is heard. Clocks differ, so it is a number without a meaning of its own.
#[derive(Debug)]
pub struct Lag {
    epoch: Instant,
    micros: Mutex<Option<i64>>,
}

impl Report {
    /// Reads a report: a time of NTP, which counts seconds in units of 2⁻³², and a timestamp.
    pub fn new(ntp: u64, timestamp: u32) -> Self {
        let micros = (u128::from(ntp) * 1_000_000) >> 32;
        Self {
            at: i64::try_from(micros).unwrap_or_default(),
            timestamp,
        }
    }

    /// Tells when what bears this timestamp was captured; `rate` is how fast the stream's timestamps run, in hertz.
    pub fn captured(&self, timestamp: u32, rate: u32) -> Captured {
        let ticks = i64::from(timestamp.wrapping_sub(self.timestamp).cast_signed());
        Captured(self.at + ticks * 1_000_000 / i64::from(rate))
    }
}

impl SenderReports {
    /// Takes note of a report.
    pub fn note(&self, ssrc: u32, report: Report) {
        self.lock().insert(ssrc, report);
    }

    /// Tells when a packet of this stream was captured, once its sender has reported.
    pub fn captured(&self, ssrc: u32, timestamp: u32, rate: u32) -> Option<Captured> {
        Some(self.lock().get(&ssrc)?.captured(timestamp, rate))
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<u32, Report>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Lag {
    /// A voice is heard at this time which was captured at that.
    pub fn hear(&self, captured: Captured, at: Instant) {
        let new = self.micros(at) - captured.0;
        let mut lag = self.lock();
        *lag = Some(match *lag {
            Some(old) if (new - old).abs() < LEAP => old + ((new - old) >> CALM),
            _ => new,
        });
    }

    /// Tells when a picture is to go to the screen that was captured at that time and is here now.
    pub fn due(&self, captured: Captured, now: Instant) -> Instant {
        let Some(lag) = *self.lock() else { return now };
        let heard = captured.0 + lag - self.micros(now);
        let wait = Duration::from_micros(u64::try_from(heard).unwrap_or_default()).saturating_sub(SHOWING);
        if wait > MOST { now } else { now + wait }
    }

    fn micros(&self, at: Instant) -> i64 {
        let since = at.checked_duration_since(self.epoch).unwrap_or_default();
        i64::try_from(since.as_micros()).unwrap_or(i64::MAX)
    }

    fn lock(&self) -> MutexGuard<'_, Option<i64>> {
        self.micros.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Default for Lag {
    fn default() -> Self {
        Self {
            epoch: Instant::now(),
            micros: Mutex::default(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NTP: u64 = 0xEAAA_0000_8000_0000;

    fn ms(milliseconds: u64) -> Duration {
        Duration::from_millis(milliseconds)
    }

    #[test]
    fn two_streams_that_were_captured_together_stand_at_one_time() {
        let sound = Report::new(NTP, u32::MAX - 100);
        let pictures = Report::new(NTP + (1 << 32), 7);
        // Half a second after the first report, and before the second.
        let said = sound.captured(24_000_u32.wrapping_sub(101), 48_000);
        let shown = pictures.captured(7_u32.wrapping_sub(45_000), 90_000);
        assert_eq!(said, shown);
        assert_eq!(
            Report::new(NTP, 0).captured(48, 48_000).0 - Report::new(NTP, 0).captured(0, 48_000).0,
            1_000
        );
    }

    #[test]
    fn a_picture_waits_until_what_was_said_with_it_is_heard() {
        let (lag, report) = (Lag::default(), Report::new(NTP, 0));
        let here = lag.epoch + ms(1_000);
        let captured = report.captured(90_000, 90_000);
        assert_eq!(lag.due(captured, here), here, "nobody has said anything");
        lag.hear(report.captured(48_000, 48_000), here + ms(120));
        assert_eq!(lag.due(captured, here), here + ms(120) - SHOWING);
        assert_eq!(
            lag.due(captured, here + ms(200)),
            here + ms(200),
            "it is late already"
        );
    }

    #[test]
    fn unrest_is_evened_out_and_a_leap_is_followed() {
        let (lag, report) = (Lag::default(), Report::new(NTP, 0));
        let here = lag.epoch + ms(1_000);
        let captured = report.captured(0, 48_000);
        lag.hear(captured, here + ms(100));
        lag.hear(captured, here + ms(116));
        assert_eq!(lag.due(captured, here), here + ms(101) - SHOWING);
        lag.hear(captured, here + ms(400));
        assert_eq!(lag.due(captured, here), here + ms(400) - SHOWING);
    }

    #[test]
    fn a_clock_that_is_wrong_holds_no_picture_up() {
        let (lag, report) = (Lag::default(), Report::new(NTP, 0));
        let here = lag.epoch + ms(1_000);
        lag.hear(report.captured(0, 48_000), here);
        assert_eq!(lag.due(report.captured(900_000, 90_000), here), here);
    }

    #[test]
    fn before_its_sender_has_reported_nothing_is_known_of_a_stream() {
        let reports = SenderReports::default();
        assert_eq!(reports.captured(1, 0, 90_000), None);
        reports.note(1, Report::new(NTP, 0));
        assert!(reports.clone().captured(1, 0, 90_000).is_some());
        assert_eq!(reports.captured(2, 0, 90_000), None);
    }
}
