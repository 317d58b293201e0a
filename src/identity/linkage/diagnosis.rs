//! What is weak about a model: which parameter, why, and what to do.

use std::fmt;

use super::compare::Field;
use super::model::{Model, Weighed};

/// One weakness of a model.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Diagnosis {
    /// The column whose comparison it is about; `None` where it is about the whole.
    pub column: Option<String>,
    /// The level, from the best, and its words.
    pub level: Option<(usize, String)>,
    /// What is weak.
    pub weakness: Weakness,
}

/// What is weak about a part of a model.
#[non_exhaustive]
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Weakness {
    /// Hardly any pair of one person was found.
    NoPairs,
    /// A comparison was taught by so few pairs.
    FewPairs {
        /// How many.
        pairs: u64,
    },
    /// The best level is met by strangers sooner than by one person: m is below u.
    BestLevelBelowStrangers,
    /// A level speaks more for one person than a better one.
    NotInOrder {
        /// The better level, from 0.
        better: usize,
    },
    /// No pair taught the level: what it weighs is a guess.
    Unobserved,
    /// Related people are told from one person by nothing.
    RelatedLikeSame,
}

/// Fewer pairs teach a comparison badly.
const PAIRS_MIN: u64 = 50;

/// From how many pairs on a level's place in the order is believed.
const BELIEVED_MIN: u64 = 10;

/// By how many bits a level must outdo a better one to be told.
const OUTDOES: f64 = 1.0;

impl Model {
    /// What is weak about the model; nothing where all is well.
    ///
    /// A model that was not learnt here holds no numbers of pairs, so fewer weaknesses show.
    pub fn diagnose(&self) -> Vec<Diagnosis> {
        let whole = |weakness| Diagnosis { column: None, level: None, weakness };
        let mut all = Vec::new();
        let pairs = self.records as f64 * (self.records as f64 - 1.0) / 2.0;
        if self.records > 0 && self.share_same.get() * pairs < BELIEVED_MIN as f64 {
            all.push(whole(Weakness::NoPairs));
        }
        if self.prior_related.is_some() && self.related_is_same() {
            all.push(whole(Weakness::RelatedLikeSame));
        }
        for weighed in &self.comparisons {
            let column = self.columns.get(weighed.comparison.column);
            let column = column.map(|column| column.name.clone());
            let words = weighed.comparison.levels();
            all.extend(weak(weighed).into_iter().map(|(level, weakness)| {
                let level = level.and_then(|level| Some((level, words.get(level)?.to_string())));
                Diagnosis { column: column.clone(), level, weakness }
            }));
        }
        all
    }

    /// Whether related people agree in personal facts nearly as often as one person's records.
    fn related_is_same(&self) -> bool {
        let mut personal = self.comparisons.iter().filter(|of| of.comparison.personal);
        personal.all(|of| match (of.m.first(), of.m_related.first()) {
            (Some(same), Some(related)) => related.get() > 0.8 * same.get(),
            _ => true,
        })
    }
}

/// What is weak about a comparison, and at which level.
fn weak(of: &Weighed) -> Vec<(Option<usize>, Weakness)> {
    let mut all = Vec::new();
    let taught = of.pairs.iter().fold(0_u64, |sum, pairs| sum.saturating_add(*pairs));
    if !of.pairs.is_empty() && taught < PAIRS_MIN {
        all.push((None, Weakness::FewPairs { pairs: taught }));
    }
    if of.bits(0).is_some_and(|bits| bits < 0.0) {
        all.push((Some(0), Weakness::BestLevelBelowStrangers));
    }
    let seen = |level: usize| of.pairs.get(level).copied().unwrap_or(u64::MAX);
    let last = of.m.len().saturating_sub(1);
    // Of a comparison that nothing taught, each level is a guess: said once, above.
    let unobserved = (0..last).filter(|level| seen(*level) == 0 && taught >= PAIRS_MIN);
    all.extend(unobserved.map(|level| (Some(level), Weakness::Unobserved)));
    // Levels of known fields are of different kinds, and in order only against "different".
    let first = if of.comparison.field == Field::Custom { 1 } else { last.max(1) };
    for level in first..=last {
        let Some(bits) = of.bits(level).filter(|_| seen(level) >= BELIEVED_MIN) else { continue };
        // How rare equal values are adds to what their level speaks: no order is broken there.
        let is_rare = |better: usize| of.comparison.counts_rarity(better as u8);
        let believed = |better: &usize| seen(*better) >= BELIEVED_MIN && !is_rare(*better);
        let outdone = |better: &usize| of.bits(*better).is_some_and(|own| own + OUTDOES < bits);
        if let Some(better) = (0..level).filter(believed).find(outdone) {
            all.push((Some(level), Weakness::NotInOrder { better }));
        }
    }
    all
}

impl fmt::Display for Diagnosis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(column) = &self.column {
            write!(f, "`{column}`")?;
            if let Some((_, words)) = &self.level {
                write!(f, ", \"{words}\"")?;
            }
            f.write_str(": ")?;
        }
        match self.weakness {
            Weakness::NoPairs => f.write_str(
                "hardly any pair of one person was found, so m is a guess: check that columns are \
                 known by what they mean, or take a model that other records taught",
            ),
            Weakness::FewPairs { pairs } => write!(
                f,
                "only {pairs} pairs of one person taught its m, since few of them hold values or \
                 blocking needs this column: label pairs, or leave the comparison out"
            ),
            Weakness::BestLevelBelowStrangers => f.write_str(
                "m is below u, so equal values speak against one person: the column changes \
                 between a person's records; leave the comparison out",
            ),
            Weakness::NotInOrder { better } => write!(
                f,
                "it speaks more for one person than level {better}, which is better: join the two \
                 levels, or look at what values they hold"
            ),
            Weakness::Unobserved => f.write_str(
                "no pair taught its m, so its weight is a guess: label pairs at this level, or \
                 join it with the next",
            ),
            Weakness::RelatedLikeSame => f.write_str(
                "related people agree in names and births nearly as often as one person does: the \
                 model may have learnt households; label pairs of relatives, or add a column that \
                 tells people apart",
            ),
        }
    }
}
