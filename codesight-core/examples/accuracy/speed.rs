//! How fast it is: processor time of one thread where the system tells it, else the clock. Nothing fails by it.

use std::hint::black_box;
use std::path::Path;
use std::time::{Duration, Instant};

use codesight_core::privacy::{DetectInput, PatternDetector, PiiDetector, Surface};
use scraper::{Html, Node};

/// Prints the throughput on cells, and on the same cells joined to one document.
pub(crate) fn print(name: &str, cells: &[String]) {
    let document = cells.join(" \n");
    let of_cells = rate(cells);
    let of_document = rate(&[document]);
    println!("{name}: {of_cells:.0} MB/s cell by cell, {of_document:.0} MB/s as one document");
    println!("  elsewhere: Presidio 0.068 MB/s, redact-core 2.45, pii 6.5; goal 100\n");
}

/// Every text and every attribute of the pages with forms: what a recorder sends of a page.
pub(crate) fn texts_of_pages(corpora: &Path) -> Vec<String> {
    let pages = std::fs::read_dir(corpora.join("pii/duckduckgo-forms")).into_iter().flatten().flatten();
    let mut texts = Vec::new();
    for page in
        pages.map(|entry| entry.path()).filter(|path| path.extension().is_some_and(|end| end == "html"))
    {
        let Ok(bytes) = std::fs::read(page) else { continue };
        let document = Html::parse_document(&String::from_utf8_lossy(&bytes));
        for node in document.tree.values() {
            match node {
                Node::Text(text) => texts.push(text.to_string()),
                Node::Element(element) => texts.extend(element.attrs().map(|(_, value)| value.to_owned())),
                _ => {}
            }
        }
    }
    texts.retain(|text| !text.trim().is_empty());
    texts
}

/// Processor time of this thread, as Linux tells it.
fn processor_time() -> Option<Duration> {
    let statistics = std::fs::read_to_string("/proc/thread-self/schedstat").ok()?;
    statistics.split_ascii_whitespace().next()?.parse().ok().map(Duration::from_nanos)
}

fn rate(cells: &[String]) -> f64 {
    let bytes: usize = cells.iter().map(String::len).sum();
    let detector = PatternDetector::new();
    let mut found = Vec::new();
    let mut best = Duration::MAX;
    for _ in 0..5 {
        let (start, processor) = (Instant::now(), processor_time());
        for cell in cells {
            found.clear();
            detector.detect(&DetectInput::text(black_box(cell)), &mut found);
            black_box(&found);
        }
        let spent = processor_time().zip(processor).map(|(end, start)| end - start);
        best = best.min(spent.unwrap_or_else(|| start.elapsed()));
    }
    bytes as f64 / 1e6 / best.as_secs_f64()
}

/// Prints how long one form value takes.
pub(crate) fn print_form_values() {
    const VALUES: &[(&str, &str)] = &[
        ("email", "jane.doe@shop.test"),
        ("phone", "+44 20 7946 0958"),
        ("mobile", "0151 12345678"),
        ("card number", "4111 1111 1111 1111"),
        ("iban", "DE44 5001 0517 5407 3249 31"),
        ("street", "1600 Amphitheatre Parkway"),
        ("city", "Mountain View"),
        ("search", "running shoes size 42"),
        ("quantity", "3"),
        ("date of birth", "15.03.1989"),
    ];
    const ROUNDS: usize = 20_000;
    let detector = PatternDetector::new();
    let mut found = Vec::with_capacity(8);
    let mut times = Vec::with_capacity(VALUES.len() * ROUNDS);
    for _ in 0..ROUNDS {
        for (cue, text) in VALUES {
            found.clear();
            let input = DetectInput { text, surface: Surface::FieldValue, cue, country: Some(*b"US") };
            let start = Instant::now();
            detector.detect(black_box(&input), &mut found);
            times.push(start.elapsed());
        }
    }
    times.sort_unstable();
    let at = |share: f64| times[((times.len() - 1) as f64 * share) as usize];
    println!("one form value: p50 {:?}, p99 {:?}", at(0.5), at(0.99));
    println!("  elsewhere: Presidio mean 620 us; goal p50 1 us, p99 10 us");
}
