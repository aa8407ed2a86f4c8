//! Code with colours and formulas with a shape: what the server makes of them, so that no page carries what it takes.

use serde::{Deserialize, Serialize};

/// The most passages of one request.
pub const MAX_PASSAGES: usize = 64;
/// The most bytes of the passages of one request; escaped as JSON they stay below what a form may have.
pub const MAX_PASSAGE_BYTES: usize = 40_000;

/// Something to be set.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Passage {
    /// Code in a language, by any of its names.
    Code {
        /// The language.
        language: String,
        /// The code.
        text: String,
    },
    /// A formula in LaTeX.
    Formula {
        /// What stands between the delimiters.
        text: String,
        /// Whether it stands on a line of its own.
        is_display: bool,
    },
}

impl Passage {
    /// What it says.
    pub fn text(&self) -> &str {
        match self {
            Self::Code { text, .. } | Self::Formula { text, .. } => text,
        }
    }
}

/// What became of a passage.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Typeset {
    /// Spans in a row; together they are the code, byte for byte.
    Code(Vec<CodeSpan>),
    /// A `math` element.
    Formula(MathNode),
}

/// A piece of code of one kind. What it looks like is the style sheet's business.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeSpan(pub CodeKind, pub String);

/// What a piece of code is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum CodeKind {
    /// Nothing in particular.
    #[default]
    Plain,
    /// `if`, `fn`, `return`, …
    Keyword,
    /// A text, or a character.
    String,
    /// A number, `true`, `null`, …
    Constant,
    /// A comment.
    Comment,
    /// The name of something that is called or defined.
    Function,
    /// The name of a type, a class, or a tag.
    Type,
    /// The name of an attribute or a key.
    Attribute,
    /// Something that was added, in a diff.
    Inserted,
    /// Something that was taken away, in a diff.
    Deleted,
    /// A heading, in Markdown.
    Heading,
}

impl CodeKind {
    /// Returns the name that the style sheet knows; `None` for what looks like the rest.
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
    /// An element: its name, its attributes, and what it holds.
    Element(String, Vec<(String, String)>, Vec<MathNode>),
}

/// The elements of MathML Core that a formula may consist of: none that leads elsewhere or runs anything.
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

/// Their attributes. `style` is not among them: what it says is a [`STYLES`] property, written as `style:name`.
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

/// The properties that a formula may set, none of which fetches anything.
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

/// Whether an element may be part of a formula.
pub fn is_math_element(name: &str) -> bool {
    ELEMENTS.contains(&name) || name == "munderover"
}

/// Whether an element of a formula may have this attribute.
pub fn is_math_attribute(name: &str) -> bool {
    ATTRIBUTES.contains(&name)
}

/// Returns the property that `style:name` says, if a formula may set it.
pub fn math_style(attribute: &str) -> Option<&str> {
    attribute.strip_prefix("style:").filter(|it| STYLES.contains(it))
}
