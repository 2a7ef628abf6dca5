//! What goes wrong, and when.

use std::collections::VecDeque;
use std::time::Duration;

use codesight_core::time::Timestamp;
use http::Method;

use super::respond::FakeReply;

/// In which form a limit is told.
#[derive(Debug, Clone, PartialEq)]
pub enum RateForm {
    /// `retry-after-ms`.
    Millis(u64),
    /// `retry-after` in seconds, with a fraction.
    Seconds(f64),
    /// `retry-after` as an HTTP date this far ahead.
    Date(Duration),
    /// No word about waiting.
    Silent,
    /// `x-should-retry: false`.
    Stop,
    /// A code that waiting does not cure.
    Permanent(&'static str),
}

/// One fault.
#[derive(Debug, Clone, PartialEq)]
pub enum Fault {
    /// The service is not reached.
    Unreachable,
    /// The connection breaks before the service acts.
    LostRequest,
    /// The service acts, and the connection breaks before its reply.
    LostReply,
    /// The service acts, and the connection breaks in the middle of its reply.
    ResetMidBody,
    /// The service acts, and half of its reply arrives as if it were all.
    Truncated,
    /// The service acts, and a proxy replies with a page in its stead.
    Page,
    /// The service acts and takes this long to reply.
    Slow(Duration),
    /// 429.
    Limited(RateForm),
    /// A failure of the service, which does not act.
    Failing(u16),
    /// A refusal with this status, code and sentence.
    Refused(u16, &'static str, &'static str),
}

impl Fault {
    /// Whether the service acts upon the request.
    pub(super) fn acts(&self) -> bool {
        matches!(self, Self::LostReply | Self::ResetMidBody | Self::Truncated | Self::Page | Self::Slow(_))
    }

    /// The reply in place of the service's own, for those that have one.
    pub(super) fn reply(&self, now: Timestamp) -> Option<FakeReply> {
        Some(match self {
            Self::Limited(form) => limited(form, now),
            Self::Failing(status) => {
                FakeReply::error(*status, "server_error", None, "The server had an error.")
            }
            Self::Refused(status, code, message) => {
                FakeReply::error(*status, "invalid_request_error", Some(code), message)
            }
            Self::Page => FakeReply::page(),
            _ => return None,
        })
    }
}

fn limited(form: &RateForm, now: Timestamp) -> FakeReply {
    let code = if let RateForm::Permanent(code) = form { code } else { "rate_limit_exceeded" };
    let reply = FakeReply::error(429, "requests", Some(code), "Rate limit reached.")
        .header("x-ratelimit-limit-requests", "60")
        .header("x-ratelimit-remaining-requests", "0")
        .header("x-ratelimit-reset-requests", "1s");
    match form {
        RateForm::Millis(millis) => reply.header("retry-after-ms", millis),
        RateForm::Seconds(seconds) => reply.header("retry-after", seconds),
        RateForm::Date(ahead) => {
            let millis = u64::try_from(now.after(*ahead).as_millis()).unwrap_or_default();
            let moment = std::time::UNIX_EPOCH + Duration::from_millis(millis);
            reply.header("retry-after", httpdate::fmt_http_date(moment))
        }
        RateForm::Stop => reply.header("x-should-retry", "false"),
        RateForm::Silent | RateForm::Permanent(_) => reply,
    }
}

#[derive(Debug)]
struct Planned {
    method: Method,
    path: String,
    skip: u32,
    fault: Fault,
}

/// Which requests meet which faults.
#[derive(Debug, Default)]
pub struct FaultPlan {
    planned: Vec<Planned>,
    in_turn: VecDeque<Option<Fault>>,
}

impl FaultPlan {
    /// The next request of that method whose path contains `path` meets the fault; of several plans for it, the first.
    pub fn next(&mut self, method: Method, path: &str, fault: Fault) {
        self.after(0, method, path, fault);
    }

    /// As [`FaultPlan::next`], after `skip` such requests.
    pub fn after(&mut self, skip: u32, method: Method, path: &str, fault: Fault) {
        self.planned.push(Planned { method, path: path.to_owned(), skip, fault });
    }

    /// The requests to come meet these, one each, whatever they ask for.
    pub fn in_turn(&mut self, faults: impl IntoIterator<Item = Option<Fault>>) {
        self.in_turn.extend(faults);
    }

    pub(super) fn take(&mut self, method: &Method, path: &str) -> Option<Fault> {
        if let Some(turn) = self.in_turn.pop_front() {
            return turn;
        }
        let at = self.planned.iter().position(|plan| plan.method == *method && path.contains(&plan.path))?;
        if self.planned[at].skip > 0 {
            self.planned[at].skip -= 1;
            return None;
        }
        Some(self.planned.remove(at).fault)
    }
}
