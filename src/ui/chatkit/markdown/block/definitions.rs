//! Link definitions intended as a visible list: `[1]: https://…` below "Sources:", in list items, or without any
//! reference to them.

use std::{collections::BinaryHeap, mem};

use pulldown_cmark::RefDefs;

use super::{Block, Inline, ListItem, ParseContext, Part, autolinks::with_links};
use crate::ui::chatkit::markdown::{hide::Hidden, line_syntax::without_quote, link_target::Target};

/// A link definition and its rendering.
pub(super) struct LinkDefinition {
    start: usize,
    end: usize,
    is_link: bool,
    line: Vec<Inline>,
}

impl LinkDefinition {
    /// Returns the definitions of a text in order.
    pub(super) fn all(definitions: &RefDefs<'_>, hidden: &Hidden<'_>) -> Vec<Self> {
        // The map is unordered. A heap sorts with less code than `sort`.
        let places: BinaryHeap<(usize, usize, &str)> =
            definitions.iter().map(|(label, it)| (it.span.start, it.span.end, label)).collect();
        let read = |(start, end, label): (usize, usize, &str)| {
            let definition = definitions.get(label);
            let dest = hidden.restored(definition.map_or("", |it| &it.dest));
            let title = definition.and_then(|it| it.title.as_deref()).filter(|it| !it.is_empty());
            let name = Inline::Text(title.map_or(dest.clone(), |it| hidden.restored(it)).into_owned());
            let target = Target::read(&dest);
            let is_link = target.is_some();
            let mut line = vec![Inline::Text(format!("[{}] ", hidden.restored(label)))];
            line.extend(match target {
                Some(Target::Web(href)) => vec![Inline::Link { href, children: vec![name] }],
                Some(Target::Deeplink(link)) => vec![Inline::Deeplink { link, children: vec![name] }],
                None => with_links(vec![name], false),
            });
            Self { start, end, is_link, line }
        };
        // Definitions without a target are comments.
        let is_comment =
            |it: &(usize, usize, &str)| definitions.get(it.2).is_none_or(|it| matches!(&*it.dest, "" | "#"));
        places.into_sorted_vec().into_iter().filter(|it| !is_comment(it)).map(read).collect()
    }

    /// Returns the definitions within a range of the text, as lines.
    pub(super) fn within(all: &[Self], start: usize, end: usize) -> impl Iterator<Item = Block> {
        let first = all.partition_point(|it| it.start < start);
        all[first..].iter().take_while(move |it| it.end <= end).map(|it| Block::Plain(it.line.clone()))
    }
}

/// Inserts a list of links for each group of definitions below an announcing line, and for all groups if no
/// definition is used.
pub(super) fn list(
    parts: &mut Vec<Part>,
    definitions: &[LinkDefinition],
    hidden: &Hidden<'_>,
    reading: &ParseContext<'_>,
    are_used: bool,
) {
    let text = hidden.text.as_str();
    let is_one = |a: &LinkDefinition, b: &LinkDefinition| {
        text.get(a.end..b.start).is_some_and(|it| without_quote(it).is_empty())
    };
    let mut rest = mem::take(parts).into_iter().peekable();
    for group in definitions.chunk_by(is_one) {
        let start = text[..group[0].start].rfind('\n').map_or(0, |it| it + 1);
        let above = text[..start].trim_end_matches(|it: char| it.is_whitespace() || it == '>');
        let above = if above.is_empty() { reading.before.trim_end() } else { above };
        let prefix = &text[start..group[0].start];
        // In a growing text, no part begins inside a block quote.
        let is_inside = !without_quote(prefix).is_empty() || reading.may_grow && prefix.contains('>');
        let is_content = !are_used && !reading.may_grow && group.iter().all(|it| it.is_link);
        if is_inside || !is_content && !is_announcement(above.lines().next_back().unwrap_or_default()) {
            continue;
        }
        let start = hidden.in_source(start);
        while let Some(part) = rest.next_if(|it| it.start < start) {
            parts.push(part);
        }
        let before = parts.last().map_or((0, 0, reading.cost), |it| (it.n_notes, it.n_marks, it.cost));
        let (n_notes, n_marks, cost) = before;
        let item = |it: &LinkDefinition| ListItem { is_done: None, blocks: vec![Block::Plain(it.line.clone())] };
        let block = Block::List { start: None, items: group.iter().map(item).collect() };
        parts.push(Part { start, block, n_notes, n_marks, cost });
    }
    parts.extend(rest);
}

/// True for a heading, a bold line, a single word, a rule, and a line that ends with a colon.
fn is_announcement(line: &str) -> bool {
    let line = without_quote(line);
    let words = line.trim_matches(['*', '_', '#', ' ']);
    let is_rule = line.bytes().all(|it| matches!(it, b'-' | b'=' | b'*' | b'_' | b' '));
    let is_title = is_rule || line.starts_with(['#', '*', '_']) || !words.contains(' ');
    words.ends_with([':', '：']) || is_title && !line.is_empty() && !line.contains('[')
}
