//! Sizes and colours of components as CSS. Browsers ignore invalid values. None can hold a URL: no property with URLs
//! is set, except in `background.rs`, which has a closed grammar.

use serde_json::Value;

use super::{background::with_background, props::Props};
use crate::ui::tree::Element;

/// Sets the common properties of box components.
pub(super) fn with_box(mut it: Element, props: Props<'_>) -> Element {
    for (property, fields) in [
        ("width", ["width", "size"]),
        ("height", ["height", "size"]),
        ("min-width", ["minWidth", "minSize"]),
        ("min-height", ["minHeight", "minSize"]),
        ("max-width", ["maxWidth", "maxSize"]),
        ("max-height", ["maxHeight", "maxSize"]),
    ] {
        if let Some(value) = fields.iter().find_map(|field| length(props.get(field)?)) {
            it = it.property(property, value);
        }
    }
    if let Some(value) = props.get("flex").and_then(plain) {
        it = it.property("flex", value);
    }
    if let Some(value) = props.get("aspectRatio").and_then(plain) {
        it = it.property("aspect-ratio", value);
    }
    it = with_background(it, props);
    if let Some(value) = props.text("radius").and_then(radius) {
        it = it.property("border-radius", value);
    }
    it = sides(
        it,
        props.get("margin"),
        ["margin-block-start", "margin-inline-end", "margin-block-end", "margin-inline-start"],
        space,
    );
    it = with_padding(it, props);
    sides(
        it,
        props.get("border"),
        ["border-block-start", "border-inline-end", "border-block-end", "border-inline-start"],
        border,
    )
}

/// Sets the padding.
pub(super) fn with_padding(it: Element, props: Props<'_>) -> Element {
    let names = ["padding-block-start", "padding-inline-end", "padding-block-end", "padding-inline-start"];
    sides(it, props.get("padding"), names, space)
}

/// Sets the properties of layout components.
pub(super) fn with_layout(mut it: Element, props: Props<'_>) -> Element {
    if let Some(value) = props.get("gap").and_then(space) {
        it = it.property("gap", value);
    }
    for (field, property) in [("align", "align-items"), ("justify", "justify-content"), ("wrap", "flex-wrap")] {
        if let Some(value) = props.text(field) {
            let value = match value {
                "between" | "around" | "evenly" => format!("space-{value}"),
                _ => value.to_owned(),
            };
            it = it.property(property, value);
        }
    }
    it
}

/// Sets one value for all sides, or one per side: `top`, `right`, `bottom`, `left`, `x`, `y`.
fn sides(
    mut it: Element,
    value: Option<&Value>,
    names: [&'static str; 4],
    css: fn(&Value) -> Option<String>,
) -> Element {
    let Some(value) = value else { return it };
    let whole = css(value);
    let part = |side: &str, axis: &str| value.get(side).or_else(|| value.get(axis)).and_then(css);
    let parts = [part("top", "y"), part("right", "x"), part("bottom", "y"), part("left", "x")];
    for (name, part) in names.into_iter().zip(parts) {
        if let Some(css) = whole.clone().or(part) {
            it = it.property(name, css);
        }
    }
    it
}

/// Parses a border: `2` or `{size, color?, style?}`.
fn border(value: &Value) -> Option<String> {
    let (size, colour_of, style) = match value {
        Value::Number(size) => (size.as_f64()?, None, "solid"),
        Value::Object(it) => {
            (it.get("size")?.as_f64()?, it.get("color"), it.get("style").and_then(Value::as_str).unwrap_or("solid"))
        }
        _ => return None,
    };
    let colour = colour_of.and_then(|it| match it.as_str() {
        Some("default" | "subtle") => Some("var(--line)".to_owned()),
        Some("strong") => Some("var(--line-strong)".to_owned()),
        _ => colour(it),
    });
    Some(format!("{size}px {style} {}", colour.as_deref().unwrap_or("var(--line)")))
}

/// Parses a size. Numbers are pixels.
pub(super) fn length(value: &Value) -> Option<String> {
    match value {
        Value::Number(pixels) => Some(format!("{pixels}px")),
        Value::String(css) => Some(css.clone()),
        _ => None,
    }
}

/// Parses a distance. Numbers are steps of four pixels.
pub(super) fn space(value: &Value) -> Option<String> {
    match value {
        Value::Number(steps) => Some(format!("{}rem", steps.as_f64()? / 4.0)),
        Value::String(css) => Some(css.clone()),
        _ => None,
    }
}

fn plain(value: &Value) -> Option<String> {
    match value {
        Value::Number(it) => Some(it.to_string()),
        Value::String(it) => Some(it.clone()),
        _ => None,
    }
}

fn radius(name: &str) -> Option<&'static str> {
    Some(match name {
        "none" => "0",
        "2xs" => "0.125rem",
        "xs" => "0.25rem",
        "sm" => "0.375rem",
        "md" => "0.5rem",
        "lg" => "0.625rem",
        "xl" => "0.75rem",
        "2xl" => "1rem",
        "3xl" => "1.25rem",
        "4xl" => "1.5rem",
        "full" => "999px",
        "100%" => "100%",
        _ => return None,
    })
}

/// Parses a colour: a token, a primitive (`red-100`), a CSS colour, or `{light, dark}`.
pub(super) fn colour(value: &Value) -> Option<String> {
    match value {
        Value::String(name) => Some(named(name)),
        Value::Object(pair) => {
            let of = |scheme: &str| pair.get(scheme).and_then(Value::as_str).map(named);
            match (of("light"), of("dark")) {
                (Some(light), Some(dark)) => Some(format!("light-dark({light}, {dark})")),
                (light, dark) => light.or(dark),
            }
        }
        _ => None,
    }
}

pub(super) fn named(name: &str) -> String {
    let token = match name {
        "prose" | "primary" | "emphasis" => "--ink",
        "secondary" | "tertiary" => "--ink-soft",
        "success" => "--accent",
        "warning" | "caution" => "--warning",
        "danger" => "--danger",
        "info" => "--info",
        "discovery" => "--discovery",
        "surface" => "--raised",
        "surface-secondary" => "--paper",
        "surface-tertiary" => "--sunken",
        "surface-elevated" => "--raised",
        "surface-elevated-secondary" => "--hover",
        "default" | "subtle" => "--line",
        "strong" => "--line-strong",
        _ => return primitive(name).unwrap_or_else(|| name.to_owned()),
    };
    format!("var({token})")
}

/// Parses a palette colour: a hue, and a shade from 0 to 1000. Greys are mirrored in dark mode, hues are not (npm
/// `@openai/apps-sdk-ui` 0.2.2, `variables-primitive.css`).
fn primitive(name: &str) -> Option<String> {
    let (hue, shade) = name.rsplit_once('-')?;
    let shade = f64::from(shade.parse::<u16>().ok().filter(|it| (0..=1000).contains(it))?);
    let lightness = |shade: f64| 0.985 - shade / 1000.0 * 0.78;
    let (chroma, hue) = match hue {
        "gray" | "grey" => {
            let grey = |shade| format!("oklch({:.3} 0 0)", lightness(shade));
            return Some(format!("light-dark({}, {})", grey(shade), grey(1000.0 - shade)));
        }
        "red" => (0.2, 26.0),
        "orange" => (0.17, 50.0),
        "yellow" => (0.16, 90.0),
        "green" => (0.16, 150.0),
        "blue" => (0.19, 255.0),
        "purple" => (0.2, 300.0),
        "pink" => (0.2, 355.0),
        _ => return None,
    };
    // The lightest and darkest shades have a low chroma.
    let chroma = chroma * (shade / 500.0).min((1150.0 - shade) / 650.0).clamp(0.08, 1.0);
    Some(format!("oklch({:.3} {chroma:.3} {hue})", lightness(shade)))
}

#[cfg(test)]
mod tests {
    use leptos::tachys::view::RenderHtml;
    use serde_json::json;

    use super::*;

    #[test]
    fn colours_are_tokens_primitives_css_and_pairs() {
        assert_eq!(colour(&json!("danger")).unwrap(), "var(--danger)");
        assert_eq!(colour(&json!("#123456")).unwrap(), "#123456");
        assert_eq!(colour(&json!("red-500")).unwrap(), "oklch(0.595 0.200 26)");
        assert_eq!(colour(&json!({ "light": "white", "dark": "info" })).unwrap(), "light-dark(white, var(--info))");
        assert_eq!(colour(&json!({ "dark": "black" })).unwrap(), "black");
        assert_eq!((colour(&json!(7)), colour(&json!({}))), (None, None));
    }

    #[test]
    fn greys_are_mirrored_in_dark_and_hues_are_not() {
        let check = |name: &str, css: &str| assert_eq!(colour(&json!(name)).unwrap(), css, "{name}");
        check("gray-0", "light-dark(oklch(0.985 0 0), oklch(0.205 0 0))");
        check("gray-100", "light-dark(oklch(0.907 0 0), oklch(0.283 0 0))");
        check("gray-300", "light-dark(oklch(0.751 0 0), oklch(0.439 0 0))");
        check("grey-500", "light-dark(oklch(0.595 0 0), oklch(0.595 0 0))");
        check("gray-900", "light-dark(oklch(0.283 0 0), oklch(0.907 0 0))");
        check("gray-1000", "light-dark(oklch(0.205 0 0), oklch(0.985 0 0))");
        check("blue-900", "oklch(0.283 0.073 255)");
        check("gray-1001", "gray-1001");
        let pair = colour(&json!({ "light": "white", "dark": "gray-900" })).unwrap();
        assert_eq!(pair, "light-dark(white, light-dark(oklch(0.283 0 0), oklch(0.907 0 0)))");
    }

    #[test]
    fn sides_are_said_at_once_or_one_by_one() {
        let of = |margin: Value| {
            let node = json!({ "margin": margin });
            with_box(Element::new("div"), Props::of(&node).unwrap())
        };
        let expected = |values: [Option<&str>; 4]| {
            let names = ["margin-block-start", "margin-inline-end", "margin-block-end", "margin-inline-start"];
            names.into_iter().zip(values).fold(Element::new("div"), |it, (name, value)| match value {
                Some(value) => it.property(name, value),
                None => it,
            })
        };
        assert_eq!(of(json!(2)), expected([Some("0.5rem"); 4]));
        assert_eq!(of(json!({ "x": "auto", "top": 1 })), expected([Some("0.25rem"), Some("auto"), None, Some("auto")]));
        assert_eq!(of(json!(true)), expected([None; 4]));
    }

    #[test]
    fn styles_are_never_written_as_html() {
        let node = json!({ "width": 10, "background": "red\"><script>" });
        assert_eq!(with_box(Element::new("div"), Props::of(&node).unwrap()).to_html(), "<div></div>");
    }
}
