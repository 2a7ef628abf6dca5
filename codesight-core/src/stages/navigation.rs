//! Navigation: recognisable ways of moving through a site, found in the order of page views.
//!
//! | pattern | rule |
//! |---|---|
//! | linear | three or more page views in a row, each of a page not seen before |
//! | backtrack | a page, another, and the first again |
//! | hub-and-spoke | one page returned to twice or more, with one other page between each time |
//! | loop | a round of two to four pages walked twice or more in a row |
//! | comparison | two or more different product pages with nothing but results or home between, before the cart |
//! | checkout-funnel | from the cart through checkout, up to the confirmation if it is reached |
//!
//! Style: `search-led` when results were reached by a search parameter, `browse-led` when by other addresses, `mixed` for
//! both, `direct` for neither.

use std::collections::{BTreeMap, BTreeSet};

use crate::model::{NavigationPattern, NavigationPatternKind, NavigationStrategy, PageKind};
use crate::pipeline::{Draft, PageView, Stage};

/// The longest round that counts as a loop, in pages.
const LONGEST_ROUND: usize = 4;

/// Finds patterns and style.
#[derive(Debug, Clone, Copy, Default)]
pub struct Navigation;

impl Stage for Navigation {
    fn name(&self) -> &'static str {
        "navigation"
    }

    fn run(&self, draft: &mut Draft) {
        let views = &draft.page_views;
        let pages = number_pages(views);
        let distinct: BTreeSet<_> = pages.iter().collect();
        let count = |len: usize| u32::try_from(len).unwrap_or(u32::MAX);
        draft.navigation = NavigationStrategy {
            style: style(views).to_owned(),
            patterns: patterns(views, &pages),
            page_views: count(views.len()),
            distinct_pages: count(distinct.len()),
        };
    }
}

/// The same number for the same page.
fn number_pages(views: &[PageView]) -> Vec<usize> {
    let mut known = BTreeMap::new();
    views
        .iter()
        .map(|view| {
            let next = known.len();
            *known.entry(view.address.as_str()).or_insert(next)
        })
        .collect()
}

fn patterns(views: &[PageView], pages: &[usize]) -> Vec<NavigationPattern> {
    let mut spans = Vec::new();
    linear(pages, &mut spans);
    returns(pages, &mut spans);
    loops(pages, &mut spans);
    comparisons(views, pages, &mut spans);
    funnels(views, &mut spans);
    let mut patterns: Vec<NavigationPattern> = spans
        .into_iter()
        .filter_map(|(kind, from, until)| {
            let (first, last) = (views.get(from)?, views.get(until)?);
            let pages = u32::try_from(until - from + 1).unwrap_or(u32::MAX);
            Some(NavigationPattern { kind, first_seq: first.first_seq, last_seq: last.last_seq, pages })
        })
        .collect();
    patterns.sort_by(|a, b| (a.first_seq, a.last_seq, &a.kind).cmp(&(b.first_seq, b.last_seq, &b.kind)));
    patterns
}

/// A pattern from one page view to another, both included.
type Span = (NavigationPatternKind, usize, usize);

fn linear(pages: &[usize], spans: &mut Vec<Span>) {
    // A page is new when its number is the highest so far.
    let mut highest = None;
    let mut start = 0;
    for (index, page) in pages.iter().enumerate() {
        if highest.is_none_or(|highest| *page > highest) {
            highest = Some(*page);
        } else {
            push_run(NavigationPatternKind::Linear, start, index, 3, spans);
            start = index + 1;
        }
    }
    push_run(NavigationPatternKind::Linear, start, pages.len(), 3, spans);
}

fn push_run(kind: NavigationPatternKind, from: usize, until: usize, least: usize, spans: &mut Vec<Span>) {
    if until >= from + least {
        spans.push((kind, from, until - 1));
    }
}

/// Returns to a page after one other: one of them is a backtrack, several to the same page are hub and spoke.
fn returns(pages: &[usize], spans: &mut Vec<Span>) {
    let comes_back =
        |index: usize| matches!(pages.get(index..index + 3), Some([a, b, c]) if a == c && a != b);
    let mut index = 0;
    while index + 2 < pages.len() {
        let start = index;
        while comes_back(index) {
            index += 2;
        }
        match (index - start) / 2 {
            0 => index += 1,
            1 => spans.push((NavigationPatternKind::Backtrack, start, index)),
            _ => spans.push((NavigationPatternKind::HubAndSpoke, start, index)),
        }
    }
}

/// Rounds walked again without anything new.
fn loops(pages: &[usize], spans: &mut Vec<Span>) {
    let mut index = 0;
    while index < pages.len() {
        let found = (2..=LONGEST_ROUND).find_map(|round| {
            let first = pages.get(index..index + round)?;
            // One page seen in several tabs is no round.
            first.iter().find(|page| Some(*page) != first.first())?;
            let repeated = pages.iter().skip(index).zip(pages.iter().skip(index + round));
            let same = repeated.take_while(|(a, b)| a == b).count();
            (same >= round).then_some(same + round)
        });
        match found {
            Some(length) => {
                spans.push((NavigationPatternKind::Loop, index, index + length - 1));
                index += length;
            }
            None => index += 1,
        }
    }
}

fn comparisons(views: &[PageView], pages: &[usize], spans: &mut Vec<Span>) {
    let mut products: Vec<(usize, usize)> = Vec::new();
    let mut close = |products: &mut Vec<(usize, usize)>| {
        let different: BTreeSet<_> = products.iter().map(|(_, page)| page).collect();
        if let (true, Some((from, _)), Some((until, _))) =
            (different.len() >= 2, products.first(), products.last())
        {
            spans.push((NavigationPatternKind::Comparison, *from, *until));
        }
        products.clear();
    };
    for (index, (view, page)) in views.iter().zip(pages).enumerate() {
        match view.kind {
            Some(PageKind::Product) => products.push((index, *page)),
            Some(PageKind::Results | PageKind::Home) => {}
            _ => close(&mut products),
        }
    }
    close(&mut products);
}

fn funnels(views: &[PageView], spans: &mut Vec<Span>) {
    let mut start = None;
    let mut end = None;
    for (index, view) in views.iter().enumerate() {
        match view.kind {
            Some(PageKind::Cart) if end.is_none() => start = start.or(Some(index)),
            Some(PageKind::Checkout) if start.is_some() => end = Some(index),
            // Signing in is part of many checkouts.
            Some(PageKind::Account) if start.is_some() => {}
            Some(PageKind::Confirmation) if end.is_some() => {
                spans.extend(start.map(|start| (NavigationPatternKind::CheckoutFunnel, start, index)));
                (start, end) = (None, None);
            }
            Some(PageKind::Cart) => {}
            _ => {
                spans.extend(
                    start.zip(end).map(|(start, end)| (NavigationPatternKind::CheckoutFunnel, start, end)),
                );
                (start, end) = (None, None);
            }
        }
    }
    spans.extend(start.zip(end).map(|(start, end)| (NavigationPatternKind::CheckoutFunnel, start, end)));
}

fn style(views: &[PageView]) -> &'static str {
    let results = || views.iter().filter(|view| view.kind == Some(PageKind::Results));
    let searched = |view: &PageView| view.evidence.iter().any(|word| word == "url-query");
    match (results().any(searched), results().any(|view| !searched(view))) {
        _ if views.is_empty() => "",
        (true, false) => "search-led",
        (false, true) => "browse-led",
        (true, true) => "mixed",
        (false, false) => "direct",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(pages: &[usize]) -> Vec<Span> {
        let mut spans = Vec::new();
        linear(pages, &mut spans);
        returns(pages, &mut spans);
        loops(pages, &mut spans);
        spans
    }

    #[test]
    fn patterns_of_movement() {
        use NavigationPatternKind::{Backtrack, HubAndSpoke, Linear, Loop};
        assert_eq!(found(&[]), []);
        assert_eq!(found(&[0, 1]), []);
        assert_eq!(found(&[0, 1, 2, 3]), [(Linear, 0, 3)]);
        assert_eq!(found(&[0, 1, 0]), [(Backtrack, 0, 2)]);
        assert_eq!(found(&[0, 1, 0, 2, 0]), [(HubAndSpoke, 0, 4)]);
        assert_eq!(found(&[0, 1, 2, 0, 1, 2]), [(Linear, 0, 2), (Loop, 0, 5)]);
    }
}
