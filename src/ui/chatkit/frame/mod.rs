//! Parts around the conversation: header, panel of the history and disclaimer.

mod disclaimer;
mod header;
mod panel;

pub(crate) use disclaimer::DisclaimerText;
pub(crate) use header::FrameHeader;
pub(crate) use panel::HistoryPanel;
