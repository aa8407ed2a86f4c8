//! Finds LaTeX in Markdown before Markdown is read, which would see lists and emphasis in it. Pure.

use super::lines::{char_len, end_of_paragraph, is_container, is_prefix, line_at, line_before};

/// A formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Formula {
    /// The offset behind it.
    pub(super) end: usize,
    /// The text between the delimiters.
    pub(super) text: String,
    pub(super) is_display: bool,
}

/// Reads the formula that begins at an offset: `$…$` by pandoc's rule, so that prices are none, `$$…$$`, `\(…\)` and
/// `\[…\]`. Where the text `may_grow`, one that is not closed yet is a formula too.
pub(super) fn formula_at(source: &str, at: usize, may_grow: bool) -> Option<Formula> {
    let rest = &source[at..];
    match rest.as_bytes() {
        [b'\\', b'(', ..] => closed_by(source, at, "\\)", may_grow),
        [b'\\', b'[', ..] => closed_by(source, at, "\\]", may_grow),
        [b'$', b'$', ..] => closed_by(source, at, "$$", may_grow),
        [b'$', ..] => inline_dollars(source, at),
        _ => None,
    }
}

/// Reads up to `close`, which stands in the same paragraph.
fn closed_by(source: &str, at: usize, close: &str, may_grow: bool) -> Option<Formula> {
    const OPEN_LEN: usize = 2;
    let from = at + OPEN_LEN;
    let rest = &source[from..];
    // In a sentence, two dollars may be anything.
    let ends_line = rest.find('\n').is_some_and(|at| rest[..at].trim().is_empty());
    let is_sure = close != "$$" || ends_line || is_container(line_before(source, at));
    let paragraph_end = if is_sure { end_of_paragraph(rest) } else { line_at(rest, 0).trim_end_matches('\n').len() };
    let (text, end) = match find_unescaped(&rest[..paragraph_end], close) {
        Some(len) => (&rest[..len], from + len + close.len()),
        None => {
            let is_open = may_grow && is_sure && paragraph_end == rest.len();
            is_open.then_some((rest, source.len()))?
        }
    };
    // A run of dollars is decoration.
    let is_run = close == "$$" && (text.starts_with('$') || source[end..].starts_with('$'));
    if text.trim().is_empty() || is_run {
        return None;
    }
    let text = without_quotes(text, line_before(source, at));
    Some(Formula { end, text, is_display: close != "\\)" })
}

/// `$` that is followed by no space, up to one in the same line that follows none and is followed by no letter or
/// digit.
fn inline_dollars(source: &str, at: usize) -> Option<Formula> {
    let line = after_dollar(source, at)?;
    let len = find_unescaped(line, "$").filter(|len| *len > 0)?;
    let text = &line[..len];
    let is_closed = !text.ends_with(char::is_whitespace)
        && is_latex(text)
        && !line[len + 1..].starts_with(|it: char| it.is_ascii_alphanumeric() || it == '$');
    is_closed.then(|| Formula { end: at + 1 + len + 1, text: text.to_owned(), is_display: false })
}

/// Returns the rest of the line behind a dollar that may begin a formula.
fn after_dollar(source: &str, at: usize) -> Option<&str> {
    let rest = &source[at + 1..];
    let before = source[..at].chars().next_back();
    let may_begin = !before.is_some_and(|it| it.is_ascii_alphanumeric()) && !rest.starts_with(char::is_whitespace);
    may_begin.then(|| rest.lines().next().unwrap_or_default())
}

/// True if the dollar at an offset begins what may become a formula when the line, which is the last one, goes on.
pub(super) fn may_begin(source: &str, at: usize) -> bool {
    const MAX_LEN: usize = 200;
    let line = after_dollar(source, at).filter(|it| at + 1 + it.len() == source.len());
    line.is_some_and(|it| !it.is_empty() && it.len() < MAX_LEN && find_unescaped(it, "$").is_none() && is_latex(it))
}

/// True for what two dollars may enclose: nothing of Markdown, and no prices with the words between them.
fn is_latex(text: &str) -> bool {
    let has_markdown = text.contains('`') || text.contains("**") || text.contains("](");
    let amount = text.trim_start_matches(['.', '~', '-', '+', '(']);
    let is_price = amount.starts_with(|it: char| it.is_ascii_digit())
        && !text.contains('\\')
        && (text.chars().any(is_foreign) || text.contains(' ') && has_word(text));
    !has_markdown && !is_price
}

/// True for letters, dashes and arrows that no formula has, but the words between two prices.
fn is_foreign(it: char) -> bool {
    let is_greek = ('\u{370}'..='\u{3ff}').contains(&it);
    !it.is_ascii() && !is_greek && it.is_alphabetic() || matches!(it, '\u{2010}'..='\u{2026}' | '→')
}

/// True if a text holds a word of two letters or more, or one letter between two numbers.
fn has_word(text: &str) -> bool {
    let is_letter = |it: char| it.is_ascii_alphabetic();
    let is_long = text.split(|it| !is_letter(it)).any(|it| it.len() > 1);
    let words: Vec<&str> = text.split(' ').collect();
    let is_number = |it: &str| it.starts_with(|it: char| it.is_ascii_digit());
    let joins = |it: &str| it.len() == 1 && it.starts_with(|it| is_letter(it) || it == '&');
    is_long || words.windows(3).any(|it| is_number(it[0]) && joins(it[1]) && is_number(it[2]))
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
    use crate::ui::chatkit::markdown::hide::{Meaning, hide};

    #[track_caller]
    fn check(source: &str, expected: &[(&str, bool)]) {
        check_growing(source, false, expected);
    }

    #[track_caller]
    fn check_growing(source: &str, may_grow: bool, expected: &[(&str, bool)]) {
        let hidden = hide(source, may_grow);
        assert_eq!(hidden.restored(&hidden.text), source[..hidden.len], "nothing is lost");
        let found: Vec<_> = hidden
            .secrets
            .iter()
            .filter_map(|it| match &it.meaning {
                Meaning::Formula { text, is_display } => Some((text.as_str(), *is_display)),
                _ => None,
            })
            .collect();
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
        for text in [
            "5x + 3",
            "2 \\times 3",
            "10^{-3}",
            "5 + 3 = 8",
            "3 \\text{ apples and pears}",
            "2πr",
            "0.5",
            "1, 2, \\dots, n",
            "2 x",
            "5",
            "-1 < x",
            "100\\,000 \\text{ €}",
        ] {
            check(&format!("so ${text}$ is"), &[(text, false)]);
        }
    }

    #[test]
    fn prices_with_the_sign_behind_are_none() {
        for source in [
            "It costs $5 today or 10$ later",
            "$5 or 10$",
            "a $5 bill and a 10$ bill",
            "$5/month or 10$/month",
            "从$5到10$",
            "$5 – 10$ a day",
            "de $5 à 10$ pour",
            "entre $5 y 10$",
            "($5) and (10$)",
            "$1,000 now, 2,000$ later",
            "$5M in 2020 and 6M$ in 2021",
            "~$5 now or ~10$",
            "$.50 or 1.00$",
            "$-5 to 10$ off",
            "$5 & 10$",
            "$5 → 10$",
            "**$5** to **10$**",
            "see $5 [here](https://a.example/?x=$)",
        ] {
            check(source, &[]);
        }
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
