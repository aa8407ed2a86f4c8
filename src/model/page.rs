//! The data that pages start with.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::{
    ColorScheme, Timestamp,
    auth::User,
    chatkit::{Page, Thread, ThreadStreamEvent},
};

/// The paths of the files that every page loads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageFiles {
    /// The style sheet.
    pub style: String,
    /// The script that loads the wasm.
    pub script: String,
    /// The wasm.
    pub wasm: String,
}

/// The fields of a rejected form, so that the page can show them again. Never a password.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct TypedFields {
    /// The name.
    pub name: String,
    /// The email address.
    pub email: String,
}

impl TypedFields {
    /// Creates the fields of a form that has an address only.
    pub fn with_email(email: String) -> Self {
        Self { email, ..Self::default() }
    }
}

/// The success message of a form: a closed set without free text, as [`super::ApiError`] is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Done {
    /// An account was created; the visitor signs in next.
    SignedUp,
    /// The profile was changed.
    ProfileSaved,
    /// The link of a mail was opened, and the address is verified.
    EmailVerified,
    /// A verification mail was queued, if the address was not verified.
    VerificationOrdered,
    /// A mail to the old address asks to confirm the new one.
    OldAddressAsked,
    /// A verification mail to the new address was queued.
    NewAddressAsked,
    /// A mail to set a new password was queued, if a user has the address.
    ResetOrdered,
    /// A new password was set by the link of that mail.
    PasswordReset,
    /// A new password was set by the link of that mail, and all sessions ended.
    PasswordResetSessionsEnded,
    /// The password was changed.
    PasswordChanged,
    /// The password was changed, and all other sessions ended.
    PasswordChangedOthersEnded,
    /// Another session ended.
    SessionRevoked,
    /// All other sessions ended.
    OthersRevoked,
    /// A linked account was removed.
    AccountUnlinked,
    /// A mail asks to confirm the deletion of the account.
    DeletionOrdered,
    /// The account was deleted.
    Deleted,
}

/// The result of a form for the next page. Only forms that are posted without scripts need it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct FormMemory {
    /// The typed fields.
    pub typed: TypedFields,
    /// The success message; `None` if the form was rejected.
    pub done: Option<Done>,
}

/// The start data of the pages for visitors: sign-in, sign-up, and the targets of mail links.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct EntryStart {
    /// True if the visitor is signed in.
    pub is_signed_in: bool,
    /// True if the visitor's address is verified, by the account or by the link that was just followed.
    pub is_verified: bool,
    /// True if sign-up is open.
    pub may_sign_up: bool,
    /// True if the link that led here no longer sets a password.
    pub is_link_dead: bool,
    /// The result of the previous form.
    pub memory: FormMemory,
}

/// The data of the account pages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountOverview {
    /// The signed-in user.
    pub user: User,
    /// This session, then the others, the last used first.
    pub sessions: Vec<SessionSummary>,
    /// The linked accounts, the oldest first.
    pub linked: Vec<LinkedSummary>,
    /// The operations that the server allows.
    pub rules: AccountRules,
    /// The colour scheme of this browser.
    pub color_scheme: ColorScheme,
    /// The result of the previous form.
    pub memory: FormMemory,
}

impl AccountOverview {
    /// True if the user has a password.
    pub fn has_password(&self) -> bool {
        self.linked.iter().any(LinkedSummary::is_password)
    }
}

/// A session without its token, for its user.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SessionSummary {
    /// The id of the session's row.
    pub id: String,
    /// The browser and system that created the session, such as `Firefox on Linux`.
    pub device: String,
    /// The client's address at sign-in; empty if unknown.
    pub address: String,
    /// The time of the sign-in.
    pub opened_at: Timestamp,
    /// The time of the last use.
    pub seen_at: Timestamp,
    /// True for the session of this request.
    pub is_current: bool,
}

/// A linked account: a way to sign in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkedSummary {
    /// The id of the account's row.
    pub id: String,
    /// Better Auth's name of the provider; `credential` for a password.
    pub provider: String,
    /// The time at which the account was linked.
    pub linked_at: Timestamp,
}

impl LinkedSummary {
    /// True for the password.
    pub fn is_password(&self) -> bool {
        self.provider == "credential"
    }
}

/// The operations that this server allows its users.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AccountRules {
    /// True if users may change their address.
    pub change_email: bool,
    /// True if a verified old address must confirm the change.
    pub ask_old_address: bool,
    /// True if users may delete their account.
    pub delete_user: bool,
    /// True if the deletion must be confirmed by a mail link.
    pub delete_by_mail: bool,
}

/// The source of answers, which the page displays.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerSource {
    /// A language model.
    #[default]
    Model,
    /// The built-in demo, while no model is connected.
    Demo,
    /// Another ChatKit server, to which the page sends its requests.
    Elsewhere,
}

/// A section of the gallery: a stream of events under a name.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GallerySection {
    /// The name.
    pub name: String,
    /// The events in order; the stream may be incomplete.
    pub events: Vec<ThreadStreamEvent>,
}

/// The start data of a chat page.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ChatStart {
    /// The newest threads, without items; `None` if another server stores them.
    pub threads: Option<Page<Thread>>,
    /// The open thread with its newest items, oldest first; `None` if another server stores it.
    pub thread: Option<Thread>,
    /// The source of answers.
    pub answers_from: AnswerSource,
    /// The URL of the ChatKit server that the page uses instead of this one.
    pub api_url: Option<String>,
    /// The selectable models, the default first; empty if there is no choice.
    pub models: Vec<String>,
    /// The limits of attachments; `None` if the page does not know them.
    pub attachments: Option<AttachmentLimits>,
    /// True if the server transcribes speech.
    pub can_transcribe: bool,
    /// True if the demo notice was closed in this browser.
    pub is_demo_known: bool,
    /// The options of `CHATKIT_PAGE`, in the official client's format.
    pub page: Option<Value>,
}

/// The limits of a message's attachments.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AttachmentLimits {
    /// The maximum size of a file in bytes.
    pub max_bytes: u64,
    /// The maximum number of files.
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
        for from in [AnswerSource::Model, AnswerSource::Demo, AnswerSource::Elsewhere] {
            check::<AnswerSource>(&serde_json::to_string(&from).unwrap());
        }
    }
}
