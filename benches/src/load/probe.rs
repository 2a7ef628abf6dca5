//! What a commit costs by itself, on the same disk at the same time: the measure for acknowledgements.

use std::path::Path;
use std::time::{Duration, Instant};

use codesight_core::ports::{SessionCatalog as _, SessionJournal as _};
use codesight_core::testkit::fixtures;
use codesight_storage::{SqliteCatalog, SqliteOptions};

use super::figures::Times;
use crate::server::Outcome;

/// Commits groups of records into a catalog of its own in `folder` until `lasting` has passed.
///
/// # Errors
/// When the catalog fails.
pub async fn commits(folder: &Path, group: u64, pause: Duration, lasting: Duration) -> Outcome<Times> {
    let catalog = SqliteCatalog::open(SqliteOptions::new(folder.join("probe.sqlite"))).await?;
    catalog.create(fixtures::new_session(1)?).await?;
    let session = fixtures::session_ref(1)?;
    let epoch = catalog.open_epoch(&session, fixtures::at(0)).await?.epoch;
    let (begun, mut times, mut next) = (Instant::now(), Times::default(), 1);
    while begun.elapsed() < lasting {
        let records =
            (next..next + group).map(|seq| fixtures::record(1, seq, 12_000)).collect::<Result<_, _>>()?;
        next += group;
        let committing = Instant::now();
        catalog.append(&session, epoch, records, fixtures::at(0)).await?;
        times.push(committing.elapsed());
        tokio::time::sleep(pause).await;
    }
    catalog.close().await;
    Ok(times)
}
