//! The table `mailSent`: rate limits of mails by recipient, whoever requests them.
//!
//! A recipient gets one mail of a kind per minute and five per hour. The table holds no address, only a keyed hash.

use hkdf::Hkdf;
use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::{Order, sender::Sender};
use crate::{
    model::Timestamp,
    server::{
        Db, Result,
        config::Secret,
        db::on,
        tx::{Tx, within},
    },
};

/// Minimum time between two mails of a kind to one address, in seconds.
const MIN_INTERVAL_S: i64 = 60;
/// Window for at most five mails of a kind to one recipient, in seconds.
const WINDOW_S: i64 = 60 * 60;

/// One limit that a mail counts against.
#[derive(Debug, PartialEq, Eq)]
struct MailLimit<'a> {
    kind: &'static str,
    /// An address, a mailbox or a user id.
    of: &'a str,
    /// Minimum time between two mails, in seconds.
    min_interval_s: i64,
}

/// Counts a mail to the address `to`. Returns `false` if the recipient has been sent enough of the kind; the caller
/// must then drop the transaction.
///
/// A sign-up also counts as a verification request, so that "send it again" waits a minute. Verification requests do
/// not count against a sign-up: otherwise a stranger could block the first mail to somebody who is about to sign up.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub(super) async fn admit(mail: &Sender, tx: &mut Tx, to: &str, order: &Order) -> Result<bool> {
    if !is_limited(mail) {
        return Ok(true);
    }
    let kind = order.kind();
    if !count(mail, tx, &MailLimit { kind, of: to, min_interval_s: MIN_INTERVAL_S }).await? {
        return Ok(false);
    }
    match order {
        // Limits the strangers that one account can cause mails to.
        Order::VerifyNewEmail { user_id, .. } => {
            count(mail, tx, &MailLimit { kind, of: user_id, min_interval_s: 0 }).await
        }
        Order::VerifySignUp { .. } => {
            count(mail, tx, &MailLimit { kind: Order::VERIFY_EMAIL, of: to, min_interval_s: MIN_INTERVAL_S })
                .await
                .map(|_| true)
        }
        _ => Ok(true),
    }
}

/// Counts a mail before sending if its address is a variant of a mailbox. All variants of a mailbox together get five
/// mails of a kind per hour.
///
/// Counting happens at sending, because variants without an account must not consume the limit of one with an account.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub(super) async fn admit_variant(mail: &Sender, to: &str, order: &Order) -> Result<bool> {
    let plain = canonical_address(to);
    if plain == to || !is_limited(mail) {
        return Ok(true);
    }
    let variants = format!("variants of {plain}");
    let mut tx = Tx::begin(mail.db()).await?;
    let is_admitted = count(mail, &mut tx, &MailLimit { kind: order.kind(), of: &variants, min_interval_s: 0 }).await?;
    tx.commit().await?;
    Ok(is_admitted)
}

fn is_limited(mail: &Sender) -> bool {
    mail.config().limits.storage.is_some()
}

/// Counts in one statement, so that concurrent requests on several servers cannot exceed the limit.
async fn count(mail: &Sender, tx: &mut Tx, budget: &MailLimit<'_>) -> Result<bool> {
    let now = mail.now();
    let counted: u64 = within!(tx, conn => sqlx::query(
        r#"
        insert into "mailSent" ("key", "latest", "second", "third", "fourth", "fifth")
        values ($1, $2, 0, 0, 0, 0)
        on conflict ("key") do update
        set "fifth" = "mailSent"."fourth",
            "fourth" = "mailSent"."third",
            "third" = "mailSent"."second",
            "second" = "mailSent"."latest",
            "latest" = $2
        where "mailSent"."latest" <= $3 and "mailSent"."fifth" <= $4
        "#,
    )
    .bind(key(&mail.config().secret, budget))
    .bind(now.millis())
    .bind(now.plus_seconds(-budget.min_interval_s).millis())
    .bind(now.plus_seconds(-WINDOW_S).millis())
    .execute(conn)
    .await
    .map(|done| done.rows_affected()))?;
    Ok(counted > 0)
}

/// Deletes at most `limit` rows that no longer count, including rows in the future after the clock was set back.
/// Returns the number of deleted rows.
///
/// # Errors
/// [`crate::server::Error::Db`].
pub async fn delete_expired(db: &Db, now: Timestamp, limit: u16) -> Result<u64> {
    Ok(on!(db.write(), pool => sqlx::query(
        r#"
        delete from "mailSent"
        where "key" in (select "key" from "mailSent" where "latest" <= $1 or "latest" > $2 limit $3)
            and ("latest" <= $1 or "latest" > $2)
        "#,
    )
    .bind(now.plus_seconds(-WINDOW_S).millis())
    .bind(now.plus_seconds(WINDOW_S).millis())
    .bind(i64::from(limit))
    .execute(pool)
    .await
    .map(|done| done.rows_affected()))?)
}

/// Hashes with a key derived from the secret (RFC 5869), so that the table cannot be used to test guessed addresses.
fn key(secret: &Secret, budget: &MailLimit<'_>) -> String {
    let mut key = [0; 32];
    Hkdf::<Sha256>::new(None, secret.expose().as_bytes())
        .expand(b"colloquy mail recipient", &mut key)
        .expect("BUG: 32 bytes are no more than SHA-256 expands to");
    let mut mac = Hmac::<Sha256>::new_from_slice(&key).expect("BUG: HMAC takes keys of any length");
    for part in [budget.kind, "\0", budget.of] {
        mac.update(part.as_bytes());
    }
    let hash = mac.finalize().into_bytes();
    hash[..16].iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Returns the canonical address of a mailbox: without a `+tag` and, at Gmail, without dots, which it ignores. At other
/// providers a dot may be significant.
fn canonical_address(address: &str) -> String {
    let Some((local, domain)) = address.rsplit_once('@') else { return address.to_owned() };
    let untagged = local.split('+').next().filter(|name| !name.is_empty()).unwrap_or(local);
    match domain {
        "gmail.com" | "googlemail.com" => format!("{}@gmail.com", untagged.replace('.', "")),
        _ => format!("{untagged}@{domain}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn variants_of_an_address_have_one_plain_one() {
        let check = |address: &str, expected: &str| assert_eq!(canonical_address(address), expected, "{address}");
        check("ada@example.com", "ada@example.com");
        check("ada+chat@example.com", "ada@example.com");
        check("ada+a+b@example.com", "ada@example.com");
        check("+ada@example.com", "+ada@example.com");
        check("ada.l@example.com", "ada.l@example.com");
        check("a.d.a+x@gmail.com", "ada@gmail.com");
        check("ada@googlemail.com", "ada@gmail.com");
    }

    #[test]
    fn a_key_depends_on_the_secret_the_kind_and_the_recipient() {
        let key_of = |secret: &str, kind, of| key(&Secret::new(secret), &MailLimit { kind, of, min_interval_s: 0 });
        let ours = key_of("secret", "reset-password", "ada@example.com");
        assert_eq!(ours, key_of("secret", "reset-password", "ada@example.com"));
        assert_eq!(ours.len(), 32);
        for other in [
            key_of("another", "reset-password", "ada@example.com"),
            key_of("secret", "verify-email", "ada@example.com"),
            key_of("secret", "reset-password", "eve@example.com"),
        ] {
            assert_ne!(ours, other);
        }
    }
}
