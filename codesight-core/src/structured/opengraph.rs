//! OpenGraph: `<meta property="og:…">` and the vocabularies around it.

use std::collections::BTreeMap;

use crate::dom::Document;

/// The vocabularies that pages use without saying so.
const KNOWN: [(&str, &str); 7] = [
    ("og", "http://ogp.me/ns#"),
    ("music", "http://ogp.me/ns/music#"),
    ("video", "http://ogp.me/ns/video#"),
    ("article", "http://ogp.me/ns/article#"),
    ("book", "http://ogp.me/ns/book#"),
    ("profile", "http://ogp.me/ns/profile#"),
    ("product", "http://ogp.me/ns/product#"),
];

/// What a page's head declares.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct OpenGraph {
    /// Prefixes and what they stand for.
    pub namespace: BTreeMap<String, String>,
    /// Properties in order, with their content.
    pub properties: Vec<(String, String)>,
}

impl OpenGraph {
    /// The first content of a property.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.properties.iter().find(|(own, _)| own == name).map(|(_, content)| content.as_str())
    }
}

/// The declarations of a page; none when it has no property of a known vocabulary.
pub fn open_graph(document: &Document) -> Option<OpenGraph> {
    let mut graph = OpenGraph::default();
    let mut declared: BTreeMap<String, String> = BTreeMap::new();
    for node in document.descendants(document.root()) {
        match document.tag(node) {
            "html" | "head" => {
                let words: Vec<&str> =
                    document.attribute(node, "prefix").unwrap_or_default().split_ascii_whitespace().collect();
                for pair in words.chunks_exact(2) {
                    if let Some(name) = pair[0].strip_suffix(':') {
                        declared.insert(name.to_owned(), pair[1].to_owned());
                    }
                }
            }
            "meta" => {
                let (Some(name), Some(content)) =
                    (document.attribute(node, "property"), document.attribute(node, "content"))
                else {
                    continue;
                };
                let Some((prefix, _)) = name.split_once(':') else { continue };
                let known =
                    KNOWN.iter().find(|(known, _)| *known == prefix).map(|(_, space)| (*space).to_owned());
                let Some(space) = declared.get(prefix).cloned().or(known) else { continue };
                graph.namespace.insert(prefix.to_owned(), space);
                graph.properties.push((name.to_owned(), content.to_owned()));
            }
            _ => {}
        }
    }
    (!graph.properties.is_empty()).then_some(graph)
}
