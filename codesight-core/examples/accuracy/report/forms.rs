//! The labelled forms: what a field is for, by its cues alone. Sites were divided before any word was chosen: the
//! words were tuned on one half, the other half is only measured.

use std::path::Path;

use codesight_core::privacy::fields::{FieldClass, FieldCues, FieldKind, classify_form};
use scraper::{ElementRef, Html, Selector};

use super::{Row, read};

/// One labelled field: its label, and what it was taken for.
struct Field {
    label: String,
    class: FieldClass,
}

/// The rows of both halves.
pub(crate) fn rows(corpora: &Path) -> Vec<Row> {
    let mut halves = [Vec::new(), Vec::new()];
    let index: serde_json::Value =
        serde_json::from_slice(&read(corpora, "duckduckgo-forms/index.json")).expect("the index is JSON");
    for form in index.as_array().into_iter().flatten() {
        let Some(file) = form["html"].as_str() else { continue };
        let path = corpora.join("pii/duckduckgo-forms").join(file);
        let Ok(page) = std::fs::read(path) else { continue };
        halves[half(file)].extend(fields(file, &String::from_utf8_lossy(&page)));
    }
    let [tuned, unseen] = halves;
    let mut rows = score("forms, tuned half", &tuned);
    rows.extend(score("forms, unseen half", &unseen));
    rows
}

/// The half a site belongs to: all pages of a site are in the same one.
fn half(file: &str) -> usize {
    let site = file.split(['_', '-', '.']).next().unwrap_or_default();
    let hash = site.bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
    });
    usize::from(hash >> 32 & 1 == 1)
}

fn fields(file: &str, page: &str) -> Vec<Field> {
    let document = Html::parse_document(page);
    let labelled = Selector::parse("[data-manual-scoring]").expect("a selector");
    let mut forms: Vec<(Option<ElementRef<'_>>, Vec<ElementRef<'_>>)> = Vec::new();
    for element in document.select(&labelled) {
        let form =
            element.ancestors().filter_map(ElementRef::wrap).find(|other| other.value().name() == "form");
        match forms.iter_mut().find(|(known, _)| *known == form) {
            Some((_, elements)) => elements.push(element),
            None => forms.push((form, vec![element])),
        }
    }
    forms.iter().flat_map(|(_, elements)| fields_of_form(file, &document, elements)).collect()
}

fn fields_of_form(file: &str, document: &Html, elements: &[ElementRef<'_>]) -> Vec<Field> {
    let texts: Vec<String> = elements.iter().map(|element| label_text(document, *element)).collect();
    let cues: Vec<FieldCues<'_>> =
        elements.iter().zip(&texts).map(|(element, text)| cues(element, text)).collect();
    let classes = classify_form(&cues);
    let fields = elements.iter().zip(&cues).zip(classes).map(|((element, cues), class)| {
        let label = element.attr("data-manual-scoring").unwrap_or_default().to_owned();
        let show = std::env::var_os("CODESIGHT_SHOW_MISSES").is_some() && half(file) == 0;
        if show && !is_exact(&label, class.kind) {
            eprintln!("form {file}: {label} taken for {:?} ({}): {cues:?}", class.kind, class.evidence);
        }
        Field { label, class }
    });
    fields.collect()
}

fn cues<'a>(element: &'a ElementRef<'a>, label: &'a str) -> FieldCues<'a> {
    let attribute = |name| element.attr(name).unwrap_or_default();
    let aria = [attribute("aria-label"), attribute("title")].into_iter().find(|text| !text.is_empty());
    FieldCues {
        tag: element.value().name(),
        input_type: attribute("type"),
        autocomplete: attribute("autocomplete"),
        name: attribute("name"),
        id: attribute("id"),
        label,
        placeholder: attribute("placeholder"),
        aria: aria.unwrap_or_default(),
    }
}

/// The text of the label that names the element, surrounds it, or stands before it.
fn label_text(document: &Html, element: ElementRef<'_>) -> String {
    let text = |element: ElementRef<'_>| element.text().collect::<Vec<_>>().join(" ").trim().to_owned();
    let labels = Selector::parse("label, [id]").expect("a selector");
    let id = element.attr("id").unwrap_or_default();
    let named = element.attr("aria-labelledby").unwrap_or_default();
    let mut found: Vec<String> = document
        .select(&labels)
        .filter(|other| {
            let own = other.attr("id").unwrap_or_default();
            let names = !id.is_empty() && other.value().name() == "label" && other.attr("for") == Some(id);
            names || (!own.is_empty() && named.split_ascii_whitespace().any(|name| name == own))
        })
        .map(text)
        .collect();
    if found.is_empty() {
        let around =
            element.ancestors().filter_map(ElementRef::wrap).find(|other| other.value().name() == "label");
        found.extend(around.map(text));
    }
    if found.is_empty() {
        // A short text right before it, as people read it.
        let before = element
            .prev_siblings()
            .chain(element.parent().into_iter().flat_map(|parent| parent.prev_siblings()));
        let near = before.filter_map(ElementRef::wrap).map(text).find(|text| !text.is_empty());
        found.extend(near.filter(|text| text.chars().count() <= 40));
    }
    if found.is_empty() {
        found.extend(floating_label(element).map(text));
    }
    found.join(" ")
}

/// The one label beside the one field of a box, as pages have it that draw the label over the empty field.
fn floating_label(element: ElementRef<'_>) -> Option<ElementRef<'_>> {
    let around = element.parent().and_then(ElementRef::wrap)?;
    let fields = Selector::parse("input, select, textarea").expect("a selector");
    let mut labels = around
        .child_elements()
        .filter(|other| other.value().name() == "label" && other.attr("for").is_none());
    let label = labels.next()?;
    (labels.next().is_none() && around.select(&fields).count() == 1).then_some(label)
}

fn is_exact(label: &str, kind: FieldKind) -> bool {
    label.split(" OR ").any(|label| match label {
        "password" | "password.new" | "password.current" => kind == FieldKind::Password,
        "username" => kind == FieldKind::Username,
        "emailAddress" => kind == FieldKind::Email,
        "firstName" => kind == FieldKind::FirstName,
        "middleName" => kind == FieldKind::MiddleName,
        "lastName" => kind == FieldKind::LastName,
        "fullName" => kind == FieldKind::FullName,
        "phone" => kind == FieldKind::Phone,
        "addressStreet" => kind == FieldKind::AddressLine1,
        "addressStreet2" => kind == FieldKind::AddressLine2,
        "addressCity" => kind == FieldKind::City,
        "addressProvince" => kind == FieldKind::Province,
        "addressPostalCode" => kind == FieldKind::PostalCode,
        "addressCountryCode" => kind == FieldKind::Country,
        "cardName" => kind == FieldKind::CardName,
        "cardNumber" => kind == FieldKind::CardNumber,
        "cardSecurityCode" => kind == FieldKind::CardSecurityCode,
        "expiration" => kind == FieldKind::CardExpiry,
        "expirationMonth" => kind == FieldKind::CardExpiryMonth,
        "expirationYear" => kind == FieldKind::CardExpiryYear,
        "birthday" => kind == FieldKind::Birthday,
        "birthdayDay" => kind == FieldKind::BirthdayDay,
        "birthdayMonth" => kind == FieldKind::BirthdayMonth,
        "birthdayYear" => kind == FieldKind::BirthdayYear,
        "totp" => kind == FieldKind::OneTimeCode,
        _ => !is_personal(kind) || is_beyond_labels(kind),
    })
}

/// The same, but a kind that the labels have no word for counts as wrong where they say `unknown`.
fn is_exact_in_labels(label: &str, kind: FieldKind) -> bool {
    is_exact(label, kind) && !(label == "unknown" && is_personal(kind))
}

/// Kinds that are personal and that the corpus has no label for: it says `unknown`. Of one-time codes it labels those
/// of authenticators only.
fn is_beyond_labels(kind: FieldKind) -> bool {
    use FieldKind::{
        BankAccount, Comment, Gender, GiftCard, NationalId, Nickname, OneTimeCode, Organization,
        PhoneExtension, Pin, SecurityAnswer,
    };
    matches!(
        kind,
        BankAccount
            | Comment
            | Gender
            | GiftCard
            | NationalId
            | Nickname
            | OneTimeCode
            | Organization
            | PhoneExtension
            | Pin
            | SecurityAnswer
    )
}

/// Whether the field was recognised as personal; what is merely unknown is masked too, but does not count here.
fn is_personal(kind: FieldKind) -> bool {
    kind != FieldKind::Unknown && kind.pii().is_some()
}

fn score(corpus: &'static str, fields: &[Field]) -> Vec<Row> {
    let row = |subject: &str, anchor, fields: &[&Field], right: &dyn Fn(&Field) -> bool| Row {
        corpus,
        subject: subject.to_owned(),
        precision: None,
        recall: fields.iter().filter(|field| right(field)).count() as f64 / fields.len().max(1) as f64,
        count: fields.len(),
        anchor,
    };
    let of = |wanted: &dyn Fn(&str) -> bool| {
        fields.iter().filter(|field| wanted(&field.label)).collect::<Vec<_>>()
    };
    let sensitive = of(&|label| label != "unknown");
    let unknown = of(&|label| label == "unknown");
    let secret = of(&|label| {
        label.starts_with("password") || matches!(label, "cardNumber" | "cardSecurityCode" | "totp")
    });
    let everything = of(&|_| true);
    vec![
        row(
            "sensitive, recognised",
            "rrweb .264, type+autocomplete .531; goal 0.995",
            &sensitive,
            &|field| is_personal(field.class.kind),
        ),
        row("sensitive, masked", "unknown values are masked too; goal 0.995", &sensitive, &|field| {
            field.class.policy != codesight_core::model::FieldPolicy::Keep
        }),
        row("password, card, CVC, one-time code, found", "goal 1.00", &secret, &|field| {
            is_personal(field.class.kind)
        }),
        row("password, card, CVC, one-time code", "the exact type", &secret, &|field| {
            is_exact(&field.label, field.class.kind)
        }),
        row("exact type", "DuckDuckGo .908, naive .817; goal 0.93, unseen 0.90", &everything, &|field| {
            is_exact(&field.label, field.class.kind)
        }),
        row(
            "exact type, no kind beyond the labels",
            "a company's name that they call unknown is wrong",
            &everything,
            &|field| is_exact_in_labels(&field.label, field.class.kind),
        ),
        row("unlabelled, no labelled kind given", "goal 0.75", &unknown, &|field| {
            !is_personal(field.class.kind) || is_beyond_labels(field.class.kind)
        }),
        row("not sensitive, left alone", "goal 0.75", &unknown, &|field| !is_personal(field.class.kind)),
    ]
}
