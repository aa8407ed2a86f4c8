use super::*;

#[test]
fn offsets_are_told_of_both_texts() {
    let source = "é $x+y$ b <br>中**「a」**中";
    let hidden = hide(source, false);
    assert_eq!(hidden.restored(&hidden.text), source);
    let at = |wanted: &str| (source.find(wanted).unwrap(), hidden.text.find(wanted).unwrap());
    for wanted in ["é", " b ", "中", "「", "a」"] {
        let (in_source, in_text) = at(wanted);
        assert_eq!(hidden.in_text(in_source), in_text, "{wanted:?}");
        assert_eq!(hidden.in_source(in_text), in_source, "{wanted:?}");
    }
    let inside = source.find("+y").unwrap();
    assert_eq!(hidden.in_text(inside), hidden.text.find(" b").unwrap(), "behind it");
    assert_eq!(hidden.in_source(hidden.text.find(" b").unwrap() - 1), source.find("$x").unwrap());
    assert_eq!(hidden.in_text(source.len()), hidden.text.len());
    assert_eq!(hidden.in_source(hidden.text.len()), source.len());
}

#[test]
fn characters_of_the_text_are_never_taken_for_hidden_ones() {
    for source in [
        "\u{f0000}$x$",
        "$x$ \u{f0000}",
        "`\u{f0000}` $x$",
        "```\n\u{f0001}\n```\n$x$ $y$",
        "\u{10ffff} \\(x\\)",
        "\u{e000}$x$",
        "\u{f8ff} $x$",
        "<br>\u{f0000}<br>",
        "[\u{f0000}](https://a.example/\u{f0000}) $x$",
        "\\\u{f0000} $x$",
    ] {
        let hidden = hide(source, false);
        assert_eq!(hidden.restored(&hidden.text), source);
        let own = hidden.text.chars().filter(|it| is_mark(*it)).count();
        assert_eq!(own, hidden.hidden_pieces.len(), "{source:?}");
    }
}
