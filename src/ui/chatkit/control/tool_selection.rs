//! Selection of the tool and the model for the next messages.

use leptos::prelude::*;

use super::ChatKitControl;
use crate::ui::chatkit::{ModelOption, ToolOption, UseChatKitOptions};

impl ChatKitControl {
    /// Returns the tool selected for the next message.
    pub fn selected_tool(&self) -> Signal<Option<ToolOption>> {
        let (options, selected) = (self.options, self.composer.tool);
        Signal::derive(move || options.with(|it| selected.with(|id| tool(it, id.as_deref()))))
    }

    /// Returns the model for the next message: the selected one if available, otherwise the page's default.
    pub fn selected_model(&self) -> Signal<Option<ModelOption>> {
        let (options, selected) = (self.options, self.composer.model);
        Signal::derive(move || options.with(|it| selected.with(|id| model(it, id.as_deref()))))
    }

    /// Selects a tool for the next message, or none, and reports a change to the page.
    pub(crate) fn select_tool(&self, id: Option<String>) {
        if self.composer.tool.with_untracked(|it| *it == id) {
            return;
        }
        self.composer.tool.set(id.clone());
        self.handler(|it| it.on_tool_change.clone()).run(id);
    }

    /// Selects a model for all further messages. `None` selects the page's default.
    pub(crate) fn select_model(&self, id: Option<String>) {
        self.composer.model.set(id);
    }

    /// Clears the selected tool after a message, unless it is persistent.
    pub(crate) fn clear_tool_after_send(&self) {
        if untrack(|| self.selected_tool().get()).is_none_or(|tool| !tool.persistent) {
            self.select_tool(None);
        }
    }
}

fn tool(options: &UseChatKitOptions, id: Option<&str>) -> Option<ToolOption> {
    options.composer.tools.iter().find(|tool| Some(tool.id.as_str()) == id).cloned()
}

fn model(options: &UseChatKitOptions, id: Option<&str>) -> Option<ModelOption> {
    let mut models = options.composer.models.iter().filter(|model| !model.disabled);
    let chosen = models.clone().find(|model| Some(model.id.as_str()) == id);
    chosen.or_else(|| models.find(|model| model.default)).cloned()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::chatkit::ComposerOptions;

    #[test]
    fn only_what_is_offered_is_asked_for() {
        let one =
            |id: &str, disabled, default| ModelOption { id: id.into(), disabled, default, ..ModelOption::default() };
        let composer = ComposerOptions {
            models: vec![one("old", true, true), one("small", false, true), one("large", false, false)],
            tools: vec![ToolOption { id: "search".into(), ..ToolOption::default() }],
            ..ComposerOptions::default()
        };
        let options = UseChatKitOptions { composer, ..UseChatKitOptions::default() };
        let chosen = |id| model(&options, id).map(|it| it.id);
        assert_eq!(chosen(None).as_deref(), Some("small"));
        assert_eq!(chosen(Some("large")).as_deref(), Some("large"));
        assert_eq!(chosen(Some("old")).as_deref(), Some("small"));
        assert_eq!(chosen(Some("gone")).as_deref(), Some("small"));
        assert_eq!(model(&UseChatKitOptions::default(), Some("large")), None);
        assert!(tool(&options, Some("search")).is_some());
        assert_eq!(tool(&options, Some("gone")), None);
    }
}
