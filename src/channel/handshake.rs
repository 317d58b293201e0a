//! Handshakes: what a provider asks before it sends anything, and the answer.
//!
//! For [`ChannelCodec::challenge`](super::ChannelCodec::challenge). Each is a function of the
//! request: nothing is kept, nothing is believed.
//!
//! # Why
//!
//! What is sent back is chosen by whoever asks. It goes back as plain text and only where it holds
//! plain letters, digits, `-`, `_`, `.` or `~`, so that nobody can have a script sent from our
//! address.

use serde_json::Value;

use super::answer::RawResponse;
use super::form;
use super::request::RawInbound;
use super::verify::is_same;

/// Longest query or body that is taken for a handshake, in bytes.
const HANDSHAKE_BYTES_MAX: usize = 4_096;

/// Longest challenge that is sent back, in bytes.
const CHALLENGE_BYTES_MAX: usize = 512;

/// Answers `hub.challenge`, by which Meta's platforms ask: a `GET` that names our own token.
///
/// With the challenge where the token is ours, with status 403 where it is not; `None` where the
/// request is no handshake. An empty token is nobody's. The query is that of
/// [`RawInbound::url`], else the body. Source: Meta, "Webhooks", verification requests; W3C WebSub.
///
/// ```
/// use omnichannel::channel::{RawInbound, handshake};
/// use omnichannel::model::{ChannelId, TenantId};
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let asked = RawInbound::new(TenantId::named("shop"), ChannelId::new("whatsapp")?, "")
///     .method("GET")
///     .url("https://shop.example/hook?hub.mode=subscribe&hub.challenge=42&hub.verify_token=ours");
/// let answer = handshake::hub_challenge(&asked, b"ours").expect("a handshake");
/// assert_eq!((answer.status, &answer.body[..]), (200, &b"42"[..]));
/// # Ok(())
/// # }
/// ```
pub fn hub_challenge(request: &RawInbound, token: &[u8]) -> Option<RawResponse> {
    let query = match &request.url {
        Some(url) => form::query(url).as_bytes(),
        None => request.body.strip_prefix(b"?").unwrap_or(&request.body),
    };
    if query.len() > HANDSHAKE_BYTES_MAX {
        return None;
    }
    let value = |name: &[u8]| form::fields(query).find(|(field, _)| **field == *name);
    let (_, mode) = value(b"hub.mode")?;
    if *mode != *b"subscribe" {
        return None;
    }
    let ours = value(b"hub.verify_token").is_some_and(|(_, stated)| is_same(token, &stated));
    let challenge = value(b"hub.challenge").filter(|(_, challenge)| is_plain(challenge));
    Some(match challenge {
        Some((_, challenge)) if ours && !token.is_empty() => echo(challenge.into_owned()),
        _ => RawResponse::status(403),
    })
}

/// Answers `url_verification`, by which Slack asks: a JSON body with a challenge.
///
/// `None` where the request is no handshake. It tells nobody anything but what was asked, so it
/// needs no key. Source: Slack, "`url_verification` event".
pub fn url_verification(request: &RawInbound) -> Option<RawResponse> {
    if request.body.len() > HANDSHAKE_BYTES_MAX {
        return None;
    }
    let body: Value = serde_json::from_slice(&request.body).ok()?;
    if body.get("type")? != "url_verification" {
        return None;
    }
    let challenge = body.get("challenge")?.as_str()?.as_bytes();
    Some(match is_plain(challenge) {
        true => echo(challenge.to_vec()),
        false => RawResponse::status(400),
    })
}

fn is_plain(challenge: &[u8]) -> bool {
    let plain = |byte: &u8| byte.is_ascii_alphanumeric() || b"-_.~".contains(byte);
    (1..=CHALLENGE_BYTES_MAX).contains(&challenge.len()) && challenge.iter().all(plain)
}

fn echo(challenge: Vec<u8>) -> RawResponse {
    RawResponse::received().with_body("text/plain", challenge)
}
