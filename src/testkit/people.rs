//! A seeded crowd that makes every trouble which real feeds make.
//!
//! Anonymous visits before a log-in, bridging identifiers, a till that knows a card and a web shop
//! that knows an account, a role mailbox and placeholders shared by strangers, copies of one id
//! that conflict, revisions, missing times, references between messages, choices about being
//! written to. The same seed tells the same stories on every machine.

use crate::hub::{Entropy, SeededEntropy};

/// One raw request in the crate's own touchpoint format.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Told {
    /// The channel's instance: `web`, `app`, `store`, `social` or `mail`.
    pub channel: &'static str,
    /// The body: one touchpoint as JSON.
    pub body: String,
}

/// The channels on which people are met.
pub const CHANNELS: [&str; 5] = ["web", "app", "store", "social", "mail"];

const GIVEN: [&str; 8] = ["Zoé", "Noël", "Aïcha", "Łukasz", "Mary", "José", "李娜", "Björn"];
const FAMILY: [&str; 6] = ["Martin", "O'Neill", "Müller", "Nguyễn", "Smith", "D'Arc"];

/// Tells the stories of `people` persons: about five requests each.
pub fn people(seed: u64, people: usize) -> Vec<Told> {
    let mut teller = Teller { dice: SeededEntropy::new(seed), told: Vec::new(), next: 0 };
    for person in 0..people {
        teller.tell(person);
    }
    teller.told
}

struct Teller {
    dice: SeededEntropy,
    told: Vec<Told>,
    next: usize,
}

impl Teller {
    fn roll(&self, sides: u64) -> u64 {
        self.dice.next_u64() % sides
    }

    fn chance(&self, percent: u64) -> bool {
        self.roll(100) < percent
    }

    /// Everything that one person does.
    fn tell(&mut self, person: usize) {
        let cookie = format!("cookie-{person}");
        let account = format!("account-{person}");
        let mail = format!("p{person}@example.org");
        let card = format!("CARD{person:05}");
        self.visit(&cookie);
        if self.chance(80) {
            let seen = [("cookie", &*cookie), ("account", &*account), ("email", &*mail)];
            self.log_in(person, "web", ("account", &account), &seen);
        }
        if self.chance(60) {
            let seen = [("account", &*account), ("device", "tablet of the family")];
            self.log_in(person, "app", ("account", &account), &seen);
        }
        if self.chance(70) {
            self.buy(&card, self.chance(50).then_some(&*mail));
        }
        if self.chance(50) {
            self.ask(person, self.chance(60).then_some(&*mail));
        }
        if self.chance(40) {
            self.write(&mail);
        }
        if self.chance(20) {
            let junk = ["info@example.org", "null", "no mail"][person % 3];
            self.log_in(
                person,
                "web",
                ("account", &account),
                &[("account", &account), ("email", junk)],
            );
        }
    }

    fn visit(&mut self, cookie: &str) {
        let fields = format!(
            r#""act":"visited","sender":{},"objects":[{{"kind":"page","id":"/"}}]"#,
            identifier("cookie", cookie)
        );
        self.put("web", &fields);
    }

    fn log_in(
        &mut self,
        person: usize,
        channel: &'static str,
        sender: (&str, &str),
        seen: &[(&str, &str)],
    ) {
        let name = format!("{} {}", GIVEN[person % GIVEN.len()], FAMILY[person % FAMILY.len()]);
        let seen: Vec<String> =
            seen.iter().map(|(space, value)| identifier(space, value)).collect();
        let fields = format!(
            r#""act":"identified","sender":{},"identifiers":[{}],
            "attributes":{{"name":"{name}","language":"fr"}}"#,
            identifier(sender.0, sender.1),
            seen.join(",")
        );
        self.put(channel, &fields);
    }

    fn buy(&mut self, card: &str, mail: Option<&str>) {
        let mut seen = vec![identifier("loyalty_card", card)];
        seen.extend(mail.map(|mail| identifier("email", mail)));
        let mut fields = format!(
            r#""act":"purchased","sender":{},"identifiers":[{}]"#,
            identifier("loyalty_card", card),
            seen.join(",")
        );
        if let Some(mail) = mail {
            let state = if self.chance(70) { "given" } else { "withdrawn" };
            fields.push_str(&format!(
                r#","consents":[{{"endpoint":{},"purpose":"marketing","state":"{state}"}}]"#,
                identifier("email", mail)
            ));
        }
        self.put("store", &fields);
    }

    /// A question and its answer, which refers to it.
    fn ask(&mut self, person: usize, mail: Option<&str>) {
        let handle = format!("@handle{person}");
        let mut seen = vec![identifier("social_handle", &handle)];
        seen.extend(mail.map(|mail| identifier("email", mail)));
        let sender = identifier("social_handle", &handle);
        let asked = self.next;
        let text = r#""message":{"direction":"inbound","author":"customer",
            "text":"Est-ce en stock ? 🎁"}"#;
        let fields =
            format!(r#""act":"asked","sender":{sender},"identifiers":[{}],{text}"#, seen.join(","));
        self.put("social", &fields);
        let answer = format!(
            r#""act":"replied","sender":{sender},
            "message":{{"direction":"outbound","author":"agent","text":"Oui.",
            "references":["t{asked}"]}}"#
        );
        self.put("social", &answer);
    }

    fn write(&mut self, mail: &str) {
        let fields = format!(
            r#""act":"asked","sender":{},"identifiers":[{0}],
            "message":{{"direction":"inbound","author":"customer","text":"Hello"}}"#,
            identifier("email", mail)
        );
        self.put("mail", &fields);
    }

    /// Tells a touchpoint, perhaps without a time, perhaps with a conflicting copy or a revision.
    fn put(&mut self, channel: &'static str, fields: &str) {
        let id = self.next;
        self.next += 1;
        let body = |teller: &Self, revision: u64, note: &str| {
            let time = teller.time();
            let time = time.map(|time| format!(r#""occurred_at":"{time}","#)).unwrap_or_default();
            format!(
                r#"{{"id":"t{id}","revision":{revision},{time}{fields},
                "details":{{"note":"{note}"}}}}"#
            )
        };
        let first = body(self, 0, "");
        self.told.push(Told { channel, body: first });
        if self.chance(8) {
            let copy = body(self, 0, "told otherwise");
            self.told.push(Told { channel, body: copy });
        }
        if self.chance(6) {
            let corrected = body(self, 1, "corrected");
            self.told.push(Told { channel, body: corrected });
        }
    }

    /// A minute of a spring; one in twenty is not known.
    fn time(&self) -> Option<String> {
        if self.chance(5) {
            return None;
        }
        let (day, hour, minute) = (1 + self.roll(28), self.roll(24), self.roll(60));
        Some(format!("2026-03-{day:02}T{hour:02}:{minute:02}:00Z"))
    }
}

fn identifier(namespace: &str, value: &str) -> String {
    format!(r#"{{"namespace":"{namespace}","value":"{value}"}}"#)
}
