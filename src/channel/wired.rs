//! Adapters over a codec: one that only listens, and one that calls a provider.

use async_trait::async_trait;

use super::{Ask, ChannelAdapter, ChannelCodec, RawOutbound, Told, TransportAnswer};
use crate::model::{Authorized, Outbound, SendOutcome, Timestamp};

/// Carries a call to a provider and brings back the answer, adding credentials on the way.
///
/// Bring your own HTTP client: it makes the call once, never tries again, and tells apart that
/// nothing left ([`TransportAnswer::NotSent`]) from that nobody answered
/// ([`TransportAnswer::NoAnswer`]).
#[async_trait]
pub trait Transport: std::fmt::Debug + Send + Sync + 'static {
    /// Makes one call.
    async fn call(&self, call: RawOutbound) -> TransportAnswer;

    /// Fetches a file from where the provider keeps it: a URL, or a path there. Credentials go to
    /// that place and to no other. By default nothing is fetched.
    async fn fetch(&self, location: &str) -> TransportAnswer {
        let _ = location;
        TransportAnswer::NotSent
    }
}

/// A channel that only listens.
#[derive(Debug, Clone)]
pub struct Listening<C> {
    codec: C,
}

impl<C: ChannelCodec> Listening<C> {
    /// Listens to what `codec` reads.
    pub fn new(codec: C) -> Self {
        Self { codec }
    }
}

#[async_trait]
impl<C: ChannelCodec> ChannelAdapter for Listening<C> {
    fn codec(&self) -> &dyn ChannelCodec {
        &self.codec
    }
}

/// A channel that sends by calls to a provider: plans them, makes them in order, reads the answers.
///
/// A provider that gives what it took no id knows it by the decision's. A message may take several
/// calls. All accepted: accepted, under the first call's id. The first
/// not accepted: its outcome, and nothing was said. A later one not accepted:
/// [`SendOutcome::Partial`], since saying it all again would repeat what is out; the calls after it
/// are not made.
#[derive(Debug, Clone)]
pub struct Wired<C, T> {
    codec: C,
    transport: T,
}

impl<C: ChannelCodec, T: Transport> Wired<C, T> {
    /// Sends what `codec` plans by `transport`.
    pub fn new(codec: C, transport: T) -> Self {
        Self { codec, transport }
    }

    async fn carry(&self, message: &Outbound, now: Timestamp) -> SendOutcome {
        let calls = match self.codec.plan(message) {
            Ok(calls) => calls,
            Err(error) => return SendOutcome::Rejected { reason: error.message().to_owned() },
        };
        let mut accepted = Vec::new();
        let mut first = None;
        for call in calls {
            let answer = self.transport.call(call).await;
            let outcome = self.codec.interpret(&answer, now);
            let outcome = named(outcome, message, accepted.len());
            match outcome.provider_id() {
                Some(id) => accepted.push(id.to_owned()),
                None if accepted.is_empty() => return outcome,
                None => {
                    let reason = why_not(outcome);
                    return SendOutcome::Partial { provider_ids: accepted, reason };
                }
            }
            first.get_or_insert(outcome);
        }
        let nothing = "the codec planned no call for this message";
        first.unwrap_or_else(|| SendOutcome::Rejected { reason: nothing.to_owned() })
    }
}

#[async_trait]
impl<C: ChannelCodec, T: Transport> ChannelAdapter for Wired<C, T> {
    fn codec(&self) -> &dyn ChannelCodec {
        &self.codec
    }

    async fn send(&self, message: Authorized<Outbound>, now: Timestamp) -> SendOutcome {
        self.carry(message.content(), now).await
    }

    async fn ask(&self, ask: Ask) -> crate::Result<Told> {
        super::ask::ask(&self.codec, &self.transport, &ask).await
    }
}

/// The outcome under an id: of a provider that gives none, the decision's and the part's place.
fn named(outcome: SendOutcome, message: &Outbound, part: usize) -> SendOutcome {
    match outcome {
        SendOutcome::Accepted { provider_id } if provider_id.is_empty() => {
            let provider_id = match part {
                0 => message.decision.to_string(),
                part => format!("{}#{}", message.decision, part + 1),
            };
            SendOutcome::Accepted { provider_id }
        }
        outcome => outcome,
    }
}

/// Why a further part was not taken.
fn why_not(outcome: SendOutcome) -> String {
    match outcome {
        SendOutcome::Rejected { reason } => reason,
        SendOutcome::Deferred { .. } => "the provider asked to try later".to_owned(),
        _ => "the provider did not answer".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use futures_util::FutureExt as _;

    use super::*;
    use crate::channel::{RawInbound, SignatureScheme, Verified};
    use crate::model::{
        Capabilities, Channel, ChannelKind, DecisionId, Decoded, Namespace, TenantId,
    };

    /// Plans a call for each word; the provider's status is the outcome.
    #[derive(Debug)]
    struct Words(Channel);

    impl ChannelCodec for Words {
        fn channel(&self) -> &Channel {
            &self.0
        }

        fn capabilities(&self) -> &Capabilities {
            &Capabilities::INBOUND
        }

        fn scheme(&self) -> SignatureScheme {
            SignatureScheme::Attested
        }

        fn decode(&self, _request: &Verified<RawInbound>) -> Decoded {
            Decoded::default()
        }

        fn plan(&self, message: &Outbound) -> crate::Result<Vec<RawOutbound>> {
            let call = |word: &str| RawOutbound {
                method: "POST".to_owned(),
                path: "/messages".to_owned(),
                headers: Vec::new(),
                body: word.into(),
            };
            Ok(message.text.expose().split_whitespace().map(call).collect())
        }

        fn interpret(&self, answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
            match answer {
                TransportAnswer::Answered { status: 200, body, .. } => SendOutcome::Accepted {
                    provider_id: String::from_utf8_lossy(body).into_owned(),
                },
                TransportAnswer::Answered { .. } => {
                    SendOutcome::Rejected { reason: "refused".to_owned() }
                }
                TransportAnswer::NotSent => SendOutcome::Deferred { retry_at: now },
                TransportAnswer::NoAnswer => SendOutcome::Unknown,
            }
        }
    }

    /// Echoes words; `no` is refused and `lost` is not reached.
    #[derive(Debug, Default)]
    struct Echo(Mutex<Vec<Vec<u8>>>);

    #[async_trait]
    impl Transport for Echo {
        async fn call(&self, call: RawOutbound) -> TransportAnswer {
            self.0.lock().unwrap().push(call.body.clone());
            let status = if call.body == b"no" { 400 } else { 200 };
            match call.body.as_slice() {
                b"lost" => TransportAnswer::NotSent,
                _ => TransportAnswer::Answered { status, headers: Vec::new(), body: call.body },
            }
        }
    }

    fn send(text: &str) -> (SendOutcome, usize) {
        let channel = Channel::new("sms", ChannelKind::Sms).unwrap();
        let decision = DecisionId::from_uuid(TenantId::named("t").as_uuid());
        let message =
            Outbound::new((decision, channel.id.clone()), (Namespace::Phone, "+33"), text);
        let wired = Wired::new(Words(channel), Echo::default());
        let outcome = wired.carry(&message, Timestamp::MIN).now_or_never().unwrap();
        let calls = wired.transport.0.lock().unwrap().len();
        (outcome, calls)
    }

    #[test]
    fn a_message_is_accepted_under_its_first_calls_id() {
        let accepted = SendOutcome::Accepted { provider_id: "one".to_owned() };
        assert_eq!(send("one two three"), (accepted, 3));
    }

    #[test]
    fn nothing_is_called_after_a_call_that_was_not_accepted() {
        assert_eq!(send("no two"), (SendOutcome::Rejected { reason: "refused".to_owned() }, 1));
        assert_eq!(send("lost two"), (SendOutcome::Deferred { retry_at: Timestamp::MIN }, 1));
        let partial = |reason: &str| SendOutcome::Partial {
            provider_ids: vec!["one".to_owned()],
            reason: reason.to_owned(),
        };
        assert_eq!(send("one no three"), (partial("refused"), 2));
        assert_eq!(send("one lost three"), (partial("the provider asked to try later"), 2));
    }

    #[test]
    fn a_message_without_a_call_is_refused() {
        assert!(matches!(send(" "), (SendOutcome::Rejected { .. }, 0)));
    }

    #[test]
    fn a_listening_channel_says_that_it_only_listens() {
        let listening = Listening::new(Words(Channel::new("web", ChannelKind::Web).unwrap()));
        assert_eq!(listening.codec().channel().id.as_str(), "web");
    }

    #[test]
    fn what_a_provider_gives_no_id_is_named_by_its_decision() {
        let decision = DecisionId::from_uuid(TenantId::named("t").as_uuid());
        let sms = Channel::new("sms", ChannelKind::Sms).unwrap();
        let message = Outbound::new((decision, sms.id), (Namespace::Phone, "+33"), "hm");
        let id = |given: &str, part| {
            let taken = SendOutcome::Accepted { provider_id: given.to_owned() };
            named(taken, &message, part).provider_id().map(str::to_owned)
        };
        assert_eq!(id("p-1", 0).as_deref(), Some("p-1"));
        assert_eq!(id("", 0), Some(decision.to_string()));
        assert_eq!(id("", 1), Some(format!("{decision}#2")));
        assert_eq!(named(SendOutcome::Unknown, &message, 0), SendOutcome::Unknown);
    }
}
