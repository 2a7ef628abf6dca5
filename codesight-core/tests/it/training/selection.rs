//! Splits without leaks, duplicates, collectors' shares, cards.

use std::collections::{BTreeMap, BTreeSet};

use codesight_core::id::{CollectorId, ContentHash};
use codesight_core::model::{ComputerAction, Point};
use codesight_core::training::{
    DatasetCard, LeftOut, Part, Selection, SelectionOptions, SplitBy, SplitItem, SplitOptions, leaks, split,
};
use proptest::prelude::*;

use super::example;

fn item(number: usize, task: usize, site: usize, person: usize, picture: Option<usize>) -> SplitItem {
    SplitItem {
        session: format!("session-{number}").parse().expect("a name"),
        task: format!("Task {task}"),
        site: format!("shop-{site}.test"),
        person: format!("person-{person}"),
        pictures: picture.into_iter().map(|picture| ContentHash::of(&picture.to_be_bytes())).collect(),
    }
}

proptest! {
    /// Nothing stands on two sides, whatever the sessions share, and the order in which they come changes nothing.
    #[test]
    fn no_split_leaks(
        sessions in prop::collection::vec((0_usize..12, 0_usize..8, 0_usize..6, prop::option::of(0_usize..20)), 1..80),
        seed in any::<u64>(),
        by in prop_oneof![Just(SplitBy::Task), Just(SplitBy::Site), Just(SplitBy::Person)],
    ) {
        let items: Vec<_> = sessions.iter().enumerate().map(|(number, (task, site, person, picture))| item(number, *task, *site, *person, *picture)).collect();
        let options = SplitOptions { by, validation: 0.2, test: 0.2, seed };
        let parts = split(&items, &options).expect("good shares");
        prop_assert_eq!(parts.len(), items.len());
        prop_assert!(leaks(&items, &parts, by).is_empty());
        // Said once more without the code under test.
        let name = |item: &SplitItem| match by { SplitBy::Task => item.task.clone(), SplitBy::Site => item.site.clone(), SplitBy::Person => item.person.clone() };
        let mut seen: BTreeMap<String, BTreeSet<Part>> = BTreeMap::new();
        for item in &items {
            let part = parts[&item.session];
            seen.entry(name(item)).or_default().insert(part);
            for picture in &item.pictures {
                seen.entry(picture.to_hex()).or_default().insert(part);
            }
        }
        prop_assert!(seen.values().all(|parts| parts.len() == 1));
        let mut turned = items;
        turned.reverse();
        prop_assert_eq!(split(&turned, &options).expect("good shares"), parts);
    }
}

#[test]
fn a_split_has_about_the_shares_that_were_asked_for() {
    let items: Vec<_> = (0..1_000).map(|number| item(number, number / 4, number, number, None)).collect();
    let parts = split(&items, &SplitOptions::default()).expect("good shares");
    let count = |part: Part| parts.values().filter(|other| **other == part).count();
    assert!((95..=110).contains(&count(Part::Test)) && (95..=110).contains(&count(Part::Validation)));
    let other = split(&items, &SplitOptions { seed: 1, ..SplitOptions::default() }).expect("good shares");
    assert_ne!(parts, other);
    for (validation, test) in [(0.5, 0.5), (-0.1, 0.1), (f64::NAN, 0.1), (0.1, 1.0)] {
        assert!(split(&items, &SplitOptions { validation, test, ..SplitOptions::default() }).is_err());
    }
}

#[test]
fn a_split_that_leaks_is_told() {
    let items = [
        item(1, 1, 1, 1, None),
        item(2, 1, 2, 2, None),
        item(3, 2, 1, 3, Some(5)),
        item(4, 3, 3, 4, Some(5)),
    ];
    let parts: BTreeMap<_, _> = items
        .iter()
        .enumerate()
        .map(|(index, item)| (item.session.clone(), if index % 2 == 0 { Part::Train } else { Part::Test }))
        .collect();
    let found: Vec<_> = leaks(&items, &parts, SplitBy::Task)
        .into_iter()
        .map(|leak| (leak.learned.to_string(), leak.held_out.to_string()))
        .collect();
    let pair = |a: &str, b: &str| (a.to_owned(), b.to_owned());
    assert_eq!(
        found,
        [pair("session-1", "session-2"), pair("session-3", "session-4")],
        "a task and a picture on two sides"
    );
}

#[test]
fn the_same_and_nearly_the_same_are_left_out_and_no_collector_drowns_the_others() {
    let ours: CollectorId = "ours".parse().expect("a name");
    let theirs: CollectorId = "theirs".parse().expect("a name");
    let at = |x: f64| example((800.0, 600.0), Point { x, y: 5.0 });
    let mut selection =
        Selection::new(SelectionOptions { per_collector: Some(3), ..SelectionOptions::default() });
    assert_eq!(selection.keep(&at(1.0), &ours), None);
    assert_eq!(selection.keep(&at(1.0), &theirs), Some(LeftOut::Exact));
    let mut near = at(1.0);
    near.frame.hash = ContentHash::of(b"another picture of the same page");
    assert_eq!(selection.keep(&near, &ours), Some(LeftOut::Near));
    assert_eq!(selection.keep(&at(2.0), &ours), None, "the same page with another answer is another lesson");
    let mut far = at(1.0);
    far.frame.hash = ContentHash::of(b"another page");
    far.goal = "Find the cheapest blue lamp with a linen shade and free delivery".to_owned();
    far.observation.title = "Lamps, shades and bulbs for every room of the house".to_owned();
    assert_eq!(selection.keep(&far, &ours), None);
    assert_eq!(selection.keep(&at(4.0), &ours), Some(LeftOut::Collector));
    assert_eq!(selection.keep(&at(4.0), &theirs), None);
    let (kept, left_out) = selection.counts();
    assert_eq!((kept, left_out.values().sum::<usize>()), (4, 3));
}

#[test]
fn many_examples_are_chosen_from_in_reasonable_time_and_similarity_is_about_the_share_of_words() {
    let collector: CollectorId = "ours".parse().expect("a name");
    let mut selection = Selection::new(SelectionOptions::default());
    let mut kept = 0;
    for number in 0..5_000_u32 {
        let mut one = example((800.0, 600.0), Point { x: f64::from(number % 50), y: 1.0 });
        one.actions.push(ComputerAction::Wait);
        one.frame.hash = ContentHash::of(&number.to_be_bytes());
        one.goal = format!("Goal {number} of many different goals with number {number}");
        one.observation.title = (0..20)
            .map(|word| format!("word{}", number.wrapping_mul(31) % 4_999 + word * 7))
            .collect::<Vec<_>>()
            .join(" ");
        kept += usize::from(selection.keep(&one, &collector).is_none());
    }
    assert!(kept > 4_900, "{kept} of 5000 different examples were kept");
}

#[test]
fn the_card_tells_what_is_in_a_data_set_and_names_nobody() {
    let fixture = crate::pipeline::fixture::Session::good();
    let processed = fixture.process();
    let mut card = DatasetCard::new("trl", Some(SplitBy::Task));
    card.session(&fixture.session);
    card.session(&fixture.session);
    for example in processed.examples() {
        card.example(&example, Part::Train);
    }
    card.left_out(&BTreeMap::from([(LeftOut::Near, 2)]));
    let text = card.to_markdown();
    for told in [
        "- sessions: 1, of 1 collectors",
        "near 2",
        "| training | 1 |",
        "no task stands in two parts",
        "| click |",
    ] {
        assert!(text.contains(told), "{told} is not in\n{text}");
    }
    for secret in ["robot", "subject-1", "session-1", "blue vase"] {
        assert!(!text.contains(secret), "{secret} is in the card");
    }
}
