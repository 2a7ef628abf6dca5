//! `erase`: everything of a person, or one of their sessions, for good.

use std::path::PathBuf;

use clap::Args;
use codesight_core::id::{SessionId, SubjectId};
use codesight_core::rights::{ErasureCertificate, RequestStatus, RightsRequest};

use super::rights::{ACTOR, Chosen, LawChoice};
use super::terminal::{say, text, write_file};
use crate::app::App;

/// Erase everything of a person, or one session of theirs, for good, and certify it
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// The person
    #[arg(long, value_name = "SUBJECT")]
    subject: SubjectId,

    /// This session of theirs alone
    #[arg(long, value_name = "SESSION")]
    session: Option<SessionId>,

    /// The law the person invokes, which decides by when it must be done
    #[arg(long, value_enum, default_value_t = LawChoice::Gdpr)]
    law: LawChoice,

    /// Write the signed certificate into this file
    #[arg(long, value_name = "FILE")]
    certificate: Option<PathBuf>,

    #[command(flatten)]
    chosen: Chosen,
}

/// Erases.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let Arguments { subject, session, law, certificate, chosen } = arguments;
    let app = chosen.open().await?;
    let tenant = chosen.tenant_of(&app, &subject).await?;
    let scope = app.rights().erasure_scope(&tenant, subject, session).await.map_err(text)?;
    let request = app.erase(&tenant, scope, law.into(), ACTOR).await.map_err(text)?;
    report(&app, &request).await?;
    if let (Some(file), Some(signed)) = (certificate, request.certificates.last()) {
        write_file(&file, signed.as_bytes())?;
        say(&format!("certificate {}", file.display()));
    }
    app.close().await;
    match request.status {
        RequestStatus::Held => {
            Err("a legal hold stands in the way; the request waits for its release".to_owned())
        }
        RequestStatus::Open | RequestStatus::Settled => Ok(()),
    }
}

async fn report(app: &App, request: &RightsRequest) -> Result<(), String> {
    say(&format!("request     {}, to be answered by {}", request.id, request.due_at));
    let Some(signed) = request.certificates.last() else { return Ok(()) };
    let key = app.rights().signer().await.map_err(text)?.public_key();
    let certificate = ErasureCertificate::open(signed, &key).map_err(text)?;
    let found = &certificate.inventory;
    say(&format!(
        "erased      {} sessions, {} places in journals, {} blobs of {} bytes, {} exports, {} keys",
        found.sessions.len(),
        found.journal_places,
        found.blobs,
        found.blob_bytes,
        found.exports,
        found.keys
    ));
    if found.encryption_keys > 0 {
        say(&format!(
            "unreadable  {} sessions were encrypted; without their keys every copy of what was stored is meaningless",
            found.encryption_keys
        ));
    }
    say(&format!("consents    {} decisions are kept under {}", found.consent_records, certificate.stand_in));
    for file in &certificate.pending {
        say(&format!("pending     {} at {}: no access to the service", file.file, file.service));
    }
    for model in &found.models {
        say(&format!("model       {model} was trained with it and cannot forget"));
    }
    say(&format!(
        "certified   {}, audit log entry {}, key {}",
        certificate.erased_at,
        certificate.audit_position,
        key.fingerprint()
    ));
    Ok(())
}
