//! Rendering of footnotes.

use leptos::{ev::MouseEvent, prelude::*};

use super::{RenderContext, block::Block, view_inner};
use crate::ui::words::markdown as words;

/// Renders a footnote reference.
pub(super) fn view_reference(label: &str, is_first: bool, around: &RenderContext) -> AnyView {
    let name = words::footnote(label);
    let label = label.to_owned();
    if around.id.is_empty() {
        return view! { <sup class="markdown__mark">{label}</sup> }.into_any();
    }
    let id = is_first.then(|| mark_id(&label, around));
    let note = note_id(&label, around);
    view! {
        <sup class="markdown__mark">
            <a id=id href=format!("#{note}") role="doc-noteref" aria-label=name on:click=move |ev| go_to(&ev, &note)>
                {label}
            </a>
        </sup>
    }
    .into_any()
}

/// Renders a footnote definition.
pub(super) fn view_note(label: &str, blocks: &[Block], around: &RenderContext) -> AnyView {
    let has_links = !around.id.is_empty();
    let id = has_links.then(|| note_id(label, around));
    let back = has_links.then(|| {
        let mark = mark_id(label, around);
        let name = words::back_to_footnote(label);
        view! {
            <a
                class="markdown__back"
                href=format!("#{mark}")
                role="doc-backlink"
                aria-label=name
                on:click=move |ev| go_to(&ev, &mark)
            >
                "↩\u{fe0e}"
            </a>
        }
    });
    view! {
        <div class="markdown__note" id=id role="group" aria-label=words::footnote(label) tabindex="-1">
            <span class="markdown__label" aria-hidden="true">{label.to_owned()}</span>
            <div class="markdown__said">{view_inner(blocks, around)}</div>
            {back}
        </div>
    }
    .into_any()
}

/// Scrolls to and focuses the target of a link, without changing the page's address, which a router may own.
pub(in crate::ui::chatkit) fn go_to(ev: &MouseEvent, id: &str) {
    let is_plain = !(ev.ctrl_key() || ev.meta_key() || ev.shift_key() || ev.alt_key());
    if let Some(element) = document().get_element_by_id(id).filter(|_| is_plain) {
        ev.prevent_default();
        if let Ok(Some(closed)) = element.closest("details:not([open])") {
            _ = closed.set_attribute("open", "");
        }
        element.scroll_into_view();
        _ = js_sys::Reflect::get(&element, &"focus".into())
            .and_then(|focus| js_sys::Function::from(focus).call0(&element));
    }
}

fn note_id(label: &str, around: &RenderContext) -> String {
    format!("{}-note-{}", around.id, in_id(label))
}

fn mark_id(label: &str, around: &RenderContext) -> String {
    format!("{}-mark-{}", around.id, in_id(label))
}

/// Encodes a label for use in an id: no spaces or characters that need escaping, and distinct for distinct labels.
fn in_id(label: &str) -> String {
    let mut id = String::new();
    for it in label.chars() {
        match it.is_ascii_alphanumeric() {
            true => id.push(it),
            false => id.push_str(&format!("_{:x}_", u32::from(it))),
        }
    }
    id
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_tell_labels_apart() {
        assert_eq!(in_id("a1"), "a1");
        assert_eq!(in_id("a b_é"), "a_20_b_5f__e9_");
        assert_ne!(in_id("_20_"), in_id(" "));
    }
}
