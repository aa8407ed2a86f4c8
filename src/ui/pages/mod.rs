//! Pages, one module per page.

mod chat;
mod check_mail;
mod entry_card;
mod example;
mod forgot_password;
mod form_errors;
mod gallery_page;
mod initial_data;
mod link_error;
mod not_found;
mod reset_password;
mod root;
mod server_error;
pub mod settings;
mod sign_in;
mod sign_up;
mod verify_email;

pub use chat::ChatPage;
pub use check_mail::CheckMailPage;
pub use example::ExamplePage;
pub use forgot_password::ForgotPasswordPage;
pub use gallery_page::GalleryPage;
pub use not_found::NotFoundPage;
pub use reset_password::ResetPasswordPage;
pub use root::RootPage;
pub use sign_in::SignInPage;
pub use sign_up::SignUpPage;
pub use verify_email::VerifyEmailPage;
