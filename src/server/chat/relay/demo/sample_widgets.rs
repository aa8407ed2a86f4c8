//! The demo's named widgets. Two are templates, the others JSON.

use serde_json::{Value, json};

use crate::server::chat::relay::widget_templates::WidgetTemplate;

/// A widget's name and source.
struct Named(&'static str, Source);

enum Source {
    Json(&'static str),
    /// A template and its variables.
    Template(&'static str, &'static str),
}

macro_rules! json_file {
    ($name:literal) => {
        Named($name, Source::Json(include_str!(concat!("widgets/", $name, ".json"))))
    };
}

macro_rules! template_file {
    ($name:literal) => {
        Named(
            $name,
            Source::Template(
                include_str!(concat!("widgets/", $name, ".widget")),
                include_str!(concat!("widgets/", $name, ".given.json")),
            ),
        )
    };
}

const WIDGETS: [Named; 17] = [
    template_file!("flight"),
    template_file!("todo"),
    json_file!("list"),
    json_file!("people"),
    json_file!("settings"),
    json_file!("trip"),
    json_file!("stay"),
    json_file!("actions"),
    json_file!("buttons"),
    json_file!("charts"),
    json_file!("table"),
    json_file!("article"),
    json_file!("texts"),
    json_file!("boxes"),
    json_file!("schemes"),
    json_file!("collapsed"),
    json_file!("unknown"),
];

/// Returns all names in display order.
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    WIDGETS.iter().map(|it| it.0)
}

/// Returns the widget of a name.
pub(super) fn named(name: &str) -> Option<Value> {
    let Named(name, source) = WIDGETS.iter().find(|it| it.0 == name)?;
    Some(match source {
        Source::Json(text) => parsed(text),
        Source::Template(text, given) => build(name, text, &parsed(given)),
    })
}

/// The flight after its booking.
pub(super) fn booked_flight() -> Value {
    let Some(Named(name, Source::Template(text, given))) = WIDGETS.iter().find(|it| it.0 == "flight") else {
        unreachable!("BUG: the flight is a template")
    };
    let mut given = parsed(given);
    given["booked"] = json!(true);
    build(name, text, &given)
}

/// Returns the widget with `text` in its component `said`. `None` if it has no such component.
pub(super) fn saying(widget: &Value, text: &str) -> Option<Value> {
    let mut widget = widget.clone();
    say(&mut widget, text).then_some(widget)
}

fn say(node: &mut Value, text: &str) -> bool {
    if node["id"] == "said" {
        node["value"] = json!(text);
        return true;
    }
    match node.get_mut("children") {
        Some(Value::Array(children)) => children.iter_mut().any(|it| say(it, text)),
        _ => false,
    }
}

fn parsed(text: &str) -> Value {
    serde_json::from_str(text).expect("BUG: the demo's files are JSON")
}

fn build(name: &str, text: &str, given: &Value) -> Value {
    let built = WidgetTemplate::read(&format!("{name}.widget"), text).and_then(|it| it.build(given));
    built.expect("BUG: the demo's templates are right")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::model::chatkit::WidgetKind;

    #[test]
    fn every_name_has_a_widget() {
        for name in names() {
            let widget = named(name).unwrap();
            let kind = WidgetKind::parse(widget["type"].as_str().unwrap());
            assert!(kind.is_some_and(WidgetKind::is_root), "{name}");
        }
        assert_eq!(named("nothing"), None);
    }

    #[test]
    fn all_components_are_shown() {
        fn collect<'a>(node: &'a Value, kinds: &mut Vec<&'a str>) {
            kinds.extend(node["type"].as_str());
            match &node["children"] {
                Value::Array(children) => children.iter().for_each(|it| collect(it, kinds)),
                child => _ = child.is_object().then(|| collect(child, kinds)),
            }
        }
        let widgets: Vec<_> = names().filter_map(named).collect();
        let mut kinds = Vec::new();
        widgets.iter().for_each(|it| collect(it, &mut kinds));
        let known = WidgetKind::ALL.iter().map(|it| it.as_str());
        for kind in known.chain(["Table.Row", "Table.Cell"]) {
            assert!(kinds.contains(&kind), "{kind}");
        }
    }

    #[test]
    fn what_is_said_stands_in_its_place() {
        let said = saying(&named("settings").unwrap(), "Saved.").unwrap();
        assert!(said.to_string().contains("\"value\":\"Saved.\""));
        assert_eq!(saying(&json!({ "type": "Card" }), "Saved."), None);
        assert!(booked_flight().to_string().contains("Booked"));
    }
}
