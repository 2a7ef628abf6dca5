//! What the fields of one form tell about each other.

use super::{FieldClass, FieldCues, FieldKind, classify, matches};

/// Says what each field of a form is for. A field's own cues decide, as in [`classify`]; where they leave it open, its
/// neighbours do:
/// - the one thing asked for beside one password is the name of an account, whatever it is written as
/// - a month and a year beside a card are the card's, not a birthday's
/// - a security code where no card is asked for was sent to the person
///
/// ```
/// use codesight_core::privacy::fields::{FieldCues, FieldKind, classify_form};
///
/// let identity = FieldCues { name: "email", ..FieldCues::default() };
/// let password = FieldCues { input_type: "password", ..FieldCues::default() };
/// assert_eq!(classify_form(&[identity, password])[0].kind, FieldKind::Username);
/// assert_eq!(classify_form(&[identity])[0].kind, FieldKind::Email);
/// ```
pub fn classify_form(fields: &[FieldCues<'_>]) -> Vec<FieldClass> {
    let mut classes: Vec<FieldClass> = fields.iter().map(classify).collect();
    if let Some(place) = account_name(fields, &classes) {
        classes[place] = FieldClass::new(FieldKind::Username, "form", 0.9);
    }
    let asks_for = |wanted: &[FieldKind]| classes.iter().any(|class| wanted.contains(&class.kind));
    let has_card = asks_for(&[FieldKind::CardNumber, FieldKind::CardName, FieldKind::CardSecurityCode]);
    let has_birthday = asks_for(&[FieldKind::Birthday]);
    let has_number = asks_for(&[
        FieldKind::CardNumber,
        FieldKind::CardName,
        FieldKind::CardExpiry,
        FieldKind::CardExpiryMonth,
    ]);
    for (class, cues) in classes.iter_mut().zip(fields) {
        let kind = match class.kind {
            part @ (FieldKind::BirthdayMonth | FieldKind::BirthdayYear)
                if has_card && !has_birthday && !matches(cues).name(part) =>
            {
                if part == FieldKind::BirthdayMonth {
                    FieldKind::CardExpiryMonth
                } else {
                    FieldKind::CardExpiryYear
                }
            }
            FieldKind::CardSecurityCode if !has_number && matches(cues).mention(FieldKind::OneTimeCode) => {
                FieldKind::OneTimeCode
            }
            _ => continue,
        };
        *class = FieldClass::new(kind, "form", class.score);
    }
    classes
}

/// The field that names the account of a login: one password that is not a new one, and one thing besides it.
fn account_name(fields: &[FieldCues<'_>], classes: &[FieldClass]) -> Option<usize> {
    let is_password = |cues: &FieldCues<'_>| cues.input_type.eq_ignore_ascii_case("password");
    let mut passwords = fields.iter().filter(|cues| is_password(cues));
    let password = passwords.next()?;
    if passwords.next().is_some() || password.autocomplete.contains("new-password") {
        return None;
    }
    let mut asked = fields.iter().zip(classes).enumerate().filter(|(_, (cues, class))| {
        let written = !is_password(cues) && cues.tag != "select";
        let said = !matches!(
            class.kind,
            FieldKind::Choice | FieldKind::Search | FieldKind::Coupon | FieldKind::Quantity
        );
        written && said
    });
    let (place, (_, class)) = asked.next()?;
    (asked.next().is_none() && may_name_account(class.kind)).then_some(place)
}

/// Kinds that say how an account is named, or that say little. A national id stays one.
fn may_name_account(kind: FieldKind) -> bool {
    matches!(
        kind,
        FieldKind::Email
            | FieldKind::Phone
            | FieldKind::Unknown
            | FieldKind::Username
            | FieldKind::Nickname
            | FieldKind::FirstName
            | FieldKind::LastName
            | FieldKind::FullName
            | FieldKind::Website
            | FieldKind::Organization
    )
}
