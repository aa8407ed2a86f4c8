//! An open ChatKit client.

pub mod decode;
pub mod state;
