//! The kinds of form fields.

use serde::{Deserialize, Serialize};

use super::table::table;
use crate::model::FieldPolicy;
use crate::privacy::PiiType;

/// What a form field is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum FieldKind {
    /// A code sent for one use.
    OneTimeCode,
    /// The code printed on a card.
    CardSecurityCode,
    /// A personal number that opens something.
    Pin,
    /// A password, old or new.
    Password,
    /// The answer to a question that stands in for a password.
    SecurityAnswer,
    /// The month a card ends.
    CardExpiryMonth,
    /// The year a card ends.
    CardExpiryYear,
    /// When a card ends.
    CardExpiry,
    /// Whose card it is.
    CardName,
    /// The number of a card.
    CardNumber,
    /// A code that lowers the price.
    Coupon,
    /// A card or code that is worth money.
    GiftCard,
    /// The address of a website.
    Website,
    /// Words to look for.
    Search,
    /// How many.
    Quantity,
    /// A number a state gave to a person.
    NationalId,
    /// A bank account.
    BankAccount,
    /// Day of birth.
    BirthdayDay,
    /// Month of birth.
    BirthdayMonth,
    /// Year of birth.
    BirthdayYear,
    /// Date of birth.
    Birthday,
    /// An e-mail address.
    Email,
    /// A name or number by which an account is known.
    Username,
    /// A name for other people to see.
    Nickname,
    /// Given name.
    FirstName,
    /// Names between the first and the last.
    MiddleName,
    /// Family name.
    LastName,
    /// The whole name.
    FullName,
    /// A phone number or a part of it.
    Phone,
    /// What is dialled behind a phone number.
    PhoneExtension,
    /// The second line of an address.
    #[serde(rename = "address-line-2")]
    AddressLine2,
    /// Street and house number.
    #[serde(rename = "address-line-1")]
    AddressLine1,
    /// Postal code.
    PostalCode,
    /// City.
    City,
    /// State, province, region.
    Province,
    /// Country.
    Country,
    /// A company.
    Organization,
    /// Gender or form of address.
    Gender,
    /// Free text.
    Comment,
    /// A check box, a radio button, a button: a choice the page offers.
    Choice,
    /// Nothing is known: its value is masked.
    Unknown,
}

impl FieldKind {
    /// What may be kept of a value of this kind.
    pub fn policy(self) -> FieldPolicy {
        match self {
            Self::Unknown => FieldPolicy::Shape,
            _ => table().policy(self),
        }
    }

    /// The personal data its value is, if it is any.
    pub fn pii(self) -> Option<PiiType> {
        match self {
            Self::Unknown => Some(PiiType::FormValue),
            _ => table().pii(self),
        }
    }
}
