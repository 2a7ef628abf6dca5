//! What a session, or a data set of sessions, says about personal data: counts, never values.

use std::collections::BTreeMap;
use std::fmt::Write;

use serde::{Deserialize, Serialize};

use super::pseudonym::count_placeholders;
use super::walk::{TextVisitor, Walk};
use super::{Masked, Surface};
use crate::model::{Extra, FieldPolicy, Finding, InteractionData, UnifiedSession};

/// How many stand-ins of one type there are on one surface.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct MaskedCount {
    /// The type, as [`PiiType::as_str`](super::PiiType::as_str) names it.
    #[serde(rename = "type")]
    pub kind: String,
    /// The surface, as [`Surface::as_str`] names it.
    pub surface: String,
    /// What decided: `field` for the policy of a form field, `content` for the value itself.
    pub evidence: String,
    /// How many.
    pub count: u64,
}

/// To what the people whose data it is agreed.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct ConsentSummary {
    /// Sessions by the version of the text that was shown.
    pub text_versions: BTreeMap<String, u64>,
    /// Sessions by purpose; a session may have several.
    pub purposes: BTreeMap<String, u64>,
    /// Sessions whose browser sent a Global Privacy Control signal.
    pub global_privacy_control: u64,
    /// Sessions without the hash of the text that was shown.
    pub without_evidence: u64,
}

/// What was masked in one session or in many, and under which consent and licence they are kept.
///
/// It is made from masked data alone, so that it can be made at any time, and again with the same result. Reports of
/// sessions merge to the report of a data set.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PrivacyReport {
    /// How many sessions it is about.
    pub sessions: u64,
    /// How many interactions they have.
    pub interactions: u64,
    /// Stand-ins by type, surface and evidence, in a stable order.
    pub masked: Vec<MaskedCount>,
    /// Form values by what was kept of them.
    pub policies: BTreeMap<String, u64>,
    /// Findings by rule.
    pub findings: BTreeMap<String, u64>,
    /// Consent.
    pub consent: ConsentSummary,
    /// Sessions by the licence that the session states as `licence`; `not stated` where it states none.
    pub licences: BTreeMap<String, u64>,
}

impl PrivacyReport {
    /// The report of one session.
    pub fn of_session<'a>(
        session: &Masked<UnifiedSession>,
        interactions: impl IntoIterator<Item = &'a Masked<InteractionData>>,
        findings: impl IntoIterator<Item = &'a Finding>,
    ) -> Self {
        let mut report = Self { sessions: 1, ..Self::default() };
        let mut counter = Counter::default();
        for interaction in interactions {
            report.interactions += 1;
            // The walk is the masker's own, which may change what it sees: hence the copy.
            let mut copy = (**interaction).clone();
            let policy = copy.element.as_ref().and_then(|element| element.field_policy);
            if let Some(policy) = policy {
                *report.policies.entry(policy_name(policy).to_owned()).or_default() += 1;
            }
            counter.in_field = policy.is_some_and(|policy| policy != FieldPolicy::Keep);
            copy.walk(&mut counter);
        }
        report.masked = counter.into_counts();
        for finding in findings {
            *report.findings.entry(finding.rule.as_str().to_owned()).or_default() += 1;
        }
        report.consent = ConsentSummary::of(session);
        report.licences.insert(licence(&session.extra), 1);
        report
    }

    /// Adds the report of other sessions.
    pub fn merge(&mut self, other: &Self) {
        self.sessions += other.sessions;
        self.interactions += other.interactions;
        for count in &other.masked {
            let place = self.masked.binary_search_by(|known| key(known).cmp(&key(count)));
            match place {
                Ok(place) => self.masked[place].count += count.count,
                Err(place) => self.masked.insert(place, count.clone()),
            }
        }
        add(&mut self.policies, &other.policies);
        add(&mut self.findings, &other.findings);
        add(&mut self.consent.text_versions, &other.consent.text_versions);
        add(&mut self.consent.purposes, &other.consent.purposes);
        self.consent.global_privacy_control += other.consent.global_privacy_control;
        self.consent.without_evidence += other.consent.without_evidence;
        add(&mut self.licences, &other.licences);
    }

    /// The report for people.
    pub fn to_text(&self) -> String {
        let mut text = format!("{} sessions, {} interactions\n", self.sessions, self.interactions);
        let mut list = |title: &str, lines: &mut dyn Iterator<Item = (String, u64)>| {
            for (index, (name, count)) in lines.enumerate() {
                let title = if index == 0 { title } else { "" };
                let _ = writeln!(text, "{title:10} {name:44} {count:>8}");
            }
        };
        let named = |counts: &BTreeMap<String, u64>| counts.clone().into_iter();
        list(
            "masked",
            &mut self.masked.iter().map(|count| {
                (format!("{}, {}, by {}", count.kind, count.surface, count.evidence), count.count)
            }),
        );
        list("fields", &mut named(&self.policies));
        list("findings", &mut named(&self.findings));
        list("consent", &mut named(&self.consent.text_versions).map(|(name, n)| (format!("text {name}"), n)));
        list("purposes", &mut named(&self.consent.purposes));
        list(
            "opt-out",
            &mut [("Global Privacy Control".to_owned(), self.consent.global_privacy_control)].into_iter(),
        );
        list(
            "no proof",
            &mut [("text that was shown".to_owned(), self.consent.without_evidence)].into_iter(),
        );
        list("licence", &mut named(&self.licences));
        text
    }
}

impl ConsentSummary {
    fn of(session: &UnifiedSession) -> Self {
        let consent = &session.consent;
        Self {
            text_versions: BTreeMap::from([(consent.text_version.clone(), 1)]),
            purposes: consent.purposes.iter().map(|purpose| (purpose.clone(), 1)).collect(),
            global_privacy_control: u64::from(consent.global_privacy_control),
            without_evidence: u64::from(consent.evidence_hash.is_none()),
        }
    }
}

fn key(count: &MaskedCount) -> (&str, &str, &str) {
    (&count.kind, &count.surface, &count.evidence)
}

fn add(counts: &mut BTreeMap<String, u64>, others: &BTreeMap<String, u64>) {
    for (name, count) in others {
        *counts.entry(name.clone()).or_default() += count;
    }
}

fn licence(extra: &Extra) -> String {
    extra.get("licence").and_then(serde_json::Value::as_str).unwrap_or("not stated").to_owned()
}

fn policy_name(policy: FieldPolicy) -> &'static str {
    match policy {
        FieldPolicy::Drop => "drop",
        FieldPolicy::Pseudonymise => "pseudonymise",
        FieldPolicy::Shape => "shape",
        FieldPolicy::Keep => "keep",
    }
}

/// Counts stand-ins on the way through a record.
#[derive(Default)]
struct Counter {
    counts: BTreeMap<(String, &'static str, &'static str), u64>,
    /// Whether the values of this record went by a field's policy.
    in_field: bool,
}

impl Counter {
    fn into_counts(self) -> Vec<MaskedCount> {
        let count = |((kind, surface, evidence), count): ((String, &str, &str), u64)| MaskedCount {
            kind,
            surface: surface.to_owned(),
            evidence: evidence.to_owned(),
            count,
        };
        self.counts.into_iter().map(count).collect()
    }
}

impl TextVisitor for Counter {
    fn text(&mut self, text: &mut String, surface: Surface, _: &str) {
        let mut counts = BTreeMap::new();
        count_placeholders(text.as_bytes(), &mut counts);
        let evidence = if surface == Surface::FieldValue && self.in_field { "field" } else { "content" };
        for (kind, count) in counts {
            *self.counts.entry((kind, surface.as_str(), evidence)).or_default() += u64::from(count);
        }
    }

    fn word(&mut self, _: &mut String) {}
}
