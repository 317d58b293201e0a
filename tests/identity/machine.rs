//! Any history of observing, ruling, correcting, erasing, configuring and opening again.
//!
//! Method: a state machine under proptest. Every history runs on one store; after each step the
//! laws of [`crate::bounds`] are checked on all views, and what fails shrinks to a few steps.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, Listening, RawInbound, TouchpointJson};
use omnichannel::engine::{Fate, Portrait, verdict};
use omnichannel::model::{
    Channel, ChannelId, ChannelKind, Configuration, IdentityRules, Limit, LinkRule, Namespace,
    RecordId, Ruling, TenantId, Verdict,
};
use omnichannel::storage::MemoryStore;
use omnichannel::testkit::block_on;
use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::bounds::{self, Ties};
use crate::common::{Dice, hub, request, tenant};
use crate::history::{CHANNELS, Value, record, rules, ruling, sender, value};
use crate::told::{digest, erasure_key, portraits};

/// One step of a history.
#[derive(Debug, Clone)]
enum Step {
    /// A touchpoint; of one slot and channel each is a copy of the same, the highest revision
    /// counts.
    See(Seen),
    /// A verdict on the senders of two touchpoints, seen or not.
    Rule((usize, Value), (usize, Value), Ruling, u8),
    /// Whoever is at this place of the list of customers is erased.
    Erase(usize),
    /// Other rules are put in force.
    Configure(usize),
    /// The hub is dropped and another opened over the same store.
    Reopen,
}

#[derive(Debug, Clone)]
struct Seen {
    slot: u8,
    revision: u8,
    channel: usize,
    sender: Value,
    others: Vec<Value>,
    day: Option<u16>,
}

fn step() -> impl Strategy<Value = Step> {
    let others = prop::collection::vec(value(), 0..3);
    let day = prop::option::weighted(0.9, 0..600u16);
    let seen = (0..12u8, 0..3u8, 0..CHANNELS.len(), sender(), others, day);
    let seen = seen.prop_map(|(slot, revision, channel, sender, others, day)| {
        Step::See(Seen { slot, revision, channel, sender, others, day })
    });
    let named = || (0..CHANNELS.len(), sender());
    let ruling = ruling();
    let rule = (named(), named(), ruling, 0..24u8)
        .prop_map(|(one, other, ruling, hour)| Step::Rule(one, other, ruling, hour));
    prop_oneof![
        12 => seen,
        4 => rule,
        1 => (0..8usize).prop_map(Step::Erase),
        1 => (0..3usize).prop_map(Step::Configure),
        1 => Just(Step::Reopen),
    ]
}

/// Rules of three shops: with every protection, as they come, and with other kinds of bounds.
fn shop(number: usize) -> IdentityRules {
    match number {
        0 => rules(),
        1 => IdentityRules::default(),
        _ => {
            let account = LinkRule { strong: false, ..LinkRule::of(&Namespace::Account) };
            let mail = LinkRule { limit: Some(Limit::ever(1)), ..LinkRule::of(&Namespace::Email) };
            let cookie =
                LinkRule { limit: Some(Limit::within(1, 30)), ..LinkRule::of(&Namespace::Cookie) };
            let card = LinkRule { links: false, ..LinkRule::of(&Namespace::LoyaltyCard) };
            IdentityRules { records_max: 4, bearers_max: 5, ..IdentityRules::default() }
                .with(Namespace::Account, account)
                .with(Namespace::Email, mail)
                .with(Namespace::Cookie, cookie)
                .with(Namespace::LoyaltyCard, card)
        }
    }
}

fn configuration(number: usize) -> Configuration {
    Configuration { identity: shop(number), ..Configuration::default() }
}

fn neighbour() -> TenantId {
    TenantId::named("another house")
}

fn json((namespace, value, verified): &Value) -> Json {
    let value = match *namespace {
        "email" => format!("p{value}@example.org"),
        "phone" => format!("+3361234567{value}"),
        _ => format!("{namespace}-{value}"),
    };
    json!({"namespace": namespace, "value": value, "verified": verified})
}

impl Seen {
    fn request(&self) -> RawInbound {
        let mut body = json!({
            "id": format!("s{}", self.slot), "revision": self.revision, "act": "visited",
            "sender": json(&self.sender),
            "identifiers": self.others.iter().map(json).collect::<Vec<_>>(),
            "attributes": {"name": self.sender.1},
        });
        if let Some(day) = self.day {
            let at = 1_700_000_000 + i64::from(day) * 86_400;
            let at = chrono::DateTime::from_timestamp(at, 0).expect("a time");
            body["occurred_at"] = at.to_rfc3339().into();
        }
        request(CHANNELS[self.channel], &body.to_string())
    }
}

fn open(store: &Arc<MemoryStore>) -> Hub {
    let web = Channel::new("web", ChannelKind::Web).expect("a channel");
    hub(Arc::clone(store)).erasure_keys(erasure_key(), []).channel(
        neighbour(),
        Listening::new(TouchpointJson::new(web)),
        KeyRing::default(),
    )
}

/// A world under test, and what is known of it.
struct World {
    store: Arc<MemoryStore>,
    hub: Hub,
    shop: usize,
    /// What was told and taken, unless somebody was erased.
    told: Option<Vec<RawInbound>>,
    verdicts: Vec<Verdict>,
    /// Of each touchpoint, how many times it was told and on which records.
    copies: BTreeMap<(usize, u8), (usize, BTreeSet<RecordId>)>,
    /// Every id of a record that any view ever showed.
    shown: BTreeSet<RecordId>,
    neighbours: Vec<Portrait>,
}

impl World {
    fn new() -> Self {
        let store = Arc::new(MemoryStore::new());
        let hub = open(&store);
        block_on(hub.configure(configuration(0))).expect("configured");
        let mut world = Self {
            store,
            hub,
            shop: 0,
            told: Some(Vec::new()),
            verdicts: Vec::new(),
            copies: BTreeMap::new(),
            shown: BTreeSet::new(),
            neighbours: Vec::new(),
        };
        // The neighbours know the same values.
        for value in 0..4 {
            let mail = json!({"namespace": "email", "value": format!("p{value}@example.org")});
            let body = json!({
                "id": format!("s{value}"), "act": "visited",
                "sender": json(&("account", value, true)),
                "identifiers": [mail, {"namespace": "cookie", "value": "cookie-1"}],
            });
            let channel = ChannelId::new("web").expect("a name");
            let request = RawInbound::new(neighbour(), channel, body.to_string());
            block_on(world.hub.receive(request.attested("the test"))).expect("received");
        }
        world.neighbours = world.of_neighbours();
        world
    }

    fn of_neighbours(&self) -> Vec<Portrait> {
        block_on(self.hub.portraits(neighbour())).expect("views")
    }

    /// Takes a step; gives the records that it concerns, or `None` where it may concern all.
    fn take(&mut self, step: &Step) -> Option<BTreeSet<RecordId>> {
        match step {
            Step::See(seen) => {
                let reception = block_on(self.hub.receive(seen.request())).expect("received");
                let (times, copies) = self.copies.entry((seen.channel, seen.slot)).or_default();
                *times += 1;
                copies.extend(reception.taken.iter().filter_map(|taken| taken.record));
                assert!(reception.rejected.iter().all(|refused| refused.code.name() == "erased"));
                if let (Some(told), false) = (&mut self.told, reception.taken.is_empty()) {
                    told.push(seen.request());
                }
                Some(copies.clone())
            }
            Step::Rule(one, other, ruling, hour) => {
                let (a, b) = (record(one), record(other));
                if a == b {
                    return Some(BTreeSet::new());
                }
                let at = format!("2026-03-01T{hour:02}:00:00Z").parse().expect("a time");
                let verdict = verdict(&self.hub.context(tenant()), (a, b), *ruling, at, "Ana", "x");
                let fate = block_on(self.hub.record_verdict(tenant(), verdict.clone()));
                if fate.expect("ruled") == Fate::Accepted {
                    self.verdicts.push(verdict);
                }
                Some(BTreeSet::from([a, b]))
            }
            Step::Erase(at) => {
                let all = portraits(&self.hub);
                let Some(gone) = all.get(at % all.len().max(1)) else {
                    return Some(BTreeSet::new());
                };
                let records: BTreeSet<_> = gone.customer.records.iter().map(|r| r.id).collect();
                let erased = block_on(self.hub.erase(tenant(), gone.customer.id, "r"));
                assert!(erased.expect("erased").is_complete());
                self.verdicts.retain(|v| !records.contains(&v.a) && !records.contains(&v.b));
                self.told = None;
                // Copies that name the person go from the facts of others, too.
                let several = self.copies.values().filter(|(times, _)| *times > 1);
                let several = several.flat_map(|(_, records)| records.iter().copied());
                Some(records.into_iter().chain(several).collect())
            }
            Step::Configure(number) => {
                block_on(self.hub.configure(configuration(*number))).expect("configured");
                self.shop = *number;
                self.neighbours = self.of_neighbours();
                None
            }
            Step::Reopen => {
                self.hub = open(&self.store);
                Some(BTreeSet::new())
            }
        }
    }

    /// Takes a step and checks every law.
    fn check(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let (before, ruled_before) = (portraits(&self.hub), self.verdicts.clone());
        let concerned = self.take(step);
        let after = portraits(&self.hub);
        let rules = shop(self.shop);
        prop_assert!(self.hub.configuration().identity == rules || matches!(step, Step::Reopen));
        prop_assert_eq!(self.of_neighbours(), self.neighbours.clone(), "nothing across tenants");
        if let Some(concerned) = concerned {
            let verdicts = ruled_before.iter().chain(&self.verdicts);
            let touched = Ties::of(&before, &after, verdicts).from(concerned);
            bounds::only_touched_changed(&before, &after, &touched)?;
        }
        let in_force = bounds::in_force(&self.verdicts);
        bounds::customers_keep_constraints(&rules, &after, &in_force)?;
        bounds::must_links_are_kept_or_reported(&self.hub, &in_force)?;
        let records = after.iter().flat_map(|portrait| &portrait.customer.records);
        self.shown.extend(records.map(|record| record.id));
        bounds::every_id_resolves(&self.hub, &after, &self.shown)
    }

    /// What these views are, if all is told at once in another order; and what an export says.
    fn rebuilt(&self, seed: u64) -> Result<(), TestCaseError> {
        let fresh =
            || hub(MemoryStore::new()).configured(configuration(self.shop)).expect("fine rules");
        let expected = digest(&self.hub);
        let mut dice = Dice::new(seed);
        if let Some(mut told) = self.told.clone() {
            let other = fresh();
            dice.shuffle(&mut told);
            let (first, second) = self.verdicts.split_at(self.verdicts.len() / 2);
            let rule = |verdict: &Verdict| {
                block_on(other.record_verdict(tenant(), verdict.clone())).expect("ruled");
            };
            second.iter().for_each(rule);
            for request in told {
                block_on(other.receive(request)).expect("received");
            }
            first.iter().for_each(rule);
            prop_assert_eq!(digest(&other), expected, "the same facts in another order");
        }
        let other = fresh().erasure_keys(erasure_key(), []);
        let mut export = self.hub.export(tenant());
        let mut import = other.import(tenant());
        while let Some(page) = block_on(export.next()).expect("exported") {
            block_on(import.take(&page)).expect("imported");
        }
        drop(import);
        prop_assert_eq!(digest(&other), expected, "what an export says");
        Ok(())
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn every_law_holds_after_every_step_of_any_history(
        steps in prop::collection::vec(step(), 1..32),
        seed in any::<u64>(),
    ) {
        let mut world = World::new();
        for step in &steps {
            world.check(step)?;
        }
        world.rebuilt(seed)?;
    }
}
