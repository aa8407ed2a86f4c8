//! Rendering of inline elements.

use leptos::{html, prelude::*};

use super::{
    RenderContext,
    block::Inline,
    citation_mark::Mark,
    footnote::{go_to, view_reference},
    link_target::{Deeplink, is_image_allowed},
};
use crate::{model::typeset::Passage, ui::words::markdown as words};

pub(super) fn view_line(line: &[Inline], around: &RenderContext) -> Vec<AnyView> {
    line.iter().map(|it| view_inline(it, around)).collect()
}

fn view_inline(inline: &Inline, around: &RenderContext) -> AnyView {
    match inline {
        Inline::Text(text) => text.clone().into_any(),
        Inline::Formula { text, is_display } => view_formula(text, *is_display, around),
        Inline::Code(text) => view! { <code>{text.clone()}</code> }.into_any(),
        Inline::Emphasis(line) => view! { <em>{view_line(line, around)}</em> }.into_any(),
        Inline::Strong(line) => view! { <strong>{view_line(line, around)}</strong> }.into_any(),
        Inline::Strike(line) => view! { <s>{view_line(line, around)}</s> }.into_any(),
        Inline::Element { name, children } => view_element(name, view_line(children, around)),
        Inline::Link { href, children } => view_link(href.clone(), view_line(children, around).into_any()),
        Inline::Deeplink { link, children } => view_deeplink(link, children, around),
        Inline::Image { src, alt, is_in_link } => view_image(src, alt, *is_in_link, around),
        Inline::FootnoteReference { label, is_first } => view_reference(label, *is_first, around),
        Inline::Marks(marks) => view_marks(marks, around),
        Inline::Break => view! { <br /> }.into_any(),
    }
}

fn view_element(name: &str, line: Vec<AnyView>) -> AnyView {
    match name {
        "sub" => view! { <sub>{line}</sub> }.into_any(),
        "sup" => view! { <sup>{line}</sup> }.into_any(),
        "kbd" => view! { <kbd>{line}</kbd> }.into_any(),
        "mark" => view! { <mark>{line}</mark> }.into_any(),
        _ => view! { <u>{line}</u> }.into_any(),
    }
}

/// Renders the LaTeX source until the formula is typeset.
fn view_formula(text: &str, is_display: bool, around: &RenderContext) -> AnyView {
    let formula: NodeRef<html::Span> = NodeRef::new();
    around.typeset(formula, Passage::Formula { text: text.to_owned(), is_display });
    let source = view! { <code class="math">{text.trim().to_owned()}</code> };
    if !is_display {
        return view! { <span node_ref=formula class="formula" data-source=text.to_owned()>{source}</span> }.into_any();
    }
    // Focusable, so that it can be scrolled by keyboard.
    view! {
        <span
            node_ref=formula
            class="formula"
            data-source=text.to_owned()
            data-display
            tabindex="0"
            role="group"
            aria-label=words::FORMULA
        >
            {source}
        </span>
    }
    .into_any()
}

/// Renders citation marks as links to the list of sources.
fn view_marks(marks: &[Mark], around: &RenderContext) -> AnyView {
    let view_mark = |mark: &Mark| {
        let number = mark.number;
        let id = mark.is_first.then(|| cite_id(&around.id, number));
        let source = source_id(&around.id, number);
        let name = words::source(number, &mark.title);
        view! {
            <a id=id href=format!("#{source}") role="doc-noteref" aria-label=name on:click=move |ev| go_to(&ev, &source)>
                {number}
            </a>
        }
    };
    view! { <sup class="markdown__mark" data-source>{marks.iter().map(view_mark).collect_view()}</sup> }.into_any()
}

/// Returns the id of a source's first mark, with the prefix `id`.
pub(in crate::ui::chatkit) fn cite_id(id: &str, number: usize) -> String {
    format!("{id}-cite-{number}")
}

/// Returns the id of a source's entry, with the prefix `id`.
pub(in crate::ui::chatkit) fn source_id(id: &str, number: usize) -> String {
    format!("{id}-source-{number}")
}

fn view_link(href: String, name: AnyView) -> AnyView {
    view! {
        <a href=href target="_blank" rel="noopener noreferrer nofollow">
            {name}
        </a>
    }
    .into_any()
}

/// Renders a deeplink as a button, because it has no address to open or copy.
fn view_deeplink(link: &Deeplink, children: &[Inline], around: &RenderContext) -> AnyView {
    let name = view_line(children, around);
    let Some(host) = around.host.clone() else { return name.into_any() };
    let link = link.clone();
    view! {
        <button class="markdown__deeplink" type="button" on:click=move |_| host.follow(&link)>
            {name}
        </button>
    }
    .into_any()
}

/// Renders an image from an allowed host. Other images, and images that fail to load, become links, so that their
/// hosts do not learn of the reader.
fn view_image(src: &str, alt: &str, is_in_link: bool, around: &RenderContext) -> AnyView {
    let (src, alt) = (src.to_owned(), alt.to_owned());
    let hosts = around.host.as_ref().map(|it| it.image_hosts);
    let is_allowed = {
        let src = src.clone();
        Memo::new(move |_| hosts.is_some_and(|hosts| hosts.with(|hosts| is_image_allowed(&src, hosts))))
    };
    // The page's policy may block an image that the thread allows, and hosts may disappear.
    let image: NodeRef<html::Img> = NodeRef::new();
    let has_failed = RwSignal::new(false);
    Effect::new(move |_| {
        // It may have failed before hydration. Setting `src` again repeats the event.
        if let Some(image) = image.get().filter(|it| it.complete() && it.natural_width() == 0) {
            image.set_src(&image.src());
        }
    });
    let view = move || {
        if is_allowed.get() && !has_failed.get() {
            // `referrerpolicy` and `loading` must precede `src` to take effect.
            let (src, alt) = (src.clone(), alt.clone());
            return view! {
                <img
                    node_ref=image
                    class="markdown__image"
                    loading="lazy"
                    referrerpolicy="no-referrer"
                    alt=alt
                    src=src
                    on:error=move |_| has_failed.set(true)
                />
            }
            .into_any();
        }
        let name = if alt.is_empty() { src.clone() } else { alt.clone() };
        if is_in_link { name.into_any() } else { view_link(src.clone(), name.into_any()) }
    };
    view.into_any()
}
