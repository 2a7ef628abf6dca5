//! Trees from HTML.

use scraper::node::Node;

use super::tree::{Document, Element, NodeData};

impl Document {
    /// Reads HTML as a browser does: nothing is refused. At most `max_nodes` nodes are kept, in document order.
    pub fn parse(html: &str, max_nodes: usize) -> Self {
        let parsed = scraper::Html::parse_document(html);
        let mut document = Self::new();
        let mut waiting: Vec<_> = parsed.tree.root().children().map(|node| (node, document.root())).collect();
        waiting.reverse();
        while let Some((node, parent)) = waiting.pop() {
            if document.len() >= max_nodes {
                break;
            }
            let id = document.create(data_of(node.value()));
            document.append(parent, id);
            let first = waiting.len();
            waiting.extend(node.children().map(|child| (child, id)));
            waiting[first..].reverse();
        }
        document
    }
}

fn data_of(node: &Node) -> NodeData {
    match node {
        Node::Document | Node::Fragment => NodeData::Document,
        Node::Doctype(_) => NodeData::Doctype,
        Node::Text(text) => NodeData::Text(text.to_string()),
        Node::Comment(_) | Node::ProcessingInstruction(_) => NodeData::Comment,
        Node::Element(element) => NodeData::Element(Element {
            tag: element.name().to_ascii_lowercase(),
            attributes: element.attrs().map(|(name, value)| (name.to_owned(), value.to_owned())).collect(),
        }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn html_becomes_a_tree_in_document_order_and_never_more_than_the_limit() {
        let html = "<!doctype html><title>T</title><ul><li>one<li>two</ul><p>three";
        let document = Document::parse(html, 1_000);
        assert_eq!(document.text(document.root(), 100), "one two three");
        let deep = "<div>".repeat(50_000);
        assert_eq!(Document::parse(&deep, 500).len(), 500);
    }
}
