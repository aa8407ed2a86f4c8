//! The end of a growing text.

use crate::ui::chatkit::markdown::block::{ParseContext, commonmark_spec, read};

/// Compares the displayed part of a growing text with the expected one.
#[track_caller]
fn check(cases: &[(&str, &str)]) {
    for (source, expected) in cases {
        let parts = read(source, &ParseContext { may_grow: true, ..ParseContext::default() }).parts;
        let blocks: Vec<_> = parts.into_iter().map(|it| it.block).collect();
        assert_eq!(commonmark_spec::blocks_html(&blocks), *expected, "{source:?}");
    }
}

#[test]
fn emphasis_is_text_without_its_mark_until_it_is_closed() {
    check(&[
        ("a **bol", "<p>a bol</p>"),
        ("a **bold*", "<p>a bold</p>"),
        ("a **bold**", "<p>a bold</p>"),
        ("a **bold** b", "<p>a <strong>bold</strong> b</p>"),
        ("*it", "<p>it</p>"),
        ("***x", "<p>x</p>"),
        ("~~x", "<p>x</p>"),
        ("_x", "<p>x</p>"),
        ("- **Mil", "<ul><li>Mil</li></ul>"),
        ("# *x", "<h1>x</h1>"),
        ("请**注意：**不", "<p>请<strong>注意：</strong>不</p>"),
        ("请**注意：", "<p>请注意：</p>"),
        ("a **b\n\nc", "<p>a **b</p><p>c</p>"),
        ("2 * 3, 2*3 and a_b", "<p>2 * 3, 2*3 and a_b</p>"),
        ("`co", "<p>co</p>"),
        ("Run `curl https://a.example/x -d", "<p>Run curl https://a.example/x -d</p>"),
        ("- `curl https://a.example/x -d", "<ul><li>curl https://a.example/x -d</li></ul>"),
        ("at https://a.example/`x", "<p>at <a href=\"https://a.example/\">https://a.example/</a>`x</p>"),
        ("English**（強", "<p>English（強</p>"),
        ("これは_（強", "<p>これは_（強</p>"),
        ("a ~", "<p>a</p>"),
        ("a ~5", "<p>a ~5</p>"),
        ("see https://example.com/*/x", "<p>see https://example.com/*/x</p>"),
        ("see https://example.com/_x ", "<p>see <a href=\"https://example.com/_x\">https://example.com/_x</a></p>"),
        ("`a *b* c", "<p>a *b* c</p>"),
        ("H<sub>2", "<p>H2</p>"),
    ]);
}

#[test]
fn lines_wait_until_they_are_something() {
    check(&[
        ("Shopping list\n-", "<p>Shopping list</p>"),
        ("Shopping list\n- ", "<p>Shopping list</p>"),
        ("Shopping list\n- m", "<p>Shopping list</p><ul><li>m</li></ul>"),
        ("Title\n==", "<p>Title</p>"),
        ("Title\n===\n", "<h1>Title</h1>"),
        ("* **", ""),
        ("- a\n* *", "<ul><li>a</li></ul>"),
        ("a\n\n--", "<p>a</p>"),
        ("a\n\n---\n", "<p>a</p><hr />"),
        ("10", ""),
        ("10.", ""),
        ("10. x", "<ol start=\"10\"><li>x</li></ol>"),
        ("##", ""),
        ("## T", "<h2>T</h2>"),
        ("> ", ""),
        ("- [ ] ", ""),
        ("- [ ] x", "<ul><li><input disabled=\"\" type=\"checkbox\"/> x</li></ul>"),
        ("```ru", ""),
        ("```rust\n", "<pre><code class=\"language-rust\"></code></pre>"),
        ("```rust\na\n``", "<pre><code class=\"language-rust\">a\n</code></pre>"),
        ("| a | b", ""),
        ("| a | b |\n|--", ""),
        ("| a | b |\n|--|--|\n", "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody></tbody></table>"),
        ("| a |\nb", "<p>| a |\nb</p>"),
    ]);
}

#[test]
fn links_wait_until_they_are_whole() {
    check(&[
        ("see [te", "<p>see</p>"),
        ("see [text]", "<p>see</p>"),
        ("see [text](https://exa", "<p>see</p>"),
        ("see [text](https://example.com \"A", "<p>see</p>"),
        ("see [text](https://example.com/(a)", "<p>see</p>"),
        ("see [text](https://example.com/)", "<p>see <a href=\"https://example.com/\">text</a></p>"),
        ("see ![a](https://exa", "<p>see</p>"),
        ("see [note] that", "<p>see [note] that</p>"),
        ("see [a][b", "<p>see</p>"),
        (
            "from [0, 1) to and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on",
            "<p>from [0, 1) to and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on, and on</p>",
        ),
        ("[1]: https://exa", ""),
        ("see https://exa", "<p>see https://exa</p>"),
        ("see https://example.com.", "<p>see https://example.com.</p>"),
        ("see https://example.com ", "<p>see <a href=\"https://example.com/\">https://example.com</a></p>"),
        ("see www.exa", "<p>see www.exa</p>"),
        ("**see https://example.com/a**", "<p>see https://example.com/a</p>"),
        ("see <https://exa", "<p>see</p>"),
        ("a <su", "<p>a</p>"),
        ("a <!-- b", "<p>a</p>"),
        ("a < b", "<p>a &lt; b</p>"),
        ("a\u{e200}cite", "<p>a</p>"),
        ("see [H<", "<p>see</p>"),
        ("see [H<sub>2</sub>O](https://exa", "<p>see</p>"),
        ("see [a <br> b](https://exa", "<p>see</p>"),
        ("see [**「a」**", "<p>see</p>"),
        ("see [`a` b](ht", "<p>see</p>"),
        ("see [$x$](https://exa", "<p>see</p>"),
        ("see ![a <u>b</u>", "<p>see</p>"),
        ("- [1]: https://exa", ""),
        ("text\n<!--\n# a\n\n", "<p>text</p>"),
        ("- a\n  <!-- b\n\n  c", "<ul><li>a</li></ul>"),
        ("a\\", "<p>a</p>"),
    ]);
}

#[test]
fn formulas_and_entities_wait_for_what_says_what_they_are() {
    check(&[
        ("a $", "<p>a</p>"),
        ("a $$", "<p>a</p>"),
        ("$$\n", ""),
        ("a \\(", "<p>a</p>"),
        ("\\[\n  ", ""),
        ("a \\(x\\", "<p>a <math>x</math></p>"),
        ("a $5/$", "<p>a $5/</p>"),
        ("a $x$ ", "<p>a <math>x</math></p>"),
        ("a 5$", "<p>a 5$</p>"),
        ("a\\\n", "<p>a</p>"),
        ("a &", "<p>a</p>"),
        ("a &am", "<p>a</p>"),
        ("a &#821", "<p>a</p>"),
        ("1. a\n   - &", "<ol><li>a</li></ol>"),
        ("a\n- &am", "<p>a</p>"),
        ("**b** *&", "<p><strong>b</strong></p>"),
        ("a &amp; b", "<p>a &amp; b</p>"),
        ("AT&T is", "<p>AT&amp;T is</p>"),
    ]);
}

#[test]
fn a_row_that_grows_may_hold_bars_in_code() {
    let head = "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody><tr>";
    let row = |cells: &str| format!("{head}{cells}</tr></tbody></table>");
    check(&[
        ("| a | b |\n|---|---|\n| x `a|b` y `c", &row("<td>x <code>a|b</code> y c</td><td></td>")),
        ("| a | b |\n|---|---|\n| `a|b` |", &row("<td><code>a|b</code></td><td></td>")),
        ("| a `x", ""),
        ("| a $x", ""),
        ("| a <br>", ""),
        ("| a | b |\n|---|---|\n| 1 | 2 | 3 |\n", &row("<td>1</td><td>2 | 3</td>")),
    ]);
}
