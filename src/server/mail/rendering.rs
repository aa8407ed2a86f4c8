//! Rendering of mails: HTML of tables and inline styles, which mail clients support, and plain text.

use super::mail_texts::{MailTexts, PLAIN_LINK_LABEL, Severity, greeting, sender};

/// Renders a mail as HTML without external resources.
pub(super) fn html(words: &MailTexts, name: &str, url: &str, site: &str) -> String {
    // The accent and danger colours of `style/tokens.css`; `letter.html` has the other colours, and those of dark mode.
    let (button_class, button_ground) = match words.severity {
        Severity::Reversible => ("button", "#0e6a5b"),
        Severity::Irreversible => ("button grave", "#ab2118"),
    };
    format!(
        include_str!("letter.html"),
        subject = escape(&words.subject),
        heading = escape(words.heading),
        greeting = escape(&greeting(name)),
        purpose = escape(&words.purpose),
        button = escape(words.button),
        button_class = button_class,
        button_ground = button_ground,
        url = escape(url),
        link_in_plain = escape(PLAIN_LINK_LABEL),
        terms = escape(words.terms),
        otherwise = escape(words.otherwise),
        sender = escape(&sender(site)),
    )
}

/// Renders a mail as plain text.
pub(super) fn text(words: &MailTexts, name: &str, url: &str, site: &str) -> String {
    let MailTexts { purpose, button, terms, otherwise, .. } = words;
    format!("{}\n\n{purpose}\n\n{button}:\n{url}\n\n{terms}\n\n{otherwise}\n\n-- \n{}\n", greeting(name), sender(site))
}

/// Escapes a text for HTML, including attribute values.
fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for it in text.chars() {
        match it {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            it => escaped.push(it),
        }
    }
    escaped
}

/// Renders one mail of each kind to a recipient of this name. One of them contains the new address.
#[cfg(test)]
pub(crate) fn pages(name: &str, new_email: &str) -> Vec<String> {
    use super::{MailKind, OutgoingMail};
    let matters = [
        MailKind::ResetPassword,
        MailKind::VerifyEmail,
        MailKind::ConfirmEmailChange { new_email: new_email.to_owned() },
        MailKind::VerifyNewEmail,
        MailKind::DeleteUser,
        MailKind::AlreadySignedUp,
    ];
    let draw = |kind| {
        let url = "https://chat.example.com/".to_owned();
        let letter = OutgoingMail { to: "ada@example.com".to_owned(), name: name.to_owned(), kind, url };
        html(&MailTexts::of(&letter, "chat.example.com"), name, &letter.url, "chat.example.com")
    };
    matters.map(draw).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::server::mail::{MailKind, OutgoingMail};

    const URL: &str = "https://chat.example.com/api/auth/verify-email?token=a.b-c_d&callbackURL=%2Fchat%3Fa%3D1";

    fn letter(name: &str, kind: MailKind) -> (String, String) {
        let letter = OutgoingMail { to: "ada@example.com".into(), name: name.into(), kind, url: URL.into() };
        let words = MailTexts::of(&letter, "chat.example.com");
        (html(&words, name, URL, "chat.example.com"), text(&words, name, URL, "chat.example.com"))
    }

    fn all_matters() -> [MailKind; 6] {
        [
            MailKind::ResetPassword,
            MailKind::VerifyEmail,
            MailKind::ConfirmEmailChange { new_email: "ada.lovelace@example.org".into() },
            MailKind::VerifyNewEmail,
            MailKind::DeleteUser,
            MailKind::AlreadySignedUp,
        ]
    }

    #[test]
    fn the_link_is_whole_in_both_parts() {
        for kind in all_matters() {
            let (html, text) = letter("Ada", kind);
            assert_eq!(html.matches(&format!("href=\"{}\"", escape(URL))).count(), 2);
            assert!(html.contains(&format!(">{}</a>", escape(URL))), "{html}");
            assert!(text.lines().any(|line| line == URL), "{text}");
        }
    }

    #[test]
    fn nothing_is_fetched_and_nobody_is_watched() {
        for kind in all_matters() {
            let (html, _) = letter("Ada", kind);
            for word in ["<img", "src=", "url(", "<link", "@import", "<script", "<svg"] {
                assert!(!html.contains(word), "{word}");
            }
            assert_eq!(html.matches("https://").count(), 3, "the link only: {html}");
        }
    }

    #[test]
    fn names_and_addresses_are_text_and_not_markup() {
        let (html, text) = letter("<b>A\"d'a</b> & co", MailKind::VerifyEmail);
        assert!(html.contains("Hello,") && !html.contains("<b>"), "{html}");
        assert!(text.starts_with("Hello,\n"), "{text}");
        let (html, _) = letter("A\"d'a & <co>", MailKind::VerifyEmail);
        assert!(html.contains("Hello A&quot;d&#39;a &amp; &lt;co&gt;,"), "{html}");
        let (html, _) = letter("Ada", MailKind::ConfirmEmailChange { new_email: "a&'b<i>@example.com".into() });
        assert!(html.contains("to a&amp;&#39;b&lt;i&gt;@example.com."), "{html}");
    }

    #[test]
    fn the_plain_text_reads_as_a_whole() {
        let (_, text) = letter("Ada", MailKind::ResetPassword);
        assert_eq!(
            text,
            format!(
                "Hello Ada,\n\n\
                 Somebody, hopefully you, asked for a new password for your account at chat.example.com.\n\n\
                 Choose a new password:\n{URL}\n\n\
                 The link works once, and for one hour.\n\n\
                 If this was not you, you need not do anything: your password stays as it is.\n\n\
                 -- \nSent by Colloquy at chat.example.com\n"
            )
        );
    }

    #[test]
    fn what_cannot_be_undone_looks_grave() {
        assert!(letter("Ada", MailKind::DeleteUser).0.contains("class=\"button grave\""));
        assert!(!letter("Ada", MailKind::VerifyEmail).0.contains("class=\"button grave\""));
    }
}
