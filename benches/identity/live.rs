//! Single changes over many records in memory.

use std::time::Duration;

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, Listening, RawInbound, TouchpointJson};
use omnichannel::engine::verdict;
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::{
    Channel, ChannelId, ChannelKind, IdKey, RecordId, Ruling, TenantId, Timestamp,
};
use omnichannel::storage::MemoryStore;
use tokio::runtime::Runtime;

use crate::clock::by_the_clock;
use crate::{Failure, report};

/// How often each change is measured.
const TIMES: usize = 5_000;

struct Desk {
    hub: Hub,
    runtime: Runtime,
    touchpoints: usize,
}

impl Desk {
    fn new() -> Result<Self, Failure> {
        let keys = Keys { id_key: IdKey::new(&[7; 32])? };
        let now: Timestamp = "2026-03-14T20:40:00Z".parse()?;
        let mut hub =
            Hub::new(MemoryStore::new(), keys, FixedClock::new(now), SeededEntropy::new(1));
        for (id, kind) in [("web", ChannelKind::Web), ("store", ChannelKind::Store)] {
            let codec = TouchpointJson::new(Channel::new(id, kind)?);
            hub = hub.channel(tenant(), Listening::new(codec), KeyRing::default());
        }
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        Ok(Self { hub, runtime, touchpoints: 0 })
    }

    /// A touchpoint of the sender on a channel, showing other identifiers.
    fn request(
        &mut self,
        channel: &str,
        sender: (&str, &str),
        others: &[(&str, &str)],
    ) -> Result<RawInbound, Failure> {
        let id = self.touchpoints;
        self.touchpoints += 1;
        let json = |(namespace, value): &(&str, &str)| {
            format!(r#"{{"namespace":"{namespace}","value":"{value}"}}"#)
        };
        let others: Vec<String> = others.iter().chain([&sender]).map(json).collect();
        let (day, minute) = (1 + id % 27, id % 60);
        let body = format!(
            r#"{{"id":"t-{id}","act":"visited","occurred_at":"2026-02-{day:02}T10:{minute:02}:00Z",
            "sender":{},"identifiers":[{}]}}"#,
            json(&sender),
            others.join(","),
        );
        let raw = RawInbound::new(tenant(), ChannelId::new(channel)?, body.into_bytes());
        Ok(raw.attested("made by the bench"))
    }

    fn receive_all(&self, requests: Vec<RawInbound>) -> Result<Vec<RecordId>, Failure> {
        let received = self.runtime.block_on(self.hub.receive_many(requests))?;
        let taken = received.iter().flat_map(|reception| &reception.taken);
        Ok(taken.filter_map(|taken| taken.record).collect())
    }

    fn time(&self, raw: RawInbound) -> Result<Duration, Failure> {
        let began = by_the_clock();
        let received = self.runtime.block_on(self.hub.receive(raw));
        let took = by_the_clock() - began;
        if received?.taken.len() != 1 {
            return Err("the touchpoint was not taken".into());
        }
        Ok(took)
    }
}

fn tenant() -> TenantId {
    TenantId::named("bench")
}

/// Two records of each person: on the web by cookie and mail, in the store by card and mail.
pub(crate) fn changes(records: usize) -> Result<(), Failure> {
    let mut desk = Desk::new()?;
    let persons = records / 2;
    let began = by_the_clock();
    for from in (0..persons).step_by(500) {
        let mut batch = Vec::new();
        for person in from..(from + 500).min(persons) {
            let (mail, card) = (format!("p{person}@example.org"), format!("card-{person}"));
            let cookie = format!("cookie-{person}");
            batch.push(desk.request("web", ("cookie", &cookie), &[("email", &mail)])?);
            batch.push(desk.request("store", ("loyalty_card", &card), &[("email", &mail)])?);
        }
        desk.receive_all(batch)?;
    }
    println!("{records} records, filled in {:.0} s", (by_the_clock() - began).as_secs_f64());
    let (mut new, mut again, mut joined, mut merged) = (vec![], vec![], vec![], vec![]);
    for at in 0..TIMES.min(persons / 2) {
        let person = at * 7_919 % (persons / 2);
        let (mail, cookie) = (format!("p{person}@example.org"), format!("cookie-{person}"));
        let fresh = format!("fresh-{at}");
        let raw = desk.request("web", ("cookie", &fresh), &[])?;
        new.push(desk.time(raw)?);
        let raw = desk.request("web", ("cookie", &cookie), &[("email", &mail)])?;
        again.push(desk.time(raw)?);
        let logged = format!("logged-in-{at}");
        let raw = desk.request("web", ("cookie", &logged), &[("email", &mail)])?;
        joined.push(desk.time(raw)?);
        // The fresh visitor turns out to be somebody known.
        let known = format!("p{}@example.org", person + persons / 2);
        let raw = desk.request("web", ("cookie", &fresh), &[("email", &known)])?;
        merged.push(desk.time(raw)?);
    }
    let all = [&new, &again, &joined, &merged].into_iter().flatten().copied().collect();
    report("a first touch", new);
    report("a known record again", again);
    report("a new record of a known customer", joined);
    report("a merge", merged);
    report("all of these", all);
    Ok(())
}

/// Two hundred records in two halves that a person joined; another takes it back.
pub(crate) fn unmerge(times: usize) -> Result<(), Failure> {
    let mut desk = Desk::new()?;
    let (mut merges, mut unmerges) = (Vec::new(), Vec::new());
    for at in 0..times {
        let mut batch = Vec::new();
        for record in 0..200 {
            let (mail, cookie) =
                (format!("m{at}-{}@example.org", record % 2), format!("c{at}-{record}"));
            batch.push(desk.request("web", ("cookie", &cookie), &[("email", &mail)])?);
        }
        let records = desk.receive_all(batch)?;
        for (ruling, hour, times) in
            [(Ruling::Same, 8, &mut merges), (Ruling::Different, 9, &mut unmerges)]
        {
            let when = format!("2026-03-01T{hour:02}:00:00Z").parse()?;
            let context = desk.hub.context(tenant());
            let ruled = verdict(&context, (records[0], records[1]), ruling, when, "Ana", "bench");
            let began = by_the_clock();
            desk.runtime.block_on(desk.hub.record_verdict(tenant(), ruled))?;
            times.push(by_the_clock() - began);
        }
    }
    println!("a component of 200 records");
    report("merged by hand", merges);
    report("unmerged", unmerges);
    Ok(())
}

/// A component held together by a chain of cookies, ten records to each.
pub(crate) fn large(records: usize) -> Result<(), Failure> {
    let mut desk = Desk::new()?;
    let link = |number: usize| format!("link-{number}");
    let show = |desk: &mut Desk, at: usize| {
        let (own, one, next) = (format!("own-{at}"), link(at / 10), link(at / 10 + 1));
        desk.request(
            "web",
            ("cookie", &own),
            &[("advertising_id", &one), ("advertising_id", &next)],
        )
    };
    for from in (0..records).step_by(500) {
        let until = (from + 500).min(records);
        let batch = (from..until).map(|at| show(&mut desk, at)).collect::<Result<Vec<_>, _>>()?;
        desk.receive_all(batch)?;
    }
    let mut times = Vec::new();
    for more in 0..100 {
        // A new record within the chain.
        let own = format!("late-{more}");
        let one = link(more * 7 % (records / 10));
        let raw = desk.request("web", ("cookie", &own), &[("advertising_id", &one)])?;
        times.push(desk.time(raw)?);
    }
    report(&format!("a new record in one of {records}"), times);
    Ok(())
}
