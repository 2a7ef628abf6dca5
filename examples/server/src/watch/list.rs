//! Which sessions of a tenant have changed since a viewer of the list was told last.

use std::collections::BTreeSet;

use codesight_core::id::SessionId;
use tokio::sync::broadcast::Receiver;
use tokio::sync::broadcast::error::TryRecvError;

/// Sessions told one by one in one go; of more it is said that there are more.
const MOST_AT_ONCE: usize = 50;

/// What is new.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum News {
    Sessions(BTreeSet<SessionId>),
    /// Too many to tell.
    Much,
}

/// Everything that came since the last time, each session once.
pub(super) fn news(changes: &mut Receiver<SessionId>) -> News {
    let mut sessions = BTreeSet::new();
    let mut is_much = false;
    loop {
        match changes.try_recv() {
            Ok(session) => {
                sessions.insert(session);
            }
            Err(TryRecvError::Lagged(_)) => is_much = true,
            Err(TryRecvError::Empty | TryRecvError::Closed) => break,
        }
    }
    if is_much || sessions.len() > MOST_AT_ONCE { News::Much } else { News::Sessions(sessions) }
}

#[cfg(test)]
mod tests {
    use tokio::sync::broadcast;

    use super::*;

    #[test]
    fn each_session_is_told_once_and_a_flood_as_one() {
        let (sender, mut changes) = broadcast::channel(128);
        let session = |number: usize| SessionId::new(format!("s-{number}")).expect("a name");
        for number in [1, 2, 1, 1] {
            sender.send(session(number)).expect("somebody listens");
        }
        assert_eq!(news(&mut changes), News::Sessions([session(1), session(2)].into()));
        assert_eq!(news(&mut changes), News::Sessions(BTreeSet::new()));
        for number in 0..=MOST_AT_ONCE {
            sender.send(session(number)).expect("somebody listens");
        }
        assert_eq!(news(&mut changes), News::Much);
        // More than the channel holds: some were lost, and it is said.
        for _ in 0..200 {
            sender.send(session(1)).expect("somebody listens");
        }
        assert_eq!(news(&mut changes), News::Much);
    }
}
