//! Intervals and tests, without chance: the same figures each time.

use serde::Serialize;

/// An estimate with the bounds of its 95 % interval.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize)]
pub struct Interval {
    /// The estimate.
    pub value: f64,
    /// The lower bound.
    pub low: f64,
    /// The upper bound.
    pub high: f64,
}

/// 97.5 % of a normal distribution lie below this many deviations.
const Z: f64 = 1.959_963_984_540_054;

/// A share of `of` trials (E. B. Wilson, "Probable inference", 1927): honest also for few trials and for shares near 0 and 1. All
/// of 0 to 1 when there are no trials.
pub fn wilson(right: u64, of: u64) -> Interval {
    if of == 0 {
        return Interval { value: 0.0, low: 0.0, high: 1.0 };
    }
    let (n, p) = (of as f64, right as f64 / of as f64);
    let middle = p + Z * Z / (2.0 * n);
    let reach = Z * (p * (1.0 - p) / n + Z * Z / (4.0 * n * n)).sqrt();
    let whole = 1.0 + Z * Z / n;
    // The formula meets the ends exactly, but for rounding.
    let low = if right == 0 { 0.0 } else { (middle - reach) / whole };
    let high = if right == of { 1.0 } else { (middle + reach) / whole };
    Interval { value: p, low, high }
}

/// How much better the second is than the first on the same steps: the mean difference, with the 2.5th and 97.5th percentile of 2,000
/// resamples of the steps (a bootstrap with a fixed seed).
pub fn paired_difference(pairs: &[(bool, bool)]) -> Interval {
    const RESAMPLES: usize = 2_000;
    if pairs.is_empty() {
        return Interval::default();
    }
    let of = |pair: &(bool, bool)| f64::from(i8::from(pair.1) - i8::from(pair.0));
    let n = pairs.len();
    let mean = pairs.iter().map(of).sum::<f64>() / n as f64;
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut means: Vec<f64> = (0..RESAMPLES)
        .map(|_| {
            let sum: f64 = (0..n).map(|_| of(&pairs[(next(&mut state) % n as u64) as usize])).sum();
            sum / n as f64
        })
        .collect();
    means.sort_by(f64::total_cmp);
    Interval { value: mean, low: means[RESAMPLES / 40], high: means[RESAMPLES - 1 - RESAMPLES / 40] }
}

/// SplitMix64 (Steele, Lea, Flood: "Fast splittable pseudorandom number generators", 2014).
fn next(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
    let mut mixed = *state;
    mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    mixed ^ (mixed >> 31)
}

/// The exact, two-sided test of McNemar: how likely so uneven a split of the steps on which two models differ would be if they were
/// equally good. 1 when they differ nowhere.
pub fn mcnemar(pairs: &[(bool, bool)]) -> f64 {
    let first = pairs.iter().filter(|(one, other)| *one && !*other).count();
    let second = pairs.iter().filter(|(one, other)| !*one && *other).count();
    let (n, least) = (first + second, first.min(second));
    if n == 0 {
        return 1.0;
    }
    // Sums of binomial terms at one half, by their logarithms.
    let mut log_term = -(n as f64) * std::f64::consts::LN_2;
    let mut sum = 0.0;
    for k in 0..=least {
        sum += log_term.exp();
        log_term += ((n - k) as f64).ln() - ((k + 1) as f64).ln();
    }
    (2.0 * sum).min(1.0)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn close(one: f64, other: f64) -> bool {
        (one - other).abs() < 5e-4
    }

    #[test]
    fn wilson_gives_the_published_bounds() {
        // Newcombe, "Two-sided confidence intervals for the single proportion", 1998, table I.
        for (right, of, low, high) in [
            (81, 263, 0.2553, 0.3662),
            (15, 148, 0.0624, 0.1605),
            (0, 20, 0.0, 0.1611),
            (1, 29, 0.0061, 0.1718),
        ] {
            let interval = wilson(right, of);
            assert!(close(interval.low, low) && close(interval.high, high), "{interval:?}");
        }
        assert_eq!(wilson(0, 0), Interval { value: 0.0, low: 0.0, high: 1.0 });
        assert_eq!(wilson(20, 20).high, 1.0);
    }

    #[test]
    fn mcnemar_is_the_binomial_test_of_the_differing_steps() {
        let pairs = |first: usize, second: usize| {
            let mut pairs = vec![(true, false); first];
            pairs.extend(vec![(false, true); second]);
            pairs.extend([(true, true), (false, false)]);
            pairs
        };
        // 2 * (1 + 10) / 2^10; 2 / 2^5.
        assert!(close(mcnemar(&pairs(1, 9)), 0.021_484));
        assert!(close(mcnemar(&pairs(5, 0)), 0.0625));
        assert_eq!((mcnemar(&pairs(4, 4)), mcnemar(&pairs(0, 0)), mcnemar(&[])), (1.0, 1.0, 1.0));
    }

    #[test]
    fn the_difference_is_between_its_bounds_and_the_same_each_time() {
        let pairs: Vec<_> = (0..100).map(|step| (step % 2 == 0, step % 5 != 0)).collect();
        let difference = paired_difference(&pairs);
        assert!(
            close(difference.value, 0.3) && difference.low > 0.1 && difference.high < 0.5,
            "{difference:?}"
        );
        assert_eq!(difference, paired_difference(&pairs));
        assert_eq!(paired_difference(&[(true, true); 9]), Interval::default());
    }
}
