//! What a sending becomes in the timeline, by its form.
//!
//! | form | touchpoint |
//! |---|---|
//! | words, a template, a file | the message |
//! | an edit | the earlier message as it is now, with a higher revision |
//! | a deletion | the earlier message without its words, with the highest revision |
//! | a reaction | a touchpoint about the party's message |
//! | a sign of typing | none: nothing was said |

use super::Context;
use crate::model::{
    Act, Attributes, Author, ChannelKind, Decision, Details, Form, Message, ObjectRef, Occurred,
    Outcome, Part, Pii, SendOutcome, Source, Timestamp, Touchpoint,
};

/// The sending of a decided message; `None` where nothing was said.
pub(super) fn sent(
    context: &Context<'_>,
    decision: &Decision,
    outcome: &SendOutcome,
    kind: &ChannelKind,
    now: Timestamp,
) -> Option<Touchpoint> {
    let Outcome::Send { channel, .. } = &decision.outcome else { return None };
    let provider_id = outcome.provider_id()?;
    let form = &decision.intent.form;
    let (external_id, revision, act) = match form {
        Form::Typing { .. } => return None,
        Form::Edit { of } => (of.as_str(), second(now), Act::Sent),
        Form::Delete { of } => (of.as_str(), u32::MAX, Act::Custom("deleted".to_owned())),
        Form::Reaction { .. } => (provider_id, 0, Act::Custom("reacted".to_owned())),
        _ => (provider_id, 0, Act::Sent),
    };
    let source = Source::new(channel.as_str());
    let mut details = Details::new();
    if let SendOutcome::Partial { provider_ids, reason } = outcome {
        details.insert("parts_sent".to_owned(), Pii::new(provider_ids.join(" ")));
        details.insert("rest_not_sent".to_owned(), Pii::new(reason.clone()));
    }
    let mut objects = Vec::new();
    if let Form::Reaction { to, sign } = form {
        objects.push(ObjectRef::new("message", to));
        details.insert("reaction".to_owned(), Pii::new(sign.clone()));
    }
    Some(Touchpoint {
        id: context.id_key.touchpoint(context.tenant, &source, external_id),
        source,
        external_id: Some(external_id.to_owned()),
        revision,
        record: Some(decision.intent.subject),
        channel: channel.clone(),
        channel_kind: kind.clone(),
        act,
        occurred: Occurred::at(now),
        objects,
        identifiers: Vec::new(),
        attributes: Attributes::new(),
        message: message(decision).map(Box::new),
        answers: Vec::new(),
        receipt: None,
        consents: Vec::new(),
        details,
    })
}

/// What was said, where something was.
fn message(decision: &Decision) -> Option<Message> {
    let Outcome::Send { channel, .. } = &decision.outcome else { return None };
    let intent = &decision.intent;
    let text = intent.text.expose();
    let mut message = Message::outbound(Author::System, text.clone());
    match &intent.form {
        Form::Delete { .. } | Form::Reaction { .. } | Form::Typing { .. } => return None,
        Form::File(file) => {
            if text.trim().is_empty() {
                message.parts.clear();
            }
            message.parts.push(Part::Media(file.clone()));
        }
        _ => {}
    }
    message.subject = intent.title.clone();
    let answered = intent.answers.iter().filter(|answered| answered.channel == *channel);
    message.references = answered.map(|answered| answered.external_id.clone()).collect();
    Some(message)
}

/// The second of a time since 1970, by which a later telling replaces an earlier one.
fn second(now: Timestamp) -> u32 {
    let seconds = now.micros() / 1_000_000;
    // The highest of all is a deletion's.
    u32::try_from(seconds.max(0)).unwrap_or(u32::MAX).min(u32::MAX - 1)
}
