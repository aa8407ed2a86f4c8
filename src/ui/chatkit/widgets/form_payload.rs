//! Merging of form values into action payloads.

use serde_json::{Map, Value};

/// Merges named values into a payload. Dotted names nest: `todo.title` becomes `{"todo": {"title": …}}`. Existing
/// keys of the payload are kept.
///
/// Returns the payload and the names of the values that could not be inserted.
pub(super) fn merge(payload: Value, values: Vec<(String, Value)>) -> (Value, Vec<String>) {
    if values.is_empty() {
        return (payload, Vec::new());
    }
    let mut fields = match payload {
        Value::Null => Map::new(),
        Value::Object(fields) => fields,
        // Only objects can hold names.
        other => return (other, values.into_iter().map(|it| it.0).collect()),
    };
    let said = fields.clone();
    let mut collisions = Vec::new();
    for (name, value) in values {
        if !put(&mut fields, &said, &name, value) {
            collisions.push(name);
        }
    }
    (Value::Object(fields), collisions)
}

/// Inserts a value unless the payload already has one. The last of several fields with the same name wins.
fn put(fields: &mut Map<String, Value>, said: &Map<String, Value>, name: &str, value: Value) -> bool {
    let Some((first, rest)) = name.split_once('.') else {
        if said.contains_key(name) {
            return false;
        }
        fields.insert(name.to_owned(), value);
        return true;
    };
    let empty = Map::new();
    let said = match said.get(first) {
        None => &empty,
        Some(Value::Object(said)) => said,
        Some(_) => return false,
    };
    match fields.entry(first).or_insert_with(|| Value::Object(Map::new())) {
        Value::Object(inner) => put(inner, said, rest, value),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn merged(payload: Value, values: &[(&str, Value)]) -> (Value, Vec<String>) {
        let values = values.iter().map(|it| (it.0.to_owned(), it.1.clone())).collect();
        merge(payload, values)
    }

    #[test]
    fn dotted_names_nest() {
        let values = [("todo.title", json!("Milk")), ("todo.done", json!(false)), ("when", json!("2026-11-25"))];
        let (payload, collisions) = merged(json!({ "id": 7, "todo": { "id": 8 } }), &values);
        let whole = json!({ "id": 7, "todo": { "id": 8, "title": "Milk", "done": false }, "when": "2026-11-25" });
        assert_eq!((payload, collisions), (whole, vec![]));
    }

    #[test]
    fn what_the_payload_says_stays() {
        let said = json!({ "id": 7, "todo": { "title": "Bread" }, "list": [1] });
        let values = [("id", json!("8")), ("todo.title", json!("Milk")), ("list.first", json!(2)), ("new", json!(1))];
        let (payload, collisions) = merged(said, &values);
        assert_eq!(payload, json!({ "id": 7, "todo": { "title": "Bread" }, "list": [1], "new": 1 }));
        assert_eq!(collisions, ["id", "todo.title", "list.first"]);
    }

    #[test]
    fn a_payload_without_room_is_left_alone() {
        assert_eq!(merged(json!([1]), &[("a", json!(1))]), (json!([1]), vec!["a".to_owned()]));
        assert_eq!(merged(json!(null), &[("a", json!(1))]), (json!({ "a": 1 }), vec![]));
        assert_eq!(merge(json!(null), vec![]), (json!(null), vec![]));
    }

    #[test]
    fn names_of_dots_break_nothing() {
        let (payload, _) = merged(json!({}), &[("..", json!(1)), ("a", json!(1)), ("a.b", json!(2))]);
        assert_eq!(payload, json!({ "": { "": { "": 1 } }, "a": 1 }));
    }
}
