//! Key bindings of the shortcuts. Pure.
//!
//! Letters are combined with Alt and Shift, on a Mac with Control and Shift. Browsers do not use these combinations
//! for common commands, screen readers have other keys, and no keyboard layout types with them. (Option types on a
//! Mac, and AltGr elsewhere is Alt with Control.)

/// A command that the keyboard triggers anywhere in the chat.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shortcut {
    NewChat,
    FocusComposer,
    Search,
    ToggleHistory,
    PreviousMessage,
    NextMessage,
    CopyAnswer,
    Stop,
    List,
}

/// A key press and its context.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyPress {
    /// The typed text (`KeyboardEvent.key`).
    pub(super) key: String,
    /// The physical key (`KeyboardEvent.code`), for layouts without Latin letters.
    pub(super) code: String,
    pub(super) alt: bool,
    pub(super) ctrl: bool,
    pub(super) meta: bool,
    pub(super) shift: bool,
    /// True if the focus is in a text field.
    pub(super) is_typing: bool,
    pub(super) is_mac: bool,
}

impl Shortcut {
    /// All shortcuts in the order of the list.
    pub(super) const ALL: [Self; 9] = [
        Self::NewChat,
        Self::FocusComposer,
        Self::Search,
        Self::ToggleHistory,
        Self::PreviousMessage,
        Self::NextMessage,
        Self::CopyAnswer,
        Self::Stop,
        Self::List,
    ];

    /// Returns its letter. `None` for shortcuts with a key of their own.
    pub(super) fn letter(self) -> Option<char> {
        match self {
            Self::NewChat => Some('N'),
            Self::FocusComposer => Some('M'),
            Self::Search => Some('F'),
            Self::ToggleHistory => Some('H'),
            Self::PreviousMessage => Some('K'),
            Self::NextMessage => Some('J'),
            Self::CopyAnswer => Some('C'),
            Self::Stop | Self::List => None,
        }
    }

    /// Returns the shortcut of a key press.
    pub(super) fn of(pressed: &KeyPress) -> Option<Self> {
        let KeyPress { alt, ctrl, meta, shift, is_typing, is_mac, .. } = *pressed;
        if !(alt || ctrl || meta) {
            return match pressed.key.as_str() {
                "Escape" if !shift => Some(Self::Stop),
                "?" if !is_typing => Some(Self::List),
                _ => None,
            };
        }
        let (first, other) = if is_mac { (ctrl, alt) } else { (alt, ctrl) };
        if !first || !shift || other || meta {
            return None;
        }
        let letter = pressed.letter()?;
        Self::ALL.into_iter().find(|it| it.letter() == Some(letter))
    }
}

impl KeyPress {
    /// True if the key types text while no text field has the focus. Spaces do not count: they scroll or press
    /// buttons. Shortcuts are matched before.
    pub(super) fn is_writing(&self) -> bool {
        // Option types characters on a Mac.
        let is_held = self.ctrl || self.meta || self.alt && !self.is_mac;
        (self.is_text() || self.key == "Dead") && !self.is_typing && !is_held
    }

    /// True if the key types visible text. Some layouts type several characters with one key. Names of other keys are
    /// ASCII and longer than one character.
    fn is_text(&self) -> bool {
        let is_one = self.key.chars().count() == 1;
        (is_one || !self.key.is_ascii()) && !self.key.contains(|it: char| it.is_whitespace() || it.is_control())
    }

    /// Returns the letter of the key: the typed one, or the one of its position if no Latin letter is typed.
    fn letter(&self) -> Option<char> {
        let mut typed = self.key.chars();
        match (typed.next(), typed.next()) {
            (Some(char), None) if char.is_ascii_alphabetic() => Some(char.to_ascii_uppercase()),
            (Some(char), None) if char.is_ascii() => None,
            _ => self.code.strip_prefix("Key").and_then(|it| it.chars().next()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pressed(keys: &str) -> KeyPress {
        let mut it = KeyPress::default();
        for part in keys.split('-') {
            match part {
                "alt" => it.alt = true,
                "ctrl" => it.ctrl = true,
                "meta" => it.meta = true,
                "shift" => it.shift = true,
                "typing" => it.is_typing = true,
                "mac" => it.is_mac = true,
                code if code.len() == 4 && code.starts_with("Key") => code.clone_into(&mut it.code),
                key => key.clone_into(&mut it.key),
            }
        }
        it
    }

    #[test]
    fn keys_are_shortcuts_or_left_alone() {
        let check =
            |keys: &str, expected: Option<Shortcut>| assert_eq!(Shortcut::of(&pressed(keys)), expected, "{keys}");
        check("alt-shift-N", Some(Shortcut::NewChat));
        check("alt-shift-n-typing", Some(Shortcut::NewChat));
        check("alt-shift-т-KeyN", Some(Shortcut::NewChat));
        check("ctrl-shift-C-mac", Some(Shortcut::CopyAnswer));
        check("Escape", Some(Shortcut::Stop));
        check("Escape-typing", Some(Shortcut::Stop));
        check("shift-?", Some(Shortcut::List));
        // Typed text, browser shortcuts, and text typed by AltGr and Option.
        check("shift-?-typing", None);
        check("N", None);
        check("shift-N", None);
        check("alt-n", None);
        check("ctrl-shift-N", None);
        check("ctrl-shift-C", None);
        check("ctrl-alt-shift-N", None);
        check("meta-shift-N-mac", None);
        check("alt-shift-N-mac", None);
        check("ctrl-alt-shift-N-mac", None);
        check("alt-shift-X", None);
        check("alt-shift-1-KeyN", None);
    }

    #[test]
    fn what_writes_is_written_into_the_composer() {
        let check = |keys: &str, expected: bool| assert_eq!(pressed(keys).is_writing(), expected, "{keys}");
        for keys in ["a", "shift-A", "7", "é", "語", "ш", "/", "Dead"] {
            check(keys, true);
        }
        // Several characters from one key: Devanagari, Arabic, Hebrew, combining marks, characters beyond the BMP.
        for keys in ["क्ष", "त्र", "shift-ज्ञ", "لا", "لآ", "שׁ", "e\u{301}", "m̃", "𞤀", "👍🏽"]
        {
            check(keys, true);
        }
        // Option types characters on a Mac.
        for keys in ["alt-@-mac", "alt-å-mac", "alt-shift-Å-mac", "alt-Dead-mac", "alt-¡-mac", "a-mac"] {
            check(keys, true);
        }
        for keys in
            ["a-typing", "alt-a", "ctrl-a", "meta-a", "ctrl-alt-@", " ", "Enter", "Tab", "F1", "ArrowUp", "Shift", ""]
        {
            check(keys, false);
        }
        for keys in [
            "क्ष-typing",
            "ctrl-لا",
            "alt-é",
            "meta-å-mac",
            "ctrl-alt-å-mac",
            "alt-ArrowLeft-mac",
            "alt-\u{a0}-mac",
            "\u{3000}",
            "\u{7f}",
            "\u{85}",
            "F12",
            "Unidentified",
            "Process",
            "Backspace",
            "AltGraph",
            "MediaPlayPause",
        ] {
            check(keys, false);
        }
    }

    #[test]
    fn no_two_shortcuts_share_a_letter() {
        let letters: Vec<char> = Shortcut::ALL.into_iter().filter_map(Shortcut::letter).collect();
        let n_letters = letters.len();
        assert_eq!(letters.into_iter().collect::<std::collections::BTreeSet<_>>().len(), n_letters);
    }
}
