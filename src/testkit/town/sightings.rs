//! Sightings: what somebody shows of themselves where they are met.

use super::Town;
use super::dice::{About, Dice};
use super::noise::Noise;
use super::people::Person;
use super::touchpoints::Scene;
use crate::channel::RawInbound;
use crate::model::{
    Assurance, Attributes, ChannelId, Identifier, Namespace, Pii, TenantId, Timestamp,
};

/// One touchpoint as it arrives, and whose it truly is.
#[non_exhaustive]
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Sighting {
    /// Whose it truly is; no hub is told.
    pub person: u32,
    /// The touchpoint's id in its source; a second arrival has the same.
    pub id: String,
    /// The channel's name, which is also the word of its kind.
    pub channel: &'static str,
    /// When it happened.
    pub occurred: Timestamp,
    /// When it arrives.
    pub arrived: Timestamp,
    /// Whether it arrives a second time.
    pub repeated: bool,
    /// What they did.
    pub act: &'static str,
    /// What was seen of them, the sender first.
    pub identifiers: Vec<Identifier>,
    /// What they tell of themselves, by field.
    pub attributes: Attributes,
    /// What they say.
    pub text: Option<&'static str>,
}

impl Sighting {
    /// Who it is from, as its channel says; a device is nobody.
    pub fn sender(&self) -> Option<&Identifier> {
        self.identifiers.first().filter(|first| first.namespace != Namespace::Device)
    }

    /// The raw request by which its channel tells it, with the time of its arrival.
    pub fn request(&self, tenant: TenantId) -> RawInbound {
        let channel = ChannelId::new(self.channel).expect("the channels of a town have fine names");
        RawInbound::new(tenant, channel, self.json())
            .received_at(self.arrived)
            .attested("told by the town")
    }
}

const TEXTS: [&str; 8] = [
    "Bonjour, est-ce en stock ?",
    "Where is my parcel?",
    "Merci beaucoup 🎁",
    "C'est pour offrir : un papier cadeau, s'il vous plaît.",
    "I would like to return it 🙁",
    "هل هو متوفر؟",
    "À quelle heure fermez-vous ?",
    "מתי זה יגיע?",
];

/// Somebody in a scene: what they show is collected here.
struct Stage<'t> {
    town: &'t Town,
    person: u32,
    is: &'t Person,
    scene: Scene,
    dice: Dice,
    noise: Noise<'t>,
    identifiers: Vec<Identifier>,
    attributes: Attributes,
}

/// What is seen of somebody in the `nth` scene of their story. A function of the town's knobs.
pub(super) fn sighting(town: &Town, person: u32, nth: u8, scene: Scene) -> Sighting {
    let number = u64::from(person) << 8 | u64::from(nth);
    let noise = Dice::new(town.knobs.seed, About::Noise, number);
    let mut stage = Stage {
        town,
        person,
        is: town.person(person),
        scene,
        dice: Dice::new(town.knobs.seed, About::Showing, number),
        noise: Noise { knobs: &town.knobs, dice: noise },
        identifiers: Vec::new(),
        attributes: Attributes::new(),
    };
    let text = stage.dice.one_of(&TEXTS);
    let (act, speaks) = stage.play();
    let occurred = town.instant(scene.minute);
    Sighting {
        person,
        id: format!("t-{person}-{nth}"),
        channel: scene.channel,
        occurred,
        arrived: occurred,
        repeated: false,
        act,
        identifiers: stage.identifiers,
        attributes: stage.attributes,
        text: speaks.then_some(text),
    }
}

impl Stage<'_> {
    /// Shows what is shown in such a place; answers what is done there, and whether it is said.
    fn play(&mut self) -> (&'static str, bool) {
        match self.scene.channel {
            "web" => (self.browse(), false),
            "app" => (self.open_app(), false),
            "store" => (self.buy(), false),
            "kiosk" => (self.touch_kiosk(), false),
            "phone" => (self.speak_to_agent("care"), false),
            "concierge" => (self.speak_to_agent("concierge"), false),
            "ivr" => (self.dial(), false),
            "post" | "catalogue" => (self.write_by_hand(), false),
            "email" => (self.write_mail(), true),
            "sms" => (self.send(Namespace::Phone), true),
            "messaging" => (self.write_message(), true),
            "social" => (self.write_in_public(), true),
            "chatbot" => (self.chat(), true),
            "push" => (self.open_push(), false),
            "locker" => (self.collect(), false),
            "voice_assistant" => (self.ask_assistant(), false),
            "watch" => (self.look_at_watch(), false),
            _ => ("exposed", false),
        }
    }

    fn browse(&mut self) -> &'static str {
        if self.scene.known {
            self.account();
            self.cookie();
            self.mailbox_on_file();
            self.phone_on_file();
            self.profile(true, false);
            return "identified";
        }
        self.cookie();
        if !self.is.account && self.dice.per_mille(600) {
            self.mailbox_typed();
            self.profile(false, true);
        }
        "visited"
    }

    fn open_app(&mut self) -> &'static str {
        if self.scene.known {
            self.account();
            self.show(
                Identifier::asserted(Namespace::PushToken, self.town.push_token(self.person))
                    .scoped("app"),
            );
        } else {
            self.show(
                Identifier::asserted(Namespace::Cookie, self.town.installation(self.person))
                    .scoped("app"),
            );
        }
        self.own_device();
        "viewed"
    }

    fn buy(&mut self) -> &'static str {
        if self.is.loyalty_card {
            self.card(true);
        }
        // Whoever has no card and wants no receipt pays and goes, known to nobody.
        if self.dice.per_mille(400) {
            self.mailbox_typed();
        }
        if self.dice.per_mille(300) {
            self.phone_typed();
        }
        if !self.identifiers.is_empty() && self.dice.per_mille(700) {
            self.profile(false, true);
        }
        "purchased"
    }

    fn touch_kiosk(&mut self) -> &'static str {
        if self.scene.known && (!self.is.loyalty_card || self.dice.per_mille(300)) {
            self.account();
        } else if self.is.loyalty_card {
            self.card(false);
        } else {
            self.mailbox_typed();
        }
        let kiosk = self.is.kiosk.unwrap_or_default();
        self.show(Identifier::asserted(Namespace::Device, format!("kiosk-{kiosk:04}")));
        "searched"
    }

    fn speak_to_agent(&mut self, system: &str) -> &'static str {
        self.contact(system);
        self.send(Namespace::Phone);
        if self.scene.known && self.dice.per_mille(400) {
            self.account_told();
        }
        if self.dice.per_mille(300) {
            self.mailbox_typed();
        }
        self.profile(true, true);
        "asked"
    }

    fn dial(&mut self) -> &'static str {
        if self.scene.known && self.dice.per_mille(300) {
            self.account_told();
        }
        self.send(Namespace::Phone);
        "asked"
    }

    fn write_by_hand(&mut self) -> &'static str {
        match (self.is.account, self.is.loyalty_card) {
            (true, _) => self.account_told(),
            (false, true) => self.card(true),
            (false, false) => self.contact("post"),
        }
        if self.dice.per_mille(300) {
            self.phone_typed();
        }
        self.profile(true, true);
        "submitted"
    }

    fn write_mail(&mut self) -> &'static str {
        let mailbox = self.noise.mailbox_written(self.mailbox());
        self.show(Identifier::asserted(Namespace::Email, mailbox));
        if self.dice.per_mille(150) {
            self.phone_typed();
        }
        "asked"
    }

    /// Whatever the network says of the sender: it is proven, and written in one way.
    fn send(&mut self, namespace: Namespace) -> &'static str {
        let number = self.town.phone(self.person, self.scene.day());
        self.show(Identifier::proven(namespace, number));
        "asked"
    }

    fn write_message(&mut self) -> &'static str {
        if self.dice.per_mille(500) {
            return self.send(Namespace::WhatsApp);
        }
        let user = self.town.user(self.person);
        self.show(Identifier::proven(Namespace::MessagingId, user).scoped("bot"));
        if self.dice.per_mille(400) {
            self.phone_typed();
        }
        "asked"
    }

    fn write_in_public(&mut self) -> &'static str {
        let handle = self.town.handle(self.person);
        self.show(Identifier::proven(Namespace::SocialHandle, handle).scoped("network"));
        if self.dice.per_mille(300) {
            self.mailbox_typed();
        }
        let name = self.town.name(self.person, self.scene.day());
        let emoji = super::names::emoji(self.town.knobs.seed, self.person);
        let shown = emoji.map_or(name.given.to_owned(), |emoji| format!("{} {emoji}", name.given));
        self.tell("name", shown);
        "asked"
    }

    fn chat(&mut self) -> &'static str {
        if self.scene.known && self.dice.per_mille(500) {
            self.account_told();
        }
        self.cookie();
        if self.dice.per_mille(300) {
            self.mailbox_typed();
        }
        "asked"
    }

    fn open_push(&mut self) -> &'static str {
        if !self.is.account {
            let installation = self.town.installation(self.person);
            self.show(Identifier::asserted(Namespace::Cookie, installation).scoped("app"));
            return "opened";
        }
        let token = self.town.push_token(self.person);
        self.show(Identifier::asserted(Namespace::PushToken, token).scoped("app"));
        if self.dice.per_mille(500) {
            self.account_told();
        }
        "opened"
    }

    fn collect(&mut self) -> &'static str {
        if self.scene.known {
            self.account();
        }
        self.phone_on_file();
        "picked_up"
    }

    fn ask_assistant(&mut self) -> &'static str {
        let user = self.town.user(self.person);
        self.show(Identifier::asserted(Namespace::MessagingId, user).scoped("voice"));
        if self.scene.known && self.dice.per_mille(700) {
            self.account_told();
        }
        "asked"
    }

    fn look_at_watch(&mut self) -> &'static str {
        if self.scene.known {
            self.account_told();
        }
        self.own_device();
        "viewed"
    }
}

impl Stage<'_> {
    /// Shows an identifier; junk in the place of one that nobody proved, now and then.
    fn show(&mut self, mut identifier: Identifier) {
        let junk = self.noise.junk(&identifier.namespace);
        if let Some(junk) = junk.filter(|_| identifier.assurance == Assurance::Asserted) {
            identifier = Identifier { value: Pii::new(junk.to_owned()), ..identifier };
        }
        self.identifiers.push(identifier);
    }

    /// As it logs in.
    fn account(&mut self) {
        self.show(Identifier::proven(Namespace::Account, self.town.account(self.person)));
    }

    /// As a person or a script says it.
    fn account_told(&mut self) {
        self.show(Identifier::asserted(Namespace::Account, self.town.account(self.person)));
    }

    fn card(&mut self, written: bool) {
        let card = self.town.loyalty_card(self.person);
        let card = if written { self.noise.card_written(card) } else { card };
        self.show(Identifier::asserted(Namespace::LoyaltyCard, card));
    }

    fn contact(&mut self, system: &str) {
        let contact = self.town.contact(self.person, self.dice.per_mille(100));
        self.show(Identifier::asserted(Namespace::CrmId, contact).scoped(system));
    }

    fn cookie(&mut self) {
        let cookie = self.town.cookie(self.person, self.scene.emptied);
        self.show(Identifier::asserted(Namespace::Cookie, cookie));
    }

    fn own_device(&mut self) {
        let device = self.town.device(self.person);
        self.show(Identifier::asserted(Namespace::Device, device));
    }

    fn mailbox(&self) -> String {
        self.town.mailbox(self.person, self.scene.day())
    }

    fn mailbox_on_file(&mut self) {
        self.show(Identifier::proven(Namespace::Email, self.mailbox()));
    }

    fn mailbox_typed(&mut self) {
        let typed = self.noise.typed(self.noise.mailbox_written(self.mailbox()));
        self.show(Identifier::asserted(Namespace::Email, typed));
    }

    fn phone_on_file(&mut self) {
        let number = self.town.phone(self.person, self.scene.day());
        self.show(Identifier::asserted(Namespace::Phone, number));
    }

    fn phone_typed(&mut self) {
        let number = self.town.phone(self.person, self.scene.day());
        let typed = self.noise.typed(self.noise.number_written(number));
        self.show(Identifier::asserted(Namespace::Phone, typed));
    }

    /// Tells name, perhaps day of birth, and address where it is asked for.
    fn profile(&mut self, addressed: bool, typed: bool) {
        let slip = |noise: &Noise<'_>, it: String| if typed { noise.typed(it) } else { it };
        let name = self.town.name(self.person, self.scene.day());
        let given = slip(&self.noise, name.given.to_owned());
        let family = slip(&self.noise, name.family.to_owned());
        self.tell("name", format!("{given} {family}"));
        self.tell("given_name", given);
        self.tell("family_name", family);
        if self.dice.per_mille(600) {
            self.tell("date_of_birth", super::names::birth(self.town.knobs.seed, self.person));
        }
        if addressed {
            let address = self.town.address(self.person, self.scene.day());
            let street = slip(&self.noise, address.street);
            self.tell("address", street);
            self.tell("postcode", address.postcode);
            self.tell("city", address.city.to_owned());
        }
    }

    fn tell(&mut self, field: &str, value: String) {
        self.attributes.insert(field.to_owned(), Pii::new(value));
    }
}
