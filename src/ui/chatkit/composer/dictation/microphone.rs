//! Recording from the microphone.

use js_sys::Array;
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue, closure::Closure};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    Blob, BlobEvent, DomException, FileReader, MediaRecorder, MediaRecorderOptions, MediaStream,
    MediaStreamConstraints, MediaStreamTrack,
};

use crate::ui::words::dictation as words;

/// Media types of the protocol, smallest first. Safari supports only the second one.
const TYPES: [&str; 3] = ["audio/webm;codecs=opus", "audio/mp4", "audio/ogg;codecs=opus"];
/// Sufficient for speech: ten minutes take about 2.4 MB.
const BITS_PER_SECOND: u32 = 32_000;

/// A running recording. Dropping it releases the microphone.
pub(super) struct Recording {
    stream: MediaStream,
    recorder: MediaRecorder,
    parts: Array,
    _on_part: Closure<dyn Fn(BlobEvent)>,
}

/// A finished recording.
pub(super) struct RecordedAudio {
    pub(super) audio_base64: String,
    pub(super) mime_type: String,
}

impl Recording {
    /// Requests the microphone and starts recording.
    ///
    /// # Errors
    /// A sentence for the user.
    pub(super) async fn open() -> Result<Self, &'static str> {
        let stream = microphone().await.map_err(|err| sentence(&err))?;
        Self::begin(stream.clone()).map_err(|_| {
            release(&stream);
            words::UNAVAILABLE
        })
    }

    fn begin(stream: MediaStream) -> Result<Self, JsValue> {
        let options = MediaRecorderOptions::new();
        options.set_audio_bits_per_second(BITS_PER_SECOND);
        if let Some(kind) = TYPES.into_iter().find(|it| MediaRecorder::is_type_supported(it)) {
            options.set_mime_type(kind);
        }
        let recorder = MediaRecorder::new_with_media_stream_and_media_recorder_options(&stream, &options)?;
        let parts = Array::new();
        let kept = parts.clone();
        let on_part = Closure::<dyn Fn(BlobEvent)>::new(move |ev: BlobEvent| {
            ev.data().inspect(|it| _ = kept.push(it));
        });
        recorder.set_ondataavailable(Some(on_part.as_ref().unchecked_ref()));
        recorder.start()?;
        Ok(Self { stream, recorder, parts, _on_part: on_part })
    }

    /// Ends the recording and returns it.
    ///
    /// # Errors
    /// A sentence for the user.
    pub(super) async fn finish(self) -> Result<RecordedAudio, &'static str> {
        let recorder = &self.recorder;
        let mime_type = recorder.mime_type();
        let stopped = js_sys::Promise::new(&mut |resolve, _| {
            recorder.set_onstop(Some(&resolve));
            if recorder.stop().is_err() {
                // The recorder has already stopped, for example because the microphone was unplugged.
                _ = resolve.call0(&JsValue::UNDEFINED);
            }
        });
        _ = JsFuture::from(stopped).await;
        let audio_base64 = base64(&self.parts).await.filter(|it| !it.is_empty()).ok_or(words::NOTHING_HEARD)?;
        Ok(RecordedAudio { audio_base64, mime_type })
    }
}

impl Drop for Recording {
    fn drop(&mut self) {
        self.recorder.set_ondataavailable(None);
        self.recorder.set_onstop(None);
        release(&self.stream);
    }
}

async fn microphone() -> Result<MediaStream, JsValue> {
    let wanted = MediaStreamConstraints::new();
    wanted.set_audio(&JsValue::TRUE);
    // Missing in insecure contexts, where this is a TypeError.
    let asked = window().navigator().media_devices()?.get_user_media_with_constraints(&wanted)?;
    JsFuture::from(asked).await?.dyn_into()
}

fn sentence(err: &JsValue) -> &'static str {
    match err.dyn_ref::<DomException>().map(DomException::name).as_deref() {
        Some("NotAllowedError" | "SecurityError") => words::DENIED,
        Some("NotFoundError") => words::NO_MICROPHONE,
        Some("NotReadableError" | "AbortError") => words::BUSY,
        _ => words::UNAVAILABLE,
    }
}

/// Stops all tracks, which also hides the browser's recording indicator.
fn release(stream: &MediaStream) {
    for track in stream.get_tracks().iter() {
        track.unchecked_into::<MediaStreamTrack>().stop();
    }
}

/// Encodes the bytes as base64 via `data:…;base64,…`, the only fast encoder for large data in browsers.
async fn base64(parts: &Array) -> Option<String> {
    let blob = Blob::new_with_blob_sequence(parts).ok()?;
    let reader = FileReader::new().ok()?;
    let read = js_sys::Promise::new(&mut |resolve, _| reader.set_onloadend(Some(&resolve)));
    reader.read_as_data_url(&blob).ok()?;
    _ = JsFuture::from(read).await;
    let url = reader.result().ok()?.as_string()?;
    url.split_once(";base64,").map(|(_, bytes)| bytes.to_owned())
}
