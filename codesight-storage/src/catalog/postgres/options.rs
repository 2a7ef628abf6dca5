//! How a catalog is opened.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use codesight_core::{Error, ErrorKind, Result};
use sqlx::ConnectOptions;
use sqlx::postgres::{PgConnectOptions, PgPool, PgPoolOptions};

use crate::catalog::Durability;

const OPERATION: &str = "catalog.open";

/// How to open a catalog on PostgreSQL, version 12 or newer. Shows no password, whichever way it is printed.
#[derive(Clone)]
pub struct PostgresOptions {
    server: PgConnectOptions,
    schema: String,
    durability: Durability,
    connections: u32,
    lanes: usize,
    patience: Duration,
}

impl PostgresOptions {
    /// The database of a URL such as `postgres://user:password@host:5432/database?sslmode=verify-full`. What the URL
    /// leaves out is taken from where PostgreSQL's own clients take it (`PGHOST`, `PGUSER`, `PGPASSWORD`, …).
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for what is no such URL; the error does not repeat it.
    pub fn from_url(url: &str) -> Result<Self> {
        let refused =
            || Error::invalid(OPERATION, "not a URL of the form postgres://user@host:port/database");
        if !(url.starts_with("postgres://") || url.starts_with("postgresql://")) {
            return Err(refused());
        }
        // The parser's own error may repeat a part of the URL, and that may be the password.
        let server = PgConnectOptions::from_str(url).map_err(|_| refused())?;
        Ok(Self {
            server,
            schema: "codesight".to_owned(),
            durability: Durability::Full,
            connections: 16,
            lanes: 2,
            patience: Duration::from_secs(10),
        })
    }

    /// The schema that holds the tables, made when it is missing; `codesight` unless told otherwise.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`] for a name that is not 1 to 63 of `a-z`, `0-9` and `_`, a letter first.
    pub fn schema(mut self, name: impl Into<String>) -> Result<Self> {
        let name = name.into();
        let plain = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'_';
        let is_name = (1..=63).contains(&name.len())
            && name.bytes().all(plain)
            && name.starts_with(|first: char| first.is_ascii_lowercase());
        if !is_name {
            return Err(Error::invalid(OPERATION, "a schema is named by a-z, 0-9 and _, a letter first"));
        }
        self.schema = name;
        Ok(self)
    }

    /// What an acknowledged change survives; [`Durability::Full`] unless told otherwise.
    #[must_use]
    pub fn durability(mut self, durability: Durability) -> Self {
        self.durability = durability;
        self
    }

    /// How many connections this node opens at most, at least four; 16 unless told otherwise.
    #[must_use]
    pub fn connections(mut self, connections: u32) -> Self {
        self.connections = connections.max(4);
        self
    }

    /// How many groups of appends this node commits at once, one to eight; 2 unless told otherwise: one is prepared
    /// while the other waits for the disk.
    #[must_use]
    pub fn lanes(mut self, lanes: usize) -> Self {
        self.lanes = lanes.clamp(1, 8);
        self
    }

    /// How long a call waits for a connection, or for what other nodes hold, before it is
    /// [`ErrorKind::Unavailable`]; 10 seconds unless told otherwise.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> Self {
        self.patience = patience;
        self
    }

    pub(super) fn schema_name(&self) -> &str {
        &self.schema
    }

    pub(super) fn durability_chosen(&self) -> Durability {
        self.durability
    }

    pub(super) fn lane_count(&self) -> usize {
        self.lanes
    }

    /// The connections of a node. Nothing is connected yet.
    pub(super) fn pool(&self) -> PgPool {
        PgPoolOptions::new()
            .max_connections(self.connections)
            .acquire_timeout(self.patience)
            .connect_lazy_with(self.session(self.durability))
    }

    /// Connections that carry hints only, whose loss harms nobody, so that nothing waits for the disk.
    pub(super) fn hints_pool(&self) -> PgPool {
        PgPoolOptions::new()
            .max_connections(2)
            .acquire_timeout(self.patience)
            .connect_lazy_with(self.session(Durability::Relaxed))
    }

    fn session(&self, durability: Durability) -> PgConnectOptions {
        let patience = self.patience.as_millis().max(1).to_string();
        let settings = [
            ("search_path", self.schema.as_str()),
            ("lock_timeout", &patience),
            // Every statement here is over within milliseconds, and compiling one takes longer than that.
            ("jit", "off"),
            // A node that hangs inside a transaction must not hold the others up for ever.
            ("idle_in_transaction_session_timeout", "60000"),
            // One whose machine is gone is noticed after some half a minute.
            ("tcp_keepalives_idle", "10"),
            ("tcp_keepalives_interval", "5"),
            ("tcp_keepalives_count", "4"),
        ];
        let server = self.server.clone().application_name("codesight").options(settings);
        let server = match durability {
            Durability::Full => server,
            Durability::Relaxed => server.options([("synchronous_commit", "off")]),
        };
        server.disable_statement_logging()
    }
}

/// Where the database is: no user, no password.
impl fmt::Display for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let database = self.server.get_database().unwrap_or_else(|| self.server.get_username());
        let (host, port) = (self.server.get_host(), self.server.get_port());
        write!(f, "{host}:{port}/{database}, schema {}", self.schema)
    }
}

impl fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("PostgresOptions").field(&self.to_string()).finish()
    }
}

/// The database is in a state, or of a kind, that this program cannot work with.
pub(super) fn unsupported(message: &'static str) -> Error {
    Error::new(ErrorKind::Unsupported, OPERATION, message)
}
