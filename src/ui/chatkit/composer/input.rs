use leptos::{ev, html, prelude::*};

use super::{
    Availability, attachments,
    draft::joined,
    enter_key::{Keyboard, Modifiers},
    focus,
    suggestion_menu::Menu,
    suggestions::Suggestions,
};
use crate::ui::{browser, chatkit::ChatKitControl, words::composer as words};

/// `keyCode` of key events during input method composition, in all browsers.
pub(super) const COMPOSING_KEY_CODE: u32 = 229;

/// The text area. It controls the list of suggestions while that is open.
#[component]
pub(super) fn Input(
    control: ChatKitControl,
    input: NodeRef<html::Textarea>,
    suggestions: Suggestions,
    availability: Memo<Availability>,
    send: Callback<()>,
) -> impl IntoView {
    let menu = suggestions.menu;
    let is_open = Memo::new(move |_| menu.with(Option::is_some));
    let active = move || menu.with(|it| it.as_ref().and_then(Menu::at)).map(|at| suggestions.option_id(at));
    let given = control.option(|it| it.composer.placeholder.clone());
    let tool = control.selected_tool();
    let placeholder = move || match availability.get() {
        Availability::Locked(reason) | Availability::Closed(reason) => reason,
        Availability::Open => {
            let of_tool = tool.get().and_then(|it| it.placeholder_override);
            of_tool.or_else(|| given.get()).unwrap_or_else(|| words::PLACEHOLDER.to_owned())
        }
    };
    // The device is unknown on the server, so this is set after hydration.
    let keyboard = RwSignal::new(Keyboard::Keys);
    Effect::new(move |_| {
        if browser::matches(browser::TOUCH_ONLY) {
            keyboard.set(Keyboard::Screen);
        }
    });
    show_draft(control, input, availability);
    take_focus(control, input);
    let on_keydown = move |ev: ev::KeyboardEvent| {
        if ev.is_composing() || ev.key_code() == COMPOSING_KEY_CODE {
            return;
        }
        let held = Modifiers { shift: ev.shift_key(), command: ev.ctrl_key() || ev.meta_key() };
        let is_plain = !ev.shift_key() && !ev.ctrl_key() && !ev.alt_key() && !ev.meta_key();
        if is_plain && suggestions.take_key(&ev.key()) {
            ev.prevent_default();
            ev.stop_propagation();
        } else if ev.key() == "Enter" && keyboard.get_untracked().sends(held) {
            ev.prevent_default();
            send.run(());
        }
    };
    let on_keyup = move |ev: ev::KeyboardEvent| {
        if matches!(ev.key().as_str(), "ArrowLeft" | "ArrowRight" | "Home" | "End") {
            suggestions.follow();
        }
    };
    let on_input = move |ev| {
        control.set_draft(event_target_value(&ev));
        suggestions.follow();
    };
    // Id of the reason for a locked composer.
    let lock_id = move || control.element_id("composer-lock");
    let lock = Memo::new(move |_| match availability.get() {
        Availability::Locked(reason) => Some(reason),
        _ => None,
    });
    view! {
        <textarea
            node_ref=input
            class="composer__input"
            id=control.composer_id()
            enterkeyhint=move || keyboard.get().hint()
            part="composer-input"
            rows="1"
            dir="auto"
            aria-label=words::MESSAGE
            placeholder=placeholder
            autocomplete="off"
            aria-describedby=move || lock.with(Option::is_some).then(lock_id)
            disabled=move || availability.get() != Availability::Open
            role=move || is_open.get().then_some("combobox")
            aria-autocomplete=move || is_open.get().then_some("list")
            aria-expanded=move || is_open.get().then_some("true")
            aria-controls=move || is_open.get().then(|| suggestions.list_id())
            aria-activedescendant=active
            on:input=on_input
            on:paste=move |ev| attachments::paste(control, &ev)
            on:keydown=on_keydown
            on:keyup=on_keyup
            on:click=move |_| suggestions.follow()
            on:blur=move |_| suggestions.close()
        ></textarea>
        // Not all screen readers announce a placeholder.
        <span class="unseen" id=lock_id()>
            {move || lock.get()}
        </span>
    }
}

/// Focuses the text area when it replaces a focused part of the composer, and on request of the page.
fn take_focus(control: ChatKitControl, input: NodeRef<html::Textarea>) {
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            focus::take(control, &input);
        }
    });
    Effect::new(move |is_later: Option<bool>| {
        control.composer.focus.track();
        if is_later.unwrap_or(false) {
            input.get_untracked().inspect(|it| _ = untrack(|| it.focus()));
        }
        true
    });
}

/// Shows the draft in the text area and adjusts its height. Text typed before hydration becomes the first draft, or
/// is appended to the stored one.
fn show_draft(control: ChatKitControl, input: NodeRef<html::Textarea>, availability: Memo<Availability>) {
    Effect::new(move |is_later: Option<bool>| {
        // A locked composer displays the reason instead.
        let draft = if availability.get() == Availability::Open { control.composer.draft.get() } else { String::new() };
        let Some(input) = input.get() else { return false };
        let typed = input.value();
        if !is_later.unwrap_or(false) && !typed.is_empty() && typed != draft {
            control.change_draft(|draft| draft.text = joined(&draft.text, &typed));
            return true;
        }
        if input.value() != draft {
            input.set_value(&draft);
        }
        let style = (*input).style();
        _ = style.set_property("height", "auto");
        // Measured in the one-line layout, beside the buttons. Otherwise the wider layout would toggle back.
        _ = input.remove_attribute("data-lines");
        if input.scroll_height() > input.client_height() {
            _ = input.set_attribute("data-lines", "many");
        }
        _ = style.set_property("height", &format!("{}px", input.scroll_height()));
        true
    });
}
