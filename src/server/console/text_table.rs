//! Tables on a terminal.

/// The maximum number of characters of a cell.
const MAX_CELL: usize = 60;

/// Formats rows as lines with aligned columns; the first row is the header.
///
/// Replaces terminal control characters, which names chosen by users may contain. Cuts long cells.
pub(super) fn lines<const N: usize>(rows: &[[String; N]]) -> Vec<String> {
    let rows: Vec<[String; N]> = rows.iter().map(|row| row.each_ref().map(|cell| cut(&printable(cell)))).collect();
    let widths: [usize; N] =
        std::array::from_fn(|column| rows.iter().map(|row| row[column].chars().count()).max().unwrap_or_default());
    let line = |row: &[String; N]| {
        let cells = row.iter().zip(widths).map(|(cell, width)| format!("{cell:width$}"));
        cells.collect::<Vec<_>>().join("  ").trim_end().to_owned()
    };
    rows.iter().map(line).collect()
}

fn cut(text: &str) -> String {
    match text.char_indices().nth(MAX_CELL) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}

/// Replaces control characters and bidirectional controls.
pub(super) fn printable(text: &str) -> String {
    let is_bad = |c: char| c.is_control() || matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    text.chars().map(|c| if is_bad(c) { char::REPLACEMENT_CHARACTER } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_as_wide_as_their_widest_cell() {
        let row = |a: &str, b: &str| [a.to_owned(), b.to_owned()];
        let rows = [row("NAME", "AGE"), row("Zoë", "7"), row("Grace Hopper", "")];
        assert_eq!(lines(&rows), ["NAME          AGE", "Zoë           7", "Grace Hopper"]);
    }

    #[test]
    fn a_long_cell_is_cut() {
        assert_eq!(lines(&[["é".repeat(70)]]), [format!("{}…", "é".repeat(60))]);
    }

    #[test]
    fn a_name_commands_no_terminal() {
        let rows = [["\u{1b}[2Jnobody\nroot\u{9b}1m".to_owned()]];
        assert_eq!(lines(&rows), ["\u{fffd}[2Jnobody\u{fffd}root\u{fffd}1m"]);
    }
}
