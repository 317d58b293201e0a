//! The vectors: scheme, key, request, and the time when it was verified.

use super::*;

/// A request that verifies.
pub(super) struct Case {
    pub(super) name: &'static str,
    pub(super) scheme: SignatureScheme,
    pub(super) key: &'static str,
    pub(super) request: RawInbound,
    pub(super) now: Timestamp,
}

impl Case {
    fn new(
        name: &'static str,
        scheme: SignatureScheme,
        key: &'static str,
        body: &str,
        header: (&str, &str),
    ) -> Self {
        let request = request(body).header(header.0, header.1);
        Self { name, scheme, key, request, now: Timestamp::MIN }
    }

    /// A key that is written as the scheme demands, and another.
    pub(super) fn another_key(&self) -> &'static str {
        let SignatureScheme::Signed(form) = &self.scheme else { return "" };
        match form.key {
            KeyForm::Plain => "another",
            KeyForm::Base64 { .. } => "YW5vdGhlcg==",
            KeyForm::Hex => "616e6f74686572",
        }
    }

    fn header(mut self, name: &str, value: &str) -> Self {
        self.request = self.request.header(name, value);
        self
    }

    fn url(mut self, url: &str) -> Self {
        self.request = self.request.url(url);
        self
    }

    fn at(mut self, seconds: i64) -> Self {
        self.now = at(seconds);
        self
    }
}

const FORM: &str = "application/x-www-form-urlencoded";

/// The body of Slack's documentation, in two halves.
const SLACK: [&str; 2] = [
    "token=xyzz0WbapA4vBCDEFasx0q6G&team_id=T1DC2JH3J&team_domain=testteamnow&\
     channel_id=G8PSS9T3V&channel_name=foobar&user_id=U2CERLKJA&user_name=roadrunner&\
     command=%2Fwebhook-collect&text=&",
    "response_url=https%3A%2F%2Fhooks.slack.com%2Fcommands%2FT1DC2JH3J%2F397700885554%2F\
     96rGlfmibIGlgcZRskXaIFfN&trigger_id=398738663015.47445629121.\
     803a0bc887a14d10d2c447fce8b6703c",
];

/// Everything that this build can verify.
pub(super) fn cases() -> Vec<Case> {
    let mut cases = core();
    cases.extend(timed());
    if cfg!(feature = "signatures") {
        cases.extend(twilio());
        cases.extend(others());
    }
    cases
}

/// Over the raw body, a URL, or nothing.
fn core() -> Vec<Case> {
    use SignatureScheme as S;
    let hub = |signature| ("x-hub-signature-256", signature);
    vec![
        Case::new(
            "github",
            S::meta(),
            "It's a Secret to Everybody",
            "Hello, World!",
            hub("sha256=757107ea0eb2509fc211221cce984b8a37570b6d7586c22c46f4379c8b043e17"),
        ),
        Case::new(
            "meta",
            S::meta(),
            "secret",
            "test",
            hub("sha256=0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914"),
        ),
        Case::new(
            "line",
            S::line(),
            "8c570fa6dd201bb328f1c1eac23a96d8",
            r#"{"destination":"U8e742f61d673b39c7fff3cecb7536ef0","events":[]}"#,
            ("X-Line-Signature", "GhRKmvmHys4Pi8DxkF4+EayaH0OqtJtaZxgTD9fMDLs="),
        ),
        // RFC 4231, section 4.3.
        Case::new(
            "woocommerce",
            S::woocommerce(),
            "Jefe",
            "what do ya want for nothing?",
            ("x-wc-webhook-signature", "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="),
        ),
        Case::new(
            "shopify",
            S::shopify(),
            "Jefe",
            "what do ya want for nothing?",
            ("x-shopify-hmac-sha256", "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="),
        ),
        Case::new(
            "square",
            S::square(),
            "a key of the test",
            r#"{"event_id":"e-1"}"#,
            ("x-square-hmacsha256-signature", "HHLqwkRK+QqfRaaR4dmirppoulcI4X293k95FAygHsQ="),
        )
        .url("https://shop.example/hooks/square"),
        Case::new(
            "telegram",
            S::telegram(),
            "a-long_SECRET",
            "{}",
            ("x-telegram-bot-api-secret-token", "a-long_SECRET"),
        ),
    ]
}

/// Over a time as well.
fn timed() -> Vec<Case> {
    use SignatureScheme as S;
    vec![
        Case::new(
            "slack",
            S::slack(),
            "8f742231b10e8888abcd99yyyzzz85a5",
            &SLACK.concat(),
            (
                "X-Slack-Signature",
                "v0=a2114d57b48eac39b9ad189dd8316235a7b4a8d21a10bd27519666489c69b503",
            ),
        )
        .header("X-Slack-Request-Timestamp", "1531420618")
        .at(1_531_420_618),
        Case::new(
            "standard webhooks",
            S::standard_webhooks(),
            "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
            r#"{"test": 2432232314}"#,
            ("Webhook-Signature", "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE="),
        )
        .header("Webhook-Id", "msg_p5jXN8AQM9LWM0D4loKWxJek")
        .header("Webhook-Timestamp", "1614265330")
        .at(1_614_265_330),
        Case::new(
            "stripe",
            S::stripe(),
            "whsec_two_words",
            "{\"id\":\"evt_1\"}\n",
            (
                "stripe-signature",
                "t=1700000000,v1=46e4ae03aad137ae7da79fc2a1d92e7cda59e409a2ab7fc6ca35b67b253477f7",
            ),
        )
        .at(1_700_000_000),
    ]
}

/// The published ones of Twilio and of its libraries.
fn twilio() -> Vec<Case> {
    let case = |name, url: &str, content_type, body: &str, signature| {
        let header = ("X-Twilio-Signature", signature);
        let case = Case::new(name, SignatureScheme::twilio(), "12345", body, header);
        case.url(url).header("Content-Type", content_type)
    };
    let url = "https://mycompany.com/myapp.php?foo=1&bar=2";
    let form = |rest: &str| {
        format!(
            "CallSid=CA1234567890ABCDE&Caller=%2B1415867{rest}&Digits=1234&From=%2B1415867{rest}\
             &To=%2B18005551212"
        )
    };
    let trap = format!("ReasonConferenceEnded=test&{}&Reason=Participant", form("5309"));
    let hash = "0a1ff7634d9ab3b95db5c9a2dfe9416e41502b283a80c7cf19632632f96e6620";
    let json = r#"{"property": "value", "boolean": true}"#;
    vec![
        case("twilio", url, FORM, &form("5309"), "RSOYDt4T1cUTdK1PDd93/VVr8B8="),
        case("twilio, another", url, FORM, &form("5310"), "GvWf1cFY/Q7PnoempGyD5oXAezc="),
        case("twilio, sorted by name", url, FORM, &trap, "vOEb5UThFn24KEfnOFLQY2AE5FY="),
        case(
            "twilio, JSON",
            &format!("{url}&bodySHA256={hash}"),
            "application/json",
            json,
            "a9nBmqA0ju/hNViExpshrM61xv4=",
        ),
    ]
}

/// RFC 2202, RFC 4231, RFC 8032; the two with a time were signed by OpenSSL with the RFC's key.
fn others() -> Vec<Case> {
    use SignatureScheme as S;
    const PUBLIC: &str = "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c";
    let plain = SignatureForm::new("X-Signature", Digest::Ed25519, Encoding::Hex);
    vec![
        Case::new(
            "intercom",
            S::intercom(),
            "Jefe",
            "what do ya want for nothing?",
            ("x-hub-signature", "sha1=effcdf6ae5eb2fa2d27416d5f184df9c259a7c79"),
        ),
        Case::new(
            "ringcx",
            S::ringcx(),
            "Jefe",
            "what do ya want for nothing?",
            (
                "x-smccsdk-signature",
                "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea250554\
                 9758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737",
            ),
        ),
        Case::new(
            "Ed25519",
            SignatureForm { key: KeyForm::Hex, ..plain }.into(),
            PUBLIC,
            "\x72",
            (
                "x-signature",
                "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da\
                 085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00",
            ),
        ),
        Case::new(
            "discord",
            S::discord(),
            PUBLIC,
            r#"{"type":1}"#,
            (
                "x-signature-ed25519",
                "f469ecef789749220e905777fb1f6bc03b827ddd6097c3fc0a7924131c221ab1\
                 4abed319656685a311beeb741a33ee88a5e14858e3aa0c3d1efc66804188b00e",
            ),
        )
        .header("x-signature-timestamp", "1700000000")
        .at(1_700_000_000),
        Case::new(
            "standard webhooks, asymmetric",
            S::standard_webhooks_asymmetric(),
            "whpk_PUAXw+hDiVqStwqnTRt+vJyYLM8uxJaMwM1V8Sr0Zgw=",
            r#"{"a":1}"#,
            (
                "webhook-signature",
                "v1a,vviQXkRN/b1H6tEsfiHZSmWG0SplaRdhL8oqbkKC7O1/IvGDgYhp1SHS38uH5bRaAeXTJAXx\
                 CeoFvCrWrcrXCw==",
            ),
        )
        .header("webhook-id", "msg_1")
        .header("webhook-timestamp", "1700000000")
        .at(1_700_000_000),
    ]
}

#[test]
fn every_vector_verifies_and_again() {
    for case in cases() {
        assert_eq!(case.scheme.feature_missing(), None, "{}", case.name);
        // A signature does not say whether a request is new.
        for _ in 0..2 {
            let proof = check(&case, case.key, &case.request);
            assert_eq!(proof, Ok(Proof::Signature { key_index: 0 }), "{}", case.name);
        }
    }
}
