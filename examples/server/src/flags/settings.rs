//! Flags whose variants stand in the settings file, and the provider that splits by them.

use std::collections::BTreeMap;

use async_trait::async_trait;
use codesight_core::Result;
use codesight_core::id::{FlagKey, TenantId, VariantName};
use serde::Deserialize;
use serde_json::Value;
use sha2::{Digest as _, Sha256};

use super::{By, EvaluationContext, FlagProvider, ResolutionDetails, pipeline};

/// The table `flags` of the settings file.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(try_from = "BTreeMap<FlagKey, Split>")]
pub(crate) struct FlagSettings(BTreeMap<FlagKey, Split>);

/// One flag.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(try_from = "Written")]
struct Split {
    by: By,
    /// Where it is on; everywhere, when none is named.
    tenants: Vec<TenantId>,
    /// By name, so that the same settings give the same assignment however they are written.
    variants: BTreeMap<VariantName, (u32, Value)>,
}

/// One flag as it is written.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    by: By,
    #[serde(default)]
    tenants: Vec<TenantId>,
    variants: BTreeMap<VariantName, Value>,
    /// How often each is given in proportion; all alike, when none is weighed.
    #[serde(default)]
    weights: BTreeMap<VariantName, u32>,
}

impl TryFrom<Written> for Split {
    type Error = String;

    fn try_from(written: Written) -> std::result::Result<Self, String> {
        let Written { by, tenants, variants, weights } = written;
        if let Some(unknown) = weights.keys().find(|name| !variants.contains_key(name)) {
            return Err(format!("the weight of {unknown}, which is no variant of the flag"));
        }
        let weight =
            |name: &VariantName| if weights.is_empty() { 1 } else { weights.get(name).copied().unwrap_or(0) };
        let variants: BTreeMap<_, _> = variants
            .into_iter()
            .map(|(name, value)| {
                let weight = weight(&name);
                (name, (weight, value))
            })
            .collect();
        if variants.values().all(|(weight, _)| *weight == 0) {
            return Err("a flag has at least one variant with a weight".to_owned());
        }
        Ok(Self { by, tenants, variants })
    }
}

impl TryFrom<BTreeMap<FlagKey, Split>> for FlagSettings {
    type Error = String;

    fn try_from(flags: BTreeMap<FlagKey, Split>) -> std::result::Result<Self, String> {
        for (flag, split) in flags.iter().filter(|(flag, _)| flag.as_str() == pipeline::FLAG) {
            for (name, (_, value)) in &split.variants {
                pipeline::of_value(value)
                    .map_err(|error| format!("the variant {name} of {flag} is no pipeline: {error}"))?;
            }
        }
        Ok(Self(flags))
    }
}

impl FlagSettings {
    /// The flags to ask for.
    pub(super) fn asked(&self) -> Vec<(FlagKey, By)> {
        self.0.iter().map(|(flag, split)| (flag.clone(), split.by)).collect()
    }
}

#[async_trait]
impl FlagProvider for FlagSettings {
    async fn resolve(
        &self,
        flag: &FlagKey,
        context: &EvaluationContext,
    ) -> Result<Option<ResolutionDetails>> {
        let split = self
            .0
            .get(flag)
            .filter(|split| split.tenants.is_empty() || split.tenants.contains(&context.tenant));
        Ok(split.and_then(|split| split.pick(flag, &context.targeting_key)))
    }
}

impl Split {
    /// The variant whose share of all weights the digest of flag and key falls into.
    fn pick(&self, flag: &FlagKey, key: &str) -> Option<ResolutionDetails> {
        let digest = Sha256::digest(format!("{flag}/{key}").as_bytes());
        let place = u64::from_be_bytes(digest.first_chunk().copied()?);
        let whole: u64 = self.variants.values().map(|(weight, _)| u64::from(*weight)).sum();
        // The place among all 64-bit numbers as one among the weights, each with the same share.
        let mut left = u64::try_from((u128::from(place) * u128::from(whole)) >> 64).ok()?;
        for (name, (weight, value)) in &self.variants {
            match left.checked_sub(u64::from(*weight)) {
                Some(rest) => left = rest,
                None => {
                    return Some(ResolutionDetails { value: value.clone(), variant: Some(name.clone()) });
                }
            }
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flags(text: &str) -> FlagSettings {
        toml::from_str(text).expect("good flags")
    }

    async fn variant(flags: &FlagSettings, flag: &str, key: usize, tenant: &str) -> Option<String> {
        let context =
            EvaluationContext { targeting_key: key.to_string(), tenant: tenant.parse().expect("a name") };
        let resolved = flags.resolve(&flag.parse().expect("a name"), &context).await.expect("never fails");
        resolved.and_then(|details| details.variant).map(|variant| variant.to_string())
    }

    #[tokio::test]
    async fn shares_are_the_weights_and_two_flags_are_independent() {
        let text = |flag| {
            format!("[{flag}]\nvariants = {{ a = 1, b = 2, c = 3 }}\nweights = {{ a = 20, b = 80 }}\n")
        };
        let flags = flags(&(text("one") + &text("two")));
        let (mut of_one, mut of_both) = (0, 0);
        for key in 0..10_000 {
            let one = variant(&flags, "one", key, "shop").await.expect("a variant");
            assert_ne!(one, "c", "it has no weight");
            assert_eq!(variant(&flags, "one", key, "shop").await, Some(one.clone()), "not the same again");
            if one == "a" {
                of_one += 1;
                of_both += usize::from(variant(&flags, "two", key, "shop").await.as_deref() == Some("a"));
            }
        }
        // Five standard deviations of 10,000 draws at one in five, and of 2,000.
        assert!((1_800..2_200).contains(&of_one), "{of_one} of 10000");
        assert!((300..500).contains(&of_both), "{of_both} of {of_one}");
    }

    #[tokio::test]
    async fn the_assignment_of_a_key_never_changes_with_the_program() {
        let flags = flags("[capture-profile]\nvariants = { control = 0, high = 1 }");
        let mut all = String::new();
        for key in 0..24 {
            all += &variant(&flags, "capture-profile", key, "shop").await.expect("a variant")[..1];
        }
        assert_eq!(all, "cchcccchhhcchhccccchhhcc");
    }

    #[tokio::test]
    async fn a_flag_of_one_tenant_is_off_for_others() {
        let flags = flags("[one]\ntenants = [\"shop\"]\nvariants = { a = 1 }");
        assert_eq!(variant(&flags, "one", 1, "shop").await.as_deref(), Some("a"));
        assert_eq!(variant(&flags, "one", 1, "other").await, None);
        assert_eq!(variant(&flags, "none", 1, "shop").await, None);
    }

    #[test]
    fn what_cannot_be_a_flag_is_refused_with_its_place() {
        #[derive(Debug, Deserialize)]
        struct File {
            #[expect(dead_code, reason = "it is refused")]
            flags: FlagSettings,
        }
        for (text, word, line) in [
            ("\n[flags.one]\nvariants = {}", "at least one variant", 2),
            ("\n[flags.one]\nvariants = { a = 1 }\nweights = { b = 1 }", "weight of b", 2),
            ("[flags.one]\nvariants = { a = 1 }\nby = \"moon\"", "moon", 3),
            ("\n[flags.\"no name\"]\nvariants = { a = 1 }", "A-Za-z0-9", 2),
            (
                "\n[flags.pipeline.variants]\na = { stages = [{ name = \"no-such-stage\" }] }",
                "the variant a of pipeline",
                2,
            ),
        ] {
            let error = toml::from_str::<File>(text).expect_err("refused").to_string();
            assert!(error.contains(word), "{error}");
            assert!(error.contains(&format!("line {line}")), "{error}");
        }
    }
}
