//! The ways a mail can go.

mod files;
mod smtp;

use std::fmt;

use lettre::Message;

use self::{files::Files, smtp::Smtp};
use crate::{
    model::Timestamp,
    server::{Result, config::Config},
};

/// The way that mails go.
pub(super) enum Transport {
    /// To an SMTP server.
    Smtp(Smtp),
    /// Into files, for want of one.
    Files(Files),
}

/// Why a mail was not sent. Tells the log without an address, a link or what a server said of them.
#[derive(Debug)]
pub(super) enum Failure {
    /// It may go well later.
    Passing(String),
    /// It will never go well.
    Final(String),
    /// The order is of another version.
    Unreadable,
}

impl Transport {
    /// Takes the SMTP server that is configured, or `mail/` in the data folder.
    pub(super) fn new(config: &Config) -> Result<Self> {
        Ok(match &config.mail.smtp {
            Some(smtp) => Self::Smtp(Smtp::new(smtp)?),
            None => Self::Files(Files::new(&config.data_dir)),
        })
    }

    /// Sends a mail and says so in the log; the moment is a part of a file's name.
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
            Self::Passing(reason) | Self::Final(reason) => reason,
            Self::Unreadable => "this version cannot read the order",
        })
    }
}
