//! Finds LaTeX in Markdown before Markdown is read, which would see lists and emphasis in it. Pure.
//!
//! A formula gets a placeholder of as many bytes, so that every offset stays what it was: a character of the private
//! use area that tells its number, and letters. Wherever it turns out to stand after all (in code, in an address), it
//! is put back.

use std::borrow::Cow;

const FIRST: u32 = 0xE000;
const LAST: u32 = 0xF8FF;
/// Bytes of such a character.
const MARK_LEN: usize = 3;
const FILLER: &str = "x";

/// A formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Formula {
    /// With its delimiters, as it was written.
    written: String,
    /// What stands between them.
    text: String,
    is_display: bool,
}

/// A text of which the formulas are hidden.
#[derive(Debug)]
pub(super) struct Hidden<'a> {
    pub(super) text: Cow<'a, str>,
    pub(super) formulas: Vec<Formula>,
}

/// A piece of a text that is shown.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Piece<'a> {
    Text(&'a str),
    Formula { text: &'a str, is_display: bool },
}

/// Hides the formulas: `$…$` by pandoc's rule, so that prices are none, `$$…$$`, `\(…\)` and `\[…\]`. Where the text
/// `may_grow`, one that is not closed yet is a formula too.
pub(super) fn hide(source: &str, may_grow: bool) -> Hidden<'_> {
    let has_any = source.contains('$') || source.contains("\\(") || source.contains("\\[");
    if !has_any || source.contains(|it| is_private_char(&it)) {
        return Hidden { text: Cow::Borrowed(source), formulas: Vec::new() };
    }
    let mut scanner = Scanner { source, at: 0, may_grow };
    let (mut text, mut formulas, mut done) = (String::with_capacity(source.len()), Vec::new(), 0);
    while let Some((start, end, formula)) = scanner.next() {
        let mark = u32::try_from(formulas.len()).ok().and_then(|it| char::from_u32(FIRST + it));
        let Some(mark) = mark.filter(is_private_char) else { break };
        text.push_str(&source[done..start]);
        text.push(mark);
        text.push_str(&FILLER.repeat(end - start - MARK_LEN));
        formulas.push(formula);
        done = end;
    }
    text.push_str(&source[done..]);
    Hidden { text: Cow::Owned(text), formulas }
}

fn is_private_char(it: &char) -> bool {
    (FIRST..=LAST).contains(&u32::from(*it))
}

/// Tells text and formulas apart again.
pub(super) fn pieces<'a>(text: &'a str, formulas: &'a [Formula]) -> Vec<Piece<'a>> {
    let mut pieces = Vec::new();
    each(text, formulas, |it| {
        pieces.push(match it {
            Ok(text) => Piece::Text(text),
            Err(formula) => Piece::Formula { text: &formula.text, is_display: formula.is_display },
        });
    });
    pieces
}

/// Puts the formulas back where they are none.
pub(super) fn restored<'a>(text: &'a str, formulas: &[Formula]) -> Cow<'a, str> {
    if formulas.is_empty() || !text.contains(|it| is_private_char(&it)) {
        return Cow::Borrowed(text);
    }
    let mut whole = String::new();
    each(text, formulas, |it| whole.push_str(it.unwrap_or_else(|formula| &formula.written)));
    Cow::Owned(whole)
}

fn each<'a>(text: &'a str, formulas: &'a [Formula], mut take: impl FnMut(Result<&'a str, &'a Formula>)) {
    let mut rest = text;
    while let Some((at, mark)) = rest.char_indices().find(|(_, it)| is_private_char(it)) {
        let formula = formulas.get((u32::from(mark) - FIRST) as usize);
        let Some(formula) = formula else { break };
        if at > 0 {
            take(Ok(&rest[..at]));
        }
        take(Err(formula));
        rest = rest.get(at + formula.written.len()..).unwrap_or_default();
    }
    if !rest.is_empty() {
        take(Ok(rest));
    }
}

struct Scanner<'a> {
    source: &'a str,
    at: usize,
    may_grow: bool,
}

impl Scanner<'_> {
    /// Finds the next formula: where it begins and ends, and what it says.
    fn next(&mut self) -> Option<(usize, usize, Formula)> {
        let bytes = self.source.as_bytes();
        while self.at < bytes.len() {
            if (self.at == 0 || bytes[self.at - 1] == b'\n') && self.skip_fenced() {
                continue;
            }
            let start = self.at;
            let found = match (bytes[start], bytes.get(start + 1)) {
                (b'\\', Some(b'(')) => self.closed_by("\\)", false),
                (b'\\', Some(b'[')) => self.closed_by("\\]", true),
                (b'$', Some(b'$')) => self.closed_by("$$", true),
                (b'$', _) => self.inline_dollars(),
                _ => None,
            };
            if let Some((end, text, is_display)) = found {
                self.at = end;
                let written = self.source[start..end].to_owned();
                return Some((start, end, Formula { written, text, is_display }));
            }
            self.at = match bytes[start] {
                b'`' => self.after_code(),
                // What it escapes is no delimiter.
                b'\\' => start + 1 + char_len(self.source, start + 1),
                b'$' => start + run_of(bytes, start),
                b'\n' => start + 1,
                _ => {
                    let from = start + char_len(self.source, start);
                    from + self.source[from..].find(['\\', '`', '$', '\n']).unwrap_or(bytes.len() - from)
                }
            };
        }
        None
    }

    /// Reads up to `close`, which stands in the same paragraph.
    fn closed_by(&self, close: &str, is_display: bool) -> Option<(usize, String, bool)> {
        const OPEN_LEN: usize = 2;
        let from = self.at + OPEN_LEN;
        let rest = &self.source[from..];
        // In a sentence, two dollars may be anything.
        let ends_line = rest.find('\n').is_some_and(|at| rest[..at].trim().is_empty());
        let is_sure = close != "$$" || ends_line || is_container(line_before(self.source, self.at));
        let paragraph_end =
            if is_sure { end_of_paragraph(rest) } else { line_at(rest, 0).trim_end_matches('\n').len() };
        let (text, end) = match find_unescaped(&rest[..paragraph_end], close) {
            Some(len) => (&rest[..len], from + len + close.len()),
            None => {
                let is_open = self.may_grow && is_sure && paragraph_end == rest.len();
                is_open.then_some((rest, self.source.len()))?
            }
        };
        // A run of dollars is decoration.
        let is_run = close == "$$" && (text.starts_with('$') || self.source[end..].starts_with('$'));
        if text.trim().is_empty() || is_run {
            return None;
        }
        Some((end, without_quotes(text, line_before(self.source, self.at)), is_display))
    }

    /// `$` that is followed by no space, up to one in the same line that follows none and is followed by no letter or
    /// digit.
    fn inline_dollars(&self) -> Option<(usize, String, bool)> {
        let rest = &self.source[self.at + 1..];
        let before = self.source[..self.at].chars().next_back();
        if before.is_some_and(|it| it.is_ascii_alphanumeric()) || rest.starts_with(char::is_whitespace) {
            return None;
        }
        let line = &rest[..rest.find('\n').unwrap_or(rest.len())];
        let len = find_unescaped(line, "$").filter(|len| *len > 0)?;
        let text = &line[..len];
        let is_closed = !text.ends_with(char::is_whitespace)
            && !text.contains('`')
            && !line[len + 1..].starts_with(|it: char| it.is_ascii_alphanumeric() || it == '$');
        is_closed.then(|| (self.at + 1 + len + 1, text.to_owned(), false))
    }

    /// Goes to the end of the code that backticks begin here, or past them if they begin none.
    fn after_code(&self) -> usize {
        let bytes = self.source.as_bytes();
        let n_ticks = run_of(bytes, self.at);
        let from = self.at + n_ticks;
        let end = from + end_of_paragraph(&self.source[from..]);
        let mut at = from;
        while at < end {
            match bytes[at] {
                b'`' if run_of(bytes, at) == n_ticks => return at + n_ticks,
                b'`' => at += run_of(bytes, at),
                _ => at += 1,
            }
        }
        from
    }

    /// Goes past fenced code, if that begins in this line.
    fn skip_fenced(&mut self) -> bool {
        let Some((fence, n_fence)) = fence_of(line_at(self.source, self.at)) else { return false };
        loop {
            self.at += line_at(self.source, self.at).len();
            let line = line_at(self.source, self.at);
            let is_end =
                fence_of(line).is_some_and(|it| it.0 == fence && it.1 >= n_fence) && line.trim().ends_with(fence);
            if line.is_empty() || is_end {
                self.at += line.len();
                return true;
            }
        }
    }
}

/// The line that begins at an offset, with its end.
fn line_at(source: &str, at: usize) -> &str {
    let rest = &source[at..];
    &rest[..rest.find('\n').map_or(rest.len(), |it| it + 1)]
}

fn line_before(source: &str, at: usize) -> &str {
    &source[source[..at].rfind('\n').map_or(0, |it| it + 1)..at]
}

/// What the fence of a line is made of, and how long it is.
fn fence_of(line: &str) -> Option<(char, usize)> {
    let inner = line.trim_start_matches(is_prefix);
    let fence = inner.chars().next().filter(|it| matches!(it, '`' | '~'))?;
    let n_fence = inner.chars().take_while(|it| *it == fence).count();
    let has_ticks = fence == '`' && inner[n_fence..].contains('`');
    (n_fence >= 3 && !has_ticks).then_some((fence, n_fence))
}

/// What may stand before a block in its line: spaces, quotations, and the marks of list items.
fn is_prefix(it: char) -> bool {
    it.is_ascii_digit() || matches!(it, ' ' | '\t' | '>' | '-' | '*' | '+' | '.' | ')')
}

fn is_container(before: &str) -> bool {
    before.chars().all(is_prefix)
}

/// How often the byte at an offset is repeated.
fn run_of(bytes: &[u8], at: usize) -> usize {
    bytes[at..].iter().take_while(|it| **it == bytes[at]).count()
}

/// Where an empty line ends the paragraph.
fn end_of_paragraph(text: &str) -> usize {
    let mut at = 0;
    while let Some(line_end) = text[at..].find('\n') {
        let next = at + line_end + 1;
        let line = line_at(text, next);
        if line.ends_with('\n') && line.trim_matches(|it: char| it.is_whitespace() || it == '>').is_empty() {
            return at + line_end;
        }
        at = next;
    }
    text.len()
}

fn char_len(text: &str, at: usize) -> usize {
    text[at..].chars().next().map_or(0, char::len_utf8)
}

fn find_unescaped(text: &str, wanted: &str) -> Option<usize> {
    let mut at = 0;
    while at < text.len() {
        if text[at..].starts_with(wanted) {
            return Some(at);
        }
        at += if text.as_bytes()[at] == b'\\' { 1 + char_len(text, at + 1) } else { char_len(text, at) };
    }
    None
}

/// Leaves out the `>` at the beginnings of lines, of as many quotations as the first line stands in.
fn without_quotes(text: &str, before: &str) -> String {
    let n_quotes = before.chars().take_while(|it| is_prefix(*it)).filter(|it| *it == '>').count();
    if n_quotes == 0 || !text.contains('\n') {
        return text.to_owned();
    }
    let mut lines = text.split('\n');
    let mut whole = lines.next().unwrap_or_default().to_owned();
    for mut line in lines {
        for _ in 0..n_quotes {
            line = line.trim_start().strip_prefix('>').unwrap_or(line);
        }
        whole.push('\n');
        whole.push_str(line);
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn check(source: &str, expected: &[(&str, bool)]) {
        check_growing(source, false, expected);
    }

    #[track_caller]
    fn check_growing(source: &str, may_grow: bool, expected: &[(&str, bool)]) {
        let hidden = hide(source, may_grow);
        assert_eq!(hidden.text.len(), source.len(), "offsets stay: {source:?}");
        assert_eq!(restored(&hidden.text, &hidden.formulas), source, "nothing is lost");
        let found: Vec<_> = hidden.formulas.iter().map(|it| (it.text.as_str(), it.is_display)).collect();
        assert_eq!(found, expected, "{source:?}");
    }

    #[test]
    fn formulas_are_found() {
        check("a $x$, $$y$$ \\(z\\) \\[w\\]", &[("x", false), ("y", true), ("z", false), ("w", true)]);
        check("$$\na\n- b\n= c\n$$", &[("\na\n- b\n= c\n", true)]);
        check("> $$\n> a\n> > b\n> $$", &[("\n a\n > b\n ", true)]);
        check("- \\[\n  x\n  \\]", &[("\n  x\n  ", true)]);
        check("$\\$$ and **$x_1$**", &[("\\$", false), ("x_1", false)]);
        check("($x$)é$y$。", &[("x", false), ("y", false)]);
        check("| $|x|$ |", &[("|x|", false)]);
        check("\\(a\\\\(b\\)", &[("a\\\\(b", false)]);
    }

    #[test]
    fn prices_and_code_are_none() {
        for source in [
            "costs $5 and $10",
            "$5-$10",
            "from $20 to 30 $ or so $",
            "that $$a\nb$$",
            "US$5 and A$6",
            "$HOME/$PATH",
            "`$x$` and ``a ` $y$``",
            "```\n$x$\n$$y$$\n```",
            "~~~tex\n\\[x\\]\n~~~",
            "- ```\n  $x$\n  ```",
            "> ```\n> $x$\n> ```",
            "\\$x\\$",
            "\\\\(x\\\\)",
            "$ x$ $x $",
            "$$$$ $$ $$",
            "$$$x$$$",
            "$$a\n\nb$$",
            "\\(a\n\nb\\)",
            "$a\nb$",
            "\u{e000}$x$",
            "$",
            "\\",
            "`",
        ] {
            check(source, &[]);
        }
    }

    #[test]
    fn what_is_not_closed_is_a_formula_while_it_may_be() {
        check("$$\n\\frac{a}", &[]);
        check_growing("$$\n\\frac{a}", true, &[("\n\\frac{a}", true)]);
        check_growing("a \\(x + ", true, &[("x + ", false)]);
        check_growing("- \\[x\n- y", true, &[("x\n- y", true)]);
        check_growing("that is $$ much", true, &[]);
        check_growing("$$a\n\nb", true, &[]);
        check_growing("$5 and", true, &[]);
    }
}
