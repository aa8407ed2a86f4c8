//! Private use characters: plain text, except for the citation marks of some models.

use super::{check, check_lines};

#[test]
fn formulas_stand_beside_them() {
    check_lines(&[
        ("\u{e000} $x$", "\u{e000} <math>x</math>"),
        ("\u{f8ff}\\(x\\)", "\u{f8ff}<math>x</math>"),
        ("\u{f0000} $x$ \u{f0001}", "\u{f0000} <math>x</math> \u{f0001}"),
        ("\u{10ffff}$x$\u{10fffd}", "\u{10ffff}<math>x</math>\u{10fffd}"),
        ("`\u{f0000}` $x$", "<code>\u{f0000}</code> <math>x</math>"),
        ("**\u{f0000}** $x$", "<strong>\u{f0000}</strong> <math>x</math>"),
        ("\\\u{f0000} $x$", "\\\u{f0000} <math>x</math>"),
        ("$\u{f0000}$", "<math>\u{f0000}</math>"),
        ("&#xF0000; $x$ &#983041;", "\u{f0000} <math>x</math> \u{f0001}"),
        ("$x$ &#xF0000;b **&#xF0000;**", "<math>x</math> \u{f0000}b <strong>\u{f0000}</strong>"),
        ("[\u{f0000}](https://a.example/) $x$", "<a href=\"https://a.example/\">\u{f0000}</a> <math>x</math>"),
        ("\u{fdd0} $x$ \u{ffff}", "\u{fdd0} <math>x</math> \u{ffff}"),
    ]);
    check(&[(
        "```\n\u{f0000}\n```\n\n$x$ $y$",
        "<pre><code>\u{f0000}\n</code></pre><p><math>x</math> <math>y</math></p>",
    )]);
}

#[test]
fn citation_marks_are_dropped() {
    check_lines(&[
        ("So it is.\u{e200}cite\u{e202}turn0search1\u{e201} $E=mc^2$", "So it is. <math>E=mc^2</math>"),
        ("a\u{e200}cite\u{e202}x\u{e202}y\u{e201}b\u{e200}cite\u{e202}z\u{e201}c", "abc"),
        ("**a\u{e200}cite\u{e202}x_1_y\u{e201}**", "<strong>a</strong>"),
        ("a\u{e201}b", "ab"),
        ("a\u{e200}b", "ab"),
        ("a \u{e203}b\u{e204}", "a b"),
        ("`\u{e200}x\u{e201}`", "<code>\u{e200}x\u{e201}</code>"),
        ("https://a.example/x\u{e200}cite\u{e201}", "<a href=\"https://a.example/x\">https://a.example/x</a>"),
        ("a\u{e200}x\nb\u{e201}", "ax\nb"),
        ("\u{e1ff}\u{e207}", "\u{e1ff}\u{e207}"),
        ("a\u{e200}cite\u{e202}x\u{e201}\u{e200}cite\u{e202}y\u{e201}.", "a."),
        ("中\u{e200}cite\u{e201}**「a」**\u{e200}cite\u{e201}文", "中<strong>「a」</strong>文"),
        ("[a\u{e200}cite\u{e201}](https://a.example/)", "<a href=\"https://a.example/\">a</a>"),
        ("\u{e200}entity\u{e202}[\"x\",\"P\"]\u{e201}a", "a"),
        ("&#xE200;a", "\u{e200}a"),
    ]);
    check(&[(
        "| a\u{e200}cite|x\u{e201} | b |\n|---|---|",
        "<table><thead><tr><th>a</th><th>b</th></tr></thead><tbody></tbody></table>",
    )]);
}

#[test]
fn labels_of_footnotes_are_as_they_were_written() {
    check(&[
        ("[^$x$]: a", "<footnote $x$><p>a</p></footnote>"),
        ("a[^~b]\n\n[^~b]: c", "<p>a[^~b]</p><footnote ~b><p>c</p></footnote>"),
    ]);
}
