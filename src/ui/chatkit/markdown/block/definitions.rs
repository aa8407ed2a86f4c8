//! Definitions of links that are meant as a list: `[1]: https://…` below "Sources:".

use std::ops::Range;

use pulldown_cmark::RefDefs;

use super::{Block, Inline, ListItem, Part};
use crate::ui::chatkit::markdown::{hide::Hidden, lines::without_quote, target::Target};

/// A definition.
struct Definition<'a> {
    label: &'a str,
    dest: &'a str,
    title: Option<&'a str>,
    span: Range<usize>,
}

/// Puts a list of links among the blocks for each group of definitions below words that announce it.
pub(super) fn list(parts: &mut Vec<Part>, definitions: &RefDefs<'_>, hidden: &Hidden<'_>, before: &str) {
    let mut all: Vec<Definition<'_>> = definitions
        .iter()
        .map(|(label, it)| Definition { label, dest: &it.dest, title: it.title.as_deref(), span: it.span.clone() })
        .collect();
    all.sort_by_key(|it| it.span.start);
    let text = hidden.text.as_str();
    let is_one = |a: &Definition<'_>, b: &Definition<'_>| {
        text.get(a.span.end..b.span.start).is_some_and(|it| it.trim().is_empty())
    };
    for group in all.chunk_by(is_one) {
        let start = text[..group[0].span.start].rfind('\n').map_or(0, |it| it + 1);
        if !text[start..group[0].span.start].trim().is_empty() {
            // In a container.
            continue;
        }
        let above = text[..start].trim_end();
        let above = if above.is_empty() { before.trim_end() } else { above };
        if !announces(above.lines().next_back().unwrap_or_default()) {
            continue;
        }
        let at = parts.partition_point(|it| it.start < hidden.in_source(start));
        let (n_notes, n_marks) = parts[..at].last().map_or((0, 0), |it| (it.n_notes, it.n_marks));
        parts.insert(at, Part { start: hidden.in_source(start), block: block_of(group, hidden), n_notes, n_marks });
    }
}

/// True for a heading, a line in bold, a single word, a rule, and a line that ends with a colon.
fn announces(line: &str) -> bool {
    let line = without_quote(line);
    let words = line.trim_matches(['*', '_', '#', ' ']);
    let is_rule = line.bytes().all(|it| matches!(it, b'-' | b'=' | b'*' | b'_' | b' '));
    let is_title = is_rule || line.starts_with(['#', '*', '_']) || !words.contains(' ');
    words.ends_with([':', '：']) || is_title && !line.is_empty() && !line.contains('[')
}

fn block_of(group: &[Definition<'_>], hidden: &Hidden<'_>) -> Block {
    let first: Option<u64> = group[0].label.parse().ok();
    let is_counted = |first: &u64| (*first..).zip(group).all(|(n, it)| it.label == n.to_string());
    let start = first.filter(is_counted);
    let item = |it: &Definition<'_>| {
        let dest = hidden.restored(it.dest);
        let name = it.title.filter(|it| !it.is_empty()).map_or(dest.clone(), |it| hidden.restored(it));
        let name = Inline::Text(name.into_owned());
        let label = start.is_none().then(|| Inline::Text(format!("{}: ", hidden.restored(it.label))));
        let link = match Target::read(&dest) {
            Some(Target::Web(href)) => Inline::Link { href, children: vec![name] },
            Some(Target::Deeplink(link)) => Inline::Deeplink { link, children: vec![name] },
            None => name,
        };
        ListItem { is_done: None, blocks: vec![Block::Plain(label.into_iter().chain([link]).collect())] }
    };
    Block::List { start, items: group.iter().map(item).collect() }
}
