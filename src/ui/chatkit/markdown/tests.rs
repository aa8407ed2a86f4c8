//! Table tests of faults that answers of models provoke in Markdown parsers.

mod backticks;
mod flanking;
mod generated;
mod growing_text;
mod html_tags;
mod linear_time;
mod link_definitions;
mod nested_fences;
mod private_use;
mod streaming;
mod tables;

use super::block::commonmark_spec::html;

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
