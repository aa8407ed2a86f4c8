use leptos::{
    form::form_data_from_event,
    html,
    prelude::*,
    server_fn::{ServerFn, error::ServerFnUrlError, redirect},
    task::spawn_local,
};
use wasm_bindgen::JsCast;
use web_sys::{Element, HtmlElement, UrlSearchParams};

use crate::model::{ApiError, page::Done};

/// Result of a form. `None` for functions that only redirect.
pub type Answer = Result<Option<Done>, ApiError>;

/// A server function that a form calls, with its latest result.
///
/// Leptos' `ServerAction` decodes the form into the function's arguments and encodes these again, by separate code
/// per function. The server decodes forms anyway, because browsers without scripts post them directly. So this type
/// posts them directly as well.
#[derive(Clone, Copy)]
pub struct FormAction {
    url: &'static str,
    answer: RwSignal<Option<Answer>>,
    version: RwSignal<usize>,
    is_pending: RwSignal<bool>,
}

impl FormAction {
    /// Creates the action of a function. It starts with the error from the URL after a post without scripts.
    pub fn new<S>() -> Self
    where
        S: ServerFn<Error = ApiError>,
    {
        Self::at(S::PATH, S::url())
    }

    fn at(path: &str, url: &'static str) -> Self {
        let error = use_context::<ServerActionError>().filter(|error| error.path() == path);
        let answer = error.map(|error| Err(ServerFnUrlError::<ApiError>::decode_err(error.err())));
        Self { url, answer: RwSignal::new(answer), version: RwSignal::new(0), is_pending: RwSignal::new(false) }
    }

    /// Returns the latest result.
    pub fn answer(self) -> Signal<Option<Answer>> {
        self.answer.into()
    }

    /// Returns the number of results. It also changes when a result equals the previous one.
    pub fn version(self) -> Signal<usize> {
        self.version.into()
    }

    /// Returns true while a request is running.
    pub fn pending(self) -> Signal<bool> {
        self.is_pending.into()
    }

    fn submit(self, event: &web_sys::SubmitEvent) {
        if event.default_prevented() {
            return;
        }
        event.prevent_default();
        let fields = form_data_from_event(event).ok().and_then(|fields| encode(&fields));
        let form = event.target().and_then(|it| it.dyn_into::<Element>().ok());
        self.is_pending.set(true);
        spawn_local(async move {
            let answer = match fields {
                Some(fields) => call(self.url, fields).await,
                None => Err(ApiError::BadRequest),
            };
            // The page may be closed meanwhile.
            self.is_pending.try_set(false);
            self.answer.try_set(Some(answer));
            self.version.try_update(|version| *version += 1);
            // The fields are updated when the next frame is drawn.
            request_animation_frame(move || _ = form.and_then(|it| focus_first_invalid(&it)));
        });
    }
}

/// Focuses the first invalid field.
fn focus_first_invalid(form: &Element) -> Option<()> {
    let field = form.query_selector("[aria-invalid=true]").ok()??;
    field.dyn_into::<HtmlElement>().ok()?.focus().ok()
}

/// Encodes the fields as a browser without scripts does. No form has file fields.
fn encode(fields: &web_sys::FormData) -> Option<String> {
    let fields = UrlSearchParams::new_with_str_sequence_sequence(fields.unchecked_ref()).ok()?;
    Some(fields.to_string().into())
}

/// Posts the fields to a server function and follows its redirect.
///
/// # Errors
/// The function's error, or [`ApiError::Unreachable`].
async fn call(url: &str, fields: String) -> Answer {
    let unreachable = |_| ApiError::Unreachable;
    let request = gloo_net::http::Request::post(url)
        .header("Accept", "application/json")
        .header("Content-Type", "application/x-www-form-urlencoded")
        .body(fields)
        .map_err(unreachable)?;
    let response = request.send().await.map_err(unreachable)?;
    let body = response.text().await.map_err(unreachable)?;
    if !response.ok() {
        // A response that is not an `ApiError` comes from a middleware (4xx) or from a proxy.
        let other = if response.status() < 500 { ApiError::BadRequest } else { ApiError::Unreachable };
        return Err(serde_json::from_str(&body).unwrap_or(other));
    }
    let done = serde_json::from_str(&body).map_err(|_| ApiError::Unreachable)?;
    if response.headers().has(redirect::REDIRECT_HEADER)
        && let Some(location) = response.headers().get("Location")
    {
        redirect::call_redirect_hook(&location);
    }
    Ok(done)
}

/// A form that calls a server function, with or without scripts.
#[component]
pub fn ServerForm(
    action: FormAction,
    /// CSS classes.
    #[prop(optional)]
    class: &'static str,
    /// Reference to the form element, for callers that reset it.
    #[prop(optional)]
    node_ref: NodeRef<html::Form>,
    /// Called before the form is sent.
    #[prop(optional)]
    on_submit: Option<Callback<()>>,
    children: Children,
) -> impl IntoView {
    let submit = move |event: web_sys::SubmitEvent| {
        if let Some(on_submit) = on_submit {
            on_submit.run(());
        }
        action.submit(&event);
    };
    view! {
        // The server reports invalid fields in the wording of the page.
        <form method="post" action=action.url class=class novalidate node_ref=node_ref on:submit=submit>
            {children()}
        </form>
    }
}
