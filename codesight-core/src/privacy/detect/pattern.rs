//! [`PatternDetector`]: the detector that needs no model.
//!
//! One pass: bytes that can start or be inside of something are classed by a table, all others are stepped over. At
//! a classed byte a parser reads on from there, bounded, and a validator decides. No expression engine is involved,
//! so time is linear in the text whatever it holds.

use std::sync::LazyLock;

use memchr::memmem::Finder;

use super::context;
use super::digits::Run;
use super::fold::Folded;
use super::view::{Hit, View};
use super::{
    DetectInput, PiiDetector, PiiSpan, address, bank, card, date, decode, email, national, network, phone,
    secret, settle, social, url,
};

/// Finds personal data and secrets by their form, their check digits and the words beside them.
///
/// ```
/// use codesight_core::privacy::{DetectInput, PatternDetector, PiiDetector, PiiType};
///
/// let mut found = Vec::new();
/// PatternDetector::new().detect(&DetectInput::text("write to jane@shop.test"), &mut found);
/// assert_eq!((found[0].kind, found[0].range.clone()), (PiiType::Email, 9..23));
/// ```
#[derive(Debug, Clone, Default)]
pub struct PatternDetector {}

impl PatternDetector {
    /// The detector. It has no settings: country and cues come with each text.
    pub fn new() -> Self {
        Self {}
    }

    /// The national ids that are known by their check digits: two letters of ISO 3166, and what the id is called.
    pub fn national_ids() -> impl Iterator<Item = (&'static str, &'static str)> {
        national::known()
    }

    /// How many bytes the parsers look at in a text: a measure of work that no clock disturbs.
    pub fn steps(&self, input: &DetectInput<'_>) -> u64 {
        let folded = Folded::new(input.text);
        let mut view = View::new(&folded.bytes, input);
        scan(&mut view, &mut Vec::new());
        view.steps
    }
}

impl PiiDetector for PatternDetector {
    fn version(&self) -> &str {
        "pattern-1"
    }

    fn detect(&self, input: &DetectInput<'_>, found: &mut Vec<PiiSpan>) {
        let folded = Folded::new(input.text);
        let mut hits = Vec::new();
        look(&folded.bytes, input, &mut hits);
        if hits.is_empty() {
            return;
        }
        settle::until_nothing_is_left(&folded.bytes, input, &mut hits);
        found.extend(hits.iter().map(|hit| PiiSpan {
            range: folded.original(hit.start, hit.end),
            kind: hit.kind,
            score: hit.score,
            evidence: hit.evidence,
        }));
    }
}

/// What may start at, or be around, a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[repr(u8)]
enum Class {
    Nothing,
    Digit,
    At,
    Percent,
    Escape,
    Bracket,
    Colon,
    Equals,
    Dash,
    Underscore,
    Letter,
    Less,
}

const CLASSES: [Class; 256] = {
    let mut classes = [Class::Nothing; 256];
    let mut digit = b'0';
    while digit <= b'9' {
        classes[digit as usize] = Class::Digit;
        digit += 1;
    }
    classes[b'@' as usize] = Class::At;
    classes[b'%' as usize] = Class::Percent;
    classes[b'&' as usize] = Class::Escape;
    classes[b'\\' as usize] = Class::Escape;
    classes[b'(' as usize] = Class::Bracket;
    classes[b'[' as usize] = Class::Bracket;
    classes[b'{' as usize] = Class::Bracket;
    classes[b':' as usize] = Class::Colon;
    classes[b'=' as usize] = Class::Equals;
    classes[b'-' as usize] = Class::Dash;
    classes[b'_' as usize] = Class::Underscore;
    classes[b'J' as usize] = Class::Letter;
    classes[b'K' as usize] = Class::Letter;
    classes[b'S' as usize] = Class::Letter;
    classes[b'z' as usize] = Class::Letter;
    classes[b'<' as usize] = Class::Less;
    classes
};

/// Finds what is there as it is written, and in the writings of other formats.
pub(super) fn look(bytes: &[u8], input: &DetectInput<'_>, hits: &mut Vec<Hit>) {
    scan(&mut View::new(bytes, input), hits);
    decode::find_escaped(bytes, input, hits);
    decode::find_packed(bytes, input, hits);
}

pub(super) fn scan(view: &mut View<'_>, hits: &mut Vec<Hit>) {
    let mut at = 0;
    let mut run = Run::new();
    loop {
        let rest = view.bytes.get(at..).unwrap_or_default();
        let Some(skipped) = rest.iter().position(|byte| CLASSES[usize::from(*byte)] != Class::Nothing) else {
            break;
        };
        at += skipped;
        at = step(view, at, &mut run, hits).max(at + 1);
    }
    scan_spelled(view, hits);
    view.steps += view.bytes.len() as u64;
}

/// Looks at the classed byte at `at` and says where to go on.
fn step(view: &mut View<'_>, at: usize, run: &mut Run, hits: &mut Vec<Hit>) -> usize {
    let hit = match CLASSES[usize::from(view.bytes[at])] {
        Class::Nothing => None,
        Class::Digit => return digits(view, at, run, hits),
        Class::At => email::find(view, at, at + 1),
        Class::Percent => match email::encoded_sign(view, at) {
            Some(after) => email::find(view, at, after),
            // The digits of an escape are none; `%2B` is a plus sign before them.
            None if view.at(at + 1).is_ascii_hexdigit() && view.at(at + 2).is_ascii_hexdigit() => {
                return at + 3;
            }
            None => None,
        },
        Class::Escape => email::encoded_sign(view, at).and_then(|after| email::find(view, at, after)),
        Class::Bracket => email::find_spelled(view, at),
        Class::Colon => return colon(view, at, hits),
        Class::Equals => secret::find_named(view, at),
        Class::Dash => dash(view, at),
        Class::Underscore => secret::find_prefixed(view, at),
        Class::Letter if secret::may_be_lettered(view.before(at, 1), view.bytes[at]) => {
            secret::find_lettered(view, at)
        }
        Class::Letter => None,
        Class::Less if !view.at(at + 1).is_ascii_uppercase() => None,
        Class::Less => return context::placeholder_after(view.bytes, at).unwrap_or(at + 1),
    };
    match hit {
        Some(hit) => push(hits, hit),
        None => at + 1,
    }
}

/// Adds a find. It may take in what was found before within it; it never overlaps.
fn push(hits: &mut Vec<Hit>, mut hit: Hit) -> usize {
    while let Some(last) = hits.last() {
        if last.end <= hit.start {
            break;
        }
        let (start, end) = (last.start.min(hit.start), last.end.max(hit.end));
        if last.end - last.start > hit.end - hit.start {
            hit = *last;
        }
        (hit.start, hit.end) = (start, end);
        hits.pop();
    }
    hits.push(hit);
    hit.end
}

fn dash(view: &mut View<'_>, at: usize) -> Option<Hit> {
    match view.at(at + 1) {
        b'-' if view.before(at, 1) != b'-' => secret::find_key_block(view, at),
        _ => match (view.before(at, 2), view.before(at, 1)) {
            (b's', b'k') | (b'a', b't') | (b'x', _) | (b'p', b'p' | b'i') => secret::find_prefixed(view, at),
            (high, low) if high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => {
                network::find_dashes(view, at)
            }
            _ => None,
        },
    }
}

fn colon(view: &mut View<'_>, at: usize, hits: &mut Vec<Hit>) -> usize {
    if view.at(at + 1) == b'/' && view.at(at + 2) == b'/' && url::scheme_start(view.bytes, at).is_some() {
        let start = at + 3;
        // A URL within a URL ends where the outer one does.
        if !view.in_url(at) {
            view.url_end = url::end_of(view.bytes, start);
            view.steps += (view.url_end - start) as u64;
        }
        if let Some((hit, sign)) = secret::find_user_info(view, start) {
            push(hits, hit);
            return sign + 1;
        }
        return start;
    }
    let named = secret::find_named(view, at);
    if let Some(hit) = named {
        return push(hits, hit);
    }
    let (hit, next) = network::find_colons(view, at);
    match hit {
        Some(hit) => push(hits, hit),
        // Digits behind it may be a port or a phone number: only colons are known to be done with.
        None => at + (next - at).min(1),
    }
}

fn digits(view: &mut View<'_>, at: usize, run: &mut Run, hits: &mut Vec<Hit>) -> usize {
    let attached = view.before(at, 1).is_ascii_alphanumeric() || view.before(at, 1) == b'_';
    run.read(view, at);
    let first = run.groups()[0];
    let followed = view.at(first.end);
    let token_like = attached || followed.is_ascii_alphabetic();
    if !token_like && run.total() < 4 {
        // Prices and counts, the bulk of a shop: only a date or an address may start with so few.
        let hit = if view.at(first.end) == b'-' { social::find_disguised(view, at) } else { None }
            .or_else(|| date::find(view, run))
            .or_else(|| address::find(view, run));
        return hit.map_or_else(|| first.end, |hit| push(hits, hit));
    }
    if let Some(hit) = number(view, run, attached) {
        return push(hits, hit);
    }
    // A second number in the same run starts with its own group.
    first.end
}

fn number(view: &mut View<'_>, run: &Run, attached: bool) -> Option<Hit> {
    let at = run.start();
    if let Some(hit) = network::find_dots(view, at) {
        return Some(hit);
    }
    if attached {
        let encoded_plus = view.before(at, 2) == b'2' && view.before(at, 3) == b'%';
        return bank::find(view, at)
            .or_else(|| if encoded_plus { phone::find(view, run) } else { None })
            .or_else(|| national::tokens::find(view, at))
            .or_else(|| social::find_disguised(view, at));
    }
    if let Some(hit) = card::find(view, run).or_else(|| network::find_v4(view, run)) {
        return Some(hit);
    }
    if let Some(hit) = social::find(view, run).or_else(|| national::find(view, run)) {
        return Some(hit);
    }
    let first = run.groups()[0];
    let mixed = view.at(first.end).is_ascii_alphabetic()
        || run.groups().len() > 1 && matches!(view.at(first.end), b'.' | b'-' | b'+');
    if mixed && let Some(hit) = national::tokens::find(view, at).or_else(|| social::find_disguised(view, at))
    {
        return Some(hit);
    }
    date::find(view, run).or_else(|| phone::find(view, run)).or_else(|| address::find(view, run))
}

/// Addresses with bare words, ` at ` and ` dot `: looked for only left of a ` dot `, which is rare.
fn scan_spelled(view: &mut View<'_>, hits: &mut Vec<Hit>) {
    const REACH: usize = 160;
    const SHORTEST: usize = b"a at b dot cc".len();
    static WORDS: LazyLock<[Finder<'static>; 2]> =
        LazyLock::new(|| [Finder::new(b" dot "), Finder::new(b" DOT ")]);
    if view.bytes.len() < SHORTEST {
        return;
    }
    let mut done = 0;
    let mut spelled = Vec::new();
    for word in &*WORDS {
        for dot in word.find_iter(view.bytes) {
            let mut at = done.max(dot.saturating_sub(REACH));
            while let Some(place) =
                memchr::memchr2(b'a', b'A', &view.bytes[at.min(dot)..dot]).map(|place| at + place)
            {
                at = place + 1;
                if view.before(place, 1) == b' '
                    && let Some(hit) = email::find_spelled(view, place - 1)
                {
                    at = hit.end;
                    spelled.push(hit);
                    break;
                }
            }
            done = at;
        }
        done = 0;
    }
    if spelled.is_empty() {
        return;
    }
    hits.append(&mut spelled);
    hits.sort_by_key(|hit| hit.start);
    let sorted = std::mem::take(hits);
    for hit in sorted {
        push(hits, hit);
    }
}
