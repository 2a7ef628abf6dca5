//! Reviews: what they come to, what they do to a processed session, and how far reviewers agree.

use codesight_core::ErrorKind;
use codesight_core::id::{CollectorId, ReviewId, SessionId, TenantId};
use codesight_core::model::{InferredBy, UserIntentKind};
use codesight_core::review::{RejectReason, Review, ReviewDecision, Standing, StepMark, Verdict, agreements};
use codesight_core::time::Timestamp;

use crate::pipeline::fixture::Session;

fn review(reviewer: &str, decision: ReviewDecision) -> Review {
    Review {
        id: ReviewId::new("one").expect("a name"),
        tenant: TenantId::new("shop").expect("a name"),
        session: SessionId::new("session").expect("a name"),
        reviewer: CollectorId::new(reviewer).expect("a name"),
        at: Timestamp::from_millis(0),
        decision,
    }
}

fn verdict(reviewer: &str, verdict: Verdict) -> Review {
    review(reviewer, ReviewDecision::Verdict { verdict, reasons: Vec::new() })
}

fn intent(first_seq: u64, last_seq: u64, intent: Option<UserIntentKind>) -> Review {
    review("ana", ReviewDecision::Intent { first_seq, last_seq, intent })
}

#[test]
fn the_last_verdict_of_each_reviewer_counts_and_one_objection_is_enough() {
    let mut standing = Standing::of(&[verdict("ana", Verdict::Rejected), verdict("ana", Verdict::Accepted)]);
    assert!(standing.is_accepted() && !standing.is_rejected());
    standing.add(&verdict("ben", Verdict::Rejected));
    assert!(standing.is_rejected() && !standing.is_accepted());
    standing.add(&verdict("ben", Verdict::Undecided));
    assert!(standing.is_accepted());
    standing.add(&verdict("ana", Verdict::Undecided));
    assert!(!standing.is_accepted() && !standing.is_rejected());
}

#[test]
fn a_rejected_session_gives_no_example_and_a_marked_step_none_of_its_own() {
    let all = Session::good().process();
    let first = all.training.examples[0].seq;
    assert!(all.training.examples.len() > 3);

    let mut rejected = Session::good().process();
    Standing::of(&[verdict("ana", Verdict::Rejected)]).apply(&mut rejected);
    assert!(rejected.training.examples.is_empty());

    for mark in [StepMark::Wrong, StepMark::LeaveOut] {
        let mut marked = Session::good().process();
        let step = review("ana", ReviewDecision::Step { seq: first, mark });
        Standing::of(std::slice::from_ref(&step)).apply(&mut marked);
        assert_eq!(marked.training.examples[..], all.training.examples[1..]);
        let back = review("ben", ReviewDecision::Step { seq: first, mark: StepMark::None });
        let mut unmarked = Session::good().process();
        Standing::of(&[step, back]).apply(&mut unmarked);
        assert_eq!(unmarked.training.examples, all.training.examples);
    }
}

#[test]
fn relabelled_intents_take_the_place_of_inferred_ones_and_say_who_says_so() {
    let inferred = Session::good().process();
    let whole =
        inferred.intents.iter().find(|span| span.last_seq > span.first_seq + 1).expect("a span of three");
    let seq = whole.first_seq + 1;

    let mut labelled = Session::good().process();
    Standing::of(&[intent(seq, seq, Some(UserIntentKind::Compare))]).apply(&mut labelled);
    let step = labelled.interactions.iter().find(|step| step.seq == seq).expect("the step");
    assert_eq!(step.derived.intent, Some(UserIntentKind::Compare));
    let of_step: Vec<_> =
        labelled.intents.iter().filter(|span| (span.first_seq..=span.last_seq).contains(&seq)).collect();
    assert_eq!(of_step.len(), 1, "{:?}", labelled.intents);
    assert_eq!(of_step[0].inferred_by, InferredBy::Person);
    // The inferred span stands on both sides of it, and covers it no more.
    assert!(labelled.intents.iter().any(|span| span.intent == whole.intent && span.last_seq == seq - 1));
    assert!(labelled.intents.iter().any(|span| span.intent == whole.intent && span.first_seq == seq + 1));

    let mut taken_back = Session::good().process();
    Standing::of(&[intent(seq, seq, Some(UserIntentKind::Compare)), intent(seq, seq, None)])
        .apply(&mut taken_back);
    let step = taken_back.interactions.iter().find(|step| step.seq == seq).expect("the step");
    assert_eq!(step.derived.intent, Some(whole.intent.clone()));
}

/// The example of the textbooks: 50 grant proposals, of which both accept 20 and both reject 15; the first alone accepts
/// 5, the second alone 10. Agreement 0.7, by chance 0.5, kappa 0.4.
#[test]
fn kappa_is_agreement_beyond_chance() {
    let pair = |first, second| Standing::of(&[verdict("ana", first), verdict("ben", second)]);
    let (yes, no) = (Verdict::Accepted, Verdict::Rejected);
    let cells = [(yes, yes, 20), (no, no, 15), (yes, no, 5), (no, yes, 10)];
    let standings: Vec<Standing> =
        cells.iter().flat_map(|(first, second, count)| vec![pair(*first, *second); *count]).collect();
    let found = agreements(&standings);
    assert_eq!(found.len(), 1);
    assert_eq!((found[0].sessions, found[0].agreed), (50, 35));
    assert!((found[0].kappa.expect("defined") - 0.4).abs() < 1e-12);

    let always = vec![pair(yes, yes); 3];
    assert_eq!(agreements(&always)[0].kappa, None, "two who accept everything agree by chance alone");
    let never = [pair(yes, no), pair(no, yes)];
    assert_eq!(agreements(&never)[0].kappa, Some(-1.0));
    assert!(agreements(&[Standing::of(&[verdict("ana", yes)])]).is_empty());
}

#[test]
fn decisions_that_no_reader_could_use_are_refused() {
    let bad = [
        ReviewDecision::Step { seq: 0, mark: StepMark::Good },
        ReviewDecision::Intent { first_seq: 0, last_seq: 3, intent: None },
        ReviewDecision::Intent { first_seq: 4, last_seq: 3, intent: None },
        ReviewDecision::Intent {
            first_seq: 1,
            last_seq: 1,
            intent: Some(UserIntentKind::Other("call jane".into())),
        },
        ReviewDecision::Verdict { verdict: Verdict::Accepted, reasons: vec![RejectReason::Other] },
    ];
    for decision in bad {
        assert_eq!(decision.check().expect_err("refused").kind(), ErrorKind::Invalid, "{decision:?}");
    }
    ReviewDecision::Verdict { verdict: Verdict::Rejected, reasons: vec![RejectReason::Other] }
        .check()
        .expect("fine");
}
