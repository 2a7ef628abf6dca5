//! `export`: archived sessions as the files that trainers and replay tools read.

mod pictures;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clap::Args;
use codesight_core::id::{CollectorId, SessionId};
use codesight_core::model::{ArchivedPeople, TrainingExample, UnifiedSession};
use codesight_core::pipeline::{Pipeline, ProcessedSession};
use codesight_core::ports::SessionRef;
use codesight_core::privacy::Masked;
use codesight_core::training::formats::{ROW_FORMATS, RowFormat, TRAJECTORY_FORMATS, trajectory_format};
use codesight_core::training::{
    DatasetCard, Part, Selection, SelectionOptions, SplitBy, SplitItem, SplitOptions, TrainingFormat,
    Trajectory, TrajectoryFormat, split,
};
use codesight_storage::archive::{ArchiveLimits, ArchiveReader};

use super::archived::{Archives, read};
use super::ledger::{Ledger, LedgerArguments};
use super::reviewed::{Reviewed, Reviews};
use super::terminal::{say, text};
use pictures::Pictures;

/// Write archived sessions as training files, or as scripts that replay them
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    archives: Archives,

    #[command(flatten)]
    reviewed: Reviewed,

    /// trl, llama-factory, ms-swift, qwen2.5-vl, qwen3-vl, ui-tars, ui-tars-1.5, webdataset, agentnet, molmoweb, mind2web,
    /// chrome-recorder or playwright
    #[arg(long, value_name = "NAME")]
    format: String,

    /// The folder to write into; it must not exist
    #[arg(long, short, value_name = "FOLDER")]
    output: PathBuf,

    #[command(flatten)]
    ledger: LedgerArguments,

    /// What must not stand both in training and in what is held out: task, site or person. Archives know people by keyed
    /// stand-ins; of archives that do not, the ledger knows them
    #[arg(long, value_name = "WHAT", default_value = "task", value_parser = parse_split)]
    split_by: SplitBy,

    /// Share of the sessions for validation
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    validation: f64,

    /// Share of the sessions for the test
    #[arg(long, value_name = "SHARE", default_value_t = 0.0)]
    test: f64,

    /// Leave out examples this similar to one before; 1 keeps all that are not the same
    #[arg(long, value_name = "SIMILARITY", default_value_t = 0.9)]
    near: f64,

    /// At most so many examples of one collector
    #[arg(long, value_name = "NUMBER")]
    per_collector: Option<usize>,
}

impl Arguments {
    fn holds_out(&self) -> bool {
        self.validation > 0.0 || self.test > 0.0
    }

    /// Refuses an archive that does not say whose it is where that decides: it could be of somebody on the other side.
    fn require_people(&self, file: &Path, people: &ArchivedPeople) -> Result<(), String> {
        let lacks = if self.split_by == SplitBy::Person && self.holds_out() && people.subject.is_none() {
            "whom it is about"
        } else if self.per_collector.is_some() && people.collector.is_none() {
            "who recorded it"
        } else {
            return Ok(());
        };
        let file = file.display();
        Err(format!("{file}: person-unknown: the archive does not say {lacks}; give the server's --data-dir"))
    }
}

fn parse_split(name: &str) -> Result<SplitBy, String> {
    match name {
        "task" => Ok(SplitBy::Task),
        "site" => Ok(SplitBy::Site),
        "person" => Ok(SplitBy::Person),
        _ => Err("task, site or person".to_owned()),
    }
}

/// One archive on its way.
struct Loaded {
    file: PathBuf,
    /// Whose session it is, where the ledger was asked.
    place: Option<SessionRef>,
    /// Whose session it is, under stand-ins.
    people: ArchivedPeople,
    session: Masked<UnifiedSession>,
    processed: ProcessedSession,
}

enum Format {
    Examples(RowFormat),
    Trajectories(&'static dyn TrajectoryFormat),
}

impl Format {
    fn named(name: &str) -> Result<Self, String> {
        if let Some(format) = RowFormat::named(name) {
            return Ok(Self::Examples(format));
        }
        if let Some(format) = trajectory_format(name) {
            return Ok(Self::Trajectories(format));
        }
        let rows = ROW_FORMATS.iter().map(TrainingFormat::name);
        let names: Vec<&str> = rows.chain(TRAJECTORY_FORMATS.iter().map(|format| format.name())).collect();
        Err(format!("there is no format {name}; there are {}", names.join(", ")))
    }
}

/// Exports.
pub(crate) async fn run(arguments: Arguments) -> Result<(), String> {
    let format = Format::named(&arguments.format)?;
    if arguments.output.exists() {
        return Err(format!("{} exists already", arguments.output.display()));
    }
    let pipeline = arguments.archives.pipeline()?;
    // Written beside its place and put there when it is whole.
    let unfinished = arguments.output.with_extension("unfinished");
    fs::create_dir_all(&unfinished).map_err(|error| format!("{}: {error}", unfinished.display()))?;
    let ledger = arguments.ledger.open().await?;
    let written = write(&arguments, &format, &pipeline, &unfinished, &ledger).await;
    ledger.close().await;
    match written {
        Ok(()) => fs::rename(&unfinished, &arguments.output)
            .map_err(|error| format!("{}: {error}", arguments.output.display())),
        Err(error) => {
            let _ = fs::remove_dir_all(&unfinished);
            Err(error)
        }
    }
}

async fn write(
    arguments: &Arguments,
    format: &Format,
    pipeline: &Pipeline,
    folder: &Path,
    ledger: &Ledger,
) -> Result<(), String> {
    let reviews = arguments.reviewed.open().await?;
    let parts = parts(arguments, pipeline, &reviews, ledger).await?;
    let mut card = DatasetCard::new(&arguments.format, Some(arguments.split_by));
    let mut selection = Selection::new(SelectionOptions {
        near: arguments.near,
        per_collector: arguments.per_collector,
        ..SelectionOptions::default()
    });
    let mut files = Files { folder, open: BTreeMap::new() };
    let count = arguments.archives.files.len();
    for (number, file) in arguments.archives.files.iter().enumerate() {
        let loaded = load(arguments, pipeline, file, &reviews, ledger).await?;
        ledger.record_export(loaded.place.as_ref()).await?;
        let part = parts.get(&loaded.session.id).copied().unwrap_or(Part::Train);
        card.session(&loaded.session);
        let written = match format {
            Format::Examples(format) => {
                card.convention = Some(format.syntax().convention());
                examples(format, &loaded, part, &mut files, &mut selection, &mut card).await?
            }
            Format::Trajectories(format) => trajectory(*format, &loaded, part, &mut files).await?,
        };
        say(&format!("{} of {count}: session {}, {written} written", number + 1, loaded.session.id));
    }
    card.left_out(selection.counts().1);
    if let Format::Examples(format) = format {
        files.finish(format)?;
    }
    files.put("README.md", card.to_markdown().as_bytes())
}

/// Which part each session is in. Sessions are read one after another: only what splits them is kept.
async fn parts(
    arguments: &Arguments,
    pipeline: &Pipeline,
    reviews: &Reviews,
    ledger: &Ledger,
) -> Result<BTreeMap<SessionId, Part>, String> {
    if !arguments.holds_out() {
        return Ok(BTreeMap::new());
    }
    let mut items = Vec::new();
    for file in &arguments.archives.files {
        let loaded = load(arguments, pipeline, file, reviews, ledger).await?;
        let goal = &loaded.session.goal;
        items.push(SplitItem {
            session: loaded.session.id.clone(),
            task: goal.task_id.clone().unwrap_or_else(|| goal.text.clone()),
            site: goal.site.clone().unwrap_or_default(),
            person: loaded.people.subject.as_ref().map(ToString::to_string).unwrap_or_default(),
            pictures: loaded.processed.training.examples.iter().map(|example| example.frame.hash).collect(),
        });
    }
    let options = SplitOptions {
        by: arguments.split_by,
        validation: arguments.validation,
        test: arguments.test,
        ..SplitOptions::default()
    };
    split(&items, &options).map_err(text)
}

async fn open(file: &Path) -> Result<ArchiveReader<'static>, String> {
    let named = |error: codesight_core::Error| format!("{}: {}", file.display(), text(error));
    ArchiveReader::open_file(file, &ArchiveLimits::default()).await.map_err(named)
}

async fn load(
    arguments: &Arguments,
    pipeline: &Pipeline,
    file: &Path,
    reviews: &Reviews,
    ledger: &Ledger,
) -> Result<Loaded, String> {
    let input = read(file).await?;
    let place = ledger.require_training(file, &input.session).await?;
    let people = people(file, place.as_ref(), ledger).await?;
    arguments.require_people(file, &people)?;
    let mut session = (*input.session).clone();
    if let Some(collector) = &people.collector {
        session.collector = collector.clone();
    }
    let session = Masked::from_store(session);
    let mut processed = pipeline.process_session(input);
    reviews.apply(&session.tenant, &mut processed).await?;
    Ok(Loaded { file: file.to_owned(), place, people, session, processed })
}

/// Whose session it is: by the ledger where there is one, so that all archives are named by the same.
async fn people(file: &Path, place: Option<&SessionRef>, ledger: &Ledger) -> Result<ArchivedPeople, String> {
    if let Some(place) = place
        && let Some(people) = ledger.people(place).await?
    {
        return Ok(people);
    }
    Ok(open(file).await?.people())
}

async fn examples(
    format: &RowFormat,
    loaded: &Loaded,
    part: Part,
    files: &mut Files<'_>,
    selection: &mut Selection,
    card: &mut DatasetCard,
) -> Result<usize, String> {
    let reader = open(&loaded.file).await?;
    let collector: &CollectorId = &loaded.session.collector;
    let name = format!("{}.{}", part_name(part), format.extension());
    let mut written = 0;
    for example in loaded.processed.examples() {
        let one: &TrainingExample = &example;
        if selection.keep(one, collector).is_some() {
            continue;
        }
        // One picture at a time, so that memory does not grow with the session.
        let pictures = Pictures::of(&reader, [one.frame.hash]).await.map_err(text)?;
        format.write(example, &pictures, files.open(&name)?).map_err(text)?;
        if format.names_pictures() {
            files.put_pictures(&pictures)?;
        }
        card.example(one, part);
        written += 1;
    }
    Ok(written)
}

async fn trajectory(
    format: &dyn TrajectoryFormat,
    loaded: &Loaded,
    part: Part,
    files: &mut Files<'_>,
) -> Result<usize, String> {
    let reader = open(&loaded.file).await?;
    let trajectory = Trajectory::of(&loaded.session, &loaded.processed);
    let frames = trajectory.steps.iter().filter_map(|step| step.frame.as_ref()).map(|frame| frame.hash);
    let pictures = if format.names_pictures() {
        Pictures::of(&reader, frames).await.map_err(text)?
    } else {
        Pictures::default()
    };
    let name = if format.is_file_each() { loaded.session.id.to_string() } else { part_name(part).to_owned() };
    format
        .write(&trajectory, &pictures, files.open(&format!("{name}.{}", format.extension()))?)
        .map_err(text)?;
    files.put_pictures(&pictures)?;
    Ok(trajectory.steps.len())
}

fn part_name(part: Part) -> &'static str {
    match part {
        Part::Train => "train",
        Part::Validation => "validation",
        Part::Test => "test",
    }
}

/// The files of the export.
struct Files<'a> {
    folder: &'a Path,
    open: BTreeMap<String, fs::File>,
}

impl Files<'_> {
    fn open(&mut self, name: &str) -> Result<&mut fs::File, String> {
        if !self.open.contains_key(name) {
            let path = self.folder.join(name);
            let file = fs::File::create_new(&path).map_err(|error| format!("{}: {error}", path.display()))?;
            self.open.insert(name.to_owned(), file);
        }
        self.open.get_mut(name).ok_or_else(|| "the file is gone".to_owned())
    }

    fn put(&self, name: &str, bytes: &[u8]) -> Result<(), String> {
        let path = self.folder.join(name);
        let parent = path.parent().map_or(Ok(()), fs::create_dir_all);
        parent.and_then(|()| fs::write(&path, bytes)).map_err(|error| format!("{}: {error}", path.display()))
    }

    fn put_pictures(&self, pictures: &Pictures) -> Result<(), String> {
        for (name, bytes) in pictures.files() {
            if !self.folder.join(&name).exists() {
                self.put(&name, &bytes)?;
            }
        }
        Ok(())
    }

    fn finish(&mut self, format: &RowFormat) -> Result<(), String> {
        let mut companions = Vec::new();
        for (name, file) in &mut self.open {
            file.write_all(format.end())
                .and_then(|()| file.sync_all())
                .map_err(|error| format!("{name}: {error}"))?;
            companions.extend(format.companions(name));
        }
        for (name, bytes) in companions {
            self.put(name, &bytes)?;
        }
        Ok(())
    }
}
