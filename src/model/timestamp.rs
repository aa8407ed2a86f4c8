//! One moment, to the millisecond.

use std::fmt;

use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use time::{
    OffsetDateTime, PrimitiveDateTime, UtcOffset, format_description::BorrowedFormatItem,
    format_description::well_known::Rfc3339, macros::format_description,
};

const WIRE: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
const NAIVE: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second][optional [.[subsecond]]]");

/// 9999-12-31T23:59:59.999Z, the last moment that has four digits for its year.
const LAST_MS: i64 = 253_402_300_799_999;
/// 0000-01-01T00:00:00.000Z, the first one.
const FIRST_MS: i64 = -62_167_219_200_000;

/// A moment in milliseconds since 1970-01-01T00:00:00Z, within the years 0 to 9999.
///
/// On the wire it has exactly three fraction digits and a `Z`: the official Better Auth client reads any other
/// number of digits as milliseconds and is minutes off.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Timestamp(i64);

/// The text is no RFC 3339 date and time.
#[derive(Debug, thiserror::Error)]
#[error("`{0}` is no date and time such as 2026-11-23T00:08:06.546Z")]
pub struct InvalidTimestamp(String);

impl Timestamp {
    /// Takes milliseconds since the epoch; what lies outside the years 0 to 9999 is cut to them.
    pub fn from_millis(ms: i64) -> Self {
        Self(ms.clamp(FIRST_MS, LAST_MS))
    }

    /// Returns the milliseconds since the epoch.
    pub fn millis(self) -> i64 {
        self.0
    }

    /// Returns the moment `seconds` later (earlier when negative).
    pub fn plus_seconds(self, seconds: i64) -> Self {
        Self::from_millis(self.0.saturating_add(seconds.saturating_mul(1000)))
    }

    /// Returns the whole seconds since the epoch, rounded down, as JWT claims want them (RFC 7519, NumericDate).
    pub fn seconds(self) -> i64 {
        self.0.div_euclid(1000)
    }

    /// Reads RFC 3339 with any number of fraction digits, or the same without a zone, which is taken as UTC
    /// (chatkit-python sends naive timestamps).
    ///
    /// # Errors
    /// [`InvalidTimestamp`] for everything else.
    pub fn parse(text: &str) -> Result<Self, InvalidTimestamp> {
        let moment = OffsetDateTime::parse(text, &Rfc3339)
            .or_else(|_| PrimitiveDateTime::parse(text, NAIVE).map(PrimitiveDateTime::assume_utc))
            .map_err(|_| InvalidTimestamp(text.to_owned()))?;
        let ms = moment.unix_timestamp_nanos().div_euclid(1_000_000);
        Ok(Self::from_millis(i64::try_from(ms).unwrap_or(LAST_MS)))
    }
}

impl fmt::Display for Timestamp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let moment = OffsetDateTime::from_unix_timestamp_nanos(i128::from(self.0) * 1_000_000)
            .expect("BUG: a Timestamp lies within the years 0 to 9999")
            .to_offset(UtcOffset::UTC);
        f.write_str(&moment.format(WIRE).map_err(|_| fmt::Error)?)
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
