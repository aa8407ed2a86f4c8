//! The kinds of faults that models' answers show in readers of Markdown, with tables of their cases.

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

/// Holds the tree of each source, as HTML, against what it ought to be.
#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(html(source), *expected, "{source:?}");
    }
}

/// As [`check`], for sources that are one paragraph.
#[track_caller]
fn check_lines(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        assert_eq!(html(source), format!("<p>{expected}</p>"), "{source:?}");
    }
}
