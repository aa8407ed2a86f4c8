//! Character classes of Chinese, Japanese, Korean and other scripts without spaces. Pure.

/// Wide and half-width ranges (UAX #11) without emoji, and Hangul, as in the "CJK-friendly" amendment to CommonMark
/// (commonmark-spec#650).
const WIDE: [(u32, u32); 21] = [
    (0x1100, 0x11ff),
    (0x20a9, 0x20a9),
    (0x2329, 0x232a),
    (0x2630, 0x2637),
    (0x268a, 0x268f),
    (0x2e80, 0x303e),
    (0x3041, 0xa4c6),
    (0xa960, 0xa97c),
    (0xac00, 0xd7fb),
    (0xf900, 0xfaff),
    (0xfe10, 0xfe19),
    (0xfe30, 0xfe6b),
    (0xff01, 0xffee),
    (0x16fe0, 0x18dff),
    (0x1aff0, 0x1b2fb),
    (0x1d300, 0x1d376),
    (0x1f200, 0x1f200),
    (0x1f210, 0x1f219),
    (0x1f240, 0x1f248),
    (0x20000, 0x3fffd),
    // Variation selectors of ideographs.
    (0xe0100, 0xe01ef),
];

/// True for a CJK letter or punctuation mark.
pub(super) fn is_cjk(it: char) -> bool {
    let it = u32::from(it);
    // Fast path: most text has no such characters.
    it >= WIDE[0].0 && WIDE.iter().any(|(first, last)| (*first..=*last).contains(&it))
}

/// True for characters of scripts without spaces between words, and of Korean, which has none before particles.
pub(super) fn is_unspaced(it: char) -> bool {
    is_cjk(it) || matches!(it, '\u{e00}'..='\u{eff}' | '\u{1000}'..='\u{109f}' | '\u{1780}'..='\u{17ff}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn characters_are_told_apart() {
        for it in "中あア한ㄱ。「：！（～ｱ￥【々〜𠮷".chars() {
            assert!(is_cjk(it), "{it:?}");
        }
        for it in "aé(:“”…—😀🈁é١ก×→".chars() {
            assert!(!is_cjk(it), "{it:?}");
        }
        assert!("中あ한กข້ါខ".chars().all(is_unspaced));
        assert!(!"aéह1".chars().any(is_unspaced));
    }
}
