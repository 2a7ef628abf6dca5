//! What came of an evaluation, for people: one page without scripts and without anything from elsewhere.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use codesight_core::time::Timestamp;

use super::case::EvaluationCase;
use super::compare::Comparison;
use super::report::{EvaluationReport, ModelReport, StepReport};
use super::statistics::Interval;
use crate::format::ToolAction;
use crate::image::ImageFormat;

const STYLE: &str = include_str!("report.css");

/// The page. Pictures come from the cases, found by the ids of the steps.
pub fn to_html(report: &EvaluationReport, cases: &[EvaluationCase]) -> String {
    let mut page = String::with_capacity(64 * 1024);
    let when = moment(report.created_at);
    let steps = report.models.first().map_or(0, |model| model.steps.len());
    // Writing to a string cannot fail.
    let _ = write!(
        page,
        "<!doctype html><html lang=\"en\"><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\">\
         <meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'\">\
         <title>Evaluation</title><style>{STYLE}</style>\
         <header><h1>Evaluation</h1><p>{steps} held-out steps, {} model{}, {}</p></header><main>",
        report.models.len(),
        if report.models.len() == 1 { "" } else { "s" },
        escape(&when)
    );
    models(&mut page, report);
    for comparison in &report.comparisons {
        versus(&mut page, comparison);
    }
    page.push_str("<h2>Steps</h2>");
    legend(&mut page, report);
    let cases: BTreeMap<&str, &EvaluationCase> = cases.iter().map(|case| (case.id.as_str(), case)).collect();
    let mut task = None;
    for (at, step) in report.models.first().into_iter().flat_map(|model| model.steps.iter().enumerate()) {
        if task != Some(&step.task) {
            let _ = write!(page, "<h3>{}</h3>", escape(&step.task));
            task = Some(&step.task);
        }
        let answers: Vec<(&ModelReport, &StepReport)> = report
            .models
            .iter()
            .filter_map(|model| Some((model, model.steps.get(at).filter(|other| other.id == step.id)?)))
            .collect();
        one_step(&mut page, step, &answers, cases.get(step.id.as_str()).copied());
    }
    page.push_str(
        "</main><footer>A place counts as right within 4 % of the picture's diagonal. Intervals are 95 %: Wilson's for shares, \
         resampled steps for differences.</footer></html>\n",
    );
    page
}

fn models(page: &mut String, report: &EvaluationReport) {
    page.push_str(
        "<section class=\"card\"><table><thead><tr><th>Model<th>Steps right<th>Type<th>Place<th>Tasks done<th>Valid answers\
         <th class=\"n\">Median<th class=\"n\">95 %<th class=\"n\">Tokens in / out<th class=\"n\">Cost</thead><tbody>",
    );
    for (at, model) in report.models.iter().enumerate() {
        let _ = write!(
            page,
            "<tr><th scope=\"row\"><i class=\"dot m{}\"></i>{}<small>{}</small>",
            at % 4,
            escape(&model.model),
            escape(&model.provider)
        );
        let shares = [
            model.step_success,
            model.type_accuracy,
            model.place_accuracy,
            model.task_success,
            model.valid_answers,
        ];
        for share in shares {
            bar(page, share);
        }
        let millis = |value: Option<f64>| value.map_or("–".to_owned(), |value| format!("{value:.0} ms"));
        let cost = model.cost_usd.map_or("–".to_owned(), |usd| format!("${usd:.4}"));
        let _ = write!(
            page,
            "<td class=\"n\">{}<td class=\"n\">{}<td class=\"n\">{} / {}<td class=\"n\">{cost}",
            millis(model.median_latency_ms),
            millis(model.p95_latency_ms),
            amount(model.tokens.input),
            amount(model.tokens.output)
        );
    }
    page.push_str("</tbody></table></section>");
}

/// A moment to the minute.
fn moment(at: Timestamp) -> String {
    match at.to_rfc3339() {
        Some(text) => format!("{} UTC", text.chars().take(16).collect::<String>().replace('T', " ")),
        None => String::new(),
    }
}

/// A number that is read, not reckoned with.
fn amount(count: u64) -> String {
    match count {
        0..10_000 => count.to_string(),
        10_000..10_000_000 => format!("{:.0} k", count as f64 / 1e3),
        _ => format!("{:.1} M", count as f64 / 1e6),
    }
}

/// A share as a bar, with its interval as a line across the end.
fn bar(page: &mut String, share: Interval) {
    let percent = |value: f64| value * 100.0;
    let _ = write!(
        page,
        "<td class=\"share\"><b>{:.0} %</b><span class=\"bar\"><span style=\"width:{:.1}%\"></span><i style=\"left:{:.1}%;width:{:.1}%\"></i></span>\
         <small>{:.0} to {:.0} %</small>",
        percent(share.value),
        percent(share.value),
        percent(share.low),
        percent(share.high - share.low),
        percent(share.low),
        percent(share.high)
    );
}

fn versus(page: &mut String, comparison: &Comparison) {
    let difference = comparison.step_success;
    let verdict = if difference.low > 0.0 {
        "better"
    } else if difference.high < 0.0 {
        "worse"
    } else {
        "not told apart"
    };
    let _ = write!(
        page,
        "<section class=\"card versus\"><p><b>{}</b> against <b>{}</b>: <strong class=\"{}\">{verdict}</strong></p>\
         <p>{:+.1} points of steps right ({:+.1} to {:+.1}); p {}; {} step{} only the former got right, {} only the latter, of {}.</p></section>",
        escape(&comparison.candidate),
        escape(&comparison.baseline),
        verdict.replace(' ', "-"),
        difference.value * 100.0,
        difference.low * 100.0,
        difference.high * 100.0,
        chance(comparison.p_value),
        comparison.only_candidate,
        if comparison.only_candidate == 1 { "" } else { "s" },
        comparison.only_baseline,
        comparison.steps
    );
}

/// A likelihood in three places, or that it is below them.
fn chance(p_value: f64) -> String {
    if p_value < 0.001 { "&lt; 0.001".to_owned() } else { format!("= {p_value:.3}") }
}

fn legend(page: &mut String, report: &EvaluationReport) {
    page.push_str("<p class=\"legend\"><i class=\"dot truth\"></i>the person");
    for (at, model) in report.models.iter().enumerate() {
        let _ = write!(page, "<i class=\"dot m{}\"></i>{}", at % 4, escape(&model.model));
    }
    page.push_str("</p>");
}

fn one_step(
    page: &mut String,
    step: &StepReport,
    answers: &[(&ModelReport, &StepReport)],
    case: Option<&EvaluationCase>,
) {
    let right = answers.iter().filter(|(_, answer)| answer.score.step_right).count();
    let all_right = right == answers.len();
    let tag = match (all_right, answers.len()) {
        (true, _) => "right".to_owned(),
        (false, 0 | 1) => "wrong".to_owned(),
        (false, models) => format!("{right} of {models} right"),
    };
    let _ = write!(
        page,
        "<article class=\"card step\"><h4>{}<span class=\"tag {}\">{}</span></h4><div class=\"sides\"><div>",
        escape(&step.id),
        if all_right { "good" } else { "bad" },
        tag
    );
    picture(page, step, answers, case);
    let _ = write!(page, "</div><dl><dt><i class=\"dot truth\"></i>the person<dd>{}", words(&step.expected));
    for (at, (model, answer)) in answers.iter().enumerate() {
        let said = match (&answer.error, answer.score.valid) {
            (Some(code), _) => format!("<em>no answer: {}</em>", escape(code)),
            (None, false) => "<em>an answer that is no call of the tool</em>".to_owned(),
            (None, true) => words(&answer.score.predicted),
        };
        let off = answer.score.distance_px.map_or(String::new(), |px| format!(", {px:.0} px off"));
        let _ = write!(
            page,
            "<dt><i class=\"dot m{}\"></i>{}<span class=\"tag {}\">{}</span><dd>{said}<small>{:.0} ms{off}</small>",
            at % 4,
            escape(&model.model),
            if answer.score.step_right { "good" } else { "bad" },
            if answer.score.step_right { "right" } else { "wrong" },
            answer.latency_ms
        );
    }
    page.push_str("</dl></div></article>");
}

fn picture(
    page: &mut String,
    step: &StepReport,
    answers: &[(&ModelReport, &StepReport)],
    case: Option<&EvaluationCase>,
) {
    let drawn = case.and_then(|case| Some((case.image.as_ref()?, case.size?)));
    let Some((image, (width, height))) = drawn else {
        page.push_str("<p class=\"none\">no picture</p>");
        return;
    };
    let media_type = ImageFormat::sniff(image).map_or("image/png", ImageFormat::media_type);
    let _ = write!(
        page,
        "<svg viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"the screenshot with the places\">\
         <image width=\"{width}\" height=\"{height}\" href=\"data:{media_type};base64,{}\"/>",
        STANDARD.encode(image)
    );
    let unit = f64::from(width.max(height)) / 100.0;
    // Larger than the models' marks, which are often on the same spot.
    marks(page, &step.expected, "truth", unit * 1.5);
    for (at, (_, answer)) in answers.iter().enumerate() {
        let class = format!("m{}", at % 4);
        if let (Some(from), Some(to)) = (first_point(&step.expected), first_point(&answer.score.predicted)) {
            let _ = write!(
                page,
                "<line class=\"{class}\" x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\" stroke-width=\"{:.1}\"/>",
                from.0,
                from.1,
                to.0,
                to.1,
                unit / 5.0
            );
        }
        marks(page, &answer.score.predicted, &class, unit * 0.8);
    }
    page.push_str("</svg>");
}

fn first_point(actions: &[ToolAction]) -> Option<(i32, i32)> {
    actions.iter().flat_map(ToolAction::points).next().map(|point| (point.x, point.y))
}

fn marks(page: &mut String, actions: &[ToolAction], class: &str, unit: f64) {
    for point in actions.iter().flat_map(ToolAction::points) {
        let _ = write!(
            page,
            "<circle class=\"{class}\" cx=\"{}\" cy=\"{}\" r=\"{:.1}\" stroke-width=\"{:.1}\"/>",
            point.x,
            point.y,
            unit * 1.4,
            unit / 2.5
        );
    }
}

/// Actions in words.
fn words(actions: &[ToolAction]) -> String {
    let said: Vec<String> = actions
        .iter()
        .map(|action| {
            let value = serde_json::to_value(action).unwrap_or_default();
            let kind = value["type"].as_str().unwrap_or_default().replace('_', " ");
            let place = action
                .points()
                .first()
                .map_or(String::new(), |point| format!(" at {}, {}", point.x, point.y));
            let text = ["text", "option", "url", "status"].iter().find_map(|key| value[*key].as_str());
            let keys = value["keys"]
                .as_array()
                .map(|keys| keys.iter().filter_map(|key| key.as_str()).collect::<Vec<_>>().join(" + "));
            let said = text
                .map(str::to_owned)
                .or(keys)
                .map_or(String::new(), |text| format!(" <q>{}</q>", escape(&text)));
            format!("<code>{}</code>{said}{place}", escape(&kind))
        })
        .collect();
    if said.is_empty() { "nothing".to_owned() } else { said.join("<br>") }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
