//! What a provider does in its own way: lists, ports, hashes of bodies, cuts.

use super::*;

fn case(name: &str) -> Option<Case> {
    cases().into_iter().find(|case| case.name == name)
}

fn header(case: &Case, name: &str, value: &str) -> RawInbound {
    let mut request = case.request.clone();
    let mut headers = request.headers.iter_mut();
    let found = headers.find(|(known, _)| known.eq_ignore_ascii_case(name)).unwrap();
    found.1 = value.to_owned();
    request
}

fn fitting(case: &Case, request: &RawInbound) -> bool {
    check(case, case.key, request).is_ok()
}

#[test]
fn one_good_signature_among_others_is_enough() {
    let case = case("standard webhooks").unwrap();
    let good = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let fits = |list: &str| fitting(&case, &header(&case, "webhook-signature", list));
    assert!(fits(&format!("v1,AAAA {good} v1a,BBBB")));
    assert!(fits(&format!("{good} {good}")));
    assert!(!fits(&format!("v1,AAAA,{good}")));
    assert!(!fits(&good.replace("v1,", "v1a,")));
    assert!(!fits(&good.replace("v1,", "")));
}

#[test]
fn a_signature_of_another_version_is_none() {
    let case = case("stripe").unwrap();
    let stated = &case.request.headers[0].1;
    let fits = |list: &str| fitting(&case, &header(&case, "stripe-signature", list));
    assert!(fits(&format!("{stated},v0=00ff")));
    assert!(fits(&stated.replace(",v1=", ",v1=00ff,v1=")));
    assert!(fits(&stated.replace(',', ", ")));
    assert!(!fits(&stated.replace("v1=", "v0=")));
    // Of several times the first counts: it is signed, and it is the one that is compared.
    assert!(fits(&format!("{stated},t=1")));
    assert!(!fits(&format!("t=1,{stated}")));
}

#[test]
fn what_is_signed_is_cut_in_one_way_only() {
    // The same bytes `id.time.body`, cut elsewhere.
    let case = case("standard webhooks").unwrap();
    let mut request = header(&case, "webhook-id", "msg_p5jXN8AQM9LWM0D4loKWxJek.1614265330");
    request = RawInbound { body: b"0.{}".to_vec(), ..request };
    assert_eq!(refused(&case, case.key, &request, "cut elsewhere"), Code::BadSignature);
    let rejection = check(&case, case.key, &request).unwrap_err();
    assert!(rejection.reason.contains("`webhook-id` header holds `.`"), "{rejection}");
}

#[test]
fn a_time_that_is_none_has_a_reason_of_its_own() {
    let case = case("slack").unwrap();
    for time in ["asdf", "1531420618.5", "-1", "1531420618000"] {
        let request = header(&case, "x-slack-request-timestamp", time);
        assert_eq!(refused(&case, case.key, &request, time), Code::BadTime);
    }
    let request = header(&case, "x-slack-request-timestamp", "");
    assert_eq!(refused(&case, case.key, &request, "no time"), Code::Unsigned);
}

#[test]
fn a_signature_may_stand_in_the_query() {
    let form = SignatureForm {
        place: SignaturePlace::Query("signature".into()),
        ..SignatureForm::new("", Digest::HmacSha256, Encoding::Hex)
    };
    let signature = "0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914";
    let of = |url: &str| {
        let keys = KeyRing::new(["secret"]);
        verify(&form.clone().into(), &keys, request("test").url(url), Timestamp::MIN)
    };
    assert!(of(&format!("https://shop.example/h?a=b&signature={signature}#c")).is_ok());
    assert!(of(&format!("https://shop.example/h?a=b&signature={signature}0")).is_err());
    for url in ["https://shop.example/h", "https://shop.example/h#?signature=1", "?signature="] {
        assert_eq!(of(url).unwrap_err().code, Code::Unsigned);
    }
}

#[test]
fn a_method_is_signed_as_the_transport_states_it() {
    let form = SignatureForm {
        message: vec![SignedPart::Method, SignedPart::Literal(" ".into()), SignedPart::Body],
        ..SignatureForm::new("s", Digest::HmacSha256, Encoding::Base64)
    };
    // HMAC-SHA256 of `PUT x` under `key`.
    let signed = request("x").header("S", "bvcBFQDKDsBZYQPL/fajylw9Ui3PCk8V94q26A+Dhpw=");
    let of = |request: RawInbound| {
        verify(&form.clone().into(), &KeyRing::new(["key"]), request, Timestamp::MIN).is_ok()
    };
    assert!(of(signed.clone().method("PUT")));
    assert!(!of(signed.clone().method("put")) && !of(signed));
}

#[test]
fn a_body_that_nothing_binds_is_refused() {
    let form = SignatureForm {
        message: vec![SignedPart::Value(Stated::Header("id".into()))],
        ..SignatureForm::new("s", Digest::HmacSha256, Encoding::Hex)
    };
    // HMAC-SHA256 of `test` under `secret`.
    let signature = "0329a06b62cd16b33eb6792be8c60b158d89a2ee3a876fce9a881ebb488c0914";
    let of = |body: &str| {
        let request = request(body).header("s", signature).header("id", "test");
        verify(&form.clone().into(), &KeyRing::new(["secret"]), request, Timestamp::MIN)
    };
    assert!(of("").is_ok());
    let rejection = of("anything").unwrap_err();
    assert_eq!(rejection.code, Code::BadSignature);
    assert!(rejection.reason.contains("nothing binds"), "{rejection}");
}

#[test]
fn twilio_signs_with_a_port_or_without() {
    let Some(case) = case("twilio") else { return };
    let at = |url: &str| fitting(&case, &case.request.clone().url(url));
    assert!(at("https://mycompany.com:443/myapp.php?foo=1&bar=2"));
    assert!(at("https://mycompany.com:1234/myapp.php?foo=1&bar=2"));
    assert!(!at("http://mycompany.com/myapp.php?foo=1&bar=2"));
    assert!(!at("https://mycompany.com/myapp.php?bar=2&foo=1"));
    assert!(!at("https://mycompany.com:1:2/myapp.php?foo=1&bar=2"));
}

#[test]
fn the_order_of_a_forms_fields_is_no_matter() {
    let Some(case) = case("twilio, sorted by name") else { return };
    let text = String::from_utf8(case.request.body.clone()).unwrap();
    let mut fields: Vec<&str> = text.split('&').collect();
    fields.reverse();
    let reversed = fields.join("&");
    for body in [reversed.clone(), format!("{reversed}&{}", fields[0])] {
        assert!(fitting(&case, &RawInbound { body: body.into(), ..case.request.clone() }));
    }
}

#[test]
fn the_hash_of_a_body_binds_it_whatever_it_calls_itself() {
    let Some(case) = case("twilio, JSON") else { return };
    let url = case.request.url.clone().unwrap();
    let wrong = |request: &RawInbound| {
        assert_eq!(refused(&case, case.key, request, "hash"), Code::BadSignature);
    };
    // Cut off and called a form, the URL alone would be what is signed.
    for media_type in ["application/x-www-form-urlencoded", "application/json", ""] {
        let request = header(&case, "content-type", media_type);
        wrong(&RawInbound { body: Vec::new(), ..request.clone() });
        wrong(&RawInbound { body: b"{}".to_vec(), ..request });
    }
    let bare = RawInbound { headers: case.request.headers[..1].to_vec(), ..case.request.clone() };
    assert!(fitting(&case, &bare));
    wrong(&RawInbound { body: b"{}".to_vec(), ..bare });
    // Two hashes are none, and a URL without one carries only forms.
    wrong(&case.request.clone().url(format!("{url}&bodySHA256=00")));
    let Some(form) = self::case("twilio") else { return };
    let json = header(&form, "content-type", "application/json; charset=utf-8");
    assert_eq!(refused(&form, form.key, &json, "no hash"), Code::BadSignature);
    let declared = "Application/X-WWW-Form-Urlencoded; charset=utf-8";
    assert!(fitting(&form, &header(&form, "content-type", declared)));
}
