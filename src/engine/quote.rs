//! Answers what a basket costs this person.
//!
//! The book's answer, with what identity knows of them.

use super::read::{endpoints, locate};
use super::{Context, Reading, Step, View};
use crate::model::{Namespace, Quote, QuoteFacts, RecordId};
use crate::offer;

/// Quotes a basket. Where the person is known, membership is: whoever holds a loyalty card is a
/// member, on whatever channel they ask. Two rounds.
///
/// # Errors
///
/// [`super::Pause`].
pub fn quote(
    context: &Context<'_>,
    view: &View,
    person: Option<RecordId>,
    facts: &QuoteFacts,
) -> Step<Quote> {
    let mut facts = facts.clone();
    if let Some(record) = person
        && let Some(found) = locate(context, &mut Reading::of(view), record)?
    {
        let held = endpoints(&found.component, &found.cluster);
        let card = |namespace: &Namespace| *namespace == Namespace::LoyaltyCard;
        facts.person.member |= held.iter().any(|held| held.linking && card(&held.namespace));
    }
    Ok(offer::quote(&context.configuration.book, &facts))
}
