//! From recorded interactions to the actions a person would name.
//!
//! | interaction | action |
//! |---|---|
//! | click, double click | click, double click; the two clicks inside a double click, and clicks that open or pick in a native list, are part of it |
//! | input, paste | type; runs on one field become one; a click on the field first, when it did not have the focus and nothing before gave it |
//! | change | part of the action on the same field before it; alone: click on a box to tick, otherwise type |
//! | select | select option |
//! | key | keypress |
//! | copy | keypress Control+c |
//! | scroll | scroll at the pointer, or at the middle of the viewport; none when nothing moved |
//! | drag | drag |
//! | hover | move |
//! | submit | the key that sent the form, where the recorder names it; otherwise part of the click, key or text before it; alone: keypress Enter |
//! | navigation | typed: navigate; reload: keypress F5; history: keypress Alt+ArrowLeft when it leads back; anything else is what an earlier action led to |
//! | tab switch, unknown types | none |
//!
//! Text of a field whose value may not be kept is no action; that something was typed is still told in the history.

use crate::model::{ComputerAction, FieldPolicy, InteractionData, InteractionType, Point};
use crate::pipeline::EnhancedInteraction;
use crate::stages::{
    clicked_into, element_box, had_focus, is_native_list, is_toggle, is_typing, page_address, point,
    same_address, same_element, viewport,
};

/// How long the two clicks of a double click may lie before it, in milliseconds.
const DOUBLE_CLICK_MS: i64 = 1_000;

/// One action, and the interaction it begins with.
#[derive(Debug, Clone)]
pub(crate) struct Reduced {
    /// Index of the interaction whose picture belongs to the action.
    pub(crate) step: usize,
    /// The action, after what has to come before it in the same picture. Empty for typing that is kept secret.
    pub(crate) actions: Vec<ComputerAction>,
}

/// What became of one interaction.
enum Outcome {
    Action(ComputerAction),
    /// Something was typed that may not be kept.
    Secret,
    /// It belongs to another interaction's action, or is what that led to.
    Part,
    NotExpressible,
}

/// The actions in order, and the places of interactions that cannot be said as one.
pub(crate) fn reduce(steps: &[EnhancedInteraction]) -> (Vec<Reduced>, Vec<u64>) {
    let mut reduced: Vec<Reduced> = Vec::with_capacity(steps.len());
    let mut not_expressible = Vec::new();
    // Index of the last interaction that went into the last action.
    let mut through = None;
    for (index, step) in steps.iter().enumerate() {
        let interaction: &InteractionData = &step.interaction;
        let previous = index.checked_sub(1).and_then(|index| steps.get(index)).map(|step| &*step.interaction);
        let follows_last = through.is_some() && through == index.checked_sub(1);
        if follows_last
            && let (Some(last), Some(previous)) = (reduced.last_mut(), previous)
            && let Some(ComputerAction::Type { text }) = last.actions.last_mut()
            && matches!(
                interaction.kind,
                InteractionType::Input | InteractionType::Paste | InteractionType::Change
            )
            && same_element(previous, interaction)
        {
            if let Some(more) = typed_text(interaction) {
                extend(text, more, interaction);
            }
            through = Some(index);
            continue;
        }
        match outcome(steps, index, follows_last) {
            Outcome::Action(action) => {
                let earlier = steps.get(..index).unwrap_or_default();
                let first = focusing_click(interaction, earlier)
                    .filter(|_| matches!(action, ComputerAction::Type { .. }));
                reduced.push(Reduced { step: index, actions: first.into_iter().chain([action]).collect() });
                through = Some(index);
            }
            Outcome::Secret => {
                reduced.push(Reduced { step: index, actions: Vec::new() });
                not_expressible.push(step.seq);
                through = Some(index);
            }
            Outcome::Part => {
                if follows_last {
                    through = Some(index);
                }
            }
            Outcome::NotExpressible => not_expressible.push(step.seq),
        }
    }
    // What was typed and taken back in full leaves nothing to say.
    reduced.retain(|reduced| match reduced.actions.last() {
        Some(ComputerAction::Type { text }) if text.is_empty() => {
            not_expressible.extend(steps.get(reduced.step).map(|step| step.seq));
            false
        }
        _ => true,
    });
    (reduced, not_expressible)
}

fn outcome(steps: &[EnhancedInteraction], index: usize, follows_last: bool) -> Outcome {
    let at = |index: Option<usize>| index.and_then(|index| steps.get(index)).map(|step| &*step.interaction);
    let Some(interaction) = at(Some(index)) else { return Outcome::NotExpressible };
    let previous = at(index.checked_sub(1));
    let or_none = |action: Option<ComputerAction>| action.map_or(Outcome::NotExpressible, Outcome::Action);
    match &interaction.kind {
        InteractionType::Click => {
            let later = [at(index.checked_add(1)), at(index.checked_add(2))];
            if is_part_of_double_click(interaction, later)
                || is_part_of_choice(interaction, previous, later[0])
            {
                return Outcome::Part;
            }
            let button = interaction.action.button.unwrap_or_default();
            or_none(point(interaction).map(|at| ComputerAction::Click { button, at }))
        }
        InteractionType::DoubleClick => {
            or_none(point(interaction).map(|at| ComputerAction::DoubleClick { at }))
        }
        InteractionType::Input | InteractionType::Paste if is_secret(interaction) => Outcome::Secret,
        InteractionType::Input | InteractionType::Paste => {
            or_none(typed_text(interaction).map(|text| ComputerAction::Type { text: text.to_owned() }))
        }
        InteractionType::Change => change(interaction, previous, follows_last),
        InteractionType::Select => or_none(choice(interaction)),
        InteractionType::Key => {
            let keys = interaction.action.keys.clone();
            or_none((!keys.is_empty()).then_some(ComputerAction::Keypress { keys }))
        }
        InteractionType::Copy => Outcome::Action(keypress(&["Control", "c"])),
        InteractionType::Scroll => scroll(interaction),
        InteractionType::Drag => or_none(drag(interaction)),
        InteractionType::Hover => or_none(place_of(interaction).map(|at| ComputerAction::Move { at })),
        // The recorder says which key sent the form, where it was one; it is told once.
        InteractionType::Submit
            if !interaction.action.keys.is_empty()
                && previous.is_none_or(|previous| previous.kind != InteractionType::Key) =>
        {
            Outcome::Action(ComputerAction::Keypress { keys: interaction.action.keys.clone() })
        }
        InteractionType::Submit => match previous.map(|previous| &previous.kind) {
            Some(
                InteractionType::Click
                | InteractionType::DoubleClick
                | InteractionType::Key
                | InteractionType::Input
                | InteractionType::Change
                | InteractionType::Select,
            ) => Outcome::Part,
            _ => Outcome::Action(keypress(&["Enter"])),
        },
        InteractionType::Navigation => {
            navigation(interaction, previous, steps.get(..index).unwrap_or_default())
        }
        InteractionType::TabSwitch | InteractionType::Other(_) => Outcome::NotExpressible,
    }
}

fn keypress(keys: &[&str]) -> ComputerAction {
    ComputerAction::Keypress { keys: keys.iter().map(|key| (*key).to_owned()).collect() }
}

/// The place of the pointer, otherwise the middle of the element.
fn place_of(interaction: &InteractionData) -> Option<Point> {
    point(interaction).or_else(|| element_box(interaction).map(|area| area.center()))
}

fn is_part_of_double_click(click: &InteractionData, later: [Option<&InteractionData>; 2]) -> bool {
    later.into_iter().flatten().any(|later| {
        later.kind == InteractionType::DoubleClick
            && (0..=DOUBLE_CLICK_MS).contains(&later.timestamp.millis_since(click.timestamp))
            && same_element(click, later)
    })
}

/// Whether the click opens a native list before a choice in it, or picks in the opened list.
fn is_part_of_choice(
    click: &InteractionData,
    previous: Option<&InteractionData>,
    next: Option<&InteractionData>,
) -> bool {
    let in_list = click.element.as_ref().is_some_and(is_native_list);
    in_list
        && [previous, next]
            .into_iter()
            .flatten()
            .any(|other| other.kind == InteractionType::Select && same_address(click, other))
}

/// Whether the recorder dropped what was typed, as it must for passwords and codes.
fn is_secret(interaction: &InteractionData) -> bool {
    let policy = interaction.element.as_ref().and_then(|element| element.field_policy);
    policy == Some(FieldPolicy::Drop) && typed_text(interaction).is_none()
}

/// The click that gave the field its focus, where the recorder made one interaction of that click and the typing.
fn focusing_click(interaction: &InteractionData, earlier: &[EnhancedInteraction]) -> Option<ComputerAction> {
    let typing = is_typing(&interaction.kind) || interaction.kind == InteractionType::Change;
    if !typing || !clicked_into(interaction) || had_focus(interaction, earlier) {
        return None;
    }
    let button = interaction.action.button.unwrap_or_default();
    point(interaction).map(|at| ComputerAction::Click { button, at })
}

/// The text that went into the field.
fn typed_text(interaction: &InteractionData) -> Option<&str> {
    let value = || interaction.element.as_ref().and_then(|element| element.value.as_deref());
    interaction.action.text.as_deref().or_else(value)
}

/// Adds what was typed next. A recorder may give the new letters or the whole text: whole when either begins with the
/// other, or when the field's value says the same.
fn extend(text: &mut String, more: &str, interaction: &InteractionData) {
    let value = interaction.element.as_ref().and_then(|element| element.value.as_deref());
    let is_whole = more.starts_with(text.as_str()) || text.starts_with(more) || value == Some(more);
    if is_whole {
        text.clear();
    }
    text.push_str(more);
}

fn change(interaction: &InteractionData, previous: Option<&InteractionData>, follows_last: bool) -> Outcome {
    let told_before = previous.is_some_and(|previous| {
        let acts = is_typing(&previous.kind)
            || matches!(
                previous.kind,
                InteractionType::Click | InteractionType::Select | InteractionType::Key
            );
        acts && same_element(previous, interaction)
    });
    if told_before && follows_last {
        return Outcome::Part;
    }
    let Some(element) = &interaction.element else { return Outcome::NotExpressible };
    let action = if is_toggle(element) {
        place_of(interaction).map(|at| ComputerAction::Click { button: Default::default(), at })
    } else if is_native_list(element) {
        choice(interaction)
    } else {
        typed_text(interaction).map(|text| ComputerAction::Type { text: text.to_owned() })
    };
    action.map_or(Outcome::NotExpressible, Outcome::Action)
}

fn choice(interaction: &InteractionData) -> Option<ComputerAction> {
    let option = typed_text(interaction)?.to_owned();
    Some(ComputerAction::SelectOption { at: place_of(interaction)?, option })
}

fn scroll(interaction: &InteractionData) -> Outcome {
    let details = &interaction.action;
    let (scroll_x, scroll_y) = (details.scroll_x.unwrap_or(0.0), details.scroll_y.unwrap_or(0.0));
    if scroll_x == 0.0 && scroll_y == 0.0 {
        return Outcome::Part;
    }
    let middle = || {
        let viewport = viewport(interaction)?;
        Some(Point { x: viewport.width / 2.0, y: viewport.height / 2.0 })
    };
    match point(interaction).or_else(middle) {
        Some(at) if scroll_x.is_finite() && scroll_y.is_finite() => {
            Outcome::Action(ComputerAction::Scroll { at, scroll_x, scroll_y })
        }
        _ => Outcome::NotExpressible,
    }
}

fn drag(interaction: &InteractionData) -> Option<ComputerAction> {
    let path = &interaction.action.path;
    let is_path = path.len() >= 2 && path.iter().all(|point| point.x.is_finite() && point.y.is_finite());
    is_path.then(|| ComputerAction::Drag { path: path.clone() })
}

fn navigation(
    interaction: &InteractionData,
    previous: Option<&InteractionData>,
    earlier: &[EnhancedInteraction],
) -> Outcome {
    let by_key = previous.is_some_and(|previous| previous.kind == InteractionType::Key);
    let led_to = interaction.action.url.as_deref().unwrap_or(&interaction.page_context.url);
    match interaction.action.cause.as_deref() {
        Some("typed") if !led_to.is_empty() => {
            Outcome::Action(ComputerAction::Navigate { url: led_to.to_owned() })
        }
        Some("reload") if !by_key => Outcome::Action(keypress(&["F5"])),
        Some("history") if !by_key => {
            if leads_back(led_to, earlier) {
                Outcome::Action(keypress(&["Alt", "ArrowLeft"]))
            } else {
                Outcome::NotExpressible
            }
        }
        _ => Outcome::Part,
    }
}

/// Whether the page before the current one is where the navigation led.
fn leads_back(led_to: &str, earlier: &[EnhancedInteraction]) -> bool {
    let mut pages = earlier.iter().rev().map(|step| page_address(&step.interaction.page_context.url));
    let target = page_address(led_to);
    let Some(current) = pages.next() else { return false };
    if current == target {
        // The interaction before already stood on the page it led to: nothing to go back from.
        return false;
    }
    pages.find(|page| *page != current) == Some(target)
}
