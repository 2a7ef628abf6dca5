//! How far the recorded selectors can be trusted, judged by what was recorded with them.
//!
//! score = prior of the kind x uniqueness x quality of the value. The priors are the share of elements that were found
//! again, alone, in a newer version of the same page (604 pairs of 40 real sites), where the kind was measured:
//!
//! | kind | prior | | kind | prior | |
//! |---|---|---|---|---|---|
//! | test-id | 0.95 | judged: a promise of the site | id | 0.59 | measured |
//! | role | 0.85 | judged: role and name | xpath from an id | 0.42 | measured |
//! | name | 0.81 | measured | css-path | 0.22 | measured for classes |
//! | label | 0.80 | judged | absolute xpath | 0.21 | measured |
//! | placeholder | 0.75 | judged | playwright | 0.80 | judged: made of the kinds above |
//! | text | 0.69 | measured | another kind | 0.20 | judged |
//!
//! Uniqueness is 1 for one match at capture, 1/n for n, 0 for none, and 0.8 where nobody counted. The quality of the
//! value is judged for structural kinds only, never for those that quote the page's words. A selector that was looked up on later states of
//! its page is worth what was expected of it, as two pages, and what was found on them.

use serde::{Deserialize, Serialize};

use super::survival::Survival;
use super::{facts, options, rules};
use crate::error::Result;
use crate::model::{Finding, InteractionData, SelectorKind, SelectorSet, SelectorSurvival, SelectorTest};
use crate::pipeline::{Draft, EnhancedInteraction, Stage};

/// Options of [`Selectors`].
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SelectorsOptions {
    /// Best scores below this are reported as fragile, 0 to 1; 0.4 by default.
    pub fragile_below: f64,
}

impl Default for SelectorsOptions {
    fn default() -> Self {
        Self { fragile_below: 0.4 }
    }
}

/// Scores the selectors of every interaction that is done to an element.
#[derive(Debug, Default)]
pub struct Selectors {
    options: SelectorsOptions,
}

impl Selectors {
    /// With options.
    ///
    /// # Errors
    /// [`ErrorKind::Invalid`](crate::ErrorKind::Invalid) for a negative number.
    pub fn new(options: SelectorsOptions) -> Result<Self> {
        options::not_negative("fragileBelow", options.fragile_below)?;
        Ok(Self { options })
    }
}

impl Stage for Selectors {
    fn name(&self) -> &'static str {
        "selectors"
    }

    fn run(&self, draft: &mut Draft) {
        let mut findings = Vec::new();
        let mut survival = Survival::default();
        for step in &mut draft.steps {
            survival.add(&step.interaction);
            draft.selector_tests.extend(self.judge(step, &mut findings));
        }
        draft.survival = survival.report();
        draft.findings.append(&mut findings);
    }
}

impl Selectors {
    /// Scores the selectors of one interaction, and gives what the recorder measured of them.
    pub(crate) fn judge(
        &self,
        step: &mut EnhancedInteraction,
        findings: &mut Vec<Finding>,
    ) -> Vec<SelectorTest> {
        let interaction: &InteractionData = &step.interaction;
        let Some(set) = &interaction.selectors else { return Vec::new() };
        let scored = scores(set);
        let best = scored.iter().map(|scored| scored.score).fold(0.0, f64::max);
        if facts::acts_on_element(&interaction.kind) && !scored.is_empty() {
            report(step.seq, set, &scored, best < self.options.fragile_below, findings);
        }
        let tests = scored.iter().filter_map(|scored| scored.test(step.seq)).collect();
        step.derived.reliability = Some(facts::share(best));
        tests
    }
}

fn report(seq: u64, set: &SelectorSet, scored: &[Scored<'_>], fragile: bool, findings: &mut Vec<Finding>) {
    let mut counted = set.reliability.iter().filter_map(|known| known.matches).peekable();
    if counted.peek().is_some() && counted.all(|matches| matches == 0) {
        findings.push(rules::TARGET_NOT_IN_PAGE.at(seq).in_field("selectors.reliability"));
        return;
    }
    let primary = scored.iter().find(|scored| scored.value == set.primary);
    if primary.and_then(|scored| scored.matches).is_some_and(|matches| matches != 1) {
        findings.push(rules::SELECTOR_AMBIGUOUS.at(seq).in_field("selectors.primary"));
    }
    if fragile {
        findings.push(rules::SELECTOR_FRAGILE.at(seq).in_field("selectors"));
    }
}

/// One selector with what it is worth.
struct Scored<'a> {
    value: &'a str,
    kind: SelectorKind,
    matches: Option<u32>,
    score: f64,
}

impl Scored<'_> {
    /// What the recorder measured when it counted the matches; none when it did not.
    fn test(&self, seq: u64) -> Option<SelectorTest> {
        let matches = self.matches?;
        Some(SelectorTest {
            selector: self.value.to_owned(),
            kind: self.kind.clone(),
            seq,
            matches,
            found_target: matches == 1,
            score: facts::share(self.score),
            tested_at: None,
        })
    }
}

/// Every selector of a set with its kind, each once.
pub(super) fn each(set: &SelectorSet) -> Vec<(&str, SelectorKind)> {
    scores(set).into_iter().map(|scored| (scored.value, scored.kind)).collect()
}

fn scores(set: &SelectorSet) -> Vec<Scored<'_>> {
    let named = set.alternatives.iter().map(|selector| (selector.value.as_str(), Some(&selector.kind)));
    let paths = [
        (set.xpath.as_str(), Some(&SelectorKind::Xpath)),
        (set.css_path.as_str(), Some(&SelectorKind::CssPath)),
    ];
    let mut scored: Vec<Scored<'_>> = Vec::with_capacity(set.alternatives.len() + 3);
    for (value, kind) in std::iter::once((set.primary.as_str(), None)).chain(named).chain(paths) {
        if value.is_empty() || scored.iter().any(|known| known.value == value) {
            continue;
        }
        let recorded = set.reliability.iter().find(|known| known.selector == value);
        let matches = recorded.and_then(|known| known.matches);
        let kind = kind
            .or_else(|| recorded.map(|known| &known.kind))
            .or_else(|| set.alternatives.iter().find(|other| other.value == value).map(|other| &other.kind))
            .cloned()
            .unwrap_or_else(|| guess_kind(value));
        let expected = prior(&kind, value) * uniqueness(matches) * quality(&kind, value);
        let score =
            recorded.and_then(|known| known.later).map_or(expected, |later| measured(expected, later));
        scored.push(Scored { value, kind, matches, score });
    }
    scored
}

/// What was expected and what was seen, where the expectation weighs as much as two pages.
fn measured(expected: f64, later: SelectorSurvival) -> f64 {
    const EXPECTED: f64 = 2.0;
    (EXPECTED * expected + f64::from(later.found)) / (EXPECTED + f64::from(later.pages))
}

fn guess_kind(value: &str) -> SelectorKind {
    if value.starts_with('/') || value.starts_with("(/") {
        SelectorKind::Xpath
    } else if value.starts_with("[data-test")
        || value.starts_with("[data-qa")
        || value.starts_with("[data-cy")
    {
        SelectorKind::TestId
    } else if value.starts_with('#') && !value.contains([' ', '>']) {
        SelectorKind::Id
    } else {
        SelectorKind::CssPath
    }
}

fn prior(kind: &SelectorKind, value: &str) -> f64 {
    match kind {
        SelectorKind::TestId => 0.95,
        SelectorKind::Role => 0.85,
        SelectorKind::Name => 0.81,
        SelectorKind::Label | SelectorKind::Playwright => 0.80,
        SelectorKind::Placeholder => 0.75,
        SelectorKind::Text => 0.69,
        SelectorKind::Id => 0.59,
        SelectorKind::Xpath if value.contains("@id") => 0.42,
        SelectorKind::CssPath => 0.22,
        SelectorKind::Xpath => 0.21,
        SelectorKind::Other(_) => 0.20,
    }
}

fn uniqueness(matches: Option<u32>) -> f64 {
    match matches {
        Some(0) => 0.0,
        Some(matches) => 1.0 / f64::from(matches),
        None => 0.8,
    }
}

/// Long paths and names made by a build tool break first.
fn quality(kind: &SelectorKind, value: &str) -> f64 {
    if !matches!(
        kind,
        SelectorKind::TestId
            | SelectorKind::Id
            | SelectorKind::Name
            | SelectorKind::CssPath
            | SelectorKind::Xpath
    ) {
        return 1.0;
    }
    let mut quality = 1.0;
    if has_made_up_name(value) {
        quality *= 0.5;
    }
    if value.contains("nth-") {
        quality *= 0.7;
    }
    if value.len() > 120 {
        quality *= 0.8;
    }
    quality
}

/// Whether a word of the selector looks like a hash: six or more letters and digits, changing between the two at least
/// twice, as in `css-1x2y3z`.
fn has_made_up_name(value: &str) -> bool {
    value.split(|letter: char| !letter.is_ascii_alphanumeric()).any(|word| {
        let changes = word
            .as_bytes()
            .windows(2)
            .filter(|pair| matches!(pair, [a, b] if a.is_ascii_digit() != b.is_ascii_digit()));
        word.len() >= 6 && changes.count() >= 2
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_made_by_a_build_tool_are_told_from_words() {
        for made_up in [".css-1x2y3z", "#r1a2b3", ".sc-ay6k2d .btn", "card_x1y2z3"] {
            assert!(has_made_up_name(made_up), "{made_up}");
        }
        for word in ["#field-email", ".product-card", "[data-testid=\"add-42\"]", "//div[2]/span", ".step2"] {
            assert!(!has_made_up_name(word), "{word}");
        }
    }
}
