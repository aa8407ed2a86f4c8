//! Allowed tags become elements, all others stay text.

use super::{check, check_lines};

#[test]
fn tags_of_the_list_are_elements() {
    check_lines(&[
        ("H<sub>2</sub>O", "H<sub>2</sub>O"),
        ("x<sup>2</sup>", "x<sup>2</sup>"),
        ("<kbd>Ctrl</kbd>+<kbd>C</kbd>", "<kbd>Ctrl</kbd>+<kbd>C</kbd>"),
        ("a <mark>b</mark> <u>c</u>", "a <mark>b</mark> <u>c</u>"),
        ("<SUB>a</Sub>", "<sub>a</sub>"),
        ("<mark style=\"color: red\" onclick=alert(1)>a</mark>", "<mark>a</mark>"),
        ("<kbd class='a>b'>x</kbd >", "<kbd>x</kbd>"),
        ("<u><kbd>a</kbd> b</u>", "<u><kbd>a</kbd> b</u>"),
        ("<sup>a<sup>b</sup></sup>", "<sup>a<sup>b</sup></sup>"),
        ("<mark>**a** `b` $c$</mark>", "<mark><strong>a</strong> <code>b</code> <math>c</math></mark>"),
        ("**<u>a</u>**", "<strong><u>a</u></strong>"),
        ("<u>https://a.example/x</u>", "<u><a href=\"https://a.example/x\">https://a.example/x</a></u>"),
        ("[a<sup>2</sup>](https://a.example/)", "<a href=\"https://a.example/\">a<sup>2</sup></a>"),
        ("<u>[a](https://a.example/)</u>", "<u><a href=\"https://a.example/\">a</a></u>"),
        ("中<u>**「a」**</u>文", "中<u><strong>「a」</strong></u>文"),
        ("<u>a\nb</u>", "<u>a\nb</u>"),
        ("a<sub/>b<u />c", "abc"),
        ("<sub\n>a</sub\t>", "<sub>a</sub>"),
        ("<sub/onclick=alert(1)>a</sub>", "<sub>a</sub>"),
        ("<mark style='background:url(javascript:alert(1))'>a</mark>", "<mark>a</mark>"),
        ("<u><script>alert(1)</script></u>", "<u>&lt;script&gt;alert(1)&lt;/script&gt;</u>"),
        ("<kbd>`a`</kbd> `<kbd>`b</kbd>", "<kbd><code>a</code></kbd> <code>&lt;kbd&gt;</code>b&lt;/kbd&gt;"),
        ("<u>- a</u>", "<u>- a</u>"),
        ("<sup>[1](https://a.example/)</sup>", "<sup><a href=\"https://a.example/\">1</a></sup>"),
        ("snake_<u>a</u>_case _<u>b</u>_", "snake_<u>a</u>_case <em><u>b</u></em>"),
        ("中<u>「a」</u>**「b」**文", "中<u>「a」</u><strong>「b」</strong>文"),
        ("<u>&lt;b&gt;</u>", "<u>&lt;b&gt;</u>"),
        ("![<u>a</u>](https://a.example/x)", "<img src=\"https://a.example/x\" alt=\"a\" />"),
    ]);
}

#[test]
fn lines_are_broken() {
    check_lines(&[
        ("a<br>b", "a<br />\nb"),
        ("a<br/>b<BR />c</br>d", "a<br />\nb<br />\nc<br />\nd"),
        ("a<br clear=\"all\">b", "a<br />\nb"),
        ("a<br>\nb", "a<br />\nb"),
        ("a\n<br>\nb", "a<br />\nb"),
        ("<br>a", "<br />\na"),
        ("**a<br>b**", "<strong>a<br />\nb</strong>"),
        ("[a<br>b](https://a.example/)", "<a href=\"https://a.example/\">a<br />\nb</a>"),
        ("https://a.example/x<br>b", "<a href=\"https://a.example/x\">https://a.example/x</a><br />\nb"),
        ("a<br><br>b", "a<br />\n<br />\nb"),
    ]);
    check(&[
        ("- a<br>b\n- c", "<ul><li>a<br />\nb</li><li>c</li></ul>"),
        ("# a<br>b", "<h1>a<br />\nb</h1>"),
        (
            "| Mon | Swim<br>Read<br/>Sleep |\n|---|---|\n| H<sub>2</sub>O | <kbd>a</kbd><!-- x --> |",
            "<table><thead><tr><th>Mon</th><th>Swim<br />\nRead<br />\nSleep</th></tr></thead><tbody><tr>\
             <td>H<sub>2</sub>O</td><td><kbd>a</kbd></td></tr></tbody></table>",
        ),
        ("<br>\n**a**", "<p><br />\n<strong>a</strong></p>"),
        ("<kbd>\n\na", "<p>&lt;kbd&gt;</p><p>a</p>"),
    ]);
}

#[test]
fn comments_are_dropped() {
    check(&[
        ("a <!-- b --> c", "<p>a  c</p>"),
        ("<!-- a -->", ""),
        ("<!-- a\n\nb -->\n\nc", "<p>c</p>"),
        ("<!-- a -->\n# b", "<h1>b</h1>"),
        ("<!-- a -->\n---\n", "<hr />"),
        ("a\n<!-- b -->\nc", "<p>a\nc</p>"),
        ("<!-- a -->\nb", "<p>b</p>"),
        ("- a <!-- b\nc -->\n- <!-- d -->e", "<ul><li>a </li><li>e</li></ul>"),
        ("a<!---->b<!-->c", "<p>abc</p>"),
        ("a <!-- **b** `c` -->d", "<p>a d</p>"),
        ("> <!-- a -->\n> b", "<blockquote><p>b</p></blockquote>"),
        ("`<!-- a -->`", "<p><code>&lt;!-- a --&gt;</code></p>"),
        ("```html\n<!-- a -->\n```", "<pre><code class=\"language-html\">&lt;!-- a --&gt;\n</code></pre>"),
        ("    <!-- a -->", "<pre><code>&lt;!-- a --&gt;</code></pre>"),
        ("a <!-- b", "<p>a &lt;!-- b</p>"),
        ("<!-- a --> <!-- b -->\n\nc", "<p>c</p>"),
        ("- <!-- a --> <!-- b -->\n- c", "<ul><li></li><li>c</li></ul>"),
        ("a <!-- b\n- c --> d", "<p>a &lt;!-- b</p><ul><li>c --&gt; d</li></ul>"),
        ("a <!-- b\n# c --> d", "<p>a &lt;!-- b</p><h1>c --&gt; d</h1>"),
        ("<!--\n# a\n- b\n```\n-->\n\nc", "<p>c</p>"),
        ("- a\n  <!-- b\n\n  c -->\n- d", "<ul><li>a\n</li><li>d</li></ul>"),
        ("**a <!-- ** -->b**", "<p><strong>a b</strong></p>"),
        ("[a <!-- ] -->](https://a.example/)", "<p><a href=\"https://a.example/\">a </a></p>"),
        ("<!-- ` $ [ -->`a` $x$", "<p><code>a</code> <math>x</math></p>"),
        ("a <!--- b --- c --->d", "<p>a d</p>"),
        ("<!-- <script>alert(1)</script> -->a", "<p>a</p>"),
        ("<!--><img src=x>-->", "<p>&lt;img src=x&gt;--&gt;</p>"),
    ]);
}

#[test]
fn tags_without_a_partner_and_all_others_stay_text() {
    check_lines(&[
        ("the <kbd> tag", "the &lt;kbd&gt; tag"),
        ("a</sub>b", "a&lt;/sub&gt;b"),
        ("<sub>a</sup>", "&lt;sub&gt;a&lt;/sup&gt;"),
        ("<u>a<sub>b</u>c</sub>", "<u>a&lt;sub&gt;b</u>c&lt;/sub&gt;"),
        ("**<u>a**</u>", "<strong>&lt;u&gt;a</strong>&lt;/u&gt;"),
        ("<u>**a</u>**", "&lt;u&gt;<strong>a&lt;/u&gt;</strong>"),
        ("<b>a</b> <i>b</i>", "&lt;b&gt;a&lt;/b&gt; &lt;i&gt;b&lt;/i&gt;"),
        ("<img src=x onerror=alert(1)>", "&lt;img src=x onerror=alert(1)&gt;"),
        ("<subscript>a</subscript>", "&lt;subscript&gt;a&lt;/subscript&gt;"),
        ("a < sub > b", "a &lt; sub &gt; b"),
        ("`<sub>a</sub><br>`", "<code>&lt;sub&gt;a&lt;/sub&gt;&lt;br&gt;</code>"),
        ("\\<br>", "&lt;br&gt;"),
        ("&lt;br&gt;", "&lt;br&gt;"),
    ]);
    check(&[
        (
            "<details>\n<summary>a</summary>\n\n**b**\n\n</details>",
            "<p>&lt;details&gt;\n&lt;summary&gt;a&lt;/summary&gt;</p><p><strong>b</strong></p><p>&lt;/details&gt;</p>",
        ),
        ("<script>\nalert(1)<br>\n</script>", "<p>&lt;script&gt;\nalert(1)&lt;br&gt;\n&lt;/script&gt;</p>"),
        ("[a](https://a.example/<br>)", "<p><a href=\"https://a.example/%3Cbr%3E\">a</a></p>"),
        ("```\n<br><sub>a</sub>\n```", "<pre><code>&lt;br&gt;&lt;sub&gt;a&lt;/sub&gt;\n</code></pre>"),
    ]);
}
