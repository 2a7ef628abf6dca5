//! Text as shops write it, made up by a seeded generator: full of numbers, and none of them personal.

use std::fmt::Write;

/// A small generator of numbers: the same sequence everywhere.
struct Seeded(u64);

impl Seeded {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, end: u64) -> u64 {
        self.next() % end
    }

    fn pick<'t>(&mut self, words: &[&'t str]) -> &'t str {
        words[usize::try_from(self.below(words.len() as u64)).unwrap_or(0)]
    }

    fn digits(&mut self, count: u32) -> u64 {
        10_u64.pow(count - 1) + self.below(9 * 10_u64.pow(count - 1))
    }
}

const BRANDS: &[&str] =
    &["Norda", "Kelvo", "Brightline", "Ostara", "Vantel", "Hummel & Roth", "Piko", "Tamsin"];
const THINGS: &[&str] = &[
    "running shoes",
    "cordless drill",
    "mobile phone case",
    "desk lamp",
    "SSD drive",
    "work gloves",
    "office chair",
    "cell phone charger",
    "home printer",
    "card holder",
    "water filter",
    "messenger bag",
    "phone stand",
];
const COLOURS: &[&str] = &["black", "Navy 410", "RAL 9010", "#1a2b3c", "red/blue", "Grau"];

/// One cell of a shop: a title, a size chart, an identifier, a date, an address of a page.
fn cell(seed: &mut Seeded) -> String {
    let mut text = String::new();
    let brand = seed.pick(BRANDS);
    let thing = seed.pick(THINGS);
    let size = 30 + seed.below(16);
    let written = match seed.below(24) {
        0 => write!(text, "{brand} {thing} {} {} {} {}", size, size + 2, size + 4, size + 6),
        1 => write!(text, "{brand} {thing} model {}-{}-{}", seed.digits(3), seed.digits(2), seed.digits(3)),
        2 => write!(
            text,
            "SKU: {} | MPN {}{}",
            seed.digits(10),
            seed.pick(&["AB", "X", "KR-"]),
            seed.digits(7)
        ),
        3 => write!(text, "EAN {}", gtin(seed, 13)),
        4 => write!(text, "{}", gtin(seed, 14)),
        5 => {
            write!(text, "\"upc\":\"{}\",\"price\":{}.{:02}", gtin(seed, 12), seed.digits(3), seed.below(100))
        }
        6 => write!(
            text,
            "${}.{:02} (was ${},{:03}.00)",
            seed.digits(3),
            seed.below(100),
            seed.digits(1),
            seed.below(1000)
        ),
        7 => write!(
            text,
            "{} ratings, {} answered questions, {}% off",
            seed.digits(5),
            seed.digits(3),
            seed.below(90)
        ),
        8 => write!(
            text,
            "2025-{:02}-{:02} {:02}:{:02}:{:02}",
            1 + seed.below(12),
            1 + seed.below(28),
            seed.below(24),
            seed.below(60),
            seed.below(60)
        ),
        9 => write!(text, "{}", 1_762_000_000_000_u64 + seed.below(9_000_000_000)),
        10 => write!(
            text,
            "https://shop.test/item/{}.html?v={}&w={}",
            seed.digits(16),
            seed.digits(8),
            seed.digits(10)
        ),
        11 => write!(text, "img_{}_{}x{}.jpg", seed.digits(12), seed.digits(4), seed.digits(4)),
        12 => write!(
            text,
            "{brand} {thing} {}x{}x{} mm, {} g, {} mAh",
            seed.digits(3),
            seed.digits(3),
            seed.digits(2),
            seed.digits(4),
            seed.digits(4)
        ),
        13 => write!(text, "1999 1998 1997 1996 1995 1994 1993 1992"),
        14 => write!(
            text,
            "Height {}-{} Waist {}-{} Hips {}-{}",
            150 + size,
            155 + size,
            60 + size,
            64 + size,
            80 + size,
            84 + size
        ),
        15 => write!(
            text,
            "Order {}-{}-{} shipped, tracking 1Z{}",
            seed.digits(3),
            seed.digits(7),
            seed.digits(7),
            seed.digits(16)
        ),
        16 => write!(
            text,
            "Compatible with iPhone 14 13 12 11, Galaxy S{} S{}, {brand} Pro {} {}",
            size,
            size + 1,
            seed.digits(4),
            seed.digits(4)
        ),
        17 => write!(text, "{thing} {} - {} - {}", seed.pick(COLOURS), seed.digits(6), seed.digits(6)),
        18 => write!(text, "{} {} {}", seed.digits(9), seed.digits(9), seed.digits(11)),
        19 => write!(
            text,
            "Firmware {}.{}.{}.{}, driver version {}.{}.{}",
            seed.below(20),
            seed.below(30),
            seed.below(99),
            seed.below(99),
            seed.below(9),
            seed.below(9),
            seed.digits(4)
        ),
        20 => write!(text, "data-id=\"{:016x}\" srcset=\"a@2x.png 2x, b@3x.png 3x\"", seed.next()),
        21 => write!(
            text,
            "Celeron@2.{}Ghz {} GB RAM {} GB, UTC-03 -0300",
            seed.below(9),
            4 + seed.below(60),
            seed.digits(3)
        ),
        22 => write!(text, "ISBN 978-3-{}-{}-{}", seed.digits(2), seed.digits(6), seed.below(10)),
        _ => write!(
            text,
            "{brand} {thing}, {} pcs, item no. {} page {} of {}",
            seed.digits(2),
            seed.digits(8),
            size,
            size + 9
        ),
    };
    written.expect("a string takes what is written to it");
    text
}

/// A trade item number with its check digit.
fn gtin(seed: &mut Seeded, length: u32) -> String {
    let body = seed.digits(length - 1);
    let sum: u64 =
        (0..length - 1).map(|place| body / 10_u64.pow(place) % 10 * if place % 2 == 0 { 3 } else { 1 }).sum();
    format!("{body}{}", (10 - sum % 10) % 10)
}

/// So many bytes of shop text, cell by cell, always the same.
pub(crate) fn cells(bytes: usize) -> Vec<String> {
    let mut seed = Seeded(20_261_122);
    let mut made = 0;
    std::iter::from_fn(|| {
        let cell = cell(&mut seed);
        made += cell.len();
        (made <= bytes).then_some(cell)
    })
    .collect()
}
