//! What the chat looks like.

pub use crate::model::ColorScheme;

/// Scheme, corners, room, letters and colours of one chat. What is not set is the page's own.
///
/// ```
/// use colloquy::ui::chatkit::{Accent, ColorScheme, Density, Radius, Theme, ThemeColors, Typography};
///
/// let theme = Theme {
///     color_scheme: ColorScheme::Dark,
///     radius: Radius::Soft,
///     density: Density::Compact,
///     typography: Typography { base_size: Some(15), ..Typography::default() },
///     color: ThemeColors {
///         accent: Some(Accent { primary: "#4f46e5".to_owned(), level: 1 }),
///         ..ThemeColors::default()
///     },
/// };
/// ```
///
/// Scheme, corners, room and size are attributes, and there from the first byte; families and colours are custom
/// properties that are set when the page has come to life, since a policy without `unsafe-inline` allows no style
/// attributes.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Theme {
    /// Light, dark, or what the page around it has (the official client knows no third, and its default is light).
    pub color_scheme: ColorScheme,
    /// How round corners are.
    pub radius: Radius,
    /// How much room things have.
    pub density: Density,
    /// Letters.
    pub typography: Typography,
    /// Colours.
    pub color: ThemeColors,
}

/// How round corners are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Radius {
    /// As round as can be.
    #[default]
    Pill,
    /// Round.
    Round,
    /// A little round.
    Soft,
    /// Not at all.
    Sharp,
}

/// How much room things have.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Density {
    /// Little.
    Compact,
    /// As usual.
    #[default]
    Normal,
    /// Much.
    Spacious,
}

/// Letters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Typography {
    /// The size of text, in pixels of a browser whose own size is 16, from 14 to 18; 16. It grows with the browser's.
    pub base_size: Option<u8>,
    /// Files of fonts that are no part of the system or the page.
    pub font_sources: Vec<FontSource>,
    /// A list of families, as CSS has it.
    pub font_family: Option<String>,
    /// The same for code.
    pub font_family_mono: Option<String>,
}

/// A file of a font, which the browser fetches when something is written in it; each once, whatever chats name it.
///
/// `on_log` is told of one that cannot be had, as `font.failed` with its `family` and `src`: that of the first chat on
/// the page that named it, and once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FontSource {
    /// The family that it belongs to, as `font_family` calls it.
    pub family: String,
    /// Where it is: a path of this origin, or an address of http(s) if the page's policy allows it (`font-src`).
    pub src: String,
    /// For instance `700`, or `100 900` for a font that has all of these; `400`.
    pub weight: Option<String>,
    /// For instance `italic`; `normal`.
    pub style: Option<String>,
    /// What is shown while it comes, as CSS has it (`font-display`); `auto`.
    pub display: Option<String>,
    /// The characters that it is for, as CSS has them (`unicode-range`); all.
    pub unicode_range: Option<String>,
}

/// Colours. Each may be any CSS colour, also a pair: `light-dark(#fff, #111)`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ThemeColors {
    /// The greys.
    pub grayscale: Option<Grayscale>,
    /// The colour of what stands out.
    pub accent: Option<Accent>,
    /// The ground and what is written on it; before the greys.
    pub surface: Option<Surface>,
}

/// The greys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Grayscale {
    /// In degrees, from 0 to 360.
    pub hue: u16,
    /// How much of the hue is in them, from 0 to 9.
    pub tint: u8,
    /// Darker below 0, lighter above, from -4 to 4.
    pub shade: i8,
}

/// The colour of what stands out.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Accent {
    /// A CSS colour. Where it could not be read on the ground, a darker or lighter one of its hue is used.
    pub primary: String,
    /// How much of it is in the user's bubbles and the like, from 0 (none) to 3.
    pub level: u8,
}

/// The ground and what is written on it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Surface {
    /// A CSS colour.
    pub background: String,
    /// A CSS colour; it is for the page to see to it that it can be read.
    pub foreground: String,
}
