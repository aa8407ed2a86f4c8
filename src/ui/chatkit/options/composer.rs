//! What the composer offers.

/// What the composer offers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ComposerOptions {
    /// What stands in it while it is empty; `Message the AI`.
    pub placeholder: Option<String>,
}
