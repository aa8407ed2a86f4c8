//! What our own pages begin with.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ColorScheme, Timestamp,
    auth::User,
    chatkit::{Page, Thread, ThreadStreamEvent},
};

/// Where the files are that every page loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageFiles {
    /// The style sheet.
    pub style: String,
    /// The script that loads the wasm.
    pub script: String,
    /// The wasm.
    pub wasm: String,
}

/// What a refused form held, so that it can be shown again. Never a password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedFields {
    /// The name.
    pub name: String,
    /// The address.
    pub email: String,
}

impl TypedFields {
    /// Makes those of a form that asks for an address.
    pub fn of_email(email: String) -> Self {
        Self { email, ..Self::default() }
    }
}

/// What a form did, for the page to say so: a closed set without free text, as [`super::ApiError`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// An account was created; signing in is the visitor's business.
    SignedUp,
    /// The profile was changed.
    ProfileSaved,
    /// The link of a mail was followed, and the address is proved.
    EmailVerified,
    /// A mail that proves an address is on its way, if it was not proved yet.
    VerificationOrdered,
    /// A mail to the old address asks whether it agrees to a new one.
    OldAddressAsked,
    /// A mail to the new address asks to prove it.
    NewAddressAsked,
    /// A mail to set a new password is on its way, if somebody has the address.
    ResetOrdered,
    /// The link of that mail was followed, and a new password is set.
    PasswordReset,
    /// The link of that mail was followed, a new password is set, and all sessions have ended.
    PasswordResetSessionsEnded,
    /// The password was changed.
    PasswordChanged,
    /// The password was changed, and all other sessions have ended.
    PasswordChangedOthersEnded,
    /// Another session has ended.
    SessionRevoked,
    /// All other sessions have ended.
    OthersRevoked,
    /// A way to sign in was taken away.
    AccountUnlinked,
    /// A mail asks whether the account is to be deleted.
    DeletionOrdered,
    /// The account is gone.
    Deleted,
}

/// What a form leaves for the page that comes next: scripts remember it by themselves, a plain form needs it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FormMemory {
    /// What was typed.
    pub typed: TypedFields,
    /// What was done, unless the form was refused.
    pub done: Option<Done>,
}

/// What the pages for visitors begin with: sign-in, sign-up, and where links of mails lead.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryStart {
    /// Whether the visitor is signed in already.
    pub is_signed_in: bool,
    /// True if the visitor's address is verified, by the account or by the link that was just followed.
    pub is_verified: bool,
    /// Whether this server lets anybody sign up now.
    pub may_sign_up: bool,
    /// True if the link that led here no longer sets a password.
    pub is_link_dead: bool,
    /// What the form before has left.
    pub memory: FormMemory,
}

/// What the account pages show.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountOverview {
    /// Who is signed in.
    pub user: User,
    /// This session first, then the others, those last seen first.
    pub sessions: Vec<SessionSummary>,
    /// The ways to sign in, oldest first.
    pub linked: Vec<LinkedSummary>,
    /// What users may do here.
    pub rules: AccountRules,
    /// What this browser's pages look like.
    pub color_scheme: ColorScheme,
    /// What the form before has left.
    pub memory: FormMemory,
}

impl AccountOverview {
    /// Whether the user signs in with a password.
    pub fn has_password(&self) -> bool {
        self.linked.iter().any(LinkedSummary::is_password)
    }
}

/// A session as its user sees it: without its token.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSummary {
    /// The id of the session's row.
    pub id: String,
    /// What it was opened with, in words such as `Firefox on Linux`.
    pub device: String,
    /// Where it was opened from; empty when unknown.
    pub address: String,
    /// When it was opened.
    pub opened_at: Timestamp,
    /// When it was last used.
    pub seen_at: Timestamp,
    /// Whether it is the one that asks.
    pub is_current: bool,
}

/// A way to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedSummary {
    /// The id of the account's row.
    pub id: String,
    /// Better Auth's name of the provider; `credential` for a password.
    pub provider: String,
    /// When it was linked.
    pub linked_at: Timestamp,
}

impl LinkedSummary {
    /// Whether it is the password.
    pub fn is_password(&self) -> bool {
        self.provider == "credential"
    }
}

/// What users may do on this server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRules {
    /// Whether they may change their address.
    pub change_email: bool,
    /// Whether a proved old address is asked first.
    pub ask_old_address: bool,
    /// Whether they may delete themselves.
    pub delete_user: bool,
    /// Whether that takes following the link of a mail.
    pub delete_by_mail: bool,
}

/// Which answers this server gives, for the page to say so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswersFrom {
    /// A language model.
    #[default]
    Model,
    /// The built-in demo; no model is connected.
    Demo,
    /// Another ChatKit server, which the page asks by itself.
    Elsewhere,
}

/// A part of the gallery: what a server said, and what that is called.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GallerySection {
    /// Its name.
    pub name: String,
    /// Events of a stream, in their order; the stream may not be over.
    pub events: Vec<ThreadStreamEvent>,
}

/// What a chat page starts with.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChatStart {
    /// The newest threads, without items; `None` if they are elsewhere.
    pub threads: Option<Page<Thread>>,
    /// The opened thread with its newest items, oldest first; `None` if it is elsewhere.
    pub thread: Option<Thread>,
    /// Where answers come from.
    pub answers_from: AnswersFrom,
    /// The ChatKit server that the page asks in place of this one.
    pub api_url: Option<String>,
    /// The models that a message may choose, the one that answers otherwise first; empty when there is no choice.
    pub models: Vec<String>,
    /// What may go along with a message; nothing when the page does not know.
    pub attachments: Option<AttachmentLimits>,
    /// Whether speech can be turned into text.
    pub can_transcribe: bool,
    /// True if the demo notice was closed in this browser.
    pub is_demo_known: bool,
    /// The options of `CHATKIT_PAGE`, in the shape of the official client's.
    pub page: Option<Value>,
}

/// What may go along with a message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentLimits {
    /// The most bytes of one file.
    pub max_bytes: u64,
    /// The most files.
    pub max_count: u32,
}

#[cfg(test)]
mod tests {
    use serde::de::DeserializeOwned;

    use super::*;

    #[track_caller]
    fn check<T: DeserializeOwned + Serialize>(wire: &str) {
        let read: T = serde_json::from_str(wire).unwrap();
        assert_eq!(serde_json::to_string(&read).unwrap(), wire);
    }

    #[test]
    fn what_a_page_begins_with_comes_out_as_it_went_in() {
        let memory = r#"{"typed":{"name":"n","email":"e"},"done":"signed_up"}"#;
        check::<EntryStart>(&format!(
            r#"{{"is_signed_in":true,"is_verified":true,"may_sign_up":true,"is_link_dead":true,"memory":{memory}}}"#
        ));
        let at = r#""2026-11-23T00:03:18.787Z""#;
        let user = format!(
            r#"{{"id":"u","name":"n","email":"e","emailVerified":true,"image":"i","createdAt":{at},"updatedAt":{at}}}"#
        );
        let session =
            format!(r#"{{"id":"s","device":"d","address":"a","opened_at":{at},"seen_at":{at},"is_current":true}}"#);
        let linked = format!(r#"{{"id":"l","provider":"credential","linked_at":{at}}}"#);
        let rules = r#"{"change_email":true,"ask_old_address":true,"delete_user":true,"delete_by_mail":true}"#;
        check::<AccountOverview>(&format!(
            r#"{{"user":{user},"sessions":[{session}],"linked":[{linked}],"rules":{rules},"color_scheme":"dark","memory":{memory}}}"#
        ));
        let thread = format!(
            r#"{{"id":"t","created_at":{at},"status":{{"type":"active"}},"metadata":{{}},"items":{{"data":[],"has_more":false}}}}"#
        );
        let limits = r#"{"max_bytes":1,"max_count":2}"#;
        check::<ChatStart>(&format!(
            r#"{{"threads":{{"data":[{thread}],"has_more":true}},"thread":{thread},"answers_from":"elsewhere","api_url":"u","models":["m"],"attachments":{limits},"can_transcribe":true,"is_demo_known":true,"page":{{"thread":{{}}}}}}"#
        ));
        check::<GallerySection>(r#"{"name":"n","events":[{"type":"thread.item.removed","item_id":"x"}]}"#);
    }

    #[test]
    fn every_word_of_a_page_comes_out_as_it_went_in() {
        for done in [
            Done::SignedUp,
            Done::ProfileSaved,
            Done::EmailVerified,
            Done::VerificationOrdered,
            Done::OldAddressAsked,
            Done::NewAddressAsked,
            Done::ResetOrdered,
            Done::PasswordReset,
            Done::PasswordResetSessionsEnded,
            Done::PasswordChanged,
            Done::PasswordChangedOthersEnded,
            Done::SessionRevoked,
            Done::OthersRevoked,
            Done::AccountUnlinked,
            Done::DeletionOrdered,
            Done::Deleted,
        ] {
            check::<Done>(&serde_json::to_string(&done).unwrap());
        }
        for scheme in ColorScheme::ALL {
            check::<ColorScheme>(&serde_json::to_string(&scheme).unwrap());
        }
        for from in [AnswersFrom::Model, AnswersFrom::Demo, AnswersFrom::Elsewhere] {
            check::<AnswersFrom>(&serde_json::to_string(&from).unwrap());
        }
    }
}
