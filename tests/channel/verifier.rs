//! The verifier: published signatures, and everything that must be refused.

use super::*;

const GITHUB: (&str, &str, &str) = (
    "It's a Secret to Everybody",
    "Hello, World!",
    "sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17",
);

fn github() -> SignatureScheme {
    SignatureScheme::hmac_sha256("X-Hub-Signature-256", "sha256=", Encoding::Hex)
}

fn check(
    scheme: &SignatureScheme,
    key: &[u8],
    header: Option<(&str, &str)>,
    body: &[u8],
) -> Result<Proof, Rejection> {
    let request = header.into_iter().fold(request(body), |r, (name, value)| r.header(name, value));
    verify(scheme, &KeyRing::new([key]), request, NOW).map(|verified| verified.proof().clone())
}

#[test]
fn published_signatures_verify() {
    let (key, body, signature) = GITHUB;
    let header = Some(("x-hub-signature-256", signature));
    let proof = check(&github(), key.as_bytes(), header, body.as_bytes());
    assert_eq!(proof, Ok(Proof::Signature { key_index: 0 }));

    let bare = SignatureScheme::hmac_sha256("S", "", Encoding::Hex);
    let signature = "0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914";
    assert!(check(&bare, b"secret", Some(("s", signature)), b"test").is_ok());

    let line = SignatureScheme::hmac_sha256("x-line-signature", "", Encoding::Base64);
    let body = br#"{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}"#;
    let header = Some(("X-Line-Signature", "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="));
    assert!(check(&line, b"8c570fa6dd201bb328f1c1eac23a96d8", header, body).is_ok());
}

#[test]
fn every_flipped_bit_is_refused() {
    let (key, body, signature) = GITHUB;
    let flips = |text: &str| -> Vec<Vec<u8>> {
        let flip = |bit: usize| {
            let mut bytes = text.as_bytes().to_vec();
            bytes[bit / 8] ^= 1 << (bit % 8);
            bytes
        };
        (0..text.len() * 8).map(flip).collect()
    };
    let refused = |key: &[u8], signature: &str, body: &[u8]| {
        let header = Some(("X-Hub-Signature-256", signature));
        let rejection = check(&github(), key, header, body).unwrap_err();
        assert_eq!(rejection.code, Code::BadSignature);
    };
    for body in flips(body) {
        refused(key.as_bytes(), signature, &body);
    }
    for key in flips(key) {
        refused(&key, signature, body.as_bytes());
    }
    for flipped in flips(signature) {
        // Hexadecimal digits are read in either case, so that flip changes nothing.
        match String::from_utf8(flipped) {
            Ok(flipped) if !flipped.eq_ignore_ascii_case(signature) => {
                refused(key.as_bytes(), &flipped, body.as_bytes());
            }
            _ => {}
        }
    }
    for length in 0..signature.len() {
        let code = check(
            &github(),
            key.as_bytes(),
            Some(("X-Hub-Signature-256", &signature[..length])),
            body.as_bytes(),
        );
        assert!(matches!(code.unwrap_err().code, Code::BadSignature | Code::Unsigned));
    }
}

#[test]
fn the_unsigned_is_refused_and_the_attested_is_recorded() {
    for scheme in [SignatureScheme::Attested, github(), SignatureScheme::equality("X-Token")] {
        assert_eq!(check(&scheme, b"key", None, b"x").unwrap_err().code, Code::Unsigned);
        for blank in ["", "  "] {
            let request = request("x").attested(blank);
            let rejection = verify(&scheme, &KeyRing::new(["key"]), request, NOW).unwrap_err();
            assert_eq!(rejection.code, Code::Unsigned);
        }
        let request = request("x").attested("mutual TLS");
        let verified = verify(&scheme, &KeyRing::default(), request, NOW).unwrap();
        assert_eq!(*verified.proof(), Proof::Attested { reason: "mutual TLS".to_owned() });
        assert_eq!(verified.into_request().body, b"x");
    }
}

#[test]
fn an_old_key_verifies_while_it_is_live_and_an_empty_one_never() {
    let scheme = SignatureScheme::equality("X-Token");
    let keys = KeyRing::new(["new"]).with("old").with("");
    assert_eq!(format!("{keys:?}"), "KeyRing(2 keys)");
    let of = |token: &str| verify(&scheme, &keys, request("x").header("x-token", token), NOW);
    assert_eq!(*of("new").unwrap().proof(), Proof::Signature { key_index: 0 });
    assert_eq!(*of("old").unwrap().proof(), Proof::Signature { key_index: 1 });
    assert_eq!(of("olde").unwrap_err().code, Code::BadSignature);
    assert_eq!(of("").unwrap_err().code, Code::Unsigned);

    let none = KeyRing::new([""]);
    assert!(none.is_empty());
    let (_, body, signature) = GITHUB;
    let request = request(body).header("X-Hub-Signature-256", signature);
    assert_eq!(verify(&github(), &none, request, NOW).unwrap_err().code, Code::BadSignature);
}
