//! Rates as they are written in a setting.

use crate::rooms::Rate;
use std::time::Duration;

/// The most that a rate or a burst may be.
const MOST: u32 = 1_000_000;

/// Parses `5/s`, `60/min`, `100/h`, `5/s:300` (at most 300 at once), or `off`.
///
/// # Errors
/// A text that says what would be right.
pub(super) fn parse(text: &str) -> Result<Rate, String> {
    let text = text.trim();
    if text == "off" {
        return Ok(Rate::UNLIMITED);
    }
    let wrong = || {
        format!(
            "{text:?} is no rate: write 5/s, 60/min or 100/h, with :BURST for how many may come at once, or off"
        )
    };
    let (rate, burst) = match text.split_once(':') {
        Some((rate, burst)) => (rate, Some(burst)),
        None => (text, None),
    };
    let (count, unit) = rate.split_once('/').ok_or_else(wrong)?;
    let number = |text: &str| {
        let number = text.parse::<u32>().ok();
        number
            .filter(|number| (1..=MOST).contains(number))
            .ok_or_else(wrong)
    };
    let (count, seconds) = match unit {
        "s" => (number(count)?, 1),
        "min" => (number(count)?, 60),
        "h" => (number(count)?, 3_600),
        _ => return Err(wrong()),
    };
    Ok(Rate {
        burst: burst.map_or(Ok(count), number)?,
        every: Duration::from_secs(seconds) / count,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rates_are_understood_with_and_without_a_burst() {
        let rate = parse("5/s:300").unwrap();
        assert_eq!((rate.burst, rate.every), (300, Duration::from_millis(200)));
        let rate = parse("60/min").unwrap();
        assert_eq!((rate.burst, rate.every), (60, Duration::from_secs(1)));
        assert_eq!(parse("100/h").unwrap().every, Duration::from_secs(36));
        assert_eq!(parse("off").unwrap(), Rate::UNLIMITED);
    }

    #[test]
    fn anything_else_is_refused_with_what_would_be_right() {
        for text in ["", "5", "0/s", "5/s:0", "5/day", "-1/s", "5/s:x", "9999999/s"] {
            assert!(parse(text).unwrap_err().contains("60/min"), "{text}");
        }
    }
}
