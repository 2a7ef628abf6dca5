//! DOM snapshots of a trace, which name subtrees of earlier snapshots instead of repeating them.

use std::collections::HashMap;

use serde_json::Value;

use crate::dom::{Document, Element, NodeData, NodeId};

/// The snapshots of all frames, in the order of the trace.
#[derive(Debug, Default)]
pub(super) struct Snapshots<'a> {
    frames: HashMap<&'a str, Vec<&'a Value>>,
    /// Nodes of a snapshot in post-order, those that name others left out.
    numbered: HashMap<(&'a str, usize), Vec<&'a Value>>,
}

impl<'a> Snapshots<'a> {
    /// Takes the next snapshot of a frame; the answer is its number in that frame.
    pub(super) fn push(&mut self, frame: &'a str, html: &'a Value) -> usize {
        let snapshots = self.frames.entry(frame).or_default();
        snapshots.push(html);
        snapshots.len() - 1
    }

    /// The document of a snapshot, at most `max_nodes` nodes of it.
    pub(super) fn document(&mut self, frame: &'a str, index: usize, max_nodes: usize) -> Document {
        let mut document = Document::new();
        let Some(html) = self.snapshot(frame, index) else { return document };
        let mut waiting: Vec<(&'a Value, usize, NodeId)> = vec![(html, index, document.root())];
        // Following a name takes a step back each time, so this ends; the limit bounds what one name can repeat.
        let mut steps = 0_usize;
        while let Some((node, of, parent)) = waiting.pop() {
            steps += 1;
            if document.len() >= max_nodes || steps > max_nodes.saturating_mul(2) {
                break;
            }
            match node {
                Value::String(text) => {
                    let id = document.create(NodeData::Text(text.clone()));
                    document.append(parent, id);
                }
                Value::Array(parts) => match parts.first() {
                    Some(Value::Array(name)) => {
                        let number = |at: usize| {
                            name.get(at).and_then(Value::as_u64).and_then(|at| usize::try_from(at).ok())
                        };
                        if let (Some(ago), Some(nth)) = (number(0), number(1))
                            && ago > 0
                            && let Some(earlier) = of.checked_sub(ago)
                            && let Some(node) = self.nth(frame, earlier, nth)
                        {
                            waiting.push((node, earlier, parent));
                        }
                    }
                    Some(Value::String(tag)) => {
                        let id = document.create(NodeData::Element(element(tag, parts.get(1))));
                        document.append(parent, id);
                        waiting.extend(parts.iter().skip(2).rev().map(|child| (child, of, id)));
                    }
                    _ => {}
                },
                _ => {}
            }
        }
        document
    }

    fn snapshot(&self, frame: &str, index: usize) -> Option<&'a Value> {
        self.frames.get(frame)?.get(index).copied()
    }

    fn nth(&mut self, frame: &'a str, index: usize, nth: usize) -> Option<&'a Value> {
        if !self.numbered.contains_key(&(frame, index)) {
            let numbered = post_order(self.snapshot(frame, index)?);
            self.numbered.insert((frame, index), numbered);
        }
        self.numbered.get(&(frame, index))?.get(nth).copied()
    }
}

fn element(tag: &str, attributes: Option<&Value>) -> Element {
    let attributes = attributes.and_then(Value::as_object);
    let text = |value: &Value| value.as_str().map(str::to_owned);
    Element {
        tag: tag.to_ascii_lowercase(),
        attributes: attributes
            .into_iter()
            .flatten()
            .filter_map(|(name, value)| {
                // What a field holds stands in an attribute of the tracer's own.
                let name = match name.as_str() {
                    "__playwright_value_" => "value",
                    "__playwright_checked_" => "checked",
                    "__playwright_selected_" => "selected",
                    name => name,
                };
                Some((name.to_owned(), text(value)?))
            })
            .collect(),
    }
}

fn post_order(html: &Value) -> Vec<&Value> {
    let mut numbered = Vec::new();
    let mut waiting = vec![(html, false)];
    while let Some((node, seen)) = waiting.pop() {
        match node {
            Value::String(_) => numbered.push(node),
            Value::Array(parts) if matches!(parts.first(), Some(Value::String(_))) => {
                if seen {
                    numbered.push(node);
                } else {
                    waiting.push((node, true));
                    waiting.extend(parts.iter().skip(2).rev().map(|child| (child, false)));
                }
            }
            _ => {}
        }
    }
    numbered
}
