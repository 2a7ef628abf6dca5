//! Structured data against the JSON that extruct keeps beside each page.

use std::path::Path;

use codesight_core::dom::Document;
use codesight_core::structured::{json_ld, microdata, open_graph, products};
use serde_json::{Value, json};
use url::Url;

use crate::corpora;

fn page(path: &Path) -> Document {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    Document::parse(&String::from_utf8_lossy(&bytes), 1_000_000)
}

fn expected(path: &Path) -> Value {
    let bytes = std::fs::read(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
    serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// Runs of white space in texts are one space: where lines break is a matter of layout.
fn on_one_line(value: Value) -> Value {
    match value {
        Value::String(text) => text.split_whitespace().collect::<Vec<_>>().join(" ").into(),
        Value::Array(list) => list.into_iter().map(on_one_line).collect(),
        Value::Object(object) => object.into_iter().map(|(name, value)| (name, on_one_line(value))).collect(),
        value => value,
    }
}

#[test]
fn microdata_equals_the_json_beside_each_page() {
    let Some(root) = corpora::folder("html/extruct") else { return };
    // The page, the JSON where it has another name, whether values are always lists, the address of the page.
    let pages = [
        ("schema.org/CreativeWork.001", None, false, None),
        ("schema.org/LocalBusiness.002", None, false, None),
        ("schema.org/LocalBusiness.003", None, false, None),
        ("schema.org/MusicRecording.001", None, false, None),
        ("schema.org/Event.001", None, false, None),
        ("schema.org/Event.002", None, false, None),
        ("schema.org/Event.003", None, false, None),
        ("schema.org/Event.004", None, false, None),
        ("schema.org/Event.008", None, false, None),
        ("schema.org/SearchAction.001", None, false, None),
        ("schema.org/product", None, false, None),
        ("schema.org/product", Some("schema.org/product_custom_url"), false, Some("http://some-example.com")),
        ("schema.org/product-ref", None, false, None),
        ("websites/microdata-with-description", None, false, None),
        ("w3c/microdata.4.2.strings", None, true, None),
        ("w3c/microdata.4.2.strings.unclean", None, true, None),
        ("w3c/microdata.4.2.meter", None, true, None),
        ("w3c/microdata.4.2.data", None, true, None),
        ("w3c/microdata.5.2", None, true, None),
        ("w3c/microdata.5.3", None, true, None),
        ("w3c/microdata.5.5", None, true, None),
        ("w3c/microdata.7.1", None, true, Some("http://blog.example.com/progress-report")),
        ("w3c/microdata.object", None, true, Some("http://www.example.com/microdata/test")),
    ];
    let mut different = Vec::new();
    for (name, other, lists, base) in pages {
        let base = base.map(|base| Url::parse(base).expect("an address"));
        let found = microdata(&page(&root.join(format!("{name}.html"))), base.as_ref());
        let found: Value = found.iter().map(|item| item.to_json(lists)).collect();
        let expected = expected(&root.join(format!("{}.json", other.unwrap_or(name))));
        if on_one_line(found.clone()) != on_one_line(expected.clone()) {
            different.push(format!("{name}:\n  {found}\n  {expected}"));
        }
    }
    assert!(different.is_empty(), "{} of {} differ:\n{}", different.len(), pages.len(), different.join("\n"));
}

#[test]
fn json_ld_equals_the_json_beside_each_page() {
    let Some(root) = corpora::folder("html/extruct") else { return };
    let mut different = Vec::new();
    let mut pages = 0;
    for folder in ["schema.org", "schema.org.invalid", "custom.invalid", "songkick", "misc"] {
        for (name, bytes) in corpora::files(&root.join(folder)) {
            let Some(name) = name.strip_suffix(".jsonld") else { continue };
            let expected: Value =
                serde_json::from_slice(&bytes).unwrap_or_else(|error| panic!("{name}: {error}"));
            // Some files keep the list of each script by itself.
            let expected = match expected.get("items").and_then(Value::as_array) {
                Some(lists) => {
                    lists.iter().flat_map(|list| list.as_array().into_iter().flatten()).cloned().collect()
                }
                None => expected,
            };
            let found = Value::from(json_ld(&page(&root.join(folder).join(format!("{name}.html")))));
            pages += 1;
            if found != expected {
                different.push(format!("{folder}/{name}:\n  {found}\n  {expected}"));
            }
        }
    }
    assert!(pages >= 10, "only {pages} pages");
    assert!(different.is_empty(), "{} of {pages} differ:\n{}", different.len(), different.join("\n"));
}

#[test]
fn open_graph_equals_the_json_beside_each_page() {
    let Some(root) = corpora::folder("html/extruct") else { return };
    for name in ["opengraph_test", "opengraph_ns_product_test"] {
        let found = open_graph(&page(&root.join(format!("misc/{name}.html")))).expect("declarations");
        let properties: Vec<Value> =
            found.properties.iter().map(|(name, content)| json!([name, content])).collect();
        let found = json!([{ "namespace": found.namespace, "properties": properties }]);
        assert_eq!(
            on_one_line(found),
            on_one_line(expected(&root.join(format!("misc/{name}.json")))),
            "{name}"
        );
    }
}

#[test]
fn a_product_is_found_in_each_way_of_declaring_it() {
    let ways = [
        r#"<script type="application/ld+json">{"@graph":[{"@type":"Product","name":"Mug","sku":"M-1","brand":{"name":"Alder"},"offers":[{"price":18.0,"priceCurrency":"USD","availability":"https://schema.org/InStock"}]}]}</script>"#,
        r#"<div itemscope itemtype="https://schema.org/Product"><b itemprop="name">Mug</b><i itemprop="sku">M-1</i><i itemprop="brand">Alder</i>
           <p itemprop="offers" itemscope itemtype="https://schema.org/Offer"><meta itemprop="price" content="18.0"><meta itemprop="priceCurrency" content="USD"><link itemprop="availability" href="https://schema.org/InStock"></p></div>"#,
        r#"<meta property="og:type" content="product"><meta property="og:title" content="Mug"><meta property="product:price:amount" content="18.0"><meta property="product:price:currency" content="USD">
           <meta property="product:retailer_item_id" content="M-1"><meta property="product:brand" content="Alder"><meta property="product:availability" content="InStock">"#,
    ];
    for way in ways {
        let found = products(&Document::parse(way, 1_000));
        assert_eq!(found.len(), 1, "{way}");
        let told = serde_json::to_value(&found[0]).expect("JSON");
        let expected = json!({ "name": "Mug", "price": "18.0", "currency": "USD", "sku": "M-1", "brand": "Alder", "availability": "InStock" });
        for (name, value) in expected.as_object().expect("an object") {
            assert_eq!(&told[name], value, "{name} in {way}");
        }
    }
    assert!(products(&Document::parse("<p>nothing</p>", 100)).is_empty());
}
