//! Threading: an explicit reference first, else the reply window.
//!
//! A message that refers to another message of the same customer joins its conversation, on
//! whatever channel. One without such a reference continues the conversation of the customer's
//! message before it, if that is within the reply window; otherwise it opens a conversation.
//!
//! Costs one sort and near-constant work per message.

use std::collections::BTreeMap;

use crate::model::{
    Because, Conversation, ConversationId, MessageId, ThreadRules, Threaded, Touchpoint,
};

/// Derives one customer's conversations, the earliest first; the order of `touchpoints` does not
/// matter and those without a message are skipped.
pub fn thread<'a>(
    rules: &ThreadRules,
    touchpoints: impl IntoIterator<Item = &'a Touchpoint>,
) -> Vec<Conversation> {
    let mut said: Vec<&Touchpoint> =
        touchpoints.into_iter().filter(|touchpoint| touchpoint.message.is_some()).collect();
    said.sort_by_key(|touchpoint| (touchpoint.occurred.order(), touchpoint.id));
    said.dedup_by_key(|touchpoint| touchpoint.id);
    let place: BTreeMap<MessageId, usize> =
        said.iter().enumerate().map(|(at, t)| (MessageId::from(t.id), at)).collect();
    let links: Vec<Option<(usize, Because)>> =
        (0..said.len()).map(|at| link(rules, &said, &place, at)).collect();
    let roots = roots(&links);
    collect(&said, &links, &roots)
}

/// The message that one belongs to, and why.
fn link(
    rules: &ThreadRules,
    said: &[&Touchpoint],
    place: &BTreeMap<MessageId, usize>,
    at: usize,
) -> Option<(usize, Because)> {
    let message = said[at];
    let answered = message.answers.iter().find_map(|id| place.get(id).map(|to| (*to, *id)));
    if let Some((to, id)) = answered.filter(|(to, _)| *to != at) {
        return Some((to, Because::Answers(id)));
    }
    let before = said[at.checked_sub(1)?];
    let gap = message.occurred.at?.since(before.occurred.at?);
    (gap <= rules.reply_window()).then(|| (at - 1, Because::Followed(before.id.into())))
}

/// The first message of each one's conversation. A reference may point forwards where clocks
/// differ, so links are joined as sets, smallest place first.
fn roots(links: &[Option<(usize, Because)>]) -> Vec<usize> {
    fn root(parent: &mut [usize], mut at: usize) -> usize {
        while parent[at] != at {
            parent[at] = parent[parent[at]];
            at = parent[at];
        }
        at
    }
    let mut parent: Vec<usize> = (0..links.len()).collect();
    for (at, link) in links.iter().enumerate() {
        if let Some((to, _)) = link {
            let (a, b) = (root(&mut parent, at), root(&mut parent, *to));
            parent[a.max(b)] = a.min(b);
        }
    }
    (0..links.len()).map(|at| root(&mut parent, at)).collect()
}

fn collect(
    said: &[&Touchpoint],
    links: &[Option<(usize, Because)>],
    roots: &[usize],
) -> Vec<Conversation> {
    let mut conversations: BTreeMap<usize, Conversation> = BTreeMap::new();
    for (at, touchpoint) in said.iter().enumerate() {
        let Some(message) = touchpoint.message.clone() else { continue };
        let because = match links[at] {
            Some((_, because)) if roots[at] != at => because,
            _ => Because::Opened,
        };
        let id = ConversationId::from(MessageId::from(said[roots[at]].id));
        let conversation = conversations
            .entry(roots[at])
            .or_insert_with(|| Conversation { id, messages: Vec::new() });
        conversation.messages.push(Threaded {
            id: touchpoint.id.into(),
            channel: touchpoint.channel.clone(),
            channel_kind: touchpoint.channel_kind.clone(),
            occurred: touchpoint.occurred,
            message: *message,
            because,
        });
    }
    conversations.into_values().collect()
}
