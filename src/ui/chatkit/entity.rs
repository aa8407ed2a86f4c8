//! Entities mentioned in messages and sources.

use leptos::{ev, html, prelude::*, task::spawn_local};

use crate::ui::components::Show;
use web_sys::HtmlElement;

use super::{ChatKitControl, Entity, items::text_of_widget};
use crate::model::chatkit::{EntitySource, UserContent};

/// Distance in pixels between a mention and its preview, and between the preview and the window's edge.
const GAP_PX: f64 = 6.0;

impl Entity {
    /// Returns the entity of a part of a message. `None` for plain text.
    pub(crate) fn of_content(part: &UserContent) -> Option<Self> {
        let UserContent::InputTag { id, text, data, group, interactive } = part else { return None };
        Some(Self {
            id: id.clone(),
            title: text.clone(),
            icon: None,
            interactive: *interactive,
            group: group.clone(),
            data: data.clone(),
        })
    }

    /// Returns the entity of a source.
    pub(crate) fn of_source(source: &EntitySource) -> Self {
        Self {
            id: source.id.clone(),
            title: source.title.clone(),
            icon: source.icon.clone(),
            interactive: source.interactive,
            group: source.group.clone(),
            data: source.data.clone(),
        }
    }
}

/// A mention. A click is reported to the page. Hover and focus show a preview, if the page provides one, and Escape
/// closes it.
#[component]
pub(crate) fn EntityButton(
    control: ChatKitControl,
    entity: Entity,
    /// Displayed text.
    text: String,
) -> impl IntoView {
    let anchor: NodeRef<html::Span> = NodeRef::new();
    let bubble: NodeRef<html::Span> = NodeRef::new();
    let preview: RwSignal<Option<String>> = RwSignal::new(None);
    // Counts requests, so that a preview that arrives too late is dropped.
    let n_asked = StoredValue::new(0_u64);
    let entity = StoredValue::new(entity);
    // Also called when the focused button is removed.
    let hide = move || {
        n_asked.try_update_value(|it| *it += 1);
        preview.try_set(None);
    };
    let ask = move || {
        if preview.with_untracked(Option::is_some) {
            return;
        }
        n_asked.update_value(|it| *it += 1);
        let number = n_asked.get_value();
        spawn_local(async move {
            let request = control.handler(|it| it.entities.on_request_preview.clone());
            let widget = request.ask(entity.get_value()).await.flatten();
            let text = widget.map(|it| text_of_widget(&it)).filter(|it| !it.is_empty());
            if n_asked.try_get_value() == Some(number) {
                preview.try_set(text);
            }
        });
    };
    Effect::new(move |_| {
        if let (Some(anchor), Some(bubble)) = (anchor.get(), bubble.get()) {
            place(&bubble, &anchor);
        }
    });
    let on_escape = window_event_listener(ev::keydown, move |ev| {
        if ev.key() == "Escape" && preview.try_with_untracked(Option::is_some) == Some(true) {
            hide();
        }
    });
    on_cleanup(move || on_escape.remove());
    let click = move |_| control.handler(|it| it.entities.on_click.clone()).run(entity.get_value());
    view! {
        <span node_ref=anchor on:pointerenter=move |_| ask() on:pointerleave=move |_| hide()>
            <button class="entity" type="button" on:click=click on:focus=move |_| ask() on:blur=move |_| hide()>
                {text}
            </button>
            <Show when=move || preview.with(Option::is_some)>
                <span node_ref=bubble class="entity__preview" role="status">
                    {move || preview.get()}
                </span>
            </Show>
        </span>
    }
}

/// Positions the preview above its mention, or below if space is missing.
fn place(bubble: &HtmlElement, anchor: &HtmlElement) {
    let (at, size) = (anchor.get_bounding_client_rect(), bubble.get_bounding_client_rect());
    let width = window().inner_width().ok().and_then(|it| it.as_f64()).unwrap_or(f64::MAX);
    let above = at.top() - size.height() - GAP_PX;
    let top = if above >= GAP_PX { above } else { at.bottom() + GAP_PX };
    let left = at.left().min(width - size.width() - GAP_PX).max(GAP_PX);
    let style = bubble.style();
    _ = style.set_property("top", &format!("{top}px"));
    _ = style.set_property("left", &format!("{left}px"));
}
