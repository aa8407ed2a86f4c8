//! Rate limit rules by path.

use crate::{
    model::{Timestamp, auth::AuthError},
    server::{Error, Result, metrics::LimitRule},
};

/// A maximum number of requests. Each allowed request restarts the window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Rule {
    /// Length of the window, in seconds.
    pub window_s: i64,
    /// Maximum number of requests; at least 1.
    pub max: i64,
}

/// The longest window of the request rules, in seconds.
pub const LONGEST_WINDOW_S: i64 = MAIL_RULE.window_s;

/// Paths that check passwords.
const SIGN_IN_RULE: Rule = Rule { window_s: 10, max: 3 };
/// Paths that send mails.
const MAIL_RULE: Rule = Rule { window_s: 60, max: 3 };
/// All other paths.
const DEFAULT_RULE: Rule = Rule { window_s: 10, max: 100 };

/// Better Auth's special rules, including those for its plugins' paths. The jwt and bearer plugins have no rules of
/// their own. A trailing `*` matches anything.
const SPECIAL: [(&str, Rule); 9] = [
    ("/sign-in*", SIGN_IN_RULE),
    ("/sign-up*", SIGN_IN_RULE),
    ("/change-password*", SIGN_IN_RULE),
    ("/change-email*", SIGN_IN_RULE),
    ("/request-password-reset", MAIL_RULE),
    ("/send-verification-email", MAIL_RULE),
    ("/forget-password*", MAIL_RULE),
    ("/email-otp/send-verification-otp", MAIL_RULE),
    ("/email-otp/request-password-reset", MAIL_RULE),
];

/// Returns the rule of a path below `/api/auth`, and its pattern. Ignores trailing slashes.
pub(super) fn of(path: &str) -> (&'static str, Rule) {
    let path = path.trim_end_matches('/');
    let fits = |pattern: &str| match pattern.strip_suffix('*') {
        Some(prefix) => path.starts_with(prefix),
        None => path == pattern,
    };
    SPECIAL.into_iter().find(|(pattern, _)| fits(pattern)).unwrap_or(("*", DEFAULT_RULE))
}

/// Returns the metric of a path's rule.
pub(super) fn metric(path: &str) -> LimitRule {
    match of(path).1 {
        SIGN_IN_RULE => LimitRule::Passwords,
        MAIL_RULE => LimitRule::MailRequests,
        _ => LimitRule::Requests,
    }
}

impl Rule {
    /// Start of the current window. A last request at or before it belongs to an earlier window.
    pub fn window_start(self, now: Timestamp) -> Timestamp {
        now.plus_seconds(-self.window_s)
    }

    /// Builds a refusal. `last` is the last allowed request.
    pub fn refused(self, last: Timestamp, now: Timestamp) -> Verdict {
        let left_ms = last.plus_seconds(self.window_s).millis().saturating_sub(now.millis());
        let seconds = left_ms.div_euclid(1000) + i64::from(left_ms.rem_euclid(1000) > 0);
        Verdict::Refused { retry_after_s: seconds.clamp(1, self.window_s) }
    }
}

/// Outcome of counting a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It has been counted.
    Allowed,
    /// Over the limit; not counted.
    Refused {
        /// Seconds until the window ends; at least 1.
        retry_after_s: i64,
    },
}

impl Verdict {
    /// Maps a refusal to an error with the wait.
    ///
    /// # Errors
    /// [`Error::Wait`].
    pub fn into_result(self, refusal: AuthError) -> Result<()> {
        match self {
            Self::Allowed => Ok(()),
            Self::Refused { retry_after_s } => Err(Error::Wait { refusal, retry_after_s }),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_path_has_its_rule() {
        let check = |path: &str, expected: (i64, i64)| {
            let (_, rule) = of(path);
            assert_eq!((rule.max, rule.window_s), expected, "{path}");
        };
        check("/sign-in/email", (3, 10));
        check("/sign-in/email/", (3, 10));
        check("/sign-in-with-anything", (3, 10));
        check("/sign-up/email", (3, 10));
        check("/change-password", (3, 10));
        check("/change-email", (3, 10));
        check("/request-password-reset", (3, 60));
        check("/request-password-reset/", (3, 60));
        check("/request-password-reset/callback", (100, 10));
        check("/send-verification-email", (3, 60));
        check("/forget-password/email-otp", (3, 60));
        check("/email-otp/send-verification-otp", (3, 60));
        check("/reset-password", (100, 10));
        check("/sign-out", (100, 10));
        check("//sign-in/email", (100, 10));
        check("/token", (100, 10));
        check("/", (100, 10));
        check("", (100, 10));
    }

    #[test]
    fn the_time_to_wait_is_rounded_up() {
        let check = |last_ms: i64, now_ms: i64, expected: i64| {
            let verdict = SIGN_IN_RULE.refused(Timestamp::from_millis(last_ms), Timestamp::from_millis(now_ms));
            assert_eq!(verdict, Verdict::Refused { retry_after_s: expected }, "{last_ms} {now_ms}");
        };
        check(0, 0, 10);
        check(0, 1, 10);
        check(0, 1000, 9);
        check(0, 9999, 1);
        // Another server's clock is ahead or behind.
        check(5000, 0, 10);
        check(0, 20_000, 1);
    }
}
