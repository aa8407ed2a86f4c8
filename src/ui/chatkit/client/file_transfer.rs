//! File uploads by `XMLHttpRequest`, which reports upload progress, unlike `fetch`.

use std::{
    cell::{Cell, RefCell},
    rc::Rc,
};

use leptos::prelude::{SetValue, window};
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, FormData, ProgressEvent, Url, XmlHttpRequest};

use super::{ChatKitError, Client, refusal};
use crate::{
    model::chatkit::{Attachment, NewAttachment, Operation, UploadDescriptor},
    ui::chatkit::UploadStrategy,
};

/// Handle to cancel an upload.
#[derive(Clone, Default)]
pub(crate) struct UploadHandle(Rc<TransferState>);

#[derive(Default)]
struct TransferState {
    is_cancelled: Cell<bool>,
    request: RefCell<Option<XmlHttpRequest>>,
}

impl UploadHandle {
    /// Cancels the upload, unless it has already ended.
    pub(crate) fn cancel(&self) {
        self.0.is_cancelled.set(true);
        let request = self.0.request.borrow_mut().take();
        request.inspect(|it| _ = it.abort());
    }

    fn is_cancelled(&self) -> bool {
        self.0.is_cancelled.get()
    }
}

/// A file to upload.
pub(crate) struct UploadRequest<'a> {
    /// Its bytes and name.
    pub(crate) file: &'a File,
    /// Media type.
    pub(crate) mime_type: &'a str,
    /// Handle to cancel the upload.
    pub(crate) transfer: &'a UploadHandle,
    /// Called with the number of bytes sent.
    pub(crate) on_progress: Rc<dyn Fn(u64)>,
}

/// Target of an upload.
struct UploadTarget {
    url: String,
    method: String,
    headers: Vec<(String, String)>,
    /// True if the bytes are sent as the field `file` of a form.
    is_form: bool,
    /// True for the chat's own server, which receives the token.
    is_own: bool,
}

impl Client {
    /// Uploads a file. Returns `None` if the upload was cancelled.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub(crate) async fn upload(
        &self,
        upload_request: &UploadRequest<'_>,
        strategy: &UploadStrategy,
    ) -> Result<Option<Attachment>, ChatKitError> {
        match strategy {
            UploadStrategy::TwoPhase => self.upload_announced(upload_request).await,
            UploadStrategy::Direct { upload_url } => {
                let descriptor = UploadDescriptor {
                    url: upload_url.clone(),
                    method: "POST".to_owned(),
                    headers: std::collections::BTreeMap::new(),
                };
                let place = UploadTarget { is_form: true, ..self.place(descriptor)? };
                let Some(answer) = self.transfer(upload_request, &place).await? else { return Ok(None) };
                serde_json::from_str(&answer).map(Some).map_err(|_| ChatKitError::Unreadable)
            }
        }
    }

    async fn upload_announced(&self, upload_request: &UploadRequest<'_>) -> Result<Option<Attachment>, ChatKitError> {
        let (file, mime_type) = (upload_request.file, upload_request.mime_type.to_owned());
        let new = NewAttachment { name: file.name(), size: size_of(file), mime_type };
        let mut announced: Attachment = self.call(Operation::AttachmentsCreate(new)).await?;
        // A response without an upload target means that the server needs no bytes.
        let Some(descriptor) = announced.upload_descriptor.take() else { return Ok(Some(announced)) };
        let sent = match self.place(descriptor) {
            Ok(place) => self.transfer(upload_request, &place).await,
            Err(err) => Err(err),
        };
        match sent {
            // A Colloquy responds with the links of the stored file.
            Ok(Some(answer)) => {
                let newest = serde_json::from_str(&answer).ok().filter(|it: &Attachment| it.id == announced.id);
                Ok(Some(newest.unwrap_or(announced)))
            }
            unsent => {
                // If this fails, the server sweeps the unsent attachment later.
                _ = self.delete_attachment(announced.id).await;
                unsent.map(|_| None)
            }
        }
    }

    /// Deletes an unsent file.
    ///
    /// # Errors
    /// As [`Self::call`].
    pub(crate) async fn delete_attachment(&self, attachment_id: String) -> Result<(), ChatKitError> {
        self.call::<serde_json::Value>(Operation::AttachmentsDelete { attachment_id }).await.map(drop)
    }

    fn place(&self, descriptor: UploadDescriptor) -> Result<UploadTarget, ChatKitError> {
        let page = window().location().href().unwrap_or_default();
        let (url, is_own) = resolve(&page, &self.api_url, &descriptor.url).ok_or(ChatKitError::Unreadable)?;
        let headers = descriptor.headers.into_iter().collect();
        Ok(UploadTarget { url, method: descriptor.method, headers, is_form: false, is_own })
    }

    /// Sends the bytes and returns the response. `None` if the upload was cancelled. Retries once with a new token if
    /// the token has expired.
    async fn transfer(
        &self,
        upload_request: &UploadRequest<'_>,
        place: &UploadTarget,
    ) -> Result<Option<String>, ChatKitError> {
        let can_renew = place.is_own && self.token.can_change();
        for is_last in [!can_renew, true] {
            let headers = self.headers_to(place).await?;
            if upload_request.transfer.is_cancelled() {
                return Ok(None);
            }
            let request = send(upload_request, place, &headers).await.map_err(|_| ChatKitError::Unreachable)?;
            if upload_request.transfer.is_cancelled() {
                return Ok(None);
            }
            let answer = || request.response_text().ok().flatten().unwrap_or_default();
            match request.status().unwrap_or_default() {
                0 => return Err(ChatKitError::Unreachable),
                200..=299 => return Ok(Some(answer())),
                401 if !is_last => self.cached_token.set_value(None),
                401 if place.is_own => return Err(ChatKitError::Unauthorized),
                status => return Err(refusal(status, &answer())),
            }
        }
        Err(ChatKitError::Unauthorized)
    }

    /// Returns the headers of the descriptor. For the own server, adds the common headers that the descriptor lacks.
    async fn headers_to(&self, place: &UploadTarget) -> Result<Vec<(String, String)>, ChatKitError> {
        let mut headers = place.headers.clone();
        if !place.is_own {
            return Ok(headers);
        }
        let mut own = self.headers.get().await;
        own.extend(self.token().await?.map(|token| ("authorization".to_owned(), format!("Bearer {token}"))));
        own.extend(self.locale.clone().map(|locale| ("accept-language".to_owned(), locale)));
        own.retain(|(name, _)| !headers.iter().any(|(it, _)| it.eq_ignore_ascii_case(name)));
        headers.append(&mut own);
        Ok(headers)
    }
}

/// Sends one request and waits for its end, successful or not.
async fn send(
    upload_request: &UploadRequest<'_>,
    place: &UploadTarget,
    headers: &[(String, String)],
) -> Result<XmlHttpRequest, JsValue> {
    let request = XmlHttpRequest::new()?;
    request.open_with_async(&place.method, &place.url, true)?;
    for (name, value) in headers {
        request.set_request_header(name, value)?;
    }
    let report = Rc::clone(&upload_request.on_progress);
    let on_progress = Closure::<dyn Fn(ProgressEvent)>::new(move |ev: ProgressEvent| report(size(ev.loaded())));
    request.upload()?.set_onprogress(Some(on_progress.as_ref().unchecked_ref()));
    let end = js_sys::Promise::new(&mut |resolve, _| request.set_onloadend(Some(&resolve)));
    if place.is_form {
        let form = FormData::new()?;
        form.append_with_blob_and_filename("file", upload_request.file, &upload_request.file.name())?;
        request.send_with_opt_form_data(Some(&form))?;
    } else {
        request.send_with_opt_blob(Some(upload_request.file))?;
    }
    upload_request.transfer.0.request.replace(Some(request.clone()));
    _ = JsFuture::from(end).await;
    upload_request.transfer.0.request.replace(None);
    request.upload()?.set_onprogress(None);
    Ok(request)
}

/// Resolves an upload address, which may be a path, against the server's. Also returns true if both have the same
/// origin.
fn resolve(page: &str, api_url: &str, place: &str) -> Option<(String, bool)> {
    let server = Url::new_with_base(api_url, page).ok()?;
    let place = Url::new_with_base(place, &server.href()).ok()?;
    let is_own = place.origin() == server.origin();
    matches!(&*place.protocol(), "http:" | "https:").then(|| (place.href(), is_own))
}

/// Returns the size of a file in bytes.
pub(crate) fn size_of(file: &File) -> u64 {
    size(file.size())
}

/// Converts a JavaScript number of bytes.
#[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "files have whole sizes, none below zero")]
fn size(bytes: f64) -> u64 {
    bytes as u64
}
