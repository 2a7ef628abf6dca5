//! What the `storage` commands say.

use codesight_storage::lifecycle::{Action, ActionOutcome, QuotaState, StoragePlan};

use crate::commands::terminal::say;

pub(super) fn standing(state: QuotaState) -> &'static str {
    match state {
        QuotaState::Free => "there is room",
        QuotaState::Warning => "room is running out",
        QuotaState::Full => "full: no new session should begin",
    }
}

#[expect(clippy::unnecessary_wraps, reason = "the other way to say a plan can fail")]
pub(super) fn say_plan(plan: &StoragePlan) -> Result<(), String> {
    for planned in &plan.actions {
        let frees =
            if planned.frees > 0 { format!(", frees {}", bytes(planned.frees)) } else { String::new() };
        say(&format!("{}{frees}", describe(&planned.action)));
    }
    for finding in &plan.findings {
        let session = finding.place.field.as_deref().unwrap_or_default();
        say(&format!("look at {session}: {} ({})", finding.message, finding.rule));
    }
    say(&format!(
        "{} actions, {} to be freed, {} findings",
        plan.actions.len(),
        bytes(plan.frees()),
        plan.findings.len()
    ));
    Ok(())
}

pub(super) fn describe(action: &Action) -> String {
    match action {
        Action::Archive { session } => format!("archive {session}"),
        Action::FinishReplacement { session } => {
            format!("queue the end of the replacement of the archive of {session}")
        }
        Action::DropCaptured { session } => format!("drop what the archive of {session} took over"),
        Action::Reencode { session, level } => {
            format!("queue that the archive of {session} is written anew as {level:?}")
        }
        Action::CleanTemporary { .. } => "remove uploads that nobody finished".to_owned(),
        _ => "something this version does not know".to_owned(),
    }
}

pub(super) fn outcome(outcome: &ActionOutcome) -> String {
    match outcome {
        ActionOutcome::Done { count, freed: 0 } => format!("done ({count})"),
        ActionOutcome::Done { count, freed } => format!("done ({count}), freed {}", bytes(*freed)),
        ActionOutcome::NothingToDo => "nothing to do".to_owned(),
        ActionOutcome::Failed { code, message } => format!("FAILED: {message} ({code})"),
    }
}

pub(super) fn bytes(count: u64) -> String {
    format!("{:.1} MB", count as f64 / 1e6)
}
