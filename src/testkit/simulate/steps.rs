//! The steps of a run: what people, providers and callers do, and what breaks.

use std::time::Duration;

use uuid::Uuid;

use super::flight::{Flight, Work};
use super::inputs;
use super::node::{instant, tenant};
use super::truth::{as_home, as_outbox};
use super::world::World;
use crate::engine;
use crate::model::{
    ChannelId, ConversationId, DecisionId, Intent, Judge, Key, Purpose, RecordId, Ruling,
    SendOutcome,
};

/// Microseconds of an hour.
const HOUR: i64 = 3_600_000_000;

impl World {
    fn add_input(&mut self, channel: &str, body: &str) {
        let context = self.observer.context(tenant());
        let input = self.codecs.input(&context, channel, body);
        let number = self.inputs.len();
        self.inputs.push(input);
        self.parcels.push(number);
        if self.chance.percent(12) {
            self.truth.count("network: duplicated");
            self.parcels.push(number);
        }
    }

    /// Somebody tells something new; then something that is on its way arrives, or is lost.
    pub(super) fn deliver(&mut self) {
        for _ in 0..self.chance.below(4) {
            if let Some((channel, body)) = self.untold.pop_front() {
                self.add_input(channel, &body);
            }
        }
        let mut batch = Vec::new();
        for _ in 0..=(self.chance.below(4) * self.chance.below(2)) {
            if self.parcels.is_empty() {
                break;
            }
            let at = self.chance.below(self.parcels.len());
            let kind = if at == 0 { "network: delivered" } else { "network: reordered" };
            self.truth.count(kind);
            batch.push(self.parcels.swap_remove(at));
        }
        if self.chance.percent(6) {
            // Their source tells them again, since nobody acknowledges them.
            self.truth.count("network: lost");
            self.parcels.extend(batch);
            return;
        }
        if self.chance.percent(6) {
            self.truth.count("network: delayed");
            self.parcels.splice(0..0, batch);
            return;
        }
        if batch.is_empty() {
            return;
        }
        let node = self.any_node();
        if self.chance.percent(20) {
            self.truth.count("rivals: one input at two hubs");
            self.start(self.another(node), Work::receive(self, batch.clone()));
        }
        self.start(node, Work::receive(self, batch));
    }

    pub(super) fn another(&self, node: usize) -> usize {
        let others = self.nodes.len().saturating_sub(1).max(1);
        (node + 1 + self.chance.below(others)) % self.nodes.len()
    }

    pub(super) fn choose(&mut self) {
        let now = instant(self.now);
        let number = self.inputs.len();
        let body = inputs::choice(&self.chance, number, self.setting.customers, now);
        self.truth.count("step: a choice is made");
        self.add_input("web", &body);
    }

    /// A provider reports what became of a message, or of one that nobody sent.
    pub(super) fn report(&mut self) {
        let truth = self.truth.get();
        let answers = truth.sendings.iter().filter_map(|sent| sent.answer.as_ref());
        let accepted = answers.filter_map(SendOutcome::provider_id).map(str::to_owned);
        let accepted: Vec<String> = accepted.collect();
        drop(truth);
        let known = self.chance.of(&accepted).filter(|_| self.chance.percent(80));
        let (of, kind) = match known {
            Some(id) => (id.clone(), "step: a receipt"),
            None => ("mail-nobody-knows".to_owned(), "step: a receipt of an unknown message"),
        };
        self.truth.count(kind);
        let (number, now) = (self.inputs.len(), instant(self.now));
        let body = inputs::receipt(number, &of, self.chance.percent(20), now);
        self.add_input(if of.starts_with("sms") { "sms" } else { "mail" }, &body);
    }

    /// Somebody wants to say something; perhaps a rival wants the same, or the same caller again.
    pub(super) fn decide(&mut self) {
        let again = self.chance.percent(25);
        let old: Vec<usize> = match again {
            true => (0..self.intents.len()).collect(),
            false => self.unanswered.iter().copied().collect(),
        };
        let retry = self.chance.of(&old).copied().filter(|_| again || self.chance.percent(30));
        let Some(number) = retry.or_else(|| self.new_intent(None)) else { return };
        let node = self.any_node();
        self.truth.count("step: a decision");
        match self.chance.below(10) {
            0..2 => {
                self.truth.count("rivals: one intent at two hubs");
                self.start(self.another(node), Work::Decide(number));
            }
            2..5 => {
                self.truth.count("rivals: two intents of one occasion");
                if let Some(rival) = self.new_intent(Some(number)) {
                    self.start(self.another(node), Work::Decide(rival));
                }
            }
            _ => {}
        }
        self.start(node, Work::Decide(number));
    }

    fn new_intent(&mut self, rival: Option<usize>) -> Option<usize> {
        let number = self.intents.len();
        let subject = match rival {
            Some(rival) => self.relative(self.intents[rival].subject),
            None => *self.chance.of(&self.records)?,
        };
        let (purpose, occasion) = match rival {
            Some(rival) => {
                let intent = &self.intents[rival];
                (intent.purpose.clone(), intent.occasion.clone())
            }
            None => {
                let purpose = ["marketing", "news", "order"][self.chance.below(3)];
                let occasion = ["spring", "sale"][self.chance.below(2)];
                (Purpose::new(purpose), occasion.to_owned())
            }
        };
        let channels: [&[&str]; 4] = [&["mail"], &["sms"], &["mail", "sms"], &["sms", "mail"]];
        let channels = channels[self.chance.below(4)].iter();
        let after = |minutes: u64| Duration::from_secs(60 * minutes);
        let now = instant(self.now);
        let waits = self.chance.percent(10).then(|| now.plus(after(30)));
        let ends = self.chance.percent(10).then(|| now.plus(after(60)));
        let one_of_two = Uuid::from_u128(1 + self.chance.below(2) as u128);
        let continues = self.chance.percent(30);
        let conversation = continues.then(|| ConversationId::from_uuid(one_of_two));
        let channels: Vec<ChannelId> =
            channels.map(|name| ChannelId::new(*name).expect("a name")).collect();
        let first = channels[0].clone();
        self.intents.push(Intent {
            occasion,
            channels,
            not_before: waits,
            not_after: ends,
            conversation,
            ..Intent::new(
                format!("k{number}"),
                subject,
                purpose,
                first,
                format!("message {number}"),
            )
        });
        self.unanswered.insert(number);
        Some(number)
    }

    /// A record of the same component, perhaps the record itself.
    fn relative(&self, record: RecordId) -> RecordId {
        let truth = self.truth.get();
        let body = |key| truth.rows.get(&key).map(|row| &row.body);
        let home = body(Key::record_at(tenant(), record)).and_then(as_home);
        let component = home.and_then(|home| truth.component(*home));
        let records = component.iter().flat_map(|component| component.records.keys());
        let records: Vec<RecordId> = records.copied().collect();
        self.chance.of(&records).copied().unwrap_or(record)
    }

    pub(super) fn dispatch(&mut self) {
        let node = self.any_node();
        self.truth.count("step: a dispatch");
        if self.chance.percent(35) {
            self.truth.count("rivals: two dispatchers");
            self.start(self.another(node), Work::Dispatch);
        }
        self.start(node, Work::Dispatch);
    }

    /// Somebody wants a message tried again, most often one that was given up or perhaps sent.
    pub(super) fn requeue(&mut self) {
        let truth = self.truth.get();
        let entries = truth.rows.values().filter_map(|row| as_outbox(&row.body));
        let any = self.chance.percent(20);
        let wanted = entries.filter(|entry| any || entry.is_dead()).map(|entry| entry.decision);
        let wanted: Vec<DecisionId> = wanted.collect();
        drop(truth);
        if let Some(id) = self.chance.of(&wanted) {
            self.truth.count("step: a requeueing");
            self.start(self.any_node(), Work::Requeue(*id));
        }
    }

    pub(super) fn rule(&mut self) {
        let (Some(a), Some(b)) = (self.chance.of(&self.records), self.chance.of(&self.records))
        else {
            return;
        };
        let (a, b) = (*a, if self.chance.percent(50) { self.relative(*a) } else { *b });
        if a == b {
            return;
        }
        // Often of a pair that somebody spoke of before; a model's run may be an old one.
        let again = if self.chance.percent(40) { self.chance.of(&self.verdicts) } else { None };
        let (a, b) = again.map_or((a, b), |verdict| (verdict.a, verdict.b));
        let weight = [4_000, -1_000, 12_000][self.chance.below(3)];
        let rulings = [Ruling::Same, Ruling::Different, Ruling::Undecided, Ruling::Scored(weight)];
        let ruling = rulings[self.chance.below(4)];
        let late = if ruling.judge() == Judge::Model { self.chance.between(0, HOUR) } else { 0 };
        let context = self.observer.context(tenant());
        let at = instant(self.now - late);
        self.verdicts.push(engine::verdict(&context, (a, b), ruling, at, "somebody", "so it is"));
        let number = self.verdicts.len() - 1;
        self.unruled.insert(number);
        self.truth.count("step: a verdict");
        self.start(self.any_node(), Work::Rule(number));
    }

    /// Somebody asks who a customer is, perhaps while something of that customer arrives.
    pub(super) fn read(&mut self) {
        self.truth.count("step: a customer is read");
        let node = self.any_node();
        let parcel = self.chance.of(&self.parcels).copied().filter(|_| self.chance.percent(60));
        let record = parcel.and_then(|number| self.inputs[number].record);
        let Some(record) = record.or_else(|| self.chance.of(&self.records).copied()) else {
            return;
        };
        if let Some(number) = parcel {
            self.truth.count("rivals: a reader and a writer");
            self.parcels.retain(|other| *other != number);
            self.start(self.another(node), Work::receive(self, vec![number]));
        }
        self.start(node, Work::Read(record));
    }

    /// A node dies with everything it was doing, and starts again.
    pub(super) fn crash(&mut self) {
        let node = self.any_node();
        self.truth.count("step: a hub crashes");
        self.tell(format_args!("hub {node} crashes"));
        let (fell, fly): (Vec<_>, Vec<_>) =
            self.flights.drain(..).partition(|flight| flight.node == node);
        self.flights = fly;
        fell.into_iter().for_each(|flight| self.lost(&flight));
        self.nodes[node] = self.start_node(self.nodes[node].skew);
    }

    /// A caller waits no longer; a call that is stuck first.
    pub(super) fn give_up(&mut self) {
        if self.flights.is_empty() {
            return;
        }
        let stuck = self.flights.iter().position(Flight::is_stuck);
        let at = stuck.unwrap_or_else(|| self.chance.below(self.flights.len()));
        let flight = self.flights.swap_remove(at);
        self.truth.count("step: a caller gives up");
        self.tell(format_args!("hub {}: its caller gives up {:?}", flight.node, flight.work));
        self.lost(&flight);
    }

    pub(super) fn skew(&mut self) {
        const MINUTE: i64 = 60_000_000;
        let (minutes, kind) = match self.chance.below(20) {
            0 => (365 * 24 * 60, "clock: jumps a year"),
            1..5 => (24 * 60, "clock: jumps a day"),
            _ => (5, "clock: is minutes off"),
        };
        let node = self.any_node();
        self.truth.count(kind);
        self.nodes[node].skew = self.chance.between(-minutes, minutes) * MINUTE;
        self.tell(format_args!("hub {node}: {kind}, {} us", self.nodes[node].skew));
        self.nodes[node].set(self.now);
    }

    /// What a call was about begins again, where its caller is owed an answer.
    fn lost(&mut self, flight: &Flight) {
        self.truth.count("step: a call is dropped");
        if let Work::Receive(inputs) = &flight.work {
            self.parcels.extend(inputs.iter().map(|(number, _)| *number));
        }
    }
}
