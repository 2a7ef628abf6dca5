//! Cues: whole words beside a candidate that say what it is, or that it is not personal.

use super::PiiType;
use super::view::View;
use super::words::{FOREIGN_WORDS, meaning};

/// How far to the left words are read, in bytes.
pub(super) const WINDOW: usize = 56;

/// A set of meanings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) struct Cues(pub(super) u16);

impl Cues {
    /// Phone, and nothing else a shop sells.
    pub(super) const PHONE: Self = Self(1);
    /// Phone, or a product, or something one does with a phone: `mobile`, `desk`, `call`.
    pub(super) const PHONE_MAYBE: Self = Self(1 << 1);
    /// Payment card.
    pub(super) const CARD: Self = Self(1 << 2);
    /// Social security number.
    pub(super) const SSN: Self = Self(1 << 3);
    /// An id of whatever: of a person, of a product.
    pub(super) const ID: Self = Self(1 << 4);
    /// A word that says a state gave the id to a person.
    pub(super) const NATIONAL: Self = Self(1 << 14);
    /// Date of birth.
    pub(super) const BIRTH: Self = Self(1 << 5);
    /// Postal address.
    pub(super) const ADDRESS: Self = Self(1 << 6);
    /// Network address.
    pub(super) const IP: Self = Self(1 << 7);
    /// A number of a thing: sku, model, size, order, price.
    pub(super) const THING: Self = Self(1 << 8);
    /// Version of a program.
    pub(super) const VERSION: Self = Self(1 << 9);
    /// Words that may stand between a cue and its value.
    pub(super) const FILLER: Self = Self(1 << 10);
    /// Fillers that announce a value: `number`, `is`, `at`.
    pub(super) const ANNOUNCES: Self = Self(1 << 11);
    /// Name of a month.
    pub(super) const MONTH: Self = Self(1 << 12);
    /// A word streets end with.
    pub(super) const STREET: Self = Self(1 << 13);

    pub(super) fn any(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    pub(super) fn add(&mut self, other: Self) {
        self.0 |= other.0;
    }
}

/// The nearest words to the left of a candidate.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Near {
    /// Meanings of the nearest word that is not a filler; the label of the field counts as such.
    pub(super) cues: Cues,
    /// Whether a sign or word (`:`, `#`, `is`) says that a value follows.
    pub(super) announced: bool,
}

impl Near {
    pub(super) fn any(self, cues: Cues) -> bool {
        self.cues.any(cues)
    }
}

/// The meanings of all words of a label. Names such as `billingPhone_2` are split.
pub(super) fn of_label(label: &str) -> Cues {
    let mut cues = Cues::default();
    for word in label.split(|character: char| !character.is_alphabetic()).filter(|word| !word.is_empty()) {
        cues.add(of_run(word.as_bytes()));
    }
    cues
}

/// The meanings of one run of letters; camel case is split when the whole means nothing.
fn of_run(run: &[u8]) -> Cues {
    let whole = of_word(run);
    if whole != Cues::default() {
        return whole;
    }
    let mut cues = Cues::default();
    let mut start = 0;
    for place in 2..run.len() {
        if run[place].is_ascii_uppercase() && run[place - 1].is_ascii_lowercase() && place - start >= 2 {
            cues.add(of_word(&run[start..place]));
            start = place;
        }
    }
    if start > 0 {
        cues.add(of_word(&run[start..]));
    }
    cues
}

/// The meanings of one word.
pub(super) fn of_word(word: &[u8]) -> Cues {
    const LONGEST: usize = 24;
    if word.len() > 3 * LONGEST {
        return Cues::default();
    }
    if !word.is_ascii() {
        let folded = String::from_utf8_lossy(word).to_lowercase();
        return FOREIGN_WORDS
            .iter()
            .filter(|(known, _)| {
                // Scripts without spaces run words together: what stands last counts.
                if known.starts_with(|first: char| u32::from(first) >= 0x0E00) {
                    folded.ends_with(known)
                } else {
                    folded == *known
                }
            })
            .fold(Cues::default(), |mut all, (_, cues)| {
                all.add(*cues);
                all
            });
    }
    meaning(word)
}

fn is_letter(byte: u8) -> bool {
    byte.is_ascii_alphabetic() || byte >= 0x80
}

/// Reads the words to the left of `place` up to the first that is no filler.
pub(super) fn near(view: &View<'_>, place: usize) -> Near {
    let mut near = Near { cues: view.label, announced: view.label != Cues::default() };
    let floor = place.saturating_sub(WINDOW);
    let mut at = place;
    while at > floor {
        match view.bytes[at - 1] {
            byte if is_letter(byte) => {
                let (start, cues) = word_before(view, at);
                at = start;
                near.announced |= cues.any(Cues::ANNOUNCES);
                // A compound such as the Japanese for `phone number` is both.
                if !cues.any(Cues::FILLER) || cues.0 & !(Cues::FILLER.0 | Cues::ANNOUNCES.0) != 0 {
                    near.cues.add(cues);
                    return near;
                }
                continue;
            }
            b':' | b'#' | b'=' => near.announced = true,
            b'0'..=b'9' => return near,
            b'>' => {
                if let Some(kind) = placeholder_before(view.bytes, at) {
                    // The next of the same kind shares the cue of what was found already, so that a second pass
                    // over masked text sees what the first one saw.
                    if place - at <= 5 {
                        near.cues.add(kind);
                        near.announced = true;
                    }
                    return near;
                }
            }
            _ => {}
        }
        at -= 1;
    }
    near
}

/// The meanings of all words in the window left of `place`, back to what was found already.
pub(super) fn window(view: &View<'_>, place: usize) -> Cues {
    let mut all = view.label;
    let floor = place.saturating_sub(WINDOW);
    let mut at = place;
    while at > floor {
        let byte = view.bytes[at - 1];
        if is_letter(byte) {
            let (start, cues) = word_before(view, at);
            all.add(cues);
            at = start;
            continue;
        }
        if byte == b'>' && placeholder_before(view.bytes, at).is_some() {
            return all;
        }
        at -= 1;
    }
    all
}

/// The run of letters that ends at `end`: its start and its meanings.
fn word_before(view: &View<'_>, end: usize) -> (usize, Cues) {
    let mut start = end;
    while start > 0 && is_letter(view.bytes[start - 1]) && end - start < WINDOW {
        start -= 1;
    }
    (start, of_run(&view.bytes[start..end]))
}

/// The meanings of the word right of `end`, with at most three signs between.
pub(super) fn right_of(view: &View<'_>, end: usize) -> Cues {
    let mut start = end;
    while start < end + 3 && matches!(view.at(start), b' ' | b'-' | b'(' | b',' | b'\\') {
        start += 1;
    }
    let mut stop = start;
    while stop < start + WINDOW && is_letter(view.at(stop)) {
        stop += 1;
    }
    of_word(&view.bytes[start.min(view.bytes.len())..stop.min(view.bytes.len())])
}

/// The end of the placeholder that starts at `start`, if one does: `<EMAIL_7KQ2>`.
pub(super) fn placeholder_after(bytes: &[u8], start: usize) -> Option<usize> {
    const LONGEST: usize = 40;
    if bytes.get(start) != Some(&b'<') {
        return None;
    }
    let body = &bytes[start + 1..bytes.len().min(start + LONGEST)];
    let end = body.iter().position(|byte| *byte == b'>')?;
    let body = &body[..end];
    let split = body.iter().position(|byte| *byte == b'_')?;
    let (word, mark) = (&body[..split], &body[split + 1..]);
    let plain = word.iter().all(u8::is_ascii_uppercase)
        && mark.iter().all(|byte| byte.is_ascii_uppercase() || byte.is_ascii_digit());
    (plain && word.len() >= 2 && !mark.is_empty()).then_some(start + end + 2)
}

/// The placeholder that ends at `end`, as the cue it stands for.
fn placeholder_before(bytes: &[u8], end: usize) -> Option<Cues> {
    let floor = end.saturating_sub(40);
    let start = floor + bytes[floor..end].iter().rposition(|byte| *byte == b'<')?;
    if placeholder_after(bytes, start) != Some(end) {
        return None;
    }
    let body = &bytes[start + 1..end];
    let is = |kind: PiiType| {
        let word = kind.placeholder().as_bytes();
        body.starts_with(word) && body.get(word.len()) == Some(&b'_')
    };
    Some(if is(PiiType::Phone) {
        Cues::PHONE_MAYBE
    } else if is(PiiType::Card) {
        Cues::CARD
    } else if is(PiiType::Ssn) {
        Cues::SSN
    } else if is(PiiType::NationalId) {
        Cues::ID
    } else {
        Cues::default()
    })
}
