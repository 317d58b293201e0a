//! The published vectors that nobody here wrote.

use std::io::Write as _;
use std::path::PathBuf;

use serde_json::Value;

use super::*;

#[test]
fn every_published_vector_is_judged_as_it_says() {
    #[expect(clippy::disallowed_methods, reason = "a test is told where the payloads are")]
    let told = std::env::var("OMNICHANNEL_PAYLOADS").map(PathBuf::from);
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/payloads");
    let root = told.unwrap_or_else(|_| default());
    let Ok(text) = std::fs::read(root.join("signatures/vectors.json")) else {
        let path = root.display();
        // Not `println!`, which the test harness swallows when a test passes.
        let mut shown = std::io::stderr();
        writeln!(shown, "skipped: payloads not found at {path} (set OMNICHANNEL_PAYLOADS)")
            .unwrap();
        return;
    };
    let vectors: Vec<Value> = serde_json::from_slice(&text).unwrap();
    assert!(vectors.len() >= 18, "{} vectors", vectors.len());
    let mut valid = 0;
    for vector in &vectors {
        let scheme = match vector["scheme"].as_str().unwrap() {
            "twilio-hmac-sha1" => SignatureScheme::twilio(),
            "slack-v0" => SignatureScheme::slack(),
            "meta-x-hub-signature-256" => SignatureScheme::meta(),
            "standard-webhooks-v1" => SignatureScheme::standard_webhooks(),
            "stripe-v1" => SignatureScheme::stripe(),
            "shopify-hmac-sha256-base64" => SignatureScheme::shopify(),
            "line-hmac-sha256-base64" => SignatureScheme::line(),
            "square-hmac-sha256-base64" => SignatureScheme::square(),
            other => panic!("{other}: a scheme without a row"),
        };
        let now = vector["verify_at_unix"].as_i64().map_or(Timestamp::MIN, at);
        let mut request = request(vector["body"].as_str().unwrap());
        if let Some(url) = vector["url"].as_str() {
            request = request.url(url);
        }
        for (name, value) in vector["headers"].as_object().unwrap() {
            request = request.header(name, value.as_str().unwrap());
        }
        let keys = KeyRing::new([vector["secret"].as_str().unwrap()]);
        let verified = verify(&scheme, &keys, request, now);
        let note = vector["note"].as_str().unwrap();
        let expected = match scheme.feature_missing() {
            None if vector["expected_valid"] == true => None,
            None => Some(Code::BadSignature),
            Some(_) => Some(Code::Unsupported),
        };
        valid += usize::from(expected.is_none());
        let found = verified.err().map(|rejection| rejection.code);
        assert_eq!(found, expected, "{} {note}", vector["scheme"]);
    }
    assert!(valid >= 7, "{valid} verify");
}
