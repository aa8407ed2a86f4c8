//! Backgrounds: colours, and gradients of a closed grammar.

use serde_json::Value;

use super::{
    props::Props,
    style::{colour, named},
};
use crate::ui::tree::Element;

/// CSS functions allowed in a gradient. None of them loads a resource.
const FUNCTIONS: [&str; 19] = [
    "linear-gradient",
    "radial-gradient",
    "conic-gradient",
    "repeating-linear-gradient",
    "repeating-radial-gradient",
    "repeating-conic-gradient",
    "rgb",
    "rgba",
    "hsl",
    "hsla",
    "hwb",
    "lab",
    "lch",
    "oklab",
    "oklch",
    "color",
    "color-mix",
    "light-dark",
    "calc",
];

/// Sets the component's background, if it has one.
pub(super) fn with_background(it: Element, props: Props<'_>) -> Element {
    let Some(value) = props.get("background") else { return it };
    match gradients(value) {
        Some(css) => it.property("background", css),
        None => match colour(value) {
            Some(css) => it.property("background-color", css),
            None => it,
        },
    }
}

/// Parses a gradient, or a pair with at least one gradient. `light-dark()` accepts colours only, so `--if-dark` and
/// `--if-light` of `tokens.css` choose between gradients.
fn gradients(value: &Value) -> Option<String> {
    let Value::Object(pair) = value else { return gradient(value.as_str()?) };
    let of = |scheme: &str| pair.get(scheme).and_then(Value::as_str);
    match (of("light"), of("dark")) {
        (Some(light), Some(dark)) => {
            let [light_gradient, dark_gradient] = [light, dark].map(gradient);
            if light_gradient.is_none() && dark_gradient.is_none() {
                return None;
            }
            let layer = |css: &str| sanitized(css).unwrap_or_else(|| "none".to_owned());
            Some(format!("var(--if-light, {}) var(--if-dark, {})", layer(light), layer(dark)))
        }
        (light, dark) => gradient(light.or(dark)?),
    }
}

/// Parses a `background` value that contains a gradient.
fn gradient(css: &str) -> Option<String> {
    sanitized(css).filter(|it| it.contains("-gradient("))
}

/// Copies a CSS value word by word and resolves colour tokens. Returns `None` for any function or character that is
/// not listed, which excludes strings, escapes, `url()`, `image-set()` and `var()`.
fn sanitized(css: &str) -> Option<String> {
    let css = css.to_ascii_lowercase();
    let (mut clean, mut depth, mut rest) = (String::new(), 0_usize, css.as_str());
    while let Some(first) = rest.chars().next() {
        let is_word = |it: char| it.is_ascii_alphanumeric() || matches!(it, '-' | '#' | '.' | '%' | '+');
        let (word, after) = rest.split_at(rest.find(|it| !is_word(it)).unwrap_or(rest.len()));
        if !word.is_empty() {
            if !after.starts_with('(') {
                clean.push_str(&named(word));
            } else if FUNCTIONS.contains(&word) {
                clean.push_str(word);
            } else {
                return None;
            }
            rest = after;
            continue;
        }
        match first {
            // A space before the bracket would hide the function's name from the check above, as in `url (x)`.
            '(' if clean.ends_with([' ', '\n', '\t']) => return None,
            '(' => depth += 1,
            ')' => depth = depth.checked_sub(1)?,
            ',' | '/' | '*' | ' ' | '\n' | '\t' => {}
            _ => return None,
        }
        clean.push(first);
        rest = &rest[1..];
    }
    // Comments would hide the text after them.
    (depth == 0 && !clean.contains("/*")).then_some(clean)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn gradients_are_taken_as_they_are_written() {
        for css in [
            "linear-gradient(135deg, #fff6d9 0%, #ceb0fb 100%)",
            "radial-gradient(circle at top left, red, transparent 70%)",
            "conic-gradient(from 45deg, hsl(120 50% 50% / 0.5), rgba(0, 0, 0, .1))",
            "repeating-linear-gradient(-45deg, red 0 5px, blue 5px 10px)",
            "linear-gradient(in oklch longer hue, red, color-mix(in srgb, red 20%, blue)), #fff",
            "linear-gradient(to right, light-dark(red, blue), calc(1px * 2) 3px)",
        ] {
            assert_eq!(gradient(css).unwrap(), css.to_ascii_lowercase(), "{css}");
        }
        assert_eq!(gradient("LINEAR-GRADIENT(Red, BLUE)").unwrap(), "linear-gradient(red, blue)");
        let tokens = gradient("linear-gradient(danger, red-500)").unwrap();
        assert_eq!(tokens, "linear-gradient(var(--danger), oklch(0.595 0.200 26))");
    }

    #[test]
    fn what_could_load_something_or_leave_the_value_is_no_gradient() {
        for css in [
            "",
            "red",
            "url(https://example.com/x)",
            "linear-gradient(red, blue), url(https://example.com/x)",
            "linear-gradient(red, blue), URL(//example.com)",
            "linear-gradient(red, blue), u\\72l(x)",
            "linear-gradient(red, blue), url (x)",
            "linear-gradient(red, blue), image-set(\"x\" 1x)",
            "linear-gradient(red, blue), -webkit-image-set(\"x\" 1x)",
            "linear-gradient(red, blue), image(red)",
            "linear-gradient(red, blue), cross-fade(red, blue)",
            "linear-gradient(red, blue), element(#a)",
            "linear-gradient(red, blue), paint(a)",
            "linear-gradient(red, var(--a))",
            "linear-gradient(red, attr(a))",
            "linear-gradient(red, blue); color: red",
            "linear-gradient(red, blue) !important",
            "linear-gradient(red, blue) /* a */",
            "linear-gradient(red, 'a')",
            "linear-gradient(red, blue",
            "linear-gradient(red, blue))",
            "linear-gradient(rot, bläu)",
        ] {
            assert_eq!(gradient(css), None, "{css}");
        }
    }

    #[test]
    fn a_pair_of_gradients_is_chosen_from_by_the_scheme() {
        let css = |light: &str, dark: &str| gradients(&json!({ "light": light, "dark": dark }));
        let (a, b) = ("linear-gradient(red, blue)", "linear-gradient(black, blue)");
        assert_eq!(css(a, b).unwrap(), format!("var(--if-light, {a}) var(--if-dark, {b})"));
        assert_eq!(css(a, "black").unwrap(), format!("var(--if-light, {a}) var(--if-dark, black)"));
        assert_eq!(css(a, "url(x)").unwrap(), format!("var(--if-light, {a}) var(--if-dark, none)"));
        assert_eq!(css("white", "black"), None);
        assert_eq!(gradients(&json!({ "dark": a })).unwrap(), a);
        assert_eq!((gradients(&json!(7)), gradients(&json!({}))), (None, None));
    }

    #[test]
    fn a_component_has_a_gradient_or_a_colour() {
        let of = |background: Value| {
            let node = json!({ "background": background });
            with_background(Element::new("div"), Props::of(&node).unwrap())
        };
        let (gradient, div) = ("linear-gradient(red, blue)", || Element::new("div"));
        assert_eq!(of(json!(gradient)), div().property("background", gradient));
        assert_eq!(of(json!("danger")), div().property("background-color", "var(--danger)"));
        assert_eq!(of(json!(1)), div());
    }
}
