//! The product.

/// Its name.
pub const NAME: &str = "Colloquy";
/// What it is, for search engines and for those who share a link.
pub const DESCRIPTION: &str = "A self-hosted AI chat that belongs to you.";

/// The title of a browser's tab.
pub fn title(page: &str) -> String {
    if page.is_empty() { NAME.to_owned() } else { format!("{page} · {NAME}") }
}
