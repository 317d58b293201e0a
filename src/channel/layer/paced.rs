//! The rate limit: an adapter that sends no faster than its rules say.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::{Mutex, PoisonError};

use async_trait::async_trait;

use super::pace::Pace;
use crate::channel::{Ask, ChannelAdapter, ChannelCodec, Told};
use crate::model::{Authorized, Outbound, RateRule, RateScope, SendOutcome, Timestamp};

/// How many groups are held before idle ones are looked for.
const GROUPS_MAX: usize = 10_000;

/// An adapter that sends no faster than some rules say, and defers the rest.
///
/// Rules are those that its channel's profile declares, or your own. They hold within one process:
/// of several that send by one account, give each its share.
///
/// ```
/// use std::time::Duration;
///
/// use omnichannel::channel::{ChannelAdapter, MemoryChannel, layer::Paced};
/// use omnichannel::model::{Channel, ChannelKind, Namespace, RateRule, RateScope};
///
/// let sms = MemoryChannel::new(Channel::new("sms", ChannelKind::Sms)?, Namespace::Phone);
/// let a_second = Duration::from_secs(1);
/// let paced = Paced::new(sms, [RateRule { scope: RateScope::Channel, max: 10, per: a_second }]);
/// assert_eq!(paced.codec().channel().id.as_str(), "sms");
/// # Ok::<(), omnichannel::model::BadChannelId>(())
/// ```
pub struct Paced<A> {
    inner: A,
    rules: Vec<RateRule>,
    groups: Mutex<BTreeMap<(usize, String), Pace>>,
}

impl<A: ChannelAdapter> Paced<A> {
    /// Sends by `inner`, no faster than each of `rules` says.
    pub fn new(inner: A, rules: impl IntoIterator<Item = RateRule>) -> Self {
        Self { inner, rules: rules.into_iter().collect(), groups: Mutex::default() }
    }

    /// Sends by `inner`, no faster than its own profile says; one that says nothing holds nothing.
    pub fn by_profile(inner: A) -> Self {
        let declared = &inner.codec().profile().rates;
        let rules: Vec<RateRule> = declared.iter().map(|known| known.value).collect();
        Self::new(inner, rules)
    }

    /// The time to come back at; `None` where the message may leave, which is then counted.
    fn hold(&self, address: &str, now: Timestamp) -> Option<Timestamp> {
        // A panic elsewhere cannot leave a group half written: each use is one call.
        let mut groups = self.groups.lock().unwrap_or_else(PoisonError::into_inner);
        if groups.len() > GROUPS_MAX {
            groups.retain(|(rule, _), pace| match self.rules.get(*rule) {
                Some(rule) => !pace.is_idle(rule.per, now),
                None => false,
            });
        }
        let key = |at: usize, rule: &RateRule| match rule.scope {
            RateScope::Channel => (at, String::new()),
            RateScope::Address => (at, address.to_owned()),
        };
        let mut free = now;
        for (at, rule) in self.rules.iter().enumerate() {
            let pace = groups.entry(key(at, rule)).or_default();
            free = free.max(pace.free_at(rule.max, rule.per, now));
            // A rule that holds it back has promised a place; the others need not.
            if free > now {
                return Some(free);
            }
        }
        for (at, rule) in self.rules.iter().enumerate() {
            groups.entry(key(at, rule)).or_default().leave(rule.max, now);
        }
        None
    }
}

/// Addresses are people's: only counts are shown.
impl<A: fmt::Debug> fmt::Debug for Paced<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Paced").field("inner", &self.inner).field("rules", &self.rules).finish()
    }
}

#[async_trait]
impl<A: ChannelAdapter> ChannelAdapter for Paced<A> {
    fn codec(&self) -> &dyn ChannelCodec {
        self.inner.codec()
    }

    async fn send(&self, message: Authorized<Outbound>, now: Timestamp) -> SendOutcome {
        let held = self.hold(message.content().address.expose(), now);
        match held {
            Some(retry_at) => SendOutcome::Deferred { retry_at },
            None => self.inner.send(message, now).await,
        }
    }

    async fn ask(&self, ask: Ask) -> crate::Result<Told> {
        self.inner.ask(ask).await
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::*;
    use crate::channel::MemoryChannel;
    use crate::model::{Channel, ChannelKind, Namespace};

    fn paced(rules: &[(RateScope, u32, u64)]) -> Paced<MemoryChannel> {
        let sms = Channel::new("sms", ChannelKind::Sms).unwrap();
        let rule = |(scope, max, millis): &(RateScope, u32, u64)| RateRule {
            scope: *scope,
            max: *max,
            per: Duration::from_millis(*millis),
        };
        Paced::new(MemoryChannel::new(sms, Namespace::Phone), rules.iter().map(rule))
    }

    fn at(millis: i64) -> Timestamp {
        Timestamp::from_micros(millis * 1_000).unwrap()
    }

    proptest! {
        #[test]
        fn no_span_sees_more_than_its_rule_says(
            steps in proptest::collection::vec((0_i64..400, 0_usize..3), 1..200),
            (of_all, of_one) in (1_u32..6, 1_u32..4),
        ) {
            let rules =
                [(RateScope::Channel, of_all, 1_000), (RateScope::Address, of_one, 3_000)];
            let paced = paced(&rules);
            let (mut now, mut left) = (0, Vec::new());
            for (step, whom) in steps {
                now += step;
                match paced.hold(["+331", "+332", "+333"][whom], at(now)) {
                    None => left.push((now, whom)),
                    Some(retry_at) => prop_assert!(retry_at > at(now)),
                }
            }
            let most = |per: i64, whom: &dyn Fn(usize) -> bool| {
                let of: Vec<i64> = left.iter().filter(|one| whom(one.1)).map(|one| one.0).collect();
                let within = |from: &i64| {
                    of.iter().filter(|at| (*from..from + per).contains(*at)).count()
                };
                of.iter().map(within).max().unwrap_or(0)
            };
            prop_assert!(most(1_000, &|_| true) <= of_all as usize);
            for one in 0..3 {
                prop_assert!(most(3_000, &|whom| whom == one) <= of_one as usize);
            }
        }
    }

    #[test]
    fn all_that_wait_leave_at_their_first_return() {
        let paced = paced(&[(RateScope::Channel, 3, 1_000)]);
        let mut waiting: Vec<Timestamp> =
            (0..100).filter_map(|_| paced.hold("+331", at(0))).collect();
        assert_eq!(waiting.len(), 97);
        waiting.sort_unstable();
        assert_eq!(waiting.last(), Some(&at(33_000)));
        for retry_at in waiting {
            assert_eq!(paced.hold("+331", retry_at), None, "{retry_at}");
        }
    }

    #[test]
    fn addresses_of_long_ago_are_forgotten() {
        let paced = paced(&[(RateScope::Address, 1, 1_000)]);
        for number in 0..30_000 {
            assert_eq!(paced.hold(&number.to_string(), at(number * 2)), None);
        }
        assert!(paced.groups.lock().unwrap().len() <= GROUPS_MAX + 1_000);
        assert!(!format!("{paced:?}").contains("29999"));
    }
}
