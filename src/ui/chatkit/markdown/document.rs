//! A Markdown text that grows. Pure.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use super::block::{Block, parse, read};

/// A text of which only the end is parsed again when it grows.
///
/// A line that follows changes the last block alone, so all others are settled. Definitions of links and of footnotes
/// are the one exception: those that stand further away are found when the text is complete and parsed once more as a
/// whole; until then, what refers to them is plain.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    source: String,
    is_complete: bool,
    pub(super) settled: Vec<Arc<Settled>>,
    /// Where the blocks begin that may still change.
    tail_start: usize,
    pub(super) tail: Vec<Block>,
}

/// A block that does not change any more.
#[derive(Debug)]
pub(super) struct Settled {
    /// Where it begins and what it says: the same block keeps its place in the page.
    pub(super) key: (usize, u64),
    pub(super) block: Block,
}

impl Settled {
    fn new(start: usize, block: Block) -> Arc<Self> {
        let mut hasher = DefaultHasher::new();
        block.hash(&mut hasher);
        Arc::new(Self { key: (start, hasher.finish()), block })
    }
}

impl PartialEq for Settled {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.is_complete == other.is_complete && self.source == other.source
    }
}

impl Document {
    /// Reads `source`, going on from `before` where that is its beginning.
    pub(super) fn read(before: Option<&Self>, source: String, is_complete: bool) -> Self {
        if is_complete {
            let settled = parse(&source).into_iter().map(|(start, block)| Settled::new(start, block)).collect();
            return Self { tail_start: source.len(), source, is_complete, settled, tail: Vec::new() };
        }
        let grown = before.filter(|it| !it.is_complete && source.starts_with(&it.source));
        let (mut settled, from) = grown.map_or((Vec::new(), 0), |it| (it.settled.clone(), it.tail_start));
        let mut blocks = read(&source[from..], true);
        let tail = blocks.split_off(blocks.len().saturating_sub(n_open(&source[from..], &blocks)));
        settled.extend(blocks.into_iter().map(|(start, block)| Settled::new(from + start, block)));
        let tail_start = from + tail.first().map_or(0, |(start, _)| *start);
        Self { source, is_complete, settled, tail_start, tail: tail.into_iter().map(|(_, block)| block).collect() }
    }
}

/// How many blocks may still change: the last one, and the one before when the last is a line that is not complete,
/// for that line may turn out to belong to it (`|`, and then the rest of a table's row).
fn n_open(source: &str, blocks: &[(usize, Block)]) -> usize {
    match blocks.last() {
        Some((start, _)) if !source[*start..].contains('\n') => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SOURCE: &str = concat!(
        "# Title\n\nFirst *paragraph*\nof two lines.\n\n- a\n\n- b\n  - c\n\n    d\n\nSetext\n===\n\n",
        "```rust\nlet a = 1;\n\n# no heading\n```\n\n    indented\n\n    code\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n",
        "> quote\nlazy\n\n<div>\n\n1. é😀\n2. x\n\n- [x] (www.example.com/a_b_c).\n- [ ] ![b](https://a.example/b)\n\n",
        "Then $$\na\n- b\n+ c_1\n$$ and $5, \\(x\n- y\\) $z$ `$`\n\n> \\[\n> - u\n> \\]\n\n$$ open\n\n",
        "Note[^1] at https://example.com/?a=b&c;\n\n[^1]: one\n    two\n\n    - three\n\nEnd"
    );

    fn blocks(document: &Document) -> Vec<Block> {
        document.settled.iter().map(|it| it.block.clone()).chain(document.tail.iter().cloned()).collect()
    }

    #[test]
    fn a_text_that_grows_reads_as_if_it_had_come_at_once() {
        let mut document = None;
        for (at, _) in SOURCE.char_indices().skip(1).chain([(SOURCE.len(), 'x')]) {
            let source = &SOURCE[..at];
            let grown = Document::read(document.as_ref(), source.to_owned(), false);
            let whole: Vec<Block> = read(source, true).into_iter().map(|(_, block)| block).collect();
            assert_eq!(blocks(&grown), whole, "{source:?}");
            document = Some(grown);
        }
        let grown = document.unwrap();
        let complete = Document::read(Some(&grown), SOURCE.to_owned(), true);
        assert_eq!(complete.settled[..grown.settled.len()], grown.settled, "settled blocks keep their keys");
    }

    #[test]
    fn settled_blocks_are_not_read_again() {
        let first = Document::read(None, "a\n\nb\n\nc\n".into(), false);
        let second = Document::read(Some(&first), "a\n\nb\n\nc\nd\n\ne\n".into(), false);
        assert!(first.settled.iter().zip(&second.settled).all(|(old, new)| Arc::ptr_eq(old, new)));
        assert_eq!((first.settled.len(), second.settled.len()), (2, 3));
    }

    #[test]
    fn another_text_is_read_from_the_start() {
        let first = Document::read(None, "a\n\nb".into(), false);
        let second = Document::read(Some(&first), "x\n\nb c".into(), false);
        assert_eq!(blocks(&second), blocks(&Document::read(None, "x\n\nb c".into(), false)));
    }

    #[test]
    fn late_footnotes_are_plain_until_the_end() {
        let source = "a[^1]\n\nb\n\n[^1]: note\n\nc";
        let refers = |document: &Document| format!("{:?}", blocks(document)).contains("FootnoteReference");
        let mut document = Document::default();
        for (at, _) in source.char_indices() {
            document = Document::read(Some(&document), source[..at].to_owned(), false);
            assert!(!refers(&document), "{at}");
        }
        assert!(refers(&Document::read(Some(&document), source.into(), true)));
    }

    #[test]
    fn late_definitions_count_in_the_end() {
        let source = "[a]\n\ntext\n\n[a]: https://example.com";
        let complete = Document::read(None, source.into(), true);
        assert!(format!("{:?}", blocks(&complete)).contains("https://example.com/"));
    }
}
