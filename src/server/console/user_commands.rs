//! `colloquy user …`: management of users without mail or a browser.

use super::{
    Console,
    password_input::PasswordArgs,
    refused,
    text_table::{lines, printable},
};
use crate::{
    model::auth::{AuthError, EmailAddress, MAX_PASSWORD_LENGTH, MIN_PASSWORD_LENGTH, User},
    server::{
        Error, Result,
        auth::{
            auth_state::Auth,
            sessions::{self, SessionRow},
            users::{
                self,
                operator::{self, OldSessions},
                user_overview::{self, Overview},
            },
        },
    },
};

/// A subcommand of `colloquy user`.
#[derive(Clone, Debug, clap::Subcommand)]
pub enum UserCommand {
    /// List all users.
    List {
        /// Print JSON.
        #[arg(long)]
        json: bool,
    },
    /// Create a user, regardless of SIGN_UP.
    Create {
        /// The user's address.
        #[arg(long)]
        email: String,
        /// The user's name.
        #[arg(long, default_value = "")]
        name: String,
        #[command(flatten)]
        password: PasswordArgs,
    },
    /// Set a user's password, and end the user's sessions.
    SetPassword {
        /// The user's address.
        email: String,
        #[command(flatten)]
        password: PasswordArgs,
        /// Keep the user's sessions.
        #[arg(long)]
        keep_sessions: bool,
    },
    /// Mark a user's address as verified.
    Verify {
        /// The user's address.
        email: String,
    },
    /// Delete a user with all sessions, accounts and chats.
    Delete {
        /// The user's address.
        email: String,
        /// Do not ask for confirmation.
        #[arg(long)]
        yes: bool,
    },
    /// List or end a user's sessions.
    Sessions {
        /// The user's address.
        email: String,
        /// End the session with this id.
        #[arg(long, value_name = "ID")]
        revoke: Option<String>,
        /// End all sessions.
        #[arg(long, conflicts_with = "revoke")]
        revoke_all: bool,
    },
}

/// Runs a command.
///
/// # Errors
/// [`Error::Command`] with a sentence for the operator; [`Error::Db`].
pub async fn run(auth: &Auth, command: UserCommand, console: &mut Console<'_>) -> Result<()> {
    match command {
        UserCommand::List { json } => list(auth, json, console).await,
        UserCommand::Create { email, name, password } => create(auth, &email, name, password, console).await,
        UserCommand::SetPassword { email, password, keep_sessions } => {
            let old = if keep_sessions { OldSessions::Stay } else { OldSessions::End };
            set_password(auth, &email, password, old, console).await
        }
        UserCommand::Verify { email } => {
            let user = find(auth, &email).await?;
            operator::verify(auth, &user).await.map_err(sentence(&email))?;
            console.print_line(&format!("{} is verified.", user.email))
        }
        UserCommand::Delete { email, yes } => delete(auth, &email, yes, console).await,
        UserCommand::Sessions { email, revoke: Some(id), .. } => revoke(auth, &email, &id, console).await,
        UserCommand::Sessions { email, revoke_all: true, .. } => {
            let user = find(auth, &email).await?;
            sessions::revoke_all(&auth.db, &user.id).await?;
            console.print_line(&format!("All sessions of {} have ended.", user.email))
        }
        UserCommand::Sessions { email, .. } => list_sessions(auth, &email, console).await,
    }
}

async fn list(auth: &Auth, json: bool, console: &mut Console<'_>) -> Result<()> {
    let users = user_overview::list(auth).await?;
    if json {
        return console.print_line(&serde_json::to_string_pretty(&users)?);
    }
    let head = ["ID", "EMAIL", "NAME", "VERIFIED", "PASSWORD", "CREATED", "SESSIONS"].map(str::to_owned);
    let row = |Overview { user, password_hash, sessions }: Overview| {
        let verified = if user.email_verified { "yes" } else { "no" };
        let password = password_hash.unwrap_or_else(|| "none".to_owned());
        let created = user.created_at.to_string();
        [user.id, user.email, user.name, verified.to_owned(), password, created, sessions.to_string()]
    };
    let rows: Vec<_> = std::iter::once(head).chain(users.into_iter().map(row)).collect();
    lines(&rows).iter().try_for_each(|line| console.print_line(line))
}

async fn create(
    auth: &Auth,
    email: &str,
    name: String,
    password: PasswordArgs,
    console: &mut Console<'_>,
) -> Result<()> {
    let address = address(email)?;
    if name.contains('\0') {
        return Err(refused("a name holds no U+0000"));
    }
    let new = password.read(console)?;
    let user = operator::create(auth, &address, name, &new).await.map_err(sentence(email))?;
    console.print_line(&format!("Created {} with the id {}.", user.email, user.id))?;
    password.print_generated(&new, console)
}

async fn set_password(
    auth: &Auth,
    email: &str,
    password: PasswordArgs,
    old: OldSessions,
    console: &mut Console<'_>,
) -> Result<()> {
    let user = find(auth, email).await?;
    let new = password.read(console)?;
    operator::set_password(auth, &user, &new, old).await.map_err(sentence(email))?;
    console.print_line(&match old {
        OldSessions::End => format!("{} has a new password; all sessions have ended.", user.email),
        OldSessions::Stay => format!("{} has a new password.", user.email),
    })?;
    password.print_generated(&new, console)
}

async fn delete(auth: &Auth, email: &str, yes: bool, console: &mut Console<'_>) -> Result<()> {
    let user = find(auth, email).await?;
    if !yes {
        if !console.is_terminal {
            return Err(refused("no terminal to ask for confirmation; --yes deletes without asking"));
        }
        let name = if user.name.is_empty() { String::new() } else { format!(" ({})", printable(&user.name)) };
        if !console.confirm(&format!("Delete {}{name} with all sessions, accounts and chats?", user.email))? {
            return Err(refused("nothing was deleted"));
        }
    }
    operator::delete(auth, &user).await?;
    console.print_line(&format!("Deleted {}.", user.email))
}

async fn list_sessions(auth: &Auth, email: &str, console: &mut Console<'_>) -> Result<()> {
    let user = find(auth, email).await?;
    let head = ["ID", "OPENED", "REFRESHED", "EXPIRES", "ADDRESS", "BROWSER"].map(str::to_owned);
    let row = |it: SessionRow| {
        let [opened, refreshed, expires] = [it.created_at, it.updated_at, it.expires_at].map(|at| at.to_string());
        [it.id, opened, refreshed, expires, it.ip_address, it.user_agent]
    };
    let sessions = sessions::list(auth, &user.id).await?;
    let rows: Vec<_> = std::iter::once(head).chain(sessions.into_iter().map(row)).collect();
    lines(&rows).iter().try_for_each(|line| console.print_line(line))
}

async fn revoke(auth: &Auth, email: &str, id: &str, console: &mut Console<'_>) -> Result<()> {
    let user = find(auth, email).await?;
    match sessions::revoke_by_id(&auth.db, &user.id, id).await? {
        true => console.print_line(&format!("The session {id} of {} has ended.", user.email)),
        false => Err(refused(format!("{} has no session with the id `{}`", user.email, printable(id)))),
    }
}

fn address(email: &str) -> Result<EmailAddress> {
    EmailAddress::parse(email).map_err(|_| refused(format!("`{}` is no email address", printable(email))))
}

async fn find(auth: &Auth, email: &str) -> Result<User> {
    let found = users::find_by_email(&auth.db, address(email)?.as_str()).await?;
    found.ok_or_else(|| refused(format!("there is no user with the address `{email}`")))
}

/// Converts a refusal of the account rules to a sentence for the operator, who may know everything.
fn sentence(email: &str) -> impl FnOnce(Error) -> Error {
    move |err| match err {
        Error::Auth(AuthError::PasswordTooShort | AuthError::PasswordTooLong) => {
            refused(format!("a password has {MIN_PASSWORD_LENGTH} to {MAX_PASSWORD_LENGTH} characters"))
        }
        Error::Auth(AuthError::UserAlreadyExists) => {
            refused(format!("a user with the address `{email}` exists already"))
        }
        Error::Auth(AuthError::InvalidToken) => refused(format!("the address `{email}` was changed meanwhile")),
        err => err,
    }
}
