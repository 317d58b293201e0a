//! Buying, bringing back, collecting: lines, amounts and what they concern.

use crate::channel::json::Object;
use crate::model::{Code, Event, Money, ObjectRef, Rejection};

/// Most lines of one receipt.
const LINES_MAX: usize = 1_000;

/// Fields whose values are ids of things, and what these are.
const THINGS: [(&str, &str); 3] = [("of", "receipt"), ("order", "order"), ("cart", "cart")];

/// Reads what was bought, brought back or collected. Amounts stay in the details, digit by digit.
pub(super) fn read(
    told: &Object<'_>,
    event: &mut Event,
) -> Result<&'static [&'static str], Rejection> {
    // The slip that the customer holds: whoever brings something back names it.
    let own = event.external_id.as_ref().map(|id| ObjectRef::new("receipt", id));
    event.objects.extend(own);
    for (name, kind) in THINGS {
        event.objects.extend(told.id(&[name])?.map(|id| ObjectRef::new(kind, id)));
    }
    amount(told, "total")?;
    let lines = told.objects(&["lines"])?;
    if lines.len() > LINES_MAX {
        let what = format!("has more than {LINES_MAX} lines");
        return Err(told.refuse(Code::TooMany, "lines", &what));
    }
    for line in lines {
        let Some(product) = line.id(&["product"])? else {
            return Err(line.missing("product", "it names what the line is about"));
        };
        amount(&line, "amount")?;
        line.count(&["quantity"])?;
        let product = ObjectRef::new("product", product);
        if !event.objects.contains(&product) {
            event.objects.push(product);
        }
    }
    for code in told.ids(&["codes"])? {
        event.objects.push(ObjectRef::new("promotion_code", code));
    }
    Ok(&["of", "order", "cart", "codes"])
}

/// Refuses an amount that is none.
fn amount(of: &Object<'_>, name: &str) -> Result<(), Rejection> {
    match of.text(&[name])?.map(str::parse::<Money>) {
        None | Some(Ok(_)) => Ok(()),
        Some(Err(_)) => {
            let what = "is no amount with its currency, such as `89.00 EUR`";
            Err(of.refuse(Code::WrongType, name, what))
        }
    }
}
