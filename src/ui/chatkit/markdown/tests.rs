//! Table tests of faults that answers of models provoke in Markdown parsers.

mod code;
mod emphasis;
mod generated;
mod listings;
mod private_use;
mod sources;
mod streaming;
mod tables;
mod tags;
mod unfinished;
mod work;

use super::block::spec::html;

/// Compares the HTML of each source with the expected one.
#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(html(source), *expected, "{source:?}");
    }
}

/// As [`check`], for sources of one paragraph.
#[track_caller]
fn check_lines(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(html(source), format!("<p>{expected}</p>"), "{source:?}");
    }
}
