//! The command line: `colloquy [serve | migrate | secret | user …]`.

use std::{os::fd::AsFd, process::ExitCode, time::Duration};

use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use colloquy::server::{
    AppState, Clock, Db, Error, Result, announcement,
    cluster::{
        drain::{self, Signals},
        probes, startup_checks,
    },
    config::{Config, Settings},
    console::{
        Console,
        user_commands::{self, UserCommand},
    },
    listen::{self, ConnectionLimits},
    log, metrics, private_file,
    router::router,
};
use leptos::config::get_config_from_str;
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;
use tracing_subscriber::{EnvFilter, util::SubscriberInitExt};

/// The maximum wait for running statements at shutdown.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);

/// A self-hosted, authenticated AI chat in one binary.
#[derive(Parser)]
#[command(version, about)]
struct Cli {
    #[command(flatten)]
    settings: Settings,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Clone, Default, Subcommand)]
enum Command {
    /// Serve the pages and the APIs (the default).
    #[default]
    Serve,
    /// Run the database migrations and exit.
    Migrate,
    /// Print the secret that verifies HS256 tokens in other backends.
    Secret,
    /// List, create, change and delete users.
    User {
        #[command(subcommand)]
        command: UserCommand,
    },
}

#[tokio::main]
async fn main() -> ExitCode {
    private_file::create_all_private();
    let loaded = dotenvy::dotenv();
    let matches = command_line().get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|err| err.exit());
    let log_format = match cli.settings.log.validate() {
        Ok(format) => format,
        Err(err) => return fail(&err.to_string()),
    };
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new(log::DEFAULT_FILTER));
    log::subscriber(log_format, filter, std::io::stderr).init();
    if let Err(err) = loaded
        && !err.not_found()
    {
        return fail(&unreadable(&err));
    }
    match run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => fail(&err.to_string()),
    }
}

/// Builds the command line. Flags may precede or follow the command, whose own flags come first in the help. The help
/// hides environment values, which may be secrets.
fn command_line() -> clap::Command {
    Cli::command().mut_args(|arg| arg.global(true).help_heading("Settings").hide_env_values(true))
}

/// Describes an error of the file `.env` without the line, which may hold a secret.
fn unreadable(err: &dotenvy::Error) -> String {
    match err {
        dotenvy::Error::LineParse(..) => "the file `.env` cannot be read: it has a line that is no `NAME=value`; put \
                                          values with spaces, `#` or `$` between single quotes"
            .to_owned(),
        err => format!("the file `.env` cannot be read: {err}"),
    }
}

fn fail(sentence: &str) -> ExitCode {
    eprintln!("colloquy: {sentence}");
    ExitCode::FAILURE
}

async fn run(cli: Cli) -> Result<()> {
    let config = cli.settings.validate()?;
    match cli.command.unwrap_or_default() {
        Command::Serve => serve(config).await,
        Command::Migrate => migrate(config).await,
        Command::Secret => {
            println!("{}", config.jwt.secret.expose());
            Ok(())
        }
        Command::User { command } => {
            let app = build_state(config).await?;
            let done = user_commands::run(&app.auth, command, &mut Console::standard()).await;
            app.db.close().await;
            done
        }
    }
}

async fn migrate(config: Config) -> Result<()> {
    let db = Db::open(&config.database_url).await?;
    println!("The {} database is up to date.", db.engine());
    db.close().await;
    Ok(())
}

/// Opens the database and creates the application's state.
async fn build_state(config: Config) -> Result<AppState> {
    let leptos = get_config_from_str(include_str!("../Leptos.toml"))
        .map_err(|err| Error::Config(format!("Leptos.toml or a LEPTOS_ variable cannot be used: {err}")))?;
    let db = Db::open(&config.database_url).await?;
    AppState::new(config, db, Clock::System, leptos)
}

async fn serve(config: Config) -> Result<()> {
    let listener = TcpListener::bind(config.listen).await.map_err(|err| cannot_listen(&config, &err))?;
    let address = listener.local_addr().map_err(|err| cannot_listen(&config, &err))?;
    let metrics_listener = metrics::listener::bind(&config).await?;
    let config = config.with_port(address.port());
    let mut signals = Signals::listen();
    let limits = ConnectionLimits::new(listen::raise_file_limit(), config.limits.trusted_proxies.clone());
    let app = build_state_behind(&listener, limits.clone(), config, &mut signals).await?;
    app.process.register().await?;
    // Registered first, so that of two servers that start at once one sees the other.
    if let Err(err) = startup_checks::run(&app.config, &app.db, &app.clock, app.process.id().as_deref()).await {
        app.process.leave().await;
        return Err(err);
    }
    app.start().await?;
    let db = app.db.clone();
    let metrics_address = metrics_listener.as_ref().and_then(|listener| listener.local_addr().ok());
    println!("{}", announcement(&app.config, &address.to_string(), metrics_address));
    if let Some(listener) = metrics_listener {
        metrics::listener::start(listener, app.clone());
    }
    let stop = {
        let app = app.clone();
        async move { drain::end(&app, signals).await }
    };
    listen::serve(listener, router(app), limits, stop).await;
    if tokio::time::timeout(CLOSE_TIMEOUT, db.close()).await.is_err() {
        tracing::warn!("the database's connections were not closed in time");
    }
    Ok(())
}

fn cannot_listen(config: &Config, err: &std::io::Error) -> Error {
    let listen = config.listen;
    Error::Config(match err.kind() {
        std::io::ErrorKind::AddrInUse => format!(
            "another program listens at {listen} already; stop it, or set LISTEN to another port (127.0.0.1:0 takes a free one)"
        ),
        std::io::ErrorKind::PermissionDenied => {
            format!("this user may not listen at {listen}; set LISTEN to a port above 1023")
        }
        _ => format!("cannot listen at {listen}: {err}; set LISTEN to an address of this machine"),
    })
}

/// Opens the database and creates the state. Meanwhile probes are answered at the address, since that may take a minute.
///
/// # Errors
/// [`Error`] if the database cannot be opened, or if a signal ends the wait.
async fn build_state_behind(
    listener: &TcpListener,
    limits: ConnectionLimits,
    config: Config,
    signals: &mut Signals,
) -> Result<AppState> {
    let cannot_share = |err: std::io::Error| Error::Config(format!("the listener cannot be shared: {err}"));
    let shared = listener.as_fd().try_clone_to_owned().map_err(cannot_share)?;
    let shared = TcpListener::from_std(shared.into()).map_err(cannot_share)?;
    let is_open = CancellationToken::new();
    let probes = listen::serve(shared, probes::while_starting(), limits, is_open.clone().cancelled_owned());
    let opened = async {
        let app = tokio::select! {
            app = build_state(config) => app,
            _ = signals.next() => Err(Error::Config("stopped before the database was open".to_owned())),
        };
        is_open.cancel();
        app
    };
    tokio::join!(opened, probes).0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_help_shows_no_values_of_the_environment() {
        for arg in command_line().get_arguments() {
            assert!(arg.is_hide_env_values_set(), "{}", arg.get_id());
        }
    }

    #[test]
    fn a_line_of_the_environment_file_is_not_repeated() {
        for line in [
            "OPENAI_API_KEY=hunter2secret is it",
            "SMTP_URL='hunter2secret",
            "hunter2secret=x y",
            "hunter2secret",
            "export hunter2secret",
        ] {
            let err = dotenvy::from_read_iter(line.as_bytes()).find_map(|it| it.err()).expect("cannot be read");
            let sentence = unreadable(&err);
            assert!(sentence.contains("between single quotes") && !sentence.contains("hunter2secret"), "{sentence}");
        }
    }

    #[tokio::test]
    async fn a_port_that_is_taken_is_named() {
        let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = taken.local_addr().unwrap().to_string();
        let folder = tempfile::tempdir().unwrap();
        let data_dir = folder.path().to_str().unwrap();
        let cli = Cli::parse_from(["colloquy", "--listen", &address, "--data-dir", data_dir]);
        let sentence = run(cli).await.unwrap_err().to_string();
        assert!(sentence.contains(&format!("another program listens at {address} already")), "{sentence}");
        assert!(sentence.contains("set LISTEN to another port"), "{sentence}");
    }
}
