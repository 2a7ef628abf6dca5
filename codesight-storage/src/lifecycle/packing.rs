//! What packing small archives into larger objects would save, so that nobody has to believe that it does not pay.
//!
//! Archives are not packed. Erasure and retention delete one session at a time, and out of a pack that would mean to write all
//! the others again; a frame is read by a range of one object either way; and the only charge that packing avoids is that of
//! classes which count a small object as a larger one, into which small archives need not be moved.

use serde::Serialize;

use super::{Held, Inventory, PriceList, Usage, cost};

/// Bytes of a pack: as large as one upload in a few parts.
const PACK: u64 = 64 << 20;

/// What packing would come to.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Packing {
    /// Archives smaller than some class counts them.
    pub small: Held,
    /// By class, in the order of the price list.
    pub classes: Vec<ClassPacking>,
}

/// What packing would come to in one class.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ClassPacking {
    /// The storage class.
    pub name: String,
    /// What a month costs less.
    pub saved_a_month: f64,
    /// What reading the archives and writing the packs costs.
    pub once: f64,
}

/// What packing would come to at these prices.
pub fn packing(inventory: &Inventory, prices: &PriceList) -> Packing {
    let least = prices.classes.iter().map(|class| class.least_bytes).max().unwrap_or(0);
    let archives = inventory.sessions.values().map(|session| session.archive);
    let small = archives
        .filter(|archive| archive.blobs > 0 && archive.bytes < least)
        .fold(Held::default(), Held::plus);
    let packed = Held { blobs: small.bytes.div_ceil(PACK), bytes: small.bytes };
    let kept = |stored| cost(&Usage { stored, ..Usage::default() }, prices);
    let once = cost(
        &Usage { stored: Held::default(), writes: packed.blobs, reads: small.blobs, bytes_read: small.bytes },
        prices,
    );
    let (loose, packs) = (kept(small), kept(packed));
    let of = |report: &super::CostReport, name: &str| {
        report.classes.iter().find(|class| class.name == name).map_or(0.0, |class| class.total)
    };
    let classes = prices.classes.iter().map(|class| ClassPacking {
        name: class.name.clone(),
        saved_a_month: of(&loose, &class.name) - of(&packs, &class.name),
        once: of(&once, &class.name),
    });
    Packing { small, classes: classes.collect() }
}
