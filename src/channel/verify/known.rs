//! Ready-made schemes: what each provider documents, a few lines each.
//!
//! Facts as of 2026-11-22. `tests/signatures` checks each against a published signature, except
//! where its description says that there is none.

use super::scheme::{
    Digest, Encoding, KeyForm, PortPolicy, SignatureForm, SignatureList, SignatureScheme,
    SignedPart, Stated,
};

/// How far the time of a request may lie from now where its provider names five minutes.
const FIVE_MINUTES_SECS: u32 = 300;

impl SignatureScheme {
    /// Meta: WhatsApp, Messenger, Instagram; also GitHub and others. The key is the app's secret.
    ///
    /// Meta escapes what is not ASCII before it signs: only the raw bytes fit, never JSON that was
    /// written again. Source: Messenger Platform, "Webhooks", validating payloads.
    pub fn meta() -> Self {
        Self::hmac_sha256("X-Hub-Signature-256", "sha256=", Encoding::Hex)
    }

    /// LINE. The key is the channel's secret. Source: LINE Developers, "Verify webhook signature".
    pub fn line() -> Self {
        Self::hmac_sha256("x-line-signature", "", Encoding::Base64)
    }

    /// Shopify. The key is the app's client secret. Source: shopify.dev, "Deliver webhooks through
    /// HTTPS", validating deliveries.
    pub fn shopify() -> Self {
        Self::hmac_sha256("X-Shopify-Hmac-Sha256", "", Encoding::Base64)
    }

    /// WooCommerce. The key is the webhook's secret.
    ///
    /// Source: WooCommerce REST API, "Webhooks". No published signature.
    pub fn woocommerce() -> Self {
        Self::hmac_sha256("X-WC-Webhook-Signature", "", Encoding::Base64)
    }

    /// Telegram: the secret of `setWebhook`, sent back. Nothing binds it to the body or to a time.
    ///
    /// Source: Telegram Bot API, `setWebhook`, `secret_token`. A secret has no signature to
    /// publish.
    pub fn telegram() -> Self {
        Self::equality("X-Telegram-Bot-Api-Secret-Token")
    }

    /// Slack, version 0. The key is the signing secret.
    ///
    /// Source: Slack, "Verifying requests from Slack", which names the five minutes.
    pub fn slack() -> Self {
        let header = Stated::Header("X-Slack-Request-Timestamp".into());
        let form = SignatureForm::new("X-Slack-Signature", Digest::HmacSha256, Encoding::Hex);
        Self::Signed(SignatureForm {
            prefix: "v0=".into(),
            message: vec![literal("v0:"), time(header), literal(":"), SignedPart::Body],
            ..form
        })
    }

    /// Standard Webhooks with a shared key (`v1`), written `whsec_` and base 64; also Svix's.
    ///
    /// `webhook-id` stays the same when a request is delivered again.
    /// Source: the Standard Webhooks specification, "Signature scheme"; five minutes are those of
    /// its reference libraries.
    pub fn standard_webhooks() -> Self {
        standard_webhooks("v1,", "whsec_", Digest::HmacSha256)
    }

    /// Standard Webhooks with a pair of keys (`v1a`); the key is the public one, `whpk_` and base
    /// 64. Needs the feature `signatures`.
    ///
    /// Source: the Standard Webhooks specification, "Signature scheme". No published signature.
    pub fn standard_webhooks_asymmetric() -> Self {
        standard_webhooks("v1a,", "whpk_", Digest::Ed25519)
    }

    /// Stripe, `v1`. The key is the endpoint's secret, with its `whsec_` and as it is.
    ///
    /// Source: Stripe, "Verify webhook signatures manually"; five minutes are those of its
    /// libraries. Signatures of other versions are no signatures.
    pub fn stripe() -> Self {
        Self::Signed(SignatureForm {
            list: SignatureList::Commas,
            prefix: "v1=".into(),
            message: vec![time(Stated::Item("t=".into())), literal("."), SignedPart::Body],
            ..SignatureForm::new("Stripe-Signature", Digest::HmacSha256, Encoding::Hex)
        })
    }

    /// Square: the URL and the body. The key is the subscription's signature key.
    ///
    /// Source: Square, "Verify and validate an event notification". State the URL exactly as it was
    /// subscribed ([`RawInbound::url`](super::super::RawInbound::url)).
    pub fn square() -> Self {
        let header = "x-square-hmacsha256-signature";
        Self::Signed(SignatureForm {
            message: vec![SignedPart::Url(PortPolicy::AsCalled), SignedPart::Body],
            ..SignatureForm::new(header, Digest::HmacSha256, Encoding::Base64)
        })
    }

    /// Twilio: the URL and the sorted form, or the URL with the hash of another body. The key is
    /// the account's auth token. Needs the feature `signatures`.
    ///
    /// Source: Twilio, "Webhooks security", and its libraries, which take the URL with and without
    /// a port because what signs is not consistent. It signs no time: what comes twice is told
    /// apart by its message's id.
    pub fn twilio() -> Self {
        Self::Signed(SignatureForm {
            message: vec![SignedPart::Url(PortPolicy::WithOrWithout), SignedPart::SortedForm],
            body_hash: Some("bodySHA256".into()),
            ..SignatureForm::new("X-Twilio-Signature", Digest::HmacSha1, Encoding::Base64)
        })
    }

    /// Intercom. The key is the app's client secret. Needs the feature `signatures`.
    ///
    /// Source: Intercom, "Webhooks", signed notifications. No published signature.
    pub fn intercom() -> Self {
        let form = SignatureForm::new("X-Hub-Signature", Digest::HmacSha1, Encoding::Hex);
        Self::Signed(SignatureForm { prefix: "sha1=".into(), ..form })
    }

    /// Discord's interactions; the key is the application's public one in hexadecimal digits. Needs
    /// the feature `signatures`.
    ///
    /// Source: Discord, "Interactions", security and authorization. It names no tolerance: five
    /// minutes are ours. No published signature.
    pub fn discord() -> Self {
        let header = Stated::Header("X-Signature-Timestamp".into());
        Self::Signed(SignatureForm {
            key: KeyForm::Hex,
            message: vec![time(header), SignedPart::Body],
            ..SignatureForm::new("X-Signature-Ed25519", Digest::Ed25519, Encoding::Hex)
        })
    }

    /// RingCX digital channels. Needs the feature `signatures`.
    ///
    /// Source: RingCX, "Channel SDK", authentication. No published signature.
    pub fn ringcx() -> Self {
        SignatureForm::new("X-SMCCSDK-SIGNATURE", Digest::HmacSha512, Encoding::Hex).into()
    }
}

fn standard_webhooks(
    prefix: &'static str,
    strip_prefix: &'static str,
    digest: Digest,
) -> SignatureScheme {
    let id = SignedPart::Value(Stated::Header("webhook-id".into()));
    let at = time(Stated::Header("webhook-timestamp".into()));
    SignatureScheme::Signed(SignatureForm {
        list: SignatureList::Spaces,
        prefix: prefix.into(),
        key: KeyForm::Base64 { strip_prefix: strip_prefix.into() },
        message: vec![id, literal("."), at, literal("."), SignedPart::Body],
        ..SignatureForm::new("webhook-signature", digest, Encoding::Base64)
    })
}

fn time(stated: Stated) -> SignedPart {
    SignedPart::Time { stated, tolerance_secs: FIVE_MINUTES_SECS }
}

fn literal(text: &'static str) -> SignedPart {
    SignedPart::Literal(text.into())
}
