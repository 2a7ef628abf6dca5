//! What a reply says about limits and about waiting.

use std::time::Duration;

use codesight_core::time::Timestamp;
use http::HeaderMap;
use serde::Serialize;

/// One budget of a service, as far as its headers tell.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RateBudget {
    /// What there is in one period. Some services send -1 for "not known": that is none.
    pub limit: Option<u64>,
    /// What is left.
    pub remaining: Option<u64>,
    /// How long until it is full again.
    pub reset_after: Option<Duration>,
}

/// The headers `x-ratelimit-{limit,remaining,reset}-{requests,tokens}`.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct RateLimits {
    /// Requests.
    pub requests: RateBudget,
    /// Tokens.
    pub tokens: RateBudget,
}

impl RateLimits {
    /// Of a reply. `now` turns resets that are moments into durations.
    pub fn of(headers: &HeaderMap, now: Timestamp) -> Self {
        let budget = |of: &str| RateBudget {
            limit: number(headers, &format!("x-ratelimit-limit-{of}")),
            remaining: number(headers, &format!("x-ratelimit-remaining-{of}")),
            reset_after: text(headers, &format!("x-ratelimit-reset-{of}")).and_then(|text| reset(text, now)),
        };
        Self { requests: budget("requests"), tokens: budget("tokens") }
    }

    /// Whether any of them is known.
    pub fn is_known(&self) -> bool {
        *self != Self::default()
    }
}

/// How long the service asks to wait, in the order of OpenAI's Python client: `retry-after-ms`, then `retry-after` as seconds
/// (fractions allowed), then as an HTTP date. What is not positive is no answer.
pub fn retry_after(headers: &HeaderMap, now: Timestamp) -> Option<Duration> {
    let millis = text(headers, "retry-after-ms").and_then(|text| text.trim().parse::<f64>().ok());
    let asked = match millis {
        Some(millis) => millis / 1_000.0,
        None => {
            let text = text(headers, "retry-after")?.trim();
            match text.parse::<f64>() {
                Ok(seconds) => seconds,
                Err(_) => {
                    let moment = httpdate::parse_http_date(text).ok()?;
                    let since = moment.duration_since(std::time::UNIX_EPOCH).ok()?;
                    since.as_secs_f64() - now.as_millis() as f64 / 1_000.0
                }
            }
        }
    };
    Duration::try_from_secs_f64(asked).ok().filter(|asked| !asked.is_zero())
}

pub(crate) fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

fn number(headers: &HeaderMap, name: &str) -> Option<u64> {
    text(headers, name)?.trim().parse().ok()
}

/// `6m0s`, `20ms`, `1.5` (seconds), or seconds since 1970.
fn reset(text: &str, now: Timestamp) -> Option<Duration> {
    /// Seconds larger than this are a moment, not a duration: 2001, or 31 years.
    const SMALLEST_MOMENT: f64 = 1e9;
    let text = text.trim();
    if let Ok(seconds) = text.parse::<f64>() {
        let seconds =
            if seconds >= SMALLEST_MOMENT { seconds - now.as_millis() as f64 / 1_000.0 } else { seconds };
        return Duration::try_from_secs_f64(seconds.max(0.0)).ok();
    }
    let mut total = 0.0;
    let mut rest = text;
    while !rest.is_empty() {
        let end = rest.find(|letter: char| letter.is_ascii_alphabetic())?;
        let (number, after) = rest.split_at(end);
        let unit_end = after.find(|letter: char| !letter.is_ascii_alphabetic()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let unit = match unit {
            "d" => 86_400.0,
            "h" => 3_600.0,
            "m" => 60.0,
            "s" => 1.0,
            "ms" => 1e-3,
            "us" => 1e-6,
            "ns" => 1e-9,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * unit;
        rest = after;
    }
    Duration::try_from_secs_f64(total).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| ((*name).parse().unwrap(), value.parse().unwrap())).collect()
    }

    const NOW: Timestamp = Timestamp::from_millis(1_700_000_000_000);

    #[test]
    fn every_form_of_retry_after_is_understood() {
        type Headers = &'static [(&'static str, &'static str)];
        let cases: [(Headers, Option<u64>); 9] = [
            (&[("retry-after-ms", "250"), ("retry-after", "9")], Some(250)),
            (&[("retry-after", "2")], Some(2_000)),
            (&[("retry-after", " 1.5 ")], Some(1_500)),
            (&[("retry-after", "Tue, 14 Nov 2023 22:13:30 GMT")], Some(10_000)),
            (&[("retry-after", "Tue, 14 Nov 2023 22:13:10 GMT")], None),
            (&[("retry-after", "0")], None),
            (&[("retry-after", "-1")], None),
            (&[("retry-after", "soon")], None),
            (&[], None),
        ];
        for (pairs, expected) in cases {
            let map = headers(pairs);
            assert_eq!(retry_after(&map, NOW), expected.map(Duration::from_millis), "{map:?}");
        }
    }

    #[test]
    fn limits_are_read_in_the_forms_that_services_send() {
        let limits = RateLimits::of(
            &headers(&[
                ("x-ratelimit-limit-requests", "60"),
                ("x-ratelimit-remaining-requests", "-1"),
                ("x-ratelimit-reset-requests", "6m0s"),
                ("x-ratelimit-reset-tokens", "1700000007"),
            ]),
            NOW,
        );
        assert_eq!(
            limits.requests,
            RateBudget { limit: Some(60), remaining: None, reset_after: Some(Duration::from_secs(360)) }
        );
        assert_eq!(limits.tokens.reset_after, Some(Duration::from_secs(7)));
        assert_eq!(reset("20ms", NOW), Some(Duration::from_millis(20)));
        assert_eq!(reset("1h2m3.5s", NOW), Some(Duration::from_millis(3_723_500)));
        assert_eq!((reset("later", NOW), reset("5x", NOW)), (None, None));
    }
}
