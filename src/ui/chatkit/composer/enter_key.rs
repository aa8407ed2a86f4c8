//! Behaviour of the Enter key. Pure.

/// Kind of keyboard.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Keyboard {
    /// Physical keyboard: Shift and Enter insert a line break.
    #[default]
    Keys,
    /// On-screen keyboard without Shift+Enter: Enter inserts a line break, and a button sends.
    Screen,
}

/// Modifier keys pressed with Enter.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Modifiers {
    pub(super) shift: bool,
    /// Control, or Command on a Mac.
    pub(super) command: bool,
}

impl Keyboard {
    /// True if Enter sends the message.
    pub(super) fn sends(self, held: Modifiers) -> bool {
        !held.shift && (held.command || self == Self::Keys)
    }

    /// Returns the value of `enterkeyhint`, which labels the key of an on-screen keyboard.
    pub(super) fn hint(self) -> &'static str {
        if self.sends(Modifiers::default()) { "send" } else { "enter" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyboard_can_begin_a_line_and_send() {
        let check = |keyboard: Keyboard, shift: bool, command: bool, expected: bool| {
            assert_eq!(keyboard.sends(Modifiers { shift, command }), expected, "{keyboard:?} {shift} {command}");
        };
        check(Keyboard::Keys, false, false, true);
        check(Keyboard::Keys, true, false, false);
        check(Keyboard::Keys, false, true, true);
        check(Keyboard::Keys, true, true, false);
        check(Keyboard::Screen, false, false, false);
        check(Keyboard::Screen, true, false, false);
        check(Keyboard::Screen, false, true, true);
        assert_eq!((Keyboard::Keys.hint(), Keyboard::Screen.hint()), ("send", "enter"));
    }
}
