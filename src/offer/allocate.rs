//! Splits an amount over lines by largest remainder, so that no cent is lost.
//!
//! Hamilton's method: each line gets the floor of its exact share, and the units left over go to
//! the largest remainders. Equal remainders go to the earlier line; lines are ordered by product,
//! so the split does not depend on the order of input.
//!
//! # Law
//!
//! 1. The parts sum to the amount, and none exceeds its weight while the amount does not exceed the
//!    weights together (`parts_sum_to_the_amount_and_fit_their_weights`).

use std::cmp::Reverse;

/// Splits `amount`, at least 0, in proportion to `weights`; evenly where they are all 0 or less.
///
/// Without weights there are no parts. Cost: O(n log n).
pub(super) fn allocate(amount: i64, weights: &[i64]) -> Vec<i64> {
    let weighted = weights.iter().any(|&weight| weight > 0);
    let weight = |at: usize| if weighted { i128::from(weights[at].max(0)) } else { 1 };
    let whole: i128 = (0..weights.len()).map(weight).sum();
    let amount = i128::from(amount.max(0));
    // Both factors are below 2^63, so their product fits.
    let exact = |at: usize| (amount * weight(at) / whole, amount * weight(at) % whole);
    let mut parts: Vec<i128> = (0..weights.len()).map(|at| exact(at).0).collect();
    let left = amount - parts.iter().sum::<i128>();
    let mut order: Vec<usize> = (0..weights.len()).collect();
    order.sort_by_key(|&at| (Reverse(exact(at).1), at));
    // Fewer units are left over than there are lines with a remainder.
    for at in order.into_iter().take(usize::try_from(left).unwrap_or(0)) {
        parts[at] += 1;
    }
    parts.into_iter().map(|part| i64::try_from(part).unwrap_or(i64::MAX)).collect()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn the_largest_remainder_gets_the_odd_cent_and_ties_go_to_the_earlier_line() {
        assert_eq!(allocate(100, &[1, 1, 1]), [34, 33, 33]);
        assert_eq!(allocate(1_000, &[1_999, 2_999, 5_000]), [200, 300, 500]);
        // Exact shares: 16.67, 33.33, 50.00.
        assert_eq!(allocate(100, &[10, 20, 30]), [17, 33, 50]);
        // Exact shares: 0.4, 0.6: the second has the larger remainder.
        assert_eq!(allocate(1, &[2, 3]), [0, 1]);
        assert_eq!(allocate(5, &[0, 0]), [3, 2]);
        assert_eq!(allocate(5, &[]), [0_i64; 0]);
        assert_eq!(allocate(i64::MAX, &[i64::MAX, 0]), [i64::MAX, 0]);
    }

    proptest! {
        #[test]
        fn parts_sum_to_the_amount_and_fit_their_weights(
            weights in prop::collection::vec(0..=1_000_000_000_000_i64, 1..20),
            share in 0..=1_000_i64,
        ) {
            let whole: i64 = weights.iter().sum();
            let amount = i64::try_from(i128::from(whole) * i128::from(share) / 1_000).unwrap();
            let parts = allocate(amount, &weights);
            prop_assert_eq!(parts.iter().sum::<i64>(), amount);
            prop_assert!(parts.iter().zip(&weights).all(|(part, weight)| *part <= *weight));
        }
    }
}
