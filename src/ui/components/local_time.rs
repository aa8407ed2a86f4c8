use leptos::prelude::*;

use crate::{model::Timestamp, ui::locale};

/// A date and time. Rendered in UTC at first, so that server and browser agree, then in the browser's time zone and
/// language.
#[component]
pub fn LocalTime(
    /// The date and time.
    at: Timestamp,
) -> impl IntoView {
    let wire = at.to_string();
    let text = RwSignal::new(format!("{} {} UTC", &wire[..10], &wire[11..16]));
    Effect::new(move |_| text.set(local(at)));
    view! { <time datetime=wire>{move || text.get()}</time> }
}

fn local(at: Timestamp) -> String {
    let options = locale::options(&[("dateStyle", "medium"), ("timeStyle", "short")]);
    js_sys::Date::new(&(at.millis() as f64).into()).to_locale_string(&locale::language(), &options).into()
}
