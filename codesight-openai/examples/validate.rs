//! Validates training files and prints the report, how long it took, and how fast that is.
//!
//! `validate [--tokens] [--json] [--archive] [--provider NAME] FILE...`; it ends with 1 when a file is refused.

use std::fs::File;
use std::io::{self, Write as _};
use std::process::ExitCode;
use std::time::Instant;

use codesight_openai::limits::Limits;
use codesight_openai::validate::{ValidatorOptions, validate};

fn main() -> Result<ExitCode, Box<dyn std::error::Error>> {
    let mut options = ValidatorOptions::default();
    let mut files = Vec::new();
    let mut json = false;
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--tokens" => options.count_tokens = true,
            "--json" => json = true,
            "--archive" => options.archive_paths = true,
            "--provider" => {
                let name = arguments.next().unwrap_or_default();
                options.limits = Limits::named(&name).ok_or("openai, azure, together or fireworks")?;
            }
            _ => files.push(argument),
        }
    }
    let mut out = io::stdout().lock();
    let mut accepted = true;
    for file in files {
        let begin = Instant::now();
        let verdict = validate(&mut File::open(&file)?, options.clone(), None)?;
        let seconds = begin.elapsed().as_secs_f64();
        accepted &= verdict.is_accepted();
        if json {
            writeln!(out, "{}", verdict.to_json()?)?;
        } else {
            let speed = verdict.bytes as f64 / 1e6 / seconds.max(1e-9);
            writeln!(out, "{file}: {:.1} ms, {speed:.0} MB/s\n{verdict}", seconds * 1e3)?;
        }
    }
    Ok(if accepted { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
