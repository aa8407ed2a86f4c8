//! Markdown rendering to nodes: no raw HTML, images from allowed hosts only, links to allowed schemes only.

pub mod block;
pub mod citation_mark;
mod cjk;
mod direction;
mod document;
mod elements;
mod emphasis;
pub(super) mod footnote;
mod formula;
mod growing;
mod hide;
pub mod host;
mod html_tag;
pub(super) mod inlines;
mod line_syntax;
mod link_target;
mod linkify;
mod search_scope;
#[cfg(test)]
mod tests;
mod typeset;
pub mod typesetter;

use leptos::{html, prelude::*};

use super::items::copy::CopyButton;
use crate::{
    model::typeset::Passage,
    ui::{components::Show, words::markdown as words},
};
use block::{Align, Block, Inline, ListItem};
use citation_mark::PlacedMark;
use document::{Document, Key};
pub(super) use elements::elements;
use footnote::view_note;
use host::MarkdownHost;
use inlines::view_line;
use wasm_bindgen::JsCast;
use web_sys::Element;

/// Context for the rendering of a node.
#[derive(Clone, Default)]
struct RenderContext {
    host: Option<MarkdownHost>,
    /// Prefix of element ids. If empty, footnotes are not linked.
    id: String,
    /// True if the rendered block is final.
    is_settled: bool,
}

impl RenderContext {
    /// Typesets an element once it is in the document and complete.
    fn typeset<E: html::ElementType<Output: JsCast + Clone + 'static>>(&self, element: NodeRef<E>, passage: Passage) {
        let Some(typesetter) = self.host.as_ref().filter(|_| self.is_settled).map(|it| it.typesetter) else { return };
        Effect::new(move |_| {
            if let Some(element) = element.get() {
                let element: Element = element.unchecked_into();
                typesetter.set(passage.clone(), move |it| typeset::put(&element, it));
            }
        });
    }
}

/// Renders Markdown. While the text streams, only its last blocks are rendered again.
#[component]
pub fn Markdown(
    /// The Markdown text.
    #[prop(into)]
    source: Signal<String>,
    /// True while the text may grow.
    #[prop(into)]
    is_streaming: Signal<bool>,
    /// Prefix of element ids, unique on the page. Without it, footnotes are not linked.
    #[prop(into, optional)]
    id: String,
    /// Citation marks in the order of their positions.
    #[prop(into, optional)]
    marks: Signal<Vec<PlacedMark>>,
) -> impl IntoView {
    let document = Memo::new(move |before: Option<&Document>| {
        Document::read(before, source.get(), marks.get(), !is_streaming.get())
    });
    let [blocks, notes] = [false, true].map(|of_notes| Memo::new(move |_| document.with(|it| it.keys(of_notes))));
    let has_notes = Memo::new(move |_| notes.with(|it| !it.is_empty()));
    let around = StoredValue::new(RenderContext { host: use_context(), id, is_settled: true });
    let around_open = StoredValue::new(RenderContext { is_settled: false, ..around.get_value() });
    // The DOM of a block is kept from its first character on, with focus and selection.
    let block = move |key: Key| {
        let shown = Memo::new(move |_| document.with(|it| it.shown(key)));
        move || {
            shown.get().map(|it| {
                let around = if it.is_settled { around } else { around_open };
                around.with_value(|around| view_block(it.block(), around))
            })
        }
    };
    view! {
        <div class="markdown" dir="auto">
            <For each=move || blocks.get() key=|key| *key children=block />
            <Show when=move || has_notes.get()>
                <section class="markdown__notes" role="doc-endnotes" aria-label=words::FOOTNOTES>
                    <For each=move || notes.get() key=|key| *key children=block />
                </section>
            </Show>
        </div>
    }
}

fn view_block(block: &Block, around: &RenderContext) -> AnyView {
    match block {
        Block::Paragraph(line) => view! { <p>{view_line(line, around)}</p> }.into_any(),
        Block::Plain(line) => view_line(line, around).into_any(),
        // Level 1 is reserved for the heading of the page.
        Block::Heading(1, line) => view! { <h2>{view_line(line, around)}</h2> }.into_any(),
        Block::Heading(2, line) => view! { <h3>{view_line(line, around)}</h3> }.into_any(),
        Block::Heading(3, line) => view! { <h4>{view_line(line, around)}</h4> }.into_any(),
        Block::Heading(4, line) => view! { <h5>{view_line(line, around)}</h5> }.into_any(),
        Block::Heading(_, line) => view! { <h6>{view_line(line, around)}</h6> }.into_any(),
        Block::Code { language, text } => view_code(language.clone(), text.clone(), around),
        Block::Quote(blocks) => view! { <blockquote dir="auto">{view_inner(blocks, around)}</blockquote> }.into_any(),
        Block::List { start: None, items } => view! { <ul dir="auto">{view_items(items, around)}</ul> }.into_any(),
        Block::List { start: Some(start), items } => {
            view! { <ol start=start.to_string() dir="auto">{view_items(items, around)}</ol> }.into_any()
        }
        Block::Table { columns, head, rows } => view_table(columns, head, rows, around),
        Block::Rule => view! { <hr /> }.into_any(),
        Block::Footnote { label, blocks } => view_note(label, blocks, around),
    }
}

/// Renders nested blocks, including footnotes in their places.
fn view_inner(blocks: &[Block], around: &RenderContext) -> Vec<AnyView> {
    blocks.iter().map(|it| view_block(it, around)).collect()
}

fn view_items(items: &[ListItem], around: &RenderContext) -> Vec<AnyView> {
    let task = |is_done: bool| {
        let label = if is_done { words::TASK_DONE } else { words::TASK_OPEN };
        view! { <input class="markdown__task" type="checkbox" checked=is_done disabled aria-label=label /> }
    };
    items
        .iter()
        .map(|item| view! { <li>{item.is_done.map(task)} {view_inner(&item.blocks, around)}</li> }.into_any())
        .collect()
}

fn view_code(language: String, text: String, around: &RenderContext) -> AnyView {
    let code: NodeRef<html::Code> = NodeRef::new();
    if !language.is_empty() {
        around.typeset(code, Passage::Code { language: language.clone(), text: text.clone() });
    }
    let name = if language.is_empty() { words::CODE.to_owned() } else { language };
    let label = words::listing(&name);
    view! {
        <div class="code" dir="ltr">
            <div class="code__bar">
                <span class="code__language">{name}</span>
                <CopyButton label=words::COPY_CODE text=text.clone() />
            </div>
            // Focusable, so that it can be scrolled by keyboard.
            <pre class="code__text" tabindex="0" role="group" aria-label=label>
                <code node_ref=code>{text}</code>
            </pre>
        </div>
    }
    .into_any()
}

fn view_table(columns: &[Align], head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>], around: &RenderContext) -> AnyView {
    let align = |at: usize| match columns.get(at) {
        Some(Align::Left) => Some("left"),
        Some(Align::Center) => Some("center"),
        Some(Align::Right) => Some("right"),
        Some(Align::Default) | None => None,
    };
    let head_cell = |(at, line): (usize, &Vec<Inline>)| {
        view! { <th scope="col" data-align=align(at)>{view_line(line, around)}</th> }
    };
    let cell = |(at, line): (usize, &Vec<Inline>)| view! { <td data-align=align(at)>{view_line(line, around)}</td> };
    let row = |cells: &Vec<Vec<Inline>>| view! { <tr>{cells.iter().enumerate().map(cell).collect_view()}</tr> };
    view! {
        <div class="markdown__table" tabindex="0" role="group" aria-label=words::TABLE dir=direction::of_table(head, rows)>
            <table>
                <thead>
                    <tr>{head.iter().enumerate().map(head_cell).collect_view()}</tr>
                </thead>
                <tbody>{rows.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }.into_any()
}
