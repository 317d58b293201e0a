//! Words in common, whatever their order and number.

use std::collections::BTreeSet;

use omnichannel::identity::linkage::distance::jaccard;
use proptest::prelude::*;

proptest! {
    #[test]
    fn words_are_counted_as_sets(a in "[ab\u{a0}é \t]{0,12}", b in "[ab\u{a0}é \t]{0,12}") {
        let words = |text: &str| text.split_whitespace().map(str::to_owned).collect();
        let (x, y): (BTreeSet<String>, BTreeSet<String>) = (words(&a), words(&b));
        prop_assert_eq!(jaccard(&a, &b), (x.intersection(&y).count(), x.union(&y).count()));
    }
}

#[test]
fn order_and_repetition_of_words_do_not_count() {
    assert_eq!(jaccard("maison lune paris", "paris  maison\tlune lune"), (3, 3));
    assert_eq!(jaccard("", " "), (0, 0));
}
