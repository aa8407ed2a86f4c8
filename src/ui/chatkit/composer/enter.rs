//! What the Enter key does. Pure.

/// Where text comes from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Keyboard {
    /// One with keys: Shift with Enter begins a line.
    #[default]
    Keys,
    /// One on the screen, which has no Shift with Enter: Enter alone begins a line there, and a button sends.
    Screen,
}

/// What is held down with Enter.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Held {
    pub(super) shift: bool,
    /// Control, or a Mac's Command.
    pub(super) command: bool,
}

impl Keyboard {
    /// True if Enter sends the message.
    pub(super) fn sends(self, held: Held) -> bool {
        !held.shift && (held.command || self == Self::Keys)
    }

    /// The name of what a keyboard on the screen shows on its key (HTML's `enterkeyhint`).
    pub(super) fn hint(self) -> &'static str {
        if self.sends(Held::default()) { "send" } else { "enter" }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyboard_can_begin_a_line_and_send() {
        let check = |keyboard: Keyboard, shift: bool, command: bool, expected: bool| {
            assert_eq!(keyboard.sends(Held { shift, command }), expected, "{keyboard:?} {shift} {command}");
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
