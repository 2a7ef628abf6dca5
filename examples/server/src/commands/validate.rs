//! `validate`: what a training service would say about files, without asking it.

use std::fs::File;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use codesight_openai::limits::Limits;
use codesight_openai::validate::{LineKind, ValidatorOptions, repair, validate};

use super::terminal::{say, text};

/// Judge training files as the service would, and mend what can be mended without changing what is taught
#[derive(Debug, Args)]
pub(crate) struct Arguments {
    /// Files of training lines
    #[arg(required = true, value_name = "FILE")]
    files: Vec<PathBuf>,

    /// Whose rules: openai, azure, together or fireworks
    #[arg(long, default_value = "openai", value_name = "NAME")]
    provider: String,

    /// The model that tokens and the price are counted for
    #[arg(long, value_name = "MODEL")]
    model: Option<String>,

    /// What the lines are for
    #[arg(long, value_enum, default_value = "supervised")]
    kind: Kind,

    /// Count the tokens of every line exactly
    #[arg(long)]
    tokens: bool,

    /// Print the verdicts as JSON, one a line
    #[arg(long)]
    json: bool,

    /// Write each file anew beside it, as NAME.fixed.jsonl, mended where that is safe, and judge that one
    #[arg(long)]
    fix: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// Learning from answers
    Supervised,
    /// Learning from a better and a worse answer (DPO)
    Preference,
    /// Learning from a grader's marks
    Reinforcement,
}

impl From<Kind> for LineKind {
    fn from(kind: Kind) -> Self {
        match kind {
            Kind::Supervised => Self::Supervised,
            Kind::Preference => Self::Preference,
            Kind::Reinforcement => Self::Reinforcement,
        }
    }
}

/// Validates.
pub(crate) fn run(arguments: &Arguments) -> Result<(), String> {
    let limits =
        Limits::named(&arguments.provider).ok_or("no such provider: openai, azure, together or fireworks")?;
    let options = ValidatorOptions {
        limits,
        kind: arguments.kind.into(),
        model: arguments.model.clone(),
        count_tokens: arguments.tokens,
        ..ValidatorOptions::default()
    };
    let mut refused = 0;
    for file in &arguments.files {
        let named = |error: &dyn std::fmt::Display| format!("{}: {error}", file.display());
        let mut judged = file.clone();
        if arguments.fix {
            judged.set_extension("fixed.jsonl");
            let input = File::open(file).map_err(|error| named(&error))?;
            let output = File::create(&judged).map_err(|error| named(&error))?;
            let mended =
                repair(&mut std::io::BufReader::new(input), &mut std::io::BufWriter::new(output), &options);
            say(&format!("{}: {}", judged.display(), mended.map_err(|error| named(&text(error)))?));
        }
        let mut input = File::open(&judged).map_err(|error| named(&error))?;
        let verdict = validate(&mut input, options.clone(), None).map_err(|error| named(&text(error)))?;
        refused += u32::from(!verdict.is_accepted());
        if arguments.json {
            // One document for each line, so that many files can be read one by one.
            say(&serde_json::to_string(&verdict).map_err(|error| error.to_string())?);
        } else {
            say(&format!("{}: {verdict}", judged.display()));
        }
    }
    if refused > 0 {
        Err(format!("{refused} of {} files would be refused", arguments.files.len()))
    } else {
        Ok(())
    }
}
