//! Attachments: storage and size limits.

use std::path::{Path, PathBuf};

use url::Url;

use super::{
    parse::{invalid_setting, non_blank, switch},
    redaction::{hide_from_debug, invalid_url},
};
use crate::server::{Error, Result};

/// Unvalidated settings of attachments.
#[derive(Clone, clap::Args)]
pub struct AttachmentSettings {
    /// Maximum size of one attached file, in bytes.
    #[arg(long, env = "ATTACHMENT_MAX_BYTES", default_value = "104857600")]
    pub attachment_max_bytes: String,

    /// Maximum size of all attached files of one user, in bytes, including announced ones; 0: no limit.
    #[arg(long, env = "ATTACHMENT_BYTES_PER_USER", default_value = "1073741824")]
    pub attachment_bytes_per_user: String,

    /// Storage of attached files: `s3://bucket/prefix`, with the usual AWS_ variables. Unset: uploads/ in DATA_DIR.
    #[arg(long, env = "ATTACHMENT_STORE")]
    pub attachment_store: Option<String>,

    /// State that all servers of a PostgreSQL database share the folder of attached files: `on` or `off`. Unset: off.
    #[arg(long, env = "ATTACHMENTS_SHARED")]
    pub attachments_shared: Option<String>,
}

/// Storage and size limits of attachments.
#[derive(Clone, Debug)]
pub struct AttachmentConfig {
    /// Maximum size of one file, in bytes.
    pub max_bytes: i64,
    /// Maximum size of all files of one user, in bytes; 0 is no limit.
    pub max_bytes_per_user: i64,
    /// Storage of the files.
    pub store: AttachmentStore,
    /// True if all servers of the database share the folder of the files.
    pub is_shared: bool,
}

/// Storage of attached files.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttachmentStore {
    /// A local folder.
    Folder(PathBuf),
    /// S3 or a compatible service; keys and endpoint come from the AWS_ variables.
    S3 {
        /// The bucket.
        bucket: String,
        /// Prefix of all object names; may be empty.
        prefix: String,
    },
}

// An invalid URL may hold keys.
hide_from_debug!(AttachmentSettings);

impl AttachmentSettings {
    /// Validates the settings.
    ///
    /// # Errors
    /// [`crate::server::Error::Config`] with the variable's name, the problem and a valid example.
    pub(super) fn validate(self, data_dir: &Path) -> Result<AttachmentConfig> {
        let max_bytes = self.attachment_max_bytes.trim().parse().ok().filter(|n| *n > 0).ok_or_else(|| {
            invalid_setting(
                "ATTACHMENT_MAX_BYTES",
                &self.attachment_max_bytes,
                "write a whole number of bytes, such as 104857600",
            )
        })?;
        let max_bytes_per_user = self.attachment_bytes_per_user.trim().parse().ok().filter(|n| *n >= 0);
        let max_bytes_per_user = max_bytes_per_user.ok_or_else(|| {
            invalid_setting(
                "ATTACHMENT_BYTES_PER_USER",
                &self.attachment_bytes_per_user,
                "write a whole number of bytes, such as 1073741824; 0 is no limit",
            )
        })?;
        let store = match non_blank(self.attachment_store) {
            Some(text) if text.contains('@') => {
                return Err(Error::Config(
                    "ATTACHMENT_STORE holds a user or a password; the keys are those of AWS_ACCESS_KEY_ID and \
                     AWS_SECRET_ACCESS_KEY"
                        .to_owned(),
                ));
            }
            Some(text) => s3(&text).ok_or_else(|| {
                invalid_url("ATTACHMENT_STORE", &text, "write a bucket and a prefix, such as s3://chat/files")
            })?,
            None => AttachmentStore::Folder(data_dir.join("uploads")),
        };
        if matches!(store, AttachmentStore::S3 { .. }) {
            reject_credentials(
                std::env::vars_os()
                    .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?))),
            )?;
        }
        let is_shared = switch("ATTACHMENTS_SHARED", self.attachments_shared, false)?;
        Ok(AttachmentConfig { max_bytes, max_bytes_per_user, store, is_shared })
    }
}

/// Rejects credentials and options in the endpoint of an S3 server, since error messages would repeat them.
fn reject_credentials(mut variables: impl Iterator<Item = (String, String)>) -> Result<()> {
    let is_wrong = |(name, value): &(String, String)| {
        name.starts_with("AWS_") && name.contains("ENDPOINT") && value.contains(['@', '?', '#'])
    };
    match variables.find(is_wrong) {
        Some((name, _)) => Err(Error::Config(format!(
            "{name} holds a user, a password or options; write an address alone, such as http://localhost:9000, and the \
             keys into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
        ))),
        None => Ok(()),
    }
}

fn s3(text: &str) -> Option<AttachmentStore> {
    let url =
        Url::parse(text).ok().filter(|url| url.scheme() == "s3" && url.query().is_none() && url.port().is_none())?;
    let bucket = url.host_str().filter(|bucket| !bucket.is_empty())?.to_owned();
    Some(AttachmentStore::S3 { bucket, prefix: url.path().trim_matches('/').to_owned() })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_bucket_may_have_a_prefix() {
        let check = |text: &str, expected: Option<(&str, &str)>| {
            let expected = expected
                .map(|(bucket, prefix)| AttachmentStore::S3 { bucket: bucket.to_owned(), prefix: prefix.to_owned() });
            assert_eq!(s3(text), expected, "{text}");
        };
        check("s3://chat", Some(("chat", "")));
        check("s3://chat/", Some(("chat", "")));
        check("s3://chat/of/files/", Some(("chat", "of/files")));
        for invalid_setting in
            ["", "chat", "/var/files", "s3:", "s3://", "https://chat.s3.amazonaws.com", "s3://chat?x=1"]
        {
            check(invalid_setting, None);
        }
    }
}
