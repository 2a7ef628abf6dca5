//! Pages in words: elements as `<tag[id]| words>`, or as `[id] role 'words'`.

use crate::model::ElementData;

/// The headings below the page.
#[derive(Debug)]
pub(super) struct Heading<'a> {
    pub(super) task: &'a str,
    /// Whether no command was given before.
    pub(super) is_first: bool,
    /// How many commands were given before.
    pub(super) earlier: usize,
}

impl<'a> Heading<'a> {
    pub(super) fn read(page: &'a str) -> Self {
        let after = |heading: &str| page.rsplit_once(heading).map_or("", |(_, after)| after);
        let task = after("#Task:").split("\n\n").next().unwrap_or_default().trim();
        let previous = after("#Previous commands:").split("\n\n#").next().unwrap_or_default().trim();
        let is_first = previous.is_empty() || previous == "None";
        let earlier =
            if is_first { 0 } else { previous.lines().filter(|line| !line.trim().is_empty()).count() };
        Self { task, is_first, earlier }
    }
}

/// What the page says of one element.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Words {
    pub(super) tag: String,
    pub(super) role: Option<String>,
    pub(super) text: String,
}

/// The element of a name; none when the page has no such name.
pub(super) fn element(page: &str, id: &str) -> Option<ElementData> {
    in_tags(page, id).or_else(|| in_tree(page, id)).as_ref().map(ElementData::from)
}

/// `<a[SD]| <span| Google> >`: the words within are the element's.
fn in_tags(page: &str, id: &str) -> Option<Words> {
    let mark = format!("[{id}]|");
    let place = page.find(&mark)?;
    let tag = page[..place].rsplit('<').next()?.trim();
    if tag.is_empty() || !tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-') {
        return None;
    }
    let (mut depth, mut text) = (1_u32, String::new());
    let mut skipping_tag = false;
    for letter in page[place + mark.len()..].chars() {
        match letter {
            '<' => {
                depth += 1;
                skipping_tag = true;
            }
            '|' if skipping_tag => skipping_tag = false,
            '>' => {
                depth -= 1;
                skipping_tag = false;
                if depth == 0 {
                    break;
                }
            }
            letter if !skipping_tag && text.chars().count() < 200 => text.push(letter),
            _ => {}
        }
    }
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
    Some(Words { tag: tag.to_ascii_lowercase(), role: None, text })
}

/// `[123] link 'Add to cart'`, one element a line.
fn in_tree(page: &str, id: &str) -> Option<Words> {
    let mark = format!("[{id}] ");
    let line = page.lines().map(str::trim_start).find_map(|line| line.strip_prefix(mark.as_str()))?;
    let (role, rest) = line.split_once(' ').unwrap_or((line, ""));
    let text = rest.trim_start();
    let quote = text.chars().next().filter(|quote| matches!(quote, '\'' | '"'));
    let text = quote.and_then(|quote| text[1..].split(quote).next()).unwrap_or_default();
    Some(Words { tag: role.to_ascii_lowercase(), role: Some(role.to_owned()), text: text.to_owned() })
}
