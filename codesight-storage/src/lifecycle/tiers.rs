//! Storage classes by age, as rules of the bucket: the provider moves what is old itself, which reads nothing, copies
//! nothing, and never leaves an object in between.

use std::collections::BTreeMap;

use codesight_core::error::{Error, Result};
use codesight_core::id::TenantId;
use codesight_core::time::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::{Held, Inventory, PriceList, Usage, cost};

/// S3 keeps objects this long in the standard class before it moves them to one for infrequent access
/// (<https://docs.aws.amazon.com/AmazonS3/latest/userguide/lifecycle-transition-general-considerations.html>).
const LEAST_DAYS_BEFORE_INFREQUENT: u32 = 30;
const MILLIS_OF_A_DAY: i64 = 86_400_000;
/// Folders of what stays. What was captured is gone once it is archived.
const KEPT: [&str; 2] = ["archives", "training"];

/// Which class from which age on.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TierPolicy {
    /// In order of age.
    pub steps: Vec<TierStep>,
    /// Days after which the parts of an upload that nobody finished are removed.
    pub abort_uploads_after_days: u32,
}

/// A class, and the age from which on objects are in it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct TierStep {
    /// Days since the object was written.
    pub after_days: u32,
    /// The provider's name for it.
    pub class: String,
}

impl Default for TierPolicy {
    /// Intelligent tiering from the first day on, which moves by use rather than by age.
    fn default() -> Self {
        let class = "INTELLIGENT_TIERING".to_owned();
        Self { steps: vec![TierStep { after_days: 0, class }], abort_uploads_after_days: 2 }
    }
}

/// The lifecycle configuration of a bucket, in the form of `aws s3api put-bucket-lifecycle-configuration`. `prefix` is what
/// keys in the bucket begin with, empty or without an end of its own.
///
/// # Errors
/// [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) for a class that is not in the list of prices, steps that
/// are not in order, and a class for infrequent access before 30 days.
pub fn bucket_rules(
    prefix: &str,
    tenants: &[TenantId],
    policy: &TierPolicy,
    prices: &PriceList,
) -> Result<Value> {
    check(policy, prices)?;
    let transitions: Vec<Value> = policy
        .steps
        .iter()
        .map(|step| json!({ "Days": step.after_days, "StorageClass": step.class }))
        .collect();
    let prefix = prefix.trim_matches('/');
    let under = |rest: String| if prefix.is_empty() { rest } else { format!("{prefix}/{rest}") };
    let kept = tenants.iter().flat_map(|tenant| KEPT.map(|folder| (tenant, folder)));
    let mut rules: Vec<Value> = kept
        .map(|(tenant, folder)| {
            json!({
                "ID": format!("codesight-{tenant}-{folder}"),
                "Status": "Enabled",
                "Filter": { "Prefix": under(format!("{tenant}/{folder}/")) },
                "Transitions": transitions,
            })
        })
        .collect();
    rules.push(json!({
        "ID": "codesight-unfinished-uploads",
        "Status": "Enabled",
        "Filter": { "Prefix": under(String::new()) },
        "AbortIncompleteMultipartUpload": { "DaysAfterInitiation": policy.abort_uploads_after_days },
    }));
    Ok(json!({ "Rules": rules }))
}

/// What classes by age cost.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Tiering {
    /// Archives by the class that their age puts them into; those that are too young are in the first of the price list.
    pub archives: BTreeMap<String, Held>,
    /// A month of storing all of them in that first class.
    pub all_in_first: f64,
    /// A month of storing them by age.
    pub by_age: f64,
    /// What moving them there costs once, at the price of writing into the class.
    pub once: f64,
}

/// What the archives of `inventory` cost by age at these prices, when nobody reads them.
///
/// # Errors
/// As [`bucket_rules`], and [`ErrorKind::Invalid`](codesight_core::ErrorKind::Invalid) for a list without classes.
pub fn tiering(
    inventory: &Inventory,
    policy: &TierPolicy,
    prices: &PriceList,
    now: Timestamp,
) -> Result<Tiering> {
    check(policy, prices)?;
    let first = prices.classes.first().ok_or_else(|| Error::invalid("storage.tiers", "no storage class"))?;
    let mut archives = BTreeMap::<String, Held>::new();
    for session in inventory.sessions.values().filter(|session| session.archive.blobs > 0) {
        // Objects age from the day they were written, which is soon after the recording ended.
        let age = session.ended.map_or(0, |ended| now.millis_since(ended) / MILLIS_OF_A_DAY);
        let step = policy.steps.iter().rev().find(|step| i64::from(step.after_days) <= age);
        let class = step.map_or(&first.name, |step| &step.class);
        let held = archives.entry(class.clone()).or_default();
        *held = held.plus(session.archive);
    }
    let month = |stored, writes, class: &str| {
        let report = cost(&Usage { stored, writes, ..Usage::default() }, prices);
        report.classes.iter().find(|one| one.name == class).map_or(0.0, |one| one.total)
    };
    let all = archives.values().fold(Held::default(), |sum, held| sum.plus(*held));
    let moved = archives.iter().filter(|(class, _)| **class != first.name);
    Ok(Tiering {
        all_in_first: month(all, 0, &first.name),
        by_age: archives.iter().map(|(class, held)| month(*held, 0, class)).sum(),
        once: moved.map(|(class, held)| month(Held::default(), held.blobs, class)).sum(),
        archives,
    })
}

fn check(policy: &TierPolicy, prices: &PriceList) -> Result<()> {
    let refused = |message: &'static str, step: &TierStep| {
        Err(Error::invalid("storage.tiers", message).with("class", &step.class).with("days", step.after_days))
    };
    for step in &policy.steps {
        if !prices.classes.iter().any(|price| price.name == step.class) {
            return refused("a storage class that is not in the list of prices", step);
        }
        let is_infrequent = step.class.ends_with("_IA");
        if is_infrequent && step.after_days < LEAST_DAYS_BEFORE_INFREQUENT {
            return refused("a class for infrequent access takes objects after 30 days", step);
        }
    }
    match policy.steps.windows(2).find(|pair| pair[0].after_days >= pair[1].after_days) {
        Some(pair) => refused("the steps are not in order of age", &pair[1]),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rules(steps: &[(u32, &str)]) -> Result<Value> {
        let steps =
            steps.iter().map(|(days, class)| TierStep { after_days: *days, class: (*class).to_owned() });
        let policy = TierPolicy { steps: steps.collect(), ..TierPolicy::default() };
        let tenants = [TenantId::new("shop").expect("a name")];
        bucket_rules("/data/", &tenants, &policy, &PriceList::built_in().expect("prices"))
    }

    #[test]
    fn what_stays_has_a_rule_for_each_folder_and_what_was_captured_has_none() {
        let rules = rules(&[(30, "STANDARD_IA"), (90, "GLACIER_IR")]).expect("good steps");
        let prefixes: Vec<_> =
            rules["Rules"].as_array().expect("rules").iter().map(|rule| &rule["Filter"]["Prefix"]).collect();
        assert_eq!(prefixes, ["data/shop/archives/", "data/shop/training/", "data/"]);
        assert_eq!(rules["Rules"][0]["Transitions"][1], json!({ "Days": 90, "StorageClass": "GLACIER_IR" }));
        assert!(rules["Rules"][2].get("Transitions").is_none());
    }

    #[test]
    fn steps_that_a_provider_would_refuse_are_refused_here() {
        for steps in [
            &[(0, "STANDARD_IA")][..],
            &[(0, "MARBLE")],
            &[(90, "GLACIER_IR"), (60, "STANDARD_IA")],
            &[(30, "STANDARD_IA"), (30, "GLACIER_IR")],
        ] {
            let error = rules(steps).expect_err("refused");
            assert_eq!(error.kind(), codesight_core::ErrorKind::Invalid, "{error}");
        }
    }
}
