//! Errors of widget templates.

use crate::model::chatkit::WidgetKind;

/// Error of a widget template, with file and line.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {what}")]
pub(in crate::server::chat) struct TemplateError {
    file: String,
    what: String,
}

impl TemplateError {
    pub(super) fn file(file: &str, err: &serde_json::Error) -> Self {
        Self::new(file, format!("line {}: {err}", err.line()))
    }

    pub(super) fn version(file: &str, version: &str) -> Self {
        Self::new(file, format!("version `{version}` is not known, only {} is", super::VERSION))
    }

    pub(super) fn template(file: &str, err: &minijinja::Error) -> Self {
        let line = err.line().map_or(String::new(), |it| format!("line {it} of its template: "));
        let detail = err.detail().map_or(String::new(), |it| format!(": {it}"));
        Self::new(file, format!("{line}{}{detail}", err.kind()))
    }

    pub(super) fn output(file: &str, err: &serde_json::Error) -> Self {
        Self::new(file, format!("the output of its template is not JSON in line {}: {err}", err.line()))
    }

    pub(super) fn root(file: &str, kind: Option<&str>) -> Self {
        let found = kind.map_or("has no type".to_owned(), |it| format!("is `{it}`"));
        let [first, second, last] = WidgetKind::ROOTS.map(WidgetKind::as_str);
        Self::new(file, format!("the root {found}, and can be `{first}`, `{second}` or `{last}`"))
    }

    fn new(file: &str, what: String) -> Self {
        Self { file: file.to_owned(), what }
    }
}
