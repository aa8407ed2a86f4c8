//! Templates of widgets: `.widget` files, as <https://widgets.chatkit.studio> makes them (chatkit-protocol §3).
//!
//! Not here: what a widget looks like, which is the client's, and when one is sent, which is the relay's.

mod error;

pub(super) use error::TemplateError;

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value as Given,
    value::{Rest, Serde},
};
use serde::Deserialize;
use serde_json::Value;

use crate::model::chatkit::WidgetKind;

/// The only version of the format that there is.
const VERSION: &str = "1.0";

/// A widget of which something is left open.
#[derive(Debug)]
pub(super) struct WidgetTemplate {
    file: String,
    /// Holds the template, under the name of its file.
    environment: Environment<'static>,
}

/// What a file holds; what only the editor needs (`jsonSchema`, `outputJsonPreview`, `encodedWidget`) is passed over.
#[derive(Deserialize)]
struct File {
    version: String,
    template: String,
}

impl WidgetTemplate {
    /// Reads a file; `name` is what errors call it.
    ///
    /// # Errors
    /// [`TemplateError`] with the line, for what is no JSON, has another version, or is no template.
    pub(super) fn read(name: &str, text: &str) -> Result<Self, TemplateError> {
        let file: File = serde_json::from_str(text).map_err(|err| TemplateError::file(name, &err))?;
        if file.version != VERSION {
            return Err(TemplateError::version(name, &file.version));
        }
        let mut environment = Environment::new();
        // As Jinja does it there: names that are not given are errors, and nothing is escaped but by `tojson`.
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.add_filter("tojson", to_json);
        let added = environment.add_template_owned(name.to_owned(), file.template);
        added.map_err(|err| TemplateError::template(name, &err))?;
        Ok(Self { file: name.to_owned(), environment })
    }

    /// Makes the widget: `given` is an object with what the template names.
    ///
    /// # Errors
    /// [`TemplateError`] with the line of the template, or of what it makes when that is no widget.
    pub(super) fn build(&self, given: &Value) -> Result<Value, TemplateError> {
        let template = self.environment.get_template(&self.file);
        let text =
            template.and_then(|it| it.render(Serde(given))).map_err(|err| TemplateError::template(&self.file, &err))?;
        let widget: Value = serde_json::from_str(&text).map_err(|err| TemplateError::output(&self.file, &err))?;
        let kind = widget["type"].as_str();
        match kind.and_then(WidgetKind::parse) {
            Some(root) if root.is_root() => Ok(widget),
            _ => Err(TemplateError::root(&self.file, kind)),
        }
    }
}

/// Jinja's filter. The one that minijinja brings along makes `null` of a name that was not given. What HTML would take
/// for markup is escaped as Jinja escapes it; JSON reads it all the same. How it is indented does not matter.
fn to_json(value: Given, _indent: Rest<Given>) -> Result<String, Error> {
    if value.is_undefined() {
        return Err(Error::from(ErrorKind::UndefinedError));
    }
    let json = serde_json::to_string(&value)
        .map_err(|err| Error::new(ErrorKind::BadSerialization, "this cannot be written as JSON").with_source(err))?;
    let escapes = [("<", "\\u003c"), (">", "\\u003e"), ("&", "\\u0026"), ("'", "\\u0027")];
    Ok(escapes.iter().fold(json, |json, (from, to)| json.replace(from, to)))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn built(template: &str, given: Value) -> Result<Value, String> {
        let file = json!({ "version": "1.0", "name": "Test", "template": template }).to_string();
        let template = WidgetTemplate::read("test.widget", &file).map_err(|err| err.to_string())?;
        template.build(&given).map_err(|err| err.to_string())
    }

    #[test]
    fn a_template_is_rendered_as_jinja_does() {
        let template = concat!(
            "{% set name = user.name %}{\"type\": \"Card\", \"children\": [",
            "{% for it in items[:2] %}{\"type\": \"Text\", \"value\": {{ (name ~ it) | tojson }}}",
            "{% if not loop.last %},{% endif %}{% endfor %}], \"size\": {{ size | default(\"md\") | tojson }}}",
        );
        let given = json!({ "user": { "name": "A \"quoted\" <name>\n" }, "items": ["é", "2", "3"] });
        let text = |last: &str| json!({ "type": "Text", "value": format!("A \"quoted\" <name>\n{last}") });
        assert_eq!(
            built(template, given).unwrap(),
            json!({ "type": "Card", "children": [text("é"), text("2")], "size": "md" })
        );
    }

    #[test]
    fn faults_have_a_file_and_a_line() {
        for (template, expected) in [
            (
                "{\"type\": \"Card\",\n\n \"x\": {{ nobody | tojson }}}",
                "test.widget: line 3 of its template: undefined",
            ),
            ("{\n{% for %}", "test.widget: line 2 of its template: syntax error"),
            (
                "{\"type\": \"Card\",\n \"x\": }",
                "test.widget: what its template makes is no JSON in line 2: expected value",
            ),
            ("{\"type\": \"Text\"}", "test.widget: the root is `Text`, and can be `Card`, `ListView` or `Basic`"),
            ("[]", "test.widget: the root has no type, and can be `Card`, `ListView` or `Basic`"),
        ] {
            let said = built(template, json!({})).unwrap_err();
            assert!(said.starts_with(expected), "{said}");
        }
        for (file, expected) in [
            ("{\n\"version\": 1}", "odd.widget: line 2: invalid type"),
            ("{\"version\": \"1.0\"}", "odd.widget: line 1: missing field `template`"),
            ("{\"version\": \"2.0\", \"template\": \"\"}", "odd.widget: version `2.0` is not known, only 1.0 is"),
        ] {
            let said = WidgetTemplate::read("odd.widget", file).unwrap_err().to_string();
            assert!(said.starts_with(expected), "{said}");
        }
    }
}
