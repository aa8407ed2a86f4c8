//! Pages of lists.

use super::error::{ChatError, Result};
use crate::model::chatkit::{Page, PageQuery};

/// Rows per page without a limit in the query (recording 48: 0 means the same).
pub(in crate::server::chat) const DEFAULT_ROWS: usize = 20;
/// Maximum rows per page, whatever limit the query names.
pub(in crate::server::chat) const MAX_ROWS: usize = 100;

/// Returns the number of rows of a page.
///
/// # Errors
/// [`ChatError::Invalid`] for a negative limit.
pub(in crate::server::chat) fn n_rows(query: &PageQuery) -> Result<usize> {
    match query.limit {
        None | Some(0) => Ok(DEFAULT_ROWS),
        Some(limit) if limit < 0 => Err(ChatError::Invalid(format!("the limit {limit} is negative"))),
        Some(limit) => Ok(usize::try_from(limit).unwrap_or(MAX_ROWS).min(MAX_ROWS)),
    }
}

/// Returns the number of rows to fetch: one more than the page, to detect a following page.
pub(in crate::server::chat) fn rows_to_fetch(n_rows: usize) -> i64 {
    i64::try_from(n_rows).map_or(i64::MAX, |n| n + 1)
}

/// Builds a page of at most `n_rows` rows.
pub(in crate::server::chat) fn cut<T>(mut rows: Vec<T>, n_rows: usize, id: impl Fn(&T) -> &str) -> Page<T> {
    let has_more = rows.len() > n_rows;
    rows.truncate(n_rows);
    let after = rows.last().filter(|_| has_more).map(|row| id(row).to_owned());
    Page { data: rows, has_more, after }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_limit_is_twenty_unless_said_and_a_hundred_at_most() {
        let check = |limit, expected| {
            assert_eq!(n_rows(&PageQuery { limit, ..PageQuery::default() }).ok(), expected, "{limit:?}");
        };
        check(None, Some(20));
        check(Some(0), Some(20));
        check(Some(1), Some(1));
        check(Some(100), Some(100));
        check(Some(9999), Some(100));
        check(Some(i64::MAX), Some(100));
        check(Some(-1), None);
        check(Some(i64::MIN), None);
    }

    #[test]
    fn the_cursor_is_the_last_row_of_a_page_that_is_not_the_last() {
        let rows = |n: usize| (0..n).map(|row| row.to_string()).collect::<Vec<_>>();
        let check = |n, has_more, after: Option<&str>| {
            let page = cut(rows(n), 2, String::as_str);
            assert_eq!((page.data.len(), page.has_more, page.after.as_deref()), (n.min(2), has_more, after));
        };
        check(0, false, None);
        check(2, false, None);
        check(3, true, Some("1"));
    }
}
