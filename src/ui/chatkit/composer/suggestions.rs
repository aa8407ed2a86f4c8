//! Search for suggestions, and execution of the chosen one.

use leptos::{html, prelude::*, task::spawn_local};
use web_sys::HtmlTextAreaElement;

use super::{
    mentions::{self, Mention},
    suggestion_menu::{Choice, Menu, MenuTrigger, SuggestionKind, built_in_choices},
};
use crate::ui::chatkit::{ChatKitControl, Command, CommandResult, Entity};

/// The suggestion menu of a text area.
#[derive(Clone, Copy)]
pub(super) struct Suggestions {
    pub(super) control: ChatKitControl,
    input: NodeRef<html::Textarea>,
    /// The open menu.
    pub(super) menu: RwSignal<Option<Menu>>,
    /// Number of searches. Results of older ones are dropped.
    n_searches: StoredValue<u64>,
    /// Byte offset of a sign whose menu the user closed.
    unwanted: StoredValue<Option<usize>>,
}

impl Suggestions {
    pub(super) fn new(control: ChatKitControl, input: NodeRef<html::Textarea>) -> Self {
        Self {
            control,
            input,
            menu: RwSignal::new(None),
            n_searches: StoredValue::new(0),
            unwanted: StoredValue::new(None),
        }
    }

    /// Opens or closes the menu after a change of text or caret.
    pub(super) fn follow(self) {
        let opener = self.input.get_untracked().and_then(|input| self.opener(&input));
        if self.unwanted.get_value().is_some_and(|start| opener.as_ref().is_none_or(|it| it.start != start)) {
            self.unwanted.set_value(None);
        }
        match opener.filter(|it| self.unwanted.get_value() != Some(it.start)) {
            Some(opener) => self.search(opener),
            None => self.close(),
        }
    }

    /// Closes the menu and drops the running search. A removed text area loses the focus after these signals are
    /// disposed, so missing ones are ignored.
    pub(super) fn close(self) {
        self.n_searches.try_update_value(|it| *it += 1);
        if self.menu.try_with_untracked(Option::is_some) == Some(true) {
            self.menu.set(None);
        }
    }

    /// Handles a key press. Returns true if the menu used it.
    pub(super) fn take_key(self, key: &str) -> bool {
        let Some(menu) = self.menu.get_untracked() else { return false };
        match key {
            "ArrowDown" | "ArrowUp" if !menu.is_empty() => {
                let by = if key == "ArrowDown" { 1 } else { -1 };
                self.menu.update(|it| it.iter_mut().for_each(|it| it.step(by)));
                true
            }
            // The pending result may be the intended one.
            "Enter" if menu.is_loading => true,
            "Enter" | "Tab" => self.choose(None),
            "Escape" => {
                self.unwanted.set_value(Some(menu.start));
                self.close();
                true
            }
            _ => false,
        }
    }

    /// Chooses an entry by index, or the active one. Returns true if the entry exists.
    pub(super) fn choose(self, at: Option<usize>) -> bool {
        let Some(menu) = self.menu.get_untracked() else { return false };
        let Some(choice) = menu.choice(at) else { return false };
        match choice {
            Choice::Entity(entity) => {
                self.mention(entity, menu.start);
                self.close();
            }
            Choice::Tool(tool) => {
                self.replace(menu.start, "");
                self.control.select_tool(Some(tool.id));
                self.close();
            }
            Choice::Attach => {
                self.replace(menu.start, "");
                self.control.composer.choose_files.notify();
                self.close();
            }
            Choice::Command(command) => self.run(command, menu),
        }
        true
    }

    /// Inserts the sign that opens the menu of mentions.
    pub(super) fn open_mention_menu(self) {
        let Some(input) = self.input.get_untracked() else { return };
        let (before, _) = around_caret(&input);
        let sign = if before.is_empty() || before.ends_with(char::is_whitespace) { "@" } else { " @" };
        _ = input.focus();
        self.replace(before.len(), sign);
        self.follow();
    }

    fn opener(self, input: &HtmlTextAreaElement) -> Option<MenuTrigger> {
        let (before, _) = around_caret(input);
        let opener = self.control.composer.mentions.with_value(|it| MenuTrigger::find(&before, it))?;
        let is_offered = self.control.options.with_untracked(|it| match opener.suggestion_kind {
            SuggestionKind::Entities => it.entities.on_tag_search.is_set(),
            SuggestionKind::Commands => it.commands.enabled,
        });
        is_offered.then_some(opener)
    }

    fn search(self, opener: MenuTrigger) {
        let number = self.next_search();
        self.menu.update(|it| *it = Some(Menu::waiting(&opener, number, it.take())));
        spawn_local(async move {
            let found = self.find(opener).await;
            self.fill(number, found);
        });
    }

    async fn find(self, opener: MenuTrigger) -> Vec<Choice> {
        let MenuTrigger { suggestion_kind, query, .. } = opener;
        match suggestion_kind {
            SuggestionKind::Entities => {
                let found = self.control.handler(|it| it.entities.on_tag_search.clone()).ask(query).await;
                found.unwrap_or_default().into_iter().map(Choice::Entity).collect()
            }
            SuggestionKind::Commands => {
                let own = self
                    .control
                    .handler(|it| built_in_choices(&it.composer.tools, it.composer.attachments.enabled, &query));
                let found = self.control.handler(|it| it.commands.on_search.clone()).ask(query).await;
                found.unwrap_or_default().into_iter().map(Choice::Command).chain(own).collect()
            }
        }
    }

    /// Runs a command of the page, which may open a submenu.
    fn run(self, command: Command, menu: Menu) {
        self.replace(menu.start, "");
        let number = self.next_search();
        let opener = MenuTrigger { suggestion_kind: SuggestionKind::Commands, start: menu.start, query: String::new() };
        self.menu.set(Some(Menu::waiting(&opener, number, None)));
        spawn_local(async move {
            let result = self.control.handler(|it| it.commands.on_select.clone()).ask(command).await;
            if self.n_searches.try_get_value() != Some(number) {
                return;
            }
            match result.unwrap_or_default() {
                CommandResult::Done => self.close(),
                CommandResult::Mention(entity) => {
                    self.mention(entity, menu.start);
                    self.close();
                }
                CommandResult::Menu(commands) => {
                    self.fill(number, commands.into_iter().map(Choice::Command).collect());
                }
            }
        });
    }

    fn next_search(self) -> u64 {
        self.n_searches.update_value(|it| *it += 1);
        self.n_searches.get_value()
    }

    fn fill(self, number: u64, found: Vec<Choice>) {
        // The page may be closed.
        _ = self.menu.try_update(|menu| {
            if let Some(menu) = menu.as_mut().filter(|it| it.number == number) {
                menu.fill(found);
            }
        });
    }

    fn mention(self, entity: Entity, start: usize) {
        let mention = self.control.composer.mentions.with_value(|others| Mention::new(entity, others));
        let text = format!("{} ", mention.mark);
        self.control.composer.mentions.update_value(|it| mentions::add(it, mention));
        self.replace(start, &text);
    }

    /// Replaces the text between `start` and the caret, and moves the caret behind it.
    fn replace(self, start: usize, text: &str) {
        let Some(input) = self.input.get_untracked() else { return };
        let (before, after) = around_caret(&input);
        let before = before.get(..start).unwrap_or(&before);
        let after = if text.ends_with(' ') { after.strip_prefix(' ').unwrap_or(&after) } else { &after };
        input.set_value(&format!("{before}{text}{after}"));
        let caret = u32::try_from(before.encode_utf16().count() + text.encode_utf16().count()).unwrap_or(u32::MAX);
        _ = input.set_selection_range(caret, caret);
        self.control.set_draft(input.value());
    }
}

/// Returns the text before and after the caret. Selected text counts as before it.
fn around_caret(input: &HtmlTextAreaElement) -> (String, String) {
    let units: Vec<u16> = input.value().encode_utf16().collect();
    let caret = input.selection_end().ok().flatten().and_then(|it| usize::try_from(it).ok());
    let (before, after) = units.split_at(caret.unwrap_or(units.len()).min(units.len()));
    (String::from_utf16_lossy(before), String::from_utf16_lossy(after))
}
