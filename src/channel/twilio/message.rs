//! Messages that people sent: words, files, places, choices, and STOP.

use super::{Reading, party};
use crate::channel::json::Object;
use crate::channel::profile;
use crate::model::{
    Act, Author, BlobRef, ConsentSignal, ConsentState, Direction, Event, EventKind, Identifier,
    LawfulBasis, Message, Namespace, Part, Pii, Purpose, Rejection,
};

/// Most files of one message: what Twilio takes.
const MEDIA_MAX: u32 = 10;

/// Fields that the event tells.
const TOLD: [&str; 18] = [
    "Body",
    "ButtonPayload",
    "ButtonText",
    "From",
    "Latitude",
    "ListId",
    "ListTitle",
    "Longitude",
    "MessageSid",
    "MessageStatus",
    "NumMedia",
    "OriginalRepliedMessageSid",
    "ProfileName",
    "SmsMessageSid",
    "SmsSid",
    "SmsStatus",
    "ApiVersion",
    "NumSegments",
];

impl Reading<'_> {
    /// A message that somebody sent.
    pub(super) fn message(&self, form: &Object<'_>, sid: &str) -> Result<Event, Rejection> {
        let replied = form.id(&["OriginalRepliedMessageSid"])?;
        let act = if replied.is_some() { Act::Replied } else { Act::Said };
        let mut event = self.event(EventKind::Message, act);
        event.external_id = Some(sid.to_owned());
        party::about(&mut event, form, "From")?;
        event.message = Some(Message {
            direction: Direction::Inbound,
            author: Author::Customer,
            subject: None,
            parts: parts(form)?,
            language: None,
            references: replied.map(str::to_owned).into_iter().collect(),
        });
        event.consents = self.consents(form, &event.identifiers)?;
        event.details = self.rest(form, &TOLD);
        Ok(event)
    }

    /// What was chosen about being written to: what Twilio found in the words, else the words.
    fn consents(
        &self,
        form: &Object<'_>,
        identifiers: &[Identifier],
    ) -> Result<Vec<ConsentSignal>, Rejection> {
        let (found, body) = (form.text(&["OptOutType"])?, form.text(&["Body"])?);
        let Some(endpoint) = identifiers.first() else { return Ok(Vec::new()) };
        let is_sms = endpoint.namespace == Namespace::Phone;
        let (state, purpose) = match (found, body) {
            (Some("STOP"), _) => (ConsentState::Withdrawn, None),
            (Some("START"), _) => match self.start_means {
                Some(purpose) => (ConsentState::Given, Some(purpose.clone())),
                None => return Ok(Vec::new()),
            },
            (None, Some(words)) if says_stop(words, is_sms) => (ConsentState::Withdrawn, None),
            _ => return Ok(Vec::new()),
        };
        let evidence = body.or(found).map(|words| words.trim().to_owned());
        Ok(vec![signal(endpoint, state, purpose, evidence)])
    }
}

/// A choice about one endpoint.
pub(super) fn signal(
    endpoint: &Identifier,
    state: ConsentState,
    purpose: Option<Purpose>,
    evidence: Option<String>,
) -> ConsentSignal {
    let (endpoint, basis) = (endpoint.clone(), LawfulBasis::Consent);
    ConsentSignal { endpoint, purpose, state, basis, evidence }
}

/// Whether a text says, and says nothing else, that no more may be sent.
fn says_stop(words: &str, is_sms: bool) -> bool {
    // In a chat `cancel` or `end` may mean an order.
    if !is_sms {
        return crate::channel::stop::says_stop(words);
    }
    let word = words.trim().trim_matches(['.', '!']).to_uppercase();
    let rules = profile::sms().opt_out;
    rules.iter().any(|rule| rule.value.words.iter().any(|known| *known == word))
}

/// The pieces of a message: the choice instead of the words that repeat it.
fn parts(form: &Object<'_>) -> Result<Vec<Part>, Rejection> {
    let text = |name: &str| form.text(&[name]);
    let mut parts = Vec::new();
    let label = text("ButtonText")?.or(text("ListTitle")?);
    match text("ButtonPayload")?.or(text("ListId")?).or(label) {
        Some(id) => parts.push(Part::Choice {
            id: Pii::new(id.to_owned()),
            label: label.map(|label| Pii::new(label.to_owned())),
        }),
        None => parts.extend(text("Body")?.map(|words| Part::Text(Pii::new(words.to_owned())))),
    }
    let count: u32 = form.id(&["NumMedia"])?.and_then(|count| count.parse().ok()).unwrap_or(0);
    for at in 0..count.min(MEDIA_MAX) {
        let Some(url) = text(&format!("MediaUrl{at}"))? else { continue };
        let media_type = text(&format!("MediaContentType{at}"))?;
        parts.push(Part::Media(BlobRef::new(url, media_type.unwrap_or_default())));
    }
    parts.extend(place(form)?);
    Ok(parts)
}

/// A place, with Twilio's own digits; `None` where they are no plain decimals.
fn place(form: &Object<'_>) -> Result<Option<Part>, Rejection> {
    let plain = |digits: &&str| digits.bytes().all(|byte| b"-.0123456789".contains(&byte));
    let latitude = form.id(&["Latitude"])?.filter(plain);
    let place = latitude.zip(form.id(&["Longitude"])?.filter(plain));
    Ok(place.map(|(latitude, longitude)| {
        Part::Location(Pii::new(format!("geo:{latitude},{longitude}")))
    }))
}
