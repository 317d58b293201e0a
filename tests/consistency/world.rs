//! One intent and all it is decided on, with hands to change each thing.

use std::collections::BTreeMap;

use omnichannel::consistency::{changes, decide, explain};
use omnichannel::model::*;
use uuid::Uuid;

pub(crate) const NOW: &str = "2026-03-20T10:00:00Z";

#[derive(Debug, Clone)]
pub(crate) struct World {
    pub(crate) policy: Policy,
    pub(crate) view: ContactView,
    pub(crate) intent: Intent,
    pub(crate) now: Timestamp,
}

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

pub(crate) fn channel(name: &str) -> ChannelId {
    ChannelId::new(name).unwrap()
}

pub(crate) fn endpoint(n: u128) -> IdentifierId {
    IdentifierId::from_uuid(Uuid::from_u128(n))
}

pub(crate) fn decision_id(n: u128) -> DecisionId {
    DecisionId::from_uuid(Uuid::from_u128(n))
}

pub(crate) fn reach(on: &str, n: u128, consent: Option<ConsentState>) -> Reach {
    let namespace = if on == "sms" { Namespace::Phone } else { Namespace::Email };
    let proof = TouchpointId::from_uuid(Uuid::from_u128(n + 1_000));
    let consent = consent.map(|state| (state, proof));
    Reach { consent, ..Reach::new(channel(on), endpoint(n), namespace) }
}

pub(crate) fn said(n: u128, on: &str, when: &str, state: LedgerState) -> LedgerEntry {
    LedgerEntry {
        decision: decision_id(n),
        purpose: Purpose::new("marketing"),
        occasion: "spring-sale".to_owned(),
        channel: channel(on),
        at: at(when),
        state,
        step_of: None,
        told: Vec::new(),
    }
}

pub(crate) fn hours(from: &str, until: &str, action: QuietAction, offsets: &[&str]) -> QuietHours {
    let minute = |text: &str| {
        let (hours, minutes) = text.split_once(':').unwrap();
        hours.parse::<u16>().unwrap() * 60 + minutes.parse::<u16>().unwrap()
    };
    QuietHours {
        from_minute: minute(from),
        until_minute: minute(until),
        action,
        plausible_offsets: offsets.iter().map(|text| text.parse().unwrap()).collect(),
    }
}

impl World {
    /// Marketing by consent, which is given at the one e-mail address; no quiet hours.
    pub(crate) fn free() -> Self {
        let marketing = Purpose::new("marketing");
        let rules = PurposeRules {
            basis: LawfulBasis::Consent,
            respects_quiet_hours: true,
            once_within_hours: 24,
            delivery: DeliveryClass::default(),
        };
        let subject = RecordId::from_uuid(Uuid::from_u128(7));
        Self {
            policy: Policy {
                purposes: BTreeMap::from([(marketing.clone(), rules)]),
                ..Policy::default()
            },
            view: ContactView {
                reach: vec![reach("email", 1, Some(ConsentState::Given))],
                ..ContactView::new(subject.into())
            },
            intent: Intent {
                occasion: "spring-sale".to_owned(),
                ..Intent::new("spring-sale/7", subject, marketing, channel("email"), "PLANTED-TEXT")
            },
            now: at(NOW),
        }
    }

    pub(crate) fn rules(&mut self) -> &mut PurposeRules {
        self.policy.purposes.get_mut(&self.intent.purpose).unwrap()
    }

    pub(crate) fn decide(&self) -> Decision {
        let configuration =
            Configuration { policy: self.policy.clone(), ..Configuration::default() };
        let id = decision_id(42);
        decide(&self.policy, configuration.version(), id, &self.view, &self.intent, self.now)
    }

    /// The findings in short: `email consent block missing`.
    pub(crate) fn findings(&self) -> Vec<String> {
        self.decide().findings.iter().map(short).collect()
    }

    /// The codes of the blocks.
    pub(crate) fn blocks(&self) -> Vec<String> {
        let decision = self.decide();
        let stands = |it: &&Finding| !matches!(it.ruled, Ruled::Pass | Ruled::Wait(_));
        let blocks = decision.findings.iter().filter(stands);
        blocks.map(|finding| format!("{}.{}", finding.rule, finding.why)).collect()
    }

    /// The code of one rule.
    pub(crate) fn code(&self, rule: &str) -> String {
        let findings = self.decide().findings;
        findings.iter().find(|finding| finding.rule == rule).unwrap().why.clone().into_owned()
    }

    /// When it is to be sent, and where; `None` when it is suppressed.
    pub(crate) fn sent(&self) -> Option<(String, Timestamp)> {
        match self.decide().outcome {
            Outcome::Send { channel, at, .. } => Some((channel.to_string(), at)),
            _ => None,
        }
    }

    pub(crate) fn would_change(&self) -> Vec<String> {
        let decision = self.decide();
        assert!(changes(&decision).len() <= explain(&decision).would_change.len());
        explain(&decision).would_change.iter().map(ToString::to_string).collect()
    }
}

/// The last sentence of a rule.
pub(crate) fn reason(told: &Explanation, rule: &str) -> String {
    of(told, rule).sentence.to_string()
}

/// Where the last sentence of a rule points.
pub(crate) fn weight(told: &Explanation, rule: &str) -> Weight {
    of(told, rule).weight
}

fn of<'a>(told: &'a Explanation, rule: &str) -> &'a Reason {
    told.reasons.iter().rfind(|reason| reason.rule == rule).unwrap()
}

fn short(finding: &Finding) -> String {
    let ruled = match &finding.ruled {
        Ruled::Pass => "pass".to_owned(),
        Ruled::Block => "block".to_owned(),
        Ruled::Human => "human".to_owned(),
        Ruled::Digest => "digest".to_owned(),
        Ruled::Wait(until) => format!("wait {until}"),
    };
    let channel = finding.channel.as_ref().map_or("-", ChannelId::as_str);
    format!("{channel} {} {ruled} {}", finding.rule, finding.why)
}
