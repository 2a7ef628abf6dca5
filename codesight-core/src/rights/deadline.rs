//! Until when a request must be answered.
//!
//! Where a rule leaves room, the earlier day is taken: weekends and holidays never lengthen a period here, and holidays
//! never shorten the count of business days, since no list of them is kept.

use std::time::Duration;

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, NaiveTime, Utc, Weekday};

use super::request::{Regime, RequestKind};
use crate::time::Timestamp;

/// The days that belong to a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Deadline {
    /// Until when its receipt must be confirmed, where that is asked for.
    pub confirm_by: Option<Timestamp>,
    /// Until when it must be answered.
    pub answer_by: Timestamp,
    /// Until when it must be answered once it was extended; none where it cannot be.
    pub extended: Option<Timestamp>,
}

impl Deadline {
    /// The days of a request that was received at `received_at`.
    ///
    /// GDPR Art. 12(3): one month, extended by two. CCPA regulations 7021: confirmed within 10 business days, answered
    /// within 45 calendar days, extended to 90; 7026(f): an opt-out is followed within 15 business days. An objection
    /// or withdrawal under GDPR has effect at once; its month is for the answer.
    pub fn of(regime: Regime, kind: RequestKind, received_at: Timestamp) -> Self {
        match (regime, kind) {
            (Regime::Gdpr, _) => Self {
                confirm_by: None,
                answer_by: add_months(received_at, 1),
                extended: Some(add_months(received_at, 3)),
            },
            (Regime::Ccpa, RequestKind::OptOut) => {
                Self { confirm_by: None, answer_by: add_business_days(received_at, 15), extended: None }
            }
            (Regime::Ccpa, RequestKind::Access | RequestKind::Erasure) => Self {
                confirm_by: Some(add_business_days(received_at, 10)),
                answer_by: add_calendar_days(received_at, 45),
                extended: Some(add_calendar_days(received_at, 90)),
            },
        }
    }
}

/// The end of the day (UTC) with the same number `months` months later, or of that month's last day where it has no
/// such day (Regulation 1182/71, Art. 3(2)(c)).
pub fn add_months(from: Timestamp, months: u32) -> Timestamp {
    on_day(from, |day| day.checked_add_months(Months::new(months)))
}

/// The end of the day (UTC) `days` days later.
pub fn add_calendar_days(from: Timestamp, days: u64) -> Timestamp {
    on_day(from, |day| day.checked_add_days(Days::new(days)))
}

/// The end of the `days`th day (UTC) after it that is no Saturday or Sunday.
pub fn add_business_days(from: Timestamp, days: u32) -> Timestamp {
    on_day(from, |mut day| {
        let mut left = days;
        while left > 0 {
            day = day.succ_opt()?;
            left -= u32::from(!matches!(day.weekday(), Weekday::Sat | Weekday::Sun));
        }
        Some(day)
    })
}

/// The last millisecond of another day. A moment outside the years that have days is due at once.
fn on_day(from: Timestamp, other: impl FnOnce(NaiveDate) -> Option<NaiveDate>) -> Timestamp {
    const DAY: Duration = Duration::from_millis(24 * 60 * 60 * 1000 - 1);
    let day = DateTime::<Utc>::from_timestamp_millis(from.as_millis()).map(|moment| moment.date_naive());
    day.and_then(other).map_or(from, |day| {
        Timestamp::from_millis(day.and_time(NaiveTime::MIN).and_utc().timestamp_millis()).after(DAY)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn moment(text: &str) -> Timestamp {
        Timestamp::from_millis(DateTime::parse_from_rfc3339(text).expect("a moment").timestamp_millis())
    }

    fn day(at: Timestamp) -> String {
        let text = at.to_rfc3339().expect("a year");
        assert!(text.ends_with("T23:59:59.999Z"), "{text}");
        text[..10].to_owned()
    }

    #[test]
    fn a_month_ends_on_the_same_day_or_the_last_one() {
        for (received, months, due) in [
            ("2026-01-15T00:00:00Z", 1, "2026-02-15"),
            ("2026-01-15T23:59:59Z", 1, "2026-02-15"),
            ("2026-01-28T10:00:00Z", 1, "2026-02-28"),
            ("2026-01-29T10:00:00Z", 1, "2026-02-28"),
            ("2026-01-31T10:00:00Z", 1, "2026-02-28"),
            ("2028-01-31T10:00:00Z", 1, "2028-02-29"),
            ("2026-03-31T10:00:00Z", 1, "2026-04-30"),
            ("2026-02-28T10:00:00Z", 1, "2026-03-28"),
            ("2026-12-31T10:00:00Z", 1, "2027-01-31"),
            // From the day of receipt, not from the shortened month: January 31 and three months is April 30.
            ("2026-01-31T10:00:00Z", 3, "2026-04-30"),
            ("2026-11-30T10:00:00Z", 3, "2027-02-28"),
        ] {
            assert_eq!(day(add_months(moment(received), months)), due, "{received} and {months} months");
        }
    }

    #[test]
    fn calendar_and_business_days_are_counted_from_the_day_after() {
        let friday = moment("2026-11-20T18:00:00Z");
        assert_eq!(day(add_calendar_days(friday, 45)), "2027-01-04");
        assert_eq!(day(add_calendar_days(moment("2028-02-01T00:00:00Z"), 45)), "2028-03-17");
        assert_eq!(day(add_business_days(friday, 1)), "2026-11-23");
        assert_eq!(day(add_business_days(friday, 10)), "2026-12-04");
        assert_eq!(day(add_business_days(moment("2026-11-21T00:00:00Z"), 5)), "2026-11-27");
    }

    #[test]
    fn each_regime_has_its_own_days() {
        let received = moment("2026-01-31T12:00:00Z");
        let gdpr = Deadline::of(Regime::Gdpr, RequestKind::Erasure, received);
        assert_eq!((day(gdpr.answer_by), gdpr.confirm_by), ("2026-02-28".to_owned(), None));
        assert_eq!(gdpr.extended.map(day), Some("2026-04-30".to_owned()));
        let ccpa = Deadline::of(Regime::Ccpa, RequestKind::Access, received);
        assert_eq!(day(ccpa.answer_by), "2026-03-17");
        assert_eq!(ccpa.confirm_by.map(day), Some("2026-02-13".to_owned()));
        assert_eq!(ccpa.extended.map(day), Some("2026-05-01".to_owned()));
        let opt_out = Deadline::of(Regime::Ccpa, RequestKind::OptOut, received);
        assert_eq!((day(opt_out.answer_by), opt_out.extended), ("2026-02-20".to_owned(), None));
    }

    #[test]
    fn a_moment_that_is_no_day_is_due_at_once() {
        let end = Timestamp::from_millis(i64::MAX);
        assert_eq!(add_months(end, 1), end);
    }
}
