//! Markdown as nodes: never raw HTML, never a foreign image, links to allowed schemes only.

pub mod block;
mod document;

use leptos::prelude::*;

use super::items::copy::CopyButton;
use block::{Align, Block, Inline, ListItem};
use document::Document;

/// Shows Markdown. While it streams, only its last block is rendered again.
#[component]
pub fn Markdown(
    /// The text.
    #[prop(into)]
    source: Signal<String>,
    /// Whether the text may still grow.
    #[prop(into)]
    is_streaming: Signal<bool>,
) -> impl IntoView {
    let document =
        Memo::new(move |before: Option<&Document>| Document::read(before, source.get(), !is_streaming.get()));
    let settled = Memo::new(move |_| document.with(|it| it.settled.clone()));
    view! {
        <div class="markdown">
            <For each=move || settled.get() key=|it| it.key children=|it| view_block(&it.block) />
            {move || document.with(|it| view_blocks(&it.tail))}
        </div>
    }
}

fn view_blocks(blocks: &[Block]) -> Vec<AnyView> {
    blocks.iter().map(view_block).collect()
}

fn view_block(block: &Block) -> AnyView {
    match block {
        Block::Paragraph(line) => view! { <p>{view_line(line)}</p> }.into_any(),
        Block::Plain(line) => view_line(line).into_any(),
        // The page's own heading is the first level.
        Block::Heading(1, line) => view! { <h2>{view_line(line)}</h2> }.into_any(),
        Block::Heading(2, line) => view! { <h3>{view_line(line)}</h3> }.into_any(),
        Block::Heading(3, line) => view! { <h4>{view_line(line)}</h4> }.into_any(),
        Block::Heading(4, line) => view! { <h5>{view_line(line)}</h5> }.into_any(),
        Block::Heading(_, line) => view! { <h6>{view_line(line)}</h6> }.into_any(),
        Block::Code { language, text } => view_code(language.clone(), text.clone()),
        Block::Quote(blocks) => view! { <blockquote>{view_blocks(blocks)}</blockquote> }.into_any(),
        Block::List { start: None, items } => view! { <ul>{view_items(items)}</ul> }.into_any(),
        Block::List { start: Some(start), items } => {
            view! { <ol start=start.to_string()>{view_items(items)}</ol> }.into_any()
        }
        Block::Table { columns, head, rows } => view_table(columns, head, rows),
        Block::Rule => view! { <hr /> }.into_any(),
    }
}

fn view_items(items: &[ListItem]) -> Vec<AnyView> {
    let task = |is_done: bool| {
        let label = if is_done { "Done" } else { "To do" };
        view! { <input class="markdown__task" type="checkbox" checked=is_done disabled aria-label=label /> }
    };
    items
        .iter()
        .map(|item| view! { <li>{item.is_done.map(task)} {view_blocks(&item.blocks)}</li> }.into_any())
        .collect()
}

fn view_code(language: String, text: String) -> AnyView {
    let name = if language.is_empty() { "Code".to_owned() } else { language };
    let label = format!("{name} listing");
    view! {
        <div class="code">
            <div class="code__bar">
                <span class="code__language">{name}</span>
                <CopyButton label="Copy code" text=text.clone() />
            </div>
            // Whoever uses a keyboard scrolls it too.
            <pre class="code__text" tabindex="0" role="group" aria-label=label>
                <code>{text}</code>
            </pre>
        </div>
    }
    .into_any()
}

fn view_table(columns: &[Align], head: &[Vec<Inline>], rows: &[Vec<Vec<Inline>>]) -> AnyView {
    let align = |at: usize| match columns.get(at) {
        Some(Align::Left) => Some("left"),
        Some(Align::Center) => Some("center"),
        Some(Align::Right) => Some("right"),
        Some(Align::Default) | None => None,
    };
    let head_cell = |(at, line): (usize, &Vec<Inline>)| {
        view! { <th scope="col" data-align=align(at)>{view_line(line)}</th> }
    };
    let cell = |(at, line): (usize, &Vec<Inline>)| view! { <td data-align=align(at)>{view_line(line)}</td> };
    let row = |cells: &Vec<Vec<Inline>>| view! { <tr>{cells.iter().enumerate().map(cell).collect_view()}</tr> };
    view! {
        <div class="markdown__table" tabindex="0" role="group" aria-label="Table">
            <table>
                <thead>
                    <tr>{head.iter().enumerate().map(head_cell).collect_view()}</tr>
                </thead>
                <tbody>{rows.iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn view_line(line: &[Inline]) -> Vec<AnyView> {
    line.iter().map(view_inline).collect()
}

fn view_inline(inline: &Inline) -> AnyView {
    match inline {
        Inline::Text(text) => text.clone().into_any(),
        Inline::Code(text) => view! { <code>{text.clone()}</code> }.into_any(),
        Inline::Emphasis(line) => view! { <em>{view_line(line)}</em> }.into_any(),
        Inline::Strong(line) => view! { <strong>{view_line(line)}</strong> }.into_any(),
        Inline::Strike(line) => view! { <s>{view_line(line)}</s> }.into_any(),
        Inline::Link { href, children } => view! {
            <a href=href.clone() target="_blank" rel="noopener noreferrer nofollow">
                {view_line(children)}
            </a>
        }
        .into_any(),
        Inline::Break => view! { <br /> }.into_any(),
    }
}
