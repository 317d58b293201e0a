//! Signatures: published vectors, every flipped bit, time, rotation, hostile requests.

#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]

mod challenges;
mod forms;
mod hostile;
mod laws;
mod published;
mod vectors;

use omnichannel::channel::{
    Digest, Encoding, KeyForm, KeyRing, Proof, RawInbound, SignatureForm, SignatureList,
    SignaturePlace, SignatureScheme, SignedPart, Stated, verify,
};
use omnichannel::model::{ChannelId, Code, Rejection, TenantId, Timestamp};
use vectors::{Case, cases};

fn request(body: impl Into<Vec<u8>>) -> RawInbound {
    RawInbound::new(TenantId::named("maison-lune"), ChannelId::new("sms").unwrap(), body)
}

fn at(seconds: i64) -> Timestamp {
    Timestamp::from_seconds(seconds).unwrap()
}

/// Verifies a case's request as a test changed it.
fn check(case: &Case, key: impl Into<Vec<u8>>, request: &RawInbound) -> Result<Proof, Rejection> {
    let verified = verify(&case.scheme, &KeyRing::new([key]), request.clone(), case.now)?;
    Ok(verified.proof().clone())
}

/// Refused, with a reason that tells nothing of what was sent.
#[track_caller]
fn refused(case: &Case, key: impl Into<Vec<u8>>, request: &RawInbound, what: &str) -> Code {
    let rejection = check(case, key, request).expect_err(&format!("{}: {what}", case.name));
    for (name, value) in request.headers.iter().filter(|(_, value)| value.len() > 16) {
        assert!(!rejection.reason.contains(value), "{}: {name} is told", case.name);
    }
    let url = request.url.as_deref().unwrap_or_default();
    assert!(url.is_empty() || !rejection.reason.contains(url), "{}: the URL is told", case.name);
    rejection.code
}
