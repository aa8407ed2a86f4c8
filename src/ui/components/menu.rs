use leptos::{context::Provider, ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

use super::{Icon, IconKind, show::Show, sprite};

/// Context by which menu items close their menu.
#[derive(Clone, Copy)]
struct OpenMenu {
    close: Callback<()>,
}

/// A button that opens a menu. Arrow keys move, Escape and outside clicks close it.
#[component]
pub fn Menu(
    /// Accessible name of the button.
    #[prop(into)]
    label: Signal<String>,
    /// Icon of the button.
    #[prop(default = IconKind::Ellipsis)]
    icon: IconKind,
    /// True to align the menu with the start of the button instead of its end.
    #[prop(optional)]
    opens_after: bool,
    /// True to exclude the button from the tab order, because arrow keys lead to it.
    #[prop(optional)]
    is_apart: bool,
    /// The items.
    children: ChildrenFn,
) -> impl IntoView {
    let children = StoredValue::new(children);
    let is_open = RwSignal::new(false);
    let trigger: NodeRef<html::Button> = NodeRef::new();
    let list: NodeRef<html::Div> = NodeRef::new();

    let close = Callback::new(move |()| {
        is_open.set(false);
        if let Some(trigger) = trigger.get_untracked() {
            _ = trigger.focus();
        }
    });

    Effect::new(move |_| {
        if let (true, Some(list), Some(trigger)) = (is_open.get(), list.get(), trigger.get_untracked()) {
            place(&list, &trigger, opens_after);
            untrack(|| focus_item(&list, Step::First));
        }
    });
    let outside = window_event_listener(ev::pointerdown, move |ev| {
        if !is_open.get_untracked() {
            return;
        }
        let target = ev.target().and_then(|it| it.dyn_into::<Node>().ok());
        let within = |node: Option<&Node>| node.is_some_and(|node| node.contains(target.as_ref()));
        let (trigger, list) = (trigger.get_untracked(), list.get_untracked());
        if !within(trigger.as_ref().map(|it| it.as_ref())) && !within(list.as_ref().map(|it| it.as_ref())) {
            is_open.set(false);
        }
    });
    on_cleanup(move || outside.remove());

    let on_keydown = move |ev: ev::KeyboardEvent| {
        let Some(list) = list.get_untracked() else { return };
        let step = match ev.key().as_str() {
            "Escape" => {
                ev.prevent_default();
                ev.stop_propagation();
                return close.run(());
            }
            "Tab" => return close.run(()),
            "ArrowDown" => Step::Next,
            "ArrowUp" => Step::Previous,
            "Home" => Step::First,
            "End" => Step::Last,
            _ => return,
        };
        ev.prevent_default();
        focus_item(&list, step);
    };
    view! {
        <button
            node_ref=trigger
            class="menu__trigger icon-button"
            type="button"
            tabindex=is_apart.then_some("-1")
            title=label
            aria-haspopup="menu"
            aria-expanded=move || if is_open.get() { "true" } else { "false" }
            aria-label=label
            on:click=move |_| is_open.update(|it| *it = !*it)
            on:keydown=move |ev: ev::KeyboardEvent| {
                if ev.key() == "ArrowDown" && !is_open.get_untracked() {
                    ev.prevent_default();
                    is_open.set(true);
                }
            }
        >
            <Icon kind=icon />
        </button>
        <Show when=move || is_open.get()>
            <div node_ref=list class="menu" role="menu" aria-label=label on:keydown=on_keydown>
                <Provider value=OpenMenu { close }>{children.with_value(|children| children())}</Provider>
            </div>
        </Show>
    }
}

/// An entry of a [`Menu`].
#[component]
pub fn MenuItem(
    /// Icon beside the label.
    #[prop(optional_no_strip, into)]
    icon: Option<IconKind>,
    /// Name of a `sprite` icon, used instead of `icon`.
    #[prop(optional_no_strip)]
    picture: Option<String>,
    /// Text of the entry.
    #[prop(into)]
    label: String,
    /// True for actions that cannot be undone.
    #[prop(optional)]
    is_danger: bool,
    /// Called when the entry is chosen, after the menu has closed and its button has the focus again.
    #[prop(into)]
    on_choose: Callback<()>,
) -> impl IntoView {
    let menu = expect_context::<OpenMenu>();
    let choose = move |_| {
        menu.close.run(());
        on_choose.run(());
    };
    view! {
        <button
            class="menu__item"
            type="button"
            role="menuitem"
            tabindex="-1"
            data-kind=is_danger.then_some("danger")
            on:click=choose
        >
            {icon.map(|kind| view! { <Icon kind /> })}
            {picture.and_then(|it| sprite::picture(&it))}
            {label}
        </button>
    }
}

enum Step {
    First,
    Previous,
    Next,
    Last,
}

fn focus_item(list: &HtmlElement, step: Step) {
    let items = list.children();
    let n_items = items.length();
    if n_items == 0 {
        return;
    }
    let focused = document().active_element();
    let at = (0..n_items).find(|&at| items.item(at) == focused);
    let at = match (step, at) {
        (Step::First, _) | (Step::Next, None) => 0,
        (Step::Last, _) | (Step::Previous, None) => n_items - 1,
        (Step::Next, Some(at)) => (at + 1) % n_items,
        (Step::Previous, Some(at)) => (at + n_items - 1) % n_items,
    };
    if let Some(item) = items.item(at).and_then(|it| it.dyn_into::<HtmlElement>().ok()) {
        _ = item.focus();
    }
}

/// Positions the menu below its button, or above if space is missing. Fixed positioning avoids clipping by scrolling
/// lists.
fn place(list: &HtmlElement, trigger: &HtmlElement, opens_after: bool) {
    let (button, height) = (trigger.get_bounding_client_rect(), f64::from(list.offset_height()));
    let room = window().inner_height().ok().and_then(|it| it.as_f64()).unwrap_or(f64::MAX);
    let top = if button.bottom() + height + 8.0 > room { button.top() - height - 4.0 } else { button.bottom() + 4.0 };
    let is_rtl = window().get_computed_style(list).ok().flatten();
    let is_rtl = is_rtl.and_then(|it| it.get_property_value("direction").ok()).is_some_and(|it| it == "rtl");
    let before_end = (button.right() - f64::from(list.offset_width())).max(8.0);
    let left = if opens_after && !is_rtl { button.left() } else { before_end };
    let style = list.style();
    _ = style.set_property("top", &format!("{}px", top.max(8.0)));
    _ = style.set_property("left", &format!("{left}px"));
}
