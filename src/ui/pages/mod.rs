//! Pages, one module per page.

mod chat;
mod check_mail;
mod entry;
mod example;
mod failed;
mod forgot_password;
mod form;
mod gallery;
mod link_error;
mod not_found;
mod opening;
mod reset_password;
mod root;
pub mod settings;
mod sign_in;
mod sign_up;
mod verify_email;

pub use chat::ChatPage;
pub use check_mail::CheckMailPage;
pub use example::ExamplePage;
pub use forgot_password::ForgotPasswordPage;
pub use gallery::GalleryPage;
pub use not_found::NotFoundPage;
pub use reset_password::ResetPasswordPage;
pub use root::RootPage;
pub use sign_in::SignInPage;
pub use sign_up::SignUpPage;
pub use verify_email::VerifyEmailPage;
