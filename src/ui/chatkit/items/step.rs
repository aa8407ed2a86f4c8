//! One step of a workflow: a task or a thought.

use leptos::prelude::*;

use super::sources::{self, SourceLine, view_source};
use crate::{
    model::chatkit::{StatusIndicator, Task},
    ui::{
        chatkit::markdown::Markdown,
        components::{Icon, IconKind, Show, sprite::picture_or_dot},
        words::items as words,
    },
};

/// Displayed fields of a step.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Step {
    pub(super) title: String,
    pub(super) status: StatusIndicator,
    /// Icon named by the server.
    pub(super) icon: Option<String>,
    /// Details in Markdown.
    content: String,
    queries: Vec<String>,
    sources: Vec<SourceLine>,
}

impl Step {
    pub(super) fn of(task: &Task) -> Self {
        let titled = |title: &Option<String>, otherwise: &str| {
            title.clone().filter(|it| !it.trim().is_empty()).unwrap_or_else(|| otherwise.to_owned())
        };
        match task {
            Task::Custom(it) => Self {
                title: titled(&it.title, words::STEP),
                status: it.status_indicator,
                icon: it.icon.clone(),
                content: it.content.clone().unwrap_or_default(),
                ..Self::default()
            },
            Task::WebSearch(it) => Self {
                title: titled(&it.title, it.title_query.as_deref().unwrap_or(words::SEARCH)),
                status: it.status_indicator,
                queries: it.queries.clone(),
                sources: sources::lines(it.sources.iter()),
                ..Self::default()
            },
            Task::Thought(it) => Self {
                title: titled(&it.title, words::THOUGHT),
                status: it.status_indicator,
                content: it.content.clone(),
                ..Self::default()
            },
            Task::File(it) => Self {
                title: titled(&it.title, words::FILES),
                status: it.status_indicator,
                sources: sources::lines(it.sources.iter()),
                ..Self::default()
            },
            Task::Image(it) => {
                Self { title: titled(&it.title, words::PICTURE), status: it.status_indicator, ..Self::default() }
            }
            Task::Unknown(it) => {
                let title = it.get("title").and_then(|it| it.as_str()).map(str::to_owned);
                Self { title: titled(&title, words::STEP), ..Self::default() }
            }
        }
    }

    /// True if the step has content beside its title.
    pub(super) fn has_more(&self) -> bool {
        !self.content.is_empty() || !self.queries.is_empty() || !self.sources.is_empty()
    }
}

/// Content of a step without its title.
#[component]
pub(super) fn StepBody(step: Memo<Step>) -> impl IntoView {
    let content = Memo::new(move |_| step.with(|it| it.content.clone()));
    let queries = Memo::new(move |_| step.with(|it| it.queries.clone()));
    let sources = Memo::new(move |_| step.with(|it| it.sources.clone()));
    let is_under_way = Signal::derive(move || step.with(|it| it.status == StatusIndicator::Loading));
    view! {
        <Show when=move || content.with(|it| !it.is_empty())>
            <Markdown source=content is_streaming=is_under_way />
        </Show>
        <Show when=move || queries.with(|it| !it.is_empty())>
            <ul class="step__queries" aria-label=words::QUERIES>
                {move || queries.get().into_iter().map(|it| view! { <li dir="auto">{it}</li> }).collect_view()}
            </ul>
        </Show>
        <Show when=move || sources.with(|it| !it.is_empty())>
            <ul class="sources" aria-label=words::SOURCES>
                {move || sources.get().into_iter().map(view_source).collect_view()}
            </ul>
        </Show>
    }
}

/// Title of a step with the icon named by the server.
#[component]
pub(super) fn StepTitle(step: Memo<Step>) -> impl IntoView {
    let icon = Memo::new(move |_| step.with(|it| it.icon.clone()));
    view! {
        {move || icon.get().map(|name| view! { <span class="step__icon">{picture_or_dot(&name)}</span> })}
        <bdi>{move || step.with(|it| it.title.clone())}</bdi>
    }
}

/// Status of a step: a visible mark and a word for screen readers.
#[component]
pub(super) fn StepStatus(step: Memo<Step>) -> impl IntoView {
    let status = Memo::new(move |_| step.with(|it| it.status));
    move || match status.get() {
        StatusIndicator::None => view! { <span class="step__mark" data-status="none"></span> }.into_any(),
        StatusIndicator::Loading => view! {
            <span class="step__mark" data-status="loading">
                <span class="unseen">{words::UNDER_WAY}</span>
            </span>
        }
        .into_any(),
        StatusIndicator::Complete => view! {
            <span class="step__mark" data-status="complete">
                <Icon kind=IconKind::Check />
                <span class="unseen">{words::DONE}</span>
            </span>
        }
        .into_any(),
    }
}
