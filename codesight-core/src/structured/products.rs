//! Products, in whichever way a page declares them.

use serde_json::Value;

use super::{Item, Property, json_ld, microdata, open_graph};
use crate::dom::Document;
use crate::model::ProductInfo;

/// At most so many products of a page.
const MOST: usize = 200;

/// The products of a page: those of JSON-LD; without one those of microdata; without one that of OpenGraph.
pub fn products(document: &Document) -> Vec<ProductInfo> {
    let mut found = Vec::new();
    for object in json_ld(document) {
        in_json(&object, &mut found, 0);
    }
    if found.is_empty() {
        for item in microdata(document, None) {
            in_item(&item, &mut found);
        }
    }
    if found.is_empty()
        && let Some(graph) = open_graph(document)
        && graph.get("og:type").is_some_and(|kind| kind.starts_with("product"))
    {
        let text = |names: [&str; 2]| names.into_iter().find_map(|name| graph.get(name)).map(str::to_owned);
        found.push(ProductInfo {
            name: text(["og:title", "og:title"]),
            price: text(["product:price:amount", "og:price:amount"]),
            currency: text(["product:price:currency", "og:price:currency"]),
            sku: text(["product:retailer_item_id", "product:sku"]),
            brand: text(["product:brand", "og:brand"]),
            quantity: None,
            availability: text(["product:availability", "og:availability"]).map(|word| short(&word)),
        });
    }
    found.truncate(MOST);
    found
}

/// The last part of an address of a vocabulary, such as `InStock`.
fn short(word: &str) -> String {
    word.rsplit(['/', '#']).next().unwrap_or(word).to_owned()
}

fn is_product(kind: &str) -> bool {
    matches!(short(kind).as_str(), "Product" | "IndividualProduct" | "ProductModel" | "ProductGroup")
}

fn in_json(value: &Value, found: &mut Vec<ProductInfo>, depth: usize) {
    if depth > 32 || found.len() >= MOST {
        return;
    }
    match value {
        Value::Array(list) => list.iter().for_each(|value| in_json(value, found, depth + 1)),
        Value::Object(object) => {
            let kinds = match object.get("@type") {
                Some(Value::Array(kinds)) => kinds.iter().filter_map(Value::as_str).any(is_product),
                Some(Value::String(kind)) => is_product(kind),
                _ => false,
            };
            if kinds {
                found.push(from_json(value));
            } else {
                object.values().for_each(|value| in_json(value, found, depth + 1));
            }
        }
        _ => {}
    }
}

fn from_json(product: &Value) -> ProductInfo {
    fn text(value: Option<&Value>) -> Option<String> {
        match value? {
            Value::String(text) => Some(text.trim().to_owned()).filter(|text| !text.is_empty()),
            Value::Number(number) => Some(number.to_string()),
            Value::Array(list) => text(list.first()),
            object @ Value::Object(_) => text(object.get("name")),
            _ => None,
        }
    }
    let offer = match product.get("offers") {
        Some(Value::Array(offers)) => offers.first(),
        offer => offer,
    };
    let of_offer = |name: &str| text(offer.and_then(|offer| offer.get(name)));
    ProductInfo {
        name: text(product.get("name")),
        price: of_offer("price").or_else(|| of_offer("lowPrice")),
        currency: of_offer("priceCurrency"),
        sku: text(product.get("sku")).or_else(|| text(product.get("mpn"))).or_else(|| of_offer("sku")),
        brand: text(product.get("brand")),
        quantity: None,
        availability: of_offer("availability").map(|word| short(&word)),
    }
}

fn in_item(item: &Item, found: &mut Vec<ProductInfo>) {
    if item.types.iter().any(|kind| is_product(kind)) {
        let offer = item.values("offers").iter().find_map(|value| match value {
            Property::Item(offer) => Some(&**offer),
            _ => None,
        });
        let of_offer = |name: &str| {
            offer.and_then(|offer| offer.text(name)).or_else(|| item.text(name)).map(str::to_owned)
        };
        let brand = item.values("brand").iter().find_map(|value| match value {
            Property::Item(brand) => brand.text("name"),
            Property::Text(brand) => Some(brand.as_str()),
            Property::Input(_) => None,
        });
        found.push(ProductInfo {
            name: item.text("name").map(str::to_owned),
            price: of_offer("price").or_else(|| of_offer("lowPrice")),
            currency: of_offer("priceCurrency"),
            sku: item.text("sku").or_else(|| item.text("mpn")).map(str::to_owned),
            brand: brand.map(str::to_owned),
            quantity: None,
            availability: of_offer("availability").map(|word| short(&word)),
        });
        return;
    }
    for (_, values) in &item.properties {
        for value in values {
            if let Property::Item(inner) = value {
                in_item(inner, found);
            }
        }
    }
}
