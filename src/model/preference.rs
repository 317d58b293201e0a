//! What speaks for a channel: the open conversation, the party's word, how it answers.

use serde::{Deserialize, Serialize};

use super::channel::ChannelId;
use super::time::Timestamp;

/// What speaks for writing to a party by a channel, as it was observed.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct ChannelEvidence {
    /// The channel.
    pub channel: ChannelId,
    /// When the party last wrote by it, where that conversation is still open.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub open: Option<Timestamp>,
    /// Whether the party said that it prefers it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub stated: bool,
    /// How many messages it was sent by it.
    pub sent: u32,
    /// To how many of those it wrote back by it, in time.
    pub answered: u32,
}

impl ChannelEvidence {
    /// A channel for which nothing speaks.
    pub fn new(channel: ChannelId) -> Self {
        Self { channel, open: None, stated: false, sent: 0, answered: 0 }
    }

    /// How surely the party answers there, in basis points from 0 to 10,000: the lower end of the
    /// 95 % interval of E. B. Wilson for `answered` of `sent` ("Probable inference, the law of
    /// succession, and statistical inference", 1927). Few messages say little: 1 of 1 gives 2,065,
    /// 80 of 100 give 7,111.
    ///
    /// ```
    /// use omnichannel::model::{ChannelEvidence, ChannelId};
    ///
    /// let nothing = ChannelEvidence::new(ChannelId::new("sms")?);
    /// let once = ChannelEvidence { sent: 1, answered: 1, ..nothing.clone() };
    /// let often = ChannelEvidence { sent: 100, answered: 80, ..nothing.clone() };
    /// let surely = [nothing, once, often].map(|it| it.answers_at_least());
    /// assert_eq!(surely, [0, 2_065, 7_111]);
    /// # Ok::<(), omnichannel::model::BadChannelId>(())
    /// ```
    pub fn answers_at_least(&self) -> u32 {
        let (n, k) = (u128::from(self.sent), u128::from(self.answered.min(self.sent)));
        if k == 0 {
            return 0;
        }
        // z = 1.96; all in millionths.
        const MILLION: u128 = 1_000_000;
        const Z_SQUARED: u128 = 3_841_600;
        let middle = k * MILLION + Z_SQUARED / 2;
        let spread = (k * (n - k) * MILLION * MILLION / n + Z_SQUARED * MILLION / 4).isqrt();
        let low = middle.saturating_sub(spread * 196 / 100);
        u32::try_from(low * 10_000 / (n * MILLION + Z_SQUARED)).unwrap_or(0)
    }
}
