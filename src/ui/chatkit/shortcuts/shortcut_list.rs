use leptos::prelude::*;

use super::{
    dispatch::{is_mac, is_offered},
    key_bindings::Shortcut,
};
use crate::ui::{
    chatkit::ChatKitControl,
    components::{Button, ButtonKind, Dialog},
    words::frame as words,
};

/// All shortcuts with the key names of this platform.
#[component]
pub(crate) fn ShortcutList(control: ChatKitControl) -> impl IntoView {
    let is_open = control.frame.is_list_open;
    // The platform is unknown on the server, so this is set after hydration.
    let has_mac_keys = RwSignal::new(false);
    Effect::new(move |_| has_mac_keys.set(is_mac()));
    let close = move |()| is_open.set(false);
    let rows = move || Shortcut::ALL.into_iter().filter(|it| is_offered(control, *it)).collect::<Vec<_>>();
    view! {
        <Dialog id=control.element_id("shortcuts") heading=words::SHORTCUTS is_open on_close=close>
            <dl class="shortcuts">
                {move || {
                    rows()
                        .into_iter()
                        .map(|it| {
                            view! {
                                <div class="shortcuts__row">
                                    <dt>{name_of(it)}</dt>
                                    <dd>{move || view_keys(it, has_mac_keys.get())}</dd>
                                </div>
                            }
                        })
                        .collect_view()
                }}
            </dl>
            <div class="dialog__actions">
                <Button kind=ButtonKind::Quiet on_click=move |_| close(())>
                    {words::CLOSE}
                </Button>
            </div>
        </Dialog>
    }
}

fn name_of(shortcut: Shortcut) -> &'static str {
    match shortcut {
        Shortcut::NewChat => words::NEW_CHAT,
        Shortcut::FocusComposer => words::FOCUS_COMPOSER,
        Shortcut::Search => words::SEARCH,
        Shortcut::ToggleHistory => words::TOGGLE_HISTORY,
        Shortcut::PreviousMessage => words::PREVIOUS_MESSAGE,
        Shortcut::NextMessage => words::NEXT_MESSAGE,
        Shortcut::CopyAnswer => words::COPY_ANSWER,
        Shortcut::Stop => words::STOP,
        Shortcut::List => words::SHOW_SHORTCUTS,
    }
}

fn view_keys(shortcut: Shortcut, has_mac_keys: bool) -> AnyView {
    let key = |name: String| view! { <kbd class="shortcuts__key">{name}</kbd> };
    let and = (!has_mac_keys).then_some(words::KEY_SEPARATOR);
    let [first, second] =
        if has_mac_keys { [words::MAC_CONTROL, words::MAC_SHIFT] } else { [words::ALT, words::SHIFT] };
    match (shortcut, shortcut.letter()) {
        (_, Some(letter)) => view! {
            {key(first.to_owned())}
            {and}
            {key(second.to_owned())}
            {and}
            {key(letter.to_string())}
        }
        .into_any(),
        (Shortcut::Stop, None) => key(words::ESCAPE.to_owned()).into_any(),
        (_, None) => key(words::LIST_KEY.to_owned()).into_any(),
    }
}
