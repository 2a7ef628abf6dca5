//! The live score: after the same places and pictures it is the pipeline's, whatever the order the pictures come in.

use codesight_core::pipeline::{LiveScore, Pipeline, SessionInput};
use codesight_core::privacy::Masked;
use proptest::prelude::*;

use super::defects::DEFECTS;
use super::fixture::Session;

/// Feeds a session place by place; `late` says for each picture how many places later it comes.
fn live(input: SessionInput, late: &[usize]) -> LiveScore {
    let SessionInput { session, records, frames, .. } = input;
    let mut live = LiveScore::new(session);
    let mut coming: Vec<_> = frames.into_iter().enumerate().collect();
    for (place, record) in records.into_iter().enumerate() {
        live.record(record);
        let lag = |index: usize| late.get(index % late.len().max(1)).copied().unwrap_or(0);
        let (now, later) = coming.into_iter().partition(|(index, _)| index + lag(*index) <= place);
        coming = later;
        let now: Vec<_> = now;
        now.into_iter().for_each(|(_, facts)| live.frame(facts));
    }
    coming.into_iter().for_each(|(_, facts)| live.frame(facts));
    live
}

fn agree(session: &Session, late: &[usize]) -> Result<(), TestCaseError> {
    let live = live(session.input(), late);
    let report = Pipeline::default().process_session(session.input()).report;
    prop_assert_eq!(live.score(), report.score);
    prop_assert_eq!(live.gaps(), report.gaps);
    Ok(())
}

#[test]
fn it_grows_with_the_session() {
    let session = Session::good();
    let mut live = LiveScore::new(Masked::from_store(session.session.clone()));
    assert_eq!(live.score().overall, 0.0);
    let SessionInput { records, frames, .. } = session.input();
    for record in records {
        live.record(record);
    }
    assert_eq!(live.through(), 17);
    assert_eq!(live.frames_awaited(), frames.len());
    assert!(live.score().overall < 90.0, "{}", live.score().overall);
    frames.into_iter().for_each(|facts| live.frame(facts));
    assert_eq!(live.frames_awaited(), 0);
    assert_eq!(live.score().overall, 100.0);
}

#[test]
fn each_defect_costs_the_same_while_recording_and_afterwards() {
    for defect in DEFECTS {
        for seed in 0..4 {
            let mut session = Session::good();
            if defect.put(&mut session, seed).is_some() {
                agree(&session, &[0, 3, 1]).unwrap_or_else(|error| panic!("{}: {error}", defect.rule));
            }
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    #[test]
    fn a_long_damaged_session_scores_the_same(
        rounds in 1_usize..12,
        damage in proptest::collection::vec((0..DEFECTS.len(), 0_u64..10_000), 0..12),
        late in proptest::collection::vec(0_usize..90, 1..40),
    ) {
        let mut session = Session::long(rounds);
        // Numbers are mixed up last: what other defects insert is numbered as a recorder would have done.
        let (numbers, others): (Vec<_>, Vec<_>) =
            damage.into_iter().partition(|(defect, _)| DEFECTS[*defect].rule.starts_with("place-"));
        for (defect, seed) in others.into_iter().chain(numbers) {
            DEFECTS[defect].put(&mut session, seed);
        }
        agree(&session, &late)?;
    }
}
