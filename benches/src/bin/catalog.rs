//! Queries among millions of sessions, and journal writes against what the database can do itself.
//!
//! `CODESIGHT_TEST_POSTGRES=URL cargo run --release -p codesight-benches --bin catalog -- [SESSIONS] [SQLITE_SESSIONS]`
//!
//! `scripts/services/postgres start FOLDER` prints a URL. 10 million sessions take 25 GB there while it runs.
#![expect(clippy::print_stdout, reason = "a measurement is printed")]
#![expect(clippy::disallowed_methods, reason = "the server's URL stands in the environment")]

use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use codesight_benches::catalog::queries::{Times, measure};
use codesight_benches::catalog::{appends, sessions};
use codesight_benches::server::Outcome;
use codesight_core::ports::Catalog;
use codesight_storage::{PostgresCatalog, PostgresOptions, SqliteCatalog, SqliteOptions};
use sqlx::sqlite::{SqliteConnectOptions, SqliteJournalMode, SqliteSynchronous};
use sqlx::{AssertSqlSafe, ConnectOptions, Connection, Executor, PgConnection};

const SESSIONS: u64 = 10_000_000;
const SQLITE_SESSIONS: u64 = 1_000_000;
const ROUNDS: usize = 500;
const WRITING: Duration = Duration::from_secs(10);
const SCHEMA: &str = "codesight_bench";

#[tokio::main]
async fn main() -> Outcome<()> {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>());
    let on_postgres = arguments.next().transpose()?.unwrap_or(SESSIONS);
    let on_sqlite = arguments.next().transpose()?.unwrap_or(SQLITE_SESSIONS);
    match std::env::var("CODESIGHT_TEST_POSTGRES") {
        Ok(url) => postgres(&url, on_postgres).await?,
        Err(_) => println!("SKIPPED   PostgreSQL: CODESIGHT_TEST_POSTGRES is not set"),
    }
    let folder = tempfile::tempdir()?;
    sqlite(folder.path(), on_sqlite).await
}

async fn postgres(url: &str, count: u64) -> Outcome<()> {
    let mut connection = PgConnection::connect(url).await?;
    let drop = format!("DROP SCHEMA IF EXISTS {SCHEMA} CASCADE");
    connection.execute(AssertSqlSafe(drop.clone())).await?;
    let options = PostgresOptions::from_url(url)?.schema(SCHEMA)?;
    let catalog = Arc::new(PostgresCatalog::open(options).await?);
    connection.execute(AssertSqlSafe(format!("SET search_path = {SCHEMA}"))).await?;
    let begun = Instant::now();
    sessions::fill_postgres(&mut connection, count).await?;
    println!("postgres  {count} sessions made in {:.0} s", begun.elapsed().as_secs_f64());
    report("postgres", &measure(&*catalog, count, ROUNDS).await?);
    let limit = appends::postgres(&mut connection, WRITING).await?;
    compare("postgres", limit, Arc::clone(&catalog) as _).await?;
    catalog.close().await;
    connection.execute(AssertSqlSafe(drop)).await?;
    Ok(())
}

async fn sqlite(folder: &Path, count: u64) -> Outcome<()> {
    let file = folder.join("catalog.sqlite");
    let catalog = SqliteCatalog::open(SqliteOptions::new(&file)).await?;
    let open = |file: &Path, synchronous| {
        SqliteConnectOptions::new()
            .filename(file)
            .create_if_missing(true)
            .journal_mode(SqliteJournalMode::Wal)
            .synchronous(synchronous)
    };
    let mut connection = open(&file, SqliteSynchronous::Off).connect().await?;
    let begun = Instant::now();
    sessions::fill_sqlite(&mut connection, count).await?;
    connection.close().await?;
    println!("sqlite    {count} sessions made in {:.0} s", begun.elapsed().as_secs_f64());
    report("sqlite", &measure(&catalog, count, ROUNDS).await?);
    let mut connection = open(&folder.join("limit.sqlite"), SqliteSynchronous::Full).connect().await?;
    let limit = appends::sqlite(&mut connection, WRITING).await?;
    connection.close().await?;
    compare("sqlite", limit, Arc::new(catalog.clone())).await?;
    catalog.close().await;
    Ok(())
}

fn report(database: &str, all: &[Times]) {
    let millis = |time: Duration| time.as_secs_f64() * 1_000.0;
    for Times { query, p50, p99 } in all {
        let verdict = if millis(*p99) <= 20.0 { "" } else { "  over the goal of 20 ms" };
        println!("{database:9} {query:26} p50 {:8.2} ms  p99 {:8.2} ms{verdict}", millis(*p50), millis(*p99));
    }
}

async fn compare(database: &str, limit: f64, catalog: Arc<dyn Catalog>) -> Outcome<()> {
    println!(
        "{database:9} {limit:.0} rows/s committed by the database itself, 512 in a transaction, synchronised"
    );
    let durable = appends::catalog(catalog, WRITING).await?;
    println!("{database:9} {durable:.0} records/s appended to journals and acknowledged");
    println!("{database:9} ratio {:.2} (goal >= 0.5)", durable / limit);
    Ok(())
}
