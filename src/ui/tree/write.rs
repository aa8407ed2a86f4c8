//! Writes elements as HTML.

use super::{Element, Node};

/// Whether an element holds nothing and has no end tag (HTML, "Void elements").
pub(crate) fn is_void(tag: &str) -> bool {
    const VOID: [&str; 13] =
        ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];
    VOID.contains(&tag)
}

pub(super) fn write(it: &Element, html: &mut String) {
    html.push('<');
    html.push_str(it.tag);
    for (name, value) in &it.attributes {
        html.push(' ');
        html.push_str(name);
        html.push_str("=\"");
        escape(value, html);
        html.push('"');
    }
    html.push('>');
    if is_void(it.tag) {
        return;
    }
    for child in &it.children {
        match child {
            Node::Text(text) => escape(text, html),
            Node::Element(child) => write(child, html),
        }
    }
    html.push_str("</");
    html.push_str(it.tag);
    html.push('>');
}

fn escape(text: &str, html: &mut String) {
    for it in text.chars() {
        match it {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            _ => html.push(it),
        }
    }
}

#[cfg(test)]
mod tests {
    use leptos::tachys::view::RenderHtml;

    use super::*;

    #[test]
    fn nothing_that_is_said_becomes_html() {
        let tree = Element::of("a", "x\" onclick=\"y")
            .attribute("href", "/a?b&c")
            .text("<script>")
            .text(" & \"more\"")
            .child(Element::new("br"))
            .text("")
            .property("color", "red");
        assert_eq!(
            tree.to_html(),
            "<a class=\"x&quot; onclick=&quot;y\" href=\"/a?b&amp;c\">&lt;script&gt; &amp; &quot;more&quot;<br></a>"
        );
    }
}
