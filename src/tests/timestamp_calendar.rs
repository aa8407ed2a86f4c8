//! `model::Timestamp` has its own small calendar, which must agree with the crate `time`.

use time::{
    OffsetDateTime, PrimitiveDateTime, format_description::BorrowedFormatItem, format_description::well_known::Rfc3339,
    macros::format_description,
};

use crate::model::Timestamp;

const WIRE: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
const NAIVE: &[BorrowedFormatItem<'static>] =
    format_description!("[year]-[month]-[day]T[hour]:[minute]:[second][optional [.[subsecond]]]");

const MS_PER_DAY: i64 = 86_400_000;
/// 0000-01-01 and 9999-12-31, in days since 1970.
const DAYS: std::ops::RangeInclusive<i64> = -719_528..=2_932_896;

fn expected(text: &str) -> Option<Timestamp> {
    let moment = OffsetDateTime::parse(text, &Rfc3339)
        .or_else(|_| PrimitiveDateTime::parse(text, NAIVE).map(PrimitiveDateTime::assume_utc));
    let ms = moment.ok()?.unix_timestamp_nanos().div_euclid(1_000_000);
    Some(Timestamp::from_millis(i64::try_from(ms).unwrap()))
}

/// Returns a generator of reproducible numbers, each below a given bound.
fn numbers() -> impl FnMut(usize) -> usize {
    let mut state = 7_u64;
    move |below| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 33).unwrap() % below
    }
}

/// Returns a text that is a timestamp, or nearly so.
fn text(mut number: impl FnMut(usize) -> usize) -> String {
    let (year, month, day) = (number(10_000), number(14), number(33));
    let (hour, minute, second) = [(number(25), number(61), number(62)), (23, 59, 60)][usize::from(number(8) == 0)];
    let mut text = format!("{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}");
    text += [".", ".5", ".25", ".7878", ".123456789012", "", "", ""][number(8)];
    let (hours, minutes) = (number(26), number(61));
    text += &[String::new(), "z".into(), "Z".into(), format!("+{hours:02}:{minutes:02}"), format!("-{hours:02}:00")]
        [number(5)];
    if number(4) == 0 {
        let at = number(text.len());
        text.replace_range(at..=at, &" T.:+-Zz09x"[number(11)..][..1]);
    }
    if number(10) == 0 {
        text.remove(number(text.len()));
    }
    text
}

#[test]
fn what_one_reads_the_other_reads() {
    let mut number = numbers();
    let mut n_moments = 0;
    for _ in 0..50_000 {
        let text = text(&mut number);
        let read = Timestamp::parse(&text).ok();
        assert_eq!(read, expected(&text), "{text:?}");
        n_moments += usize::from(read.is_some());
    }
    assert!(n_moments > 5_000, "{n_moments}");
}

#[test]
fn days_of_all_years_are_written_and_read_alike() {
    let mut number = numbers();
    // Thirteen divides no period of the calendar, so every kind of day occurs.
    for day in DAYS.step_by(13) {
        let ms = day * MS_PER_DAY + i64::try_from(number(86_400_000)).unwrap();
        let moment = Timestamp::from_millis(ms);
        assert_eq!(Timestamp::parse(&moment.to_string()).unwrap(), moment);
        let theirs = OffsetDateTime::from_unix_timestamp_nanos(i128::from(ms) * 1_000_000).unwrap();
        assert_eq!(moment.to_string(), theirs.format(WIRE).unwrap());
    }
}
