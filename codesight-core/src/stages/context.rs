//! Context: which page view each interaction belongs to, and what lies around it.

use super::facts::{self, BeforeFrame};
use super::page_kind;
use crate::model::{InteractionData, NearbyElement};
use crate::pipeline::{Draft, PageView, Stage};

/// Landmarks and containers that say where on a page an element lies, by role and by tag.
const REGIONS: [(&str, &str, &str); 11] = [
    ("banner", "header", "banner"),
    ("navigation", "nav", "navigation"),
    ("main", "main", "main"),
    ("search", "search", "search"),
    ("complementary", "aside", "complementary"),
    ("contentinfo", "footer", "contentinfo"),
    ("dialog", "dialog", "dialog"),
    ("alertdialog", "", "dialog"),
    ("form", "form", "form"),
    ("list", "ul", "list"),
    ("table", "table", "table"),
];

/// Adds page views, page kinds, regions, pauses, nearby elements in page order, and the picture that was acted on.
#[derive(Debug, Clone, Copy, Default)]
pub struct Context;

impl Stage for Context {
    fn name(&self) -> &'static str {
        "context"
    }

    fn run(&self, draft: &mut Draft) {
        draft.page_views = page_views(draft);
        for (index, view) in draft.page_views.iter().enumerate() {
            let (from, until) = view.steps;
            for step in draft.steps.get_mut(from..until).unwrap_or_default() {
                step.derived.page_view = u32::try_from(index).ok();
                step.derived.page_kind.clone_from(&view.kind);
            }
        }
        let mut previous = None;
        for step in &mut draft.steps {
            let interaction: &InteractionData = &step.interaction;
            let elapsed = previous.map(|earlier| interaction.timestamp.millis_since(earlier));
            previous = Some(interaction.timestamp);
            step.derived.since_previous_ms = elapsed.filter(|elapsed| *elapsed >= 0);
            step.derived.region = region(interaction);
            step.derived.nearby = in_page_order(&interaction.page_context.nearby_elements);
            step.derived.before_frame = match facts::before_frame(interaction, facts::MAX_FRAME_LAG_MS) {
                BeforeFrame::Found(_, frame) => {
                    Some(frame.hash).filter(|hash| draft.frames.contains_key(hash))
                }
                BeforeFrame::Late(_) | BeforeFrame::Missing => None,
            };
        }
    }
}

/// Cuts the session into page views: a new one begins where the address or the tab changes. The kind is judged by the
/// interaction of the view that says most about its page.
fn page_views(draft: &Draft) -> Vec<PageView> {
    let mut views = Vec::new();
    let mut start = 0;
    let runs = draft.steps.chunk_by(|a, b| {
        let (a, b) = (&a.interaction, &b.interaction);
        a.user_context.tab == b.user_context.tab && facts::same_address(a, b)
    });
    for run in runs {
        let until = start + run.len();
        let (Some(first), Some(last)) = (run.first(), run.last()) else { continue };
        let page = &first.interaction.page_context;
        let telling = run.iter().find(|step| step.interaction.page_context.page_structure.is_some());
        let (kind, evidence) = page_kind::classify(&telling.unwrap_or(first).interaction);
        views.push(PageView {
            address: facts::page_address(&page.url).to_owned(),
            tab: first.interaction.user_context.tab.unwrap_or(0),
            kind,
            evidence,
            first_seq: first.seq,
            last_seq: last.seq,
            steps: (start, until),
        });
        start = until;
    }
    views
}

/// The innermost landmark around the element.
fn region(interaction: &InteractionData) -> Option<&'static str> {
    let hierarchy = interaction.page_context.dom_hierarchy.as_ref()?;
    hierarchy.ancestors.iter().find_map(|node| {
        let by_role = |role: &str| REGIONS.iter().find(|(known, ..)| *known == role);
        let by_tag = || REGIONS.iter().find(|(_, tag, _)| *tag == node.tag && !tag.is_empty());
        node.role.as_deref().and_then(by_role).or_else(by_tag).map(|(.., region)| *region)
    })
}

/// Indexes of the elements that can be acted on, from top left to bottom right; those without a box come last, in the
/// recorder's order.
pub(crate) fn in_page_order(nearby: &[NearbyElement]) -> Vec<u32> {
    let mut order: Vec<(bool, f64, f64, u32)> = nearby
        .iter()
        .zip(0_u32..)
        .filter(|(element, _)| element.interactive)
        .map(|(element, index)| match element.bounding_box {
            Some(area) => (false, area.y, area.x, index),
            None => (true, 0.0, 0.0, index),
        })
        .collect();
    order.sort_by(|a, b| {
        a.0.cmp(&b.0).then(a.1.total_cmp(&b.1)).then(a.2.total_cmp(&b.2)).then(a.3.cmp(&b.3))
    });
    order.into_iter().map(|(.., index)| index).collect()
}
