//! Mentions: written as `@Title` in the text, sent as separate parts. Pure: no signals, no browser APIs.

use serde::{Deserialize, Serialize};

use crate::{model::chatkit::UserContent, ui::chatkit::Entity};

/// A mentioned entity and its mark in the text.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub(crate) struct Mention {
    /// The mark in the text, including `@`.
    pub(crate) mark: String,
    /// The mentioned entity.
    pub(crate) entity: Entity,
}

impl Mention {
    /// Creates a mention whose mark differs from those of other entities with the same title.
    pub(crate) fn new(entity: Entity, others: &[Self]) -> Self {
        let names = [Some(String::new()), entity.group.as_ref().map(|it| format!(" ({it})"))];
        let is_free = |mark: &String| others.iter().all(|other| other.mark != *mark || other.entity.id == entity.id);
        let mark = names.into_iter().flatten().map(|it| format!("@{}{it}", entity.title)).find(is_free);
        Self { mark: mark.unwrap_or_else(|| format!("@{} ({})", entity.title, entity.id)), entity }
    }
}

/// Splits a text into plain parts and mentions. Mentions whose mark is missing in the text are ignored.
pub(crate) fn divide(text: &str, mentions: &[Mention]) -> Vec<UserContent> {
    let mut parts = Vec::new();
    let (mut from, mut at) = (0, 0);
    while let Some(found) = text[at..].find('@') {
        let start = at + found;
        let Some(mention) = at_start(&text[start..], mentions) else {
            at = start + 1;
            continue;
        };
        push_text(&mut parts, &text[from..start]);
        let Entity { id, title, interactive, group, data, .. } = mention.entity.clone();
        parts.push(UserContent::InputTag { id, text: title, data, group, interactive });
        at = start + mention.mark.len();
        from = at;
    }
    push_text(&mut parts, &text[from..]);
    parts
}

/// Joins parts into a text with mentions.
pub(crate) fn join(parts: &[UserContent]) -> (String, Vec<Mention>) {
    let (mut text, mut mentions) = (String::new(), Vec::<Mention>::new());
    for part in parts {
        match part {
            UserContent::InputText { text: typed } => text.push_str(typed),
            UserContent::InputTag { id, text: title, data, group, interactive } => {
                let (id, title, data, group) = (id.clone(), title.clone(), data.clone(), group.clone());
                let entity = Entity { id, title, icon: None, interactive: *interactive, group, data };
                let mention = Mention::new(entity, &mentions);
                text.push_str(&mention.mark);
                add(&mut mentions, mention);
            }
        }
    }
    (text, mentions)
}

/// Adds a mention unless it is already in the list.
pub(crate) fn add(mentions: &mut Vec<Mention>, mention: Mention) {
    if mentions.iter().all(|it| it.mark != mention.mark) {
        mentions.push(mention);
    }
}

/// Returns the longest mention at the beginning of a text. It must not be part of a longer word.
pub(crate) fn at_start<'a>(text: &str, mentions: &'a [Mention]) -> Option<&'a Mention> {
    let ends_there = |rest: &str| !rest.starts_with(|it: char| it.is_alphanumeric() || it == '_');
    mentions
        .iter()
        .filter(|it| text.strip_prefix(it.mark.as_str()).is_some_and(ends_there))
        .max_by_key(|it| it.mark.len())
}

fn push_text(parts: &mut Vec<UserContent>, text: &str) {
    if !text.is_empty() {
        parts.push(UserContent::InputText { text: text.to_owned() });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn entity(id: &str, title: &str, group: Option<&str>) -> Entity {
        Entity { id: id.into(), title: title.into(), group: group.map(str::to_owned), ..Entity::default() }
    }

    fn mentions(entities: &[Entity]) -> Vec<Mention> {
        let mut mentions = Vec::new();
        for entity in entities {
            let mention = Mention::new(entity.clone(), &mentions);
            add(&mut mentions, mention);
        }
        mentions
    }

    fn check(text: &str, entities: &[Entity], parts: &[&str]) {
        let content = divide(text, &mentions(entities));
        let said: Vec<String> = content
            .iter()
            .map(|part| match part {
                UserContent::InputText { text } => text.clone(),
                UserContent::InputTag { id, text, .. } => format!("<{id} {text}>"),
            })
            .collect();
        assert_eq!(said, parts, "{text}");
    }

    #[test]
    fn what_stands_in_the_text_is_mentioned_and_nothing_else() {
        let ada = [entity("1", "Ada", None)];
        check("Ask @Ada now", &ada, &["Ask ", "<1 Ada>", " now"]);
        check("@Ada", &ada, &["<1 Ada>"]);
        check("@Ada @Ada, @Ada!", &ada, &["<1 Ada>", " ", "<1 Ada>", ", ", "<1 Ada>", "!"]);
        check("Ask Ada, ada@Adam.example or @Bob", &ada, &["Ask Ada, ada@Adam.example or @Bob"]);
        check("@@Ada", &ada, &["@", "<1 Ada>"]);
        check("", &ada, &[]);
        check("Zoë @Zoë Ünal, 你好 @", &[entity("z", "Zoë Ünal", None)], &["Zoë ", "<z Zoë Ünal>", ", 你好 @"]);
    }

    #[test]
    fn the_longest_name_is_meant() {
        let both = [entity("1", "Ada", None), entity("2", "Ada Lovelace", None)];
        check("@Ada Lovelace and @Ada", &both, &["<2 Ada Lovelace>", " and ", "<1 Ada>"]);
    }

    #[test]
    fn namesakes_stay_apart() {
        let both = [entity("1", "Ada", None), entity("2", "Ada", Some("Ships")), entity("3", "Ada", Some("Ships"))];
        check("@Ada @Ada (Ships) @Ada (3)", &both, &["<1 Ada>", " ", "<2 Ada>", " ", "<3 Ada>"]);
    }

    #[test]
    fn parts_become_the_same_text_again() {
        let known = mentions(&[entity("1", "Ada", None), entity("2", "Ada", Some("Ships"))]);
        let text = "Ask @Ada about @Ada (Ships), @Ada.";
        let (joined, found) = join(&divide(text, &known));
        assert_eq!((joined.as_str(), found), (text, known));
    }
}
