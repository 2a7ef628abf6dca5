//! Finding personal data in text.

mod address;
mod bank;
mod calling_codes;
mod card;
mod checks;
mod context;
mod date;
mod decode;
mod digits;
mod email;
mod fold;
mod national;
mod network;
mod pattern;
mod phone;
mod secret;
mod settle;
mod social;
mod url;
mod view;
mod words;

use std::fmt;
use std::ops::Range;

use serde::{Deserialize, Serialize};

pub use pattern::PatternDetector;
pub use url::urls;

/// What kind of personal data something is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum PiiType {
    /// An e-mail address.
    Email,
    /// A phone number.
    Phone,
    /// A payment card number.
    Card,
    /// An international bank account number.
    Iban,
    /// A United States social security number.
    Ssn,
    /// Another national id with a check digit.
    NationalId,
    /// An IPv4 or IPv6 address.
    IpAddress,
    /// A hardware address.
    MacAddress,
    /// A token, an API key, a private key, a password in a URL.
    Secret,
    /// A password, a card security code, a one-time code: dropped, never replaced by a stand-in.
    Credential,
    /// A date of birth.
    BirthDate,
    /// A postal address or a part of it.
    PostalAddress,
    /// A person's name.
    PersonName,
    /// A form value of which nothing more is known.
    FormValue,
}

impl PiiType {
    /// Every type.
    pub const ALL: [Self; 14] = [
        Self::Email,
        Self::Phone,
        Self::Card,
        Self::Iban,
        Self::Ssn,
        Self::NationalId,
        Self::IpAddress,
        Self::MacAddress,
        Self::Secret,
        Self::Credential,
        Self::BirthDate,
        Self::PostalAddress,
        Self::PersonName,
        Self::FormValue,
    ];

    /// The word used in placeholders: upper-case letters only.
    pub fn placeholder(self) -> &'static str {
        match self {
            Self::Email => "EMAIL",
            Self::Phone => "PHONE",
            Self::Card => "CARD",
            Self::Iban => "IBAN",
            Self::Ssn => "SSN",
            Self::NationalId => "ID",
            Self::IpAddress => "IP",
            Self::MacAddress => "MAC",
            Self::Secret => "SECRET",
            Self::Credential => "CREDENTIAL",
            Self::BirthDate => "BIRTHDATE",
            Self::PostalAddress => "ADDRESS",
            Self::PersonName => "NAME",
            Self::FormValue => "VALUE",
        }
    }

    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Email => "email",
            Self::Phone => "phone",
            Self::Card => "card",
            Self::Iban => "iban",
            Self::Ssn => "ssn",
            Self::NationalId => "national-id",
            Self::IpAddress => "ip-address",
            Self::MacAddress => "mac-address",
            Self::Secret => "secret",
            Self::Credential => "credential",
            Self::BirthDate => "birth-date",
            Self::PostalAddress => "postal-address",
            Self::PersonName => "person-name",
            Self::FormValue => "form-value",
        }
    }
}

/// Where a text was found. Detectors may judge the same digits differently in a URL and in a form.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Surface {
    /// Visible or accessible text.
    Text,
    /// The title of a page.
    Title,
    /// An address, its query included.
    Url,
    /// A selector or locator, which may quote text.
    Selector,
    /// The value of an attribute.
    Attribute,
    /// What a form field holds.
    FieldValue,
    /// A field of a newer version, of which nothing is known.
    Unknown,
}

impl Surface {
    /// The word used in reports.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Text => "text",
            Self::Title => "title",
            Self::Url => "url",
            Self::Selector => "selector",
            Self::Attribute => "attribute",
            Self::FieldValue => "field-value",
            Self::Unknown => "unknown",
        }
    }
}

/// A text to look at.
#[derive(Debug, Clone, Copy)]
pub struct DetectInput<'a> {
    /// The text.
    pub text: &'a str,
    /// Where it was found.
    pub surface: Surface,
    /// What the text is about, if known: the label of its field, the name of its attribute.
    pub cue: &'a str,
    /// Two upper-case letters of the page's country, for national phone numbers.
    pub country: Option<[u8; 2]>,
}

impl<'a> DetectInput<'a> {
    /// Plain text without any cue.
    pub fn text(text: &'a str) -> Self {
        Self { text, surface: Surface::Text, cue: "", country: None }
    }
}

/// One finding: a place in the text, never the text itself.
#[derive(Debug, Clone, PartialEq)]
pub struct PiiSpan {
    /// Bytes, on character boundaries.
    pub range: Range<usize>,
    /// What it is.
    pub kind: PiiType,
    /// 0 to 1.
    pub score: f32,
    /// Which fact decided, as a stable word: `luhn`, `mod-97`, `cue`, `format`.
    pub evidence: &'static str,
}

/// Finds personal data. Deterministic: the same text gives the same spans, in every process.
pub trait PiiDetector: fmt::Debug + Send + Sync {
    /// Name and version, written into reports.
    fn version(&self) -> &str;

    /// Adds the spans of `input` to `found`, by start, none overlapping another.
    ///
    /// # Behaviour
    /// - a span covers the whole of what it names, never a part
    /// - time is linear in the length of the text
    /// - placeholders (`<EMAIL_…>`) are not found again
    fn detect(&self, input: &DetectInput<'_>, found: &mut Vec<PiiSpan>);
}
