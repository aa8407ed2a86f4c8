//! Unmatched backticks: code never spans blocks, and never hides formulas outside it.

use super::check;

#[test]
fn code_ends_with_its_block() {
    let x = "<math>x</math>";
    check(&[
        ("- a ` $x$\n- b ` c", &format!("<ul><li>a ` {x}</li><li>b ` c</li></ul>")),
        ("1. a ` $x$\n2. b ` c", &format!("<ol><li>a ` {x}</li><li>b ` c</li></ol>")),
        ("- a ` $x$\n  - b ` c", &format!("<ul><li>a ` {x}<ul><li>b ` c</li></ul></li></ul>")),
        ("> - a ` $x$\n> - b ` c", &format!("<blockquote><ul><li>a ` {x}</li><li>b ` c</li></ul></blockquote>")),
        ("# a ` $x$\nb ` c", &format!("<h1>a ` {x}</h1><p>b ` c</p>")),
        ("a ` $x$\n# b ` c", &format!("<p>a ` {x}</p><h1>b ` c</h1>")),
        ("a ` $x$\n---\nb ` c", &format!("<h2>a ` {x}</h2><p>b ` c</p>")),
        ("a ` $x$\n\nb ` c", &format!("<p>a ` {x}</p><p>b ` c</p>")),
        (
            "Use ` so\n```\na `b`\n```\nand $x$",
            &format!("<p>Use ` so</p><pre><code>a `b`\n</code></pre><p>and {x}</p>"),
        ),
        ("a ``` b\n```\n$y$\n```\n$x$", &format!("<p>a ``` b</p><pre><code>$y$\n</code></pre><p>{x}</p>")),
        ("a ` **「b」**c\n* d `", "<p>a ` <strong>「b」</strong>c</p><ul><li>d `</li></ul>"),
        ("`a\nb $y$` $x$", &format!("<p><code>a b $y$</code> {x}</p>")),
        ("`a\n#b $y$` $x$", &format!("<p><code>a #b $y$</code> {x}</p>")),
        ("- `a\n  b $y$` $x$", &format!("<ul><li><code>a b $y$</code> {x}</li></ul>")),
    ]);
}
