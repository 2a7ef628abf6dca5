//! The masker: nothing personal gets through, whatever field it is in, and what is not personal stays.

use std::sync::Arc;

use codesight_core::model::{FieldPolicy, InteractionData};
use codesight_core::ports::SecretKey;
use codesight_core::privacy::{Masked, Masker, PatternDetector, PiiType, Pseudonymizer, Raw, Surface};
use codesight_core::wire::SessionStart;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::plants::planted;

fn masker() -> Masker {
    Masker::new(Arc::new(PatternDetector::default()), Pseudonymizer::new(SecretKey::from_bytes([7; 32])))
}

fn mask_with(masker: &mut Masker, interaction: &Value) -> Value {
    let interaction: InteractionData = serde_json::from_value(interaction.clone()).expect("an interaction");
    serde_json::to_value(masker.interaction(Raw::new(interaction))).expect("JSON")
}

fn mask(interaction: &Value) -> Value {
    mask_with(&mut masker(), interaction)
}

#[test]
fn a_planted_value_survives_in_no_field() {
    for secret in ["jane.doe@example.com", "4111 1111 1111 1111", "DE89 3704 0044 0532 0130 00", "192.0.2.44"]
    {
        let interaction = planted(secret);
        let before = interaction.to_string();
        assert!(before.matches(secret).count() > 40, "the plant is not in the input");
        let after = mask(&interaction).to_string();
        assert!(!after.contains(secret), "{secret} survived: {after}");
    }
}

#[test]
fn an_unknown_field_keeps_what_the_goal_says_and_nothing_else() {
    let goal = "Enter \"Chas Low\" and answer jane.doe@example.com";
    let start: SessionStart = serde_json::from_value(json!({
        "key": "key-of-a-session-1", "sessionType": "human", "goal": {"text": goal}, "capture": {"name": "full"},
        "consent": {"subject": "s", "textVersion": "1", "purposes": [], "givenAt": 0}
    }))
    .expect("a start");
    let mut masker = masker();
    masker.session_start(Raw::new(start));
    let mut held = |attributes: Value, value: &str| {
        let typed = json!({
            "type": "input", "timestamp": 0, "pageContext": {"url": "https://a.test/"}, "action": {"text": value},
            "element": {"tag": "input", "inputType": "text", "attributes": attributes, "value": value}
        });
        let once = mask_with(&mut masker, &typed);
        assert_eq!(mask_with(&mut masker, &once), once);
        once["action"]["text"].as_str().expect("a text").to_owned()
    };
    assert_eq!(held(json!({}), "Chas Low"), "Chas Low");
    assert_eq!(held(json!({}), "Chas"), "Chas");
    assert_eq!(held(json!({}), "Cha"), "xxx");
    assert_eq!(held(json!({}), "Susan"), "xxxxx");
    assert!(held(json!({}), "jane.doe@example.com").starts_with("<EMAIL_"));
    assert!(!held(json!({"name": "fullName"}), "Chas Low").contains("Chas"));
    assert!(!held(json!({"name": "password", "type": "password"}), "Chas").contains("Chas"));
}

#[test]
fn masking_twice_changes_nothing() {
    let once = mask(&planted("jane.doe@example.com"));
    assert_eq!(mask(&once), once);
}

fn with_surrogates() -> Masker {
    let pseudonyms = Pseudonymizer::new(SecretKey::from_bytes([7; 32])).with_surrogates();
    Masker::new(Arc::new(PatternDetector::default()), pseudonyms)
}

#[test]
fn surrogates_come_from_reserved_ranges_and_are_masked_no_second_time() {
    for (secret, surrogate) in
        [("jane.doe@shop.test", "@example.com"), ("+44 20 7946 0958", "-555-01"), ("10.12.13.14", ".")]
    {
        let once = mask_with(&mut with_surrogates(), &planted(secret));
        assert!(!once.to_string().contains(secret) && once.to_string().contains(surrogate), "{once}");
        assert_eq!(mask_with(&mut with_surrogates(), &once), once);
    }
}

#[test]
fn a_value_that_another_hid_is_masked_in_the_same_go() {
    let text = "jane@shop.test+44 20 7946 0958+44 20 7946 0958+44 20 7946 0958+44 20 7946 0958<EMAIL_0>";
    for mut masker in [masker(), with_surrogates()] {
        let mut mask = |text: &str| masker.text(Raw::new(text.to_owned()), Surface::Text).into_inner();
        let once = mask(text);
        assert!(!once.contains("7946"), "{once}");
        assert_eq!(mask(&once), once);
    }
}

proptest! {
    #[test]
    fn text_with_surrogates_is_masked_once(
        text in "([a-z@.:0-9 +-]|jane@shop[.]test|[+]44 20 7946 0958|4012888888881881|10[.]12[.]13[.]14|ssn 123-45-6789|d9:53:26:bc:22:0f|fe80::1|<EMAIL_0>){0,24}"
    ) {
        let mask = |text: &str| with_surrogates().text(Raw::new(text.to_owned()), Surface::Text).into_inner();
        let once = mask(&text);
        prop_assert_eq!(mask(&once), once);
    }
}

#[test]
fn a_placeholder_in_a_label_does_not_say_what_the_field_is_for() {
    // Letters that detectors read as letters, and that become an address once only their shape is kept.
    for text in ["\u{1083c}@a.\u{a7d1} ", "\u{fffc}\u{fe6b}A.\u{10800}\u{1cd0}:"] {
        let once = mask(&planted(text));
        let twice = mask(&once);
        for (name, value) in once.as_object().expect("an object") {
            assert_eq!(&twice[name], value, "{name}");
        }
    }
}

#[test]
fn what_is_not_personal_stays() {
    let interaction = json!({
        "type": "click", "timestamp": 1,
        "element": { "tag": "button", "name": "Add to cart", "attributes": { "class": "btn btn-4111111111111111" } },
        "pageContext": { "url": "https://shop.test/p/12345678?size=42", "title": "Mug, 12 oz, $14.50 (SKU 1234567890)" }
    });
    let masked = mask(&interaction);
    assert_eq!(masked["element"]["name"], "Add to cart");
    assert_eq!(masked["element"]["attributes"]["class"], "btn btn-4111111111111111");
    assert_eq!(masked["pageContext"]["title"], "Mug, 12 oz, $14.50 (SKU 1234567890)");
    assert_eq!(masked["pageContext"]["url"], "https://shop.test/p/12345678?size=42");
}

fn typed(element: &Value, text: &str) -> Value {
    json!({
        "type": "input", "timestamp": 1, "action": { "text": text }, "element": element,
        "stateChanges": [{ "kind": "value", "before": "", "after": text }]
    })
}

#[test]
fn a_password_leaves_not_even_its_length() {
    let element = json!({ "tag": "input", "inputType": "password", "value": "hunter2", "attributes": { "value": "hunter2" } });
    let masked = mask(&typed(&element, "hunter2"));
    assert!(!masked.to_string().contains("hunter2"));
    assert_eq!(masked["action"]["text"], "<CREDENTIAL>");
    assert_eq!(masked["element"]["fieldPolicy"], "drop");
}

#[test]
fn a_password_shown_as_text_is_still_a_password() {
    let attributes = json!({ "autocomplete": "current-password", "name": "pwd" });
    let masked =
        mask(&typed(&json!({ "tag": "input", "inputType": "text", "attributes": attributes }), "hunter2"));
    assert_eq!(masked["action"]["text"], "<CREDENTIAL>");
}

#[test]
fn the_recorder_may_be_stricter_but_not_laxer() {
    let lax = json!({ "tag": "input", "inputType": "password", "fieldPolicy": "keep" });
    assert_eq!(mask(&typed(&lax, "hunter2"))["action"]["text"], "<CREDENTIAL>");
    let search = json!({ "tag": "input", "inputType": "search", "fieldPolicy": "drop", "attributes": { "name": "q" } });
    assert_eq!(mask(&typed(&search, "red lamp"))["element"]["fieldPolicy"], json!(FieldPolicy::Drop));
}

#[test]
fn a_search_is_kept() {
    let search = json!({ "tag": "input", "inputType": "search", "attributes": { "name": "q" } });
    assert_eq!(mask(&typed(&search, "red lamp"))["action"]["text"], "red lamp");
}

#[test]
fn a_name_typed_once_is_masked_wherever_it_shows_up_again() {
    let mut masker = masker();
    let name = json!({ "tag": "input", "inputType": "text", "attributes": { "name": "fullname", "autocomplete": "name" } });
    let first = mask_with(&mut masker, &typed(&name, "Marguerite Doe"));
    let placeholder = first["action"]["text"].as_str().expect("text").to_owned();
    assert!(placeholder.starts_with("<NAME_"), "{placeholder}");
    let next = json!({ "type": "click", "timestamp": 2, "pageContext": { "title": "Hi, Marguerite! (Marguerites on sale)" } });
    let next = mask_with(&mut masker, &next);
    assert_eq!(next["pageContext"]["title"], format!("Hi, {placeholder}! (Marguerites on sale)"));
}

#[test]
fn a_name_out_of_an_address_is_masked_after_a_greeting_only() {
    let mut masker = masker();
    let field = json!({ "tag": "input", "inputType": "email", "attributes": { "name": "email" } });
    mask_with(&mut masker, &typed(&field, "jane.lamp@example.com"));
    let page =
        json!({ "type": "click", "timestamp": 2, "pageContext": { "title": "Hi, Jane! A lamp by Jane" } });
    let title = mask_with(&mut masker, &page)["pageContext"]["title"].as_str().expect("text").to_owned();
    assert!(title.starts_with("Hi, <NAME_") && title.ends_with("! A lamp by Jane"), "{title}");
}

#[test]
fn the_report_counts_by_type_and_never_shows_a_value() {
    let mut masker = masker();
    mask_with(&mut masker, &planted("jane.doe@example.com"));
    let emails: u32 = masker
        .report()
        .counts()
        .filter(|(kind, _, _)| *kind == PiiType::Email)
        .map(|(_, _, count)| count)
        .sum();
    assert!(emails > 30);
    assert!(!format!("{masker:?}").contains("jane"));
}

#[test]
fn numbers_and_names_of_unknown_fields_are_masked_too() {
    let interaction =
        json!({ "type": "click", "timestamp": 1, "later": { "jane.doe@example.com": 4111111111111111_u64 } });
    let masked = mask(&interaction).to_string();
    assert!(!masked.contains("jane.doe") && !masked.contains("4111111111111111"), "{masked}");
}

proptest! {
    #[test]
    fn escaped_text_is_masked_the_same_twice(
        text in "([a-c1-4@.%&#;x\\\\u<>=/_ é٣４-]|%[2-7][0-9A-F]|&#[0-9]{2,3};|\\\\u00[2-7][0-9a-f]|amFuZUBjYW5hcnkuZXhhbXBsZQ|4012888888881881){0,30}"
    ) {
        let page = json!({ "type": "click", "timestamp": 1, "action": { "url": text }, "pageContext": {
            "title": text, "nearbyElements": [{ "tag": "p", "text": text }, { "tag": "p", "text": "4012" }]
        } });
        let once = mask(&page);
        prop_assert_eq!(mask(&once), once);
    }

    #[test]
    fn any_text_in_any_field_is_masked_without_a_panic_and_the_same_twice(text in "\\PC{0,60}") {
        let once = mask(&planted(&text));
        prop_assert_eq!(mask(&once), once);
    }
}

#[test]
fn masked_values_can_be_stored_and_read_back() {
    let interaction: InteractionData = serde_json::from_value(planted("x")).expect("an interaction");
    let masked = masker().interaction(Raw::new(interaction));
    let read: Masked<InteractionData> = masked.to_json().expect("JSON").parse().expect("own JSON");
    assert_eq!(*read, *masked);
}

#[test]
fn a_value_typed_key_by_key_is_hidden_and_a_shortcut_is_not() {
    let typed = |element: Value, keys: &[&str]| {
        mask(&json!({ "type": "key", "timestamp": 1, "action": { "keys": keys }, "element": element }))["action"]["keys"]
            .clone()
    };
    let password = json!({ "tag": "input", "inputType": "password" });
    assert_eq!(typed(password, &["h", "7", "$", "Enter"]), json!(["x", "x", "x", "Enter"]));
    let search = json!({ "tag": "input", "inputType": "search", "attributes": { "name": "q" } });
    assert_eq!(typed(search.clone(), &["l", "a", "m", "p"]), json!(["l", "a", "m", "p"]));
    assert_eq!(typed(search, &["a", "@", "b", ".", "c", "o"]), json!(["x", "x", "x", "x", "x", "x"]));
    let note = json!({ "tag": "textarea", "attributes": { "name": "note" } });
    assert_eq!(typed(note, &["Control", "a"]), json!(["Control", "a"]));
}

#[test]
fn a_card_number_in_several_nodes_is_masked_and_numbers_beside_numbers_are_not() {
    let page = |texts: &[&str]| {
        let nodes: Vec<Value> = texts.iter().map(|text| json!({ "tag": "span", "text": text })).collect();
        let masked =
            mask(&json!({ "type": "click", "timestamp": 1, "pageContext": { "nearbyElements": nodes } }));
        let nodes = masked["pageContext"]["nearbyElements"].as_array().expect("nodes").clone();
        nodes.iter().map(|node| node["text"].as_str().expect("text").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(
        page(&["Paid with", "4012", "8888", "8888", "1881"]),
        ["Paid with", "<CARD>", "<CARD>", "<CARD>", "<CARD>"]
    );
    let prices = ["4012", "8888", "8888", "1882", "24", "36"];
    assert_eq!(page(&prices), prices);
}

#[test]
fn a_known_name_is_masked_in_addresses_and_in_base64_too() {
    let mut masker = masker();
    let name = json!({ "tag": "input", "inputType": "text", "attributes": { "autocomplete": "name" } });
    mask_with(&mut masker, &typed(&name, "Marguerite Dönhoff"));
    let page = json!({ "type": "click", "timestamp": 2, "pageContext": {
        "url": "https://shop.test/?a=Marguerite%20D%C3%B6nhoff&b=Marguerite+D%C3%B6nhoff&c=TWFyZ3Vlcml0ZSBEw7ZuaG9mZg"
    } });
    let url = mask_with(&mut masker, &page)["pageContext"]["url"].as_str().expect("text").to_owned();
    assert_eq!(url.matches("<NAME_").count(), 3, "{url}");
}
