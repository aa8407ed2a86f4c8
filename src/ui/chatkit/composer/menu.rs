//! What can be chosen while one writes. Pure: no signals, no browser.

use super::mentions::{self, Mention};
use crate::ui::{
    chatkit::{Command, Entity, ToolOption},
    words::attachments as words,
};

/// What is looked up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Sought {
    /// What can be mentioned, after `@`.
    Entities,
    /// What can be done, after `/`.
    Commands,
}

/// The word that opens a menu.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Opener {
    /// What is looked up.
    pub(crate) sought: Sought,
    /// Where its sign stands in the text, in bytes.
    pub(crate) start: usize,
    /// What follows the sign, up to the caret.
    pub(crate) query: String,
}

impl Opener {
    /// Finds it in what stands before the caret: a sign at the beginning of the last word.
    pub(crate) fn find(before_caret: &str, mentions: &[Mention]) -> Option<Self> {
        let word_start = before_caret
            .rfind(char::is_whitespace)
            .map_or(0, |at| at + before_caret[at..].chars().next().map_or(0, char::len_utf8));
        let word = before_caret[word_start..].trim_start_matches(['(', '[', '{', '"', '\'', '“', '‘', '«', '¿', '¡']);
        let start = before_caret.len() - word.len();
        let (sought, query) = match (word.strip_prefix('@'), word.strip_prefix('/')) {
            (Some(query), _) if mentions::at_start(word, mentions).is_none() => (Sought::Entities, query),
            // Paths have more than one.
            (_, Some(query)) if !query.contains('/') => (Sought::Commands, query),
            _ => return None,
        };
        Some(Self { sought, start, query: query.to_owned() })
    }
}

/// Something that can be chosen.
#[derive(Clone, Debug, PartialEq)]
pub(crate) enum Choice {
    /// It is mentioned.
    Entity(Entity),
    /// The page does it.
    Command(Command),
    /// It is used for the message.
    Tool(ToolOption),
    /// Files are chosen that go along with it.
    Attach,
}

impl Choice {
    /// What it is called.
    pub(crate) fn label(&self) -> &str {
        match self {
            Self::Entity(it) => &it.title,
            Self::Command(it) => &it.label,
            Self::Tool(it) => &it.label,
            Self::Attach => words::ATTACH,
        }
    }

    /// A few words about it.
    pub(crate) fn description(&self) -> Option<&str> {
        match self {
            Self::Command(it) => it.description.as_deref(),
            Self::Entity(_) | Self::Tool(_) | Self::Attach => None,
        }
    }

    /// The name of its icon, as the page gave it.
    pub(crate) fn icon(&self) -> Option<&str> {
        match self {
            Self::Entity(it) => it.icon.as_deref(),
            Self::Command(it) => it.icon.as_deref(),
            Self::Tool(it) => it.icon.as_deref(),
            Self::Attach => None,
        }
    }

    /// The heading under which it is listed.
    pub(crate) fn group(&self) -> Option<&str> {
        match self {
            Self::Entity(it) => it.group.as_deref(),
            Self::Command(it) => it.group.as_deref(),
            Self::Tool(_) | Self::Attach => None,
        }
    }
}

/// A heading, if there is one, and what stands under it with its place in the whole.
pub(crate) type Group = (Option<String>, Vec<(usize, Choice)>);

/// A menu that is open.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Menu {
    /// What is looked up.
    pub(crate) sought: Sought,
    /// Where in the text the choice goes, in bytes.
    pub(crate) start: usize,
    /// Which search it waits for, or waited for.
    pub(crate) number: u64,
    /// Whether the search is under way.
    pub(crate) is_loading: bool,
    choices: Vec<Choice>,
    at: usize,
}

impl Menu {
    /// A menu that waits for a search; what an older one of the same kind found stays until then.
    pub(crate) fn waiting(opener: &Opener, number: u64, older: Option<Self>) -> Self {
        let choices = older.filter(|it| it.sought == opener.sought).map(|it| it.choices).unwrap_or_default();
        Self { sought: opener.sought, start: opener.start, number, is_loading: true, choices, at: 0 }
    }

    /// Shows what was found. What belongs together stands together, in the order in which it was first named.
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

    /// Everything that can be chosen, in groups.
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

    /// Whether there is nothing to choose from.
    pub(crate) fn is_empty(&self) -> bool {
        self.choices.is_empty()
    }

    /// How many there are to choose from.
    pub(crate) fn len(&self) -> usize {
        self.choices.len()
    }

    /// The place of the one that Enter chooses.
    pub(crate) fn at(&self) -> Option<usize> {
        (!self.is_empty()).then_some(self.at)
    }

    /// The one that Enter chooses, or the one at a place. Nothing while a search is under way: what is shown is an older
    /// one's.
    pub(crate) fn choice(&self, at: Option<usize>) -> Option<Choice> {
        self.choices.get(at.unwrap_or(self.at)).filter(|_| !self.is_loading).cloned()
    }

    /// Goes down, from the end to the beginning, or up with `by` -1.
    pub(crate) fn step(&mut self, by: isize) {
        if let Some(n_choices) = isize::try_from(self.len()).ok().filter(|it| *it > 0) {
            let at = (self.at.cast_signed() + by).rem_euclid(n_choices);
            self.at = at.cast_unsigned();
        }
    }
}

/// What the composer can do by itself, as far as its name fits to what was typed.
pub(crate) fn own_choices(tools: &[ToolOption], can_attach: bool, query: &str) -> Vec<Choice> {
    let query = query.to_lowercase();
    let own = can_attach.then_some(Choice::Attach).into_iter().chain(tools.iter().cloned().map(Choice::Tool));
    own.filter(|it| it.label().to_lowercase().contains(&query)).collect()
}

#[cfg(test)]
mod tests;
