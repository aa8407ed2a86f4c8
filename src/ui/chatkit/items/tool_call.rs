use leptos::prelude::*;

use super::entry_view::EntryView;
use crate::{
    model::chatkit::{ThreadItem, ToolCallStatus},
    ui::{
        components::{Button, ButtonKind, Show},
        words::items as words,
    },
};

/// A client tool call. After a reload the user decides whether to execute it.
#[component]
pub(super) fn ToolCallLine(shown: EntryView) -> impl IntoView {
    let control = shown.control;
    let line = shown.read(|entry| match &entry.item {
        ThreadItem::ClientToolCall(it) => Some(words::tool_call(&it.name)),
        _ => None,
    });
    let status = shown.read(|entry| match &entry.item {
        ThreadItem::ClientToolCall(it) => Some(it.status),
        _ => None,
    });
    let is_pending = Memo::new(move |_| status.get() == Some(ToolCallStatus::Pending));
    let has_tools = control.option(|it| it.on_client_tool.is_set());
    let key = shown.key();
    let is_last = Memo::new(move |_| control.rows.last_key() == Some(key));
    let is_quiet = Memo::new(move |_| control.turn.with(Option::is_none));
    let can_answer = Memo::new(move |_| is_pending.get() && is_last.get() && is_quiet.get());
    let answer = move |_| {
        let has_tools = has_tools.get_untracked();
        if if has_tools { control.answer_tool_call() } else { control.refuse_tool_call() }.is_ok() {
            // The button disappears and would lose the focus.
            control.focus_composer();
        }
    };
    view! {
        <div class="tool-call">
            <p>
                {move || line.get()} "\u{a0}· "
                {move || match is_pending.get() {
                    true if has_tools.get() => words::TOOL_PENDING,
                    true => words::TOOL_UNKNOWN,
                    false => words::TOOL_DONE,
                }}
            </p>
            <Show when=move || can_answer.get()>
                <Button kind=ButtonKind::Quiet on_click=answer>
                    {move || if has_tools.get() { words::ANSWER_NOW } else { words::CONTINUE_WITHOUT_TOOL }}
                </Button>
            </Show>
        </div>
    }
}
