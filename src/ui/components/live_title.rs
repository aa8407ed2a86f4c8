use leptos::prelude::*;
use leptos_meta::Title;

/// A page title that changes.
///
/// leptos_meta renders the title after the request's reactive owner is gone. A signal read then may belong to another
/// request and leak its title. So the server reads the signal here, once.
#[component]
pub fn LiveTitle(
    /// The title.
    text: Memo<String>,
) -> impl IntoView {
    let first = text.get_untracked();
    view! { <Title text=move || if crate::IS_SERVER { first.clone() } else { text.get() } /> }
}
