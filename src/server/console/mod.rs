//! Operator commands at a terminal, other than serving.
//!
//! They call the same functions on the same database as the HTTP handlers, and work while the server runs.

mod password_input;
mod text_table;
pub mod user_commands;

use std::io::{self, BufRead, IsTerminal, Write};

use super::{Error, Result};

/// Input and output of a command.
pub struct Console<'a> {
    /// Typed or piped input.
    pub input: Box<dyn BufRead + 'a>,
    /// Output of the command.
    pub output: Box<dyn Write + 'a>,
    /// True if the input is a terminal, so that a question can be answered.
    pub is_terminal: bool,
}

impl Console<'_> {
    /// Uses standard input and output.
    pub fn standard() -> Self {
        Self {
            input: Box::new(io::stdin().lock()),
            output: Box::new(io::stdout().lock()),
            is_terminal: io::stdin().is_terminal(),
        }
    }

    fn print_line(&mut self, line: &str) -> Result<()> {
        writeln!(self.output, "{line}").map_err(unusable)
    }

    /// Reads a line without its line break.
    fn read_line(&mut self) -> Result<String> {
        let mut line = String::new();
        self.input.read_line(&mut line).map_err(unusable)?;
        Ok(line.trim_end_matches(['\r', '\n']).to_owned())
    }

    /// Asks a yes/no question.
    fn confirm(&mut self, question: &str) -> Result<bool> {
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
