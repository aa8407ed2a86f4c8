//! Bare addresses in a line.

use super::Inline;
use crate::ui::chatkit::markdown::{
    link_target::Target,
    linkify::{Piece, linkify},
};

/// Converts bare addresses in a line to links. If the line `is_open`, an address at its end is skipped, because it
/// may continue.
pub(super) fn with_links(line: Vec<Inline>, is_open: bool) -> Vec<Inline> {
    let mut linked = Vec::with_capacity(line.len());
    let n_inlines = line.len();
    for (n, inline) in (1..).zip(line) {
        match inline {
            Inline::Text(text) => {
                linked.extend(linkify(&text, is_open && n == n_inlines).into_iter().map(|piece| match piece {
                    Piece::Text(text) => Inline::Text(text.to_owned()),
                    Piece::Address(address) => link_to(address),
                }));
            }
            other => linked.push(other),
        }
    }
    linked
}

fn link_to(address: &str) -> Inline {
    let name = Inline::Text(address.to_owned());
    let has_scheme = !address.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("www."));
    let href = if has_scheme { address.to_owned() } else { format!("http://{address}") };
    match Target::read(&href) {
        Some(Target::Web(href)) => Inline::Link { href, children: vec![name] },
        _ => name,
    }
}
