//! Example of mentions with `@`: people and places.

use serde_json::json;

use super::event_log::EventLog;
use crate::ui::{
    chatkit::{Ask, Entities, Entity, Handler},
    words::example as words,
};

pub(super) fn entities(log: EventLog) -> Entities {
    Entities {
        on_tag_search: Ask::new(|query: String| async move {
            let query = query.to_lowercase();
            all().into_iter().filter(|it| it.title.to_lowercase().contains(&query)).collect()
        }),
        show_composer_menu: true,
        on_click: Handler::new(move |it: Entity| log.record("entities.on_click", it.id)),
        on_request_preview: Ask::new(|it: Entity| async move {
            let about = it.data.get("about").cloned().unwrap_or_default();
            Some(json!({ "type": "Basic", "children": [
                { "type": "Title", "value": it.title },
                { "type": "Text", "value": about },
            ] }))
        }),
    }
}

/// Returns the entity with this id.
pub(super) fn named(id: &str) -> Option<Entity> {
    all().into_iter().find(|it| it.id == id)
}

fn all() -> Vec<Entity> {
    words::ENTITIES
        .into_iter()
        .map(|(id, title, group, about)| Entity {
            id: id.to_owned(),
            title: title.to_owned(),
            icon: Some("profile".to_owned()),
            interactive: true,
            group: Some(group.to_owned()),
            data: [("about".to_owned(), about.into())].into_iter().collect(),
        })
        .collect()
}
