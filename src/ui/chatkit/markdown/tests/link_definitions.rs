//! Link definitions below announcing words are rendered as a list of links.

use super::check;

const ONE: &str = "<a href=\"https://a.example/\">https://a.example/</a>";

#[test]
fn sources_are_listed() {
    let counted = format!("<ul><li>[1] {ONE}</li></ul>");
    let plain = |words: &str| format!("<p>{words}</p>{counted}");
    check(&[
        ("Sources:\n\n[1]: https://a.example/", &plain("Sources:")),
        ("**Sources**\n\n[1]: https://a.example/", &plain("<strong>Sources</strong>")),
        ("Quellen und Belege:\n\n[1]: <https://a.example/>", &plain("Quellen und Belege:")),
        ("参考资料：\n\n[1]: https://a.example/", &plain("参考资料：")),
        ("References\n\n[1]: https://a.example/", &plain("References")),
        ("### References\n[1]: https://a.example/", &format!("<h3>References</h3>{counted}")),
        ("---\n\n[1]: https://a.example/", &format!("<hr />{counted}")),
        (
            "Sources:\n\n[1]: https://a.example/ \"The *first*\"\n[2]: https://b.example/\n\nEnd.",
            "<p>Sources:</p><ul><li>[1] <a href=\"https://a.example/\">The *first*</a></li>\
             <li>[2] <a href=\"https://b.example/\">https://b.example/</a></li></ul><p>End.</p>",
        ),
        (
            "Sources:\n\n[3]: https://a.example/\n\n[4]: https://a.example/",
            &format!("<p>Sources:</p><ul><li>[3] {ONE}</li><li>[4] {ONE}</li></ul>"),
        ),
        (
            "Sources:\n\n[book]: https://a.example/\n[1]: https://a.example/",
            &format!("<p>Sources:</p><ul><li>[book] {ONE}</li><li>[1] {ONE}</li></ul>"),
        ),
        (
            "As [1] says.\n\nSources:\n\n[1]: https://a.example/",
            &format!("<p>As <a href=\"https://a.example/\">1</a> says.</p><p>Sources:</p>{counted}"),
        ),
        ("Sources:\n\n[1]: javascript:alert(1)", "<p>Sources:</p><ul><li>[1] javascript:alert(1)</li></ul>"),
        ("Sources:\n[1]: https://a.example/", &format!("<p>Sources:\n[1]: {ONE}</p>")),
    ]);
}

#[test]
fn other_definitions_are_not_shown() {
    check(&[
        ("As [1] says.\n\n[1]: https://a.example/", "<p>As <a href=\"https://a.example/\">1</a> says.</p>"),
        ("[1]: https://a.example/\n\nAs [1] says.", "<p>As <a href=\"https://a.example/\">1</a> says.</p>"),
        ("[a]\n\n[a]: https://a.example/", "<p><a href=\"https://a.example/\">a</a></p>"),
    ]);
}

#[test]
fn definitions_that_are_content_are_shown() {
    let counted = format!("<ul><li>[1] {ONE}</li></ul>");
    let plain = |words: &str| format!("<p>{words}</p>{counted}");
    check(&[
        ("Sources:\n\n- [1]: https://a.example/", &plain("Sources:")),
        (
            "Sources:\n\n1. [1]: https://a.example/\n2. [b]: <https://b.example/> \"B\"",
            &format!("<p>Sources:</p><ol><li>[1] {ONE}</li><li>[b] <a href=\"https://b.example/\">B</a></li></ol>"),
        ),
        (
            "As [1] says.\n\n* [1]: https://a.example/",
            &format!("<p>As <a href=\"https://a.example/\">1</a> says.</p>{counted}"),
        ),
        ("> Sources:\n>\n> [1]: https://a.example/", &format!("<blockquote><p>Sources:</p></blockquote>{counted}")),
        ("📚 **Sources**\n\n[1]: https://a.example/", &plain("📚 <strong>Sources</strong>")),
        ("Further reading\n\n[1]: https://a.example/", &plain("Further reading")),
        ("Said (1).\n\n[1]: https://a.example/", &plain("Said (1).")),
        ("[1]: https://a.example/", &counted),
        ("- a\n\n[1]: https://a.example/", &format!("<ul><li>a</li></ul>{counted}")),
        (
            "Sources:\n\n[1]: www.a.example",
            "<p>Sources:</p><ul><li>[1] <a href=\"http://www.a.example/\">www.a.example</a></li></ul>",
        ),
        ("a\n\n[//]: # (a comment)", "<p>a</p>"),
        ("A text.\n\n[x]: /relative", "<p>A text.</p>"),
        (
            "A text.\n\n[1]: https://a.example/\n[//]: # (b)\n\n[1]",
            "<p>A text.</p><p><a href=\"https://a.example/\">1</a></p>",
        ),
    ]);
}
