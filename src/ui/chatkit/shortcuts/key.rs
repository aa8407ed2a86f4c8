//! Which keys are which shortcut. Pure.
//!
//! Letters are pressed with Alt and Shift, on a Mac with Control and Shift: browsers use these for nothing that is
//! common, screen readers have keys of their own, and no keyboard layout types with them (Option does on a Mac, AltGr
//! elsewhere is Alt with Control).

/// Something that can be done with the keyboard from anywhere in the chat.
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

/// What is pressed, on what.
#[derive(Clone, Debug, Default)]
pub(super) struct Pressed {
    /// What the key types.
    pub(super) key: String,
    /// Where the key is, for layouts without Latin letters.
    pub(super) code: String,
    pub(super) alt: bool,
    pub(super) ctrl: bool,
    pub(super) meta: bool,
    pub(super) shift: bool,
    /// Whether the focus is where text is typed.
    pub(super) is_typing: bool,
    pub(super) is_mac: bool,
}

impl Shortcut {
    /// All, in the order of the list.
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

    /// Its letter; the others are keys of their own.
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

    /// Which one is pressed.
    pub(super) fn of(pressed: &Pressed) -> Option<Self> {
        let Pressed { alt, ctrl, meta, shift, is_typing, is_mac, .. } = *pressed;
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

impl Pressed {
    /// True if the key writes something, and the focus is where nobody writes. A space scrolls or presses a button there,
    /// and the shortcuts have been looked for before.
    pub(super) fn is_writing(&self) -> bool {
        // Option types on a Mac.
        let is_held = self.ctrl || self.meta || self.alt && !self.is_mac;
        (self.is_text() || self.key == "Dead") && !self.is_typing && !is_held
    }

    /// True if the key types what can be seen. A key of some layouts types several characters; the names of keys that type
    /// none are ASCII and longer than one.
    fn is_text(&self) -> bool {
        let is_one = self.key.chars().count() == 1;
        (is_one || !self.key.is_ascii()) && !self.key.contains(|it: char| it.is_whitespace() || it.is_control())
    }

    /// The letter on the key: what it types, or where it is if it types no Latin letter.
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

    fn pressed(keys: &str) -> Pressed {
        let mut it = Pressed::default();
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
        // What is typed, what browsers do, and what AltGr and Option type.
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
        // Several characters by one key: Devanagari, Arabic, Hebrew, a letter with a mark, one beyond the first plane.
        for keys in ["क्ष", "त्र", "shift-ज्ञ", "لا", "لآ", "שׁ", "e\u{301}", "m̃", "𞤀", "👍🏽"]
        {
            check(keys, true);
        }
        // Option types on a Mac.
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
