//! Which promotion holds: all conditions, then the largest saving, then the first name.
//!
//! # Why
//!
//! One promotion for each subject: stacking several is a choice that a book must declare, not an
//! accident of their order. A promotion that is not open never keeps another from holding.

use crate::model::{
    Condition, Effect, Money, NotApplied, Percent, Promotion, QuoteFacts, Rounding, RoundingLevel,
    WhyNot,
};

/// What promotions compete for: one line, or the goods of the basket.
#[derive(Clone, Copy)]
pub(super) struct Contested {
    /// The price of one.
    pub(super) unit: Money,
    /// How many.
    pub(super) quantity: u64,
    /// Unit times quantity.
    pub(super) before: Money,
    /// What the goods of the basket are worth so far: what a minimum is held against.
    pub(super) goods: Money,
}

/// The promotion that holds, with the price that it leads to; adds the others to `why_not`.
///
/// `promotions` are ordered by name, so the first of those that save most is the winner.
pub(super) fn choose<'b>(
    promotions: &'b [Promotion],
    facts: &QuoteFacts,
    contested: Contested,
    rounding: Rounding,
    why_not: &mut Vec<NotApplied>,
) -> Option<(&'b Promotion, Money)> {
    let mut reject = |promotion: &Promotion, reasons| {
        why_not.push(NotApplied { promotion: promotion.id.clone(), reasons });
    };
    let mut open: Vec<(&Promotion, Money)> = Vec::new();
    for promotion in promotions {
        let reasons = standing_against(promotion, facts, contested.goods);
        if !reasons.is_empty() {
            reject(promotion, reasons);
            continue;
        }
        match reduced(promotion.effect, contested, rounding) {
            Some(after) if after < contested.before => open.push((promotion, after)),
            _ => reject(promotion, vec![WhyNot::NoSaving]),
        }
    }
    let winner = open.iter().copied().min_by_key(|(_, after)| after.minor())?;
    for (promotion, _) in open {
        if promotion.id != winner.0.id {
            reject(promotion, vec![WhyNot::Beaten { by: winner.0.id.clone() }]);
        }
    }
    Some(winner)
}

/// Everything that keeps a promotion from being open, where the goods are worth `goods`.
fn standing_against(promotion: &Promotion, facts: &QuoteFacts, goods: Money) -> Vec<WhyNot> {
    let mut reasons = Vec::new();
    match (promotion.window.from, promotion.window.until) {
        (Some(from), _) if facts.at < from => reasons.push(WhyNot::NotYet { from }),
        (_, Some(at)) if at <= facts.at => reasons.push(WhyNot::Ended { at }),
        _ => {}
    }
    for condition in &promotion.conditions {
        match condition {
            Condition::Member if !facts.person.member => reasons.push(WhyNot::MembersOnly),
            Condition::Segment(segment) if !facts.person.segments.contains(segment) => {
                reasons.push(WhyNot::SegmentOnly { segment: segment.clone() });
            }
            Condition::BasketAtLeast(least) if goods < *least => {
                let missing = Money::new(least.minor() - goods.minor(), goods.currency());
                reasons.push(WhyNot::BasketTooSmall { missing });
            }
            Condition::Code(code) if !facts.codes.contains(code) => {
                reasons.push(WhyNot::NeedsCode);
            }
            Condition::Member
            | Condition::Segment(_)
            | Condition::BasketAtLeast(_)
            | Condition::Code(_) => {}
        }
    }
    reasons
}

/// What the contested price becomes; `None` where it does not fit.
fn reduced(effect: Effect, contested: Contested, rounding: Rounding) -> Option<Money> {
    let Contested { unit, quantity, before, .. } = contested;
    let one = match effect {
        Effect::PercentOff(percent) => {
            let rest = Percent::WHOLE.basis_points() - percent.basis_points();
            let rest = Percent::from_basis_points(rest);
            if rounding.level == RoundingLevel::Line {
                return rest.of(before, rounding.mode);
            }
            rest.of(unit, rounding.mode)?
        }
        Effect::AmountOff(amount) => {
            let less = unit.checked_sub(amount).ok()?;
            if less.is_negative() { Money::zero(unit.currency()) } else { less }
        }
        Effect::FixedPrice(amount) => amount,
    };
    one.checked_mul(quantity).ok()
}
