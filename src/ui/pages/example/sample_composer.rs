//! Example of composer options.

use crate::ui::{
    chatkit::{AttachmentOptions, ComposerOptions, DictationOptions, MaxSize, ModelOption, ToolOption},
    words::example as words,
};

pub(super) fn composer() -> ComposerOptions {
    ComposerOptions {
        placeholder: Some(words::PLACEHOLDER.to_owned()),
        attachments: AttachmentOptions {
            enabled: true,
            max_size: MaxSize::Any(1024 * 1024),
            max_count: 2,
            accept: [("text/*", vec![".txt", ".md"]), ("image/*", vec![])]
                .map(|(kind, endings)| (kind.to_owned(), endings.into_iter().map(str::to_owned).collect()))
                .into(),
        },
        // Not every server supports transcription.
        dictation: DictationOptions { enabled: false },
        tools: vec![
            ToolOption {
                placeholder_override: Some(words::SEARCH_PLACEHOLDER.to_owned()),
                ..tool("search", words::SEARCH, "globe")
            },
            ToolOption {
                short_label: Some(words::RESEARCH_SHORT.to_owned()),
                persistent: true,
                ..tool("research", words::RESEARCH, "analytics")
            },
            ToolOption { pinned: true, ..tool("canvas", words::CANVAS, "square-code") },
        ],
        models: vec![
            ModelOption { default: true, ..model("small", words::SMALL, words::SMALL_ABOUT) },
            model("large", words::LARGE, words::LARGE_ABOUT),
            ModelOption { disabled: true, ..model("huge", words::HUGE, words::HUGE_ABOUT) },
        ],
    }
}

fn tool(id: &str, label: &str, icon: &str) -> ToolOption {
    ToolOption { id: id.to_owned(), label: label.to_owned(), icon: Some(icon.to_owned()), ..ToolOption::default() }
}

fn model(id: &str, label: &str, description: &str) -> ModelOption {
    let description = Some(description.to_owned());
    ModelOption { id: id.to_owned(), label: label.to_owned(), description, ..ModelOption::default() }
}
