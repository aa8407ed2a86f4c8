//! Bodies of the server functions in `api`: the web UI's entry to the functions that the HTTP handlers call, too.

mod account;
mod appearance;
mod chat;
mod form_request;
mod form_response;
mod recovery;
mod settings;
mod typeset;
mod user_agent;

pub use account::{entry_start, sign_in, sign_out, sign_up};
pub use appearance::{choose_color_scheme, close_demo_note, color_scheme};
pub use chat::{chat_start, chat_token, gallery, has_examples, session, set_not_found};
pub use recovery::{request_reset, reset_password, send_verification};
pub use settings::{
    account_overview, change_email, change_password, delete_account, order_verification, revoke_other_sessions,
    revoke_session, unlink_account, update_profile,
};
pub use typeset::typeset;
