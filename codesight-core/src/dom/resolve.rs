//! Recorded selectors looked up again on a stored page.

use super::css::CssSelector;
use super::names::{accessible_name, role};
use super::tree::{Document, NodeData, NodeId};
use crate::model::{Selector, SelectorKind};

/// How many matches are counted.
const MOST: usize = 50;
/// The longest visible text a selector can be about, in characters.
const LONGEST_TEXT: usize = 200;

/// The elements a selector finds, in document order, at most fifty. `like` is any node of the tree it is looked for in: the page, a frame's
/// document or a shadow tree. None when the selector is written in a language that cannot be looked up here.
pub fn resolve(document: &Document, like: NodeId, selector: &Selector) -> Option<Vec<NodeId>> {
    let value = selector.value.as_str();
    let among = members(document, like);
    match selector.kind {
        SelectorKind::Role => {
            let (wanted, name) = role_and_name(value)?;
            let is_it = |id: &NodeId| {
                role(document, *id) == Some(wanted)
                    && name
                        .as_deref()
                        .is_none_or(|name| accessible_name(document, *id).as_deref() == Some(name))
            };
            Some(among.filter(is_it).take(MOST).collect())
        }
        SelectorKind::Label => {
            let is_field = |id: &NodeId| matches!(document.tag(*id), "input" | "select" | "textarea");
            let is_it =
                |id: &NodeId| is_field(id) && accessible_name(document, *id).as_deref() == Some(value);
            Some(among.filter(is_it).take(MOST).collect())
        }
        SelectorKind::Text => Some(innermost_with(document, among, value)),
        SelectorKind::Xpath => by_xpath(document, like, value),
        SelectorKind::Playwright | SelectorKind::Other(_) => None,
        SelectorKind::TestId
        | SelectorKind::Placeholder
        | SelectorKind::Id
        | SelectorKind::Name
        | SelectorKind::CssPath => Some(CssSelector::parse(value)?.select(document, among, MOST)),
    }
}

/// The elements of the tree a node lies in, without those of frames and shadow trees below.
pub fn members(document: &Document, like: NodeId) -> impl Iterator<Item = NodeId> + '_ {
    let (root, in_shadow) = tree_root(document, like);
    let inside = move |node: NodeId| {
        document.children(node).filter(move |child| {
            document.element(*child).is_some() && document.in_shadow(*child) == (in_shadow && node == root)
        })
    };
    let mut waiting: Vec<NodeId> = inside(root).collect();
    waiting.reverse();
    std::iter::from_fn(move || {
        let node = waiting.pop()?;
        let first = waiting.len();
        waiting.extend(inside(node));
        waiting[first..].reverse();
        Some(node)
    })
}

/// The document or the shadow host that the tree of a node hangs on, and whether it is a shadow tree.
fn tree_root(document: &Document, like: NodeId) -> (NodeId, bool) {
    let mut node = like;
    loop {
        if matches!(document.data(node), NodeData::Document) {
            return (node, false);
        }
        let Some(parent) = document.parent(node) else { return (node, false) };
        if document.in_shadow(node) {
            return (parent, true);
        }
        node = parent;
    }
}

/// `button[name="Add to cart"]`, with or without `role=` before it.
fn role_and_name(value: &str) -> Option<(&str, Option<String>)> {
    let value = value.strip_prefix("role=").unwrap_or(value);
    let Some((role, rest)) = value.split_once('[') else { return Some((value, None)) };
    let name = rest.strip_suffix(']')?.strip_prefix("name=")?;
    let name = name.strip_suffix(" i").or_else(|| name.strip_suffix('i')).unwrap_or(name);
    Some((role, Some(unquoted(name)?)))
}

fn unquoted(text: &str) -> Option<String> {
    let inner = text.strip_prefix('"')?.strip_suffix('"')?;
    let mut out = String::with_capacity(inner.len());
    let mut letters = inner.chars();
    while let Some(letter) = letters.next() {
        out.push(if letter == '\\' { letters.next()? } else { letter });
    }
    Some(out)
}

/// Elements that say exactly this, without those that only hold one that does.
fn innermost_with(document: &Document, among: impl Iterator<Item = NodeId>, value: &str) -> Vec<NodeId> {
    let wanted = unquoted(value.strip_prefix("text=").unwrap_or(value));
    let wanted = wanted.as_deref().unwrap_or(value);
    let says_it = |id: NodeId| document.text(id, LONGEST_TEXT) == wanted;
    among
        .filter(|id| says_it(*id))
        .filter(|id| !document.children(*id).any(|child| document.element(child).is_some() && says_it(child)))
        .take(MOST)
        .collect()
}

/// XPaths as recorders write them: `/html[1]/body[1]/div[2]`, `//*[@id="x"]/span[1]`. None for the rest of the language.
fn by_xpath(document: &Document, like: NodeId, path: &str) -> Option<Vec<NodeId>> {
    let (root, in_shadow) = tree_root(document, like);
    let (mut at, rest) = match path.strip_prefix("//") {
        Some(rest) => {
            let (first, rest) = rest.split_once('/').map_or((rest, ""), |(first, rest)| (first, rest));
            let (tag, test) = first.split_once("[@")?;
            let (name, wanted) = test.strip_suffix(']')?.split_once('=')?;
            let wanted = wanted.trim_matches(|quote| quote == '"' || quote == '\'');
            let is_it = |id: &NodeId| {
                (tag == "*" || document.tag(*id) == tag) && document.attribute(*id, name) == Some(wanted)
            };
            (members(document, like).filter(is_it).take(MOST).collect(), rest)
        }
        None => (vec![root], path.strip_prefix('/')?),
    };
    for step in rest.split('/').filter(|step| !step.is_empty()) {
        let (tag, index) = match step.split_once('[') {
            Some((tag, index)) => (tag, Some(index.strip_suffix(']')?.parse::<usize>().ok()?)),
            None => (step, None),
        };
        if tag.is_empty()
            || !tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'*')
        {
            return None;
        }
        let mut next = Vec::new();
        for parent in at {
            let same = document.children(parent).filter(|child| {
                document.element(*child).is_some()
                    && document.in_shadow(*child) == (in_shadow && parent == root)
                    && (tag == "*" || document.tag(*child) == tag)
            });
            match index {
                Some(index) => next.extend(same.skip(index.checked_sub(1)?).take(1)),
                None => next.extend(same),
            }
        }
        next.truncate(MOST);
        at = next;
    }
    Some(at)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dom::selectors;

    const PAGE: &str = r#"<!doctype html><title>Shop</title><body>
        <form><label>Search <input name="q" placeholder="What?"></label><button data-testid="go">Go</button></form>
        <ul><li><span>Red lamp</span><button>Add</button></li><li><span>Blue lamp</span><button>Add</button></li></ul>
        <p class="a b">It's <em>new</em></p></body>"#;

    fn find(document: &Document, kind: SelectorKind, value: &str) -> Option<usize> {
        let selector = Selector { kind, value: value.to_owned(), shadow_hosts: Vec::new() };
        resolve(document, document.root(), &selector).map(|found| found.len())
    }

    #[test]
    fn each_language_finds_what_it_says() {
        let page = Document::parse(PAGE, 1_000);
        for (kind, value, count) in [
            (SelectorKind::TestId, "[data-testid=\"go\"]", 1),
            (SelectorKind::Role, "role=button[name=\"Add\"]", 2),
            (SelectorKind::Role, "button[name=\"Go\"]", 1),
            (SelectorKind::Role, "textbox", 1),
            (SelectorKind::Label, "Search", 1),
            (SelectorKind::Placeholder, "input[placeholder=\"What?\"]", 1),
            (SelectorKind::Text, "Blue lamp", 1),
            (SelectorKind::Text, "Green lamp", 0),
            (SelectorKind::CssPath, "li:nth-of-type(2) > button", 1),
            (SelectorKind::CssPath, "p.a:not(.c) em, ul li:first-child span", 2),
            (SelectorKind::Xpath, "/html[1]/body[1]/ul[1]/li[2]/button[1]", 1),
            (SelectorKind::Xpath, "//button[@data-testid='go']", 1),
            (SelectorKind::Xpath, "/html/body/ul/li/button", 2),
        ] {
            assert_eq!(find(&page, kind, value), Some(count), "{value}");
        }
    }

    #[test]
    fn what_cannot_be_looked_up_is_said_and_odd_ones_find_nothing() {
        let page = Document::parse(PAGE, 1_000);
        for (kind, value) in [
            (SelectorKind::Playwright, "getByRole('button')"),
            (SelectorKind::CssPath, "button:hover"),
            (SelectorKind::CssPath, "p >"),
            (SelectorKind::Xpath, "//div[contains(., 'x')]"),
            (SelectorKind::Xpath, "count(//a)"),
            (SelectorKind::Role, "button[name=Add]"),
        ] {
            assert_eq!(find(&page, kind, value), None, "{value}");
        }
        assert_eq!(find(&page, SelectorKind::CssPath, &"a ".repeat(5_000)), None, "too long to read");
        assert_eq!(find(&page, SelectorKind::Xpath, "/html[1]/body[1]/ul[0]"), None, "places count from 1");
    }

    #[test]
    fn the_paths_made_for_an_element_find_it_alone() {
        let page = Document::parse(PAGE, 1_000);
        for node in members(&page, page.root()) {
            for selector in selectors(&page, node).alternatives {
                if matches!(selector.kind, SelectorKind::CssPath | SelectorKind::Xpath) {
                    assert_eq!(resolve(&page, node, &selector), Some(vec![node]), "{}", selector.value);
                }
            }
        }
    }

    #[test]
    fn a_shadow_tree_is_a_tree_of_its_own() {
        let mut page = Document::parse("<main><x-card></x-card><b>out</b></main>", 100);
        let host = members(&page, page.root()).find(|node| page.tag(*node) == "x-card").expect("there");
        let inner =
            page.create(NodeData::Element(crate::dom::Element { tag: "b".into(), ..Default::default() }));
        page.append(host, inner);
        page.set_in_shadow(inner, true);
        let all = Selector { kind: SelectorKind::CssPath, value: "b".into(), shadow_hosts: Vec::new() };
        assert_eq!(resolve(&page, inner, &all), Some(vec![inner]));
        let outside = resolve(&page, page.root(), &all).expect("CSS");
        assert!(outside.len() == 1 && outside[0] != inner);
    }
}
