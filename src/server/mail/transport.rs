//! Transports of mails.

mod eml_files;
mod smtp;

use std::fmt;

use lettre::Message;

use self::smtp::Smtp;
use crate::{
    model::Timestamp,
    server::{Result, config::Config},
};
use eml_files::Files;

/// A transport of mails.
pub(super) enum Transport {
    /// An SMTP server.
    Smtp(Smtp),
    /// Files, if no SMTP server is configured.
    Files(Files),
}

/// Reasons for a failed delivery. The texts for the log contain no address, link or server message.
#[derive(Debug)]
pub(super) enum Failure {
    /// A retry may succeed.
    Temporary(String),
    /// A retry cannot succeed.
    Permanent(String),
    /// The order was written by another version.
    Unreadable,
}

impl Transport {
    /// Uses the configured SMTP server, or `mail/` in the data folder.
    pub(super) fn new(config: &Config) -> Result<Self> {
        Ok(match &config.mail.smtp {
            Some(smtp) => Self::Smtp(Smtp::new(smtp)?),
            None => Self::Files(Files::new(&config.data_dir)),
        })
    }

    /// Sends a mail and logs it. `at` becomes part of a file's name.
    pub(super) async fn send(&self, id: &str, at: Timestamp, message: &Message) -> Result<(), Failure> {
        match self {
            Self::Smtp(smtp) => {
                smtp.send(message).await?;
                tracing::info!(mail.id = id, "a mail was sent");
            }
            Self::Files(files) => {
                let path = files.write(id, at, message).await?;
                tracing::info!(mail.id = id, "a mail was written to {}", path.display());
            }
        }
        Ok(())
    }
}

impl fmt::Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Temporary(reason) | Self::Permanent(reason) => reason,
            Self::Unreadable => "this version cannot read the order",
        })
    }
}
