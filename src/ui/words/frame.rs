//! Around the conversation: header, start screen, disclaimer.
