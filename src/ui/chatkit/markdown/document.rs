//! Incremental parsing of a growing text. Pure.

use std::{
    hash::{DefaultHasher, Hash, Hasher},
    sync::Arc,
};

use super::{
    block::{Block, ParseContext, ParseResult, Part, read},
    citation_mark::PlacedMark,
};

/// A text of which only the end is parsed again when it grows.
///
/// A new line changes at most the last block, so all earlier blocks are settled. Link and footnote definitions are
/// the exception: distant ones are resolved when the text is complete and parsed as a whole. Until then, references
/// to them are rendered as text.
#[derive(Clone, Debug, Default)]
pub(super) struct Document {
    source: String,
    is_complete: bool,
    marks: Vec<PlacedMark>,
    /// Footnotes referenced in settled blocks, and the number of marks placed there.
    notes: Vec<String>,
    n_marks: usize,
    /// Rendering cost of the settled blocks.
    cost: usize,
    pub(super) settled: Vec<Arc<KeyedBlock>>,
    /// Offset of the first block that may still change.
    tail_start: usize,
    pub(super) tail: Vec<Arc<KeyedBlock>>,
}

/// Key of a block in the DOM: its offset. If another settled block began at this offset before, the key contains the
/// digest, because the page may have typeset the old one.
pub(super) type Key = (usize, u64);

/// A block with its key.
#[derive(Debug)]
pub(super) struct KeyedBlock {
    key: Key,
    /// Hash of the content.
    digest: u64,
    pub(super) block: Block,
}

impl KeyedBlock {
    /// Creates a block. `old` are the previous settled blocks.
    fn new(start: usize, block: Block, old: &[Arc<Self>]) -> Arc<Self> {
        let mut hasher = DefaultHasher::new();
        block.hash(&mut hasher);
        let digest = hasher.finish();
        match find(old, start) {
            Some(it) if it.digest == digest => Arc::clone(it),
            Some(_) => Arc::new(Self { key: (start, digest), digest, block }),
            None => Arc::new(Self { key: (start, 0), digest, block }),
        }
    }
}

fn find(blocks: &[Arc<KeyedBlock>], start: usize) -> Option<&Arc<KeyedBlock>> {
    let at = blocks.binary_search_by_key(&start, |it| it.key.0).ok()?;
    Some(&blocks[at])
}

/// A block to display.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct DisplayedBlock {
    placed: Arc<KeyedBlock>,
    /// True if the block no longer changes.
    pub(super) is_settled: bool,
}

impl DisplayedBlock {
    pub(super) fn block(&self) -> &Block {
        &self.placed.block
    }
}

impl PartialEq for KeyedBlock {
    fn eq(&self, other: &Self) -> bool {
        self.key == other.key && self.digest == other.digest
    }
}

impl PartialEq for Document {
    fn eq(&self, other: &Self) -> bool {
        self.is_complete == other.is_complete && self.source == other.source && self.marks == other.marks
    }
}

impl Document {
    /// Parses `source`, continuing from `before` if `source` extends it.
    ///
    /// Marks are ordered by offset. Marks beyond the end of an incomplete text are deferred.
    pub(super) fn read(before: Option<&Self>, source: String, marks: Vec<PlacedMark>, is_complete: bool) -> Self {
        let is_grown =
            |it: &&Self| !is_complete && !it.is_complete && source.starts_with(&it.source) && marks == it.marks;
        let (mut settled, from, mut notes, n_marks, mut cost) =
            before.filter(is_grown).map_or((Vec::new(), 0, Vec::new(), 0, 0), |it| {
                (it.settled.clone(), it.tail_start, it.notes.clone(), it.n_marks, it.cost)
            });
        let is_here = |it: &PlacedMark| is_complete || it.offset <= source.len();
        let here: Vec<PlacedMark> = marks[n_marks..]
            .iter()
            .filter(|it| is_here(it))
            .map(|it| PlacedMark { offset: it.offset.saturating_sub(from), mark: it.mark.clone() })
            .collect();
        let reading =
            ParseContext { may_grow: !is_complete, before: &source[..from], notes: &notes, marks: &here, cost };
        let ParseResult { mut parts, notes: all_notes, len } = read(&source[from..], &reading);
        let n_tail = if is_complete { 0 } else { n_open(&source[from..from + len], &parts) };
        let tail = parts.split_off(parts.len().saturating_sub(n_tail));
        let n_marks = n_marks + parts.last().map_or(0, |it| it.n_marks);
        if let Some(last) = parts.last() {
            notes = all_notes[..last.n_notes].to_vec();
            cost = last.cost;
        }
        let old = before.map_or(&[][..], |it| &it.settled);
        let place = |it: Part| KeyedBlock::new(from + it.start, it.block, old);
        settled.extend(parts.into_iter().map(place));
        let tail_start = match tail.first() {
            Some(it) => from + it.start,
            None if is_complete => source.len(),
            None => from,
        };
        let tail = tail.into_iter().map(place).collect();
        Self { source, is_complete, marks, notes, n_marks, cost, settled, tail_start, tail }
    }

    /// Returns the keys of the footnotes, or of all other blocks, in order.
    pub(super) fn keys(&self, of_notes: bool) -> Vec<Key> {
        let is_part = |it: &&Arc<KeyedBlock>| matches!(it.block, Block::Footnote { .. }) == of_notes;
        self.settled.iter().chain(&self.tail).filter(is_part).map(|it| it.key).collect()
    }

    /// Returns the block with this key.
    pub(super) fn shown(&self, key: Key) -> Option<DisplayedBlock> {
        let is_it = |it: &&Arc<KeyedBlock>| it.key == key;
        let of = |placed: &Arc<KeyedBlock>, is_settled| DisplayedBlock { placed: Arc::clone(placed), is_settled };
        let open = self.tail.iter().find(is_it).map(|it| of(it, false));
        open.or_else(|| find(&self.settled, key.0).filter(is_it).map(|it| of(it, true)))
    }
}

/// Returns the number of blocks that may still change. It is one, or two if the last line is incomplete.
/// That line may turn out to belong to the block before (`|`, then the rest of a table row).
fn n_open(source: &str, parts: &[Part]) -> usize {
    match parts.last() {
        Some(last) if !source[last.start..].contains('\n') => 2,
        _ => 1,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::ui::chatkit::markdown::{block::Inline, citation_mark::Mark};

    const SOURCE: &str = concat!(
        "# Title\n\nFirst *paragraph*\nof two lines.\n\n- a\n\n- b\n  - c\n\n    d\n\nSetext\n===\n\n",
        "```rust\nlet a = 1;\n\n# no heading\n```\n\n    indented\n\n    code\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n",
        "> quote\nlazy\n\n<div>\n\n1. é😀\n2. x\n\n- [x] (www.example.com/a_b_c).\n- [ ] ![b](https://a.example/b)\n\n",
        "Then $$\na\n- b\n+ c_1\n$$ and $5, \\(x\n- y\\) $z$ `$`\n\n> \\[\n> - u\n> \\]\n\n$$ open\n\n",
        "Note[^1] at https://example.com/?a=b&c;\n\n[^1]: one\n    two\n\n    - three\n\nEnd"
    );

    fn read(before: Option<&Document>, source: &str, is_complete: bool) -> Document {
        Document::read(before, source.to_owned(), Vec::new(), is_complete)
    }

    fn blocks(document: &Document) -> Vec<Block> {
        document.settled.iter().chain(&document.tail).map(|it| it.block.clone()).collect()
    }

    #[test]
    fn a_text_that_grows_reads_as_if_it_had_come_at_once() {
        let mut document = None;
        for (at, _) in SOURCE.char_indices().skip(1).chain([(SOURCE.len(), 'x')]) {
            let source = &SOURCE[..at];
            let grown = read(document.as_ref(), source, false);
            let whole = blocks(&read(None, source, false));
            assert_eq!(blocks(&grown), whole, "{source:?}");
            document = Some(grown);
        }
        let grown = document.unwrap();
        let complete = read(Some(&grown), SOURCE, true);
        let keys = |it: &Document| [it.keys(false), it.keys(true)].concat();
        assert_eq!(keys(&complete)[..2], keys(&grown)[..2]);
        let is_kept = |(new, old): (&Arc<KeyedBlock>, &Arc<KeyedBlock>)| Arc::ptr_eq(new, old);
        assert!(complete.settled.iter().zip(&grown.settled).all(is_kept), "settled blocks keep their places");
    }

    #[test]
    fn settled_blocks_are_not_read_again() {
        let first = read(None, "a\n\nb\n\nc\n", false);
        let second = read(Some(&first), "a\n\nb\n\nc\nd\n\ne\n", false);
        assert!(first.settled.iter().zip(&second.settled).all(|(old, new)| Arc::ptr_eq(old, new)));
        assert_eq!((first.settled.len(), second.settled.len()), (2, 3));
    }

    #[test]
    fn another_text_is_read_from_the_start() {
        let first = read(None, "a\n\nb", false);
        let second = read(Some(&first), "x\n\nb c", false);
        assert_eq!(blocks(&second), blocks(&read(None, "x\n\nb c", false)));
    }

    #[test]
    fn late_footnotes_are_plain_until_the_end() {
        let source = "a[^1]\n\nb\n\n[^1]: note\n\nc";
        let refers = |document: &Document| format!("{:?}", blocks(document)).contains("FootnoteReference");
        let mut document = Document::default();
        for (at, _) in source.char_indices() {
            document = read(Some(&document), &source[..at], false);
            assert!(!refers(&document), "{at}");
        }
        assert!(refers(&read(Some(&document), source, true)));
    }

    #[test]
    fn late_definitions_count_in_the_end() {
        let source = "[a]\n\ntext\n\n[a]: https://example.com";
        let complete = read(None, source, true);
        assert!(format!("{:?}", blocks(&complete)).contains("https://example.com/"));
    }

    fn marked(offset: usize, number: usize) -> PlacedMark {
        PlacedMark { offset, mark: Mark { number, title: String::new(), is_first: true } }
    }

    /// Returns the text of all lines with the numbers of marks.
    fn written(document: &Document) -> String {
        fn line(pieces: &[Inline]) -> String {
            pieces
                .iter()
                .map(|it| match it {
                    Inline::Text(text) => text.clone(),
                    Inline::Code(text) => format!("`{text}`"),
                    Inline::Formula { text, .. } => format!("${text}$"),
                    Inline::Emphasis(it) | Inline::Strong(it) | Inline::Strike(it) => format!("*{}*", line(it)),
                    Inline::Link { children, .. } => format!("<{}>", line(children)),
                    Inline::Marks(marks) => marks.iter().map(|it| format!("[{}]", it.number)).collect(),
                    other => format!("{other:?}"),
                })
                .collect()
        }
        fn block(it: &Block) -> String {
            match it {
                Block::Paragraph(it) | Block::Plain(it) | Block::Heading(_, it) => line(it),
                Block::Code { text, .. } => format!("```{text}```"),
                Block::Quote(blocks) => blocks.iter().map(block).collect::<Vec<_>>().join("/"),
                Block::List { items, .. } => {
                    items.iter().flat_map(|it| &it.blocks).map(block).collect::<Vec<_>>().join("/")
                }
                other => format!("{other:?}"),
            }
        }
        blocks(document).iter().map(block).collect::<Vec<_>>().join("|")
    }

    #[track_caller]
    fn check_marks(source: &str, offsets: &[usize], expected: &str) {
        let marks: Vec<PlacedMark> = offsets.iter().enumerate().map(|(at, offset)| marked(*offset, at + 1)).collect();
        assert_eq!(written(&Document::read(None, source.to_owned(), marks.clone(), true)), expected, "{source:?}");
        let mut document = None;
        for (at, _) in source.char_indices().skip(1).chain([(source.len(), 'x')]) {
            document = Some(Document::read(document.as_ref(), source[..at].to_owned(), marks.clone(), false));
        }
        let is_within = offsets.iter().all(|it| *it <= source.len());
        if let Some(document) = document.filter(|_| is_within) {
            assert_eq!(written(&document), expected, "streamed: {source:?}");
        }
    }

    #[test]
    fn marks_stand_where_they_fall_and_tear_nothing_apart() {
        check_marks("One. Two.", &[4, 4, 9], "One.[1][2] Two.[3]");
        check_marks("A word", &[3], "A word[1]");
        check_marks("# Head\nText", &[6, 7], "Head[1][2]|Text");
        check_marks("a **bold** b", &[10], "a *bold*[1] b");
        check_marks("a **bold** b", &[8], "a *bold[1]* b");
        check_marks("a [link](https://a.example/x) b", &[4, 15], "a <link>[1][2] b");
        check_marks("a `code` b", &[4], "a `code`[1] b");
        check_marks("a $x+y$ b", &[4], "a $x+y$[1] b");
        check_marks("- a\n- b\n", &[3, 7], "a[1]/b[2]");
        check_marks("> a\n\nb", &[3, 6], "a[1]|b[2]");
        check_marks("```\ncode\n```\n\nb", &[6], "```code\n```|[1]b");
        check_marks("```\ncode\n```", &[6], "```code\n```|[1]");
        check_marks("a &amp; b", &[4], "a &[1] b");
        check_marks("See https://a.example/b.", &[10], "See <https://a.example/b>.[1]");
        check_marks("One.", &[99], "One.[1]");
        check_marks("Ää. Ö", &[5], "Ää.[1] Ö");
    }

    #[test]
    fn a_mark_that_comes_late_finds_its_place() {
        let first = read(None, "a\n\nb\n\nc\n", false);
        let second = Document::read(Some(&first), "a\n\nb\n\nc\n".into(), vec![marked(1, 1)], false);
        assert_eq!(written(&second), "a[1]|b|c");
        assert_eq!(second.shown((3, 0)), first.shown((3, 0)), "what has no mark is not drawn again");
    }

    #[test]
    fn the_first_mark_of_a_footnote_is_the_first_one_while_it_streams() {
        let source = "a[^1]\n\n[^1]: x\n\nb[^1]\n\n[^1]: y\n\nc\n";
        let mut document = None;
        for at in 1..=source.len() {
            document = Some(read(document.as_ref(), &source[..at], false));
            let n_first = format!("{:?}", blocks(document.as_ref().unwrap())).matches("is_first: true").count();
            assert!(n_first <= 1, "{:?}", &source[..at]);
        }
    }
}
