//! The form of the log.

use super::parse::choice;
use crate::server::Result;

/// The settings of the log, as they are given.
#[derive(Clone, Debug, clap::Args)]
pub struct LogSettings {
    /// Form of the log on standard error: `text`, or `json` for one object per line. Unset: text.
    #[arg(long, env = "LOG_FORMAT")]
    pub log_format: Option<String>,
}

/// The form of the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people.
    Text,
    /// One JSON object per line.
    Json,
}

impl LogSettings {
    /// Validates the settings; the log begins before the other settings are validated, which may already log.
    ///
    /// # Errors
    /// [`crate::server::Error::Config`] with the variable's name, its value and the allowed values.
    pub fn validate(&self) -> Result<LogFormat> {
        let formats = [("text", LogFormat::Text), ("json", LogFormat::Json)];
        choice("LOG_FORMAT", self.log_format.clone(), LogFormat::Text, &formats)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_log_is_text_or_json() {
        let validate = |text: Option<&str>| LogSettings { log_format: text.map(str::to_owned) }.validate();
        assert_eq!(validate(None).unwrap(), LogFormat::Text);
        assert_eq!(validate(Some(" ")).unwrap(), LogFormat::Text);
        assert_eq!(validate(Some("text")).unwrap(), LogFormat::Text);
        assert_eq!(validate(Some(" JSON ")).unwrap(), LogFormat::Json);
        let sentence = validate(Some("xml")).unwrap_err().to_string();
        assert_eq!(sentence, "LOG_FORMAT is `xml`, which cannot be used: write one of text, json");
    }
}
