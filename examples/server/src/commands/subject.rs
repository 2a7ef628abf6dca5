//! `subject`: find, hand out, erase, and hold everything of a person.

use std::path::PathBuf;

use clap::{Args, Subcommand};
use codesight_core::id::SubjectId;
use codesight_core::ports::AuditAction;
use codesight_core::rights::LegalHold;
use codesight_storage::rights::export_subject;

use super::erase;
use super::rights::{ACTOR, Chosen};
use super::terminal::{say, say_json, text};

/// Find, hand out, erase or hold everything of a person
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Print everything that is known of a person, as JSON
    Find(Person),
    /// Write everything of a person into a ZIP
    Export(Export),
    /// Erase everything of a person for good
    Erase(erase::Arguments),
    /// Place a legal hold: nothing of the person is deleted until it is released
    Hold(Hold),
    /// Release a legal hold
    Release(Person),
    /// List the requests that are not settled, by their due date
    Requests(Requests),
}

#[derive(Debug, Args)]
struct Person {
    /// The person
    #[arg(long, value_name = "SUBJECT")]
    subject: SubjectId,
    #[command(flatten)]
    chosen: Chosen,
}

#[derive(Debug, Args)]
struct Export {
    /// The file to write
    #[arg(long, value_name = "FILE")]
    out: PathBuf,
    #[command(flatten)]
    person: Person,
}

#[derive(Debug, Args)]
struct Hold {
    /// The matter's reference, such as a file number
    #[arg(long, value_name = "REFERENCE")]
    reference: String,
    #[command(flatten)]
    person: Person,
}

#[derive(Debug, Args)]
struct Requests {
    #[command(flatten)]
    chosen: Chosen,
}

/// Does it.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    match arguments.what {
        What::Find(person) => find(person).await,
        What::Export(arguments) => export(arguments).await,
        What::Erase(arguments) => erase::run(arguments).await,
        What::Hold(arguments) => hold(arguments).await,
        What::Release(person) => release(person).await,
        What::Requests(arguments) => requests(arguments).await,
    }
}

async fn find(person: Person) -> Result<(), String> {
    let app = person.chosen.open().await?;
    let tenant = person.chosen.tenant_of(&app, &person.subject).await?;
    app.record_about(&tenant, ACTOR, AuditAction::SubjectRead, &person.subject, None).await.map_err(text)?;
    let report = app.rights().find_subject(&tenant, &person.subject).await.map_err(text)?;
    app.close().await;
    say_json(&report)
}

async fn export(Export { out, person }: Export) -> Result<(), String> {
    let app = person.chosen.open().await?;
    let tenant = person.chosen.tenant_of(&app, &person.subject).await?;
    app.record_about(&tenant, ACTOR, AuditAction::SubjectExported, &person.subject, None)
        .await
        .map_err(text)?;
    let file = std::fs::File::create(&out).map_err(|error| format!("{}: {error}", out.display()))?;
    let file = std::io::BufWriter::new(file);
    let written = export_subject(&app.rights(), &tenant, &person.subject, file).await.map_err(text)?;
    say(&format!("{}: {} sessions, {} files", out.display(), written.sessions, written.files));
    app.close().await;
    Ok(())
}

async fn hold(Hold { reference, person }: Hold) -> Result<(), String> {
    let app = person.chosen.open().await?;
    let tenant = person.chosen.tenant_of(&app, &person.subject).await?;
    let hold = LegalHold {
        tenant: tenant.clone(),
        subject: person.subject.clone(),
        reference,
        placed_by: ACTOR.to_owned(),
        placed_at: app.clock.now(),
    };
    app.place_hold(hold).await.map_err(text)?;
    say("held");
    app.close().await;
    Ok(())
}

async fn release(person: Person) -> Result<(), String> {
    let app = person.chosen.open().await?;
    let tenant = person.chosen.tenant_of(&app, &person.subject).await?;
    let released = app.release_hold(&tenant, &person.subject, ACTOR).await.map_err(text)?;
    say(if released { "released" } else { "there was no hold" });
    app.close().await;
    Ok(())
}

async fn requests(arguments: Requests) -> Result<(), String> {
    let app = arguments.chosen.open().await?;
    let now = app.clock.now();
    for tenant in arguments.chosen.tenants(&app).await? {
        for request in app.accounts.unsettled(Some(&tenant), 500).await.map_err(text)? {
            let late = if request.is_overdue(now) { ", OVERDUE" } else { "" };
            say(&format!(
                "{} {:?} {} due {}{late}",
                request.id,
                request.kind,
                request.status.as_str(),
                request.due_at
            ));
        }
    }
    app.close().await;
    Ok(())
}
