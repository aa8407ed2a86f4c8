//! The HTTP router with its middleware.

use std::sync::{Arc, LazyLock};

use axum::{
    Json, Router,
    extract::Request,
    http::{HeaderValue, StatusCode, Uri, header},
    middleware as around,
    response::{IntoResponse, Response},
    routing::{any, get},
};
use leptos::prelude::{LeptosOptions, expect_context, use_nonce};
use leptos_axum::{AxumRouteListing, LeptosRoutes, ResponseOptions, generate_route_list};
use tower::ServiceBuilder;
use tower_http::{
    catch_panic::CatchPanicLayer,
    compression::{
        CompressionLayer,
        predicate::{DefaultPredicate, NotForContentType, Predicate},
    },
    limit::RequestBodyLimitLayer,
    trace::TraceLayer,
};

use super::{
    AppState, auth, chat,
    cluster::probes,
    forms,
    listen::MinRate,
    metrics,
    middleware::{
        cors, form_status,
        origin::{self, is_server_function},
        outage, page_session, request_id, request_span,
        request_timeout::{self, ANSWER_TIMEOUT, BODY_RATE, RequestTimeout, TooSlow},
        security_headers::{self, ExternalSources},
        unknown_hosts, unread_body,
        untrusted_proxy::{self, ProxyWarning},
    },
    site::{self, other_releases::OtherReleases},
};
use crate::{
    model::{ApiError, path},
    ui::{App, shell},
};

/// The maximum size of a posted form; Leptos itself has no limit.
const MAX_FORM_BYTES: usize = 64 * 1024;

/// Builds the router of the whole application.
pub fn router(app: AppState) -> Router {
    with_body_rate(app, BODY_RATE)
}

/// Builds the router with a given minimum rate of request bodies.
pub(crate) fn with_body_rate(app: AppState, body: MinRate) -> Router {
    let auth = RequestTimeout { body, answer: Some(ANSWER_TIMEOUT), refuse: refuse_slow_auth };
    // Chat requests wait for upstream servers, which have their own timeouts.
    let chat = RequestTimeout { body, answer: None, refuse: refuse_slow_chat };
    let pages_timeout = RequestTimeout { body, answer: Some(ANSWER_TIMEOUT), refuse: refuse_slow_page };
    let apis = Router::new()
        .nest(
            "/api/auth",
            auth::routes::router(&app.auth)
                .layer(around::from_fn_with_state(auth, request_timeout::enforce))
                .with_state(app.auth.clone()),
        )
        .route("/.well-known/change-password", get(change_password))
        // The nested router does not match this path.
        .route("/api/auth/", any(auth::routes::not_found))
        .merge(chat::router().layer(around::from_fn_with_state(chat, request_timeout::enforce)));
    let config = Arc::clone(&app.config);
    // The first one is the outermost. Each `layer` of a router would box every route once more, and copy all boxes below
    // it for each request.
    let around_all = ServiceBuilder::new()
        .layer(around::from_fn_with_state(app.metrics.clone(), metrics::count_request))
        .layer(around::from_fn(request_id::assign))
        .layer(
            TraceLayer::new_for_http()
                .make_span_with(request_span::open)
                .on_request(())
                .on_response(request_span::close)
                .on_eos(())
                .on_failure(()),
        )
        .layer(around::from_fn(request_span::hand_on))
        .layer(around::from_fn_with_state(ProxyWarning::new(&config.limits), untrusted_proxy::warn))
        .layer(around::from_fn(unread_body::finish))
        .layer(CatchPanicLayer::new())
        .layer(CompressionLayer::new().compress_when(compressible()))
        .layer(around::from_fn_with_state(Arc::clone(&config), security_headers::add))
        .layer(around::from_fn_with_state(config, cors::allow_trusted));
    Router::new()
        .merge(pages(&app).layer(around::from_fn_with_state(pages_timeout, request_timeout::enforce)))
        .merge(apis)
        .layer(around_all)
        // Supervisors ask every second, which is neither logged nor counted.
        .merge(probes::router())
        .with_state(app)
}

/// Redirects password managers to the page that changes a password (W3C, A Well-Known URL for Changing Passwords §3).
async fn change_password() -> Response {
    (StatusCode::FOUND, [(header::LOCATION, path::ACCOUNT_PASSWORD)]).into_response()
}

fn refuse_slow_auth(limit: TooSlow, _: &Uri) -> Response {
    auth::WireError::new(limit.status(), limit.code(), limit.to_string()).into_response()
}

fn refuse_slow_chat(limit: TooSlow, _: &Uri) -> Response {
    chat::refuse_slow(limit)
}

fn refuse_slow_page(limit: TooSlow, uri: &Uri) -> Response {
    if !is_server_function(uri) {
        return (limit.status(), limit.to_string()).into_response();
    }
    let err = match limit {
        TooSlow::Body => ApiError::BadRequest,
        TooSlow::Answer => ApiError::Internal,
    };
    (limit.status(), Json(err)).into_response()
}

/// Excludes event streams: compression would delay events.
fn compressible() -> impl Predicate {
    DefaultPredicate::new().and(NotForContentType::const_new("text/event-stream"))
}

/// The routes of the pages, listed once before any router renders. While Leptos lists routes, resources load nowhere in
/// the process, and a page rendered meanwhile never completes.
static PAGES: LazyLock<Vec<AxumRouteListing>> = LazyLock::new(|| generate_route_list(App));

/// Builds the routes of pages, server functions and static files.
fn pages(app: &AppState) -> Router<AppState> {
    let options = app.leptos_options.clone();
    let external_sources = external_sources(app);
    Router::new()
        .leptos_routes(app, PAGES.clone(), move || document(&options, &external_sources))
        .layer(around::from_fn(form_status::correct_form_status))
        .layer(around::from_fn(outage::replace_rendered))
        .layer(around::from_fn_with_state(app.clone(), page_session::read_session))
        .layer(around::from_fn_with_state(app.clone(), origin::check_form_origin))
        .layer(around::from_fn_with_state((app.unknown_hosts.clone(), Arc::clone(&app.config)), unknown_hosts::warn))
        .layer(RequestBodyLimitLayer::new(MAX_FORM_BYTES))
        .fallback_service(site::with_fallback(not_found_page(app), OtherReleases::new(app.db.clone())))
}

/// Returns the configured external sources for the content security policy.
fn external_sources(app: &AppState) -> ExternalSources {
    ExternalSources { chatkit: app.config.pages.chatkit_origin(), images: app.config.image_hosts.clone() }
}

/// Renders the HTML document of a page and sets the content security policy with its nonce.
fn document(options: &LeptosOptions, external_sources: &ExternalSources) -> impl leptos::IntoView + use<> {
    if let (Some(nonce), response) = (use_nonce(), expect_context::<ResponseOptions>()) {
        let reload = std::env::var_os("LEPTOS_WATCH").map(|_| options.reload_port);
        let policy = security_headers::content_security_policy(&nonce.to_string(), external_sources, reload);
        response.insert_header(
            header::CONTENT_SECURITY_POLICY,
            HeaderValue::from_str(&policy).expect("BUG: a nonce is plain ASCII"),
        );
    }
    shell(options.clone(), site::page_files(), forms::color_scheme())
}

/// Renders the 404 page.
fn not_found_page(app: &AppState) -> Router {
    let options = app.leptos_options.clone();
    let external_sources = external_sources(app);
    let render = leptos_axum::render_app_to_stream_with_context(
        {
            let app = app.clone();
            move || leptos::prelude::provide_context(app.clone())
        },
        move || document(&options, &external_sources),
    );
    let page = any(move |req: Request| {
        let answer = render(req);
        async move {
            let mut response = answer.await.into_response();
            *response.status_mut() = StatusCode::NOT_FOUND;
            response
        }
    });
    Router::new().fallback_service(page).layer(around::from_fn_with_state(app.clone(), page_session::read_session))
}
