//! Signs what leaves, in the same form in which it is verified.

use hmac::Hmac;
use sha2::Sha256;

use super::digest::tag;
use super::scheme::Encoding;
use super::text;

/// The bytes of a key of Standard Webhooks (`whsec_` and base 64); `None` where it is none.
pub(in crate::channel) fn webhook_key(secret: &str) -> Option<Vec<u8>> {
    let key = text::from_base64(secret.strip_prefix("whsec_").unwrap_or(secret).as_bytes());
    key.filter(|key| !key.is_empty())
}

/// The header `webhook-signature` of a request (Standard Webhooks, "Signature scheme").
pub(in crate::channel) fn webhook_signature(
    key: &[u8],
    (id, seconds): (&str, i64),
    body: &[u8],
) -> Option<String> {
    let head = format!("{id}.{seconds}.").into_bytes();
    let tag = tag::<Hmac<Sha256>>(key, &[head.into(), body.into()])?;
    Some(format!("v1,{}", text::write(&tag, Encoding::Base64)))
}
