//! Operator's settings of the chat page (`CHATKIT_PAGE`), validated by the server.

mod page_theme;

use serde::Deserialize;
use serde_json::Value;

use crate::{
    model::chatkit::UserContent,
    ui::chatkit::{AttachmentOptions, Disclaimer, MaxSize, ModelOption, StartPrompt, ToolOption, UseChatKitOptions},
};

/// Applies the file to the options. With `is_own_server`, Colloquy itself answers, and its limits apply too.
pub(super) fn fit(options: &mut UseChatKitOptions, page: &Value, is_own_server: bool) {
    let start = &page["startScreen"];
    options.start_screen.greeting = text(start, "greeting").or(options.start_screen.greeting.take());
    replace(&mut options.start_screen.prompts, &start["prompts"], prompt);
    let (composer, value) = (&mut options.composer, &page["composer"]);
    composer.placeholder = text(value, "placeholder").or(composer.placeholder.take());
    replace(&mut composer.tools, &value["tools"], tool);
    replace(&mut composer.models, &value["models"], model);
    if value["attachments"].is_object() {
        attach(&mut composer.attachments, &value["attachments"], is_own_server);
    }
    if let Some(is_enabled) = value["dictation"]["enabled"].as_bool() {
        composer.dictation.enabled = is_enabled && (composer.dictation.enabled || !is_own_server);
    }
    let actions = &mut options.thread_item_actions;
    for (may, name) in [(&mut actions.feedback, "feedback"), (&mut actions.retry, "retry")] {
        *may = page["threadItemActions"][name].as_bool().unwrap_or(*may);
    }
    options.disclaimer = text(&page["disclaimer"], "text")
        .map(|text| Disclaimer { text, high_contrast: is(&page["disclaimer"], "highContrast") });
    options.thread.auto_scroll = page["thread"]["autoScroll"].as_bool().unwrap_or(options.thread.auto_scroll);
    options.locale = text(page, "locale");
    options.frame_title = text(page, "frameTitle");
    options.theme = page_theme::theme(&page["theme"]);
    options.widgets.forwards_client_actions = page["widgets"]["onAction"] == "sendCustomAction";
}

fn attach(options: &mut AttachmentOptions, value: &Value, is_own_server: bool) {
    let ours = is_own_server.then(|| options.clone());
    options.enabled = is(value, "enabled") && ours.as_ref().is_none_or(|it| it.enabled);
    if let Some(accept) = value["accept"].as_object() {
        options.accept = accept.iter().map(|(name, value)| (name.clone(), texts(value))).collect();
    }
    if let Some(n) = value["maxCount"].as_u64().and_then(|it| usize::try_from(it).ok()) {
        options.max_count = ours.as_ref().map_or(n, |it| it.max_count.min(n));
    }
    let most = match ours.map(|it| it.max_size) {
        Some(MaxSize::Any(most)) => most,
        _ => u64::MAX,
    };
    match &value["maxSize"] {
        Value::Object(by_type) => {
            // Other types have the server's limit or the client's default.
            let rest = ("*/*".to_owned(), most.min(MaxSize::DEFAULT));
            let of = |(name, max): (&String, &Value)| {
                let name = if matches!(name.as_str(), "" | "*") { "*/*" } else { name };
                Some((name.to_owned(), max.as_u64()?.min(most)))
            };
            options.max_size = MaxSize::ByType([rest].into_iter().chain(by_type.iter().filter_map(of)).collect());
        }
        value => options.max_size = value.as_u64().map_or(options.max_size.clone(), |it| MaxSize::Any(it.min(most))),
    }
}

fn prompt(value: &Value) -> StartPrompt {
    let prompt = match &value["prompt"] {
        Value::String(text) => vec![UserContent::InputText { text: text.clone() }],
        parts => parts.as_array().into_iter().flatten().filter_map(|it| UserContent::deserialize(it).ok()).collect(),
    };
    StartPrompt { label: text(value, "label").unwrap_or_default(), prompt, icon: text(value, "icon") }
}

fn tool(value: &Value) -> ToolOption {
    ToolOption {
        id: text(value, "id").unwrap_or_default(),
        label: text(value, "label").unwrap_or_default(),
        icon: text(value, "icon"),
        short_label: text(value, "shortLabel"),
        placeholder_override: text(value, "placeholderOverride"),
        pinned: is(value, "pinned"),
        persistent: is(value, "persistent"),
    }
}

fn model(value: &Value) -> ModelOption {
    ModelOption {
        id: text(value, "id").unwrap_or_default(),
        label: text(value, "label").unwrap_or_default(),
        description: text(value, "description"),
        disabled: is(value, "disabled"),
        default: is(value, "default"),
    }
}

fn replace<T>(list: &mut Vec<T>, value: &Value, read: fn(&Value) -> T) {
    if let Some(value) = value.as_array() {
        *list = value.iter().map(read).collect();
    }
}

fn text(value: &Value, name: &str) -> Option<String> {
    value[name].as_str().map(str::to_owned)
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().into_iter().flatten().filter_map(|it| Some(it.as_str()?.to_owned())).collect()
}

fn is(value: &Value, name: &str) -> bool {
    value[name] == true
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::ui::chatkit::{ColorScheme, ComposerOptions, DictationOptions, StartScreen};

    /// Returns the options of the page without a file.
    fn ours() -> UseChatKitOptions {
        UseChatKitOptions {
            start_screen: StartScreen { greeting: None, prompts: vec![StartPrompt::new("Demo", "demo")] },
            composer: ComposerOptions {
                placeholder: Some("Message".to_owned()),
                attachments: AttachmentOptions {
                    enabled: true,
                    max_size: MaxSize::Any(1000),
                    max_count: 5,
                    ..AttachmentOptions::default()
                },
                dictation: DictationOptions { enabled: false },
                ..ComposerOptions::default()
            },
            ..UseChatKitOptions::default()
        }
    }

    fn fitted(page: Value, is_own_server: bool) -> UseChatKitOptions {
        let mut options = if is_own_server { ours() } else { UseChatKitOptions::default() };
        fit(&mut options, &page, is_own_server);
        options
    }

    #[test]
    fn what_is_not_said_stays() {
        assert_eq!(fitted(json!({}), true), ours());
        assert_eq!(fitted(json!({ "startScreen": {}, "composer": {}, "widgets": {} }), true), ours());
    }

    #[test]
    fn everything_that_the_file_says_reaches_the_page() {
        let page = json!({
            "startScreen": { "greeting": "Hi", "prompts": [
                { "label": "A", "prompt": "a", "icon": "calendar" },
                { "label": "B", "prompt": [{ "type": "input_text", "text": "b" }] }
            ] },
            "composer": {
                "placeholder": "Ask", "dictation": { "enabled": true },
                "attachments": { "enabled": true, "maxSize": 9, "maxCount": 3, "accept": { "image/png": [".png"] } },
                "tools": [{ "id": "t", "label": "T", "icon": "bolt", "shortLabel": "s", "placeholderOverride": "p",
                    "pinned": true, "persistent": true }],
                "models": [{ "id": "m", "label": "M", "description": "d", "disabled": true, "default": true }]
            },
            "threadItemActions": { "feedback": true, "retry": false },
            "disclaimer": { "text": "May err", "highContrast": true },
            "thread": { "autoScroll": false },
            "widgets": { "onAction": "sendCustomAction" },
            "locale": "de", "frameTitle": "Help", "theme": "dark"
        });
        let it = fitted(page, false);
        assert_eq!((it.locale.as_deref(), it.frame_title.as_deref()), (Some("de"), Some("Help")));
        assert_eq!(it.theme.color_scheme, ColorScheme::Dark);
        assert_eq!(it.start_screen.greeting.as_deref(), Some("Hi"));
        let icon = Some("calendar".to_owned());
        assert_eq!(
            it.start_screen.prompts,
            [StartPrompt { icon, ..StartPrompt::new("A", "a") }, StartPrompt::new("B", "b")]
        );
        let composer = it.composer;
        assert_eq!((composer.placeholder.as_deref(), composer.dictation.enabled), (Some("Ask"), true));
        assert_eq!(
            composer.attachments,
            AttachmentOptions {
                enabled: true,
                max_size: MaxSize::Any(9),
                max_count: 3,
                accept: [("image/png".to_owned(), vec![".png".to_owned()])].into(),
            }
        );
        assert_eq!(
            composer.tools,
            [ToolOption {
                id: "t".into(),
                label: "T".into(),
                icon: Some("bolt".into()),
                short_label: Some("s".into()),
                placeholder_override: Some("p".into()),
                pinned: true,
                persistent: true,
            }]
        );
        assert_eq!(
            composer.models,
            [ModelOption {
                id: "m".into(),
                label: "M".into(),
                description: Some("d".into()),
                disabled: true,
                default: true,
            }]
        );
        assert_eq!((it.thread_item_actions.feedback, it.thread_item_actions.retry), (true, false));
        assert_eq!(it.disclaimer, Some(Disclaimer { text: "May err".into(), high_contrast: true }));
        assert!(!it.thread.auto_scroll && it.widgets.forwards_client_actions);
    }

    #[test]
    fn the_limits_of_our_own_server_hold_too() {
        let attachments = |value: Value, is_own_server: bool| {
            fitted(json!({ "composer": { "attachments": value } }), is_own_server).composer.attachments
        };
        let check = |value: Value, is_own_server: bool, enabled: bool, max_size: MaxSize, max_count: usize| {
            let it = attachments(value.clone(), is_own_server);
            assert_eq!(
                (it.enabled, it.max_size, it.max_count),
                (enabled, max_size, max_count),
                "{value} {is_own_server}"
            );
        };
        check(json!({ "enabled": false }), true, false, MaxSize::Any(1000), 5);
        check(json!({ "enabled": true, "maxSize": 9999, "maxCount": 50 }), true, true, MaxSize::Any(1000), 5);
        check(json!({ "enabled": true, "maxSize": 9999, "maxCount": 50 }), false, true, MaxSize::Any(9999), 50);
        check(json!({ "enabled": true, "maxSize": 10, "maxCount": 1 }), true, true, MaxSize::Any(10), 1);
        let by_type = |of: &[(&str, u64)]| MaxSize::ByType(of.iter().map(|it| (it.0.to_owned(), it.1)).collect());
        let value = json!({ "enabled": true, "maxSize": { "image/*": 9999, "*": 7 } });
        check(value.clone(), true, true, by_type(&[("image/*", 1000), ("*/*", 7)]), 5);
        check(value, false, true, by_type(&[("image/*", 9999), ("*/*", 7)]), 10);
        let value = json!({ "enabled": true, "maxSize": { "image/*": 5 } });
        check(value.clone(), true, true, by_type(&[("image/*", 5), ("*/*", 1000)]), 5);
        check(value, false, true, by_type(&[("image/*", 5), ("*/*", MaxSize::DEFAULT)]), 10);
        let dictation =
            |is_own_server| fitted(json!({ "composer": { "dictation": { "enabled": true } } }), is_own_server);
        assert_eq!([true, false].map(|it| dictation(it).composer.dictation.enabled), [false, true]);
    }
}
