//! Token counts against the worked examples of the documentation.

use codesight_openai::format::ImageDetail;
use codesight_openai::tokens::{ImageRule, MODELS, ModelData, TextCounter, default_epochs, estimate_price};

fn image_rule(model: &str) -> ImageRule {
    ModelData::of(model).expect("a known model").image
}

#[test]
fn tiles_count_as_the_guide_counts_them() {
    let rule = image_rule("gpt-4o-2024-08-06");
    assert_eq!(rule.tokens(1024, 1024, ImageDetail::High), 765);
    assert_eq!(rule.tokens(2048, 4096, ImageDetail::High), 1105);
    assert_eq!(rule.tokens(4096, 8192, ImageDetail::Low), 85);
}

#[test]
fn patches_count_as_the_guide_counts_them() {
    let rule = |budget, max_side, multiplier| ImageRule::Patch { budget, max_side, multiplier };
    let plain = rule(Some(1_536), None, 1.0);
    assert_eq!(plain.tokens(1024, 1024, ImageDetail::High), 1024);
    assert_eq!(plain.tokens(1800, 2400, ImageDetail::High), 1452, "shrunk to 1056 x 1408");
    assert_eq!(rule(Some(1_536), None, 1.2).tokens(1024, 1024, ImageDetail::High), 1229);
    assert_eq!(image_rule("gpt-5.4").tokens(2048, 2048, ImageDetail::High), 3000, "shrunk to 1600 x 1600");
}

#[test]
fn screenshots_count_as_in_the_table() {
    let models = ["gpt-4o", "gpt-4o-mini", "gpt-5.4", "gpt-5.6", "gpt-4.1-mini"];
    for ((width, height), expected) in [
        ((1280, 720), [1105, 36_835, 1104, 1104, 1491]),
        ((1366, 768), [1105, 36_835, 1239, 1239, 1672]),
        ((1920, 1080), [1105, 36_835, 2448, 2448, 3305]),
        ((1280, 4000), [1445, 48_169, 1613, 6000, 2178]),
    ] {
        let counted = models.map(|model| image_rule(model).tokens(width, height, ImageDetail::High));
        assert_eq!(counted, expected, "{width} x {height}");
    }
}

#[test]
fn no_image_counts_more_than_the_most() {
    for data in MODELS {
        for (width, height) in [(1, 1), (1, 60_000), (60_000, 1), (5_000, 5_000), (2_048, 768), (0, 0)] {
            let tokens = data.image.tokens(width, height, ImageDetail::High);
            assert!(
                (1..=data.image.most_tokens()).contains(&tokens),
                "{} {width} x {height}: {tokens}",
                data.name
            );
        }
    }
}

#[test]
fn a_tuned_model_counts_as_its_base() {
    assert_eq!(ModelData::of("ft:gpt-4.1-mini-2025-04-14:shop::abc").expect("known").name, "gpt-4.1-mini");
    assert_eq!(ModelData::of("gpt-4o-audio-preview"), None, "another model of a similar name");
    let tuned = TextCounter::for_model("ft:gpt-4.1-2025-04-14:shop::abc");
    assert_eq!(tuned.encoding(), TextCounter::for_model("gpt-4.1").encoding());
    let unknown = TextCounter::for_model("gpt-6-luna");
    assert!(!unknown.is_known());
    if cfg!(feature = "tokens") {
        assert_eq!(unknown.encoding(), "o200k_base");
    } else {
        assert_eq!(unknown.encoding(), "bytes");
    }
}

#[test]
fn no_text_counts_more_tokens_than_it_has_bytes_and_none_takes_forever() {
    let counter = TextCounter::for_model("gpt-4o");
    for text in
        ["", "hello world", "\u{1f9d1}\u{200d}\u{1f680}", &"a".repeat(300_000), &" ".repeat(2_000_000)]
    {
        assert!(counter.count(text) <= text.len() as u64);
    }
    if counter.is_exact() {
        assert_eq!(counter.count("hello world"), 2);
        assert_eq!(counter.count("hello world ".repeat(4_000).trim_end()), 8_000, "cuts cost nothing");
    }
}

#[test]
fn epochs_and_price_follow_the_cookbook() {
    assert_eq!([1, 5, 33, 34, 100, 8_333, 8_334, 1_000_000].map(default_epochs), [25, 20, 3, 3, 3, 3, 2, 1]);
    let price = estimate_price("gpt-4o-2024-08-06", 2_000_000, 3).expect("a known price");
    assert_eq!((price.trained_tokens, price.usd), (6_000_000, 150.0));
    assert_eq!(estimate_price("gpt-6-luna", 1, 1), None);
}
