//! Code with colours.

use serde::{Deserialize, Serialize};

/// Code as lines of spans. What a span means is data; what it looks like is the style sheet's business, in both schemes.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColoredCode {
    /// The spans in a row; together they are the code, byte for byte.
    pub spans: Vec<CodeSpan>,
}

/// A piece of code of one kind.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CodeSpan {
    /// What it is.
    pub kind: CodeKind,
    /// The piece; may hold line ends.
    pub text: String,
}

/// What a piece of code is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// The name of an attribute, a key, or a variable of note.
    Attribute,
    /// An operator, or a bracket.
    Punctuation,
    /// Something that was added (in a diff).
    Inserted,
    /// Something that was taken away (in a diff).
    Deleted,
    /// A heading, or what stands out (in Markdown).
    Heading,
}
