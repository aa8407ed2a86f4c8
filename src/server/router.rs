//! All routes, and what happens around them.

use std::{sync::LazyLock, time::Duration};

use axum::{
    Router,
    extract::Request,
    http::{HeaderValue, StatusCode, header},
    middleware as around,
    response::IntoResponse,
    routing::any,
};
use leptos::prelude::{LeptosOptions, expect_context, use_nonce};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list};
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    limit::RequestBodyLimitLayer,
    timeout::RequestBodyTimeoutLayer,
};

use super::{
    AppState, auth, chat, forms,
    middleware::{
        cors, form_status, origin,
        security_headers::{self, Elsewhere},
        visit,
    },
    site,
};
use crate::ui::{App, shell};

/// How long the sender of a body may be silent before the connection is given up.
const BODY_SILENCE: Duration = Duration::from_secs(30);
/// The most bytes of a posted form; Leptos itself would take any number.
const MAX_FORM_BYTES: usize = 64 * 1024;

/// The whole application.
pub fn router(app: AppState) -> Router {
    let apis = Router::new()
        .nest("/api/auth", auth::routes::router(&app))
        // Nesting leaves this one to the pages.
        .route("/api/auth/", any(auth::routes::not_found))
        .merge(chat::router());
    let with_app = |state: &AppState| state.clone();
    Router::new()
        .merge(pages(&app))
        .merge(apis)
        .layer(around::from_fn_with_state(with_app(&app), cors::allow_trusted))
        .layer(around::from_fn_with_state(with_app(&app), security_headers::add))
        .layer(CompressionLayer::new().compress_when(compressible()))
        .layer(CatchPanicLayer::new())
        .layer(RequestBodyTimeoutLayer::new(BODY_SILENCE))
        .with_state(app)
}

/// Events must leave at once, each by itself.
fn compressible() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("text/event-stream"))
}

/// Where the pages are. While Leptos lists them, no resource of the whole process loads, and a page that is rendered
/// meanwhile never ends: so they are listed once, before the first router can render any.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// The pages, their server functions and their files.
fn pages(app: &AppState) -> Router<AppState> {
    let options = app.leptos_options.clone();
    let elsewhere = elsewhere(app);
    Router::new()
        .leptos_routes(app, PAGES.clone(), move || document(&options, &elsewhere))
        .layer(around::from_fn(form_status::judge))
        .layer(around::from_fn_with_state(app.clone(), visit::read_session))
        .layer(around::from_fn_with_state(app.clone(), origin::guard_forms))
        .layer(RequestBodyLimitLayer::new(MAX_FORM_BYTES))
        .fallback_service(site::before(not_found_page(app)))
}

/// What the configuration names.
fn elsewhere(app: &AppState) -> Elsewhere {
    Elsewhere { chatkit: app.config.pages.chatkit_origin(), images: app.config.image_hosts.clone() }
}

/// The HTML document of any page, with the policy that its nonce belongs to.
fn document(options: &LeptosOptions, elsewhere: &Elsewhere) -> impl leptos::IntoView + use<> {
    if let (Some(nonce), response) = (use_nonce(), expect_context::<ResponseOptions>()) {
        let reload = std::env::var_os("LEPTOS_WATCH").map(|_| options.reload_port);
        let policy = security_headers::content_security_policy(&nonce.to_string(), elsewhere, reload);
        response.insert_header(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_str(&policy).expect("BUG: a nonce is plain ASCII"),
        );
    }
    shell(options.clone(), site::page_files(), forms::color_scheme())
}

/// The page that says so, for paths that are neither a page nor a file.
fn not_found_page(app: &AppState) -> Router {
    let options = app.leptos_options.clone();
    let elsewhere = elsewhere(app);
    let render = leptos_axum::render_app_to_stream_with_context(
        {
            let app = app.clone();
            move || leptos::prelude::provide_context(app.clone())
        },
        move || document(&options, &elsewhere),
    );
    let page = any(move |req: Request| {
        let answer = render(req);
        async move {
            let mut response = answer.await.into_response();
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
    });
    Router::new().fallback_service(page).layer(around::from_fn_with_state(app.clone(), visit::read_session))
}
