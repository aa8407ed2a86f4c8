//! The status of an invalid form: Leptos 0.8 answers every error of a server function with 500.

use axum::{
    body::{Body, to_bytes},
    extract::Request,
    http::{Method, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};

use super::origin::is_server_function;
use crate::model::ApiError;

/// The maximum size of an error's body, which is one word.
const MAX_BYTES: usize = 1024;

/// Middleware: replaces the 500 by 400 if the fields of a form were invalid.
pub async fn correct_form_status(req: Request, next: Next) -> Response {
    let is_server_function = is_server_function(req.uri()) && req.method() == Method::POST;
    let response = next.run(req).await;
    if !is_server_function || response.status() != StatusCode::INTERNAL_SERVER_ERROR {
        return response;
    }
    let (mut parts, body) = response.into_parts();
    let Ok(body) = to_bytes(body, MAX_BYTES).await else {
        return StatusCode::INTERNAL_SERVER_ERROR.into_response();
    };
    if serde_json::from_slice::<ApiError>(&body).is_ok_and(|err| err == ApiError::BadRequest) {
        parts.status = StatusCode::BAD_REQUEST;
    }
    Response::from_parts(parts, Body::from(body))
}
