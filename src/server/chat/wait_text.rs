//! Durations in words.

/// Formats a duration for people, rounded up.
pub(super) fn wait_text(seconds: u64) -> String {
    let several = |n: u64, unit: &str| format!("{n} {unit}");
    match seconds {
        1 => "1 second".to_owned(),
        0..=90 => several(seconds, "seconds"),
        3600 => "an hour".to_owned(),
        86_400 => "a day".to_owned(),
        91..7200 => several(seconds.div_ceil(60), "minutes"),
        7200..172_800 => several(seconds.div_ceil(3600), "hours"),
        _ => several(seconds.div_ceil(86_400), "days"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_span_is_what_people_say() {
        let check = |seconds, expected| assert_eq!(wait_text(seconds), expected);
        check(0, "0 seconds");
        check(1, "1 second");
        check(30, "30 seconds");
        check(90, "90 seconds");
        check(91, "2 minutes");
        check(1680, "28 minutes");
        check(3600, "an hour");
        check(3601, "61 minutes");
        check(7200, "2 hours");
        check(86_400, "a day");
        check(100_000, "28 hours");
        check(172_801, "3 days");
    }
}
