//! A whole demonstration: a folder with `replay.json` and its screenshots.

use serde_json::Value;

use crate::error::{Error, Result};
use crate::import::interaction::{self, moment};
use crate::import::picture::Picture;
use crate::import::rules::{self, Tally};
use crate::import::{ImportOptions, ImportedBlob, ImportedSession, Source, json};
use crate::model::{
    ElementData, InteractionData, InteractionType, MouseButton, ScreenshotRelation, Selector, SelectorKind,
    SelectorSet, SessionGoal, SessionOutcome, SessionType,
};
use crate::time::Timestamp;

pub(super) fn read(replay: &[u8], source: &Source, options: &ImportOptions) -> Result<ImportedSession> {
    let replay_value = json::parse(replay, &options.limits)?;
    let Some(turns) = replay_value.get("data").and_then(Value::as_array) else {
        return Err(Error::invalid("import.weblinx", "a replay has a list of turns under data"));
    };
    json::check_count(turns.len(), options.limits.max_events)?;
    let mut tally = Tally::default();
    let mut blobs: Vec<ImportedBlob> = Vec::new();
    let mut goal = String::new();
    let mut entries = Vec::new();
    for turn in turns {
        let seconds = json::number(turn, "timestamp").unwrap_or(0.0);
        let at = moment(options.begin.as_millis() as f64 + seconds * 1_000.0).unwrap_or(options.begin);
        if json::text(turn, "type") == Some("chat") {
            if json::text(turn, "speaker") == Some("instructor") && goal.len() < options.limits.max_text {
                goal.push_str(json::text(turn, "utterance").unwrap_or_default());
                goal.push('\n');
            }
            continue;
        }
        let Some(mut told) = told(turn, at) else {
            tally.count(&rules::ACTION_UNKNOWN);
            continue;
        };
        if let Some(name) = turn.pointer("/state/screenshot").and_then(Value::as_str) {
            // The source marks screenshots that do not show the page of the turn.
            let good = turn.pointer("/state/screenshot_status").and_then(Value::as_str) != Some("broken");
            let bytes = source.get(&format!("screenshots/{name}")).or_else(|| source.get(name));
            match bytes.map(|bytes| Picture::read(bytes.clone())) {
                _ if !good => tally.count(&rules::CONTRADICTION),
                None => tally.count(&rules::FRAME_MISSING),
                Some(None) => tally.count(&rules::FRAME_INVALID),
                Some(Some(picture)) => {
                    let viewport = told.page_context.viewport;
                    told.screenshots.push(picture.frame(ScreenshotRelation::Before, at, 0.0, viewport));
                    if !blobs.iter().any(|blob| blob.hash == picture.blob.hash) {
                        blobs.push(picture.blob);
                    }
                }
            }
        }
        entries.push(interaction::entry(told));
    }
    let form = source.get("form.json").and_then(|text| json::parse(text, &options.limits).ok());
    let asked = form.as_ref().and_then(|form| json::text(form, "description")).map(str::to_owned);
    let goal = interaction::shortened(asked.as_deref().unwrap_or(goal.trim_end()), options.limits.max_text);
    let goal = SessionGoal { text: goal.to_owned(), ..SessionGoal::default() };
    Ok(ImportedSession {
        start: options.start("weblinx", &[replay], SessionType::Human, goal, None)?,
        entries,
        blobs,
        outcome: SessionOutcome::Unknown,
        raw_events: turns.len(),
        findings: tally.findings(),
    })
}

fn told(turn: &Value, at: Timestamp) -> Option<InteractionData> {
    let action = turn.get("action")?;
    let arguments = action.get("arguments").unwrap_or(&Value::Null);
    let kind = match json::text(action, "intent")? {
        "click" => InteractionType::Click,
        "hover" => InteractionType::Hover,
        "textInput" => InteractionType::Input,
        "change" => InteractionType::Change,
        "load" => InteractionType::Navigation,
        "submit" => InteractionType::Submit,
        "scroll" => InteractionType::Scroll,
        "copy" => InteractionType::Copy,
        "paste" => InteractionType::Paste,
        "tabcreate" | "tabremove" | "tabswitch" => InteractionType::TabSwitch,
        _ => return None,
    };
    let mut told = interaction::blank(kind.clone(), at);
    let metadata = arguments.get("metadata").unwrap_or(&Value::Null);
    let properties = arguments.get("properties").unwrap_or(&Value::Null);
    json::text(metadata, "url").unwrap_or_default().clone_into(&mut told.page_context.url);
    told.page_context.viewport = json::number(metadata, "viewportWidth")
        .zip(json::number(metadata, "viewportHeight"))
        .and_then(|(width, height)| interaction::viewport(width, height));
    let place = |object: &Value, x: &str, y: &str| json::number(object, x).zip(json::number(object, y));
    let point = place(properties, "clientX", "clientY")
        .or_else(|| place(metadata, "mouseX", "mouseY"))
        .or_else(|| place(properties, "x", "y"));
    match kind {
        InteractionType::Scroll => {
            told.action.scroll_x = json::number(arguments, "scrollX");
            told.action.scroll_y = json::number(arguments, "scrollY");
        }
        InteractionType::Navigation => {
            let url =
                json::text(properties, "url").or_else(|| json::text(arguments, "url")).map(str::to_owned);
            told.action.cause = json::text(properties, "transitionType").map(|cause| match cause {
                "typed" | "reload" | "link" => cause.to_owned(),
                "form_submit" => "form".to_owned(),
                _ => "route".to_owned(),
            });
            if let Some(url) = &url {
                told.page_context.url.clone_from(url);
            }
            told.action.url = url;
        }
        _ => told.coordinates = point.map(|(x, y)| interaction::at(x, y)),
    }
    if kind == InteractionType::Click {
        told.action.button = Some(MouseButton::Left);
    }
    let texts = ["text", "value", "selected", "pasted"];
    told.action.text = texts.into_iter().find_map(|name| json::text(arguments, name)).map(str::to_owned);
    if let Some(node) = arguments.get("element").filter(|node| node.is_object()) {
        let bounding_box = node.get("bbox").and_then(|area| {
            let side = |name: &str| json::number(area, name);
            interaction::area(side("x")?, side("y")?, side("width")?, side("height")?)
        });
        let text = json::text(node, "textContent").map(|text| interaction::shortened(text, 200).to_owned());
        told.element = Some(ElementData {
            tag: json::text(node, "tagName").unwrap_or_default().to_ascii_lowercase(),
            text: text.filter(|text| !text.is_empty()),
            bounding_box,
            ..ElementData::default()
        });
        if let Some(xpath) = json::text(node, "xpath") {
            told.selectors = Some(SelectorSet {
                primary: xpath.to_owned(),
                alternatives: vec![Selector {
                    kind: SelectorKind::Xpath,
                    value: xpath.to_owned(),
                    shadow_hosts: Vec::new(),
                }],
                xpath: xpath.to_owned(),
                ..SelectorSet::default()
            });
        }
    }
    Some(told)
}
