//! What Telegram can be asked: updates, itself, a chat, a file.
//!
//! | question | call |
//! |---|---|
//! | news | `getUpdates`, which forgets what came before; not beside a webhook |
//! | health | `getMe` |
//! | reach | `getChat`: a chat that the bot does not know cannot be written to |
//! | files | `getFile`, then the place that it names, under `https://api.telegram.org/file/bot<token>` |

use serde_json::Value;

use crate::ErrorKind::Unexpected;
use crate::Result;
use crate::channel::ask::{failed, get, good};
use crate::channel::{Ask, Call, Health, Page, Told, TransportAnswer, form};
use crate::model::Pii;

/// Most updates of one page; Telegram's own bound.
const UPDATES_MAX: &str = "100";

/// The call of a question.
pub(super) fn ask(ask: &Ask) -> Option<Call> {
    match ask {
        Ask::News { after } => {
            // An update is confirmed by asking for the one after it.
            let last = after.as_deref().and_then(|last| last.parse::<u64>().ok());
            let offset = last.map(|last| last.saturating_add(1).to_string());
            let offset = offset.as_deref().map(|offset| ("offset", offset));
            let query = form::write(offset.into_iter().chain([("limit", UPDATES_MAX)]));
            get(format!("/getUpdates?{query}"))
        }
        Ask::Health => get("/getMe"),
        Ask::Reach { address } => {
            get(format!("/getChat?{}", form::write([("chat_id", address.expose().as_str())])))
        }
        Ask::File { location } => {
            get(format!("/getFile?{}", form::write([("file_id", location.expose().as_str())])))
        }
        _ => None,
    }
}

/// What the answer says.
pub(super) fn told(ask: &Ask, answer: &TransportAnswer) -> Result<Told> {
    match ask {
        Ask::Health => Ok(Told::Health(Health::of(answer))),
        Ask::Reach { .. } => match answer {
            TransportAnswer::Answered { status: 400 | 403, .. } => Ok(Told::Reach(Some(false))),
            answer => good(answer).map(|_| Told::Reach(Some(true))),
        },
        Ask::File { .. } => {
            let body: Value = serde_json::from_slice(good(answer)?).unwrap_or_default();
            match body["result"]["file_path"].as_str() {
                Some(path) => Ok(Told::Next(Call::File(Pii::new(path.to_owned())))),
                None => Err(failed(Unexpected, "Telegram does not say where the file is")),
            }
        }
        _ => page(good(answer)?),
    }
}

fn page(body: &[u8]) -> Result<Told> {
    let read: Value = serde_json::from_slice(body).unwrap_or_default();
    let Some(updates) = read["result"].as_array() else {
        return Err(failed(Unexpected, "Telegram answered with no list of updates"));
    };
    let last = updates.iter().filter_map(|update| update["update_id"].as_u64()).max();
    let bodies = if updates.is_empty() { Vec::new() } else { vec![Pii::new(body.to_vec())] };
    Ok(Told::Page(Page { bodies, next: last.map(|last| last.to_string()) }))
}
