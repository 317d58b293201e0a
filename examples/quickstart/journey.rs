//! The journey's data: raw requests, and what a shop configures.

use std::collections::BTreeSet;

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, Listening, RawInbound, Segment, TouchpointJson};
use omnichannel::hub::{Entropy, SeededEntropy};
use omnichannel::model::{
    ArrivalMode, Basket, Channel, ChannelId, ChannelKind, Configuration, Intent, Purpose,
    QuoteFacts, RecordId, TenantId, Timestamp,
};
use serde::Deserialize;
use serde_json::value::Value;

use crate::Failure;

#[derive(Deserialize)]
pub(crate) struct Journey {
    pub(crate) story: String,
    pub(crate) tenant: String,
    pub(crate) now: Timestamp,
    pub(crate) channels: Vec<Plug>,
    inputs: Vec<Input>,
    basket: Basket,
    intent: Wish,
    #[serde(skip)]
    pub(crate) configuration: Configuration,
}

/// A channel and the codec that it speaks.
#[derive(Deserialize)]
pub(crate) struct Plug {
    id: String,
    kind: ChannelKind,
    codec: String,
}

#[derive(Deserialize)]
struct Input {
    channel: ChannelId,
    received_at: Timestamp,
    body: Value,
}

#[derive(Deserialize)]
struct Wish {
    key: String,
    purpose: Purpose,
    occasion: String,
    channels: Vec<ChannelId>,
    text: String,
}

impl Journey {
    pub(crate) fn read() -> Result<Self, Failure> {
        let mut journey: Self = serde_json::from_str(include_str!("../data/gift.json"))?;
        let configuration = include_str!("../data/configuration.json");
        journey.configuration = serde_json::from_str(configuration)?;
        Ok(journey)
    }

    /// The raw requests, in the order of the file.
    pub(crate) fn requests(&self, tenant: TenantId) -> Result<Vec<RawInbound>, Failure> {
        let request = |input: &Input| {
            let body = serde_json::to_vec(&input.body)?;
            Ok(RawInbound::new(tenant, input.channel.clone(), body)
                .received_at(input.received_at)
                .mode(ArrivalMode::Live)
                .attested("told by the example's own data"))
        };
        self.inputs.iter().map(request).collect()
    }

    /// What the basket costs now. Nothing in the question names a channel.
    pub(crate) fn question(&self) -> QuoteFacts {
        QuoteFacts::new(self.now, self.basket.clone())
    }

    pub(crate) fn intent(&self, subject: RecordId) -> Intent {
        let wish = &self.intent;
        Intent {
            occasion: wish.occasion.clone(),
            channels: wish.channels.clone(),
            ..Intent::new(
                wish.key.clone(),
                subject,
                wish.purpose.clone(),
                wish.channels[0].clone(),
                wish.text.clone(),
            )
        }
    }
}

impl Plug {
    pub(crate) fn plug_into(&self, hub: Hub, tenant: TenantId) -> Result<Hub, Failure> {
        let channel = Channel::new(self.id.as_str(), self.kind.clone())?;
        let keys = KeyRing::default();
        match self.codec.as_str() {
            "segment" => Ok(hub.channel(tenant, Listening::new(Segment::new(channel)), keys)),
            "touchpoint" => {
                Ok(hub.channel(tenant, Listening::new(TouchpointJson::new(channel)), keys))
            }
            other => Err(format!("no codec is called {other}").into()),
        }
    }
}

/// Another order, with duplicates; the same for the same seed.
pub(crate) fn shuffled(requests: &[RawInbound], seed: u64) -> Vec<RawInbound> {
    let dice = SeededEntropy::new(seed);
    let below = |sides: usize| usize::try_from(dice.next_u64() % sides.max(1) as u64).unwrap_or(0);
    let again: BTreeSet<usize> = (0..requests.len() / 2).map(|_| below(requests.len())).collect();
    let mut mixed = requests.to_vec();
    mixed.extend(again.into_iter().map(|at| requests[at].clone()));
    for at in (1..mixed.len()).rev() {
        mixed.swap(at, below(at + 1));
    }
    mixed
}
