//! Tables: as written, the value, and what was noted.

use chrono::NaiveDate;
use omnichannel::identity::Note::{self, *};
use omnichannel::identity::{
    DateOrder, comparable_mailbox, comparable_name, normalise, postal_code, read_date,
};
use omnichannel::model::{Blocked, Identifier, IdentityRules, Namespace, Pattern};

use crate::country;

type Row = (&'static str, &'static str, &'static [Note]);

fn check(namespace: &Namespace, rows: &[Row]) {
    for (seen, value, notes) in rows {
        let identifier = Identifier::asserted(namespace.clone(), *seen);
        let got = normalise(&IdentityRules::default(), &identifier);
        assert_eq!(got.value.expose(), value, "{namespace} {seen:?}");
        assert_eq!(got.notes.iter().collect::<Vec<_>>(), *notes, "{namespace} {seen:?}");
    }
}

#[test]
fn mailboxes() {
    check(
        &Namespace::Email,
        &[
            ("ana@b.fr", "ana@b.fr", &[]),
            ("Ana@B.FR", "ana@b.fr", &[CaseFolded]),
            ("  ana@b.fr\t", "ana@b.fr", &[Trimmed, InvisibleRemoved]),
            ("\u{202a}ana@b.fr\u{202c}\0", "ana@b.fr", &[InvisibleRemoved]),
            ("an\u{ad}a@b.fr\u{feff}", "ana@b.fr", &[InvisibleRemoved]),
            ("mailto:ana@b.fr", "ana@b.fr", &[PrefixRemoved]),
            ("MAILTO: Ana@b.fr", "ana@b.fr", &[CaseFolded, PrefixRemoved]),
            ("ana@b.fr.", "ana@b.fr", &[PunctuationFolded]),
            ("zoe\u{308}@b.fr", "zoë@b.fr", &[UnicodeComposed]),
            ("ZOË@b.fr", "zoë@b.fr", &[CaseFolded]),
            ("ana@café.fr", "ana@xn--caf-dma.fr", &[DomainEncoded]),
            ("ana@CAFÉ.fr", "ana@xn--caf-dma.fr", &[CaseFolded, DomainEncoded]),
            ("ana@cafe\u{301}.fr", "ana@xn--caf-dma.fr", &[UnicodeComposed, DomainEncoded]),
            ("ana@XN--CAF-DMA.FR", "ana@xn--caf-dma.fr", &[CaseFolded]),
            ("ana@xn--caf-dma.fr", "ana@xn--caf-dma.fr", &[]),
            ("ana@münchen.de", "ana@xn--mnchen-3ya.de", &[DomainEncoded]),
            ("ana@shop.münchen.de", "ana@shop.xn--mnchen-3ya.de", &[DomainEncoded]),
            ("ana@faß.de", "ana@xn--fa-hia.de", &[DomainEncoded]),
            ("ana@fass.de", "ana@fass.de", &[]),
            ("groß@b.de", "groß@b.de", &[]),
            ("ana@日本語。jp", "ana@xn--wgv71a119e.jp", &[DomainEncoded]),
            ("ana@ｅｘａｍｐｌｅ．org", "ana@example.org", &[DomainEncoded]),
            ("jean.dupont+shop@b.fr", "jean.dupont+shop@b.fr", &[]),
            ("ana@a℀b.fr", "ana@a℀b.fr", &[]),
            ("no at sign", "no at sign", &[]),
            ("a@b@c.fr", "a@b@c.fr", &[]),
        ],
    );
}

#[test]
fn mailboxes_compared() {
    let rows: &[Row] = &[
        ("ana@b.fr", "ana@b.fr", &[]),
        ("a.n.a@b.fr", "ana@b.fr", &[DotsIgnored]),
        ("ana+news@b.fr", "ana@b.fr", &[TagIgnored]),
        ("A.na+x+y@B.fr", "ana@b.fr", &[CaseFolded, DotsIgnored, TagIgnored]),
        ("+tag@b.fr", "+tag@b.fr", &[]),
        ("...@b.fr", "...@b.fr", &[]),
        ("ana@café.fr", "ana@xn--caf-dma.fr", &[DomainEncoded]),
        ("nobody", "nobody", &[Unreadable]),
    ];
    for (seen, value, notes) in rows {
        let got = comparable_mailbox(seen);
        assert_eq!(got.value.expose(), value, "{seen}");
        assert_eq!(got.notes.iter().collect::<Vec<_>>(), *notes, "{seen}");
    }
}

#[test]
fn numbers_without_a_region() {
    check(
        &Namespace::Phone,
        &[
            ("0612345678", "0612345678", &[]),
            ("06 12 34 56 78", "0612345678", &[PunctuationFolded]),
            ("+33612345678", "+33612345678", &[]),
            ("+33 6 12 34 56 78", "+33612345678", &[PunctuationFolded]),
            ("0033612345678", "+33612345678", &[PunctuationFolded]),
            ("+33 (0)6.12.34.56.78", "+33612345678", &[PunctuationFolded, TrunkZeroRemoved]),
            ("0033 (0)6 12 34 56 78", "+33612345678", &[PunctuationFolded, TrunkZeroRemoved]),
            ("tel:+33-612-345-678", "+33612345678", &[PrefixRemoved, PunctuationFolded]),
            ("(650) 253-0000", "6502530000", &[PunctuationFolded]),
            ("+", "+", &[]),
            ("00", "+", &[PunctuationFolded]),
            ("call me", "", &[PunctuationFolded]),
        ],
    );
    check(
        &Namespace::WhatsApp,
        &[
            ("33612345678", "33612345678", &[]),
            ("FR.13491208655302741918", "FR.13491208655302741918", &[]),
        ],
    );
}

#[test]
fn handles_cards_and_ids() {
    check(
        &Namespace::SocialHandle,
        &[
            ("@Camille", "camille", &[CaseFolded, PrefixRemoved]),
            ("@@camille", "camille", &[PrefixRemoved]),
            ("ZOË", "zoë", &[CaseFolded]),
        ],
    );
    check(
        &Namespace::LoyaltyCard,
        &[
            ("ab 12-34", "AB1234", &[CaseFolded, PunctuationFolded]),
            ("AB1234", "AB1234", &[]),
            ("ａｂ１２", "AB12", &[CaseFolded, UnicodeComposed]),
        ],
    );
    check(
        &Namespace::Account,
        &[
            ("Camille", "Camille", &[]),
            (" 42 ", "42", &[Trimmed]),
            ("zoe\u{308}", "zoë", &[UnicodeComposed]),
            ("a\u{200b}b", "ab", &[InvisibleRemoved]),
        ],
    );
    check(
        &Namespace::PostalAddress,
        &[
            ("12, rue  du\nbac", "12, rue du bac", &[Trimmed]),
            ("12 RUE DU BAC", "12 rue du bac", &[CaseFolded]),
        ],
    );
}

#[test]
fn names_compared() {
    let rows: &[Row] = &[
        ("camille", "camille", &[]),
        ("CAMILLE  Durand ", "camille durand", &[Trimmed, CaseFolded]),
        ("Éloïse", "eloise", &[CaseFolded, AccentsRemoved]),
        ("E\u{301}loi\u{308}se", "eloise", &[CaseFolded, UnicodeComposed, AccentsRemoved]),
        ("Jean-Marie", "jean marie", &[CaseFolded, PunctuationFolded]),
        ("jean\u{2011}marie", "jean marie", &[UnicodeComposed, PunctuationFolded]),
        ("O'Brien", "obrien", &[CaseFolded, PunctuationFolded]),
        ("O’Brien", "obrien", &[CaseFolded, PunctuationFolded]),
        ("d'artagnan", "dartagnan", &[PunctuationFolded]),
        ("Charles de Gaulle", "charles de gaulle", &[CaseFolded]),
        ("Ludwig van Beethoven", "ludwig van beethoven", &[CaseFolded]),
        ("Otto von Straße", "otto von strasse", &[CaseFolded]),
        ("OTTO VON STRASSE", "otto von strasse", &[CaseFolded]),
        ("Müller, Jürgen", "muller jurgen", &[CaseFolded, PunctuationFolded, AccentsRemoved]),
        ("Cœur", "coeur", &[CaseFolded, AccentsRemoved]),
        ("Sørensen", "sorensen", &[CaseFolded, AccentsRemoved]),
        ("Łukasz", "lukasz", &[CaseFolded, AccentsRemoved]),
        ("Þór", "thor", &[CaseFolded, AccentsRemoved]),
        ("İbrahim", "ibrahim", &[CaseFolded, AccentsRemoved]),
        ("Nguyễn", "nguyen", &[CaseFolded, AccentsRemoved]),
        ("ΣΊΣΥΦΟΣ", "σισυφοσ", &[CaseFolded, AccentsRemoved]),
        ("Σίσυφος", "σισυφοσ", &[CaseFolded, AccentsRemoved]),
        ("Андрей", "андреи", &[CaseFolded, AccentsRemoved]),
        ("प्रिया", "प्रिया", &[]),
        ("ｅｍｍａ", "emma", &[UnicodeComposed]),
        ("Ana\u{200b}", "ana", &[InvisibleRemoved, CaseFolded]),
        ("Ana\nMaria", "ana maria", &[Trimmed, CaseFolded]),
        ("M. Dupont", "m dupont", &[CaseFolded, PunctuationFolded]),
        ("---", "", &[PunctuationFolded]),
        ("", "", &[]),
    ];
    for (seen, value, notes) in rows {
        let got = comparable_name(seen);
        assert_eq!(got.value.expose(), value, "{seen:?}");
        assert_eq!(got.notes.iter().collect::<Vec<_>>(), *notes, "{seen:?}");
    }
}

#[test]
fn dates() {
    use DateOrder::{DayFirst, MonthFirst};
    let latest = NaiveDate::from_ymd_opt(2026, 3, 14).expect("a day");
    let rows: &[(DateOrder, &str, &str, &[Note])] = &[
        (DayFirst, "1984-03-05", "1984-03-05", &[]),
        (MonthFirst, "1984-03-05", "1984-03-05", &[]),
        (DayFirst, "1984/3/5", "1984-03-05", &[]),
        (DayFirst, "1984-03-05T10:20:30.5Z", "1984-03-05", &[]),
        (DayFirst, "1984-03-05 10:20:30+01:00", "1984-03-05", &[]),
        (DayFirst, "1984-25-03", "1984-03-25", &[DayMonthSwapped]),
        (DayFirst, "25/03/1984", "1984-03-25", &[]),
        (MonthFirst, "03/25/1984", "1984-03-25", &[]),
        (DayFirst, "05/03/1984", "1984-03-05", &[AmbiguousDayMonth]),
        (MonthFirst, "05/03/1984", "1984-05-03", &[AmbiguousDayMonth]),
        (DayFirst, "05/05/1984", "1984-05-05", &[]),
        (DayFirst, "03/25/1984", "1984-03-25", &[DayMonthSwapped]),
        (MonthFirst, "25.03.1984", "1984-03-25", &[DayMonthSwapped]),
        (DayFirst, "25 03 84", "1984-03-25", &[CenturyAssumed]),
        (DayFirst, "25/03/26", "1926-03-25", &[CenturyAssumed]),
        (DayFirst, "13/03/26", "2026-03-13", &[CenturyAssumed]),
        (DayFirst, "25/03/27", "1927-03-25", &[CenturyAssumed]),
        (DayFirst, "84-03-25", "1984-03-25", &[CenturyAssumed]),
        (DayFirst, "19840325", "1984-03-25", &[]),
        (DayFirst, "25031984", "1984-03-25", &[]),
        (MonthFirst, "03251984", "1984-03-25", &[]),
        (DayFirst, "5 mars 1984", "1984-03-05", &[]),
        (DayFirst, "1er janvier 1984", "1984-01-01", &[]),
        (DayFirst, "le 14 févr. 1984", "1984-02-14", &[]),
        (DayFirst, "14 FEVRIER 84", "1984-02-14", &[CenturyAssumed]),
        (DayFirst, "lundi 5 août 1985", "1985-08-05", &[]),
        (DayFirst, "5 déc. 1984", "1984-12-05", &[]),
        (DayFirst, "5 de\u{301}cembre 1984", "1984-12-05", &[]),
        (MonthFirst, "March 5th, 1984", "1984-03-05", &[]),
        (MonthFirst, "Mon, 5 Mar 1984 10:20", "1984-03-05", &[]),
        (MonthFirst, "5th of July 1984", "1984-07-05", &[]),
        (DayFirst, "1984 mars 5", "1984-03-05", &[]),
        (DayFirst, "3 juin 1984", "1984-06-03", &[]),
        (DayFirst, "3 juil 1984", "1984-07-03", &[]),
        (DayFirst, "29/02/2024", "2024-02-29", &[]),
        (DayFirst, "29/02/2023", "-", &[ImpossibleDate]),
        (DayFirst, "31/04/1984", "-", &[ImpossibleDate]),
        (DayFirst, "32/01/1984", "-", &[ImpossibleDate]),
        (DayFirst, "00/00/0000", "-", &[ImpossibleDate]),
        (DayFirst, "1984-13-32", "-", &[ImpossibleDate]),
        (DayFirst, "01/01/1900", "1900-01-01", &[PlaceholderDate]),
        (DayFirst, "1970-01-01", "1970-01-01", &[PlaceholderDate]),
        (DayFirst, "9999-12-31", "9999-12-31", &[PlaceholderDate, InFuture]),
        (DayFirst, "2200-01-02", "2200-01-02", &[InFuture]),
        (DayFirst, " 1984-03-05\u{200b} ", "1984-03-05", &[Trimmed, InvisibleRemoved]),
        (DayFirst, "１９８４-03-05", "1984-03-05", &[]),
        (DayFirst, "mars 1984", "-", &[Unreadable]),
        (DayFirst, "1984", "-", &[Unreadable]),
        (DayFirst, "3 jui 1984", "-", &[Unreadable]),
        (DayFirst, "yesterday", "-", &[Unreadable]),
        (DayFirst, "1984-03-05 or so", "-", &[Unreadable]),
        (DayFirst, "99999999999999999999", "-", &[Unreadable]),
        (DayFirst, "", "-", &[Unreadable]),
    ];
    for (order, seen, value, notes) in rows {
        let got = read_date(seen, *order, latest);
        let day = got.value.expose().map_or_else(|| "-".to_owned(), |day| day.to_string());
        assert_eq!(day, *value, "{seen:?}");
        assert_eq!(got.notes.iter().collect::<Vec<_>>(), *notes, "{seen:?}");
    }
}

#[test]
fn postal_codes() {
    let rows: &[(&str, &str, &str, &[Note])] = &[
        ("FR", "75001", "75001", &[]),
        ("FR", "75 001", "75001", &[PunctuationFolded]),
        ("FR", "F-75001", "75001", &[PrefixRemoved]),
        ("FR", "1000", "01000", &[LeadingZeroRestored]),
        ("FR", "20090", "20090", &[]),
        ("RE", "97400", "97400", &[]),
        ("FR", "2A004", "2A004", &[Unreadable]),
        ("FR", "750011", "750011", &[Unreadable]),
        ("GB", "SW1A 1AA", "SW1A 1AA", &[]),
        ("GB", "sw1a1aa", "SW1A 1AA", &[CaseFolded, PunctuationFolded]),
        ("GB", "m1 1ae", "M1 1AE", &[CaseFolded]),
        ("GB", "EC1A1BB", "EC1A 1BB", &[PunctuationFolded]),
        ("GB", "B33 8TH", "B33 8TH", &[]),
        ("GB", "DN55 1PT", "DN55 1PT", &[]),
        ("GB", "W1A0AX", "W1A 0AX", &[PunctuationFolded]),
        ("GB", "SW1A", "SW1A", &[Unreadable]),
        ("US", "94103", "94103", &[]),
        ("US", "941031234", "94103-1234", &[PunctuationFolded]),
        ("US", "94103-1234", "94103-1234", &[]),
        ("US", "2134", "02134", &[LeadingZeroRestored]),
        ("CA", "k1a0b1", "K1A 0B1", &[CaseFolded, PunctuationFolded]),
        ("BE", "B-1000", "1000", &[PrefixRemoved]),
        ("CH", "CH-8001", "8001", &[PrefixRemoved]),
        ("DE", "D-10115", "10115", &[PrefixRemoved]),
        ("DE", "1067", "01067", &[LeadingZeroRestored]),
        ("IE", "d02af30", "D02 AF30", &[CaseFolded, PunctuationFolded]),
        ("IE", "D6W XY00", "D6W XY00", &[]),
        ("NL", "1012ab", "1012 AB", &[CaseFolded, PunctuationFolded]),
        ("NL", "NL-1012 AB", "1012 AB", &[PrefixRemoved]),
        ("PT", "1000001", "1000-001", &[PunctuationFolded]),
        ("SE", "11455", "114 55", &[PunctuationFolded]),
        ("PL", "00950", "00-950", &[PunctuationFolded]),
        ("MA", "20000", "20000", &[]),
        ("AT", "A-1010", "1010", &[PrefixRemoved]),
        ("LU", "L-1009", "1009", &[PrefixRemoved]),
        ("JP", " 〒100-0001 ", "〒100-0001", &[Trimmed]),
        ("BR", "01310-100", "01310-100", &[]),
        ("FR", "７５００１", "75001", &[UnicodeComposed]),
        ("FR", "", "", &[Unreadable]),
    ];
    for (code, seen, value, notes) in rows {
        let got = postal_code(Some(country(code)), seen);
        assert_eq!(got.value.expose(), value, "{code} {seen:?}");
        assert_eq!(got.notes.iter().collect::<Vec<_>>(), *notes, "{code} {seen:?}");
    }
    assert_eq!(postal_code(None, "  ab-1 2 ").value.expose(), "AB-1 2");
}

#[test]
fn blocked_values() {
    use Namespace::{Account, AdvertisingId, Device, Email, LoyaltyCard, Phone};
    let rules = IdentityRules {
        blocked_values: ["house".to_owned()].into(),
        blocked_in: [("device".to_owned(), ["kiosk-7".to_owned()].into())].into(),
        blocked_patterns: ["*@Example.com", "0007*", "test-*-x"]
            .map(|pattern| pattern.parse::<Pattern>().expect("a pattern"))
            .into(),
        ..IdentityRules::default()
    };
    let (listed, placeholder) = (Some(Blocked::Listed), Some(Blocked::Placeholder));
    let rows = [
        (Account, "house", listed),
        (LoyaltyCard, "HOUSE", listed),
        (Device, "kiosk-7", listed),
        (Device, "KIOSK-7", listed),
        (Account, "kiosk-7", None),
        (Email, "Anyone@EXAMPLE.com", listed),
        (Email, "anyone@example.com.fr", None),
        (LoyaltyCard, "0007123", listed),
        (LoyaltyCard, "1007123", None),
        (Account, "test-9-x", listed),
        (Account, "Test-9-X", listed),
        (Account, "test-9-y", None),
        // Segment's and PostHog's lists.
        (Account, "0-0-0", placeholder),
        (Account, "000000", placeholder),
        (Account, "-1", placeholder),
        (Account, "null", placeholder),
        (Account, "Anonymous", placeholder),
        (Account, "guest", placeholder),
        (Account, "distinctId", placeholder),
        (Account, "distinct_id", placeholder),
        (Account, "id", placeholder),
        (Account, "not_authenticated", placeholder),
        (Account, "email", placeholder),
        (Account, "undefined", placeholder),
        (Account, "true", placeholder),
        (Account, "false", placeholder),
        (Account, "[object Object]", placeholder),
        (Account, "NaN", placeholder),
        (Account, "None", placeholder),
        (Account, "0", placeholder),
        (Account, " ", Some(Blocked::Empty)),
        (AdvertisingId, "00000000-0000-0000-0000-000000000000", placeholder),
        (Device, "9774d56d682e549c", placeholder),
        (Device, "02:00:00:00:00:00", placeholder),
        (Device, "9774d56d682e549d", None),
        (Email, "info@b.fr", Some(Blocked::RoleMailbox)),
        (Email, "info+web@b.fr", Some(Blocked::RoleMailbox)),
        (Email, "info@café.fr", Some(Blocked::RoleMailbox)),
        (Email, "test@test.com", placeholder),
        (Email, "ana@", placeholder),
        (Phone, "1234567890", placeholder),
        (Phone, "1111111111", placeholder),
        (Phone, "+33 6 00 00 00 00", placeholder),
        (Phone, "0612345678", None),
    ];
    for (namespace, seen, wanted) in rows {
        let got = normalise(&rules, &Identifier::asserted(namespace.clone(), seen));
        assert_eq!(got.blocked, wanted, "{namespace} {seen}");
    }
}

#[test]
fn rules_are_written_as_json() {
    let json = r#"{"blocked_values":["x"],"blocked_in":{"device":["kiosk-7"]},
        "blocked_patterns":["*@Example.com"],"phone_region":"FR"}"#;
    let rules: IdentityRules = serde_json::from_str(json).expect("rules");
    assert_eq!(rules.phone_region, Some(country("FR")));
    let again = serde_json::to_string(&rules).expect("JSON");
    assert_eq!(serde_json::from_str::<IdentityRules>(&again).expect("rules"), rules);
    let none = serde_json::to_string(&IdentityRules::default()).expect("JSON");
    assert_eq!(none, r#"{"blocked_values":[]}"#, "what is not set changes no version");
    for bad in [r#"{"phone_region":"France"}"#, r#"{"blocked_patterns":["*"]}"#] {
        assert!(serde_json::from_str::<IdentityRules>(bad).is_err(), "{bad}");
    }
}
