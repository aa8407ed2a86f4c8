//! Name and description of the product.

/// Name.
pub const NAME: &str = "Colloquy";
/// Description for search engines and link previews.
pub const DESCRIPTION: &str = "A self-hosted AI chat that belongs to you.";

/// Returns the title of a browser tab.
pub fn title(page: &str) -> String {
    if page.is_empty() { NAME.to_owned() } else { format!("{page} · {NAME}") }
}
