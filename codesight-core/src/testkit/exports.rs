//! The suite of [`ExportRegister`](crate::ports::ExportRegister).

use std::sync::Arc;

use super::check::{Verdict, ensure, equal};
use super::fixtures;
use super::suite::{Suite, scenarios};
use crate::id::{ExportId, SessionId, TenantId};
use crate::ports::{BlobKey, Export, ExportPlace, ExportRegister};

/// Everything a register of exports must do.
pub fn exports_suite() -> Suite<dyn ExportRegister> {
    Suite::new(
        "exports",
        scenarios![
            also "note_export: exports come back as they were" => as_noted,
            behaviour "note_export: a known id is replaced: sessions and models are those of the last call" => replace,
            behaviour "exports_of: never an export of another tenant" => other_tenant,
            behaviour "exports_of: no sessions, or unknown ones, have none" => unknown,
            also "exports_of: by id, each once, whichever of its sessions is asked for" => each_once,
            behaviour "forget_export: twice, or for an unknown id, is fine" => forget,
        ],
    )
}

fn session(number: u64) -> crate::Result<SessionId> {
    Ok(fixtures::session_ref(number)?.session)
}

fn export(number: u64, sessions: &[u64]) -> crate::Result<Export> {
    Ok(Export {
        id: ExportId::new(format!("export-{number}"))?,
        tenant: fixtures::tenant()?,
        place: if number.is_multiple_of(2) {
            ExportPlace::Blob { key: BlobKey::new(format!("tenant/exports/{number}.jsonl"))? }
        } else {
            ExportPlace::Provider { service: "memory".to_owned(), file: format!("file-{number}") }
        },
        purpose: "training".to_owned(),
        sessions: sessions.iter().map(|number| session(*number)).collect::<crate::Result<_>>()?,
        made_at: fixtures::at(0),
        models: Vec::new(),
    })
}

async fn found(register: &Arc<dyn ExportRegister>, sessions: &[u64]) -> crate::Result<Vec<Export>> {
    let sessions = sessions.iter().map(|number| session(*number)).collect::<crate::Result<Vec<_>>>()?;
    register.exports_of(&fixtures::tenant()?, &sessions).await
}

async fn as_noted(register: Arc<dyn ExportRegister>) -> Verdict {
    for number in [1, 2] {
        register.note_export(export(number, &[number, 9])?).await?;
    }
    equal(&found(&register, &[1]).await?, &vec![export(1, &[1, 9])?], "a file at a service")?;
    equal(&found(&register, &[2]).await?, &vec![export(2, &[2, 9])?], "a blob")
}

async fn replace(register: Arc<dyn ExportRegister>) -> Verdict {
    register.note_export(export(1, &[1, 2])?).await?;
    let changed = Export { models: vec!["model-1".to_owned()], ..export(1, &[2, 3])? };
    register.note_export(changed.clone()).await?;
    ensure(found(&register, &[1]).await?.is_empty(), "not of a session that is no longer in it")?;
    for number in [2, 3] {
        equal(&found(&register, &[number]).await?, &vec![changed.clone()], "the last call's")?;
    }
    Ok(())
}

async fn other_tenant(register: Arc<dyn ExportRegister>) -> Verdict {
    let elsewhere = TenantId::new("elsewhere")?;
    register.note_export(export(1, &[1])?).await?;
    register.note_export(Export { tenant: elsewhere.clone(), ..export(1, &[1, 2])? }).await?;
    equal(&found(&register, &[1, 2]).await?, &vec![export(1, &[1])?], "the tenant's own")?;
    register.forget_export(&elsewhere, &export(1, &[])?.id).await?;
    equal(&found(&register, &[1]).await?.len(), &1, "exports, after another tenant forgot its own")
}

async fn unknown(register: Arc<dyn ExportRegister>) -> Verdict {
    register.note_export(export(1, &[1])?).await?;
    register.note_export(export(2, &[])?).await?;
    ensure(found(&register, &[]).await?.is_empty(), "nothing for no sessions")?;
    ensure(found(&register, &[2, 3]).await?.is_empty(), "nothing for unknown ones")
}

async fn each_once(register: Arc<dyn ExportRegister>) -> Verdict {
    let all: Vec<u64> = (1..=120).collect();
    for number in [3, 1, 2] {
        register.note_export(export(number, &all)?).await?;
    }
    let ids: Vec<_> = found(&register, &all).await?.iter().map(|one| one.id.to_string()).collect();
    equal(&ids, &vec!["export-1", "export-2", "export-3"], "the ids")
}

async fn forget(register: Arc<dyn ExportRegister>) -> Verdict {
    let tenant = fixtures::tenant()?;
    for number in [1, 2] {
        register.note_export(export(number, &[1])?).await?;
    }
    for _ in 0..2 {
        register.forget_export(&tenant, &export(1, &[])?.id).await?;
    }
    equal(&found(&register, &[1]).await?, &vec![export(2, &[1])?], "the other")
}
