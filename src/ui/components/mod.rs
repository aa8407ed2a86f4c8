//! Components shared by several pages.

mod button;
mod dialog;
mod field;
mod icon;
mod live_title;
mod logo;
mod menu;
mod moment;
mod server_form;
mod show;
pub(crate) mod sprite;
mod toast;

pub use button::{Button, ButtonKind};
pub use dialog::Dialog;
pub use field::Field;
pub use icon::{Icon, IconKind};
pub use live_title::LiveTitle;
pub use logo::Logo;
pub use menu::{Menu, MenuItem};
pub use moment::Moment;
pub use server_form::{FormAction, ServerForm};
pub(super) use show::Show;
pub use toast::{ToastList, Toasts};
