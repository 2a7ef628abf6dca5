//! Defects put into good sessions at random places: each is reported with its rule at its place, and costs points.

use codesight_core::id::ContentHash;
use codesight_core::model::{Finding, InteractionData, InteractionType, RuleId, Severity};
use serde_json::json;

use super::fixture::{Chance, Place, Session, fired, from, interaction, target};

/// A kind of defect.
pub(crate) struct Defect {
    /// The rule that must report it.
    pub(crate) rule: &'static str,
    /// Where it can be put: at interactions for which this holds, given the one before.
    fits: fn(&InteractionData, Option<&InteractionData>) -> bool,
    /// Puts it at a place, and says where it is to be reported.
    put: fn(&mut Session, u64) -> Option<u64>,
}

impl Defect {
    /// Puts it at a place that chance chooses; none where no place fits.
    pub(crate) fn put(&self, session: &mut Session, seed: u64) -> Option<Option<u64>> {
        let all: Vec<_> = session.interactions().collect();
        let places: Vec<u64> = all
            .iter()
            .enumerate()
            // Of a place that another defect sent twice, the first is the one that counts.
            .filter(|(index, (seq, _))| all.iter().position(|(place, _)| place == seq) == Some(*index))
            // Its pictures are stored, whatever was done to those of others.
            .filter(|(_, (_, it))| it.screenshots.iter().all(|picture| session.has_frame(&picture.hash)))
            .filter(|(index, (seq, it))| {
                // A gap that another defect left between two interactions parts them.
                let before = index.checked_sub(1).map(|index| all[index]);
                (self.fits)(it, before.filter(|(before, _)| before + 1 == *seq).map(|(_, previous)| previous))
            })
            .map(|(_, (seq, _))| *seq)
            .collect();
        let place = *places.get(Chance::new(seed).below(places.len()))?;
        Some((self.put)(session, place))
    }
}

/// A click that no other defect has stripped of what it was made on.
fn is_click(it: &InteractionData, _: Option<&InteractionData>) -> bool {
    let has_selectors = it.selectors.as_ref().is_some_and(|selectors| !selectors.reliability.is_empty());
    it.kind == InteractionType::Click && it.element.is_some() && has_selectors && !it.screenshots.is_empty()
}

fn any(_: &InteractionData, _: Option<&InteractionData>) -> bool {
    true
}

fn has_before(it: &InteractionData, _: Option<&InteractionData>) -> bool {
    it.kind != InteractionType::Navigation && !it.screenshots.is_empty()
}

fn needs_picture(it: &InteractionData, previous: Option<&InteractionData>) -> bool {
    has_before(it, previous) && !matches!(it.kind, InteractionType::Hover | InteractionType::Copy)
}

fn same_page(it: &InteractionData, previous: Option<&InteractionData>) -> bool {
    previous.is_some_and(|previous| previous.page_context.url == it.page_context.url)
}

fn not_first(_: &InteractionData, previous: Option<&InteractionData>) -> bool {
    previous.is_some()
}

/// Follows, on the same page, something that leads nowhere, so that only a gap explains another page.
fn follows_idle(it: &InteractionData, previous: Option<&InteractionData>) -> bool {
    let idle = |it: &InteractionData| {
        matches!(it.kind, InteractionType::Scroll | InteractionType::Hover | InteractionType::Copy)
    };
    same_page(it, previous) && it.kind != InteractionType::Navigation && previous.is_some_and(idle)
}

fn follows_arrival(it: &InteractionData, previous: Option<&InteractionData>) -> bool {
    needs_picture(it, previous)
        && same_page(it, previous)
        && previous.is_some_and(|previous| previous.kind == InteractionType::Navigation)
}

fn both_have_pictures(it: &InteractionData, previous: Option<&InteractionData>) -> bool {
    needs_picture(it, previous) && previous.is_some_and(|previous| needs_picture(previous, None))
}

pub(crate) const DEFECTS: &[Defect] = &[
    Defect {
        rule: "capture-gap",
        fits: any,
        put: |session, seq| {
            session.insert(seq, Place::Gap(from(json!({"kind": "quota", "from": 50_000, "lost": 2}))));
            Some(seq)
        },
    },
    Defect {
        rule: "click-outside-element",
        fits: is_click,
        put: |session, seq| {
            let element = session.at(seq).element.as_mut().expect("element");
            element.bounding_box = Some(from(json!({"x": 1, "y": 760, "width": 20, "height": 20})));
            Some(seq)
        },
    },
    Defect {
        rule: "context-missing",
        fits: any,
        put: |session, seq| {
            session.at(seq).page_context.url.clear();
            Some(seq)
        },
    },
    Defect {
        rule: "coordinates-missing",
        fits: is_click,
        put: |session, seq| {
            session.at(seq).coordinates = None;
            Some(seq)
        },
    },
    Defect {
        rule: "coordinates-outside-viewport",
        fits: is_click,
        put: |session, seq| {
            session.at(seq).coordinates = Some(from(json!({"x": 1300, "y": 10})));
            Some(seq)
        },
    },
    Defect {
        rule: "copy-without-selection",
        fits: follows_arrival,
        put: |session, seq| {
            let it = session.at(seq);
            it.kind = InteractionType::Copy;
            it.action.text = None;
            Some(seq)
        },
    },
    Defect {
        rule: "element-missing",
        fits: is_click,
        put: |session, seq| {
            session.at(seq).element = None;
            Some(seq)
        },
    },
    Defect {
        rule: "event-untrusted",
        fits: any,
        put: |session, seq| {
            session.at(seq).action.is_trusted = Some(false);
            Some(seq)
        },
    },
    Defect {
        rule: "frame-after-action",
        fits: needs_picture,
        put: |session, seq| {
            session.at(seq).screenshots[0].lag_ms = 900.0;
            Some(seq)
        },
    },
    Defect {
        rule: "frame-after-not-stored",
        fits: has_before,
        put: |session, seq| {
            let mut after = session.at(seq).screenshots[0].clone();
            after.relation = from(json!("after"));
            after.hash = ContentHash::of(b"lost");
            session.at(seq).screenshots.push(after);
            Some(seq)
        },
    },
    Defect {
        rule: "frame-before-missing",
        fits: needs_picture,
        put: |session, seq| {
            session.at(seq).screenshots.clear();
            Some(seq)
        },
    },
    Defect {
        rule: "frame-blank",
        fits: needs_picture,
        put: |session, seq| {
            session.frame(seq).blank = true;
            Some(seq)
        },
    },
    Defect {
        rule: "frame-duplicate",
        fits: both_have_pictures,
        put: |session, seq| {
            let earlier = session.at(seq - 1).screenshots[0].hash;
            let it = session.at(seq);
            it.screenshots[0].hash = earlier;
            it.page_context.scroll.y += 240.0;
            it.screenshots[0].scroll = it.page_context.scroll;
            Some(seq)
        },
    },
    Defect {
        rule: "frame-not-stored",
        fits: needs_picture,
        put: |session, seq| {
            let hash = session.at(seq).screenshots[0].hash;
            session.frames.retain(|frame| frame.hash != hash);
            Some(seq)
        },
    },
    Defect {
        rule: "frame-size-mismatch",
        fits: needs_picture,
        put: |session, seq| {
            session.frame(seq).width = 640;
            Some(seq)
        },
    },
    Defect {
        rule: "frame-stale",
        fits: needs_picture,
        put: |session, seq| {
            session.at(seq).screenshots[0].lag_ms = -60_000.0;
            Some(seq)
        },
    },
    Defect {
        rule: "frame-viewport-mismatch",
        fits: needs_picture,
        put: |session, seq| {
            session.at(seq).screenshots[0].viewport = from(json!({"width": 640, "height": 400}));
            Some(seq)
        },
    },
    Defect {
        rule: "frame-wrong-page",
        fits: follows_arrival,
        put: |session, seq| {
            let arrival = session.at(seq - 1).timestamp.as_millis();
            let it = session.at(seq);
            it.screenshots[0].captured_at = from(json!(arrival - 100));
            it.screenshots[0].lag_ms = (arrival - 100 - it.timestamp.as_millis()) as f64;
            Some(seq)
        },
    },
    Defect {
        rule: "frame-wrong-scroll",
        fits: is_click,
        put: |session, seq| {
            session.at(seq).screenshots[0].scroll.y = 480.0;
            Some(seq)
        },
    },
    Defect {
        rule: "goal-missing",
        fits: any,
        put: |session, _| {
            session.session.goal.text.clear();
            None
        },
    },
    Defect {
        rule: "input-without-focus",
        fits: |it, previous| {
            it.kind == InteractionType::Input
                && previous.is_some_and(|previous| previous.kind == InteractionType::Navigation)
        },
        put: |session, seq| {
            let it = session.at(seq);
            it.element.as_mut().expect("element").focused = Some(false);
            it.coordinates = None;
            Some(seq)
        },
    },
    Defect {
        rule: "interaction-duplicate",
        fits: has_before,
        put: |session, seq| {
            let again = session.at(seq).clone();
            session.insert(seq + 1, Place::Interaction(Box::new(again)));
            Some(seq + 1)
        },
    },
    Defect {
        rule: "interaction-type-unknown",
        fits: any,
        put: |session, seq| {
            session.at(seq).kind = InteractionType::Other("pinch".to_owned());
            Some(seq)
        },
    },
    Defect {
        rule: "place-duplicate",
        fits: any,
        put: |session, seq| {
            let index = session.places.iter().position(|(place, _)| *place == seq).expect("a place");
            let again = session.places[index].clone();
            session.places.insert(index + 1, again);
            Some(seq)
        },
    },
    Defect {
        rule: "place-missing",
        fits: not_first,
        put: |session, seq| {
            // The last place may be missing and nobody could know.
            let last = session.places.last().map_or(0, |(seq, _)| *seq);
            let lost = seq.min(last - 1);
            session.places.retain(|(place, _)| *place != lost);
            Some(lost)
        },
    },
    Defect {
        rule: "quarantined",
        fits: any,
        put: |session, seq| {
            let why =
                Finding::session(RuleId::new("interaction-invalid"), Severity::Error, "Not of its shape.");
            session.insert(seq, Place::Quarantined(why));
            Some(seq)
        },
    },
    Defect {
        rule: "scroll-without-effect",
        fits: |it, _| it.kind == InteractionType::Scroll,
        put: |session, seq| {
            session.at(seq).action.scroll_y = Some(0.0);
            Some(seq)
        },
    },
    Defect {
        rule: "select-click-duplicate",
        fits: |it, _| it.kind == InteractionType::Select,
        put: |session, seq| {
            let mut click = session.at(seq).clone();
            click.kind = InteractionType::Click;
            click.action.text = None;
            session.insert(seq, Place::Interaction(Box::new(click)));
            Some(seq + 1)
        },
    },
    Defect {
        rule: "selector-ambiguous",
        fits: is_click,
        put: |session, seq| {
            session.at(seq).selectors.as_mut().expect("selectors").reliability[0].matches = Some(3);
            Some(seq)
        },
    },
    Defect {
        rule: "target-not-in-page",
        fits: is_click,
        put: |session, seq| {
            for known in &mut session.at(seq).selectors.as_mut().expect("selectors").reliability {
                known.matches = Some(0);
            }
            Some(seq)
        },
    },
    Defect {
        rule: "selectors-missing",
        fits: is_click,
        put: |session, seq| {
            session.at(seq).selectors = None;
            Some(seq)
        },
    },
    Defect {
        rule: "step-gap",
        fits: follows_idle,
        put: |session, seq| {
            session.at(seq).page_context.url = "https://shop.test/elsewhere.html".to_owned();
            Some(seq)
        },
    },
    Defect {
        rule: "time-backwards",
        fits: not_first,
        put: |session, seq| {
            let earlier = session.at(seq - 1).timestamp.as_millis() - 700;
            session.at(seq).timestamp = from(json!(earlier));
            Some(seq)
        },
    },
    Defect {
        rule: "time-gap",
        fits: not_first,
        put: |session, seq| {
            let mut late = session.clone();
            for (place, content) in &mut session.places {
                if let Place::Interaction(it) = content
                    && *place >= seq
                {
                    it.timestamp = from(json!(late.at(*place).timestamp.as_millis() + 900_000));
                }
            }
            Some(seq)
        },
    },
    Defect {
        rule: "viewport-missing",
        fits: any,
        put: |session, seq| {
            session.at(seq).page_context.viewport = None;
            Some(seq)
        },
    },
];

/// How many sessions each kind of defect is put into.
const SESSIONS: u64 = 40;

fn clean(seed: u64) -> Session {
    let mut chance = Chance::new(seed);
    let rounds = 1 + chance.below(3);
    Session::walk(&mut chance, rounds)
}

#[test]
fn clean_sessions_raise_no_alarm() {
    let (mut steps, mut alarms) = (0, Vec::new());
    for seed in 0..150 {
        let session = clean(seed);
        steps += session.places.len();
        alarms.extend(fired(&session.process(), Severity::Warning));
    }
    assert!(steps > 5_000, "{steps}");
    assert!(alarms.len() as f64 <= 0.01 * steps as f64, "{} in {steps}: {:?}", alarms.len(), alarms.first());
}

#[test]
fn every_kind_of_defect_is_reported_at_its_place_and_costs_points() {
    assert!(DEFECTS.len() >= 25);
    let (mut pairs, mut worse) = (0_u32, 0_u32);
    for defect in DEFECTS {
        let (mut put, mut reported) = (0_u32, 0_u32);
        for seed in 0..SESSIONS {
            let good = clean(seed);
            let mut damaged = good.clone();
            let Some(place) = defect.put(&mut damaged, seed.wrapping_mul(31)) else { continue };
            let (before, after) = (good.process(), damaged.process());
            put += 1;
            reported += u32::from(fired(&after, Severity::Info).contains(&(defect.rule.to_owned(), place)));
            pairs += 1;
            worse += u32::from(after.report.score.overall < before.report.score.overall);
        }
        assert!(put >= 20, "{}: only {put} sessions had a place for it", defect.rule);
        let share = f64::from(reported) / f64::from(put);
        assert!(share >= 0.99, "{}: {reported} of {put}", defect.rule);
    }
    println!("defects: {} kinds, {pairs} put, {worse} sessions worth less for it", DEFECTS.len());
    assert!(f64::from(worse) >= 0.99 * f64::from(pairs), "{worse} of {pairs}");
}

#[test]
fn a_field_typed_into_twice_is_no_defect() {
    let mut session = Session::good();
    let street = target("input", "textbox", "Street", 400.0, 300.0);
    let _ = session.push(interaction("click", "/confirmation.html", street.clone()));
    let _ = session.push(interaction("input", "/confirmation.html", street));
    assert_eq!(fired(&session.process(), Severity::Warning), []);
}
