//! SignedLink, short-lived links to files, bound to their owner, because an `<img>` sends no bearer token.
//!
//! The signature covers the owner, but the link does not contain it. Verification takes the owner from the attachment's
//! row, so links die with the row.

use axum::http::HeaderMap;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use serde::Deserialize;
use sha2::Sha256;

use crate::{
    model::Timestamp,
    server::{
        chat::http::error::{ChatError, Result},
        config::{Config, Secret},
        middleware::origin,
    },
};

/// Time in which an upload must begin, in seconds.
const UPLOAD_LIFETIME_S: i64 = 15 * 60;
/// Period in which the same link is generated, in seconds, so that browsers can cache its content. The link remains
/// valid for another period.
const LINK_PERIOD_S: i64 = 60 * 60;

/// The operation that a link permits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Purpose {
    /// Writes the file, once.
    Upload,
    /// Reads the file.
    Download,
    /// Reads a small picture of it.
    Preview,
}

impl Purpose {
    fn as_str(self) -> &'static str {
        match self {
            Self::Upload => "upload",
            Self::Download => "download",
            Self::Preview => "preview",
        }
    }
}

/// Query parameters of a link.
#[derive(Clone, Debug, Deserialize)]
pub(super) struct SignedLink {
    #[serde(rename = "for")]
    pub(super) purpose: Purpose,
    /// Expiry, in seconds since the epoch.
    pub(super) expires: i64,
    signature: String,
}

/// The origin that links begin with.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::server) enum LinkOrigin {
    /// The configured origin, for clients elsewhere, which need absolute URLs.
    #[default]
    Configured,
    /// The origin of the request: the content security policy of Colloquy's own pages allows no other.
    Reached(String),
    /// None: links in a rendered page are relative.
    Document,
}

impl LinkOrigin {
    /// Derives the origin from a request's headers.
    pub(in crate::server::chat) fn of(config: &Config, headers: &HeaderMap) -> Self {
        let reached = origin::own_page(config, headers).or_else(|| origin::request_origin(config, headers));
        reached.map_or(Self::Configured, Self::Reached)
    }
}

/// Generates and verifies links.
pub(in crate::server::chat) struct Links {
    base_url: String,
    /// Key derived from the secret for this purpose (RFC 5869). Tokens that another backend signs with the secret are
    /// therefore never valid links.
    key: [u8; 32],
}

impl Links {
    pub(in crate::server::chat) fn new(config: &Config) -> Self {
        Self { base_url: config.base_url(), key: key(&config.secret) }
    }

    /// Returns the URL of an attachment for a purpose and owner.
    pub(super) fn url(&self, origin: &LinkOrigin, purpose: Purpose, id: &str, user_id: &str, now: Timestamp) -> String {
        let now_s = now.seconds();
        let expires = match purpose {
            Purpose::Upload => now_s + UPLOAD_LIFETIME_S,
            Purpose::Download | Purpose::Preview => (now_s.div_euclid(LINK_PERIOD_S) + 2) * LINK_PERIOD_S,
        };
        let signature = self.mac(purpose, id, user_id, expires).finalize().into_bytes();
        let signature = BASE64_URL_SAFE_NO_PAD.encode(signature);
        let origin = match origin {
            LinkOrigin::Configured => &self.base_url,
            LinkOrigin::Reached(origin) => origin,
            LinkOrigin::Document => "",
        };
        let purpose = purpose.as_str();
        format!("{origin}/chatkit/attachments/{id}?for={purpose}&expires={expires}&signature={signature}")
    }

    /// Verifies that a link was signed for this attachment and owner, and has not expired.
    ///
    /// # Errors
    /// [`ChatError::NotFound`] for an invalid signature, [`ChatError::LinkExpired`] for an expired link.
    pub(super) fn check(&self, link: &SignedLink, id: &str, user_id: &str, now: Timestamp) -> Result<()> {
        let signature = BASE64_URL_SAFE_NO_PAD.decode(&link.signature).unwrap_or_default();
        let mac = self.mac(link.purpose, id, user_id, link.expires);
        mac.verify_slice(&signature).map_err(|_| ChatError::NotFound("attachment"))?;
        if link.expires <= now.seconds() { Err(ChatError::LinkExpired) } else { Ok(()) }
    }

    fn mac(&self, purpose: Purpose, id: &str, user_id: &str, expires: i64) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.key).expect("BUG: HMAC takes keys of any length");
        mac.update(format!("{}\n{id}\n{user_id}\n{expires}", purpose.as_str()).as_bytes());
        mac
    }
}

fn key(secret: &Secret) -> [u8; 32] {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, secret.expose().as_bytes())
        .expand(b"colloquy attachment link", &mut key)
        .expect("BUG: 32 bytes are no more than SHA-256 expands to");
    key
}

#[cfg(test)]
mod tests {
    use super::*;

    fn links(secret: &str) -> Links {
        Links { base_url: "http://x".to_owned(), key: key(&Secret::new(secret)) }
    }

    fn read(url: &str) -> SignedLink {
        serde_urlencoded::from_str(url.split_once('?').unwrap().1).unwrap()
    }

    #[test]
    fn a_link_is_good_for_one_purpose_of_one_attachment_of_one_user_for_a_while() {
        let now = Timestamp::from_millis(1_700_000_000_000);
        let links = links("a");
        let link = read(&links.url(&LinkOrigin::Configured, Purpose::Download, "atc_1", "alice", now));
        let check = |link: &SignedLink, id, user_id, after_s| {
            links.check(link, id, user_id, now.plus_seconds(after_s)).map_err(|err| err.code()).err()
        };
        assert_eq!(check(&link, "atc_1", "alice", 0), None);
        assert_eq!(check(&link, "atc_1", "alice", LINK_PERIOD_S), None);
        assert_eq!(check(&link, "atc_1", "alice", 2 * LINK_PERIOD_S), Some("link_expired"));
        assert_eq!(check(&link, "atc_2", "alice", 0), Some("not_found"));
        assert_eq!(check(&link, "atc_1", "bob", 0), Some("not_found"));
        assert_eq!(
            check(&SignedLink { purpose: Purpose::Upload, ..link.clone() }, "atc_1", "alice", 0),
            Some("not_found")
        );
        let later = SignedLink { expires: link.expires + 1, ..link.clone() };
        assert_eq!(check(&later, "atc_1", "alice", 0), Some("not_found"));
        assert_eq!(
            check(&SignedLink { signature: String::new(), ..link.clone() }, "atc_1", "alice", 0),
            Some("not_found")
        );
        assert!(super::tests::links("b").check(&link, "atc_1", "alice", now).is_err());
    }

    #[test]
    fn the_same_link_is_made_for_a_while_except_for_uploads() {
        let url = |purpose, s: i64| {
            let now = Timestamp::from_millis(s * 1000);
            links("a").url(&LinkOrigin::Configured, purpose, "atc_1", "alice", now)
        };
        assert_eq!(url(Purpose::Preview, 0), url(Purpose::Preview, LINK_PERIOD_S - 1));
        assert_ne!(url(Purpose::Preview, 0), url(Purpose::Preview, LINK_PERIOD_S));
        assert_eq!(read(&url(Purpose::Upload, 0)).expires, UPLOAD_LIFETIME_S);
    }

    #[test]
    fn a_link_begins_where_it_is_resolved() {
        let check = |origin: &LinkOrigin, expected: &str| {
            let url = links("a").url(origin, Purpose::Upload, "atc_1", "alice", Timestamp::from_millis(0));
            assert!(url.starts_with(&format!("{expected}/chatkit/attachments/atc_1?for=upload&")), "{url}");
        };
        check(&LinkOrigin::Configured, "http://x");
        check(&LinkOrigin::Reached("http://chat.lan:3000".to_owned()), "http://chat.lan:3000");
        check(&LinkOrigin::Document, "");
    }
}
