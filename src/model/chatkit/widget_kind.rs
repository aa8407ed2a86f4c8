//! The components of widgets.

/// Declares the kinds; the names on the wire are the names of the variants.
macro_rules! widget_kinds {
    ($($(#[$meta:meta])* $Kind:ident),* $(,)?) => {
        /// The kind of a component, its `type` on the wire.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum WidgetKind {
            $($(#[$meta])* $Kind,)*
        }

        impl WidgetKind {
            /// All kinds.
            pub const ALL: &[Self] = &[$(Self::$Kind),*];

            /// Returns the name on the wire.
            pub const fn as_str(self) -> &'static str {
                match self {
                    $(Self::$Kind => stringify!($Kind),)*
                }
            }
        }
    };
}

widget_kinds! {
    Card, ListView, Basic, ListViewItem, Box, Row, Col, Form, Spacer, Divider, Transition, Text, Title, Caption, Label,
    Markdown, Badge, Icon, Image, Button, Input, Textarea, Select, DatePicker, Checkbox, RadioGroup, Chart, Table,
}

impl WidgetKind {
    /// The kinds that may be the root of a widget.
    pub const ROOTS: [Self; 3] = [Self::Card, Self::ListView, Self::Basic];

    /// Parses a name on the wire. Returns `None` for a kind that this version does not know.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|it| it.as_str() == name)
    }

    /// True if a widget may have this kind as its root.
    pub fn is_root(self) -> bool {
        Self::ROOTS.contains(&self)
    }
}
