//! Calls over HTTP to a provider on this machine: answers, silence, credentials.
#![cfg(feature = "http")]
#![expect(clippy::unwrap_used, reason = "a test may fail anywhere")]
#![expect(clippy::disallowed_methods, reason = "a provider has a thread of its own")]

mod provider;
#[cfg(feature = "testkit")]
mod sent;

use std::time::Duration;

use omnichannel::channel::{Http, RawOutbound, Transport as _, TransportAnswer};
use provider::{Behaviour, Provider, answer};

fn post(path: &str) -> RawOutbound {
    RawOutbound {
        method: "POST".to_owned(),
        path: path.to_owned(),
        headers: vec![("Content-Type".to_owned(), "application/json".to_owned())],
        body: br#"{"to":"+33"}"#.to_vec(),
    }
}

fn run<T>(work: impl Future<Output = T>) -> T {
    tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap().block_on(work)
}

fn call(http: &Http, path: &str) -> TransportAnswer {
    run(http.call(post(path)))
}

fn status(answer: &TransportAnswer) -> Option<u16> {
    match answer {
        TransportAnswer::Answered { status, .. } => Some(*status),
        TransportAnswer::NotSent | TransportAnswer::NoAnswer => None,
    }
}

#[test]
fn a_call_carries_its_body_and_the_accounts_credentials() {
    let provider = Provider::new([answer(200, &[("X-Id", "7")], "ok")]);
    let http = Http::new(&provider.base("/v1/")).unwrap().bearer("a-token").unwrap();
    let TransportAnswer::Answered { status, headers, body } = call(&http, "/messages?x=1") else {
        panic!("an answer")
    };
    assert_eq!((status, body.as_slice()), (200, b"ok".as_slice()));
    assert!(headers.contains(&("x-id".to_owned(), "7".to_owned())));
    let heard = provider.heard();
    assert!(heard[0].starts_with("POST /v1/messages?x=1 HTTP/1.1\r\n"), "{}", heard[0]);
    let lower = heard[0].to_lowercase();
    assert!(lower.contains("authorization: bearer a-token\r\n"), "{lower}");
    assert!(lower.contains("content-type: application/json\r\n"), "{lower}");
    assert!(heard[0].ends_with("\r\n\r\n{\"to\":\"+33\"}"), "{}", heard[0]);
}

#[test]
fn a_name_and_a_password_are_written_as_rfc_7617_says() {
    let provider = Provider::new([answer(200, &[], "")]);
    let http = Http::new(&provider.base("")).unwrap().basic("Aladdin", "open sesame").unwrap();
    assert_eq!(status(&call(&http, "/")), Some(200));
    let heard = provider.heard()[0].to_lowercase();
    assert!(heard.contains("authorization: basic qwxhzgrpbjpvcgvuihnlc2ftzq==\r\n"), "{heard}");
    assert!(Http::new("https://x.example").unwrap().basic("a:b", "c").is_err());
}

#[test]
fn nothing_is_tried_again_and_no_redirect_followed() {
    for (status, headers) in [
        (301, vec![("Location", "/elsewhere")]),
        (307, vec![("Location", "/elsewhere")]),
        (429, vec![("Retry-After", "7")]),
        (503, vec![]),
    ] {
        let provider = Provider::new([answer(status, &headers, "no"), answer(200, &[], "again")]);
        let http = Http::new(&provider.base("")).unwrap();
        assert_eq!(self::status(&call(&http, "/messages")), Some(status));
        assert_eq!(provider.heard().len(), 1, "{status}");
    }
}

#[test]
fn a_provider_that_cannot_be_reached_was_sent_nothing() {
    let nobody = Provider::nobody();
    assert_eq!(call(&Http::new(&nobody).unwrap(), "/"), TransportAnswer::NotSent);
    // It speaks no TLS.
    let provider = Provider::new([Behaviour::HangUp]);
    let tls = provider.base("").replace("http:", "https:");
    assert_eq!(call(&Http::new(&tls).unwrap(), "/"), TransportAnswer::NotSent);
}

#[test]
fn a_provider_that_heard_and_says_nothing_whole_may_have_taken_it() {
    for behaviour in [
        Behaviour::HangUp,
        Behaviour::Say("HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf".to_owned()),
        Behaviour::Say("no HTTP\r\n\r\n".to_owned()),
    ] {
        let provider = Provider::new([behaviour.clone()]);
        let http = Http::new(&provider.base("")).unwrap();
        assert_eq!(call(&http, "/"), TransportAnswer::NoAnswer, "{behaviour:?}");
    }
    let provider = Provider::new([Behaviour::Wait]);
    let http = Http::new(&provider.base("")).unwrap().timeout(Duration::from_millis(50));
    assert_eq!(call(&http, "/"), TransportAnswer::NoAnswer);
}

#[test]
fn of_an_endless_answer_a_part_is_read() {
    let provider = Provider::new([answer(200, &[], &"x".repeat(5 << 20))]);
    let http = Http::new(&provider.base("")).unwrap();
    let TransportAnswer::Answered { body, .. } = call(&http, "/") else { panic!("an answer") };
    assert_eq!(body.len(), 1 << 20);
}

#[test]
fn what_is_no_call_never_leaves() {
    let provider = Provider::new([answer(200, &[], "")]);
    let http = Http::new(&provider.base("/bot1")).unwrap();
    for path in ["", "messages", "/../bot2/messages", "/%2e%2e/bot2", "https://evil.example/"] {
        assert_eq!(call(&http, path), TransportAnswer::NotSent, "{path}");
    }
    let injected = ("X-A".to_owned(), "b\r\nX-C: d".to_owned());
    let broken = RawOutbound { headers: vec![injected], ..post("/") };
    assert_eq!(run(http.call(broken)), TransportAnswer::NotSent);
    assert_eq!(status(&call(&http, "/messages")), Some(200), "the only one that was heard");
}

#[test]
fn a_base_is_https_or_on_this_machine_and_nothing_secret_shows() {
    for (base, why) in [
        ("api.example", "no URL"),
        ("http://api.example", "not `https`"),
        ("http://localhost.example", "not `https`"),
        ("ftp://localhost", "not `https`"),
        ("https://api.example/?key=1", "ends with a query"),
    ] {
        let error = Http::new(base).unwrap_err();
        assert!(error.message().contains(why), "{base}: {error}");
    }
    let http = Http::new("https://api.example/bot-secret").unwrap();
    let http = http.bearer("secret").unwrap().header("X-Key", "secret").unwrap();
    assert!(!format!("{http:?}").contains("secret"));
    let told = http.header("X-Key", "secret\n").unwrap_err().to_string();
    assert!(told.contains("no header can hold this value") && !told.contains("secret"), "{told}");
}

fn fetched(http: &Http, location: &str) -> TransportAnswer {
    run(http.fetch(location))
}

#[test]
fn a_file_is_fetched_from_its_place_with_credentials_and_whole() {
    let provider = Provider::new([
        answer(200, &[], "bytes"),
        answer(200, &[], "bytes"),
        answer(200, &[], "too long"),
        answer(200, &[], "far"),
    ]);
    let http = Http::new("https://api.example").unwrap().bearer("a-token").unwrap();
    assert_eq!(fetched(&http, &provider.base("/f/1")), TransportAnswer::NotSent);
    let http = http.files_from(&provider.base("/f")).unwrap().answers_up_to(5);
    for location in [provider.base("/f/1?mid=2"), "1?mid=2".to_owned()] {
        let TransportAnswer::Answered { body, .. } = fetched(&http, &location) else {
            panic!("a file")
        };
        assert_eq!(body, b"bytes");
    }
    assert_eq!(fetched(&http, "2"), TransportAnswer::NoAnswer, "a part of a file is none");
    for heard in provider.heard().iter().take(2) {
        assert!(heard.starts_with("GET /f/1?mid=2 HTTP/1.1\r\n"), "{heard}");
        assert!(heard.to_lowercase().contains("authorization: bearer a-token\r\n"));
    }
    for elsewhere in ["https://evil.example/f/1", "../g/1", "http://127.0.0.1/f/1", "data:,1"] {
        assert_eq!(fetched(&http, elsewhere), TransportAnswer::NotSent, "{elsewhere}");
    }
    let signed = provider.base("/f/3?back=https://shop.example/");
    assert_eq!(status(&fetched(&http, &signed)), Some(200), "a URL may name another");
}

#[test]
fn a_file_that_lies_elsewhere_is_fetched_there_without_credentials() {
    let store = Provider::new([answer(200, &[], "bytes")]);
    let at = store.base("/bucket/1");
    let provider = Provider::new([answer(307, &[("Location", &at)], "")]);
    let http = Http::new("https://api.example").unwrap().bearer("a-token").unwrap();
    let http = http.files_from(&provider.base("")).unwrap();
    assert_eq!(status(&fetched(&http, "media/1")), Some(200));
    let heard = store.heard()[0].to_lowercase();
    assert!(heard.starts_with("get /bucket/1 http/1.1\r\n") && !heard.contains("a-token"));
}
