//! Nodes in one list, linked to their parents and siblings, so that any node is put in or taken out in constant time.

use std::collections::BTreeMap;

/// A node of one [`Document`]. Numbers of removed nodes are used again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

/// An element.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Element {
    /// Lower-case tag name.
    pub tag: String,
    /// Attributes by name.
    pub attributes: BTreeMap<String, String>,
}

/// What a node is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum NodeData {
    /// The root, or the document within a frame.
    Document,
    /// `<!doctype …>`.
    Doctype,
    /// An element.
    Element(Element),
    /// Text, CDATA included.
    Text(String),
    /// A comment.
    Comment,
}

#[derive(Debug, Clone)]
struct Node {
    data: NodeData,
    parent: Option<NodeId>,
    previous: Option<NodeId>,
    next: Option<NodeId>,
    first_child: Option<NodeId>,
    last_child: Option<NodeId>,
    /// Whether it lies directly in the shadow root of its parent.
    in_shadow: bool,
}

/// A page.
#[derive(Debug, Clone)]
pub struct Document {
    nodes: Vec<Node>,
    free: Vec<NodeId>,
    revision: u64,
}

impl Default for Document {
    fn default() -> Self {
        Self::new()
    }
}

impl Document {
    /// An empty document.
    pub fn new() -> Self {
        let mut document = Self { nodes: Vec::new(), free: Vec::new(), revision: 0 };
        document.create(NodeData::Document);
        document
    }

    /// The root.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// How many nodes there are, those made and not yet put in included.
    pub fn len(&self) -> usize {
        self.nodes.len() - self.free.len()
    }

    /// Whether there is nothing but the root.
    pub fn is_empty(&self) -> bool {
        self.len() <= 1
    }

    /// Changes with every change of the tree.
    pub fn revision(&self) -> u64 {
        self.revision
    }

    /// Makes a node that is nowhere yet.
    pub fn create(&mut self, data: NodeData) -> NodeId {
        self.revision += 1;
        let node = Node {
            data,
            parent: None,
            previous: None,
            next: None,
            first_child: None,
            last_child: None,
            in_shadow: false,
        };
        if let Some(id) = self.free.pop() {
            self.nodes[id.0 as usize] = node;
            return id;
        }
        // Readers limit the number of nodes far below.
        let id = NodeId(u32::try_from(self.nodes.len()).unwrap_or(u32::MAX));
        self.nodes.push(node);
        id
    }

    /// What a node is.
    pub fn data(&self, id: NodeId) -> &NodeData {
        &self.node(id).data
    }

    /// What a node is, to be changed.
    pub fn data_mut(&mut self, id: NodeId) -> &mut NodeData {
        self.revision += 1;
        &mut self.nodes[id.0 as usize].data
    }

    /// The element, when it is one.
    pub fn element(&self, id: NodeId) -> Option<&Element> {
        match self.data(id) {
            NodeData::Element(element) => Some(element),
            _ => None,
        }
    }

    /// An attribute of an element.
    pub fn attribute(&self, id: NodeId, name: &str) -> Option<&str> {
        self.element(id)?.attributes.get(name).map(String::as_str)
    }

    /// The tag of an element; empty for other nodes.
    pub fn tag(&self, id: NodeId) -> &str {
        self.element(id).map_or("", |element| &element.tag)
    }

    /// The parent.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).parent
    }

    /// The sibling after it.
    pub fn next(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).next
    }

    /// The sibling before it.
    pub fn previous(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).previous
    }

    /// The first child.
    pub fn first_child(&self, id: NodeId) -> Option<NodeId> {
        self.node(id).first_child
    }

    /// Whether the node lies directly in the shadow root of its parent.
    pub fn in_shadow(&self, id: NodeId) -> bool {
        self.node(id).in_shadow
    }

    /// Says that the node lies directly in the shadow root of its parent.
    pub fn set_in_shadow(&mut self, id: NodeId, in_shadow: bool) {
        self.nodes[id.0 as usize].in_shadow = in_shadow;
    }

    /// Puts a node before `next`, or last when there is none or it is no child of `parent`.
    ///
    /// A node that would become its own ancestor stays where it is; the answer is whether it was put in.
    pub fn insert(&mut self, parent: NodeId, id: NodeId, next: Option<NodeId>) -> bool {
        if id == parent || self.ancestors(parent).any(|ancestor| ancestor == id) {
            return false;
        }
        self.detach(id);
        let next = next.filter(|next| self.parent(*next) == Some(parent));
        let previous = match next {
            Some(next) => self.node(next).previous,
            None => self.node(parent).last_child,
        };
        let node = &mut self.nodes[id.0 as usize];
        (node.parent, node.previous, node.next) = (Some(parent), previous, next);
        match previous {
            Some(previous) => self.nodes[previous.0 as usize].next = Some(id),
            None => self.nodes[parent.0 as usize].first_child = Some(id),
        }
        match next {
            Some(next) => self.nodes[next.0 as usize].previous = Some(id),
            None => self.nodes[parent.0 as usize].last_child = Some(id),
        }
        self.revision += 1;
        true
    }

    /// Puts a node last.
    pub fn append(&mut self, parent: NodeId, id: NodeId) -> bool {
        self.insert(parent, id, None)
    }

    /// Takes a node out of its place, with everything in it.
    pub fn detach(&mut self, id: NodeId) {
        let node = &mut self.nodes[id.0 as usize];
        let (parent, previous, next) = (node.parent.take(), node.previous.take(), node.next.take());
        let Some(parent) = parent else { return };
        match previous {
            Some(previous) => self.nodes[previous.0 as usize].next = next,
            None => self.nodes[parent.0 as usize].first_child = next,
        }
        match next {
            Some(next) => self.nodes[next.0 as usize].previous = previous,
            None => self.nodes[parent.0 as usize].last_child = previous,
        }
        self.revision += 1;
    }

    /// Takes a node out and forgets it with everything in it; the answer is what was forgotten. The root stays.
    pub fn remove(&mut self, id: NodeId) -> Vec<NodeId> {
        if id == self.root() {
            return Vec::new();
        }
        self.detach(id);
        let gone: Vec<NodeId> = std::iter::once(id).chain(self.descendants(id)).collect();
        for id in &gone {
            self.nodes[id.0 as usize] = Node {
                data: NodeData::Comment,
                parent: None,
                previous: None,
                next: None,
                first_child: None,
                last_child: None,
                in_shadow: false,
            };
        }
        self.free.extend(&gone);
        gone
    }

    /// Children in order.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.node(id).first_child, |child| self.node(*child).next)
    }

    /// Parent, its parent, and so on to the root.
    pub fn ancestors(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        std::iter::successors(self.node(id).parent, |node| self.node(*node).parent)
    }

    /// Everything within, in document order.
    pub fn descendants(&self, id: NodeId) -> impl Iterator<Item = NodeId> + '_ {
        let after = move |node: NodeId| {
            std::iter::successors(Some(node), |node| self.node(*node).parent)
                .take_while(|node| *node != id)
                .find_map(|node| self.node(node).next)
        };
        std::iter::successors(self.node(id).first_child, move |node| {
            self.node(*node).first_child.or_else(|| after(*node))
        })
    }

    /// The text within, without what never shows: one line, at most `longest` characters.
    pub fn text(&self, id: NodeId, longest: usize) -> String {
        let mut text = String::new();
        let mut length = 0;
        let mut node = Some(id);
        while let Some(current) = node {
            if let NodeData::Text(part) = self.data(current) {
                for word in part.split_whitespace() {
                    if length > 0 {
                        text.push(' ');
                        length += 1;
                    }
                    for letter in word.chars() {
                        if length >= longest {
                            return text.trim_end().to_owned();
                        }
                        text.push(letter);
                        length += 1;
                    }
                }
            }
            node = self.after(current, id, !self.never_shows(current));
        }
        text
    }

    /// The node after `node` in document order within `within`; its own children only when `enter`.
    fn after(&self, node: NodeId, within: NodeId, enter: bool) -> Option<NodeId> {
        if enter && let Some(child) = self.first_child(node) {
            return Some(child);
        }
        std::iter::successors(Some(node), |node| self.node(*node).parent)
            .take_while(|node| *node != within)
            .find_map(|node| self.node(node).next)
    }

    fn never_shows(&self, id: NodeId) -> bool {
        matches!(self.tag(id), "script" | "style" | "noscript" | "template" | "head")
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn element(tag: &str) -> NodeData {
        NodeData::Element(Element { tag: tag.to_owned(), attributes: BTreeMap::new() })
    }

    #[test]
    fn nodes_are_put_in_moved_and_taken_out() {
        let mut page = Document::new();
        let list = page.create(element("ul"));
        page.append(page.root(), list);
        let items: Vec<_> = (0..3).map(|_| page.create(element("li"))).collect();
        page.append(list, items[0]);
        page.append(list, items[2]);
        page.insert(list, items[1], Some(items[2]));
        assert_eq!(page.children(list).collect::<Vec<_>>(), items);
        page.insert(list, items[2], Some(items[0]));
        assert_eq!(page.children(list).collect::<Vec<_>>(), [items[2], items[0], items[1]]);
        assert!(!page.insert(items[0], list, None), "a node became its own ancestor");
        let text = page.create(NodeData::Text(" two\n words ".to_owned()));
        page.append(items[0], text);
        assert_eq!(page.text(list, 100), "two words");
        assert_eq!(page.text(list, 5), "two w");
        assert_eq!(page.remove(items[0]).len(), 2);
        assert_eq!(page.descendants(page.root()).count(), 3);
        assert_eq!(page.len(), 4);
    }
}
