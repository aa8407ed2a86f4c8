//! Definitions of links that are meant as a list: `[1]: https://…` below "Sources:".

use std::{collections::BinaryHeap, mem};

use pulldown_cmark::RefDefs;

use super::{Block, Inline, ListItem, Part};
use crate::ui::chatkit::markdown::{hide::Hidden, lines::without_quote, target::Target};

/// Where a definition begins and ends, and its label.
type Place<'a> = (usize, usize, &'a str);

/// Puts a list of links among the blocks for each group of definitions below words that announce it.
pub(super) fn list(parts: &mut Vec<Part>, definitions: &RefDefs<'_>, hidden: &Hidden<'_>, before: &str) {
    // They come in any order; a heap sorts with less code than a sort.
    let places: BinaryHeap<Place<'_>> =
        definitions.iter().map(|(label, it)| (it.span.start, it.span.end, label)).collect();
    let places = places.into_sorted_vec();
    let text = hidden.text.as_str();
    let is_one = |a: &Place<'_>, b: &Place<'_>| text.get(a.1..b.0).is_some_and(|it| it.trim().is_empty());
    let mut rest = mem::take(parts).into_iter().peekable();
    for group in places.chunk_by(is_one) {
        let start = text[..group[0].0].rfind('\n').map_or(0, |it| it + 1);
        let above = text[..start].trim_end();
        let above = if above.is_empty() { before.trim_end() } else { above };
        let is_in_container = !text[start..group[0].0].trim().is_empty();
        if is_in_container || !announces(above.lines().next_back().unwrap_or_default()) {
            continue;
        }
        let start = hidden.in_source(start);
        while let Some(part) = rest.next_if(|it| it.start < start) {
            parts.push(part);
        }
        let (n_notes, n_marks) = parts.last().map_or((0, 0), |it| (it.n_notes, it.n_marks));
        parts.push(Part { start, block: block_of(group, definitions, hidden), n_notes, n_marks });
    }
    parts.extend(rest);
}

/// True for a heading, a line in bold, a single word, a rule, and a line that ends with a colon.
fn announces(line: &str) -> bool {
    let line = without_quote(line);
    let words = line.trim_matches(['*', '_', '#', ' ']);
    let is_rule = line.bytes().all(|it| matches!(it, b'-' | b'=' | b'*' | b'_' | b' '));
    let is_title = is_rule || line.starts_with(['#', '*', '_']) || !words.contains(' ');
    words.ends_with([':', '：']) || is_title && !line.is_empty() && !line.contains('[')
}

fn block_of(group: &[Place<'_>], definitions: &RefDefs<'_>, hidden: &Hidden<'_>) -> Block {
    let item = |(_, _, label): &Place<'_>| {
        let definition = definitions.get(label);
        let dest = hidden.restored(definition.map_or("", |it| &it.dest));
        let title = definition.and_then(|it| it.title.as_deref()).filter(|it| !it.is_empty());
        let name = Inline::Text(title.map_or(dest.clone(), |it| hidden.restored(it)).into_owned());
        let label = Inline::Text(format!("[{}] ", hidden.restored(label)));
        let link = match Target::read(&dest) {
            Some(Target::Web(href)) => Inline::Link { href, children: vec![name] },
            Some(Target::Deeplink(link)) => Inline::Deeplink { link, children: vec![name] },
            None => name,
        };
        ListItem { is_done: None, blocks: vec![Block::Plain(vec![label, link])] }
    };
    Block::List { start: None, items: group.iter().map(item).collect() }
}
