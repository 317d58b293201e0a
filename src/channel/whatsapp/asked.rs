//! What the Cloud API can be asked: about our number, and for a file.
//!
//! A file is named by its id; the Cloud API tells a URL for five minutes, which wants the token
//! too: files lie under `https://lookaside.fbsbx.com`.

use serde_json::Value;

use crate::ErrorKind::Unexpected;
use crate::Result;
use crate::channel::ask::{failed, get, good, not_asked};
use crate::channel::{Ask, Call, Health, Told, TransportAnswer};
use crate::model::Pii;

/// The call of a question.
pub(super) fn ask(ask: &Ask, phone_number_id: Option<&str>) -> Option<Call> {
    let is_id = |id: &str| !id.is_empty() && id.bytes().all(|byte| byte.is_ascii_digit());
    match ask {
        Ask::Health => get(format!("/{}", phone_number_id.filter(|id| is_id(id))?)),
        Ask::File { location } => {
            Some(location.expose()).filter(|id| is_id(id)).and_then(|id| get(format!("/{id}")))
        }
        _ => None,
    }
}

/// What the answer says.
pub(super) fn told(ask: &Ask, answer: &TransportAnswer) -> Result<Told> {
    match ask {
        Ask::Health => Ok(Told::Health(Health::of(answer))),
        Ask::File { .. } => {
            let body: Value = serde_json::from_slice(good(answer)?).unwrap_or_default();
            match body["url"].as_str() {
                Some(url) => Ok(Told::Next(Call::File(Pii::new(url.to_owned())))),
                None => Err(failed(Unexpected, "Meta does not say where the file is")),
            }
        }
        ask => Err(not_asked(ask)),
    }
}
