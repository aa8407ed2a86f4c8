//! Highlighted code and typeset formulas. The server produces both, so that pages need no highlighter.

use serde::{Deserialize, Serialize};

/// The maximum number of passages in a request.
pub const MAX_PASSAGES: usize = 64;
/// The maximum size of a request's passages in bytes. Escaped as JSON they stay below the limit of a form.
pub const MAX_PASSAGE_BYTES: usize = 40_000;

/// Code or a formula to be typeset.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Passage {
    /// Code.
    Code {
        /// The language, by any of its names.
        language: String,
        /// The code.
        text: String,
    },
    /// A formula in LaTeX.
    Formula {
        /// The LaTeX between the delimiters.
        text: String,
        /// True for a formula on a line of its own.
        is_display: bool,
    },
}

impl Passage {
    /// Returns the code or the LaTeX.
    pub fn text(&self) -> &str {
        match self {
            Self::Code { text, .. } | Self::Formula { text, .. } => text,
        }
    }
}

/// A typeset passage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Typeset {
    /// Consecutive spans; concatenated they equal the code byte for byte.
    Code(Vec<CodeSpan>),
    /// A `math` element.
    Formula(MathNode),
}

/// A span of code of one kind. The style sheet sets its colour.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeSpan(pub CodeKind, pub String);

/// The kind of a span of code.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeKind {
    /// Any other code.
    #[default]
    Plain,
    /// `if`, `fn`, `return`, …
    Keyword,
    /// A string or a character.
    String,
    /// A number, `true`, `null`, …
    Constant,
    /// A comment.
    Comment,
    /// The name of a function or another definition.
    Function,
    /// The name of a type, a class, or a tag.
    Type,
    /// The name of an attribute or a key.
    Attribute,
    /// An added line of a diff.
    Inserted,
    /// A removed line of a diff.
    Deleted,
    /// A Markdown heading.
    Heading,
}

impl CodeKind {
    /// Returns the name in the style sheet; `None` for plain code.
    pub fn name(self) -> Option<&'static str> {
        Some(match self {
            Self::Plain => return None,
            Self::Keyword => "keyword",
            Self::String => "string",
            Self::Constant => "constant",
            Self::Comment => "comment",
            Self::Function => "function",
            Self::Type => "type",
            Self::Attribute => "attribute",
            Self::Inserted => "inserted",
            Self::Deleted => "deleted",
            Self::Heading => "heading",
        })
    }
}

/// A node of MathML.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MathNode {
    /// Text.
    Text(String),
    /// An element: its name, its attributes and its children.
    Element(String, Vec<(String, String)>, Vec<MathNode>),
}

/// The allowed elements of MathML Core. None of them links or runs scripts.
const ELEMENTS: [&str; 24] = [
    "math",
    "mfrac",
    "mi",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mspace",
    "msqrt",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
];

/// The allowed attributes. Instead of `style`, each [`STYLES`] property is an attribute `style:name`.
const ATTRIBUTES: [&str; 24] = [
    "accent",
    "accentunder",
    "columnspan",
    "depth",
    "display",
    "displaystyle",
    "fence",
    "form",
    "height",
    "largeop",
    "linethickness",
    "lspace",
    "mathvariant",
    "maxsize",
    "minsize",
    "movablelimits",
    "rowspan",
    "rspace",
    "scriptlevel",
    "separator",
    "stretchy",
    "symmetric",
    "voffset",
    "width",
];

/// The allowed CSS properties. None of them fetches anything.
const STYLES: [&str; 12] = [
    "border-bottom",
    "border-left",
    "border-right",
    "border-top",
    "font-size",
    "justify-items",
    "margin-left",
    "padding-left",
    "padding-right",
    "text-align",
    "width",
    "padding-top",
];

/// True if a formula may contain this element.
pub fn is_math_element(name: &str) -> bool {
    ELEMENTS.contains(&name) || name == "munderover"
}

/// True if an element of a formula may have this attribute.
pub fn is_math_attribute(name: &str) -> bool {
    ATTRIBUTES.contains(&name)
}

/// Returns the CSS property of `style:name`, if it is allowed.
pub fn math_style(attribute: &str) -> Option<&str> {
    attribute.strip_prefix("style:").filter(|it| STYLES.contains(it))
}
