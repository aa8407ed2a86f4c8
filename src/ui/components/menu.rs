use leptos::{context::Provider, ev, html, prelude::*};
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, Node};

use super::{Icon, IconKind, show::Show, sprite};

/// Tells the items of a menu how to close it.
#[derive(Clone, Copy)]
struct OpenMenu {
    close: Callback<()>,
}

/// A button that opens a menu: arrow keys move, Escape and a click elsewhere close.
#[component]
pub fn Menu(
    /// The button's name.
    #[prop(into)]
    label: Signal<String>,
    /// The button's picture.
    #[prop(default = IconKind::Ellipsis)]
    icon: IconKind,
    /// Whether the menu lies after the button's beginning, not before its end.
    #[prop(optional)]
    opens_after: bool,
    /// Whether the tab key passes the button by, as others lead to it.
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
            focus_item(&list, Step::First);
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

/// Something to choose from a [`Menu`].
#[component]
pub fn MenuItem(
    /// The picture beside its label.
    #[prop(optional_no_strip, into)]
    icon: Option<IconKind>,
    /// The name of a picture of `sprite`, in the place of an icon of ours.
    #[prop(optional_no_strip)]
    picture: Option<String>,
    /// Its label.
    #[prop(into)]
    label: String,
    /// Whether it cannot be undone.
    #[prop(optional)]
    is_danger: bool,
    /// Called when it is chosen; the menu is closed then and the focus is back on its button.
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

/// Puts the menu below its button, or above it where there is no room: lists that scroll would cut it off.
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
