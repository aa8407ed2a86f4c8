//! Outages: errors that mean that the database is away, as opposed to errors of a statement.

use std::borrow::Cow;

/// Seconds after which a client may repeat a request that an outage refused.
pub const RETRY_AFTER_S: u64 = 1;
/// Message for clients during an outage.
pub const MESSAGE: &str = "The server's database cannot be reached at the moment. Try again in a moment.";

/// SQLSTATEs that mean an outage, besides class 08 (PostgreSQL, Appendix A). All others concern the statement, the
/// login or the disk, and last until somebody acts.
///
/// - 53300, `too_many_connections`
/// - 57P01, `admin_shutdown`, and 57P02, `crash_shutdown`
/// - 57P03, `cannot_connect_now`: starting up, shutting down or recovering
/// - 57P05, `idle_session_timeout`: the server closed an idle connection
/// - 25006, `read_only_sql_transaction`: the address leads to a standby until a failover is complete
/// - 25P03, `idle_in_transaction_session_timeout`: this process was frozen for as long
const SQLSTATES: [&str; 7] = ["53300", "57P01", "57P02", "57P03", "57P05", "25006", "25P03"];
/// SQLSTATE class of connection exceptions.
const CONNECTION_EXCEPTION: &str = "08";
/// sqlx's words for a server that closed the connection before it answered, as a proxy does that has nobody behind. It
/// takes the missing byte for a zero (sqlx 0.9, `connection/tls.rs`).
const CLOSED_UNANSWERED: &str = "unexpected response from SSLRequest: 0x00";
/// `SQLITE_BUSY`: another process held the write lock for the whole busy timeout.
const SQLITE_BUSY: u32 = 5;

/// True if the database cannot be reached or takes no work at the moment. The same statement may succeed later.
///
/// A failed TLS handshake counts: the settings were verified at the start. So does a closed pool, which only requests
/// during the shutdown meet. A full disk (`SQLITE_FULL`, 53100), a refused login and a statement timeout do not count.
pub fn is_outage(err: &sqlx::Error) -> bool {
    match err {
        sqlx::Error::Io(_)
        | sqlx::Error::Tls(_)
        | sqlx::Error::PoolTimedOut
        | sqlx::Error::PoolClosed
        | sqlx::Error::WorkerCrashed => true,
        sqlx::Error::Protocol(message) => message.starts_with(CLOSED_UNANSWERED),
        sqlx::Error::Database(err) => err.code().is_some_and(is_outage_code),
        _ => false,
    }
}

/// Classifies the code of either engine. SQLSTATEs have five characters, and SQLite's extended codes at most four.
fn is_outage_code(code: Cow<'_, str>) -> bool {
    match code.len() {
        5 => code.starts_with(CONNECTION_EXCEPTION) || SQLSTATES.contains(&&*code),
        // The lowest byte of an extended code is the primary code.
        _ => code.parse::<u32>().is_ok_and(|code| code & 0xff == SQLITE_BUSY),
    }
}

#[cfg(test)]
mod tests {
    use std::{error::Error, fmt, io};

    use sqlx::error::{DatabaseError, ErrorKind};

    use super::*;

    /// An error of a database with nothing but a code.
    #[derive(Debug)]
    struct Coded(&'static str);

    impl fmt::Display for Coded {
        fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
            f.write_str(self.0)
        }
    }

    impl Error for Coded {}

    impl DatabaseError for Coded {
        fn message(&self) -> &str {
            self.0
        }

        fn code(&self) -> Option<Cow<'_, str>> {
            Some(self.0.into())
        }

        fn as_error(&self) -> &(dyn Error + Send + Sync + 'static) {
            self
        }

        fn as_error_mut(&mut self) -> &mut (dyn Error + Send + Sync + 'static) {
            self
        }

        fn into_error(self: Box<Self>) -> Box<dyn Error + Send + Sync + 'static> {
            self
        }

        fn kind(&self) -> ErrorKind {
            ErrorKind::Other
        }
    }

    #[test]
    fn an_outage_is_told_from_an_error_of_a_statement() {
        let check = |err: sqlx::Error, expected: bool| assert_eq!(is_outage(&err), expected, "{err:?}");
        for kind in [
            io::ErrorKind::ConnectionRefused,
            io::ErrorKind::ConnectionReset,
            io::ErrorKind::UnexpectedEof,
            io::ErrorKind::BrokenPipe,
            io::ErrorKind::TimedOut,
            io::ErrorKind::HostUnreachable,
        ] {
            check(io::Error::from(kind).into(), true);
        }
        check(sqlx::Error::Protocol(CLOSED_UNANSWERED.to_owned()), true);
        check(sqlx::Error::Tls("the handshake broke off".into()), true);
        check(sqlx::Error::PoolTimedOut, true);
        check(sqlx::Error::PoolClosed, true);
        check(sqlx::Error::WorkerCrashed, true);
        check(sqlx::Error::RowNotFound, false);
        check(sqlx::Error::Protocol("unexpected message".to_owned()), false);
        check(sqlx::Error::Configuration("two hosts".into()), false);
        check(sqlx::Error::Decode("no text".into()), false);
        check(sqlx::Error::BeginFailed, false);
    }

    #[test]
    fn a_code_tells_an_outage() {
        let check = |code: &'static str, expected: bool| {
            assert_eq!(is_outage(&sqlx::Error::Database(Box::new(Coded(code)))), expected, "{code}");
        };
        for code in ["08000", "08001", "08003", "08004", "08006", "08P01", "53300", "57P01", "57P02", "57P03", "57P05"]
        {
            check(code, true);
        }
        check("25006", true);
        // SQLITE_BUSY, _BUSY_RECOVERY, _BUSY_SNAPSHOT, _BUSY_TIMEOUT
        for code in ["5", "261", "517", "773"] {
            check(code, true);
        }
        // unique_violation, deadlock_detected, disk_full, query_canceled, database_dropped, undefined_table,
        // invalid_password, invalid_catalog_name
        for code in ["23505", "40P01", "53100", "57014", "57P04", "42P01", "28P01", "3D000"] {
            check(code, false);
        }
        // SQLITE_FULL, _IOERR, _CANTOPEN, _READONLY, _CORRUPT, _CONSTRAINT_UNIQUE
        for code in ["13", "10", "14", "8", "11", "2067", "", "busy"] {
            check(code, false);
        }
    }
}
