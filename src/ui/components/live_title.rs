use leptos::prelude::*;
use leptos_meta::Title;

/// The page's title, where it changes.
///
/// leptos_meta writes the title of a page that the server has rendered when nothing says any more whose request it is.
/// A signal that is read there may be one of another request, and say the title of somebody else's page; so on the
/// server it is read here, once.
#[component]
pub fn LiveTitle(
    /// What the page is about.
    text: Memo<String>,
) -> impl IntoView {
    let first = text.get_untracked();
    view! { <Title text=move || if crate::IS_SERVER { first.clone() } else { text.get() } /> }
}
