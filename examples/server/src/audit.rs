//! The audit log of the database, verified as a whole.

use codesight_core::rights::{
    AuditCheckpoint, AuditFault, AuditTruncation, AuditVerification, ChainVerifier, PublicKey,
};

use crate::app::App;

/// Entries and checkpoints read at a time.
const PAGE: usize = 1_000;

/// What is said of a log that was changed.
pub(crate) fn not_whole(fault: AuditFault) -> String {
    format!("the audit log is NOT whole: {fault}")
}

/// What checks a log from its first entry, or from what is stated to have been given up.
pub(crate) fn verifier(
    checkpoints: &[AuditCheckpoint],
    truncation: Option<&AuditTruncation>,
    key: &PublicKey,
) -> Result<ChainVerifier, String> {
    let whole = ChainVerifier::new(checkpoints, key).map_err(not_whole)?;
    match truncation {
        Some(truncation) => whole.after(truncation, key).map_err(not_whole),
        None => Ok(whole),
    }
}

/// Checks every entry and every checkpoint.
pub(crate) async fn verify(app: &App, key: Option<&PublicKey>) -> Result<AuditVerification, String> {
    let mut checkpoints = Vec::new();
    loop {
        let after = checkpoints.last().map_or(0, |one: &AuditCheckpoint| one.position);
        let page = app.accounts.checkpoints(after, PAGE).await.map_err(|error| error.to_string())?;
        if page.is_empty() {
            break;
        }
        checkpoints.extend(page);
    }
    let truncation = app.accounts.truncation().await.map_err(|error| error.to_string())?;
    let mut verifier = match key {
        Some(key) => verifier(&checkpoints, truncation.as_ref(), key)?,
        None if checkpoints.is_empty() && truncation.is_none() => ChainVerifier::unsigned(),
        None => {
            return Err(
                "the log has checkpoints, and the key that checks them is not here: give it with --key"
                    .to_owned(),
            );
        }
    };
    let mut after = 0;
    loop {
        let page = app.accounts.lines(after, PAGE).await.map_err(|error| {
            format!("the audit log is NOT whole: it cannot be read after entry {after}: {error}")
        })?;
        let Some(last) = page.last() else { return verifier.finish().map_err(not_whole) };
        after = last.position;
        for line in &page {
            verifier.push(line).map_err(not_whole)?;
        }
    }
}
