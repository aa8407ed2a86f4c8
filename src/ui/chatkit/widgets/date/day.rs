//! Calendar days without time and time zone.

use std::fmt;

use crate::model::{date_of_days, days_of_date};

/// A day that date fields can hold (HTML, "Dates"), as days since 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(in super::super) struct Day(i64);

impl Day {
    /// 0001-01-01.
    pub(super) const FIRST: Self = Self(-719_162);
    /// 9999-12-31.
    pub(super) const LAST: Self = Self(2_932_896);

    /// Creates a day. Months and days count from 1.
    pub(super) fn of(year: i64, month: i64, day: i64) -> Self {
        Self(days_of_date(year, month, day))
    }

    /// Parses the format `2026-11-28`.
    pub(in super::super) fn parse(text: &str) -> Option<Self> {
        let number = |from: usize, to: usize| text.get(from..to)?.parse().ok();
        let day = Self::of(number(0, 4)?, number(5, 7)?, number(8, 10)?);
        (day >= Self::FIRST && day.to_string() == text).then_some(day)
    }

    /// Returns the day in milliseconds of UTC, for JavaScript.
    pub(super) fn millis(self) -> f64 {
        self.0 as f64 * 86_400_000.0
    }

    pub(super) fn plus_days(self, n: i64) -> Self {
        Self(self.0 + n)
    }

    /// Adds `n` months. The day is limited to the last one of the month.
    pub(super) fn plus_months(self, n: i64) -> Self {
        let first = self.month_start(n);
        let n_days = self.month_start(n + 1).0 - first.0;
        first.plus_days((date_of_days(self.0).2 - 1).min(n_days - 1))
    }

    /// Returns the first day of the month `n` months later.
    pub(super) fn month_start(self, n: i64) -> Self {
        let (year, month, _) = date_of_days(self.0);
        let months = year * 12 + month - 1 + n;
        Self::of(months.div_euclid(12), months.rem_euclid(12) + 1, 1)
    }

    pub(super) fn number_in_month(self) -> i64 {
        date_of_days(self.0).2
    }

    /// Returns the number of days since the beginning of the week. Monday is weekday 1, Sunday is 7.
    pub(super) fn days_into_week(self, first_weekday: i64) -> i64 {
        (self.0 + 4 - first_weekday).rem_euclid(7)
    }
}

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = date_of_days(self.0);
        write!(f, "{year:04}-{month:02}-{day:02}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap()
    }

    #[test]
    fn days_are_read_as_fields_write_them() {
        for text in ["0001-01-01", "1815-12-10", "1970-01-01", "2024-02-29", "2026-11-28", "9999-12-31"] {
            assert_eq!(day(text).to_string(), text);
        }
        for text in [
            "",
            "2026-11",
            "2026-02-29",
            "2026-13-01",
            "2026-11-00",
            "26-11-2026",
            "0000-12-31",
            "2026-11-28T",
            "２026-11-28",
        ] {
            assert_eq!(Day::parse(text), None, "{text}");
        }
        assert_eq!((day("0001-01-01"), day("9999-12-31")), (Day::FIRST, Day::LAST));
        assert!((day("1970-01-02").millis() - 86_400_000.0).abs() < 0.5);
    }

    #[test]
    fn months_are_as_long_as_they_are() {
        for (from, n, to) in [
            ("2026-01-31", 1, "2026-02-28"),
            ("2024-03-31", -1, "2024-02-29"),
            ("2024-02-29", 12, "2025-02-28"),
            ("2026-12-15", 1, "2027-01-15"),
            ("2026-01-15", -1, "2025-12-15"),
            ("2026-05-31", -12, "2025-05-31"),
        ] {
            assert_eq!(day(from).plus_months(n).to_string(), to);
        }
    }

    #[test]
    fn weeks_begin_where_they_do() {
        // A Saturday.
        let it = day("2026-11-28");
        assert_eq!([1, 6, 7].map(|first| it.days_into_week(first)), [5, 0, 6]);
    }
}
