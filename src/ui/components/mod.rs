//! Components shared by several pages.

mod button;
mod dialog;
mod field;
mod icon;
mod live_title;
mod local_time;
mod logo;
mod menu;
mod server_form;
mod show;
pub(crate) mod sprite;
mod toast;

pub use button::{Button, ButtonKind};
pub use dialog::Dialog;
pub use field::Field;
pub use icon::{Icon, IconKind};
pub use live_title::LiveTitle;
pub use local_time::LocalTime;
pub use logo::Logo;
pub use menu::{Menu, MenuItem};
pub use server_form::{FormAction, ServerForm};
pub(super) use show::Show;
pub use toast::{ToastList, Toasts};
