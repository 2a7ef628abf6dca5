//! `archive`: looking after archive files.

mod opened;

use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use codesight_core::id::{SessionId, TenantId};
use codesight_core::model::{ArchiveLevel, ConsentSummary, RedactionSummary};
use codesight_core::ports::BlobKey;
use codesight_core::time::Timestamp;
use codesight_storage::archive::{
    ArchiveDiff, ArchiveProblem, ArchiveReader, RandomAccess, diff, extract, repair, verify, verify_pixels,
};
use codesight_storage::{ArchiveSession, ArchiveSettings, ObjectBlobStore};

use self::opened::Files;
use super::terminal::{say, text};

/// Verify, repair, compare, decrypt or unpack archives
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// A file with the keys of encrypted archives, from `encryption session-key`
    #[arg(long, env = "CODESIGHT_IDENTITY", value_name = "FILE", global = true)]
    identity: Option<PathBuf>,

    #[command(subcommand)]
    what: What,
}

#[derive(Debug, Subcommand)]
enum What {
    /// Check every byte against the manifest; fails when something is wrong
    Verify {
        /// Archives of sessions
        #[arg(required = true, value_name = "ARCHIVE")]
        files: Vec<PathBuf>,
        /// Also compose every frame
        #[arg(long)]
        pixels: bool,
    },
    /// Write what is sound of a damaged archive as a new one
    Repair {
        /// The damaged archive, which is left as it is
        archive: PathBuf,
        /// The file to write
        output: PathBuf,
        /// The project, should the manifest be lost
        #[arg(long, default_value = "unknown")]
        tenant: TenantId,
        /// The session, should the manifest be lost
        #[arg(long, default_value = "unknown")]
        session: SessionId,
    },
    /// Name what differs between two archives; fails when something does
    Diff {
        /// One archive
        first: PathBuf,
        /// The other
        second: PathBuf,
        /// Write JSON
        #[arg(long)]
        json: bool,
    },
    /// Unpack an archive with every frame as a picture of its own
    Extract {
        /// The archive
        archive: PathBuf,
        /// The folder to write into
        folder: PathBuf,
    },
    /// Write an encrypted archive as the plain ZIP it is
    Decrypt {
        /// The encrypted archive
        archive: PathBuf,
        /// The file to write
        output: PathBuf,
    },
}

/// Does it.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let files = Files::new(arguments.identity.as_deref())?;
    match arguments.what {
        What::Verify { files: archives, pixels } => verify_files(&files, &archives, pixels).await,
        What::Repair { archive, output, tenant, session } => {
            repair_file(files.source(&archive).await?.as_ref(), &output, tenant, session).await
        }
        What::Diff { first, second, json } => {
            diff_archives(&files.archive(&first).await?, &files.archive(&second).await?, json).await
        }
        What::Extract { archive, folder } => {
            let done = extract(&files.archive(&archive).await?, &folder).await.map_err(text)?;
            say(&format!("{} files, and {} frames composed", done.files, done.composed));
            Ok(())
        }
        What::Decrypt { archive, output } => {
            let bytes = files.copy(&archive, &output).await?;
            say(&format!("{}: {bytes} bytes", output.display()));
            Ok(())
        }
    }
}

async fn verify_files(files: &Files, archives: &[PathBuf], pixels: bool) -> Result<(), String> {
    let mut all_sound = true;
    for file in archives {
        let outcome = match files.archive(file).await {
            Err(refused) => Err(refused),
            Ok(reader) => problems_of(&reader, pixels).await.map_err(text),
        };
        match outcome {
            Ok(problems) if problems.is_empty() => say(&format!("{}: sound", file.display())),
            Ok(problems) => {
                all_sound = false;
                for problem in problems {
                    say(&format!("{}: {}: {}", file.display(), problem.path, problem.refusal.code()));
                }
            }
            Err(refused) => {
                all_sound = false;
                say(&refused);
            }
        }
    }
    if all_sound { Ok(()) } else { Err("not every archive is sound".to_owned()) }
}

async fn problems_of(
    reader: &ArchiveReader<'_>,
    pixels: bool,
) -> codesight_core::Result<Vec<ArchiveProblem>> {
    let mut problems = verify(reader).await?.problems;
    if pixels {
        problems.extend(verify_pixels(reader).await?);
    }
    Ok(problems)
}

async fn repair_file(
    source: &dyn RandomAccess,
    output: &Path,
    tenant: TenantId,
    session: SessionId,
) -> Result<(), String> {
    let fail = |error: std::io::Error| format!("{}: {error}", output.display());
    if output.exists() {
        return Err(format!("{}: is there already", output.display()));
    }
    // Beside the output, so that the last step is a rename.
    let beside = output.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let work = tempfile::tempdir_in(beside).map_err(fail)?;
    let store = ObjectBlobStore::local(work.path().join("store")).map_err(text)?;
    let known = ArchiveSession {
        tenant,
        session,
        created_at: Timestamp::default(),
        redaction: RedactionSummary::default(),
        consent: ConsentSummary::default(),
    };
    let key = BlobKey::archive_successor(&known.tenant, &known.session);
    let settings = ArchiveSettings::new(ArchiveLevel::default(), work.path());
    let report = repair(source, &store, key.clone(), settings, known).await.map_err(text)?;
    std::fs::rename(work.path().join("store").join(key.as_str()), output).map_err(fail)?;
    for problem in &report.problems {
        say(&format!("{}: {}", problem.path, problem.refusal.code()));
    }
    say(&format!(
        "saved {} frames and {} interactions; {} frames are lost",
        report.frames, report.interactions, report.lost_frames
    ));
    Ok(())
}

async fn diff_archives(
    first: &ArchiveReader<'_>,
    second: &ArchiveReader<'_>,
    json: bool,
) -> Result<(), String> {
    let found = diff(first, second).await.map_err(text)?;
    if json {
        say(&serde_json::to_string_pretty(&found).map_err(|error| error.to_string())?);
    } else {
        print_diff(&found);
    }
    if found.is_empty() { Ok(()) } else { Err("the archives differ".to_owned()) }
}

fn print_diff(found: &ArchiveDiff) {
    fn lines<T: ToString>(sign: char, name: &str, items: &[T]) {
        for item in items {
            say(&format!("{sign} {name} {}", item.to_string()));
        }
    }
    lines('-', "file", &found.removed_files);
    lines('+', "file", &found.added_files);
    lines('~', "file", &found.changed_files);
    lines('-', "interaction", &found.removed_interactions);
    lines('+', "interaction", &found.added_interactions);
    lines('~', "interaction", &found.changed_interactions);
    lines('-', "frame", &found.removed_frames);
    lines('+', "frame", &found.added_frames);
    lines('~', "frame", &found.changed_frames);
}
