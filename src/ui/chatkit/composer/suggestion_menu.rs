//! Model of the suggestion menu. Pure: no signals, no browser APIs.

use super::mentions::{self, Mention};
use crate::ui::{
    chatkit::{Command, Entity, ToolOption},
    words::attachments as words,
};

/// Kind of search.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SuggestionKind {
    /// Entities to mention, after `@`.
    Entities,
    /// Commands, after `/`.
    Commands,
}

/// The word that opens a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct MenuTrigger {
    /// Kind of search.
    pub(crate) suggestion_kind: SuggestionKind,
    /// Byte offset of its sign.
    pub(crate) start: usize,
    /// Text between the sign and the caret.
    pub(crate) query: String,
}

impl MenuTrigger {
    /// Finds an opener before the caret: a sign at the beginning of the last word.
    pub(crate) fn find(before_caret: &str, mentions: &[Mention]) -> Option<Self> {
        let word_start = before_caret
            .rfind(char::is_whitespace)
            .map_or(0, |at| at + before_caret[at..].chars().next().map_or(0, char::len_utf8));
        let word = before_caret[word_start..].trim_start_matches(['(', '[', '{', '"', '\'', '“', '‘', '«', '¿', '¡']);
        let start = before_caret.len() - word.len();
        let (suggestion_kind, query) = match (word.strip_prefix('@'), word.strip_prefix('/')) {
            (Some(query), _) if mentions::at_start(word, mentions).is_none() => (SuggestionKind::Entities, query),
            // Paths contain further slashes.
            (_, Some(query)) if !query.contains('/') => (SuggestionKind::Commands, query),
            _ => return None,
        };
        Some(Self { suggestion_kind, start, query: query.to_owned() })
    }
}

/// A menu entry.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Choice {
    /// Mentions an entity.
    Entity(Entity),
    /// Runs a command of the page.
    Command(Command),
    /// Selects a tool for the message.
    Tool(ToolOption),
    /// Opens the file chooser.
    Attach,
}

impl Choice {
    /// Returns the displayed name.
    pub(crate) fn label(&self) -> &str {
        match self {
            Self::Entity(it) => &it.title,
            Self::Command(it) => &it.label,
            Self::Tool(it) => &it.label,
            Self::Attach => words::ATTACH,
        }
    }

    /// Returns a short description.
    pub(crate) fn description(&self) -> Option<&str> {
        match self {
            Self::Command(it) => it.description.as_deref(),
            Self::Entity(_) | Self::Tool(_) | Self::Attach => None,
        }
    }

    /// Returns the icon name set by the page.
    pub(crate) fn icon(&self) -> Option<&str> {
        match self {
            Self::Entity(it) => it.icon.as_deref(),
            Self::Command(it) => it.icon.as_deref(),
            Self::Tool(it) => it.icon.as_deref(),
            Self::Attach => None,
        }
    }

    /// Returns the heading of its group.
    pub(crate) fn group(&self) -> Option<&str> {
        match self {
            Self::Entity(it) => it.group.as_deref(),
            Self::Command(it) => it.group.as_deref(),
            Self::Tool(_) | Self::Attach => None,
        }
    }
}

/// Optional heading and entries of a group, each with its index in the menu.
pub(crate) type Group = (Option<String>, Vec<(usize, Choice)>);

/// An open menu.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Menu {
    /// Kind of search.
    pub(crate) suggestion_kind: SuggestionKind,
    /// Byte offset at which the choice is inserted.
    pub(crate) start: usize,
    /// Number of the search that fills the menu.
    pub(crate) number: u64,
    /// True while the search is running.
    pub(crate) is_loading: bool,
    choices: Vec<Choice>,
    at: usize,
}

impl Menu {
    /// Creates a menu that waits for a search. Until then it shows the entries of an older menu of the same kind.
    pub(crate) fn waiting(opener: &MenuTrigger, number: u64, older: Option<Self>) -> Self {
        let choices =
            older.filter(|it| it.suggestion_kind == opener.suggestion_kind).map(|it| it.choices).unwrap_or_default();
        Self { suggestion_kind: opener.suggestion_kind, start: opener.start, number, is_loading: true, choices, at: 0 }
    }

    /// Shows the results of the search, grouped in the order in which groups first occur.
    pub(crate) fn fill(&mut self, found: Vec<Choice>) {
        let mut groups: Vec<Option<String>> = Vec::new();
        for choice in &found {
            let group = choice.group().map(str::to_owned);
            if !groups.contains(&group) {
                groups.push(group);
            }
        }
        let of = |group: &Option<String>| found.iter().filter(|it| it.group() == group.as_deref()).cloned().collect();
        let choices = groups.iter().flat_map(|group| -> Vec<Choice> { of(group) }).collect();
        (self.choices, self.at, self.is_loading) = (choices, 0, false);
    }

    /// Returns all entries in groups.
    pub(crate) fn groups(&self) -> Vec<Group> {
        let mut groups: Vec<Group> = Vec::new();
        for (at, choice) in self.choices.iter().enumerate() {
            match groups.last_mut().filter(|(group, _)| group.as_deref() == choice.group()) {
                Some((_, choices)) => choices.push((at, choice.clone())),
                None => groups.push((choice.group().map(str::to_owned), vec![(at, choice.clone())])),
            }
        }
        groups
    }

    /// True if the menu has no entries.
    pub(crate) fn is_empty(&self) -> bool {
        self.choices.is_empty()
    }

    /// Returns the number of entries.
    pub(crate) fn len(&self) -> usize {
        self.choices.len()
    }

    /// Returns the index of the active entry, which Enter chooses.
    pub(crate) fn at(&self) -> Option<usize> {
        (!self.is_empty()).then_some(self.at)
    }

    /// Returns the active entry or the one at an index. `None` during a search, because the entries then belong to an
    /// older one.
    pub(crate) fn choice(&self, at: Option<usize>) -> Option<Choice> {
        self.choices.get(at.unwrap_or(self.at)).filter(|_| !self.is_loading).cloned()
    }

    /// Moves the active entry by `by`, wrapping around at both ends.
    pub(crate) fn step(&mut self, by: isize) {
        if let Some(n_choices) = isize::try_from(self.len()).ok().filter(|it| *it > 0) {
            let at = (self.at.cast_signed() + by).rem_euclid(n_choices);
            self.at = at.cast_unsigned();
        }
    }
}

/// Returns the composer's own commands whose name contains the query.
pub(crate) fn built_in_choices(tools: &[ToolOption], can_attach: bool, query: &str) -> Vec<Choice> {
    let query = query.to_lowercase();
    let own = can_attach.then_some(Choice::Attach).into_iter().chain(tools.iter().cloned().map(Choice::Tool));
    own.filter(|it| it.label().to_lowercase().contains(&query)).collect()
}

#[cfg(test)]
mod tests;
