//! A kiosk that melts nobody; a wrong merge, undone exactly.
//!
//! `cargo run --example unmerge`

use omnichannel::Hub;
use omnichannel::channel::{KeyRing, Listening, RawInbound, TouchpointJson};
use omnichannel::hub::{FixedClock, Keys, SeededEntropy};
use omnichannel::model::{
    Channel, ChannelId, ChannelKind, Disclosure, IdKey, RecordId, Ruling, TenantId,
};
use omnichannel::storage::MemoryStore;

type Any = Box<dyn std::error::Error>;

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Any> {
    let tenant = TenantId::named("maison-lune");
    let clock = std::sync::Arc::new(FixedClock::new("2026-03-14T18:30:00Z".parse()?));
    let keys = Keys { id_key: IdKey::new(b"32 random bytes, kept as a secret")? };
    let store = TouchpointJson::new(Channel::new("store", ChannelKind::Store)?);
    let hub = Hub::new(MemoryStore::new(), keys, clock.clone(), SeededEntropy::new(1)).channel(
        tenant,
        Listening::new(store),
        KeyRing::default(),
    );

    println!("300 people log in at one kiosk.");
    let mut people = Vec::new();
    for n in 0..300 {
        let account = (format!("account-{n}"), format!("p{n}@example.org"));
        people.push(visit(&hub, tenant, &account, "kiosk-7").await?);
    }
    println!("They are {} customers.\n", hub.portraits(tenant).await?.len());
    let why = hub.why(tenant, people[0], people[1]).await?.ok_or("known")?;
    println!("{}\n", why.text(Disclosure::Full));

    println!("Somebody rules that the first two are one.");
    let before = hub.portraits(tenant).await?;
    let pair = (people[0], people[1]);
    hub.rule(tenant, pair, Ruling::Same, "Ana, front desk", "they look alike").await?;
    let joined = hub.customer(tenant, people[0]).await?.ok_or("known")?;
    println!("One customer of {} records:", joined.records.len());
    let how = hub.how(tenant, people[0]).await?.ok_or("known")?;
    println!("{}\n", how.text(Disclosure::Full));

    println!("They are sisters. The verdict is taken back an hour later.");
    clock.set("2026-03-14T19:30:00Z".parse()?);
    hub.rule(tenant, pair, Ruling::Undecided, "Ana, front desk", "sisters").await?;
    let after = hub.portraits(tenant).await?;
    let same = serde_json::to_vec(&before)? == serde_json::to_vec(&after)?;
    println!("All views are as they were, to the byte: {same}.");
    if same { Ok(()) } else { Err("the merge was not undone exactly".into()) }
}

/// A log-in at the kiosk: an account, its mailbox, the device.
async fn visit(
    hub: &Hub,
    tenant: TenantId,
    (account, mailbox): &(String, String),
    device: &str,
) -> Result<RecordId, Any> {
    let body = serde_json::json!({
        "id": format!("log-in of {account}"),
        "act": "visited",
        "occurred_at": "2026-03-14T10:00:00Z",
        "sender": {"namespace": "account", "value": account, "verified": true},
        "identifiers": [
            {"namespace": "email", "value": mailbox},
            {"namespace": "device", "value": device},
        ],
    });
    let body = body.to_string();
    let request = RawInbound::new(tenant, ChannelId::new("store")?, body).attested("an example");
    let reception = hub.receive(request).await?;
    Ok(reception.taken.first().and_then(|taken| taken.record).ok_or("a record")?)
}
