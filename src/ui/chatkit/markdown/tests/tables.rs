//! Bars in code and cells beyond the last column: tables lose no text.

use super::check;

const HEAD: &str = "| a | b |\n|---|---|\n";

/// Compares the cells of a row below [`HEAD`] with the expected ones.
#[track_caller]
fn check_row(row: &str, cells: &[&str]) {
    let cells: String = cells.iter().map(|it| format!("<td>{it}</td>")).collect();
    let head = "<thead><tr><th>a</th><th>b</th></tr></thead>";
    check(&[(&format!("{HEAD}{row}\n"), &format!("<table>{head}<tbody><tr>{cells}</tr></tbody></table>"))]);
}

#[test]
fn code_that_holds_bars_is_one_cell() {
    check_row("| `x | y` | either one |", &["<code>x | y</code>", "either one"]);
    check_row("| `p || q` | or |", &["<code>p || q</code>", "or"]);
    check_row("`x | y` | no bars around", &["<code>x | y</code>", "no bars around"]);
    check_row("| ``a | ` | b`` | c |", &["<code>a | ` | b</code>", "c"]);
    check_row("| one | `x | y` |", &["one", "<code>x | y</code>"]);
    check_row("| `a|b` | `c|d` |", &["<code>a|b</code>", "<code>c|d</code>"]);
    check_row(
        "| **`a|b`** | [`c|d`](https://a.example/) |",
        &["<strong><code>a|b</code></strong>", "<a href=\"https://a.example/\"><code>c|d</code></a>"],
    );
    check_row("| `x \\| y` | escaped |", &["<code>x | y</code>", "escaped"]);
    check_row("| $|x|$ | $\\|y\\|$ |", &["<math>|x|</math>", "<math>\\|y\\|</math>"]);
    check_row("| `|` | `||` |", &["<code>|</code>", "<code>||</code>"]);
    check_row("| 中**「`a|b`」**文 | c |", &["中<strong>「<code>a|b</code>」</strong>文", "c"]);
}

#[test]
fn bars_that_part_cells_do_so() {
    check_row("| a ` | b ` |", &["a `", "b `"]);
    check_row("| $5 | 10$ |", &["$5", "10$"]);
    check_row("| `a` | `b` |", &["<code>a</code>", "<code>b</code>"]);
    check_row("| a \\| b | c |", &["a | b", "c"]);
    check_row("| `a", &["`a", ""]);
}

#[test]
fn cells_beyond_the_last_column_stay_in_it() {
    check_row("| a | b | c |", &["a", "b | c"]);
    check_row("| a | b | c | d", &["a", "b | c | d"]);
    check_row("a | b | **c**", &["a", "b | <strong>c</strong>"]);
    check_row("| `x | y` | b | c |", &["<code>x | y</code>", "b | c"]);
    check_row("| a | `b | c` | d | e |", &["a", "<code>b | c</code> | d | e"]);
}

#[test]
fn tables_in_other_blocks_keep_their_text() {
    let table = "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr><td><code>x|y</code></td><td>c</td></tr>\
                 </tbody></table>";
    check(&[
        ("> | a | b |\n> |---|---|\n> | `x|y` | c |", &format!("<blockquote>{table}</blockquote>")),
        ("- | a | b |\n  |---|---|\n  | `x|y` | c |", &format!("<ul><li>{table}</li></ul>")),
        ("Text:\n| a | b |\n|---|---|\n| `x|y` | c |", &format!("<p>Text:</p>{table}")),
        (
            "| `a|b` | c |\n|---|---|",
            "<table><thead><tr><th><code>a|b</code></th><th>c</th></tr></thead><tbody></tbody></table>",
        ),
        ("`a | b` is no table\n", "<p><code>a | b</code> is no table</p>"),
    ]);
}

#[test]
fn a_bar_in_a_formula_or_behind_it_is_told_apart() {
    check_row("| $\\|x\\|$ | b |", &["<math>\\|x\\|</math>", "b"]);
    check_row("| \\(P(A|B)\\) | $P(A|B)$ |", &["<math>P(A|B)</math>", "<math>P(A|B)</math>"]);
    check_row("| \\(a | b\\) |", &["(a", "b)"]);
    check_row("| `^(a|b)$` | `\\d+|\\w+` |", &["<code>^(a|b)$</code>", "<code>\\d+|\\w+</code>"]);
    check_row("| `c:\\` | `\\|` |", &["<code>c:\\</code>", "<code>|</code>"]);
    check_row("| x `a|b` y `c|d` z | w |", &["x <code>a|b</code> y <code>c|d</code> z", "w"]);
    check_row("| a <!-- | --> | c |", &["a ", "c"]);
    check_row("`a | b` | c | d", &["<code>a | b</code>", "c | d"]);
}

#[test]
fn empty_cells_beyond_the_last_column_are_none() {
    check_row("| 1 | 2 | |", &["1", "2"]);
    check_row("| 1 | 2 |  |  |", &["1", "2"]);
    check_row("| 1 | 2 |||", &["1", "2"]);
    check_row("| 1 | 2 | | 3 | |", &["1", "2 | | 3"]);
    check_row("| 1 | **2 | 3** |", &["1", "<strong>2 | 3</strong>"]);
    check_row("| 1 | [2 | 3](https://a.example/) |", &["1", "<a href=\"https://a.example/\">2 | 3</a>"]);
    check_row("| 1 | https://a.example/x|y |", &["1", "<a href=\"https://a.example/x\">https://a.example/x</a>|y"]);
}
