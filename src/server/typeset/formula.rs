//! Formulas: conversion of LaTeX to MathML Core (crate `math-core`).

use std::sync::LazyLock;

use math_core::{LatexToMathML, MathCoreConfig, MathDisplay};

use super::mathml;
use crate::model::typeset::MathNode;

/// The maximum length of a formula.
const MAX_BYTES: usize = 4_000;
/// The maximum nesting of groups, since the converter recurses.
const MAX_DEPTH: usize = 60;

static CONVERTER: LazyLock<LatexToMathML> =
    LazyLock::new(|| LatexToMathML::new(MathCoreConfig::default()).expect("BUG: it is told no macros"));

/// Converts a formula. Returns `None` if it is invalid or contains disallowed markup.
pub(super) fn math(text: &str, is_display: bool) -> Option<MathNode> {
    if text.len() > MAX_BYTES || depth(text) > MAX_DEPTH {
        return None;
    }
    let display = if is_display { MathDisplay::Block } else { MathDisplay::Inline };
    mathml::read(&CONVERTER.convert_with_local_state(text, display).ok()?.mathml)
}

fn depth(text: &str) -> usize {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'{' => depth += 1,
            b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    deepest
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(node: &MathNode, found: &mut Vec<String>) {
        if let MathNode::Element(name, _, children) = node {
            found.push(name.clone());
            children.iter().for_each(|it| names(it, found));
        }
    }

    #[track_caller]
    fn check(text: &str, expected: &[&str]) {
        for is_display in [true, false] {
            let node = math(text, is_display).expect(text);
            let mut found = Vec::new();
            names(&node, &mut found);
            for name in expected {
                assert!(found.iter().any(|it| it == name), "{text}: {name} in {found:?}");
            }
        }
    }

    #[test]
    fn what_assistants_write_has_a_shape() {
        check(r"\frac{-b \pm \sqrt{b^2 - 4ac}}{2a}", &["mfrac", "msqrt", "msup"]);
        check(r"\sum_{i=1}^{n} i = \frac{n(n+1)}{2}", &["mfrac"]);
        check(r"\int_0^\infty e^{-x^2}\,dx", &["msubsup", "msup"]);
        check(r"\begin{pmatrix} 1 & 2 \\ 3 & 4 \end{pmatrix}", &["mtable", "mtr", "mtd"]);
        check(r"\begin{bmatrix} a \\ b \end{bmatrix}", &["mtable"]);
        check(r"\begin{aligned} a &= b \\ c &= d \end{aligned}", &["mtable"]);
        check(r"f(x) = \begin{cases} 1 & x > 0 \\ 0 & \text{otherwise} \end{cases}", &["mtable", "mtext"]);
        check(r"\alpha \to \beta \Rightarrow \Gamma \iff \mathbb{R} \ni \mathcal{L}", &["mi", "mo"]);
        check(r"\sqrt[3]{\frac{1}{\sqrt{x}}}", &["mroot", "mfrac", "msqrt"]);
        check(r"\left( \frac{a}{b} \right) \cdot \vec{v} \times \hat{x} \overline{AB}", &["mfrac", "mover"]);
        check(r"\lim_{x \to 0} \frac{\sin x}{x} = 1", &["mfrac"]);
        check(r"\boldsymbol{x}^\top \mathbf{A} \operatorname{tr}(A) \binom{n}{k} \dots \ldots \cdots", &["mi"]);
        check(r"\underbrace{a+b}_{c} \overset{!}{=} d \xrightarrow{f} e \quad", &["munder"]);
        assert!(math(r"\begin{align} a &= b \\ &= c \end{align}", true).is_some());
        check(r"P(A \mid B) = \frac{P(B \mid A)\,P(A)}{P(B)}, \; |x| \le \|y\| \ne \emptyset", &["mfrac"]);
        check(r"5\% \text{ of } \$10 \& \#1 \{a\}", &["mtext"]);
    }

    #[test]
    fn what_is_wrong_or_leads_elsewhere_has_none() {
        for text in [
            r"\frac{",
            r"\unknown",
            r"\href{javascript:alert(1)}{x}",
            r"\begin{matrix}",
            "}",
            &"x".repeat(MAX_BYTES + 1),
        ] {
            assert_eq!(math(text, false), None, "{text}");
        }
        let deep = format!("{}x{}", "\\sqrt{".repeat(MAX_DEPTH + 1), "}".repeat(MAX_DEPTH + 1));
        assert_eq!(math(&deep, true), None);
    }
}
