//! Randomly generated answers stream without flicker.

use super::streaming::{chunks, flicker};

/// Building blocks of lines, all complete.
const PIECES: [&str; 48] = [
    "**bold**",
    "**bold:** text",
    "*it*",
    "***both***",
    "**a *b* c**",
    "*a **b** c*",
    "`code`",
    "`a | b`",
    "``x`y``",
    "`curl https://a.example/x -d`",
    "[link](https://a.example/x)",
    "[li **nk**](https://a.example/x_(y) \"T\")",
    "[H<sub>2</sub>O](https://a.example/w)",
    "![picture](https://a.example/i.png)",
    "$x+y$",
    "$a_1 * b_2$",
    "\\(z\\)",
    "https://b.example/p?q=1",
    "https://b.example/x_y.",
    "<https://c.example>",
    "www.d.example",
    "H<sub>2</sub>O",
    "~~old~~",
    "some text",
    "5 * 3",
    "2*3*4",
    "$5",
    "$5 to $10",
    "10$",
    "snake_case_name",
    "中文**「词」**后",
    "これは**「あ」**です",
    "English**（強）**English",
    "a<br>b",
    "<!-- c -->",
    "AT&T",
    "&amp; &copy;",
    "“quote”",
    "- dash",
    "and so on...",
    "a\u{e200}cite\u{e202}x\u{e201}",
    "<kbd>Ctrl</kbd>+C",
    "array[0]",
    "a < b > c",
    "~5 min",
    "\\*not\\*",
    "__init__",
    "😀",
];

fn line(next: &mut impl FnMut() -> usize) -> String {
    let n_pieces = 1 + next() % 4;
    (0..n_pieces).map(|_| PIECES[next() % PIECES.len()]).collect::<Vec<_>>().join(" ")
}

fn block(next: &mut impl FnMut() -> usize) -> String {
    let lines = |next: &mut _, before: &str| format!("{before}{}\n{before}{}\n", line(next), line(next));
    match next() % 10 {
        0 | 1 => lines(next, ""),
        2 => format!("{} {}\n", "#".repeat(1 + next() % 3), line(next)),
        3 => lines(next, "- "),
        4 => lines(next, "- [ ] "),
        5 => format!("1. {}\n   - {}\n2. {}\n", line(next), line(next), line(next)),
        6 => format!("| {} | b |\n|---|:-:|\n| {} | {} |\n", line(next).replace('|', "/"), line(next), line(next)),
        7 => format!("```rust\n{}\n\n{}\n```\n", line(next), line(next)),
        8 => lines(next, "> "),
        _ => ["---\n", "***\n", "$$\nx = 1\n- y\n$$\n", "\\[\na\n\\]\n"][next() % 4].to_owned(),
    }
}

#[test]
fn generated_answers_stream_without_a_flicker() {
    const N_ANSWERS: u64 = 40;
    let wrong: Vec<String> = (1..=N_ANSWERS)
        .filter_map(|seed| {
            let mut next = chunks(seed, 1 << 20);
            let source: String = (0..1 + next() % 3).map(|_| block(&mut next) + "\n").collect();
            flicker(&source, || 1).map(|it| format!("{source:?}\n    {it}"))
        })
        .collect();
    assert!(wrong.is_empty(), "{} flicker:\n{}", wrong.len(), wrong.join("\n"));
}
