//! The cookie that marks a browser as known to accounts it has signed in to.
//!
//! The cookie grants no access. Failed sign-ins of strangers do not slow down a known browser
//! (`rate_limits::failed_passwords`).
//!
//! The cookie holds one mark per account. Only this server can link a mark to its account. A mark survives sign-out and
//! lasts a year. It becomes invalid when the account's password changes, since the browser may know only the old one.

use axum::http::HeaderValue;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use crate::server::auth::{
    auth_state::Auth,
    cookies,
    sessions::visitor::{DEVICE_COOKIE, Visitor},
    stored_passwords,
};
use crate::server::{Result, config::Secret};

/// Lifetime of a mark, in seconds.
const MAX_AGE_S: i64 = 365 * 24 * 60 * 60;
/// The maximum number of accounts per browser; the newest are kept.
const MAX_MARKS: usize = 8;
/// Length of the truncated signature.
const SIGNATURE_BYTES: usize = 16;

/// A mark without its signature.
struct Mark<'a> {
    /// Distinguishes the browsers of one account.
    id: &'a str,
    /// Time of the signature, in seconds since the epoch.
    given_at_s: i64,
}

/// Returns the id of the visitor's browser if it has signed in as this user with this password before.
pub fn known(auth: &Auth, visitor: &Visitor, user_id: &str, hash: &str) -> Option<String> {
    let now_s = auth.clock.now().seconds();
    // All marks are checked, also for an address without an account, so that the time is the same.
    let good = visitor.device.split('~').take(MAX_MARKS).filter_map(|mark| {
        let (said, signature) = mark.rsplit_once('.')?;
        let (given_at_s, id) = said.split_once('.')?;
        let mark = Mark { id, given_at_s: i64::from_str_radix(given_at_s, 16).ok()? };
        let signature = BASE64_URL_SAFE_NO_PAD.decode(signature).ok()?;
        let is_signed = mark.mac(&auth.config.secret, user_id, hash).verify_truncated_left(&signature).is_ok();
        let is_young = (0..MAX_AGE_S).contains(&(now_s - mark.given_at_s));
        (is_signed && signature.len() == SIGNATURE_BYTES && is_young).then(|| mark.id.to_owned())
    });
    good.fold(None, |first, id| first.or(Some(id)))
}

/// Returns the `Set-Cookie` that marks the visitor's browser as known to this user. Returns `None` if failures are not
/// counted or the user has no password.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn remember(auth: &Auth, visitor: &Visitor, user_id: &str) -> Result<Option<HeaderValue>> {
    if !auth.limits.count_failures() {
        return Ok(None);
    }
    let Some(hash) = stored_passwords::find(&auth.db, user_id).await? else { return Ok(None) };
    let id = known(auth, visitor, user_id, &hash).unwrap_or_else(|| format!("{:016x}", rand::random::<u64>()));
    let given_at_s = auth.clock.now().seconds();
    let signature = Mark { id: &id, given_at_s }.mac(&auth.config.secret, user_id, &hash).finalize().into_bytes();
    let new = format!("{given_at_s:x}.{id}.{}", BASE64_URL_SAFE_NO_PAD.encode(&signature[..SIGNATURE_BYTES]));
    let is_same = |mark: &&str| mark.split('.').nth(1) == Some(&id);
    let others = visitor.device.split('~').filter(|mark| !is_same(mark) && is_plain(mark));
    let marks: Vec<_> = std::iter::once(new.as_str()).chain(others).take(MAX_MARKS).collect();
    Ok(Some(cookies::set(&auth.config, DEVICE_COOKIE, &marks.join("~"), Some(MAX_AGE_S))))
}

/// True if a string has the form of a mark. Nothing else is written back into a header.
fn is_plain(mark: &str) -> bool {
    (1..=64).contains(&mark.len()) && mark.bytes().all(|b| b.is_ascii_alphanumeric() || b"-_.".contains(&b))
}

impl Mark<'_> {
    /// Signs with a derived key: backends may share the secret for JWTs but must not forge marks.
    fn mac(&self, secret: &Secret, user_id: &str, hash: &str) -> Hmac<Sha256> {
        let mut mac = keyed(secret, b"colloquy known device");
        let given_at = self.given_at_s.to_string();
        for part in [self.id, &given_at, user_id, hash] {
            mac.update(&(part.len() as u64).to_be_bytes());
            mac.update(part.as_bytes());
        }
        mac
    }
}

/// Returns a pseudonym of an account that reveals neither its address nor its id.
pub fn account_pseudonym(secret: &Secret, account: &str) -> String {
    let mut mac = keyed(secret, b"colloquy password failures");
    mac.update(account.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(&mac.finalize().into_bytes()[..SIGNATURE_BYTES])
}

fn keyed(secret: &Secret, what_for: &[u8]) -> Hmac<Sha256> {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, secret.expose().as_bytes())
        .expand(what_for, &mut key)
        .expect("BUG: 32 bytes are no more than SHA-256 expands to");
    Hmac::<Sha256>::new_from_slice(&key).expect("BUG: HMAC takes keys of any length")
}
