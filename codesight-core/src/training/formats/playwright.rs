//! Playwright scripts: a module that replays the recording on a page.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io;

use serde_json::Value;

use super::stand_in::{Typed, example_value, typed};
use crate::error::{Error, ErrorKind, Result};
use crate::model::{ComputerAction, InteractionData, MouseButton, Selector, SelectorKind, SelectorSet};
use crate::privacy::Masked;
use crate::training::{ImageSource, Trajectory, TrajectoryFormat, TrajectoryStep};

/// One ES module a trajectory.
///
/// It exports `replay(page, options)` for a page of Playwright. Values that were masked are parameters with values of
/// the same shape as defaults; the origin of the site can be another; `onStep` is called before each step.
#[derive(Debug, Clone, Copy, Default)]
pub struct PlaywrightScript;

impl TrajectoryFormat for PlaywrightScript {
    fn name(&self) -> &'static str {
        "playwright"
    }

    fn extension(&self) -> &'static str {
        "mjs"
    }

    fn is_file_each(&self) -> bool {
        true
    }

    fn write(
        &self,
        trajectory: &Masked<Trajectory<'_>>,
        _: &dyn ImageSource,
        out: &mut dyn io::Write,
    ) -> Result<()> {
        let mut script =
            Script { origin: origin(trajectory), body: String::new(), values: BTreeMap::new(), number: 0 };
        script.begin(trajectory);
        for step in &trajectory.steps {
            script.step(step);
        }
        out.write_all(script.finish(&trajectory.session.goal.text).as_bytes()).map_err(|error| {
            Error::new(ErrorKind::Unavailable, "format.write", "the file takes no more").caused_by(error)
        })
    }
}

/// The origin of the first page.
fn origin(trajectory: &Trajectory<'_>) -> String {
    let first = trajectory.steps.first().map(|step| step.interaction.interaction.page_context.url.as_str());
    let address = first.and_then(|address| url::Url::parse(address).ok());
    address.map_or_else(String::new, |address| address.origin().ascii_serialization())
}

struct Script {
    origin: String,
    body: String,
    /// Names and defaults of the values that were masked.
    values: BTreeMap<String, &'static str>,
    number: usize,
}

impl Script {
    fn begin(&mut self, trajectory: &Trajectory<'_>) {
        let Some(first) = trajectory.steps.first() else { return };
        let page = &first.interaction.interaction.page_context;
        if let Some(viewport) = page.viewport {
            self.line(&format!(
                "await page.setViewportSize({{ width: {:.0}, height: {:.0} }});",
                viewport.width, viewport.height
            ));
        }
        if !matches!(first.actions.first(), Some(ComputerAction::Navigate { .. })) && !page.url.is_empty() {
            let address = self.address(&page.url);
            self.line(&format!("await page.goto({address});"));
        }
    }

    fn step(&mut self, step: &TrajectoryStep<'_>) {
        self.number += 1;
        let interaction: &InteractionData = &step.interaction.interaction;
        let (number, description) = (self.number, text(&step.description));
        self.line(&format!("await onStep({number}, {description});"));
        // No locator enters a closed shadow root; a person's pointer and keyboard do.
        let is_closed = interaction
            .element
            .as_ref()
            .is_some_and(|element| element.shadow_root.as_deref() == Some("closed"));
        let target = interaction.selectors.as_ref().filter(|_| !is_closed).and_then(locator);
        if target.is_none() && !step.actions.is_empty() {
            let scroll = interaction.page_context.scroll;
            self.line(&format!(
                "await page.evaluate(([x, y]) => scrollTo(x, y), [{}, {}]);",
                scroll.x, scroll.y
            ));
        }
        if step.actions.is_empty() {
            // Typing that was not kept: the value has to be given.
            if let Some(target) = target {
                let name = format!("SECRET_{number}");
                self.values.insert(name.clone(), secret(interaction));
                self.line(&format!("await {target}.fill(values[{}]);", text(&name)));
            }
            return;
        }
        for action in &step.actions {
            self.action(action, interaction, target.as_deref());
        }
    }

    fn action(&mut self, action: &ComputerAction, interaction: &InteractionData, target: Option<&str>) {
        let line = match (action, target) {
            (ComputerAction::Click { button, .. }, Some(target)) => match button {
                MouseButton::Left => format!("await {target}.click();"),
                MouseButton::Right => format!("await {target}.click({{ button: 'right' }});"),
                MouseButton::Middle => format!("await {target}.click({{ button: 'middle' }});"),
                MouseButton::Back => "await page.goBack();".to_owned(),
                MouseButton::Forward => "await page.goForward();".to_owned(),
            },
            (ComputerAction::Click { at, .. }, None) => {
                format!("await page.mouse.click({}, {});", at.x, at.y)
            }
            (ComputerAction::DoubleClick { .. }, Some(target)) => format!("await {target}.dblclick();"),
            (ComputerAction::DoubleClick { at }, None) => {
                format!("await page.mouse.dblclick({}, {});", at.x, at.y)
            }
            (ComputerAction::Move { .. }, Some(target)) => format!("await {target}.hover();"),
            (ComputerAction::Move { at }, None) => format!("await page.mouse.move({}, {});", at.x, at.y),
            (ComputerAction::Type { text }, Some(target)) => {
                format!("await {target}.fill({});", self.typed(text))
            }
            (ComputerAction::Type { text }, None) => {
                format!("await page.keyboard.type({});", self.typed(text))
            }
            (ComputerAction::SelectOption { option, .. }, Some(target)) => {
                format!("await {target}.selectOption({{ label: {} }});", text(option))
            }
            (ComputerAction::Keypress { keys }, _) if *keys == ["Alt", "ArrowLeft"] => {
                "await page.goBack();".to_owned()
            }
            (ComputerAction::Keypress { keys }, Some(target)) if interaction.element.is_some() => {
                format!("await {target}.press({});", text(&keys.join("+")))
            }
            (ComputerAction::Keypress { keys }, _) => {
                format!("await page.keyboard.press({});", text(&keys.join("+")))
            }
            (ComputerAction::Scroll { scroll_x, scroll_y, .. }, _) => {
                format!("await page.mouse.wheel({scroll_x:.0}, {scroll_y:.0});")
            }
            (ComputerAction::Navigate { url }, _) => {
                let address = self.address(url);
                format!("await page.goto({address});")
            }
            (ComputerAction::Drag { path }, _) => {
                let mut drag = String::new();
                if let [first, rest @ ..] = path.as_slice() {
                    let _ = write!(
                        drag,
                        "await page.mouse.move({}, {}); await page.mouse.down();",
                        first.x, first.y
                    );
                    for at in rest {
                        let _ = write!(drag, " await page.mouse.move({}, {});", at.x, at.y);
                    }
                    drag.push_str(" await page.mouse.up();");
                }
                drag
            }
            (ComputerAction::SelectOption { .. }, None)
            | (ComputerAction::Wait | ComputerAction::Terminate { .. }, _) => return,
        };
        self.line(&line);
    }

    fn line(&mut self, line: &str) {
        self.body.push_str("  ");
        self.body.push_str(line);
        self.body.push('\n');
    }

    /// A text as an expression: masked values are parameters.
    fn typed(&mut self, recorded: &str) -> String {
        match typed(recorded) {
            Typed::Plain(plain) => text(&plain),
            Typed::Filled(pieces) => {
                let mut parts = Vec::new();
                for (index, piece) in pieces.iter().enumerate() {
                    if index % 2 == 1 {
                        self.values.insert(piece.clone(), example_value(piece));
                        parts.push(format!("values[{}]", text(piece)));
                    } else if !piece.is_empty() {
                        parts.push(text(piece));
                    }
                }
                parts.join(" + ")
            }
        }
    }

    /// An address as an expression: within the site it follows the origin that is given.
    fn address(&self, address: &str) -> String {
        match address
            .strip_prefix(self.origin.as_str())
            .filter(|rest| !self.origin.is_empty() && rest.starts_with('/'))
        {
            Some(rest) => format!("origin + {}", text(rest)),
            None => text(address),
        }
    }

    fn finish(self, goal: &str) -> String {
        let mut values = String::new();
        for (name, value) in &self.values {
            let _ = writeln!(values, "  {}: {},", text(name), text(value));
        }
        format!(
            "// A recorded session as a script for Playwright.\n\
             export const goal = {};\n\
             /// Stand-ins for values that were masked in the recording; give others in `options.values`.\n\
             export const standIns = {{\n{values}}};\n\n\
             export async function replay(page, options = {{}}) {{\n  \
               const origin = options.origin ?? {};\n  \
               const values = {{ ...standIns, ...options.values }};\n  \
               const onStep = options.onStep ?? (async () => {{}});\n{}}}\n",
            text(goal),
            text(&self.origin),
            self.body
        )
        .replace("/// Stand-ins", "// Stand-ins")
    }
}

/// A value that a field for secrets takes: a code, or a password of the usual least length.
fn secret(interaction: &InteractionData) -> &'static str {
    let Some(element) = &interaction.element else { return "correct horse" };
    let told = [element.name.as_deref(), element.attributes.get("autocomplete").map(String::as_str)];
    let is_code = told
        .into_iter()
        .flatten()
        .map(str::to_lowercase)
        .any(|told| told.contains("code") || told.contains("csc"));
    if is_code { "123" } else { "correct horse" }
}

/// A JavaScript string. JSON is one, but for two line separators that older engines take for line ends.
fn text(text: &str) -> String {
    Value::from(text).to_string().replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

/// The best of the recorded selectors as a locator: the primary one where it stands among the others, then by kind.
fn locator(set: &SelectorSet) -> Option<String> {
    if (set.primary.starts_with("getBy") || set.primary.starts_with("locator("))
        && let Some(expression) = expression(&set.primary)
    {
        return Some(format!("page.{expression}"));
    }
    const ORDER: [SelectorKind; 10] = [
        SelectorKind::TestId,
        SelectorKind::Role,
        SelectorKind::Label,
        SelectorKind::Playwright,
        SelectorKind::Placeholder,
        SelectorKind::Id,
        SelectorKind::Name,
        SelectorKind::Text,
        SelectorKind::CssPath,
        SelectorKind::Xpath,
    ];
    let primary = primary(set);
    let others =
        ORDER.iter().filter_map(|kind| set.alternatives.iter().find(|selector| selector.kind == *kind));
    primary.iter().chain(others).find_map(one)
}

/// The primary selector with the kind its form tells.
fn primary(set: &SelectorSet) -> Option<Selector> {
    let value = set.primary.as_str();
    let known = set.alternatives.iter().find(|selector| selector.value == value);
    // Where the recorder says what it is, that counts; otherwise its form does.
    let judged = set.reliability.iter().find(|judged| judged.selector == value);
    let kind = match value {
        "" => return None,
        _ if judged.is_some_and(|judged| !matches!(judged.kind, SelectorKind::Other(_))) => {
            judged.map(|judged| judged.kind.clone())?
        }
        value if value.starts_with("role=") => SelectorKind::Role,
        value if value.starts_with("label=") => SelectorKind::Label,
        value if value.starts_with("text=") => SelectorKind::Text,
        value if value.starts_with('/') => SelectorKind::Xpath,
        value if value.contains("=\"") || value.starts_with(['#', '.', '[']) || value.contains(" > ") => {
            SelectorKind::CssPath
        }
        _ => return known.cloned(),
    };
    let hosts =
        known.or(set.alternatives.first()).map(|selector| selector.shadow_hosts.clone()).unwrap_or_default();
    Some(Selector { kind, value: value.to_owned(), shadow_hosts: hosts })
}

fn one(selector: &Selector) -> Option<String> {
    let value = selector.value.as_str();
    // CSS and text engines of Playwright enter open shadow roots by themselves, so the hosts only narrow the search.
    let within: String =
        selector.shadow_hosts.iter().map(|host| format!(".locator({})", text(host))).collect();
    let found = match &selector.kind {
        SelectorKind::Role => {
            let (role, name) = value.strip_prefix("role=").unwrap_or(value).split_once("[name=\"")?;
            let name = name.strip_suffix("\"]")?.replace("\\\"", "\"");
            format!("getByRole({}, {{ name: {}, exact: true }})", text(role), text(&name))
        }
        SelectorKind::Label => {
            let label = value.strip_prefix("label=").unwrap_or(value).trim_matches('"');
            format!("getByLabel({}, {{ exact: true }})", text(label))
        }
        SelectorKind::Text => {
            let shown = value.strip_prefix("text=").unwrap_or(value).trim_matches('"');
            // A recorder may say the tag as well: `label|Lighting`.
            let tagged = shown.split_once('|').filter(|(tag, _)| {
                !tag.is_empty() && tag.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            });
            match tagged {
                Some((tag, shown)) => {
                    format!("locator({}).filter({{ hasText: {} }})", text(tag), text(shown))
                }
                None => format!("getByText({}, {{ exact: true }})", text(shown)),
            }
        }
        SelectorKind::Playwright => expression(value)?,
        SelectorKind::Xpath => format!("locator({})", text(&format!("xpath={value}"))),
        SelectorKind::Other(_) => return None,
        _ => format!("locator({})", text(value)),
    };
    Some(format!("page{within}.{found}"))
}

/// A recorded locator expression, when it is a chain of locator calls with quoted arguments and nothing else: what a
/// page wrote must not become code.
fn expression(recorded: &str) -> Option<String> {
    const CALLS: [&str; 12] = [
        "getByRole",
        "getByLabel",
        "getByText",
        "getByTitle",
        "getByTestId",
        "getByPlaceholder",
        "getByAltText",
        "locator",
        "filter",
        "first",
        "last",
        "nth",
    ];
    let mut rest = recorded;
    loop {
        let (name, after) = rest.split_once('(')?;
        if !CALLS.contains(&name) {
            return None;
        }
        rest = arguments(after)?;
        match rest.strip_prefix('.') {
            Some(more) => rest = more,
            None if rest.is_empty() => return Some(recorded.to_owned()),
            None => return None,
        }
    }
}

/// What follows the arguments of a call: quoted texts, numbers, `true`, `false`, and objects of these.
fn arguments(text: &str) -> Option<&str> {
    const NAMES: [&str; 7] = ["name", "exact", "hasText", "hasNotText", "level", "true", "false"];
    let mut rest = text;
    loop {
        rest = rest.trim_start_matches([' ', ',', ':', '{', '}']);
        let first = rest.chars().next()?;
        match first {
            ')' => return Some(&rest[1..]),
            '\'' | '"' => {
                let mut escaped = false;
                let end = rest.char_indices().skip(1).find_map(|(place, letter)| {
                    let ends = letter == first && !escaped;
                    escaped = letter == '\\' && !escaped;
                    ends.then_some(place)
                })?;
                if rest[..end].contains('\n') {
                    return None;
                }
                rest = &rest[end + 1..];
            }
            letter if letter.is_ascii_alphanumeric() => {
                let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric()).unwrap_or(rest.len());
                let word = &rest[..end];
                if !NAMES.contains(&word) && !word.bytes().all(|byte| byte.is_ascii_digit()) {
                    return None;
                }
                rest = &rest[end..];
            }
            _ => return None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_recorded_expression_is_taken_over_only_when_it_is_nothing_but_a_locator() {
        for good in [
            "getByRole('textbox', { name: 'E-mail', exact: true })",
            "getByRole('dialog').getByRole('button', { name: 'it\\'s (new)', exact: true })",
            "locator('label').filter({ hasText: '12 oz' }).nth(2)",
        ] {
            assert_eq!(expression(good).as_deref(), Some(good));
        }
        for bad in [
            "getByText('a').evaluate(() => 1)",
            "getByText('a'); process.exit()",
            "getByText(`${process.env}`)",
            "getByText('a' + require('fs'))",
            "getByText('open",
            "page.getByText('a')",
        ] {
            assert_eq!(expression(bad), None, "{bad}");
        }
    }
}
