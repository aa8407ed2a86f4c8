use leptos::prelude::*;

use crate::{
    model::Timestamp,
    ui::{
        live::{effect, live_view},
        view::view,
    },
};

/// A date and time: in UTC as the server sends it, so that both sides agree; then as the browser's owner writes it.
#[component]
pub fn Moment(
    /// The moment.
    at: Timestamp,
) -> impl IntoView {
    let wire = at.to_string();
    let text = RwSignal::new(format!("{} {} UTC", &wire[..10], &wire[11..16]));
    effect(move || text.set(local(at)));
    view! { <time datetime=wire>{live_view(move || text.get())}</time> }
}

fn local(at: Timestamp) -> String {
    let options = js_sys::Object::new();
    for (name, style) in [("dateStyle", "medium"), ("timeStyle", "short")] {
        _ = js_sys::Reflect::set(&options, &name.into(), &style.into());
    }
    let language = window().navigator().language().unwrap_or_else(|| "en".to_owned());
    js_sys::Date::new(&(at.millis() as f64).into()).to_locale_string(&language, &options).into()
}
