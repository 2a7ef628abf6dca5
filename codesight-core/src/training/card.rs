//! The card of a data set: what is in it, how it was made, and what it may be used for.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use super::duplicates::LeftOut;
use super::formats::Convention;
use super::split::{Part, SplitBy};
use crate::model::{ComputerAction, TrainingExample, UnifiedSession};

/// Collects what a card tells. Nothing in it names a person or quotes a page.
#[derive(Debug, Default)]
pub struct DatasetCard {
    /// The format's name.
    pub format: String,
    /// How places are counted.
    pub convention: Option<Convention>,
    /// What the split keeps apart.
    pub split_by: Option<SplitBy>,
    sessions: BTreeSet<String>,
    sites: BTreeMap<String, u32>,
    purposes: BTreeMap<String, u32>,
    consent_texts: BTreeSet<String>,
    recorders: BTreeMap<String, u32>,
    collectors: BTreeSet<String>,
    actions: BTreeMap<&'static str, u32>,
    parts: BTreeMap<Part, u32>,
    left_out: BTreeMap<LeftOut, usize>,
    values: Vec<f64>,
    complexities: Vec<f64>,
    placeholders: u32,
}

impl DatasetCard {
    /// A card of a format, split by something.
    pub fn new(format: impl Into<String>, split_by: Option<SplitBy>) -> Self {
        Self { format: format.into(), split_by, ..Self::default() }
    }

    /// Notes a session.
    pub fn session(&mut self, session: &UnifiedSession) {
        if !self.sessions.insert(session.id.to_string()) {
            return;
        }
        self.collectors.insert(session.collector.to_string());
        self.consent_texts.insert(session.consent.text_version.clone());
        for purpose in &session.consent.purposes {
            *self.purposes.entry(purpose.clone()).or_default() += 1;
        }
        let recorder = session.capture.recorder.clone().unwrap_or_else(|| "not known".to_owned());
        *self.recorders.entry(recorder).or_default() += 1;
        let site = session.goal.site.clone().unwrap_or_else(|| "not said".to_owned());
        *self.sites.entry(site).or_default() += 1;
    }

    /// Notes an example that was written.
    pub fn example(&mut self, example: &TrainingExample, part: Part) {
        *self.parts.entry(part).or_default() += 1;
        self.values.push(example.training_value);
        self.complexities.push(example.complexity);
        for action in &example.actions {
            *self.actions.entry(name(action)).or_default() += 1;
            if let ComputerAction::Type { text } = action
                && text.contains('<')
            {
                self.placeholders += 1;
            }
        }
    }

    /// Notes what was left out.
    pub fn left_out(&mut self, counts: &BTreeMap<LeftOut, usize>) {
        for (reason, count) in counts {
            *self.left_out.entry(*reason).or_default() += count;
        }
    }

    /// The card as Markdown with the head that data set hubs read.
    pub fn to_markdown(&self) -> String {
        let mut card = String::from(
            "---\ntask_categories:\n- image-text-to-text\ntags:\n- web-agents\n- gui\n---\n\n# Demonstrations on the web\n\n",
        );
        let mut line = |text: String| {
            card.push_str(&text);
            card.push('\n');
        };
        line(format!("- sessions: {}, of {} collectors", self.sessions.len(), self.collectors.len()));
        let parts: Vec<String> =
            self.parts.iter().map(|(part, count)| format!("{part:?} {count}").to_lowercase()).collect();
        line(format!("- examples: {} ({})", self.values.len(), parts.join(", ")));
        if let Some(by) = self.split_by {
            line(format!(
                "- no {} stands in two parts, and no picture does",
                format!("{by:?}").to_lowercase()
            ));
        }
        line(format!("- format: `{}`", self.format));
        if let Some(convention) = self.convention {
            line(format!("- places: {}", told(convention)));
        }
        line(format!(
            "- mean training value {:.3}, mean complexity {:.3}",
            mean(&self.values),
            mean(&self.complexities)
        ));
        let left_out: Vec<String> = self
            .left_out
            .iter()
            .map(|(reason, count)| format!("{reason:?} {count}").to_lowercase())
            .collect();
        if !left_out.is_empty() {
            line(format!("- left out as duplicates or past a collector's share: {}", left_out.join(", ")));
        }
        line(format!("- typed texts with masked values in them: {}", self.placeholders));
        line(String::new());
        table(
            &mut card,
            "Actions",
            "action",
            self.actions.iter().map(|(name, count)| ((*name).to_owned(), *count)),
        );
        table(&mut card, "Sites", "site", self.sites.iter().map(|(name, count)| (name.clone(), *count)));
        table(
            &mut card,
            "Recorders",
            "recorder",
            self.recorders.iter().map(|(name, count)| (name.clone(), *count)),
        );
        card.push_str("## Consent\n\n");
        let versions: Vec<&str> = self.consent_texts.iter().map(String::as_str).collect();
        let _ = writeln!(card, "Versions of the text that was agreed to: {}.\n", versions.join(", "));
        table(
            &mut card,
            "Purposes",
            "purpose",
            self.purposes.iter().map(|(name, count)| (name.clone(), *count)),
        );
        card.push_str(
            "## Personal data\n\nText was masked before it was stored: values that name a person stand as typed placeholders, secrets \
             not at all. Boxes of sensitive fields are painted over in the pictures. What a detector does not know it does not find; \
             treat the data as personal data.\n",
        );
        card
    }
}

fn table(card: &mut String, title: &str, column: &str, rows: impl Iterator<Item = (String, u32)>) {
    let _ = writeln!(card, "### {title}\n\n| {column} | count |\n|---|---|");
    for (name, count) in rows {
        let _ = writeln!(card, "| {} | {count} |", name.replace(['|', '\n', '<'], " "));
    }
    card.push('\n');
}

fn told(convention: Convention) -> &'static str {
    match convention {
        Convention::Pixels => "whole pixels of the stored picture",
        Convention::Unit => "shares of the sides, 0 to 1",
        Convention::Percent => "per cent of the sides, 0 to 100",
        Convention::Thousand => "thousandths of the sides, 0 to 1000",
        Convention::SmartResize(_) => "whole pixels of the picture after the model's own resize",
    }
}

fn mean(values: &[f64]) -> f64 {
    if values.is_empty() { 0.0 } else { values.iter().sum::<f64>() / values.len() as f64 }
}

fn name(action: &ComputerAction) -> &'static str {
    match action {
        ComputerAction::Click { .. } => "click",
        ComputerAction::DoubleClick { .. } => "double_click",
        ComputerAction::Drag { .. } => "drag",
        ComputerAction::Move { .. } => "move",
        ComputerAction::Scroll { .. } => "scroll",
        ComputerAction::Keypress { .. } => "keypress",
        ComputerAction::Type { .. } => "type",
        ComputerAction::SelectOption { .. } => "select_option",
        ComputerAction::Navigate { .. } => "navigate",
        ComputerAction::Wait => "wait",
        ComputerAction::Terminate { .. } => "terminate",
    }
}
