//! What form fields are taken for.

use codesight_core::model::{ElementData, FieldPolicy, FormField};
use codesight_core::privacy::PiiType;
use codesight_core::privacy::fields::{FieldCues, FieldKind, classify, classify_form};

fn by_name(name: &str) -> FieldKind {
    classify(&FieldCues { name, ..FieldCues::default() }).kind
}

fn by_label(label: &str) -> FieldKind {
    classify(&FieldCues { label, ..FieldCues::default() }).kind
}

#[test]
fn names_of_programs_are_read() {
    for (name, kind) in [
        ("billing[ccNumber]", FieldKind::CardNumber),
        ("card-number", FieldKind::CardNumber),
        ("cvv2", FieldKind::CardSecurityCode),
        ("cardExpiryDateMonth", FieldKind::CardExpiryMonth),
        ("customerEmailAddress", FieldKind::Email),
        ("firstName", FieldKind::FirstName),
        ("lname", FieldKind::LastName),
        ("address2", FieldKind::AddressLine2),
        ("postalCode", FieldKind::PostalCode),
        ("otp", FieldKind::OneTimeCode),
        ("qty", FieldKind::Quantity),
        ("coupon_code", FieldKind::Coupon),
        ("field_17", FieldKind::Unknown),
    ] {
        assert_eq!(by_name(name), kind, "{name}");
    }
}

#[test]
fn labels_of_people_are_read_in_many_languages() {
    for (label, kind) in [
        ("E-Mail-Adresse *", FieldKind::Email),
        ("Numéro de téléphone", FieldKind::Phone),
        ("Código de seguridad", FieldKind::CardSecurityCode),
        ("Fecha de caducidad", FieldKind::CardExpiry),
        ("Hasło", FieldKind::Password),
        ("Пароль", FieldKind::Password),
        ("郵便番号", FieldKind::PostalCode),
        ("验证码", FieldKind::OneTimeCode),
        ("Codice fiscale", FieldKind::NationalId),
        ("Nom du titulaire de la carte", FieldKind::CardName),
        ("Suche", FieldKind::Search),
    ] {
        assert_eq!(by_label(label), kind, "{label}");
    }
}

#[test]
fn secrets_are_dropped_whatever_else_is_said() {
    let password =
        FieldCues { input_type: "password", name: "search", label: "Search", ..FieldCues::default() };
    assert_eq!(classify(&password).policy, FieldPolicy::Drop);
    let code =
        FieldCues { input_type: "tel", autocomplete: "section-pay billing cc-csc", ..FieldCues::default() };
    assert_eq!(
        (classify(&code).kind, classify(&code).policy),
        (FieldKind::CardSecurityCode, FieldPolicy::Drop)
    );
    for kind in [FieldKind::Password, FieldKind::Pin, FieldKind::OneTimeCode, FieldKind::CardSecurityCode] {
        assert_eq!((kind.policy(), kind.pii()), (FieldPolicy::Drop, Some(PiiType::Credential)));
    }
}

#[test]
fn what_is_not_known_is_masked() {
    let class = classify(&FieldCues::default());
    assert_eq!((class.kind, class.policy, class.evidence), (FieldKind::Unknown, FieldPolicy::Shape, "none"));
    assert_eq!(class.kind.pii(), Some(PiiType::FormValue));
}

#[test]
fn a_new_password_token_on_a_text_field_is_not_believed() {
    let cues =
        FieldCues { input_type: "text", autocomplete: "new-password", label: "City", ..FieldCues::default() };
    assert_eq!(classify(&cues).kind, FieldKind::City);
}

#[test]
fn cues_come_from_elements_and_form_fields() {
    let element = ElementData {
        tag: "input".into(),
        name: Some("Card number".into()),
        attributes: [("autocomplete".to_owned(), "cc-number".to_owned())].into(),
        ..ElementData::default()
    };
    let class = classify(&FieldCues::from(&element));
    assert_eq!((class.kind, class.evidence), (FieldKind::CardNumber, "autocomplete"));
    let field = FormField { name: "tel".into(), ..FormField::default() };
    assert_eq!(classify(&FieldCues::from(&field)).kind, FieldKind::Phone);
}

/// One case of the corpus that the browser extension's tests read as well.
#[derive(serde::Deserialize)]
struct Case {
    cues: std::collections::BTreeMap<String, String>,
    kind: FieldKind,
    policy: FieldPolicy,
}

#[test]
fn the_recorder_and_the_masker_come_to_the_same() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("../data/privacy/fields.json")).unwrap();
    assert!(cases.len() >= 100);
    for Case { cues, kind, policy } in cases {
        let said = |name: &str| cues.get(name).map_or("", String::as_str);
        let class = classify(&FieldCues {
            tag: "input",
            input_type: said("type"),
            autocomplete: said("autocomplete"),
            name: said("name"),
            id: said("id"),
            label: said("label"),
            placeholder: said("placeholder"),
            aria: said("aria"),
        });
        assert_eq!((class.kind, class.policy), (kind, policy), "{cues:?}");
    }
}

fn kinds_of_form<const COUNT: usize>(fields: [FieldCues<'_>; COUNT]) -> Vec<FieldKind> {
    classify_form(&fields).into_iter().map(|class| class.kind).collect()
}

#[test]
fn the_fields_of_a_form_tell_about_each_other() {
    let named = |name| FieldCues { name, ..FieldCues::default() };
    let password = FieldCues { input_type: "password", ..FieldCues::default() };
    let new_password = FieldCues { autocomplete: "new-password", ..password };
    use FieldKind::{
        BirthdayMonth, BirthdayYear, CardExpiryMonth, CardExpiryYear, CardNumber, CardSecurityCode, Email,
        NationalId, OneTimeCode, Password, Unknown, Username,
    };
    // The name of an account, but not where an account is made, and not where something else is asked for as well.
    assert_eq!(kinds_of_form([named("email"), password]), [Username, Password]);
    assert_eq!(kinds_of_form([named("f1"), password]), [Username, Password]);
    assert_eq!(kinds_of_form([named("email"), new_password]), [Email, Password]);
    assert_eq!(kinds_of_form([named("email"), password, password]), [Email, Password, Password]);
    assert_eq!(kinds_of_form([named("f1"), named("email"), password]), [Unknown, Email, Password]);
    assert_eq!(kinds_of_form([named("cpf"), password]), [NationalId, Password]);
    // Months and years beside a card.
    let [month, year] = [named("month"), named("year")];
    assert_eq!(
        kinds_of_form([named("cardNumber"), month, year]),
        [CardNumber, CardExpiryMonth, CardExpiryYear]
    );
    assert_eq!(kinds_of_form([month, year]), [BirthdayMonth, BirthdayYear]);
    assert_eq!(kinds_of_form([named("cardNumber"), named("birthMonth")]), [CardNumber, BirthdayMonth]);
    // A code that was sent.
    let code = FieldCues { name: "twofactor_token", label: "Security code", ..FieldCues::default() };
    assert_eq!(kinds_of_form([code]), [OneTimeCode]);
    assert_eq!(kinds_of_form([named("cardNumber"), code]), [CardNumber, CardSecurityCode]);
}

#[test]
fn the_word_table_is_sound() {
    let table: serde_json::Value =
        serde_json::from_str(include_str!("../../src/privacy/fields/cues.json")).unwrap();
    assert_eq!(table["version"], 1);
    let mut seen = std::collections::BTreeMap::new();
    for kind in table["kinds"].as_array().unwrap() {
        for list in ["words", "weak", "parts", "whole"] {
            for word in kind[list].as_array().into_iter().flatten() {
                let before = seen.insert(word.as_str().unwrap().to_owned(), (&kind["kind"], list));
                if let Some((other, listed)) = before {
                    // A phrase may be a part as well; it may not mean two things.
                    assert!(
                        *other == kind["kind"] && listed != list,
                        "{word} means {other} and {}",
                        kind["kind"]
                    );
                }
            }
        }
    }
}
