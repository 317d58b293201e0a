//! What must not verify: any other bit, length, time or key.

use std::time::Duration;

use omnichannel::channel::form;
use proptest::prelude::*;

use super::*;

/// Every text that differs in one bit, where it still is text.
fn flips(text: &str) -> impl Iterator<Item = String> + '_ {
    bytes_flipped(text.as_bytes()).filter_map(|bytes| String::from_utf8(bytes).ok())
}

fn bytes_flipped(bytes: &[u8]) -> impl Iterator<Item = Vec<u8>> + '_ {
    (0..bytes.len() * 8).map(|bit| {
        let mut flipped = bytes.to_vec();
        flipped[bit / 8] ^= 1 << (bit % 8);
        flipped
    })
}

/// One byte shorter, one longer.
fn resized(bytes: &[u8]) -> [Vec<u8>; 2] {
    let longer = bytes.iter().copied().chain(*b"x").collect();
    [bytes[..bytes.len().saturating_sub(1)].to_vec(), longer]
}

fn form_of(case: &Case) -> &SignatureForm {
    let SignatureScheme::Signed(form) = &case.scheme else { panic!("{} signs", case.name) };
    form
}

fn has_body(case: &Case) -> bool {
    form_of(case).digest != Digest::Equality
}

/// What a form says, as far as the sorted form tells it.
fn said(body: &[u8]) -> Vec<u8> {
    let mut fields: Vec<_> = form::fields(body).collect();
    fields.sort();
    fields.into_iter().flat_map(|(name, value)| [name, value]).collect::<Vec<_>>().concat()
}

#[test]
fn another_body_is_refused() {
    for case in cases().iter().filter(|case| has_body(case)) {
        let body = &case.request.body;
        for other in bytes_flipped(body).chain(resized(body)) {
            // `%2b` is `%2B`, and it is what was said that is signed.
            let sorted = form_of(case).message.contains(&SignedPart::SortedForm);
            if sorted && said(&other) == said(body) && !body.starts_with(b"{") {
                continue;
            }
            let request = RawInbound { body: other, ..case.request.clone() };
            assert_eq!(refused(case, case.key, &request, "another body"), Code::BadSignature);
        }
        let request = RawInbound { body: Vec::new(), ..case.request.clone() };
        assert_eq!(refused(case, case.key, &request, "no body"), Code::BadSignature);
    }
}

#[test]
fn another_header_is_refused() {
    for case in cases() {
        for (at, (name, value)) in case.request.headers.iter().enumerate() {
            if name == "Content-Type" {
                continue;
            }
            let shorter = (0..value.len()).map(|end| value[..end].to_owned());
            let longer = ["x", "0", "=", ".", " "].map(|more| format!("{value}{more}"));
            for other in flips(value).chain(shorter).chain(longer) {
                // Hexadecimal digits come in either case, lists may end with a space.
                let hex = form_of(&case).encoding == Encoding::Hex && has_body(&case);
                let written = |text: &str| match text.rsplit_once('=') {
                    Some((prefix, digits)) if hex => format!("{prefix}={}", digits.to_lowercase()),
                    _ if hex => text.to_lowercase(),
                    _ => text.to_owned(),
                };
                let listed = form_of(&case).list != SignatureList::One && at == 0;
                let trimmed = if listed { other.trim_end() } else { &other };
                if written(trimmed) == written(value) {
                    continue;
                }
                let mut request = case.request.clone();
                request.headers[at].1 = other;
                refused(&case, case.key, &request, name);
            }
            let mut request = case.request.clone();
            request.headers.remove(at);
            assert_eq!(refused(&case, case.key, &request, name), Code::Unsigned);
        }
    }
}

#[test]
fn another_url_is_refused_where_it_is_signed() {
    let is_url = |part: &SignedPart| matches!(part, SignedPart::Url(_));
    let cases = cases();
    let cases: Vec<_> =
        cases.iter().filter(|case| form_of(case).message.iter().any(is_url)).collect();
    assert!(!cases.is_empty());
    for case in cases {
        let url = case.request.url.as_deref().unwrap();
        let longer = ["x", "&", "/", "?", "#"].map(|more| format!("{url}{more}"));
        for other in flips(url).chain(longer).chain([String::new()]) {
            let request = case.request.clone().url(other);
            assert_eq!(refused(case, case.key, &request, "another URL"), Code::BadSignature);
        }
        let request = RawInbound { url: None, ..case.request.clone() };
        let rejection = check(case, case.key, &request).unwrap_err();
        assert_eq!(rejection.code, Code::BadSignature);
        assert!(rejection.reason.contains("RawInbound::url"), "{rejection}");
    }
}

#[test]
fn another_key_is_refused() {
    for case in cases() {
        let key = case.key.as_bytes();
        for other in bytes_flipped(key).chain(resized(key)) {
            // Hexadecimal digits come in either case, base 64 padded or not.
            let same = match form_of(&case).key {
                KeyForm::Hex => other.eq_ignore_ascii_case(key),
                KeyForm::Base64 { .. } => other == case.key.trim_end_matches('=').as_bytes(),
                KeyForm::Plain => false,
            };
            if same {
                continue;
            }
            let code = refused(&case, other, &case.request, "another key");
            assert_eq!(code, Code::BadSignature);
        }
        // A prefix is no key, nor is nothing; what else is configured is no matter.
        for none in ["", "whsec_", "whpk_"] {
            refused(&case, none, &case.request, "no key");
        }
    }
}

#[test]
fn a_new_key_and_an_old_one_verify_while_both_are_live() {
    for case in cases() {
        let of = |keys: [&str; 2]| {
            let ring = KeyRing::new(keys);
            let verified = verify(&case.scheme, &ring, case.request.clone(), case.now);
            verified.map(|verified| verified.proof().clone())
        };
        let at = |key_index| Ok(Proof::Signature { key_index });
        assert_eq!(of([case.key, case.another_key()]), at(0), "{}", case.name);
        assert_eq!(of([case.another_key(), case.key]), at(1), "{}", case.name);
        assert_eq!(of([case.another_key(), "third"]).unwrap_err().code, Code::BadSignature);
    }
}

#[test]
fn a_time_is_near_to_the_second() {
    let mut timed = 0;
    for case in cases() {
        let tolerance = form_of(&case).message.iter().find_map(|part| match part {
            SignedPart::Time { tolerance_secs, .. } => Some(u64::from(*tolerance_secs)),
            _ => None,
        });
        let code = |now| {
            let verified =
                verify(&case.scheme, &KeyRing::new([case.key]), case.request.clone(), now);
            verified.err().map(|rejection| rejection.code)
        };
        let Some(tolerance) = tolerance else {
            assert_eq!([code(Timestamp::MIN), code(Timestamp::MAX)], [None, None], "{}", case.name);
            continue;
        };
        timed += 1;
        let (near, far) = (Duration::from_secs(tolerance), Duration::from_secs(tolerance + 1));
        assert_eq!([code(case.now.minus(near)), code(case.now.plus(near))], [None, None]);
        let stale = Some(Code::Stale);
        assert_eq!([code(case.now.minus(far)), code(case.now.plus(far))], [stale, stale]);
        assert_eq!([code(Timestamp::MIN), code(Timestamp::MAX)], [stale, stale]);

        // An archive that somebody vouches for may be old; nobody vouches for what is wrong.
        let request = case.request.clone().attested("our archive");
        let keys = KeyRing::new([case.key]);
        assert!(verify(&case.scheme, &keys, request, Timestamp::MAX).is_ok());
    }
    assert!(timed >= 3);
}

#[test]
fn the_unsigned_needs_a_voucher_and_the_wrongly_signed_finds_none() {
    for case in cases() {
        let attested = case.request.clone().attested("a queue of our own");
        let reason = Proof::Attested { reason: "a queue of our own".to_owned() };
        let mut unsigned = attested.clone();
        unsigned.headers.clear();
        assert_eq!(check(&case, case.key, &unsigned), Ok(reason.clone()), "{}", case.name);
        assert_eq!(check(&case, case.key, &attested), Ok(reason.clone()), "{}", case.name);
        // Without a key nobody can say that it is wrong.
        assert_eq!(check(&case, "", &attested), Ok(reason), "{}", case.name);
        assert_eq!(refused(&case, case.another_key(), &attested, "attested"), Code::BadSignature);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn who_knows_no_key_verifies_nothing(
        stated in "[ -~]{0,90}",
        signature in prop_oneof![
            "v1,[A-Za-z0-9+/]{43}=",
            "t=[0-9]{10},v1=[0-9a-f]{64}",
            "[ -~]{0,90}",
        ],
        url in proptest::option::of("(https?://)?[a-z:@\\[\\]/?&=%+#.0-9]{0,40}"),
        media_type in proptest::option::of("(application/x-www-form-urlencoded|[ -~]{0,8})"),
        body in proptest::collection::vec(any::<u8>(), 0..60),
    ) {
        for case in cases() {
            let (body, url) = (body.clone(), url.clone());
            let mut hostile = RawInbound { body, url, ..case.request.clone() };
            for (at, (_, value)) in hostile.headers.iter_mut().enumerate() {
                *value = if at == 0 { signature.clone() } else { stated.clone() };
            }
            if let Some(media_type) = &media_type {
                hostile.headers.retain(|(name, _)| name != "Content-Type");
                hostile = hostile.header("Content-Type", media_type);
            }
            prop_assert!(check(&case, case.another_key(), &hostile).is_err());
        }
    }
}
