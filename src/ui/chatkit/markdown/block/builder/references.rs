//! Links, images and footnote references.

use pulldown_cmark::Tag;

use super::Builder;
use crate::ui::chatkit::markdown::{
    block::{Inline, open_block::plain_text},
    link_target::Target,
};

impl Builder<'_> {
    pub(super) fn is_in_link(&self) -> bool {
        self.stack.iter().any(|frame| matches!(frame.tag, Tag::Link { .. }))
    }

    /// Adds a link. Links in links, and links with targets that are not allowed, are rendered as text.
    pub(super) fn push_link(&mut self, dest: &str, children: Vec<Inline>) {
        let dest = self.hidden.restored(dest);
        match Target::read(&dest).filter(|_| !self.is_in_link() && self.fits_budget(1)) {
            Some(Target::Web(href)) => self.push_inline(Inline::Link { href, children }),
            Some(Target::Deeplink(link)) => self.push_inline(Inline::Deeplink { link, children }),
            None => children.into_iter().for_each(|child| self.push_inline(child)),
        }
    }

    pub(super) fn push_image(&mut self, dest: &str, name: Vec<Inline>) {
        let dest = &*self.hidden.restored(dest);
        match Target::read(dest) {
            Some(Target::Web(src)) if src.starts_with("https:") => {
                let is_in_link = self.is_in_link();
                self.push_inline(Inline::Image { src, alt: plain_text(&name), is_in_link });
            }
            _ if name.is_empty() => self.push_link(dest, vec![Inline::Text(dest.to_owned())]),
            // The alternative text may contain links.
            _ => self.push_link(dest, vec![Inline::Text(plain_text(&name))]),
        }
    }

    pub(super) fn push_reference(&mut self, label: &str) {
        let label = self.hidden.restored(label);
        if self.is_in_link() || !self.fits_budget(1) {
            return self.push_text(&format!("[^{label}]"));
        }
        let label = label.to_lowercase();
        let is_first = !self.footnotes.contains(&label);
        if is_first {
            self.footnotes.push(label.clone());
        }
        self.push_inline(Inline::FootnoteReference { label, is_first });
    }
}
