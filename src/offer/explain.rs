//! Explains a quote: its steps, what did not apply, what would open it.

use crate::model::{Explanation, Fulfilment, NotApplied, Quote, Sentence, Weight, WhyNot};

/// Explains a quote: every step for the total, every promotion that did not apply against it.
///
/// What would change it names the promotions that other facts would open: time, membership, goods
/// or a code. An opened promotion competes with the others, so it applies only if it saves most.
pub fn explain(quote: &Quote) -> Explanation {
    let mut explanation = Explanation::new(Sentence::new(outcome(quote)));
    for step in &quote.steps {
        let sentence = format!("{}: {} to {}", step.why, step.before, step.after);
        explanation.push(&step.rule.to_string(), Weight::For, Sentence::new(sentence));
    }
    for reason in &quote.unquotable {
        explanation.push("unquotable", Weight::Against, Sentence::new(reason.to_string()));
    }
    for entry in &quote.why_not {
        let reasons: Vec<String> = entry.reasons.iter().map(WhyNot::to_string).collect();
        let rule = format!("promotion {}", entry.promotion);
        explanation.push(&rule, Weight::Against, Sentence::new(reasons.join(", ")));
    }
    for note in &quote.terms.notes {
        explanation.push("terms", Weight::Note, Sentence::new(note.clone()));
    }
    if let Some(until) = quote.good_until {
        let sentence = Sentence::new(format!("the same until {until}"));
        explanation.push("good_until", Weight::Note, sentence);
    }
    explanation.would_change = quote.why_not.iter().filter_map(opening).collect();
    explanation
}

fn outcome(quote: &Quote) -> String {
    let products = match quote.lines.len() {
        0 => "nothing".to_owned(),
        1 => "1 product".to_owned(),
        count => format!("{count} products"),
    };
    let how = match quote.fulfilment {
        _ if quote.lines.is_empty() => "",
        Fulfilment::Ship => ", delivery included",
        Fulfilment::PickUp if quote.is_complete() => ", picked up",
        Fulfilment::PickUp => "",
    };
    let missing = if quote.is_complete() { "" } else { "; not all that was asked for" };
    format!("{} for {products}{how}{missing}", quote.price())
}

/// Under which other facts a promotion would be open; `None` where no facts would do.
fn opening(entry: &NotApplied) -> Option<Sentence> {
    let mut words = format!("promotion {} is open", entry.promotion);
    for reason in &entry.reasons {
        let when = match reason {
            WhyNot::NotYet { .. } => reason.to_string(),
            WhyNot::MembersOnly => "to members".to_owned(),
            WhyNot::SegmentOnly { segment } => format!("to {segment}"),
            WhyNot::BasketTooSmall { missing } => format!("with {missing} more of goods"),
            WhyNot::NeedsCode => "with its code".to_owned(),
            _ => return None,
        };
        words.push(' ');
        words.push_str(&when);
    }
    Some(Sentence::new(words))
}
