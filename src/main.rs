//! The command line: `colloquy [serve | migrate | secret | user …]`.

use std::process::ExitCode;

use axum::serve::ListenerExt;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use colloquy::server::{
    AppState, Clock, Db, Error, Result,
    config::{self, Config, Settings},
    console::{
        Console,
        users::{self, UserCommand},
    },
    private_file,
    router::router,
};
use leptos::config::get_config_from_str;
use tokio::{
    net::TcpListener,
    signal::unix::{SignalKind, signal},
};
use tracing_subscriber::EnvFilter;

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
    /// Bring the database's tables up to date, and end.
    Migrate,
    /// Print the secret that other backends verify tokens with.
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
    // Flags may stand before or after the command, whose own come first in its help.
    let matches = Cli::command().mut_args(|arg| arg.global(true).help_heading("Settings")).get_matches();
    let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|err| err.exit());
    let filter = EnvFilter::try_from_default_env().unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    if let Err(err) = loaded
        && !err.not_found()
    {
        return fail(&format!("the file `.env` cannot be read: {err}"));
    }
    match run(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(err) => fail(&err.to_string()),
    }
}

fn fail(sentence: &str) -> ExitCode {
    eprintln!("colloquy: {sentence}");
    ExitCode::FAILURE
}

async fn run(cli: Cli) -> Result<()> {
    let config = cli.settings.judge()?;
    match cli.command.unwrap_or_default() {
        Command::Serve => serve(config).await,
        Command::Migrate => migrate(config).await,
        Command::Secret => {
            println!("{}", config.jwt.secret.expose());
            Ok(())
        }
        Command::User { command } => {
            let app = assemble(config).await?;
            let done = users::run(&app, command, &mut Console::standard()).await;
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

/// Opens the database, and puts the parts together.
async fn assemble(config: Config) -> Result<AppState> {
    let leptos = get_config_from_str(include_str!("../Leptos.toml"))
        .map_err(|err| Error::Config(format!("Leptos.toml or a LEPTOS_ variable cannot be used: {err}")))?;
    let db = Db::open(&config.database_url).await?;
    AppState::new(config, db, Clock::System, leptos)
}

async fn serve(config: Config) -> Result<()> {
    let listener = TcpListener::bind(config.listen).await.map_err(|err| cannot_listen(&config, &err))?;
    let address = listener.local_addr().map_err(|err| cannot_listen(&config, &err))?;
    let config = config.with_port(address.port());
    let app = assemble(config).await?;
    app.start();
    let db = app.db.clone();
    announce(&app.config, &db, &address.to_string());
    let (chat, mail) = (app.chat.clone(), app.mail.clone());
    let service = router(app).into_make_service_with_connect_info::<std::net::SocketAddr>();
    // An event of a stream must not wait for the acknowledgement of the one before it.
    let listener = listener.tap_io(|connection| _ = connection.set_nodelay(true));
    axum::serve(listener, service)
        .with_graceful_shutdown(async move {
            asked_to_stop().await;
            tracing::info!("stopping; running answers are stored");
            tokio::join!(chat.shutdown(), mail.shutdown());
        })
        .await
        .map_err(|err| Error::Config(format!("serving at {address} failed: {err}")))?;
    db.close().await;
    Ok(())
}

/// Tells people where to go, on standard output; tests read the address from here.
fn announce(config: &Config, db: &Db, listening: &str) {
    let database = match db {
        Db::Sqlite { .. } => config.database_url.trim_start_matches("sqlite:").to_owned(),
        Db::Postgres(_) => config::without_password(&config.database_url),
    };
    let answers = match (&config.model.upstream, &config.model.openai) {
        (Some(upstream), _) => format!("the ChatKit server at {}", upstream.url),
        (None, Some(openai)) => {
            format!("{} at {}", openai.model.as_deref().unwrap_or("the first model"), openai.base_url)
        }
        (None, None) => "demo (no model is connected; set OPENAI_BASE_URL, see .env.example)".to_owned(),
    };
    let mails = match &config.mail.smtp {
        Some(smtp) => smtp.host.clone(),
        None => format!("files in {} (set SMTP_URL to send them)", config.data_dir.join("mail").display()),
    };
    println!("Colloquy {} serves at {}", env!("CARGO_PKG_VERSION"), config.base_url());
    println!("  listening  http://{listening}");
    println!("  database   {}: {database}", db.engine());
    println!("  answers    {answers}");
    println!("  mails      {mails}");
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

/// Waits for Ctrl-C or the signal that service managers send.
async fn asked_to_stop() {
    let mut terminate = signal(SignalKind::terminate()).expect("BUG: SIGTERM can be listened to");
    tokio::select! {
        _ = terminate.recv() => {}
        _ = tokio::signal::ctrl_c() => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

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
