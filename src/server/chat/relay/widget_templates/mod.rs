//! Widget templates: `.widget` files in the format of <https://widgets.chatkit.studio> (chatkit-protocol §3).
//!
//! The client renders widgets, and relays decide when to send one; neither belongs here.

mod error;

pub(in crate::server::chat) use error::TemplateError;

use minijinja::{
    AutoEscape, Environment, Error, ErrorKind, UndefinedBehavior, Value as Given,
    value::{Rest, Serde},
};
use serde::Deserialize;
use serde_json::Value;

use crate::model::chatkit::WidgetKind;

/// The only known version of the format.
const VERSION: &str = "1.0";

/// A widget with placeholders.
#[derive(Debug)]
pub(in crate::server::chat) struct WidgetTemplate {
    file: String,
    /// Holds the template under its file name.
    environment: Environment<'static>,
}

/// Content of a file. Fields for the editor only (`jsonSchema`, `outputJsonPreview`, `encodedWidget`) are ignored.
#[derive(Deserialize)]
struct File {
    version: String,
    template: String,
}

impl WidgetTemplate {
    /// Parses a file; errors refer to it as `name`.
    ///
    /// # Errors
    /// [`TemplateError`] with the line, for invalid JSON, an unknown version or an invalid template.
    pub(in crate::server::chat) fn read(name: &str, text: &str) -> Result<Self, TemplateError> {
        let file: File = serde_json::from_str(text).map_err(|err| TemplateError::file(name, &err))?;
        if file.version != VERSION {
            return Err(TemplateError::version(name, &file.version));
        }
        let mut environment = Environment::new();
        // As in the original Jinja environment: undefined names are errors, and only `tojson` escapes.
        environment.set_undefined_behavior(UndefinedBehavior::Strict);
        environment.set_auto_escape_callback(|_| AutoEscape::None);
        environment.add_filter("tojson", to_json);
        let added = environment.add_template_owned(name.to_owned(), file.template);
        added.map_err(|err| TemplateError::template(name, &err))?;
        Ok(Self { file: name.to_owned(), environment })
    }

    /// Renders the widget; `given` is an object with the template's variables.
    ///
    /// # Errors
    /// [`TemplateError`] with the line of the template, or of its output if that is not a widget.
    pub(in crate::server::chat) fn build(&self, given: &Value) -> Result<Value, TemplateError> {
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

/// Jinja's `tojson` filter. minijinja's own renders an undefined name as `null`.
///
/// HTML markup is escaped as in Jinja, which JSON parsers accept. Indentation is irrelevant.
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
                "test.widget: the output of its template is not JSON in line 2: expected value",
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
