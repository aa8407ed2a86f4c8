//! No flicker: a streaming text displays only content that the finished text has at the same position.

use crate::ui::chatkit::markdown::{
    block::{Block, Inline, ListItem, commonmark_spec},
    document::Document,
};

/// Answers in the style of models.
const ANSWERS: [&str; 32] = [
    "Shopping list\n- milk\n- eggs\n\n* **Milk**\n* *Eggs*: 12\n\nDone.\n",
    "# Plan\n\nHere is **what to do**:\n\n1. Go to [the page](https://example.com/a?b=c \"Title\").\n2. Click `OK`.\n   - then *wait*\n   - ***really*** wait\n\n---\n\nSee https://example.com/docs, or www.example.org/x.\n",
    "| Day | What |\n|:---|---:|\n| Mon | Swim<br>Read |\n| `x | y` | **both** |\n\nThat is all.\n",
    "请先看**注意：**不要关机。\n\n- **步骤一（准备）：**把水烧开\n- *（斜体）*和~~（删除）~~后面\n\n| 列 | 「值」 |\n| --- | --- |\n| **「一」**了 | 二 |\n\n访问“https://example.com/a”吧。\n",
    "これは**「締め切り」**です。**注意。**`code`も*（例）*を。\n\n1. 最初\n2. **次：**あと\n",
    "패키지를 발행하려면 **`npm publish`**를 실행하십시오. **한국어(괄호)**를 강조.\n",
    "Use this:\n\n```rust\nfn main() {\n    let a = b * c;\n}\n```\n\nand then\n\n~~~\n# no heading\n- no list\n~~~\n\nText.\n",
    "The energy is $E=mc^2$, and\n\n$$\n\\int_0^1 x\\,dx = [x]_0^1\n- 1\n$$\n\nwith \\(a_1 * b_2\\). It costs $5 today or 10$ later, **not $20**.\n",
    "> Quoted **text**\n> goes on\n>\n> - a\n> - b\n\nText[^1] and H<sub>2</sub>O, <kbd>Ctrl</kbd>+<kbd>C</kbd>.\n\n[^1]: The *note*.\n",
    "Setext heading\n==============\n\nAnother\n-------\n\nTwo\nlines\n---\n\n***\n\nEnd\n",
    "- [ ] open task\n- [x] **done** task\n  1. first\n  2. second\n\n     with a paragraph\n\n- loose\n",
    "2024 was good. 2 * 3 = 6, 2*3, a_b_c, __init__.py, snake_case and *.rs.\n\n10. ten\n11. eleven\n\n+1 for that, -5 degrees, #1 of all.\n",
    "Sources:\n\n[1]: https://example.com/one\n[2]: https://example.com/two \"Two\"\n\nEnd.\n",
    "```markdown\n# Title\n\n```sh\nls\n```\n\nMore\n```\n\nAfter it.\n",
    "<!-- a\ncomment -->\n\nText <!-- hidden --> goes on\n<!-- line -->\nand on. Half-open [0, 1) and [note] and ![a cat](https://example.com/c.png).\n",
    "**Note:**text and **bold [link](https://example.com/x_y_z) more** *it*\nnext line\n\n| a | b |\n|---|---|\n| 1 | 2 |\n| 3 | [x](https://example.com/t) |\nEnd\n",
    "| Shell | Means |\n|---|---|\n| x `a | b` y `c || d` z | pipe, or |\n| [`p|q`](https://example.com/p) | $|x|$ |\n| 1 | 2 | 3 |\n| 1 | 2 | |\n\nEnd.\n",
    "<!--\n# no heading\n\n- no list\n-->\n\n# Title <!-- a -->\n\ntext <!-- b\nc --> goes on\n\n- a <!-- d -->\n  <!-- e\n\n  f -->\n- g\n",
    "See [H<sub>2</sub>O](https://example.com/w), [**「名」**](https://example.com/n), [`c`](https://example.com/c), [$x$](https://example.com/x), [a<br>b](https://example.com/b) and ![a <u>b</u>](https://example.com/i.png).\n",
    "Write to https://example.com/*/x_y/**z or https://example.com/_a_b, see “https://example.com/q”, https://example.com's and www.example.org.\n\n- <https://example.com/a?b=*c*>\n- (https://example.com/x_(y))\n",
    "It costs $5/$6 or $HOME/bin:$PATH, x$ and $1$, $a$-axis, $x$5, \\$5 and $$y$$ or \\(z\\), \\[w\\].\n\n\\[\n\\begin{matrix} a & b \\\\\\ c & d \\end{matrix}\n\\]\n\n- $$\n  q\n  $$\n- r\n",
    "AT&T &amp; R&D, &copy; 2024 &#8212; a &lt;b&gt; &unknown; & so on.\n\n&nbsp;x\n",
    "English**（強調）**English、中*「a」*文、~~（旧）~~新、~5~10, (~5) ~~x~~ a_b_c _（注）_ 和 __init__。\n\nไทย**(หนา)**ไทย\n",
    "مرحبا **بك** في [الصفحة](https://example.com/ar)؟\n\n| الأداة | الغرض |\n|---|---|\n| `cargo` | **البناء** |\n\n1. أول\n2. ثانٍ\n   - *فرعي*\n",
    "Fact.\u{e200}cite\u{e202}turn0search0\u{e201} **More\u{e200}cite\u{e202}turn0search1\u{e201}** and $x$.\n\n- a\u{e200}cite\u{e202}b\u{e201}\n- \u{f101} icon\n",
    "1. a\n\n```sh\nls\n```\n\n2. b\n   ```sh\n   ls | `x`\n   ```\n3. c ` d\n4. e $x$ ` f\n\n> ```\n> q\n> ```\n> - r\n>\n>   s\n",
    "a\r\n===\r\n\r\n- b\r\n- **c**\r\n\r\n| d |\r\n|---|\r\n| `e` |\r\n\r\n```\r\nf\r\n```\r\n",
    "a  \nb\\\nc<br>d\n<br>\ne\n\n***\n\n* * *\n\n_ _ _\n\n--- a\n\n-- b\n\n#hashtag\n\n#\n\n####### seven\n",
    "- - a\n  - b\n- + c\n\n+ d\n+ e\n\n1) f\n2) g\n\n2024. h\n\n   i\n\n-1 and +1 and *2 and **3\n",
    "Sources:\n\n- [1]: https://example.com/one\n- [2]: https://example.com/two \"Two\"\n\nSee [[a]] and [b][] and [x] done, f(x)[0](y), [c]: d\n",
    "````markdown\n```js\n$x$\n```\n````\n\n~~~md\n```a\nb\n```\n~~~\n\n```markdown\n~~~py\nc\n~~~\n```\n\n$y$\n",
    "**`a` b:**c **d** *e **f** g* ***h** i* ***j* k** **l\nm** [n **o** p](https://example.com/q) <kbd>r</kbd>+<kbd>*s*</kbd> <mark>t\nu</mark>\n",
];

#[derive(Clone, Debug, PartialEq, Eq)]
struct Kind {
    name: String,
    inner: Vec<Kind>,
}

fn kinds<'a>(blocks: impl IntoIterator<Item = &'a Block>) -> Vec<Kind> {
    let kind = |name: &str, inner| Kind { name: name.to_owned(), inner };
    let of = |block: &Block| match block {
        Block::Paragraph(_) | Block::Plain(_) => kind("paragraph", Vec::new()),
        Block::Heading(level, _) => kind(&format!("heading {level}"), Vec::new()),
        Block::Code { language, .. } => kind(&format!("code {language}"), Vec::new()),
        Block::Quote(blocks) => kind("quote", kinds(blocks)),
        Block::List { start, items } => {
            let item = |it: &ListItem| kind(&format!("item {:?}", it.is_done), kinds(&it.blocks));
            kind(&format!("list {start:?}"), items.iter().map(item).collect())
        }
        Block::Table { columns, .. } => kind(&format!("table {columns:?}"), Vec::new()),
        Block::Rule => kind("rule", Vec::new()),
        Block::Footnote { label, blocks } => kind(&format!("note {label}"), kinds(blocks)),
    };
    blocks.into_iter().map(of).collect()
}

/// True if all blocks but the last equal the finished ones, and the last is their beginning or still a paragraph.
fn begins(shown: &[Kind], finished: &[Kind]) -> bool {
    let Some((last, before)) = shown.split_last() else { return true };
    let is_begun = |it: &Kind| it.name == last.name && begins(&last.inner, &it.inner);
    finished.starts_with(before) && (last.name == "paragraph" || finished.get(before.len()).is_some_and(is_begun))
}

/// Returns all inline elements except plain text, as text without emphasis delimiters.
fn pieces(blocks: &[Block]) -> Vec<String> {
    fn text(line: &[Inline]) -> String {
        let of = |it: &Inline| match it {
            Inline::Text(text) | Inline::Code(text) | Inline::Formula { text, .. } => text.clone(),
            Inline::Emphasis(line) | Inline::Strong(line) | Inline::Strike(line) => text(line),
            Inline::Link { children, .. } | Inline::Element { children, .. } => text(children),
            other => format!("{other:?}"),
        };
        line.iter().map(of).collect::<String>().replace(['*', '_', '~'], "")
    }
    fn of_line(line: &[Inline], pieces: &mut Vec<String>) {
        for it in line {
            let (name, children) = match it {
                Inline::Emphasis(line) => ("em".to_owned(), line),
                Inline::Strong(line) => ("strong".to_owned(), line),
                Inline::Strike(line) => ("strike".to_owned(), line),
                Inline::Link { href, children } => (format!("link {href}"), children),
                Inline::Element { name, children } => ((*name).to_owned(), children),
                Inline::Code(text) => {
                    pieces.push(format!("code {text}"));
                    continue;
                }
                _ => continue,
            };
            pieces.push(format!("{name}: {}", text(children)));
            of_line(children, pieces);
        }
    }
    fn of_blocks(blocks: &[Block], pieces: &mut Vec<String>) {
        for it in blocks {
            match it {
                Block::Paragraph(line) | Block::Plain(line) | Block::Heading(_, line) => of_line(line, pieces),
                Block::Quote(blocks) | Block::Footnote { blocks, .. } => of_blocks(blocks, pieces),
                Block::List { items, .. } => items.iter().for_each(|it| of_blocks(&it.blocks, pieces)),
                Block::Table { head, rows, .. } => {
                    head.iter().chain(rows.iter().flatten()).for_each(|it| of_line(it, pieces));
                }
                Block::Code { .. } | Block::Rule => {}
            }
        }
    }
    let mut pieces = Vec::new();
    of_blocks(blocks, &mut pieces);
    pieces
}

fn blocks(document: &Document) -> Vec<Block> {
    document.settled.iter().chain(&document.tail).map(|it| it.block.clone()).collect()
}

fn read(before: Option<&Document>, source: &str, is_complete: bool) -> Document {
    Document::read(before, source.to_owned(), Vec::new(), is_complete)
}

/// Streams a text in chunks of `chunk()` characters. Returns the first state that displays too much.
pub(super) fn flicker(source: &str, mut chunk: impl FnMut() -> usize) -> Option<String> {
    let finished = blocks(&read(None, source, true));
    let (kinds_finished, pieces_finished) = (kinds(&finished), pieces(&finished));
    let mut document = read(None, "", false);
    let ends: Vec<usize> = source.char_indices().map(|it| it.0).skip(1).chain([source.len()]).collect();
    let mut at = 0;
    while at < ends.len() {
        at = (at + chunk()).min(ends.len());
        let so_far = &source[..ends[at - 1]];
        let grown = read(Some(&document), so_far, false);
        if !grown.settled.starts_with(&document.settled) {
            return Some(format!("{so_far:?} settled anew: {:#?}", grown.settled));
        }
        document = grown;
        let shown = blocks(&document);
        if !begins(&kinds(&shown), &kinds_finished) {
            return Some(format!("{so_far:?} shows {:?}, not {:?}", kinds(&shown), kinds_finished));
        }
        // References are plain text until their definition arrives.
        let has_definitions = source.contains("]:");
        let mut rest = pieces_finished.clone();
        for piece in pieces(&shown) {
            match rest.iter().position(|it| *it == piece) {
                Some(at) => _ = rest.swap_remove(at),
                None if has_definitions => {}
                None => return Some(format!("{so_far:?} shows {piece:?}, not {rest:?}")),
            }
        }
    }
    None
}

/// Returns a deterministic sequence of chunk sizes from 1 to `max`.
pub(super) fn chunks(seed: u64, max: u64) -> impl FnMut() -> usize {
    let mut state = seed;
    move || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(1 + (state >> 33) % max).unwrap()
    }
}

fn check<'a>(sources: impl IntoIterator<Item = &'a str>) {
    let mut wrong = Vec::new();
    for source in sources {
        let by_characters = flicker(source, || 1);
        let by_chunks = || (1..5).find_map(|seed| flicker(source, chunks(seed, 4 * seed)));
        wrong.extend(by_characters.or_else(by_chunks).map(|it| format!("{source:?}\n    {it}")));
    }
    assert!(wrong.is_empty(), "{} flicker:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn answers_stream_without_a_flicker() {
    check(ANSWERS);
}

#[test]
fn the_examples_of_the_specifications_stream_without_a_flicker() {
    check(commonmark_spec::sources().iter().map(String::as_str));
}
