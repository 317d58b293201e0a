//! Who a message is from or to: number, business-scoped id, the contact that fits.

use super::Reading;
use crate::channel::json::Object;
use crate::model::{Event, Identifier, Namespace, Pii, Rejection};

/// The namespace of ids that several portfolios share. They identify; nobody is written to by one.
const PARENT: &str = "whats_app_parent";

/// Digits of a telephone number with its country: at least, and at most as E.164 says.
const NUMBER_DIGITS: std::ops::RangeInclusive<usize> = 5..=15;

/// What a body tells of one party.
#[derive(Default, Clone, Copy)]
pub(super) struct Party<'a> {
    pub(super) number: Option<&'a str>,
    pub(super) user: Option<&'a str>,
    pub(super) parent: Option<&'a str>,
    pub(super) name: Option<&'a str>,
    pub(super) username: Option<&'a str>,
}

impl<'a> Party<'a> {
    /// The ids that an object tells under these names.
    pub(super) fn told(
        of: &Object<'a>,
        number: &[&str],
        user: &[&str],
        parent: &[&str],
    ) -> Result<Self, Rejection> {
        let (number, user) = (of.id(number)?, of.id(user)?);
        Ok(Self { number, user, parent: of.id(parent)?, ..Self::default() })
    }

    fn contradicts(&self, other: &Self) -> bool {
        let differ = |a: Option<&str>, b: Option<&str>| a.zip(b).is_some_and(|(a, b)| a != b);
        differ(self.number, other.number) || differ(self.user, other.user)
    }

    fn shares(&self, other: &Self) -> bool {
        let equal = |a: Option<&str>, b: Option<&str>| a.is_some() && a == b;
        equal(self.number, other.number) || equal(self.user, other.user)
    }

    fn with(self, contact: Self) -> Self {
        Self {
            number: self.number.or(contact.number),
            user: self.user.or(contact.user),
            parent: self.parent.or(contact.parent),
            name: contact.name,
            username: contact.username,
        }
    }

    /// The party's identifiers, the strongest first.
    pub(super) fn identifiers(&self, scope: &str) -> Vec<Identifier> {
        let mut identifiers = Vec::new();
        for id in [self.number, self.user].into_iter().flatten() {
            identifiers.extend(identify(id, scope));
        }
        let parent = self.parent.filter(|id| !id.trim().is_empty());
        identifiers
            .extend(parent.map(|id| Identifier::proven(Namespace::Other(PARENT.to_owned()), id)));
        identifiers.dedup();
        identifiers
    }
}

/// The identifiers that one id is: a number is two, another one means something within `scope`.
fn identify(id: &str, scope: &str) -> Vec<Identifier> {
    let digits = id.strip_prefix('+').unwrap_or(id);
    let is_number =
        NUMBER_DIGITS.contains(&digits.len()) && digits.bytes().all(|byte| byte.is_ascii_digit());
    let whats_app = Identifier::proven(Namespace::WhatsApp, id);
    match is_number {
        true => vec![whats_app, Identifier::proven(Namespace::Phone, format!("+{digits}"))],
        false => vec![whats_app.scoped(scope)],
    }
}

impl<'a> Reading<'_, 'a> {
    /// The party with what its contact adds: the one that shares an id, else the only one that
    /// contradicts nothing.
    pub(super) fn known(&self, party: Party<'a>) -> Party<'a> {
        let contact = |contact: &Object<'a>| {
            let told = Party::told(contact, &["wa_id"], &["user_id"], &["parent_user_id"]);
            let told = told.unwrap_or_default();
            let profile = contact.object_leniently(&["profile"]);
            let text = |name: &str| profile.as_ref()?.text(&[name]).ok().flatten();
            Party { name: text("name"), username: text("username"), ..told }
        };
        let fitting: Vec<Party<'a>> =
            self.contacts.iter().map(contact).filter(|it| !it.contradicts(&party)).collect();
        let shared = fitting.iter().position(|it| it.shares(&party));
        let only = (self.contacts.len() == 1 && fitting.len() == 1).then_some(0);
        match shared.or(only) {
            Some(at) => party.with(fitting[at]),
            None => party,
        }
    }

    /// Says whom an event is about.
    pub(super) fn about(&self, event: &mut Event, party: &Party<'_>) {
        event.identifiers = party.identifiers(self.scope);
        event.sender = event.identifiers.first().cloned();
        for (field, value) in [("name", party.name), ("username", party.username)] {
            if let Some(value) = value {
                event.attributes.insert(field.to_owned(), Pii::new(value.to_owned()));
            }
        }
    }
}
