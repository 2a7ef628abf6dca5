//! Whether what was done is what the goal names.
//!
//! A goal often names what is to be done letter for letter: the words on a button, a text to enter, the items to
//! choose, a date. These [terms](terms) are looked for in what the person did: the names of the elements acted on, the
//! texts entered, the options chosen, the boxes ticked at the end, and what the fields hold. Values that were masked by
//! their shape are compared by it.
//!
//! This is the one rule of the stages that reads words of a page, and it reads no more than it needs: only of elements
//! that the person acted on, with the words right beside them, and only whether they hold a term of the goal. Words
//! that are added to them, seen or unseen, change nothing.

mod terms;
mod words;

use std::collections::{BTreeMap, BTreeSet};

use self::terms::{Kind, Term, Terms};
use self::words::{fold, holds};
use super::facts;
use crate::model::{ElementData, FieldPolicy, InteractionData, InteractionType};
use crate::privacy::{is_placeholder, shape};

/// Fields and boxes that are remembered; a person fills in fewer.
const MOST_CONTROLS: usize = 512;
/// How much an agreement in letters but not in case or punctuation counts where a goal quotes.
const NEARLY: f64 = 0.5;
/// How much a text counts that is known by its shape alone.
const BY_SHAPE: f64 = 0.8;
/// How much a box counts that is ticked in the place of an item of the list and has other words.
const BY_NUMBER: f64 = 0.6;
/// Letters or digits in a row that a shape tells apart.
const LONGEST_RUN: usize = 3;
/// How much it counts that a word stands beside what was clicked, rather than on it.
const BESIDE: f64 = 0.9;
/// How much a box weighs that is ticked and not in the goal, where the goal lists none: it may be the terms of sale.
const STRAY: f64 = 0.5;
const MOST_STRAYS: usize = 2;
/// The fewest items of what is a list without more signs of it.
const SURE_LIST: usize = 3;
/// How much is left when something was entered or chosen last and nothing was pressed after it.
const NOT_SENT: f64 = 0.3;
/// Below this share of what the goal states letter for letter, it is not what was done.
const MISSED: f64 = 0.5;

/// How far what was done agrees with what the goal names.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Agreement {
    /// 0 to 1.
    pub(crate) share: f64,
    /// Whether what the goal states letter for letter was plainly not done.
    pub(crate) missed: bool,
}

/// What the goal names, and what of it was done so far.
#[derive(Debug, Clone, Default)]
pub(crate) struct GoalProgress {
    terms: Terms,
    /// All its words, as they are compared.
    goal: String,
    /// How well each term is met by an action, 0 to 1.
    met: Vec<f64>,
    /// What each field holds, by the field.
    fields: BTreeMap<String, Held>,
    /// Each box that was ticked or unticked: whether it is ticked, and its words.
    boxes: BTreeMap<String, (bool, String)>,
    /// Fields of whose values nothing can be told.
    hidden: BTreeSet<String>,
    /// Whether an item of the list stands beside something that was clicked: then it is one of the page.
    list_seen: bool,
    acted: bool,
    /// Whether the last thing done was to enter or choose, which is still to be sent.
    unsent: bool,
}

#[derive(Debug, Clone)]
struct Held {
    value: String,
    is_shape: bool,
}

impl GoalProgress {
    /// Of a goal that nothing has been done for.
    pub(crate) fn of(goal: &str) -> Self {
        let terms = Terms::of(goal);
        Self { met: vec![0.0; terms.all.len()], terms, goal: fold(goal), ..Self::default() }
    }

    /// One more interaction.
    pub(crate) fn add(&mut self, interaction: &InteractionData) {
        if self.terms.all.is_empty() {
            return;
        }
        self.note_form(interaction);
        let Some(element) = &interaction.element else { return };
        match &interaction.kind {
            InteractionType::Click | InteractionType::DoubleClick => self.add_click(interaction, element),
            InteractionType::Input
            | InteractionType::Paste
            | InteractionType::Change
            | InteractionType::Select => {
                self.acted = true;
                self.unsent = true;
                // Of a list the words that are chosen, not the value behind them; of a field what it holds now.
                let (text, value) = (interaction.action.text.as_deref(), element.value.as_deref());
                let is_list = interaction.kind == InteractionType::Select;
                let held = if is_list { text.or(value) } else { value.or(text) };
                self.note_field(key(interaction, element), held, element.field_policy);
            }
            InteractionType::Submit | InteractionType::Key => self.unsent = false,
            _ => {}
        }
    }

    fn add_click(&mut self, interaction: &InteractionData, element: &ElementData) {
        self.acted = true;
        let own = own_words(element);
        if facts::is_toggle(element) || element.tag == "label" {
            self.unsent = true;
            let words = own.first().copied().unwrap_or_default();
            let is_radio =
                element.input_type.as_deref() == Some("radio") || element.role.as_deref() == Some("radio");
            // Of the radio buttons of one name the last one counts.
            let group = element.attributes.get("name").map(String::as_str).filter(|_| is_radio);
            let known = group.or(id(element)).unwrap_or(words);
            if self.boxes.len() < MOST_CONTROLS || self.boxes.contains_key(known) {
                let ticked = self.boxes.get(known).is_some_and(|(ticked, _)| *ticked);
                let now = is_radio || !element.checked.unwrap_or(ticked);
                self.boxes.insert(known.to_owned(), (now, words.to_owned()));
            }
            return;
        }
        if holds_text(element) {
            own.into_iter().for_each(|words| self.meet(words, true));
            return;
        }
        self.unsent = false;
        own.into_iter().for_each(|words| self.meet(words, true));
        // The user, the product, the row that a button belongs to: beside it, and never in quotation marks.
        let beside = element.fingerprint.as_ref().and_then(|known| known.neighbour_text.as_deref());
        if let Some(beside) = beside {
            self.meet(beside, false);
            let folded = fold(beside);
            let is_beside = self.listed().any(|term| holds(&folded, &term.folded));
            self.list_seen |= is_beside;
        }
        self.meet(&interaction.page_context.url, false);
    }

    fn note_form(&mut self, interaction: &InteractionData) {
        for field in &interaction.user_context.form {
            if field.filled || field.value.is_some() {
                self.note_field(format!("form {}", field.name), field.value.as_deref(), None);
            }
        }
    }

    fn note_field(&mut self, field: String, value: Option<&str>, policy: Option<FieldPolicy>) {
        let is_full = self.fields.len() + self.hidden.len() >= MOST_CONTROLS;
        if is_full && !self.fields.contains_key(&field) {
            return;
        }
        match value {
            Some(value) if policy != Some(FieldPolicy::Drop) => {
                if is_placeholder(value) {
                    self.hidden.insert(field.clone());
                }
                let is_shape = is_shape(value);
                self.fields.insert(field, Held { value: value.to_owned(), is_shape });
            }
            _ => {
                self.hidden.insert(field);
            }
        }
    }

    /// Terms that these words hold.
    fn meet(&mut self, words: &str, is_own: bool) {
        let folded = fold(words);
        for (term, met) in self.terms.all.iter().zip(&mut self.met) {
            let allowed = is_own || matches!(term.kind, Kind::Stated | Kind::Hinted);
            // The same words stand beside every other button of a row.
            let counts = if is_own { 1.0 } else { BESIDE };
            if allowed && *met < counts {
                *met = met.max(counts * agrees(term, words, &folded));
            }
        }
    }

    fn listed(&self) -> impl Iterator<Item = &Term> {
        self.terms.all.iter().filter(|term| term.kind == Kind::Listed)
    }

    /// How far it agrees so far; none when the goal names nothing, or nothing was done.
    pub(crate) fn agreement(&self) -> Option<Agreement> {
        if self.terms.all.is_empty() || !self.acted {
            return None;
        }
        let ticked: Vec<(&str, String)> = self
            .boxes
            .values()
            .filter(|(ticked, _)| *ticked)
            .map(|(_, words)| (words.as_str(), fold(words)))
            .collect();
        let met = self.met_with(&ticked);
        let is_list = self.is_list(&met, !ticked.is_empty());
        let sum = self.sum(&met, is_list)?;
        let strays = ticked.iter().filter(|(_, folded)| !holds(&self.goal, folded)).count();
        let mut share = if is_list {
            // What is asked for in other words than the page's is chosen one for one.
            let exchanged = strays.min(sum.listed_missing);
            (sum.found + BY_NUMBER * exchanged as f64) / (sum.whole + (strays - exchanged) as f64)
        } else {
            sum.found / (sum.whole + STRAY * strays.min(MOST_STRAYS) as f64)
        };
        if self.unsent {
            share *= NOT_SENT;
        }
        let missed = sum.plain > 0.0 && sum.plainly_met / sum.plain < MISSED;
        Some(Agreement { share, missed })
    }

    /// How well each term is met by actions, by what the fields hold and by the boxes that are ticked.
    fn met_with(&self, ticked: &[(&str, String)]) -> Vec<f64> {
        let fields: Vec<(&Held, String)> =
            self.fields.values().map(|held| (held, fold(&held.value))).collect();
        let best = |(term, met): (&Term, &f64)| {
            let held = fields.iter().map(|(held, folded)| in_field(term, held, folded));
            let chosen = ticked.iter().map(|(words, folded)| agrees(term, words, folded));
            held.chain(chosen).fold(*met, f64::max)
        };
        self.terms.all.iter().zip(&self.met).map(best).collect()
    }

    /// Whether what looks like a list is one. Two words with a comma between them may be anything.
    fn is_list(&self, met: &[f64], has_ticked: bool) -> bool {
        let is_met = |(term, met): (&Term, &f64)| term.kind == Kind::Listed && *met > 0.0;
        match self.listed().count() {
            0 => false,
            listed if listed >= SURE_LIST => true,
            _ => self.list_seen || has_ticked || self.terms.all.iter().zip(met).any(is_met),
        }
    }

    fn sum(&self, met: &[f64], is_list: bool) -> Option<Sum> {
        let mut sum = Sum::default();
        // Values of which nothing is told may be what the goal names.
        let mut excused = self.hidden.len();
        for (term, met) in self.terms.all.iter().zip(met) {
            if term.kind == Kind::Listed && !is_list {
                continue;
            }
            if *met == 0.0 && excused > 0 && term.kind != Kind::Hinted {
                excused -= 1;
                continue;
            }
            let weight = term.kind.weight();
            sum.whole += weight;
            sum.found += weight * met;
            match term.kind {
                Kind::Quoted | Kind::Stated => {
                    sum.plain += weight;
                    sum.plainly_met += weight * met;
                }
                Kind::Listed if *met == 0.0 => sum.listed_missing += 1,
                Kind::Listed | Kind::Hinted => {}
            }
        }
        (sum.whole > 0.0).then_some(sum)
    }
}

/// What the terms weigh together, and how much of it is met.
#[derive(Debug, Clone, Copy, Default)]
struct Sum {
    whole: f64,
    found: f64,
    /// Of the terms that are stated letter for letter.
    plain: f64,
    plainly_met: f64,
    listed_missing: usize,
}

/// How well words say a term, 0 to 1.
fn agrees(term: &Term, words: &str, folded: &str) -> f64 {
    let said = holds(folded, &term.folded) || term.others.iter().any(|other| holds(folded, other));
    match term.kind {
        _ if !said => 0.0,
        Kind::Quoted if !stands_in(words, &term.text) => NEARLY,
        _ => 1.0,
    }
}

/// Whether a text stands in another letter for letter, with nothing but white space around it or nothing at all.
fn stands_in(words: &str, text: &str) -> bool {
    let unseen_gone: String = words.chars().filter(|letter| !words::is_unseen(*letter)).collect();
    unseen_gone.match_indices(text).any(|(at, _)| {
        let (before, after) = (&unseen_gone[..at], &unseen_gone[at + text.len()..]);
        before.chars().next_back().is_none_or(char::is_whitespace)
            && after.chars().next().is_none_or(char::is_whitespace)
    })
}

fn in_field(term: &Term, held: &Held, folded: &str) -> f64 {
    let said = agrees(term, &held.value, folded);
    if said > 0.0 || !held.is_shape {
        return said;
    }
    let alike = rough_shape(&term.text) == rough_shape(&held.value)
        || [&term.folded].into_iter().chain(&term.others).any(|way| rough_shape(way) == rough_shape(folded));
    if alike { BY_SHAPE } else { 0.0 }
}

fn id(element: &ElementData) -> Option<&str> {
    element.attributes.get("id").map(String::as_str).filter(|id| !id.is_empty())
}

/// Whether a value shows no more than its shape, as the masker or a recorder writes it.
fn is_shape(value: &str) -> bool {
    let mut letters = value.chars().filter(|letter| letter.is_alphanumeric()).peekable();
    letters.peek().is_some() && letters.all(|letter| matches!(letter, 'x' | 'X' | '0' | '9'))
}

/// The shape of a text, with its length only roughly: recorders shorten long runs.
fn rough_shape(text: &str) -> String {
    let mut rough = String::new();
    let mut run = 0;
    for letter in shape(text).chars() {
        let letter = letter.to_ascii_lowercase();
        run = if rough.ends_with(letter) { run + 1 } else { 1 };
        if run <= LONGEST_RUN || !matches!(letter, 'x' | '0') {
            rough.push(letter);
        }
    }
    rough
}

/// What names one control among those of a page.
fn key(interaction: &InteractionData, element: &ElementData) -> String {
    match (&interaction.selectors, id(element)) {
        (_, Some(id)) => id.to_owned(),
        (Some(selectors), None) => selectors.primary.clone(),
        (None, None) => element.name.clone().unwrap_or_default(),
    }
}

/// What an element is called: its name, its text, its kind, and what its authors named it.
fn own_words(element: &ElementData) -> Vec<&str> {
    let attribute = |name: &str| element.attributes.get(name).map(String::as_str);
    [&element.name, &element.text, &element.input_type, &element.role]
        .map(Option::as_deref)
        .into_iter()
        .chain(["title", "alt", "aria-label", "value", "class", "id"].map(attribute))
        .flatten()
        .filter(|words| !words.is_empty())
        .collect()
}

fn holds_text(element: &ElementData) -> bool {
    let is_button = matches!(element.input_type.as_deref(), Some("submit" | "button" | "reset" | "image"));
    matches!(element.tag.as_str(), "input" | "textarea" | "select") && !is_button
}
