//! Detection of LaTeX formulas before Markdown is parsed, which would find lists and emphasis in them. Pure.

use super::{
    line_syntax::{is_container, is_prefix},
    search_scope::{SearchScope, find_unescaped},
};

/// A formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Formula {
    /// Offset after its closing delimiter.
    pub(super) end: usize,
    /// Text between the delimiters.
    pub(super) text: String,
    pub(super) is_display: bool,
}

/// Parses the formula at an offset, which lies in `part` and follows `before` in its line.
///
/// Supported are `$…$` by pandoc's rule, which excludes prices, `$$…$$`, `\(…\)` and `\[…\]`. If the text `may_grow`,
/// an unclosed formula counts too.
pub(super) fn formula_at(
    source: &str,
    at: usize,
    part: &mut SearchScope,
    before: &str,
    may_grow: bool,
) -> Option<Formula> {
    let close = match &source.as_bytes()[at..] {
        [b'\\', b'(', ..] => "\\)",
        [b'\\', b'[', ..] => "\\]",
        [b'$', b'$', ..] => "$$",
        [b'$', ..] => return inline_dollars(source, at, part.end),
        _ => return None,
    };
    let from = at + close.len();
    let rest = &source[from..part.end];
    // Within a sentence, two dollars are ambiguous.
    let ends_line = rest.trim_start_matches(|it: char| it != '\n' && it.is_whitespace()).starts_with('\n');
    let is_sure = close != "$$" || ends_line || is_container(before);
    let may_end = |end: &usize| is_sure || !source[from..*end].contains('\n') && !is_price(&source[from..*end]);
    let (text, end) = match part.find_close(source, from, close).filter(may_end) {
        Some(end) => (&source[from..end], end + close.len()),
        None => {
            let is_open = may_grow && is_sure && part.end == source.len();
            // The closing delimiter may have begun.
            is_open.then_some((rest.trim_end_matches(['\\', '$']), source.len()))?
        }
    };
    // A run of dollars is decoration, and a price has an amount after its sign.
    let is_sign = |it: char| it == '$' || it.is_ascii_digit();
    let is_run = close == "$$" && (text.starts_with('$') || source[end..].starts_with(is_sign));
    if text.trim().is_empty() || is_run {
        return None;
    }
    Some(Formula { end, text: without_quotes(text, before), is_display: close != "\\)" })
}

/// Parses `$…$` within a line: no space after the opening dollar or before the closing one, and no letter or digit
/// after that.
fn inline_dollars(source: &str, at: usize, end: usize) -> Option<Formula> {
    let rest = after_dollar(source, at, end)?;
    let text = &rest[..find_unescaped(rest, "$").filter(|len| *len > 0)?];
    let end = at + 1 + text.len() + 1;
    let is_closed = !text.ends_with(char::is_whitespace)
        && !text.contains('\n')
        && is_latex(text)
        && !source[end..].starts_with(|it: char| it.is_ascii_alphanumeric() || it == '$');
    is_closed.then(|| Formula { end, text: text.to_owned(), is_display: false })
}

/// Returns the text after a dollar that may begin a formula, up to `end`.
fn after_dollar(source: &str, at: usize, end: usize) -> Option<&str> {
    let rest = source.get(at + 1..end)?;
    let before = source[..at].chars().next_back();
    // After an amount, the sentence continues.
    let goes_on = |it: char| it.is_whitespace() || matches!(it, ',' | ';' | ':' | '!' | '?' | ')' | '/');
    let may_begin = !before.is_some_and(|it| it.is_ascii_alphanumeric()) && !rest.starts_with(goes_on);
    may_begin.then_some(rest)
}

/// True if the dollar at an offset may begin a formula once the last line continues.
pub(super) fn may_begin(source: &str, at: usize) -> bool {
    const MAX_LEN: usize = 200;
    let rest = after_dollar(source, at, source.len()).filter(|it| !it.is_empty() && it.len() < MAX_LEN);
    rest.is_some_and(|it| !it.contains('\n') && find_unescaped(it, "$").is_none() && is_latex(it))
}

/// True for text that two dollars may enclose: no Markdown, and no prices with words between them.
fn is_latex(text: &str) -> bool {
    let has_markdown = text.contains('`') || text.contains("**") || text.contains("](");
    !has_markdown && !is_price(text)
}

/// True for an amount with the text up to the sign of the next one.
fn is_price(text: &str) -> bool {
    let amount = text.trim_start_matches(['.', '~', '-', '+', '(']);
    amount.starts_with(|it: char| it.is_ascii_digit())
        && !text.split("\\$").any(|it| it.contains('\\'))
        && (text.chars().any(is_foreign) || text.contains(' ') && has_word(text))
}

/// True for letters, dashes, arrows and currency signs that occur between prices but not in formulas.
fn is_foreign(it: char) -> bool {
    let is_greek = ('\u{370}'..='\u{3ff}').contains(&it);
    !it.is_ascii() && !is_greek && it.is_alphabetic()
        || matches!(it, '\u{2010}'..='\u{2026}' | '→' | '¢' | '£' | '¥' | '\u{20a0}'..='\u{20cf}' | '〜' | '～')
}

/// True if a text contains a word of at least two letters, or a single letter between two numbers.
fn has_word(text: &str) -> bool {
    let is_letter = |it: char| it.is_ascii_alphabetic();
    let is_long = text.split(|it| !is_letter(it)).any(|it| it.len() > 1);
    let words: Vec<&str> = text.split(' ').collect();
    let is_number = |it: &str| it.starts_with(|it: char| it.is_ascii_digit());
    let joins = |it: &str| it.len() == 1 && it.starts_with(|it| is_letter(it) || it == '&');
    is_long || words.windows(3).any(|it| is_number(it[0]) && joins(it[1]) && is_number(it[2]))
}

/// Removes the `>` markers at line beginnings, as many per line as the first line has.
fn without_quotes(text: &str, before: &str) -> String {
    if !text.contains('\n') {
        return text.to_owned();
    }
    let n_quotes = before.chars().take_while(|it| is_prefix(*it)).filter(|it| *it == '>').count();
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
            .hidden_pieces
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
            "3 \\times \\$5",
            "[0, 1)",
            "25°C",
            "3 × 4 = 12",
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
            "5 $, 6$",
            "(5 $)/(6 $)",
            "in US-$/EUR-$ or so",
            "$5 ≈ €4.6, 10$ ≈ €9.2",
            "$5, £4 or 6$",
            "₹400, $5 ~ ¥700, 8$ more",
            "$5 and \\$6 and 7$",
            "$$5 and $$6",
            "now $$5 apples and $$6 pears",
            "from $1.5k to $2k, up 300K$",
            "A$5, R$ 6,00 e HK$8",
            "$20/month → $240/year",
            "5$-Schein und 10$-Schein",
            "$5から10$まで",
            "$5 〜 10$",
            "$5한국$6",
            "от $5 до 10$ за",
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
        check_growing("\\(x\\", true, &[("x", false)]);
        check_growing("$$\nx\n$", true, &[("\nx\n", true)]);
        check_growing("$5/$", true, &[]);
        check_growing("$5/$ ", true, &[("5/", false)]);
    }
}
