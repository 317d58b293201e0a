//! The clauses of forms and of questions: declared, done, and answered.

use super::ChannelFixture;
use super::honest::message;
use crate::ErrorKind;
use crate::channel::{Ask, Call, Health, Told, TransportAnswer};
use crate::model::{BlobRef, Element, Form, Outbound, Pii, Support};

/// One form of each element that a message can have.
fn every_form() -> Vec<Form> {
    let id = || "1".to_owned();
    let file = |media_type| Form::File(BlobRef::new("https://shop.example/file", media_type));
    vec![
        Form::Template { name: id(), language: "fr".to_owned(), values: vec![Pii::new(id())] },
        file("image/png"),
        file("video/mp4"),
        file("audio/ogg"),
        file("application/pdf"),
        Form::Edit { of: id() },
        Form::Delete { of: id() },
        Form::Reaction { to: id(), sign: "heart".to_owned() },
        Form::Typing { to: Some(id()) },
    ]
}

/// Clause 13: what is declared beside words is planned, and nothing else.
///
/// Every declared element has a form in the fixture, which plans calls that a text does not, the
/// same ones each time; a form that is not declared is refused as [`ErrorKind::Unsupported`], and
/// so is none that the profile says the provider refuses or drops.
pub fn forms_are_as_declared(fixture: &ChannelFixture) {
    let named = "forms_are_as_declared";
    let (can, known) = (fixture.codec.capabilities(), fixture.codec.profile());
    for element in can.elements.iter() {
        let refused = known.elements.iter().any(|known| {
            let (of, support) = known.value;
            of == *element && matches!(support, Support::Rejected | Support::Dropped)
        });
        assert!(!refused, "{named}: {element:?} is declared, and the provider shows none");
    }
    let sends = can.sends_to.clone().zip(fixture.address.as_deref());
    let Some((namespace, address)) = sends else { return };
    let said = |form: &Form| {
        let text = if form.needs_words() { "Hello" } else { "" };
        Outbound { form: form.clone(), ..message(fixture, (namespace.clone(), address), text) }
    };
    let words = fixture.codec.plan(&said(&Form::Words)).ok();
    for element in can.elements.iter() {
        let given = fixture.forms.iter().find(|form| form.element() == Some(*element));
        let Some(form) = given else {
            panic!("{named}: {element:?} is declared; give the fixture a form of it")
        };
        let calls = fixture.codec.plan(&said(form)).ok();
        assert!(calls.as_ref().is_some_and(|it| !it.is_empty()), "{named}: {element:?}: no call");
        assert!(calls != words, "{named}: {element:?} leaves as words do");
        assert!(calls == fixture.codec.plan(&said(form)).ok(), "{named}: {element:?}: other calls");
    }
    for form in every_form() {
        let element: Option<Element> = form.element();
        if element.is_none_or(|element| can.elements.contains(&element)) {
            continue;
        }
        let kind = fixture.codec.plan(&said(&form)).err().map(|error| error.kind());
        assert_eq!(kind, Some(ErrorKind::Unsupported), "{named}: {element:?} is not declared");
    }
}

/// Clause 14: what can be asked is answered, whatever the provider says.
///
/// Silence, faults and any bytes give an answer or an error, without a panic and without a value of
/// the answer; silence tells nothing; health is always told.
pub fn answers_are_total(fixture: &ChannelFixture) {
    let named = "answers_are_total";
    let address = fixture.address.as_deref().unwrap_or("1");
    for ask in Ask::each(address, "1") {
        let call = fixture.codec.ask(&ask);
        assert!(call == fixture.codec.ask(&ask), "{named}: `{}`: other calls", ask.name());
        if !matches!(call, Some(Call::Provider(_))) {
            continue;
        }
        let heard = |answer: &TransportAnswer| {
            let told = fixture.codec.told(&ask, answer);
            let is_health = matches!(told, Ok(Told::Health(_)));
            assert_eq!(is_health, ask == Ask::Health, "{named}: `{}`", ask.name());
            if let Err(error) = &told {
                let text = format!("{error} {error:?}");
                let shown = fixture.secrets.iter().any(|secret| text.contains(secret.as_str()));
                assert!(!shown, "{named}: an error shows a value of the answer");
            }
            told
        };
        for silence in [TransportAnswer::NotSent, TransportAnswer::NoAnswer] {
            let nothing = match heard(&silence) {
                Ok(Told::Health(health)) => matches!(health, Health::Down { .. }),
                Err(error) => error.kind() == ErrorKind::Unavailable,
                Ok(_) => false,
            };
            assert!(nothing, "{named}: `{}`: silence tells something", ask.name());
        }
        fixture.for_each_body(|body| {
            for status in [200, 400, 404, 429, 500] {
                let (headers, body) = (Vec::new(), body.to_vec());
                drop(heard(&TransportAnswer::Answered { status, headers, body }));
            }
        });
    }
}
