//! Codecs that break one clause of sending or declaring, and fail it.

use std::panic::{AssertUnwindSafe, catch_unwind};

use omnichannel::Result;
use omnichannel::channel::{
    Ask, Call, ChannelCodec, Health, RawInbound, RawOutbound, SignatureScheme, Told,
    TransportAnswer, Verified,
};
use omnichannel::model::{
    Act, Capabilities, Channel, ChannelKind, ChannelProfile, DecisionId, Decoded, DeliveryStatus,
    Element, Event, EventKind, Form, LengthUnit, Namespace, Occurred, Outbound, Receipt,
    SendOutcome, TenantId, TextLimit, Timestamp,
};
use omnichannel::testkit::channel::{CLAUSES, ChannelFixture};

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Flaw {
    None,
    PlansNothing,
    WritesToAnybody,
    ForgetsItsLimit,
    IsShorterThanDeclared,
    TakesSilenceForSuccess,
    RejectsWhatIsBusy,
    RejectsAFault,
    TellsWhatNeverComes,
    NamesNoSource,
    DeclaresNoForm,
    ForgetsAForm,
    SendsWordsInstead,
    TakesSilenceForHealth,
}

#[derive(Debug)]
struct Chat(Flaw, Channel, Capabilities, ChannelProfile);

impl Chat {
    fn new(flaw: Flaw) -> Self {
        let channel = Channel::new("chat", ChannelKind::Messaging).unwrap();
        let can = Capabilities::INBOUND.sending_to(Namespace::MessagingId);
        let mut known = omnichannel::channel::profile::messenger();
        if flaw == Flaw::NamesNoSource {
            known.texts[0].source = " ".into();
        }
        let elements: &[Element] =
            if flaw == Flaw::DeclaresNoForm { &[] } else { &[Element::Typing] };
        let can = can.with_text(100, LengthUnit::Utf16Unit).with_elements(elements);
        Self(flaw, channel, can, known)
    }
}

impl ChannelCodec for Chat {
    fn channel(&self) -> &Channel {
        &self.1
    }

    fn capabilities(&self) -> &Capabilities {
        &self.2
    }

    fn profile(&self) -> &ChannelProfile {
        &self.3
    }

    fn scheme(&self) -> SignatureScheme {
        SignatureScheme::Attested
    }

    fn decode(&self, request: &Verified<RawInbound>) -> Decoded {
        let mut event = Event::new(0, EventKind::Receipt, Act::Sent, Occurred::UNKNOWN);
        let status = match self.0 {
            Flaw::TellsWhatNeverComes => DeliveryStatus::Clicked,
            _ => DeliveryStatus::Read,
        };
        event.receipt = Some(Receipt::new("m-1", status));
        let events = if request.request().body == b"read" { vec![event] } else { Vec::new() };
        Decoded { events, ..Decoded::default() }
    }

    fn plan(&self, message: &Outbound) -> Result<Vec<RawOutbound>> {
        let refused = |kind| Err(omnichannel::Error::new(kind, "no"));
        if message.namespace != Namespace::MessagingId && self.0 != Flaw::WritesToAnybody {
            return refused(omnichannel::ErrorKind::Unsupported);
        }
        let max = match self.0 {
            Flaw::ForgetsItsLimit => 1_000,
            Flaw::IsShorterThanDeclared => 99,
            _ => 100,
        };
        let typing = matches!(message.form, Form::Typing { .. });
        if !(message.form.is_words() || typing) {
            return refused(omnichannel::ErrorKind::Unsupported);
        }
        if typing {
            let body: &[u8] = match self.0 {
                Flaw::ForgetsAForm => return refused(omnichannel::ErrorKind::Invalid),
                Flaw::SendsWordsInstead => b"Hello",
                _ => b"...",
            };
            return Ok(vec![call(body)]);
        }
        let text = message.text.expose();
        let limit = TextLimit { max, unit: LengthUnit::Utf16Unit };
        if text.trim().is_empty() || !limit.fits(text) {
            return refused(omnichannel::ErrorKind::Invalid);
        }
        Ok(if self.0 == Flaw::PlansNothing { Vec::new() } else { vec![call(text.as_bytes())] })
    }

    fn ask(&self, ask: &Ask) -> Option<Call> {
        (*ask == Ask::Health).then(|| Call::Provider(call(b"")))
    }

    fn told(&self, _: &Ask, answer: &TransportAnswer) -> Result<Told> {
        Ok(Told::Health(match self.0 {
            Flaw::TakesSilenceForHealth => Health::Up,
            _ => Health::of(answer),
        }))
    }

    fn interpret(&self, answer: &TransportAnswer, now: Timestamp) -> SendOutcome {
        let accepted = || SendOutcome::Accepted { provider_id: "m-1".to_owned() };
        let rejected = || SendOutcome::Rejected { reason: "no".to_owned() };
        let later =
            || SendOutcome::Deferred { retry_at: now.plus(std::time::Duration::from_secs(30)) };
        match answer {
            TransportAnswer::NotSent => later(),
            TransportAnswer::NoAnswer if self.0 == Flaw::TakesSilenceForSuccess => accepted(),
            TransportAnswer::NoAnswer => SendOutcome::Unknown,
            TransportAnswer::Answered { status: 429, .. } => {
                if self.0 == Flaw::RejectsWhatIsBusy {
                    rejected()
                } else {
                    later()
                }
            }
            TransportAnswer::Answered { status: 408 | 500..=599, .. } => {
                if self.0 == Flaw::RejectsAFault { rejected() } else { SendOutcome::Unknown }
            }
            TransportAnswer::Answered { status: 200..=299, .. } => accepted(),
            TransportAnswer::Answered { .. } => rejected(),
        }
    }
}

fn call(body: &[u8]) -> RawOutbound {
    let (method, path) = ("POST".to_owned(), "/".to_owned());
    RawOutbound { method, path, headers: Vec::new(), body: body.to_vec() }
}

/// The clauses of sending and declaring that a codec with a flaw fails.
fn failed(flaw: Flaw) -> Vec<&'static str> {
    let fixture = ChannelFixture::new(Chat::new(flaw)).sample("read").address("1");
    let fixture = fixture.form(Form::Typing { to: None });
    let clauses = CLAUSES.iter().skip(7);
    let failed =
        clauses.filter(|(_, clause)| catch_unwind(AssertUnwindSafe(|| clause(&fixture))).is_err());
    failed.map(|(name, _)| *name).collect()
}

#[test]
fn a_table_that_does_not_hold_fails_its_clause() {
    let fails = |event: &str, call: &str| {
        let codec = Chat::new(Flaw::None);
        let decision = DecisionId::from_uuid(TenantId::named("t").as_uuid());
        let whom = (Namespace::MessagingId, "1");
        let message = Outbound::new((decision, codec.1.id.clone()), whom, "Hello");
        let fixture = ChannelFixture::new(codec).reads("read", &[event]).writes(message, &[call]);
        let (_, clause) = CLAUSES[14];
        catch_unwind(AssertUnwindSafe(|| clause(&fixture))).is_err()
    };
    assert!(!fails("receipt sent - - - -", "POST / Hello"));
    assert!(fails("receipt delivered - - - -", "POST / Hello"));
    assert!(fails("receipt sent - - - -", "POST / Goodbye"));
}

#[test]
fn each_flaw_fails_its_clause_and_no_other() {
    for (flaw, clause) in [
        (Flaw::PlansNothing, "sending_is_as_declared"),
        (Flaw::WritesToAnybody, "sending_is_as_declared"),
        (Flaw::ForgetsItsLimit, "texts_keep_their_limit"),
        (Flaw::IsShorterThanDeclared, "texts_keep_their_limit"),
        (Flaw::TakesSilenceForSuccess, "a_transient_fault_rejects_nothing"),
        (Flaw::RejectsWhatIsBusy, "a_transient_fault_rejects_nothing"),
        (Flaw::RejectsAFault, "a_transient_fault_rejects_nothing"),
        (Flaw::TellsWhatNeverComes, "receipts_are_declared"),
        (Flaw::NamesNoSource, "sources_are_named"),
        (Flaw::DeclaresNoForm, "forms_are_as_declared"),
        (Flaw::ForgetsAForm, "forms_are_as_declared"),
        (Flaw::SendsWordsInstead, "forms_are_as_declared"),
        (Flaw::TakesSilenceForHealth, "answers_are_total"),
    ] {
        assert_eq!(failed(flaw), [clause], "{flaw:?}");
    }
    assert!(failed(Flaw::None).is_empty());
}
