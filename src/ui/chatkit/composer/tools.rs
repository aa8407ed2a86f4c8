use leptos::prelude::*;

use crate::ui::{
    chatkit::{ChatKitControl, ToolOption},
    components::{Icon, IconKind, Menu, MenuItem, Show, sprite::picture},
    words::composer as words,
};

/// Tools for the next message: a menu, buttons of the pinned ones, and the selected one.
#[component]
pub(super) fn Tools(control: ChatKitControl) -> impl IntoView {
    let tools = control.option(|it| it.composer.tools.clone());
    let selected = control.selected_tool();
    let in_menu = Memo::new(move |_| tools.with(|it| it.iter().filter(|it| !it.pinned).cloned().collect::<Vec<_>>()));
    let pinned = Memo::new(move |_| tools.with(|it| it.iter().filter(|it| it.pinned).cloned().collect::<Vec<_>>()));
    // A pinned tool is marked on its own button.
    let chip = Memo::new(move |_| selected.get().filter(|it| !it.pinned));
    view! {
        <Show when=move || in_menu.with(|it| !it.is_empty())>
            <Menu label=words::TOOLS icon=IconKind::Plus opens_after=true>
                {move || in_menu.get().into_iter().map(|tool| view! { <ToolItem control tool /> }).collect_view()}
            </Menu>
        </Show>
        {move || pinned.get().into_iter().map(|tool| view! { <PinnedTool control tool /> }).collect_view()}
        {move || chip.get().map(|tool| view! { <ToolChip control tool /> })}
    }
}

#[component]
fn ToolItem(control: ChatKitControl, tool: ToolOption) -> impl IntoView {
    let ToolOption { id, label, icon: picture, .. } = tool;
    let choose = move |()| {
        control.select_tool(Some(id.clone()));
        control.focus_composer();
    };
    view! { <MenuItem picture label=label on_choose=Callback::new(choose) /> }
}

/// Toggle button of a pinned tool.
#[component]
fn PinnedTool(control: ChatKitControl, tool: ToolOption) -> impl IntoView {
    let ToolOption { id, label, icon, short_label, .. } = tool;
    let id = StoredValue::new(id);
    let is_selected = move || control.composer.tool.with(|it| it.as_ref() == Some(&id.get_value()));
    let toggle = move |_| {
        control.select_tool((!untrack(is_selected)).then(|| id.get_value()));
        control.focus_composer();
    };
    let name = short_label.as_ref().map(|_| label.clone());
    view! {
        <button
            class="tool"
            type="button"
            aria-label=name
            aria-pressed=move || if is_selected() { "true" } else { "false" }
            on:click=toggle
        >
            {icon.as_deref().and_then(picture)}
            {short_label.unwrap_or(label)}
        </button>
    }
}

/// The selected tool, with a button to deselect it.
#[component]
fn ToolChip(control: ChatKitControl, tool: ToolOption) -> impl IntoView {
    let ToolOption { label, short_label, .. } = tool;
    let remove = move |_| {
        control.select_tool(None);
        control.focus_composer();
    };
    let name = words::remove_tool(&label);
    view! {
        <button class="tool" type="button" data-chosen="" aria-label=name on:click=remove>
            {short_label.unwrap_or(label)}
            <Icon kind=IconKind::Close />
        </button>
    }
}
