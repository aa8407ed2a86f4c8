//! Fenced Markdown documents that contain fences.

use super::check;

#[test]
fn a_listing_of_markdown_holds_fenced_code() {
    let listing = |language: &str, text: &str| format!("<pre><code class=\"language-{language}\">{text}</code></pre>");
    for (language, text, after) in [
        ("markdown", "# T\n\n```sh\nls\n```\n\nMore\n", "After"),
        ("md", "```rust\na\n```\n", ""),
        ("Markdown", "```a\n```\n\n```b\n```\n", "After"),
        ("markdown", "~~~\n# a\n~~~\n```js\nb\n```\n", "After"),
        ("mdx", "````js\nb\n````\n", "After"),
        ("markdown", "$x$ **「y」** `z`\n```tex\n$x$\n```\n", "After"),
        ("markdown", "1. a\n   ```sh\n   b\n   ```\n", "After"),
        ("markdown", "```md\n```sh\na\n```\n```\n", "After"),
        ("markdown", "| a |\n|---|\n\n```c\na || b\n```\n", "After"),
        ("markdown", "<!-- a -->\n```html\n<!-- b -->\n```\n", "After"),
    ] {
        let source = format!("```{language}\n{text}```\n{after}\n");
        let after = if after.is_empty() { String::new() } else { format!("<p>{after}</p>") };
        let text = text.replace('<', "&lt;").replace('>', "&gt;");
        check(&[(&source, &format!("{}{after}", listing(language, &text)))]);
    }
}

#[test]
fn what_is_not_told_apart_plainly_is_read_by_the_specification() {
    check(&[
        (
            "```markdown\n# T\n```\ntext\n\n```sh\nls\n```\n",
            "<pre><code class=\"language-markdown\"># T\n</code></pre><p>text</p><pre><code class=\"language-sh\">ls\n</code></pre>",
        ),
        (
            "```markdown\n```sh\nls\n```\ntext\n",
            "<pre><code class=\"language-markdown\">```sh\nls\n</code></pre><p>text</p>",
        ),
        ("````markdown\n```\na\n```\n````\n", "<pre><code class=\"language-markdown\">```\na\n```\n</code></pre>"),
        ("```text\n```sh\nls\n```\ntext\n", "<pre><code class=\"language-text\">```sh\nls\n</code></pre><p>text</p>"),
    ]);
}
