//! Good ways through a shop, as interactions in the form of JSON.

use serde_json::{Value, json};

use super::fixture::{Chance, arrival, interaction, target, with};

const PRODUCTS: [&str; 5] = ["KT-101", "KT-102", "LM-7", "VS-20", "OUT-1"];

/// Places 1 to 17 of the good session.
pub(crate) fn purchase() -> Vec<Value> {
    let results = "/search.html?q=vase";
    let product = "/product.html?sku=KT-101";
    let mut places = search("vase", results);
    places.push(scroll(results, 400));
    places.extend(open(results, product));
    places.push(choose_size(product));
    places.push(add_to_cart(product));
    places.extend(check_out(product));
    places
}

/// A purchase on a way that chance chooses: products looked at and left again, scrolls, pauses on things, a text copied.
pub(crate) fn random_purchase(chance: &mut Chance) -> Vec<Value> {
    let words = ["vase", "lamp", "blue vase", "kettle"];
    let results = format!("/search.html?q={}", words[chance.below(words.len())].replace(' ', "+"));
    let mut places = search(words[chance.below(words.len())], &results);
    for _ in 0..chance.below(3) {
        places.push(scroll(&results, 200 + 100 * chance.below(8)));
    }
    if chance.below(3) == 0 {
        places.push(tick(&results, "In stock"));
    }
    for _ in 0..chance.below(3) {
        let product = format!("/product.html?sku={}", PRODUCTS[chance.below(PRODUCTS.len())]);
        places.extend(open(&results, &product));
        if chance.below(2) == 0 {
            places.push(hover(&product));
        }
        if chance.below(3) == 0 {
            places.push(select_word(&product));
            places.push(copy(&product));
        }
        places.push(arrival(&results, "history"));
    }
    let product = format!("/product.html?sku={}", PRODUCTS[chance.below(PRODUCTS.len())]);
    places.extend(open(&results, &product));
    places.push(scroll(&product, 300));
    if chance.below(2) == 0 {
        places.push(choose_size(&product));
    }
    places.push(add_to_cart(&product));
    places.extend(check_out(&product));
    places
}

fn search(words: &str, results: &str) -> Vec<Value> {
    let field = || {
        with(target("input", "searchbox", "Search", 600.0, 30.0), json!({"element": {"inputType": "search"}}))
    };
    let typed = json!({"action": {"text": words}, "element": {"value": words}});
    vec![
        arrival("/", "typed"),
        interaction("click", "/", field()),
        interaction("input", "/", with(field(), typed)),
        interaction("key", "/", with(field(), json!({"action": {"keys": ["Enter"]}}))),
        arrival(results, "form"),
    ]
}

fn scroll(path: &str, by: usize) -> Value {
    let wheel = json!({"action": {"scrollX": 0, "scrollY": by}, "coordinates": {"x": 640, "y": 400}});
    interaction("scroll", path, wheel)
}

fn tick(path: &str, name: &str) -> Value {
    let ticked =
        json!({"element": {"inputType": "checkbox", "checked": true}, "stateChanges": [{"kind": "added"}]});
    interaction("click", path, with(target("input", "checkbox", name, 120.0, 340.0), ticked))
}

fn open(results: &str, product: &str) -> [Value; 2] {
    [interaction("click", results, target("a", "link", "Blue vase", 300.0, 420.0)), arrival(product, "link")]
}

fn hover(path: &str) -> Value {
    interaction("hover", path, target("img", "img", "Photograph", 500.0, 300.0))
}

fn select_word(path: &str) -> Value {
    interaction("doubleClick", path, target("p", "paragraph", "Description", 700.0, 500.0))
}

fn copy(path: &str) -> Value {
    interaction("copy", path, json!({"action": {"text": "vase"}}))
}

fn choose_size(product: &str) -> Value {
    let chosen = json!({"action": {"text": "Large"}});
    interaction("select", product, with(target("select", "combobox", "Size", 900.0, 300.0), chosen))
}

fn add_to_cart(product: &str) -> Value {
    let changed = json!({"stateChanges": [{"kind": "cart", "before": "0", "after": "1"}]});
    interaction("click", product, with(target("button", "button", "Add to cart", 900.0, 400.0), changed))
}

fn check_out(product: &str) -> Vec<Value> {
    let address = "/checkout/address.html";
    let street = json!({"action": {"text": "<ADDRESS_1>"}});
    vec![
        interaction("click", product, target("a", "link", "Cart", 1200.0, 30.0)),
        arrival("/cart.html", "link"),
        interaction("click", "/cart.html", target("a", "link", "Checkout", 1000.0, 600.0)),
        arrival(address, "link"),
        interaction("input", address, with(target("input", "textbox", "Street", 400.0, 300.0), street)),
        interaction("click", address, target("button", "button", "Place order", 400.0, 700.0)),
        arrival("/confirmation.html", "form"),
    ]
}
