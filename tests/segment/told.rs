//! Who a call is about, and what it tells.

use super::*;

#[test]
fn an_identify_tells_who_it_is_about() {
    let event = event(
        r#"{"type": "IDENTIFY", "userId": 9007199254740993, "anonymousId": "anon-1",
            "messageId": 7, "traits": {"email": "Camille@Example.org", "phone": 33612345678,
            "firstName": "Camille", "last_name": "Rousseau", "plan": "gold", "vip": true,
            "visits": 12.50, "address": {"city": "Lyon", "postalCode": "69001", "floor": 2},
            "company": {"name": "Lune", "id": 4}, "tags": ["a", "b"],
            "nothing": null, "blank": " "},
            "context": {"locale": "fr-FR", "timezone": "Europe/Paris", "ip": "203.0.113.7",
            "traits": {"email": "Camille@Example.org", "plan": "silver"},
            "device": {"id": "d-1", "advertisingId": "a-1", "token": "p-1", "type": "ios"}}}"#,
    );
    assert_eq!(sender(&event), Some((Namespace::Account, "9007199254740993")));
    assert_eq!(event.external_id.as_deref(), Some("7"));
    let expected = [
        ("account", "9007199254740993"),
        ("cookie", "anon-1"),
        ("email", "Camille@Example.org"),
        ("phone", "33612345678"),
        ("device", "d-1"),
        ("advertising_id", "a-1"),
        ("push_token", "p-1"),
    ];
    assert_eq!(seen(&event), expected);
    let told: Vec<(&str, &str)> = event
        .attributes
        .iter()
        .map(|(name, value)| (name.as_str(), value.expose().as_str()))
        .collect();
    let expected = [
        ("address.city", "Lyon"),
        ("address.postal_code", "69001"),
        ("company.name", "Lune"),
        ("family_name", "Rousseau"),
        ("given_name", "Camille"),
        ("language", "fr-FR"),
        ("plan", "gold"),
        ("timezone", "Europe/Paris"),
        ("vip", "true"),
        ("visits", "12.50"),
    ];
    assert_eq!(told, expected);
    let rest: Vec<(&str, &str)> = event
        .details
        .iter()
        .map(|(path, value)| (path.as_str(), value.expose().as_str()))
        .collect();
    let expected = [
        ("context.device.type", "ios"),
        ("context.ip", "203.0.113.7"),
        ("context.traits.plan", "silver"),
        ("traits.address.floor", "2"),
        ("traits.blank", " "),
        ("traits.company.id", "4"),
        ("traits.tags[0]", "a"),
        ("traits.tags[1]", "b"),
    ];
    assert_eq!(rest, expected, "nothing is lost, nothing is told twice");
}

#[test]
fn the_email_of_a_group_or_a_property_is_nobodys() {
    let group = event(
        r#"{"type": "group", "userId": "u", "groupId": "g",
            "traits": {"email": "info@lune.example", "name": "Lune"},
            "context": {"traits": {"email": "c@example.org"}}}"#,
    );
    assert_eq!(seen(&group), [("account", "u"), ("email", "c@example.org")]);
    assert!(group.attributes.is_empty());
    assert_eq!(group.details["traits.name"].expose(), "Lune");
    assert_eq!(group.objects, [ObjectRef::new("group", "g")]);

    let track = event(
        r#"{"type": "track", "event": "Friend Invited", "userId": "u",
            "properties": {"email": "friend@example.org"}}"#,
    );
    assert_eq!(seen(&track), [("account", "u")]);
    assert_eq!(track.details["properties.email"].expose(), "friend@example.org");
    assert_eq!(track.act, Act::Custom("Friend Invited".to_owned()));
}

#[test]
fn an_alias_names_the_earlier_id_as_either_of_two() {
    let alias = event(r#"{"type": "alias", "previous_id": "old", "user_id": "new"}"#);
    assert_eq!(seen(&alias), [("account", "new"), ("account", "old"), ("cookie", "old")]);
    assert_eq!(alias.act, Act::Identified);
}

#[test]
fn without_ids_a_call_names_nobody_and_blank_ids_are_none() {
    let page = event(r#"{"type": "page", "userId": "  ", "anonymousId": "", "name": "Home"}"#);
    assert_eq!((sender(&page), page.identifiers.len()), (None, 0));
    assert_eq!(page.channel_kind, Some(ChannelKind::Web));
    assert_eq!(page.details["name"].expose(), "Home");
    let cookie = event(r#"{"type": "screen", "anonymousId": "c", "userId": null}"#);
    assert_eq!(sender(&cookie), Some((Namespace::Cookie, "c")));
    assert_eq!(cookie.channel_kind, Some(ChannelKind::App));
}

#[test]
fn the_kind_is_inferred_where_one_fits() {
    let kind = |body: &str| {
        let decoded = decode(body);
        decoded.events.first().map(|event| event.kind)
    };
    assert_eq!(kind(r#"{"event": "Seen"}"#), Some(EventKind::Track));
    assert_eq!(kind(r#"{"previousId": "a", "userId": "b"}"#), Some(EventKind::Alias));
    assert_eq!(kind(r#"{"groupId": "a", "traits": {}}"#), Some(EventKind::Group));
    assert_eq!(kind(r#"{"userId": "a", "traits": {"name": "b"}}"#), Some(EventKind::Identify));
    assert_eq!(kind(r#"{"action": "Page"}"#), Some(EventKind::Page));
    assert_eq!(kind(r#"{"event": "Seen", "groupId": "a"}"#), None);
}

#[test]
fn named_events_become_acts() {
    let cases = [
        ("Products Searched", Act::Searched),
        ("Product List Viewed", Act::Viewed),
        ("product_viewed", Act::Viewed),
        ("Product Added to Wishlist", Act::Added),
        ("Product Removed", Act::Removed),
        ("Checkout Started", Act::Started),
        ("order  completed", Act::Purchased),
        ("Order Refunded", Act::Refunded),
        ("Coupon Applied", Act::Redeemed),
        ("Email Opened", Act::Opened),
        ("Email Bounced", Act::Failed),
        ("Bottle Returned", Act::Custom("Bottle Returned".to_owned())),
    ];
    for (name, act) in cases {
        let body = format!(r#"{{"type": "track", "event": "{name}"}}"#);
        assert_eq!(event(body).act, act, "{name}");
    }
    let long = event(format!(r#"{{"type": "track", "event": "{}"}}"#, "é".repeat(300)));
    assert_eq!(long.act, Act::Custom("é".repeat(50)));
    assert_eq!(long.details["event"].expose().chars().count(), 300);
}

#[test]
fn an_order_names_what_it_concerns() {
    let order = event(
        r#"{"type": "track", "event": "Order Completed", "userId": "u", "properties": {
            "order_id": "A-17", "cart_id": 4, "wishlist_id": "w", "total": 12.10,
            "products": [{"product_id": "p-1", "sku": "s-1"}, {"sku": "s-2"}, {"sku": "s-2"}, 7]},
            "context": {"groupId": "g"}}"#,
    );
    let kinds: Vec<_> = order.objects.iter().map(|o| format!("{} {}", o.kind, o.id)).collect();
    assert_eq!(
        kinds,
        ["group g", "order A-17", "cart 4", "wish_list w", "product p-1", "product s-2"]
    );
    assert_eq!(order.details["properties.products[3]"].expose(), "7");
    assert_eq!(order.details["properties.total"].expose(), "12.10");
}

#[test]
fn an_unsubscription_withdraws_consent_on_its_address() {
    let withdrawn = |body: &str| {
        let event = event(body);
        assert_eq!((&event.act, &event.channel_kind), (&Act::OptedOut, &Some(ChannelKind::Email)));
        let signal = event.consents.first()?;
        assert_eq!((signal.state, &signal.purpose), (ConsentState::Withdrawn, &None));
        Some(signal.endpoint.value.expose().clone())
    };
    let known = r#"{"type": "track", "event": "Unsubscribed", "userId": "u",
        "context": {"traits": {"email": "c@example.org"}}, "properties": {"email": "x@y.z"}}"#;
    assert_eq!(withdrawn(known).as_deref(), Some("c@example.org"));
    let stated = r#"{"type": "track", "event": "Email Marked as Spam",
        "properties": {"email": "x@y.z"}}"#;
    assert_eq!(withdrawn(stated).as_deref(), Some("x@y.z"));
    assert_eq!(withdrawn(r#"{"type": "track", "event": "Unsubscribed", "userId": "u"}"#), None);
}

#[test]
fn live_chat_is_told_from_the_customers_side() {
    let said = |name: &str| {
        let body = format!(
            r#"{{"type": "track", "event": "{name}", "userId": "u", "properties": {{
                "agent_id": "a", "conversation_id": "k", "message_body": "Hello"}}}}"#
        );
        let event = event(body);
        assert_eq!(event.objects, [ObjectRef::new("conversation", "k")]);
        event.message.map(|message| (message.direction, message.author))
    };
    let customer = Some((Direction::Inbound, Author::Customer));
    assert_eq!(said("Live Chat Conversation Started"), customer);
    assert_eq!(said("Live Chat Message Sent"), customer);
    assert_eq!(said("Live Chat Message Received"), Some((Direction::Outbound, Author::Agent)));
    assert_eq!(said("Live Chat Conversation Ended"), None);
}
