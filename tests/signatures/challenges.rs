//! Handshakes: answered to who knows the token, with nothing but plain letters.

use omnichannel::channel::{RawResponse, handshake};

use super::*;

const ASKED: &str = "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=m%20e+a-t-y";

fn echoed(text: &str) -> Option<RawResponse> {
    Some(RawResponse::received().with_body("text/plain", text))
}

fn hub(query: &str, token: &str) -> Option<RawResponse> {
    let called = request("").method("GET").url(format!("https://shop.example/hook?{query}"));
    let answer = handshake::hub_challenge(&called, token.as_bytes());
    // A transport may hand the query over as the body.
    let handed = request(query).method("GET");
    assert_eq!(handshake::hub_challenge(&handed, token.as_bytes()), answer);
    answer
}

#[test]
fn the_challenge_goes_back_to_who_knows_the_token() {
    assert_eq!(hub(ASKED, "m e a-t-y"), echoed("1158201444"));
    let refused = Some(RawResponse::status(403));
    assert_eq!(hub(ASKED, "m e a-t-"), refused);
    assert_eq!(hub(ASKED, ""), refused);
    assert_eq!(hub("hub.mode=subscribe&hub.challenge=1&hub.verify_token=", ""), refused);
    assert_eq!(hub("hub.mode=subscribe&hub.challenge=1", "ours"), refused);
    assert_eq!(hub("hub.mode=subscribe&hub.verify_token=ours", "ours"), refused);
    for script in ["%3Cscript%3E", "", "a%0D%0Ab", &"a".repeat(513)] {
        let asked = format!("hub.mode=subscribe&hub.verify_token=ours&hub.challenge={script}");
        assert_eq!(hub(&asked, "ours"), refused);
    }
}

#[test]
fn what_asks_nothing_is_no_handshake() {
    let long = format!("{ASKED}&a={}", "a".repeat(5_000));
    for query in ["", "hub.mode=unsubscribe&hub.challenge=1", "a=b", "{}", &long] {
        assert_eq!(hub(query, "m e a-t-y"), None);
    }
}

#[test]
fn slack_is_told_what_it_asked() {
    let of = |body: &str| handshake::url_verification(&request(body));
    let asked =
        r#"{"token": "t", "challenge": "3eZbrw1aBm2rZgRNFdxV", "type": "url_verification"}"#;
    assert_eq!(of(asked), echoed("3eZbrw1aBm2rZgRNFdxV"));
    let script = r#"{"type": "url_verification", "challenge": "<script>"}"#;
    assert_eq!(of(script), Some(RawResponse::status(400)));
    let deep = "[".repeat(4_000);
    let long = format!("{asked}{}", " ".repeat(5_000));
    for body in [r#"{"type": "event_callback", "challenge": "a"}"#, "{}", "", "[]", &deep, &long] {
        assert_eq!(of(body), None);
    }
}
