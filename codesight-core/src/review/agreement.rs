//! How far two reviewers agree.

use std::collections::BTreeMap;

use serde::Serialize;

use super::{Standing, Verdict};
use crate::id::CollectorId;

/// How far two reviewers agree about the sessions that both gave a verdict on.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Agreement {
    /// The two, by name.
    pub reviewers: [CollectorId; 2],
    /// Sessions that both gave a verdict on.
    pub sessions: u32,
    /// Sessions that both gave the same verdict on.
    pub agreed: u32,
    /// Cohen's kappa (J. Cohen, "A coefficient of agreement for nominal scales", 1960): agreement beyond what two who give
    /// verdicts at random, each as often as they do, would come to. 1 is full agreement, 0 that of chance; none when chance
    /// alone would make them agree on everything, as when both accept all.
    pub kappa: Option<f64>,
}

/// The agreement of each pair of reviewers who have a session in common, by name.
pub fn agreements<'a>(standings: impl IntoIterator<Item = &'a Standing>) -> Vec<Agreement> {
    let mut pairs: BTreeMap<[CollectorId; 2], Counts> = BTreeMap::new();
    for standing in standings {
        let verdicts: Vec<_> = standing.verdicts().iter().collect();
        for (at, (one, first)) in verdicts.iter().enumerate() {
            for (other, second) in verdicts.iter().skip(at + 1) {
                pairs.entry([(*one).clone(), (*other).clone()]).or_default().add(**first, **second);
            }
        }
    }
    pairs.into_iter().map(|(reviewers, counts)| counts.agreement(reviewers)).collect()
}

/// How often each of the four combinations occurred.
#[derive(Debug, Default)]
struct Counts {
    both_accept: u32,
    both_reject: u32,
    first_accepts: u32,
    second_accepts: u32,
}

impl Counts {
    fn add(&mut self, first: Verdict, second: Verdict) {
        let count = match (first, second) {
            (Verdict::Accepted, Verdict::Accepted) => &mut self.both_accept,
            (Verdict::Accepted, Verdict::Rejected) => &mut self.first_accepts,
            (Verdict::Rejected, Verdict::Accepted) => &mut self.second_accepts,
            (Verdict::Rejected, Verdict::Rejected) => &mut self.both_reject,
            // A standing has no verdict that says nothing.
            (Verdict::Undecided, _) | (_, Verdict::Undecided) => return,
        };
        *count += 1;
    }

    fn agreement(&self, reviewers: [CollectorId; 2]) -> Agreement {
        let sessions = self.both_accept + self.both_reject + self.first_accepts + self.second_accepts;
        let agreed = self.both_accept + self.both_reject;
        let share = |count: u32| f64::from(count) / f64::from(sessions);
        let first = share(self.both_accept + self.first_accepts);
        let second = share(self.both_accept + self.second_accepts);
        let by_chance = first * second + (1.0 - first) * (1.0 - second);
        let kappa =
            (sessions > 0 && by_chance < 1.0).then(|| (share(agreed) - by_chance) / (1.0 - by_chance));
        Agreement { reviewers, sessions, agreed, kappa }
    }
}
