//! What Slack can be asked: a channel's history, itself, a user, a file.
//!
//! | question | call |
//! |---|---|
//! | history | `conversations.history`; its messages are wrapped as events are |
//! | health | `auth.test` |
//! | reach | `users.info`: a user who is gone cannot be written to |
//! | files | their private URL, under `https://files.slack.com`, with the bot's token |

use serde_json::{Value, json};

use crate::ErrorKind::{Denied, NotFound, RateLimited, Unexpected};
use crate::Result;
use crate::channel::ask::{failed, get, good};
use crate::channel::{Ask, Call, Health, Page, Told, TransportAnswer, form};
use crate::model::Pii;

/// Most messages of one page, as Slack advises.
const MESSAGES_MAX: &str = "200";

/// The call of a question.
pub(super) fn ask(ask: &Ask) -> Option<Call> {
    match ask {
        Ask::History { address, before } => {
            let cursor = before.as_deref().map(|before| ("cursor", before));
            let fields = [("channel", address.expose().as_str()), ("limit", MESSAGES_MAX)];
            let query = form::write(fields.into_iter().chain(cursor));
            get(format!("/conversations.history?{query}"))
        }
        Ask::Health => get("/auth.test"),
        Ask::Reach { address } => {
            get(format!("/users.info?{}", form::write([("user", address.expose().as_str())])))
        }
        Ask::File { location } => Some(Call::File(location.clone())),
        Ask::News { .. } => None,
    }
}

/// What the answer says. Slack refuses with status 200 and a word.
pub(super) fn told(ask: &Ask, answer: &TransportAnswer) -> Result<Told> {
    if let (Ask::Health, down @ Health::Down { .. }) = (ask, Health::of(answer)) {
        return Ok(Told::Health(down));
    }
    let body: Value = serde_json::from_slice(good(answer)?).unwrap_or_default();
    let error = body["error"].as_str().unwrap_or_default();
    let is_ok = body["ok"] == json!(true);
    match ask {
        Ask::Health if is_ok => Ok(Told::Health(Health::Up)),
        Ask::Health => {
            let reason = "Slack does not take our token".to_owned();
            Ok(Told::Health(Health::Down { reason }))
        }
        Ask::Reach { .. } if is_ok => {
            Ok(Told::Reach(body["user"]["deleted"].as_bool().map(|is_gone| !is_gone)))
        }
        Ask::Reach { .. } if error == "user_not_found" => Ok(Told::Reach(Some(false))),
        Ask::History { address, .. } if is_ok => page(address.expose(), &body),
        _ => Err(match error {
            "ratelimited" => failed(RateLimited, "Slack was asked too often"),
            "channel_not_found" | "not_in_channel" => {
                failed(NotFound, "the app does not see this channel")
            }
            "invalid_auth" | "missing_scope" | "not_authed" | "token_revoked" => {
                failed(Denied, "Slack does not take our token for that")
            }
            _ => failed(Unexpected, "Slack refused the question"),
        }),
    }
}

fn page(channel: &str, body: &Value) -> Result<Told> {
    let Some(messages) = body["messages"].as_array() else {
        return Err(failed(Unexpected, "Slack answered with no list of messages"));
    };
    let wrapped = messages.iter().filter(|message| message.is_object()).map(|message| {
        let mut event = message.clone();
        event["channel"] = channel.into();
        let told = json!({
            "type": "event_callback",
            "team_id": message["team"],
            "event": event,
        });
        Pii::new(told.to_string().into_bytes())
    });
    let next = body["response_metadata"]["next_cursor"].as_str();
    let next = next.filter(|next| !next.is_empty()).map(str::to_owned);
    Ok(Told::Page(Page { bodies: wrapped.collect(), next }))
}
