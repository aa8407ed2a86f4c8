//! This server among those that share its database.
//!
//! Each server is a row of the table `process`. On PostgreSQL it writes the time of the database's clock into its row
//! every second (`heartbeat`); on SQLite it holds a lock on a file beside the database (`presence`). The row of a
//! server that does neither any more is deleted, and whatever belonged to it is taken for abandoned.

pub mod bus;
pub mod drain;
mod heartbeat;
mod presence;
pub mod probes;
mod process;
mod process_rows;
pub mod redis_link;
pub mod startup_checks;
#[cfg(test)]
mod tests;

pub use process::Process;
