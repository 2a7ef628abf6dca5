//! Stand-ins that look like values: from the ranges that standards and offices set aside for examples, so that nobody
//! has one of them.

use super::PiiType;
use super::pseudonym::{PseudonymScope, letters};

/// The domain of RFC 2606.
const DOMAIN: &str = "@example.com";
/// The best-known test number. Cards get a constant: their values are few enough to try.
const CARD: &str = "4111111111111111";
/// Networks for documentation (RFC 5737).
const NETWORKS: [&str; 3] = ["192.0.2.", "198.51.100.", "203.0.113."];
/// The network for documentation (RFC 3849).
const NETWORK_6: &str = "2001:db8::";
/// Hardware addresses for documentation (RFC 7042).
const HARDWARE: &str = "00:00:5E:00:53:";
/// Numbers for advertising end with 20 to 29.
const SOCIAL: &str = "987-65-432";

/// The surrogate of a value, by its keyed digest; none for types without a reserved range.
pub(super) fn of(kind: PiiType, value: &str, digest: &[u8; 32], scope: PseudonymScope) -> Option<String> {
    let number = u64::from(u32::from_be_bytes([digest[0], digest[1], digest[2], digest[3]]));
    Some(match kind {
        PiiType::Email => format!("{}{DOMAIN}", letters(digest, scope).to_lowercase()),
        PiiType::Phone => {
            // An area from 200 to 999 without the service codes that end with 11.
            let area = 200 + number / 100 % 800;
            format!("+1 {}-555-{:04}", if area % 100 == 11 { area + 1 } else { area }, 100 + number % 100)
        }
        PiiType::Card => CARD.to_owned(),
        PiiType::IpAddress if value.contains(':') => {
            format!("{NETWORK_6}{:x}:{:x}", u16::from_be_bytes([digest[0], digest[1]]) | 1, digest[2] | 1)
        }
        PiiType::IpAddress => format!("{}{}", NETWORKS[(number % 3) as usize], digest[3]),
        PiiType::MacAddress => format!("{HARDWARE}{:02X}", digest[0]),
        PiiType::Ssn => format!("{SOCIAL}{}", number % 10),
        _ => return None,
    })
}

/// Whether a text is one of those values, in the writing in which they are made.
pub(super) fn is_reserved(kind: PiiType, text: &str) -> bool {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    match kind {
        PiiType::Email => text.strip_suffix(DOMAIN).is_some_and(|name| {
            matches!(name.len(), 6 | 12)
                && name.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
        }),
        PiiType::Phone => text
            .strip_prefix("+1 ")
            .and_then(|rest| rest.split_once("-555-01"))
            .is_some_and(|(area, last)| area.len() == 3 && last.len() == 2 && digits(area) && digits(last)),
        PiiType::Card => text == CARD,
        PiiType::IpAddress => {
            text.starts_with(NETWORK_6)
                || NETWORKS.iter().any(|network| text.strip_prefix(network).is_some_and(digits))
        }
        PiiType::MacAddress => text.strip_prefix(HARDWARE).is_some_and(|last| last.len() == 2),
        PiiType::Ssn => text.strip_prefix(SOCIAL).is_some_and(|last| last.len() == 1 && digits(last)),
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::privacy::{DetectInput, PatternDetector, PiiDetector};

    #[test]
    fn a_surrogate_is_found_again_as_what_it_stands_for_and_known_as_reserved() {
        for (kind, value) in [
            (PiiType::Email, "jane@shop.test"),
            (PiiType::Phone, "+44 20 7946 0958"),
            (PiiType::Card, "5500 0000 0000 0004"),
            (PiiType::IpAddress, "10.1.2.3"),
            (PiiType::IpAddress, "fe80::1"),
            (PiiType::MacAddress, "d9:53:26:bc:22:0f"),
        ] {
            for seed in 0..=255_u8 {
                let digest = std::array::from_fn(|place| seed.wrapping_mul(31).wrapping_add(place as u8 * 7));
                let made = of(kind, value, &digest, PseudonymScope::Session).expect("a range");
                assert!(is_reserved(kind, &made), "{made}");
                let text = format!("write to {made} please");
                let mut found = Vec::new();
                PatternDetector::new().detect(&DetectInput::text(&text), &mut found);
                let found: Vec<_> = found.iter().map(|span| (span.kind, &text[span.range.clone()])).collect();
                assert_eq!(found, [(kind, made.as_str())]);
            }
        }
    }

    #[test]
    fn values_of_people_are_not_reserved() {
        for (kind, value) in [
            (PiiType::Email, "jane.doe@example.com"),
            (PiiType::Email, "jane@shop.test"),
            (PiiType::Phone, "+1 212-555-4567"),
            (PiiType::Card, "5500000000000004"),
            (PiiType::IpAddress, "192.0.20.1"),
            (PiiType::Ssn, "987-65-4310"),
            (PiiType::PersonName, "Jane"),
        ] {
            assert!(!is_reserved(kind, value), "{value}");
        }
    }
}
