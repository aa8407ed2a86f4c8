//! Rendering of sources.

use leptos::prelude::*;

use super::address;
use crate::{
    model::chatkit::Source,
    ui::chatkit::{ChatKitControl, Entity, entity::EntityButton},
};

/// Displayed fields of a source.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct SourceLine {
    title: String,
    /// Entity passed to the page on a click.
    entity: Option<Entity>,
    /// Address of the source.
    href: Option<String>,
    /// Publisher or kind of the source.
    note: Option<String>,
}

impl SourceLine {
    /// Returns the displayed title.
    pub(super) fn title(&self) -> &str {
        &self.title
    }

    pub(super) fn of(source: &Source) -> Option<Self> {
        let or = |title: &str, other: &str| if title.trim().is_empty() { other.to_owned() } else { title.to_owned() };
        Some(match source {
            Source::Url(it) => Self {
                title: or(&it.title, &it.url),
                href: address::link(&it.url),
                note: it.attribution.clone(),
                entity: None,
            },
            Source::File(it) => {
                let note = (it.title != it.filename && !it.title.trim().is_empty()).then(|| it.title.clone());
                Self { title: or(&it.filename, &it.title), href: None, note, entity: None }
            }
            Source::Entity(it) => {
                let entity = it.interactive.then(|| Entity::of_source(it));
                Self { title: or(&it.title, &it.id), href: None, note: it.label.clone(), entity }
            }
            Source::Unknown(_) => return None,
        })
    }
}

/// Returns the unique sources in the order of their first occurrence.
pub(super) fn lines<'a>(sources: impl Iterator<Item = &'a Source>) -> Vec<SourceLine> {
    let mut lines = Vec::new();
    for line in sources.filter_map(SourceLine::of) {
        if !lines.contains(&line) {
            lines.push(line);
        }
    }
    lines
}

pub(super) fn view_source(line: SourceLine) -> AnyView {
    view! { <li>{view_line(line)}</li> }.into_any()
}

/// Renders the content of a line.
pub(super) fn view_line(line: SourceLine) -> AnyView {
    let SourceLine { title, href, note, entity } = line;
    let title = match (href, entity.zip(use_context::<ChatKitControl>())) {
        (_, Some((entity, control))) => view! { <EntityButton control entity text=title /> }.into_any(),
        (Some(href), None) => {
            view! { <a class="link" href=href target="_blank" rel="noopener noreferrer nofollow" dir="auto">{title}</a> }.into_any()
        }
        (None, None) => view! { <span dir="auto">{title}</span> }.into_any(),
    };
    view! {
        {title}
        {note.filter(|it| !it.is_empty()).map(|it| view! { <span class="sources__note" dir="auto">{it}</span> })}
    }
    .into_any()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn sources_are_named_once_and_lead_to_pages_alone() {
        let sources: Vec<Source> = serde_json::from_value(json!([
            { "type": "url", "title": "A", "url": "https://a.example" },
            { "type": "url", "title": "A", "url": "https://a.example" },
            { "type": "url", "title": "", "url": "javascript:alert(1)" },
            { "type": "file", "title": "Report", "filename": "report.pdf" },
            { "type": "entity", "title": "Ada", "id": "1" },
            { "type": "song" },
        ]))
        .unwrap();
        let line = |title: &str, href: Option<&str>, note: Option<&str>| SourceLine {
            title: title.to_owned(),
            href: href.map(str::to_owned),
            note: note.map(str::to_owned),
            entity: None,
        };
        assert_eq!(
            lines(sources.iter()),
            [
                line("A", Some("https://a.example/"), None),
                line("javascript:alert(1)", None, None),
                line("report.pdf", None, Some("Report")),
                line("Ada", None, None),
            ]
        );
    }
}
