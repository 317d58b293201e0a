//! Telephone numbers under a region: the list by which their reader was chosen.
//!
//! The truth was written by hand from the numbering plans: the number in E.164, an extension as RFC
//! 3966 writes it, and `None` for what no telephone can be called under.

use omnichannel::model::Namespace;

/// Region, as written, as dialled from anywhere.
pub(crate) const NUMBERS: &[(&str, &str, Option<&str>)] = &[
    ("FR", "06 12 34 56 78", Some("+33612345678")),
    ("FR", "0612345678", Some("+33612345678")),
    ("FR", "06.12.34.56.78", Some("+33612345678")),
    ("FR", "06-12-34-56-78", Some("+33612345678")),
    ("FR", "+33 6 12 34 56 78", Some("+33612345678")),
    ("FR", "+33 (0)6 12 34 56 78", Some("+33612345678")),
    ("FR", "+330612345678", Some("+33612345678")),
    ("FR", "0033 6 12 34 56 78", Some("+33612345678")),
    ("FR", "00330612345678", Some("+33612345678")),
    ("FR", "33612345678", Some("+33612345678")),
    ("FR", "01 42 68 53 00", Some("+33142685300")),
    ("FR", "01 42 68 53 00 poste 12", Some("+33142685300;ext=12")),
    ("FR", "+33 1 42 68 53 00 ext. 12", Some("+33142685300;ext=12")),
    ("FR", "01 42 68 53 00 x12", Some("+33142685300;ext=12")),
    ("FR", "tel:+33-1-42-68-53-00;ext=12", Some("+33142685300;ext=12")),
    ("FR", "0 800 123 456", Some("+33800123456")),
    ("FR", "09 72 10 10 10", Some("+33972101010")),
    ("FR", "+262 692 12 34 56", Some("+262692123456")),
    ("FR", "06 12 34 56", None),
    ("FR", "061234567890", None),
    ("FR", "112", None),
    ("FR", "not a number", None),
    ("FR", "", None),
    ("FR", "+", None),
    ("FR", "+999 12 34 56 78", None),
    ("FR", "+44 20 7946 0018", Some("+442079460018")),
    ("FR", "0044 20 7946 0018", Some("+442079460018")),
    ("FR", "+39 06 6982", Some("+39066982")),
    ("FR", "+39 391 231 2312", Some("+393912312312")),
    ("FR", "+49 30 901820", Some("+4930901820")),
    ("FR", "+7 800 555 35 35", Some("+78005553535")),
    ("GB", "020 7946 0018", Some("+442079460018")),
    ("GB", "(020) 7946 0018", Some("+442079460018")),
    ("GB", "+44 (0)20 7946 0018", Some("+442079460018")),
    ("GB", "07400 123456", Some("+447400123456")),
    ("GB", "07400123456", Some("+447400123456")),
    ("GB", "020 7946 0018 ext 3456", Some("+442079460018;ext=3456")),
    ("GB", "00 33 6 12 34 56 78", Some("+33612345678")),
    ("GB", "0800 1111", Some("+448001111")),
    ("US", "(650) 253-0000", Some("+16502530000")),
    ("US", "650-253-0000", Some("+16502530000")),
    ("US", "1-650-253-0000", Some("+16502530000")),
    ("US", "+1 520-878-2491", Some("+15208782491")),
    ("US", "+1 (520) 878-2491", Some("+15208782491")),
    ("US", "650.253.0000 x136", Some("+16502530000;ext=136")),
    ("US", "011 33 6 12 34 56 78", Some("+33612345678")),
    ("US", "253-0000", None),
    ("US", "1-800-FLOWERS", Some("+18003569377")),
    ("IE", "087 123 4567", Some("+353871234567")),
    ("IE", "01 679 1234", Some("+35316791234")),
    ("IE", "+353 (0)87 123 4567", Some("+353871234567")),
    ("IE", "00 44 7400 123456", Some("+447400123456")),
    ("BE", "0470 12 34 56", Some("+32470123456")),
    ("BE", "02 552 22 11", Some("+3225522211")),
    ("BE", "+32 (0)470 12 34 56", Some("+32470123456")),
    ("CH", "079 123 45 67", Some("+41791234567")),
    ("CH", "+41 (0)44 668 18 00", Some("+41446681800")),
    ("CH", "0041 79 123 45 67", Some("+41791234567")),
    ("MA", "0612-345678", Some("+212612345678")),
    ("MA", "05 22 12 34 56", Some("+212522123456")),
    ("MA", "+212 (0)6 12 34 56 78", Some("+212612345678")),
    ("MA", "00212612345678", Some("+212612345678")),
    ("FR", "+590 690 00 12 34", Some("+590690001234")),
];

#[cfg(feature = "phone")]
mod with_the_feature {
    use omnichannel::identity::{Normalised, Note, Notes, normalise};
    use omnichannel::model::{Blocked, Identifier, IdentityRules};

    use super::*;
    use crate::rules_of;

    fn read(region: &str, namespace: Namespace, seen: &str) -> Normalised {
        normalise(&rules_of(region), &Identifier::asserted(namespace, seen))
    }

    fn notes(region: &str, seen: &str) -> Notes {
        read(region, Namespace::Phone, seen).notes
    }

    #[test]
    fn numbers_of_seven_countries_are_read() {
        for (region, seen, wanted) in NUMBERS {
            let got = read(region, Namespace::Phone, seen);
            match wanted {
                Some(wanted) => assert_eq!(got.value.expose(), wanted, "{region} {seen}"),
                None => {
                    assert!(got.notes.has(Note::Unreadable), "{region} {seen}");
                    let without = Identifier::asserted(Namespace::Phone, *seen);
                    let without = normalise(&IdentityRules::default(), &without);
                    assert_eq!(
                        got.value, without.value,
                        "{region} {seen}: kept as without a region"
                    );
                }
            }
        }
    }

    #[test]
    fn notes_say_what_was_assumed() {
        let national = notes("FR", "06 12 34 56 78");
        assert!(national.has(Note::TrunkZeroRemoved) && national.has(Note::RegionAssumed));
        assert!(!national.has(Note::NotInPlan) && !national.has(Note::ExtensionKept));
        let abroad = notes("FR", "+44 20 7946 0018");
        assert!(!abroad.has(Note::TrunkZeroRemoved) && !abroad.has(Note::RegionAssumed));
        assert!(notes("FR", "+33 (0)6 12 34 56 78").has(Note::TrunkZeroRemoved));
        assert!(notes("FR", "01 42 68 53 00 poste 12").has(Note::ExtensionKept));
        assert!(notes("US", "(555) 000-0000").has(Note::NotInPlan));
        assert!(notes("FR", "+33612345678").is_empty());
    }

    #[test]
    fn a_region_decides_what_a_national_number_means() {
        let of = |region| read(region, Namespace::Phone, "0612345678").value.into_exposed();
        assert_eq!(of("FR"), "+33612345678");
        assert_eq!(of("MA"), "+212612345678");
        assert_eq!(of("CH"), "+41612345678");
    }

    #[test]
    fn words_around_a_number_do_not_hide_it() {
        for seen in ["mobile : 06 12 34 56 78", "06 12 34 56 78 (bureau)", "0\u{301}612345678"] {
            let got = read("FR", Namespace::Phone, seen);
            assert_eq!(got.value.expose(), "+33612345678", "{seen}");
            assert!(!got.notes.has(Note::Unreadable), "{seen}");
        }
    }

    #[test]
    fn whats_app_names_a_number_without_its_plus() {
        for (seen, wanted) in [
            ("33612345678", "+33612345678"),
            ("+33 6 12 34 56 78", "+33612345678"),
            ("06 12 34 56 78", "+33612345678"),
            ("447400123456", "+447400123456"),
            ("212612345678", "+212612345678"),
            ("FR.13491208655302741918", "FR.13491208655302741918"),
        ] {
            assert_eq!(read("FR", Namespace::WhatsApp, seen).value.expose(), wanted, "{seen}");
        }
        // It would be Singapore's, if that had such a number.
        assert_eq!(read("US", Namespace::WhatsApp, "6502530000").value.expose(), "+16502530000");
    }

    #[test]
    fn junk_is_blocked_in_e164_too() {
        for junk in ["0000000000", "01 23 45 67 89", "06 66 66 66 66", "+33 0 00 00 00 00", "112"] {
            let got = read("FR", Namespace::Phone, junk);
            assert_eq!(got.blocked, Some(Blocked::Placeholder), "{junk}");
        }
        assert_eq!(read("FR", Namespace::Phone, "06 12 34 56 78").blocked, None);
    }

    #[test]
    fn a_country_without_a_numbering_plan_reads_only_what_names_one() {
        let abroad = read("AQ", Namespace::Phone, "+33 6 12 34 56 78");
        let national = read("AQ", Namespace::Phone, "06 12 34 56 78");
        assert_eq!(national.value.expose(), "0612345678");
        assert!(national.notes.has(Note::Unreadable));
        assert!(["+33612345678"].contains(&abroad.value.expose().as_str()));
    }
}

#[cfg(not(feature = "phone"))]
#[test]
fn without_the_feature_a_region_reads_nothing_and_says_so() {
    use omnichannel::identity::{MissingFeature, Note, check_rules, normalise};
    use omnichannel::model::Identifier;

    for (region, seen, _) in NUMBERS {
        let rules = crate::rules_of(region);
        assert_eq!(check_rules(&rules), Err(MissingFeature));
        let seen = Identifier::asserted(Namespace::Phone, *seen);
        let got = normalise(&rules, &seen);
        assert!(got.notes.has(Note::Unreadable));
        assert_eq!(got.value, normalise(&Default::default(), &seen).value);
    }
}
