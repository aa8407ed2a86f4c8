//! One module for each page.

mod account_form;
mod chat;
mod not_found;
mod sign_in;
mod sign_up;

pub use chat::ChatPage;
pub use not_found::NotFoundPage;
pub use sign_in::SignInPage;
pub use sign_up::SignUpPage;
