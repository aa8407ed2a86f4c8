//! Sources of a new password for an operator's command: a prompt, standard input or a generator. Never an argument,
//! which every process list shows.

use super::{Console, refused, unusable};
use crate::{
    model::auth::Password,
    server::{Result, ids},
};

/// Source of the password. At a terminal the command prompts for it without echo.
#[derive(Clone, Copy, Debug, Default, clap::Args)]
pub struct PasswordArgs {
    /// Read the password from the first line of standard input.
    #[arg(long)]
    pub password_stdin: bool,

    /// Generate a password and print it once.
    #[arg(long, conflicts_with = "password_stdin")]
    pub generate_password: bool,
}

impl PasswordArgs {
    /// Reads the new password.
    pub(super) fn read(self, console: &mut Console<'_>) -> Result<Password> {
        if self.generate_password {
            return Ok(Password::new(ids::password()));
        }
        if self.password_stdin {
            return console.read_line().map(Password::new);
        }
        if !console.is_terminal {
            return Err(refused(
                "a password is needed: pipe it in with --password-stdin, or have one made with --generate-password",
            ));
        }
        let password = rpassword::prompt_password("New password: ").map_err(unusable)?;
        let again = rpassword::prompt_password("The same again: ").map_err(unusable)?;
        match password == again {
            true => Ok(Password::new(password)),
            false => Err(refused("the two passwords differ; nothing was changed")),
        }
    }

    /// Prints the password if it was generated.
    pub(super) fn print_generated(self, password: &Password, console: &mut Console<'_>) -> Result<()> {
        match self.generate_password {
            true => console.print_line(&format!("Password: {}", password.expose())),
            false => Ok(()),
        }
    }
}
