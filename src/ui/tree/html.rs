//! Elements as HTML, on the server.

use super::{Element, Node};

/// Elements that hold nothing and have no end tag (HTML, "Void elements").
const VOID: [&str; 13] =
    ["area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "source", "track", "wbr"];

/// Appends an element with all that it holds. Texts and values are escaped.
pub(super) fn write(it: &Element, html: &mut String) {
    html.push('<');
    html.push_str(it.tag);
    for (name, value) in &it.attributes {
        html.push(' ');
        html.push_str(name);
        html.push_str("=\"");
        html_escape::encode_double_quoted_attribute_to_string(value, html);
        html.push('"');
    }
    html.push('>');
    if VOID.contains(&it.tag) {
        return;
    }
    for child in &it.children {
        match child {
            Node::Text(text) => _ = html_escape::encode_text_to_string(text, html),
            Node::Element(child) => write(child, html),
        }
    }
    html.push_str("</");
    html.push_str(it.tag);
    html.push('>');
}

#[cfg(test)]
mod tests {
    use leptos::tachys::view::RenderHtml;

    use super::*;

    #[test]
    fn texts_and_values_never_become_html() {
        let tree = Element::of("a", "x\" onclick=\"y")
            .attribute("href", "/a?b&c")
            .text("<script>")
            .text(" & \"more\"")
            .child(Element::new("br"))
            .text("")
            .property("color", "red");
        assert_eq!(
            tree.to_html(),
            "<a class=\"x&quot; onclick=&quot;y\" href=\"/a?b&amp;c\">&lt;script&gt; &amp; \"more\"<br></a>"
        );
    }
}
