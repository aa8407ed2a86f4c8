//! What operators do at a terminal, besides serving.
//!
//! Everything here goes by the same functions and the same database as the HTTP handlers, and works while the server
//! runs.

mod password;
mod table;
pub mod users;

use std::io::{self, BufRead, IsTerminal, Write};

use super::{Error, Result};

/// Where a command reads and writes.
pub struct Console<'a> {
    /// What is typed, or piped in.
    pub input: Box<dyn BufRead + 'a>,
    /// What the command says.
    pub output: Box<dyn Write + 'a>,
    /// Whether somebody is there who can be asked.
    pub is_terminal: bool,
}

impl Console<'_> {
    /// Takes standard input and output.
    pub fn standard() -> Self {
        Self {
            input: Box::new(io::stdin().lock()),
            output: Box::new(io::stdout().lock()),
            is_terminal: io::stdin().is_terminal(),
        }
    }

    fn say(&mut self, line: &str) -> Result<()> {
        writeln!(self.output, "{line}").map_err(unusable)
    }

    /// Reads a line without its end.
    fn read_line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.input.read_line(&mut line).map_err(unusable)?;
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Asks a question that `y` agrees to.
    fn agrees(&mut self, question: &str) -> Result<bool> {
        write!(self.output, "{question} [y/N] ").and_then(|()| self.output.flush()).map_err(unusable)?;
        Ok(matches!(self.read_line()?.trim(), "y" | "Y" | "yes"))
    }
}

fn unusable(err: io::Error) -> Error {
    Error::Command(format!("standard input or output cannot be used: {err}"))
}

fn refused(sentence: impl Into<String>) -> Error {
    Error::Command(sentence.into())
}
