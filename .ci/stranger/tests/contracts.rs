//! The stranger's store and channel keep the contracts that the crate's own keep.

use omnichannel::testkit::channel::ChannelFixture;
use stranger::{Doorbell, Shelf};

omnichannel::store_contract!(shelf, ((), Shelf::default()));

omnichannel::channel_contract!(doorbell, super::rings());

fn rings() -> ChannelFixture {
    let doorbell = Doorbell::new("front-door").expect("a name without white space");
    ChannelFixture::new(doorbell)
        .sample("r1 2026-11-22T09:00:00Z card-17\nr2 2026-11-22T09:01:00Z card-4\n")
        .mixed("r3 2026-11-22T09:02:00Z card-17\nr4 yesterday card-4\nr5\n", 1, &[1, 2])
        .secret("card-17")
}
