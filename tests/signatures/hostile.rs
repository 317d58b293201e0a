//! Requests that cost: many signatures, many fields, long headers; and what a build lacks.

use super::*;

fn case(name: &str) -> Option<Case> {
    cases().into_iter().find(|case| case.name == name)
}

#[test]
fn ten_thousand_signatures_are_refused_uncompared() {
    let case = case("standard webhooks").unwrap();
    let good = case.request.headers[0].1.clone();
    let mut request = case.request.clone();
    let mut of = |count: usize| {
        request.headers[0].1 = format!("{}{good}", "v1,AAAA ".repeat(count));
        check(&case, case.key, &request).map_err(|rejection| rejection.reason)
    };
    assert!(of(15).is_ok());
    for count in [16, 10_000] {
        assert!(of(count).unwrap_err().contains("more than 16 signatures"));
    }
    // Those of other versions are not compared, so they are no matter.
    request.headers[0].1 = format!("{}{good}", "v2,AAAA ".repeat(10_000));
    assert!(check(&case, case.key, &request).is_ok());
}

#[test]
fn a_long_signature_is_wrong_like_any_other() {
    for case in cases() {
        let mut request = case.request.clone();
        request.headers[0].1.push_str(&"A".repeat(1 << 20));
        assert_eq!(refused(&case, case.key, &request, "long"), Code::BadSignature);
    }
}

#[test]
fn a_form_of_too_many_fields_is_refused() {
    let Some(case) = case("twilio") else { return };
    let request = RawInbound { body: b"a=1&".repeat(1_001), ..case.request.clone() };
    assert_eq!(refused(&case, case.key, &request, "fields"), Code::TooMany);
    let request = RawInbound { body: b"&".repeat(1 << 20), ..case.request.clone() };
    assert_eq!(refused(&case, case.key, &request, "separators"), Code::BadSignature);
}

#[test]
fn a_public_key_that_fits_everything_is_refused() {
    let Some(case) = case("Ed25519") else { return };
    // The neutral element as key and as `R`, zero as `S`: a lenient check takes it for any message.
    let neutral = format!("01{}", "00".repeat(31));
    let request = request("any").header("x-signature", format!("{neutral}{}", "00".repeat(32)));
    assert_eq!(refused(&case, neutral, &request, "small order"), Code::BadSignature);
}

#[test]
fn a_request_shows_neither_its_url_nor_its_words() {
    let url = "https://shop.example/hooks?token=a-secret";
    let request = request("the words").url(url).method("GET").header("X-Token", "a-token");
    let shown = format!("{request:?}");
    for secret in ["a-secret", "the words", "a-token"] {
        assert!(!shown.contains(secret), "{shown}");
    }
}

#[cfg(not(feature = "signatures"))]
#[test]
fn a_scheme_that_is_not_compiled_in_is_refused_and_named() {
    let schemes = [
        SignatureScheme::twilio(),
        SignatureScheme::ringcx(),
        SignatureScheme::discord(),
        SignatureScheme::standard_webhooks_asymmetric(),
    ];
    for scheme in schemes {
        assert_eq!(scheme.feature_missing(), Some("signatures"));
        let request = request("").header("X-Twilio-Signature", "RSOYDt4T1cUTdK1PDd93/VVr8B8=");
        let rejection = verify(&scheme, &KeyRing::new(["12345"]), request, at(0)).unwrap_err();
        assert_eq!(rejection.code, Code::Unsupported);
        assert!(rejection.reason.contains("the feature `signatures`"), "{rejection}");
    }
}
