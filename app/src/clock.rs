//! Instants for people, without a calendar library: what they need is little, and a browser downloads every byte.

use crate::i18n::Language;

const MINUTE: i64 = 60;
const DAY: i64 = 24 * 60 * MINUTE;

/// Writes an instant (milliseconds since 1970 UTC) in local time: `21:04` today, `7-31 21:04` earlier, with the year
/// before that. `offset` says how far local time is ahead of UTC at an instant, in minutes.
pub fn short(at: u64, now: u64, offset: &dyn Fn(u64) -> i32) -> String {
    let (there, here) = (Local::at(at, offset), Local::at(now, offset));
    let clock = format!("{:02}:{:02}", there.minutes / 60, there.minutes % 60);
    if there.date == here.date {
        return clock;
    }
    let (year, month, day) = there.date;
    if year == here.date.0 {
        return format!("{month}/{day} {clock}");
    }
    format!("{year}/{month}/{day} {clock}")
}

/// Writes an instant in local time as a person would say it: `21:04` today, `31 Jul 21:04` or `7月31日 21:04` on another day,
/// and with the year when it is not this one.
pub fn told(at: u64, now: u64, offset: &dyn Fn(u64) -> i32, language: Language) -> String {
    let (there, here) = (Local::at(at, offset), Local::at(now, offset));
    if there.date == here.date {
        return there.clock();
    }
    format!(
        "{} {}",
        there.day(language, there.date.0 != here.date.0),
        there.clock()
    )
}

/// Writes an instant in local time with everything that there is to say: `31 Jul 2026 21:04`, `2026年7月31日 21:04`.
pub fn full(at: u64, offset: &dyn Fn(u64) -> i32, language: Language) -> String {
    let there = Local::at(at, offset);
    format!("{} {}", there.day(language, true), there.clock())
}

/// Writes an instant for programs (RFC 3339, UTC).
pub fn rfc3339(at: u64) -> String {
    let Local {
        date: (year, month, day),
        minutes,
    } = Local::at(at, &|_| 0);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        minutes / 60,
        minutes % 60,
        at / 1000 % 60
    )
}

/// Reads an instant as the server writes it (RFC 3339), in milliseconds since 1970 UTC.
pub fn parse(text: &str) -> Option<u64> {
    let number = |from: usize, to: usize| text.get(from..to)?.parse::<i64>().ok();
    let marks = [(4, "-"), (7, "-"), (13, ":"), (16, ":")];
    if !marks
        .iter()
        .all(|(at, mark)| text.get(*at..at + 1) == Some(*mark))
    {
        return None;
    }
    let days = days_from_civil(number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let seconds = (number(11, 13)? * 60 + number(14, 16)?) * 60 + number(17, 19)?;
    let zone = text
        .get(19..)?
        .trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let ahead = match zone.as_bytes() {
        [b'Z' | b'z'] => 0,
        [sign @ (b'+' | b'-'), _, _, b':', _, _] => {
            let minutes = zone.get(1..3)?.parse::<i64>().ok()? * 60 + zone.get(4..6)?.parse::<i64>().ok()?;
            if *sign == b'-' { -minutes } else { minutes }
        }
        _ => return None,
    };
    u64::try_from((days * DAY + seconds - ahead * MINUTE) * 1000).ok()
}

struct Local {
    date: (i64, i64, i64),
    minutes: i64,
}

/// The months in English, three letters each.
const MONTHS: &str = "JanFebMarAprMayJunJulAugSepOctNovDec";

impl Local {
    fn clock(&self) -> String {
        format!("{:02}:{:02}", self.minutes / 60, self.minutes % 60)
    }

    fn day(&self, language: Language, with_year: bool) -> String {
        let (year, month, day) = self.date;
        let name = || {
            let at = usize::try_from(month - 1).unwrap_or_default() * 3;
            MONTHS.get(at..at + 3).unwrap_or_default()
        };
        match (language, with_year) {
            (Language::English, false) => format!("{day} {}", name()),
            (Language::English, true) => format!("{day} {} {year}", name()),
            (Language::Japanese, false) => format!("{month}月{day}日"),
            (Language::Japanese, true) => format!("{year}年{month}月{day}日"),
        }
    }

    fn at(at: u64, offset: &dyn Fn(u64) -> i32) -> Self {
        let seconds = i64::try_from(at / 1000).unwrap_or(i64::MAX / 2) + i64::from(offset(at)) * MINUTE;
        Self {
            date: civil_from_days(seconds.div_euclid(DAY)),
            minutes: seconds.rem_euclid(DAY) / MINUTE,
        }
    }
}

/// Year, month and day of a day counted from 1970-01-01 (Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms").
fn civil_from_days(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let day_of_era = shifted.rem_euclid(146_097);
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

/// The reverse of [`civil_from_days`].
fn days_from_civil(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let day_of_year = (153 * (if month > 2 { month - 3 } else { month + 9 }) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

#[cfg(test)]
mod tests {
    use super::*;

    const TOKYO: &dyn Fn(u64) -> i32 = &|_| 540;
    // 2026-07-31T12:04:05Z
    const AT: u64 = 1_785_499_445_000;

    #[test]
    fn an_instant_is_told_in_local_time_as_short_as_its_distance_allows() {
        assert_eq!(short(AT, AT + 3_600_000, TOKYO), "21:04");
        assert_eq!(
            short(AT, AT + 4 * 3_600_000, TOKYO),
            "7/31 21:04",
            "the day ends at local midnight"
        );
        assert_eq!(short(AT, AT + 365 * 86_400_000, TOKYO), "2026/7/31 21:04");
        assert_eq!(short(AT, AT, &|_| -720), "00:04");
        assert_eq!(short(0, 0, &|_| -1), "23:59", "local time may be before 1970");
    }

    #[test]
    fn an_instant_is_told_in_the_language_of_whoever_reads_it() {
        let (english, japanese) = (Language::English, Language::Japanese);
        assert_eq!(told(AT, AT, TOKYO, japanese), "21:04");
        let later = AT + 86_400_000;
        assert_eq!(told(AT, later, TOKYO, english), "31 Jul 21:04");
        assert_eq!(told(AT, later, TOKYO, japanese), "7月31日 21:04");
        let next_year = AT + 365 * 86_400_000;
        assert_eq!(told(AT, next_year, TOKYO, english), "31 Jul 2026 21:04");
        assert_eq!(full(AT, TOKYO, japanese), "2026年7月31日 21:04");
        assert_eq!(full(0, &|_| -1, english), "31 Dec 1969 23:59");
    }

    #[test]
    fn what_is_written_for_programs_is_read_again() {
        assert_eq!(rfc3339(AT), "2026-07-31T12:04:05Z");
        for days in (0..40_000).step_by(13) {
            let at = days * 86_400_000 + 1000;
            assert_eq!(parse(&rfc3339(at)), Some(at));
        }
    }

    #[test]
    fn every_form_the_server_may_use_is_read() {
        assert_eq!(parse("2026-07-31T12:04:05.123456Z"), Some(AT));
        assert_eq!(parse("2026-07-31T12:04:05+00:00"), Some(AT));
        assert_eq!(parse("2026-07-31T21:04:05.5+09:00"), Some(AT));
        for text in [
            "",
            "yesterday",
            "2026-07-31",
            "2026-07-31T12:04:05",
            "2026-07-31T12:04:05 月",
        ] {
            assert_eq!(parse(text), None, "{text}");
        }
    }
}
