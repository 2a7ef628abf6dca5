//! Looking after what is stored: what there is, what should be done about it, doing it, and what it costs.
//!
//! Levels by age are planned by [`plan_optimization`] and applied the same way; each archive's successor is written by a job of
//! its own ([`optimize_archive`]).
//!
//! [`Inventory::take`] looks, [`plan`] decides without touching anything (that is the dry run), [`apply`] does it. Each
//! action looks again before it acts and deletes nothing whose successor it has not verified, so a plan that was
//! interrupted, or is old, is simply applied again.

mod apply;
mod cost;
mod inventory;
mod optimize;
mod packing;
mod plan;
mod quota;
mod recover;
mod tiers;

pub use apply::{ActionOutcome, ActionReport, Keeper, StorageReport, apply};
pub use cost::{ClassCost, CostReport, PriceList, StorageClassPrice, Usage, cost};
pub use inventory::{Held, Inventory, SessionHoldings};
pub use optimize::{
    ARCHIVE_UNREADABLE, Considered, OptimizationPlan, OptimizePolicy, Optimized, optimize_archive,
    plan_optimization,
};
pub use packing::{ClassPacking, Packing, packing};
pub use plan::{ARCHIVE_GONE, Action, PlannedAction, SESSION_UNKNOWN, StoragePlan, StoragePolicy, plan};
pub use quota::{Quota, QuotaState};
pub use recover::{Recovery, recover};
pub use tiers::{TierPolicy, TierStep, Tiering, bucket_rules, tiering};
