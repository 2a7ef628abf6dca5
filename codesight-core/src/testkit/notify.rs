//! The suite of [`Notifier`](crate::ports::Notifier).

use std::sync::Arc;

use super::check::{Verdict, shows_none_of};
use super::fixtures;
use super::suite::{Suite, scenarios};
use crate::ports::{Notice, NoticeLevel, Notifier};

/// Everything a notifier must do.
pub fn notifier_suite() -> Suite<dyn Notifier> {
    Suite::new(
        "notifier",
        scenarios![
            also "notify: does not wait for a reader, however many notices there are" => unread,
            also "debug: shows nothing of a notice" => debug,
        ],
    )
}

fn notice(message: &str) -> crate::Result<Notice> {
    Ok(Notice {
        session: Some(fixtures::session_ref(1)?),
        level: NoticeLevel::Warning,
        code: "outbox-full".to_owned(),
        message: message.to_owned(),
    })
}

async fn unread(notifier: Arc<dyn Notifier>) -> Verdict {
    for _ in 0..2_000 {
        notifier.notify(notice("Keep the window open.")?).await?;
        notifier.notify(Notice { session: None, ..notice("Keep the window open.")? }).await?;
    }
    Ok(())
}

async fn debug(notifier: Arc<dyn Notifier>) -> Verdict {
    const SECRET: &str = "a-sentence-for-one-person";
    notifier.notify(notice(SECRET)?).await?;
    shows_none_of(&*notifier, &[SECRET])
}
