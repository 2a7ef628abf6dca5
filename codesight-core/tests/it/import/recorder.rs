//! User flows.

use std::collections::BTreeMap;

use codesight_core::model::{InteractionType, SelectorKind};
use serde_json::Value;

use super::{interactions, one};
use crate::corpora;

/// The number in `li:nth-child(N)`, wherever it stands last in a path.
fn item(path: &str) -> Option<usize> {
    let (_, after) = path.rsplit_once("li:nth-child(")?;
    after.split(')').next()?.parse().ok()
}

#[test]
fn the_coffee_flow_leads_to_the_cart_its_authors_expect() {
    let Some(root) = corpora::folder("recorder") else { return };
    let flow = std::fs::read(root.join("coffee-checkout-user-flow.json")).expect("corpus file");
    let menu: Vec<Value> =
        serde_json::from_slice(&std::fs::read(root.join("list.json")).expect("corpus file")).expect("JSON");
    let imported = one("chrome-recorder", "coffee-checkout-user-flow.json", flow);
    let session = &imported.sessions[0];
    session.start.inspect(|start| assert_eq!(start.goal.text, "order coffee"));

    // What the shop does with the clicks: a cup puts one in, `+` in the cart, which is sorted by name, one more.
    let mut cart: BTreeMap<String, u64> = BTreeMap::new();
    let mut total = None;
    for told in interactions(&imported) {
        let Some(selectors) = told.selectors else { continue };
        let path = &selectors.css_path;
        if path.contains("div.cup-body") {
            let drink = &menu[item(path).expect("a place in the menu") - 1];
            *cart.entry(drink["name"].as_str().expect("name").to_owned()).or_default() += 1;
        } else if path.contains("div.list") && path.contains("button:nth-child(1)") {
            // The first row of the cart is its heading.
            let row = item(path).expect("a row of the cart") - 2;
            *cart.values_mut().nth(row).expect("a drink in the cart") += 1;
        }
        total = selectors.primary.strip_prefix("aria/Total: ").map(str::to_owned).or(total);
    }
    let expected = [("Americano", 3), ("Cappuccino", 1), ("Flat White", 1)];
    assert_eq!(cart, expected.map(|(name, count)| (name.to_owned(), count)).into());
    let price = |name: &String| {
        menu.iter().find(|drink| drink["name"] == name.as_str()).and_then(|drink| drink["price"].as_u64())
    };
    let sum: u64 = cart.iter().map(|(name, count)| price(name).expect("price") * count).sum();
    assert_eq!(total, Some(format!("${sum}.00")));
    assert_eq!(sum, 58);
}

#[test]
fn each_kind_of_step_becomes_its_interaction() {
    let flow = r##"{"title":"flow","steps":[
        {"type":"setViewport","width":800,"height":600,"deviceScaleFactor":2},
        {"type":"navigate","url":"https://shop.test/","assertedEvents":[{"type":"navigation","url":"https://shop.test/home","title":"Home"}]},
        {"type":"click","selectors":[["aria/Size[role=\"combobox\"]"],["my-shop","#size"],"xpath///select","text/Large"],"offsetX":1,"offsetY":2,"button":"secondary"},
        {"type":"change","value":"L","selectors":[["form > select"]]},
        {"type":"keyDown","key":"Control"},{"type":"keyDown","key":"a"},{"type":"keyUp","key":"a"},{"type":"keyUp","key":"Control"},
        {"type":"scroll","x":0,"y":300},{"type":"scroll","x":0,"y":500},
        {"type":"fly"},{"type":"change"},{"kind":"none"}
    ]}"##;
    let imported = one("chrome-recorder", "flow.json", flow.as_bytes().to_vec());
    let told = interactions(&imported);
    let kinds: Vec<_> = told.iter().map(|told| told.kind.clone()).collect();
    use InteractionType::{Click, Key, Navigation, Scroll, Select};
    assert_eq!(kinds, [Navigation, Click, Select, Key, Scroll, Scroll]);
    let click = told[1].selectors.as_ref().expect("selectors");
    let kinds: Vec<_> = click.alternatives.iter().map(|selector| selector.kind.clone()).collect();
    assert_eq!(kinds, [SelectorKind::Role, SelectorKind::Id, SelectorKind::Xpath, SelectorKind::Text]);
    assert_eq!(click.alternatives[1].shadow_hosts, ["my-shop"]);
    assert_eq!(told[1].page_context.title, "Home");
    assert_eq!(told[3].action.keys, ["Control", "a"]);
    assert_eq!((told[4].action.scroll_y, told[5].action.scroll_y), (Some(300.0), Some(200.0)));
    let counted: Vec<_> = imported.sessions[0].findings.iter().map(|finding| finding.rule.as_str()).collect();
    assert!(
        counted.contains(&"import-event-unknown") && counted.contains(&"import-event-invalid"),
        "{counted:?}"
    );
}
