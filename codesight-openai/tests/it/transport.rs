//! Retries, waits and refusals, in virtual time.

use std::sync::Arc;
use std::time::Duration;

use codesight_core::{ErrorKind, Retry};
use codesight_openai::client::{ApiFailure, Call, RetryPolicy};
use codesight_openai::testkit::{FakeOptions, FakeService, Fault, RateForm};
use http::Method;
use tokio::time::Instant;

use crate::service::{TokioClock, client_of, patient};

fn paused(policy: RetryPolicy) -> (FakeService, codesight_openai::client::Client) {
    let clock = TokioClock::start();
    let service = FakeService::new(FakeOptions::default(), Arc::clone(&clock));
    let client = client_of(&service, clock).with_policy(policy);
    (service, client)
}

fn list() -> Call {
    Call::new("test.list", Method::GET, "/models")
}

fn limited(form: RateForm) -> Fault {
    Fault::Limited(form)
}

#[tokio::test(start_paused = true)]
async fn passing_faults_are_waited_out_as_the_python_client_does() {
    let cases = [
        (limited(RateForm::Millis(250)), 250),
        (limited(RateForm::Seconds(1.5)), 1_500),
        (limited(RateForm::Date(Duration::from_secs(7))), 7_000),
        (limited(RateForm::Silent), 500),
        (Fault::Failing(500), 500),
        (Fault::Failing(503), 500),
        (Fault::Refused(408, "timeout", "Too slow."), 500),
        (Fault::Refused(409, "conflict", "Try again."), 500),
        (Fault::Unreachable, 500),
        (Fault::LostRequest, 500),
        (Fault::LostReply, 500),
        (Fault::ResetMidBody, 500),
        (Fault::Slow(Duration::from_secs(601)), 600_500),
    ];
    for (fault, expected) in cases {
        let (service, client) = paused(patient(2));
        service.faults(|plan| plan.next(Method::GET, "/models", fault.clone()));
        let begun = Instant::now();
        client.send(list()).await.unwrap_or_else(|error| panic!("{fault:?}: {error}"));
        assert_eq!(begun.elapsed().as_millis(), expected, "{fault:?}");
    }
    // A reply that cannot be read is as good as none, where it is read.
    for fault in [Fault::Truncated, Fault::Page] {
        let (service, client) = paused(patient(2));
        service.faults(|plan| plan.next(Method::GET, "/models", fault.clone()));
        client.fetch::<serde_json::Value>(list()).await.expect("the second reply is whole");
    }
}

#[tokio::test(start_paused = true)]
async fn lasting_refusals_are_told_at_once() {
    let cases = [
        (limited(RateForm::Permanent("insufficient_quota")), ErrorKind::LimitExceeded),
        (limited(RateForm::Permanent("project_spend_limit_exceeded")), ErrorKind::LimitExceeded),
        (limited(RateForm::Stop), ErrorKind::LimitExceeded),
        (Fault::Refused(400, "invalid_value", "No."), ErrorKind::Invalid),
        (Fault::Refused(401, "invalid_api_key", "No."), ErrorKind::Unauthenticated),
        (Fault::Refused(403, "not_allowed", "No."), ErrorKind::Forbidden),
        (Fault::Refused(404, "no", "No."), ErrorKind::NotFound),
        (Fault::Refused(413, "too_large", "No."), ErrorKind::LimitExceeded),
    ];
    for (fault, kind) in cases {
        let (service, client) = paused(patient(5));
        service.faults(|plan| plan.next(Method::GET, "/models", fault.clone()));
        let begun = Instant::now();
        let error = client.send(list()).await.expect_err("refused");
        assert_eq!((error.kind(), error.retry()), (kind, Retry::Never), "{fault:?}");
        assert_eq!(begun.elapsed(), Duration::ZERO, "{fault:?}");
        let failure = ApiFailure::of(&error).expect("what the service said");
        assert_eq!(failure.request_id.as_deref(), Some("req_fault"));
    }
}

#[tokio::test(start_paused = true)]
async fn a_wait_beyond_two_minutes_is_the_callers_to_make() {
    let (service, client) = paused(patient(2));
    service.faults(|plan| plan.next(Method::GET, "/models", limited(RateForm::Seconds(121.0))));
    let error = client.send(list()).await.expect_err("too long");
    assert_eq!(error.retry(), Retry::After(Duration::from_secs(121)));
    let failure = ApiFailure::of(&error).expect("what the service said");
    assert_eq!(
        (failure.rate_limits.requests.limit, failure.rate_limits.requests.remaining),
        (Some(60), Some(0))
    );
    assert_eq!(failure.rate_limits.requests.reset_after, Some(Duration::from_secs(1)));
}

#[tokio::test(start_paused = true)]
async fn retries_and_time_have_an_end() {
    let (service, client) = paused(patient(2));
    service.faults(|plan| plan.in_turn(std::iter::repeat_n(Some(Fault::Failing(502)), 10)));
    let begun = Instant::now();
    let error = client.send(list()).await.expect_err("three tries fail");
    assert_eq!((error.kind(), error.retry()), (ErrorKind::Unavailable, Retry::Later));
    assert_eq!(begun.elapsed(), Duration::from_millis(1_500));

    let policy = RetryPolicy { deadline: Duration::from_secs(30), ..patient(100) };
    let (service, client) = paused(policy);
    service.faults(|plan| plan.in_turn(std::iter::repeat_n(Some(Fault::Failing(502)), 100)));
    let begun = Instant::now();
    client.send(list()).await.expect_err("the time is up");
    assert!(begun.elapsed() <= Duration::from_secs(30) && begun.elapsed() > Duration::from_secs(20));

    let policy = RetryPolicy { deadline: Duration::from_secs(30), ..patient(100) };
    let (service, client) = paused(policy);
    service.faults(|plan| plan.next(Method::GET, "", Fault::Slow(Duration::from_secs(3_600))));
    let begun = Instant::now();
    client.send(list()).await.expect_err("the time is up");
    assert_eq!(begun.elapsed(), Duration::from_secs(30));
}

#[test]
fn pauses_double_up_to_eight_seconds_and_chance_only_shortens() {
    #[derive(Debug)]
    struct Always(f64);
    impl codesight_openai::client::Chance for Always {
        fn next(&self) -> f64 {
            self.0
        }
    }
    let policy = RetryPolicy::default();
    let pauses = |chance: f64| {
        (0..6).map(|retry| policy.backoff(retry, &Always(chance)).as_millis()).collect::<Vec<_>>()
    };
    assert_eq!(pauses(0.0), [500, 1_000, 2_000, 4_000, 8_000, 8_000]);
    assert_eq!(pauses(1.0), [375, 750, 1_500, 3_000, 6_000, 6_000]);
}

#[tokio::test]
async fn nothing_shows_the_key() {
    let (_, client) = paused(patient(0));
    let request = format!("{client:?}");
    assert!(!request.contains("sk-fake"), "{request}");
}
