//! Parser for MathML with an allowlist of elements and attributes.

use crate::model::typeset::{MathNode, is_math_attribute, is_math_element, math_style};

/// The maximum nesting: the page that renders the formula has a limited stack.
const MAX_DEPTH: usize = 48;

/// Parses one element. Returns `None` if it contains anything disallowed, or is not MathML.
pub(super) fn read(text: &str) -> Option<MathNode> {
    let mut reader = Reader { rest: text.trim() };
    let node = reader.node(0)?;
    (reader.rest.is_empty() && matches!(&node, MathNode::Element(name, ..) if name == "math")).then_some(node)
}

struct Reader<'a> {
    rest: &'a str,
}

impl<'a> Reader<'a> {
    fn node(&mut self, depth: usize) -> Option<MathNode> {
        if depth > MAX_DEPTH {
            return None;
        }
        if !self.rest.starts_with('<') {
            let text = self.until('<');
            return unescape(text).map(MathNode::Text);
        }
        self.skip("<")?;
        let name = self.name()?.to_owned();
        if !is_math_element(&name) {
            return None;
        }
        let attributes = self.attributes()?;
        if self.skip("/>").is_some() {
            return Some(MathNode::Element(name, attributes, Vec::new()));
        }
        self.skip(">")?;
        let mut children = Vec::new();
        while !self.rest.starts_with("</") {
            children.push(self.node(depth + 1)?);
        }
        self.skip("</")?;
        self.skip(&name)?;
        self.skip(">")?;
        Some(MathNode::Element(name, attributes, children))
    }

    fn attributes(&mut self) -> Option<Vec<(String, String)>> {
        let mut attributes = Vec::new();
        loop {
            self.rest = self.rest.trim_start();
            if self.rest.starts_with(['>', '/']) {
                return Some(attributes);
            }
            let name = self.name()?;
            self.skip("=\"")?;
            let value = unescape(self.until('"'))?;
            self.skip("\"")?;
            match name {
                "style" => attributes.extend(properties(&value)),
                // Classes and ids are dropped; they belong to the page.
                name if is_math_attribute(name) => attributes.push((name.to_owned(), value)),
                _ => {}
            }
        }
    }

    fn name(&mut self) -> Option<&'a str> {
        let end = self.rest.find(|it: char| !it.is_ascii_alphanumeric() && it != '-' && it != ':')?;
        let (name, rest) = self.rest.split_at(end);
        self.rest = rest;
        (!name.is_empty()).then_some(name)
    }

    fn until(&mut self, end: char) -> &'a str {
        let (text, rest) = self.rest.split_at(self.rest.find(end).unwrap_or(self.rest.len()));
        self.rest = rest;
        text
    }

    fn skip(&mut self, text: &str) -> Option<()> {
        self.rest = self.rest.strip_prefix(text)?;
        Some(())
    }
}

/// Returns CSS properties as attributes, since the content security policy forbids `style`.
fn properties(style: &str) -> impl Iterator<Item = (String, String)> {
    style.split(';').filter_map(|it| {
        let (name, value) = it.split_once(':')?;
        let name = format!("style:{}", name.trim());
        math_style(&name)?;
        let is_plain = |it: char| it.is_ascii_alphanumeric() || matches!(it, ' ' | '.' | '%' | '-' | '#');
        let value = value.trim();
        value.chars().all(is_plain).then(|| (name, value.to_owned()))
    })
}

/// Resolves XML entities and numeric references; `None` for any other.
fn unescape(text: &str) -> Option<String> {
    let mut plain = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, after)) = rest.split_once('&') {
        let (name, after) = after.split_once(';')?;
        plain.push_str(before);
        plain.push(match name {
            "amp" => '&',
            "lt" => '<',
            "gt" => '>',
            "quot" => '"',
            "apos" => '\'',
            "nbsp" => '\u{a0}',
            _ => {
                let number = name.strip_prefix('#')?;
                let code = match number.strip_prefix(['x', 'X']) {
                    Some(hex) => u32::from_str_radix(hex, 16).ok()?,
                    None => number.parse().ok()?,
                };
                char::from_u32(code)?
            }
        });
        rest = after;
    }
    plain.push_str(rest);
    Some(plain)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(name: &str, attributes: &[(&str, &str)], children: &[MathNode]) -> MathNode {
        let attributes = attributes.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        MathNode::Element(name.to_owned(), attributes, children.to_vec())
    }

    #[test]
    fn what_is_allowed_is_read() {
        let text = "<math display=\"block\"><mi>&lt;&#x3b1;</mi><mspace width=\"1em\"/><mtd style=\"width: 50%;color:red;text-align: right\" id=\"x\"></mtd></math>";
        let expected = element(
            "math",
            &[("display", "block")],
            &[
                element("mi", &[], &[MathNode::Text("<α".into())]),
                element("mspace", &[("width", "1em")], &[]),
                element("mtd", &[("style:width", "50%"), ("style:text-align", "right")], &[]),
            ],
        );
        assert_eq!(read(text), Some(expected));
    }

    #[test]
    fn what_is_not_allowed_is_refused_or_left_out() {
        for text in [
            "",
            "x",
            "<mi>x</mi>",
            "<math><script>x</script></math>",
            "<math><mtext><a href=\"javascript:x\">x</a></mtext></math>",
            "<math><mi>x</math>",
            "<math></math>x",
            "<math><!-- x --></math>",
            "<math>&evil;</math>",
            "<math a=b></math>",
            &format!("{}{}", "<math>".repeat(100), "</math>".repeat(100)),
        ] {
            assert_eq!(read(text), None, "{text:?}");
        }
        let left = read("<math onclick=\"x\" href=\"x\" style=\"background:url(x);width:url(x)\" class=\"x\"></math>");
        assert_eq!(left, Some(element("math", &[], &[])));
    }
}
