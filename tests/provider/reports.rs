//! Reports in any order, any number of times, and before the answer: one state.

use std::sync::OnceLock;

use omnichannel::model::{Delivery, DeliveryState};
use omnichannel::testkit::channel::Fault;

use super::*;

fn delivery(world: &World, id: DecisionId) -> Delivery {
    block_on(world.hub.delivery(shop(), id)).unwrap().unwrap()
}

/// One message that arrived, and its reports.
fn arrived(faults: &[Fault]) -> (World, DecisionId) {
    let provider = FaultyProvider::new(Hooks { once: true }, faults.iter().copied());
    let world = world(&provider, true);
    let hub: Arc<OnceLock<Arc<Hub>>> = Arc::default();
    hub.set(Arc::clone(&world.hub)).unwrap();
    provider.report_to(move |report| {
        let hub = Arc::clone(hub.get().unwrap());
        Box::pin(async move {
            receive(&hub, "desk", report).await;
        })
    });
    let id = world.decide(1);
    world.dispatch_all();
    (world, id)
}

/// What is known, but for when the provider's own answer was heard.
fn known(state: &DeliveryState) -> Vec<bool> {
    use DeliveryStatus::{Accepted, Clicked, Delivered, Failed, Played, Read, Sent};
    let all = [Accepted, Sent, Delivered, Read, Played, Clicked, Failed];
    all.map(|status| state.has(status)).to_vec()
}

fn permutations<T: Clone>(of: &[T]) -> Vec<Vec<T>> {
    if of.is_empty() {
        return vec![Vec::new()];
    }
    let first = |at: usize| {
        let mut rest = of.to_vec();
        let one = rest.remove(at);
        permutations(&rest).into_iter().map(move |rest| [vec![one.clone()], rest].concat())
    };
    (0..of.len()).flat_map(first).collect()
}

#[test]
fn every_order_of_the_reports_gives_one_state() {
    let (first, id) = arrived(&[]);
    let reports = first.provider.reports();
    assert_eq!(reports.len(), 3);
    for report in &reports {
        block_on(receive(&first.hub, "desk", report.clone()));
    }
    let expected = delivery(&first, id);
    assert_eq!(expected.status(), Some(DeliveryStatus::Read));
    for order in permutations(&reports) {
        let (world, id) = arrived(&[]);
        // Each twice, as providers do.
        for report in order.iter().chain(&order) {
            block_on(receive(&world.hub, "desk", report.clone()));
        }
        let told = delivery(&world, id);
        assert_eq!(
            (told.state, told.receipts),
            (expected.state.clone(), expected.receipts.clone())
        );
    }
    for seed in 0..20 {
        let (world, id) = arrived(&[]);
        for report in world.provider.scrambled_reports(seed) {
            block_on(receive(&world.hub, "desk", report));
        }
        assert_eq!(delivery(&world, id).state, expected.state, "seed {seed}");
    }
}

#[test]
fn reports_that_come_before_the_answer_are_about_the_same_message() {
    let (hasty, id) = arrived(&[Fault::Hasty]);
    let told = delivery(&hasty, id);
    assert_eq!(told.status(), Some(DeliveryStatus::Read));
    assert_eq!(told.receipts.len(), 3);
    let (late, other) = arrived(&[]);
    for report in late.provider.reports() {
        block_on(receive(&late.hub, "desk", report));
    }
    assert_eq!(known(&told.state), known(&delivery(&late, other).state));
    assert_eq!(told.state, delivery(&late, other).state);
}

#[test]
fn reports_of_a_message_whose_answer_was_lost_are_kept_until_it_is_known() {
    // The first answer is lost; the second try hears that it was taken.
    let (world, id) = arrived(&[Fault::LostAfter]);
    for report in world.provider.reports() {
        block_on(receive(&world.hub, "desk", report));
    }
    assert_eq!(delivery(&world, id).status(), Some(DeliveryStatus::Read));
    assert_eq!(world.taken(id), 1);
}
