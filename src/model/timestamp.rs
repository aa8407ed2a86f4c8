//! Timestamps in milliseconds.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};

const MS_PER_DAY: i64 = 86_400_000;
/// 9999-12-31T23:59:59.999Z, the last moment that has four digits for its year.
const LAST_MS: i64 = 253_402_300_799_999;
/// 0000-01-01T00:00:00.000Z, the first one.
const FIRST_MS: i64 = -62_167_219_200_000;

/// A moment in milliseconds since 1970-01-01T00:00:00Z, within the years 0 to 9999.
///
/// Serialised with exactly three fraction digits and a `Z`: the official Better Auth client parses any other
/// number of digits as milliseconds, which is minutes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The text is not an RFC 3339 date and time.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no date and time such as 2026-11-23T00:08:06.546Z")]
pub struct InvalidTimestamp(String);

impl Timestamp {
    /// Creates a timestamp from milliseconds since the epoch, clamped to the years 0 to 9999.
    pub fn from_millis(ms: i64) -> Self {
        Self(ms.clamp(FIRST_MS, LAST_MS))
    }

    /// Returns the milliseconds since the epoch.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Returns the timestamp `seconds` later, or earlier if negative.
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_millis(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Returns the whole seconds since the epoch, rounded down, as in JWT claims (RFC 7519, NumericDate).
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Parses RFC 3339 with any number of fraction digits. A missing zone means UTC, since chatkit-python sends naive
    /// timestamps.
    ///
    /// # Errors
    /// [`InvalidTimestamp`] for everything else.
    pub fn parse(text: &str) -> Result<Self, InvalidTimestamp> {
        read(text.as_bytes()).map(Self::from_millis).ok_or_else(|| InvalidTimestamp(text.to_owned()))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date_of_days(self.0.div_euclid(MS_PER_DAY));
        let ms = self.0.rem_euclid(MS_PER_DAY);
        let (hour, minute, second) = (ms / 3_600_000, ms / 60_000 % 60, ms / 1000 % 60);
        write!(f, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}.{:03}Z", ms % 1000)
    }
}

impl Serialize for Timestamp {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Timestamp {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(D::Error::custom)
    }
}

/// Parses `2026-11-23T00:08:06[.546…][Z|+01:00]` to milliseconds since the epoch, rounded down.
fn read(text: &[u8]) -> Option<i64> {
    let number = |from: usize, to: usize| digits(text.get(from..to)?);
    let (year, month, day) = (number(0, 4)?, number(5, 7)?, number(8, 10)?);
    let (hour, minute, second) = (number(11, 13)?, number(14, 16)?, number(17, 19)?);
    if [text[4], text[7], text[13], text[16]] != *b"--::" || !(1..=12).contains(&month) {
        return None;
    }
    let first_day = days_of_date(year, month, 1);
    let n_days = days_of_date(year + month / 12, month % 12 + 1, 1) - first_day;
    if !(1..=n_days).contains(&day) || hour > 23 || minute > 59 || second > 60 {
        return None;
    }
    let (fraction_ms, zone) = fraction(&text[19..])?;
    // RFC 3339, §5.6, allows any separator of date and time; without a zone only Python's `T` is accepted.
    if zone.is_empty() && text[10] != b'T' {
        return None;
    }
    let minutes = (first_day + day - 1) * 24 * 60 + hour * 60 + minute - offset_minutes(zone)?;
    if second == 60 {
        return leap_second(minutes, zone);
    }
    Some(minutes * 60_000 + second * 1000 + fraction_ms)
}

/// Returns the last millisecond before the end of a leap second, which can only be at the end of a month.
fn leap_second(minutes: i64, zone: &[u8]) -> Option<i64> {
    let next_minute = minutes + 1;
    let ends_month = next_minute % (24 * 60) == 0 && date_of_days(next_minute.div_euclid(24 * 60)).2 == 1;
    (ends_month && !zone.is_empty()).then(|| next_minute * 60_000 - 1)
}

/// Parses an optional fraction in milliseconds and returns the rest of the text.
fn fraction(text: &[u8]) -> Option<(i64, &[u8])> {
    let Some((b'.', text)) = text.split_first() else { return Some((0, text)) };
    let n_digits = text.iter().take_while(|it| it.is_ascii_digit()).count();
    let (fraction, rest) = text.split_at(n_digits);
    let ms = fraction.iter().take(3).zip([100, 10, 1]).map(|(digit, unit)| i64::from(digit - b'0') * unit).sum();
    (n_digits > 0).then_some((ms, rest))
}

/// Parses a zone; an empty one is UTC.
fn offset_minutes(zone: &[u8]) -> Option<i64> {
    match zone {
        b"" | b"Z" | b"z" => Some(0),
        [sign @ (b'+' | b'-'), h1, h2, b':', m1, m2] => {
            let (hours, minutes) = (digits(&[*h1, *h2])?, digits(&[*m1, *m2])?);
            let minutes = (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)?;
            Some(if *sign == b'-' { -minutes } else { minutes })
        }
        _ => None,
    }
}

fn digits(text: &[u8]) -> Option<i64> {
    text.iter().try_fold(0, |number, it| it.is_ascii_digit().then(|| number * 10 + i64::from(it - b'0')))
}

/// Returns the days from 1970-01-01 to a date. After Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms":
/// years begin in March, so that the leap day is the last, and 400 years have 146,097 days.
pub(crate) fn days_of_date(year: i64, month: i64, day: i64) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let (era, year_of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let day_of_year = (153 * ((month + 9) % 12) + 2) / 5 + day - 1;
    era * 146_097 + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719_468
}

/// Returns the year, month and day that are `days` after 1970-01-01: the inverse of [`days_of_date`].
pub(crate) fn date_of_days(days: i64) -> (i64, i64, i64) {
    let days = days + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let day = day_of_year - (153 * month + 2) / 5 + 1;
    let year = era * 400 + year_of_era + i64::from(month >= 10);
    (year, (month + 2) % 12 + 1, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_spelling_is_read_and_written_with_three_digits_and_z() {
        let check = |text: &str, wire: &str| assert_eq!(Timestamp::parse(text).unwrap().to_string(), wire, "{text}");
        check("2026-11-23T00:08:06.546Z", "2026-11-23T00:08:06.546Z");
        check("2026-11-23T00:08:06Z", "2026-11-23T00:08:06.000Z");
        check("2026-11-23T00:08:06.546123Z", "2026-11-23T00:08:06.546Z");
        check("2026-11-23T01:08:06.5+01:00", "2026-11-23T00:08:06.500Z");
        check("2026-11-23T00:03:18.787784", "2026-11-23T00:03:18.787Z");
        check("2026-11-23T00:03:18", "2026-11-23T00:03:18.000Z");
        check("1969-12-31T23:59:59.9999Z", "1969-12-31T23:59:59.999Z");
    }

    #[test]
    fn what_is_no_date_is_refused() {
        for text in ["", "now", "2026-13-01T00:00:00Z", "2026-11-23", "2026-11-23T25:00:00Z"] {
            assert!(Timestamp::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn the_ends_of_time_are_written_without_a_panic() {
        assert_eq!(Timestamp::from_millis(i64::MAX).to_string(), "9999-12-31T23:59:59.999Z");
        assert_eq!(Timestamp::from_millis(i64::MIN).to_string(), "0000-01-01T00:00:00.000Z");
    }
}
