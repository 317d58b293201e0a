//! Jaccard: how many words two texts share.
//!
//! Words are what white space separates; how often one comes does not count.

/// Counts the words that both texts have, and those that either has.
///
/// The coefficient is the first by the second; two texts without a word have 0 of 0.
///
/// ```
/// use omnichannel::identity::linkage::distance::jaccard;
///
/// assert_eq!(jaccard("12 rue de la gare", "rue de la gare 12 bis"), (5, 6));
/// ```
pub fn jaccard(a: &str, b: &str) -> (usize, usize) {
    let (a, b) = (words(a), words(b));
    let shared = a.iter().filter(|word| b.binary_search(word).is_ok()).count();
    (shared, a.len() + b.len() - shared)
}

fn words(text: &str) -> Vec<&str> {
    let mut words: Vec<&str> = text.split_whitespace().collect();
    words.sort_unstable();
    words.dedup();
    words
}
