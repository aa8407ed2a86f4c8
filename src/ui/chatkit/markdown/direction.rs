//! Text direction of a table. Pure.
//!
//! Browsers decide by the first letter of a text, but Arabic tables often begin with a Latin name.

use super::block::Inline;

/// Returns the direction of most cells. `None` if no cell has letters.
pub(super) fn of_table(head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> Option<&'static str> {
    let cells = head.iter().chain(rows.iter().flatten());
    let (mut n_left, mut n_right) = (0, 0);
    for is_right in cells.filter_map(|it| is_to_left(it)) {
        if is_right { n_right += 1 } else { n_left += 1 }
    }
    match (n_left, n_right) {
        (0, 0) => None,
        _ if n_right >= n_left => Some("rtl"),
        _ => Some("ltr"),
    }
}

/// True if the first letter belongs to a right-to-left script. `None` without letters.
fn is_to_left(line: &[Inline]) -> Option<bool> {
    line.iter().find_map(|it| match it {
        Inline::Text(text) => text.chars().find(|it| it.is_alphabetic()).map(is_right_to_left),
        Inline::Emphasis(line) | Inline::Strong(line) | Inline::Strike(line) => is_to_left(line),
        Inline::Link { children, .. } | Inline::Deeplink { children, .. } | Inline::Element { children, .. } => {
            is_to_left(children)
        }
        _ => None,
    })
}

/// True for Hebrew, Arabic and related scripts.
fn is_right_to_left(it: char) -> bool {
    matches!(it, '\u{590}'..='\u{8ff}' | '\u{fb1d}'..='\u{fdff}' | '\u{fe70}'..='\u{feff}' | '\u{10800}'..='\u{10fff}' | '\u{1e800}'..='\u{1eeff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::chatkit::markdown::block::{Block, parse};

    #[test]
    fn most_cells_say_where_a_table_begins() {
        for (source, expected) in [
            ("| الأداة | الغرض |\n|---|---|\n| cargo | البناء |\n| clippy | التدقيق |", Some("rtl")),
            ("| Rust | الوصف |\n|---|---|\n| cargo | البناء |", Some("rtl")),
            ("| שם | גיל |\n|---|---|\n| דן | 12 |", Some("rtl")),
            ("| **نوع** | `code` |\n|---|---|\n| 1 | 2 |", Some("rtl")),
            ("| [نوع](https://a.example) | x |\n|---|---|", Some("rtl")),
            ("| <u>نوع</u> | 1 |\n|---|---|", Some("rtl")),
            ("| (نوع) | *قيمة* |\n|---|---|\n| A | B |", Some("rtl")),
            ("| ܫܡܐ | ދިވެހި |\n|---|---|", Some("rtl")),
            ("|![x](https://a.example/x.png)|نص|\n|-|-|", Some("rtl")),
            ("| $x$ | قيمة |\n|---|---|\n| `b` | ١٠ |", Some("rtl")),
            ("| | السعر |\n|---|---|\n| Ali | |", Some("rtl")),
            ("| ߊߓ | 𞤀𞤣 |\n|---|---|\n| \u{fb8a} | 1 |", Some("rtl")),
            ("| \u{200e}نوع | a |\n|---|---|", Some("rtl")),
            ("| a | b |\n|---|---|\n| c | د |", Some("ltr")),
            ("| ไทย | ไทย |\n|---|---|\n| 5 | نص |", Some("ltr")),
            ("| 日 | 本 |\n|---|---|", Some("ltr")),
            ("| a | b |\n|---|---|", Some("ltr")),
            ("| 1 | 2 |\n|---|---|\n| `x` | 3 |", None),
            ("| ١ | ٢ |\n|---|---|", None),
        ] {
            let Some((_, Block::Table { head, rows, .. })) = parse(source).pop() else {
                panic!("no table: {source:?}")
            };
            assert_eq!(of_table(&head, &rows), expected, "{source:?}");
        }
    }
}
