//! Dictation: a recording is transcribed and inserted at the cursor.

mod dictation_controls;
mod insert_transcript;
mod microphone;

pub(super) use dictation_controls::{DictateButton, DictationLine};

use std::time::Duration;

use leptos::{html, prelude::*, task::spawn_local};
use send_wrapper::SendWrapper;

use insert_transcript::insert;
use microphone::{RecordedAudio, Recording};

use crate::{
    model::chatkit::Operation,
    ui::{
        chatkit::{ChatKitControl, ChatKitError},
        words::dictation as words,
    },
};

/// Maximum length of a recording in seconds, bounded by the size of a request.
const LONGEST_S: u32 = 10 * 60;

/// Status of a dictation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum State {
    /// No dictation.
    #[default]
    Idle,
    /// The browser asks for permission to use the microphone.
    Asking,
    /// Recording. Holds the elapsed seconds.
    Recording(u32),
    /// The server transcribes the recording.
    Transcribing,
    /// Failed. The sentence gives the reason.
    Failed(String),
}

/// A dictation and its resources.
#[derive(Clone, Copy)]
pub(super) struct Dictation {
    control: ChatKitControl,
    /// Target of the transcript.
    input: NodeRef<html::Textarea>,
    state: RwSignal<State>,
    recording: StoredValue<Option<SendWrapper<Recording>>>,
    clock: StoredValue<Option<IntervalHandle>>,
    /// Number of the current dictation. Results of earlier ones are dropped.
    number: StoredValue<u32>,
}

impl Dictation {
    /// Creates an idle dictation for `input`. It ends with the component that created it.
    pub(super) fn new(control: ChatKitControl, input: NodeRef<html::Textarea>) -> Self {
        let dictation = Self {
            control,
            input,
            state: RwSignal::default(),
            recording: StoredValue::new(None),
            clock: StoredValue::new(None),
            number: StoredValue::new(0),
        };
        on_cleanup(move || dictation.end());
        dictation
    }

    fn begin(self) {
        self.end();
        self.state.set(State::Asking);
        let number = self.number.get_value();
        spawn_local(async move {
            let opened = Recording::open().await;
            if self.number.try_get_value() != Some(number) {
                return;
            }
            match opened {
                Ok(recording) => {
                    self.recording.set_value(Some(SendWrapper::new(recording)));
                    self.state.set(State::Recording(0));
                    let tick = set_interval_with_handle(move || self.tick(), Duration::from_secs(1));
                    self.clock.set_value(tick.ok());
                }
                Err(sentence) => self.fail(sentence.to_owned()),
            }
        });
    }

    fn tick(self) {
        let Some(State::Recording(seconds)) = self.state.try_get_untracked() else { return };
        self.state.set(State::Recording(seconds + 1));
        if seconds + 1 >= LONGEST_S {
            self.finish();
        }
    }

    /// Ends the recording and transcribes it.
    fn finish(self) {
        let Some(recording) = self.recording.try_update_value(Option::take).flatten() else { return };
        self.stop_clock();
        self.state.set(State::Transcribing);
        self.control.focus_composer();
        let number = self.number.get_value();
        spawn_local(async move {
            let text = match recording.take().finish().await {
                Ok(speech) => self.transcribe(speech).await,
                Err(sentence) => Err(sentence.to_owned()),
            };
            if self.number.try_get_value() != Some(number) {
                return;
            }
            match text {
                Ok(text) if text.trim().is_empty() => self.fail(words::NOTHING_HEARD.to_owned()),
                Ok(text) => {
                    self.state.set(State::Idle);
                    self.input.get_untracked().inspect(|it| insert(it, &text));
                    self.control.focus_composer();
                }
                Err(sentence) => self.fail(sentence),
            }
        });
    }

    async fn transcribe(self, speech: RecordedAudio) -> Result<String, String> {
        #[derive(serde::Deserialize)]
        struct Transcript {
            text: String,
        }
        let client = self.control.client.try_get_value().ok_or_else(String::new)?;
        let RecordedAudio { audio_base64, mime_type } = speech;
        let heard = client.call::<Transcript>(Operation::InputTranscribe { audio_base64, mime_type }).await;
        heard.map(|it| it.text).map_err(|err: ChatKitError| {
            self.control.report(err.clone());
            err.to_string()
        })
    }

    /// Cancels the dictation.
    fn cancel(self) {
        self.end();
        self.state.set(State::Idle);
        self.control.focus_composer();
    }

    fn fail(self, sentence: String) {
        self.state.set(State::Failed(sentence));
    }

    /// Releases the microphone and drops pending results.
    fn end(self) {
        self.number.try_update_value(|number| *number += 1);
        self.stop_clock();
        // Dropping the recording ends it.
        self.recording.try_update_value(Option::take);
    }

    fn stop_clock(self) {
        let clock = self.clock.try_update_value(Option::take).flatten();
        clock.inspect(IntervalHandle::clear);
    }
}
