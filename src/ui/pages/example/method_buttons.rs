//! Buttons for the methods of the control.

use leptos::prelude::*;
use serde_json::json;

use super::event_log::EventLog;
use crate::{
    model::chatkit::{Action, ThreadItem, UserContent},
    ui::{
        chatkit::{ChatKitControl, ComposerOptions, ComposerValue, NotNow, Selection, UseChatKitOptions},
        components::{Button, ButtonKind},
        words::example as words,
    },
};

/// A call of a method.
type Call = Box<dyn Fn() -> Result<(), NotNow> + Send + Sync>;
/// Name and call of a method.
type Method = (&'static str, Call);

/// Buttons that call the methods and log refusals.
#[component]
pub(super) fn Methods<F: Fn() -> UseChatKitOptions + Copy + Send + Sync + 'static>(
    control: ChatKitControl,
    log: EventLog,
    tool_fails: RwSignal<bool>,
    options: F,
) -> impl IntoView {
    let buttons = methods(control, options).into_iter().map(|(name, call)| {
        view! {
            <Button kind=ButtonKind::Quiet on_click=move |_| log.refused(name, call())>
                {name}
            </Button>
        }
    });
    view! {
        <div class="example__methods" role="group" aria-label=words::METHODS>
            {buttons.collect_view()}
            <label>
                <input
                    type="checkbox"
                    prop:checked=move || tool_fails.get()
                    on:change=move |ev| tool_fails.set(event_target_checked(&ev))
                />
                {words::TOOL_FAILS}
            </label>
        </div>
    }
}

fn methods(
    control: ChatKitControl,
    options: impl Fn() -> UseChatKitOptions + Copy + Send + Sync + 'static,
) -> Vec<Method> {
    let newest = move || control.threads().with_untracked(|list| list.threads().first().map(|it| it.id.clone()));
    let ping = || Action { kind: "ping".to_owned(), payload: json!({ "n": 1 }) };
    vec![
        ("send_user_message", Box::new(move || control.send_user_message("/long 2").map(drop))),
        ("send_custom_action", Box::new(move || control.send_custom_action(ping(), None).map(drop))),
        (
            "send_sync_custom_action",
            Box::new(move || control.send_sync_custom_action(ping(), last(control, is_widget)).map(drop)),
        ),
        ("retry", Box::new(move || control.retry(last(control, is_question).unwrap_or_default()).map(drop))),
        ("fetch_updates", Box::new(move || control.fetch_updates().map(drop))),
        ("answer_tool_call", Box::new(move || control.answer_tool_call())),
        ("stop", always(move || control.stop())),
        ("focus_composer", always(move || control.focus_composer())),
        ("set_composer_value", Box::new(move || control.set_composer_value(composed()))),
        ("show_history", Box::new(move || control.show_history())),
        ("hide_history", always(move || control.hide_history())),
        ("set_draft", always(move || control.set_draft("a draft"))),
        ("set_thread_id (newest)", always(move || control.set_thread_id(newest()))),
        ("set_thread_id (none)", always(move || control.set_thread_id(None))),
        ("set_options (the same)", always(move || control.set_options(options()))),
        (
            "set_options (placeholder)",
            always(move || {
                let composer =
                    ComposerOptions { placeholder: Some(words::ANOTHER_PLACEHOLDER.to_owned()), ..options().composer };
                control.set_options(UseChatKitOptions { composer, ..options() });
            }),
        ),
    ]
}

/// Returns the argument of `set_composer_value`: a text with a mention, a quote, a tool and a model.
fn composed() -> ComposerValue {
    let tag = UserContent::InputTag {
        id: "ada".to_owned(),
        text: words::ENTITIES[0].1.to_owned(),
        data: serde_json::Map::new(),
        group: None,
        interactive: true,
    };
    ComposerValue {
        content: vec![UserContent::InputText { text: words::COMPOSED.to_owned() }, tag],
        reply: Some(words::COMPOSED_REPLY.to_owned()),
        selected_tool_id: Selection::Id("canvas".to_owned()),
        selected_model_id: Selection::Id("large".to_owned()),
        ..ComposerValue::default()
    }
}

/// Returns the id of the last item that matches.
fn last(control: ChatKitControl, is_it: fn(&ThreadItem) -> bool) -> Option<String> {
    control.items().with_untracked(|items| items.iter().rfind(|it| is_it(it)).map(|it| it.id().to_owned()))
}

fn is_widget(item: &ThreadItem) -> bool {
    matches!(item, ThreadItem::Widget(_))
}

fn is_question(item: &ThreadItem) -> bool {
    matches!(item, ThreadItem::UserMessage(_))
}

/// Wraps a method that never refuses.
fn always(call: impl Fn() + Send + Sync + 'static) -> Call {
    Box::new(move || {
        call();
        Ok(())
    })
}
