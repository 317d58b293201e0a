//! What of a mail is text and what is a file.

use omnichannel::model::Part;

use super::{codec, event, files, mail, text};

fn typed(content_type: &str, body: &str) -> Vec<u8> {
    mail(&format!("From: a@x.org\nMIME-Version: 1.0\nContent-Type: {content_type}"), body)
}

fn encoded(content_type: &str, encoding: &str, body: &[u8]) -> Vec<u8> {
    let header = format!(
        "From: a@x.org\nContent-Type: {content_type}\nContent-Transfer-Encoding: {encoding}\n\n"
    );
    [header.as_bytes(), body].concat()
}

#[test]
fn charsets_and_transfer_encodings_are_undone() {
    let cases: &[(&str, &str, &[u8], &str)] = &[
        ("text/plain; charset=iso-8859-1", "8bit", b"Fr\xf6sche", "Frösche"),
        ("text/plain; charset=iso-8859-15", "8bit", b"9 \xa4", "9 €"),
        ("text/plain; charset=\"windows-1252\"", "quoted-printable", b"l=92=E9t=e9", "l’été"),
        ("text/plain; charset=GB2312", "base64", b"xOO6ww==", "你好"),
        ("text/plain; charset=iso-2022-jp", "7bit", b"\x1b$B%O%m!<\x1b(B", "ハロー"),
        ("text/plain; charset=koi8-r", "8bit", b"\xcd\xc9\xd2", "мир"),
        ("text/plain", "8bit", "déjà".as_bytes(), "déjà"),
        ("text/plain; charset=us-ascii", "8bit", "déjà".as_bytes(), "déjà"),
        ("text/plain; charset=us-ascii", "8bit", b"d\xe9j\xe0", "déjà"),
        ("text/plain; charset=utf-8", "8bit", b"d\xe9j\xe0", "d\u{fffd}j\u{fffd}"),
        ("text/plain; charset=x-nowhere", "8bit", b"d\xe9j\xc3\xa0", "d\u{fffd}jà"),
        ("text/plain", "quoted-printable", b"a =\n b= \nc =ZZ 1=2 =", "a  bc =ZZ 1=2"),
        ("text/plain", "BASE64", b"aGVsbG8=\n____\nthe list\n", "hello____\nthe list"),
        ("text/plain", "base64", b"not base 64 at all", "not base 64 at all"),
        ("text/plain", "x-none", b"a\0b", "a\u{fffd}b"),
        ("text", "7bit", b"plain", "plain"),
        ("nonsense", "7bit", b"plain", "plain"),
    ];
    for (content_type, encoding, body, meant) in cases {
        let event = event(encoded(content_type, encoding, body));
        assert_eq!(text(&event), *meant, "{content_type} {encoding}");
    }
}

#[test]
fn html_becomes_words_with_its_blocks_on_lines() {
    let html = "<html><head><title>no</title><style>p {}</style></head><body><div>Dear all,</div>\
        <div>caf&eacute;&nbsp;&amp; cr&#232;me</div><p>One<br>two</p>\
        <script>alert(1)</script></body>";
    let event = event(typed("text/html; charset=utf-8", html));
    assert_eq!(text(&event), "Dear all,\ncafé & crème\nOne\ntwo");
}

#[test]
fn of_alternatives_plain_text_is_taken_unless_it_is_blank() {
    let both = |plain: &str| {
        format!(
            "--b\nContent-Type: text/plain\n\n{plain}\n--b\n\
             Content-Type: text/html\n\n<p>rich</p>\n--b--\n"
        )
    };
    let taken =
        |plain: &str| text(&event(typed("multipart/alternative; boundary=b", &both(plain))));
    assert_eq!(taken("plain"), "plain");
    assert_eq!(taken("  \n"), "rich");
    let richer = "--b\nContent-Type: text/html\n\nrich\n\
        --b\nContent-Type: text/html\n\nricher\n--b--";
    let event = event(typed("multipart/alternative; boundary=b", richer));
    assert_eq!(text(&event), "richer", "the last is the best (RFC 2046, section 5.1.4)");
}

#[test]
fn files_are_named_by_place_type_name_and_size() {
    let body = "preamble\n--b\n\nwords\n--b\n\
        Content-Type: image/png; name=\"=?utf-8?Q?caf=C3=A9.png?=\"\n\
        Content-Transfer-Encoding: base64\nContent-Disposition: attachment\n\nAAECAw==\n--b\n\
        Content-Type: text/plain\n\
        Content-Disposition: attachment; filename*=utf-8''r%C3%A9sum%C3%A9.txt\n\nabc\n\
        --b\nContent-Type: message/rfc822\n\nFrom: other@x.org\n\
        Subject: inner\n\ninner words\n--b--\nepilogue";
    let event = event(typed("multipart/mixed; boundary=\"b\"", body));
    assert_eq!(text(&event), "words");
    let name = |name: &str| Some(name.to_owned());
    let own = |place: &str, media_type: &str| (place.to_owned(), media_type.to_owned());
    let expected: Vec<_> = [
        (own("part:2", "image/png"), name("café.png"), Some(4)),
        (own("part:3", "text/plain"), name("résumé.txt"), Some(3)),
        (own("part:4", "message/rfc822"), None, Some(48)),
    ]
    .into_iter()
    .map(|((place, media_type), name, size)| (place, media_type, name, size))
    .collect();
    assert_eq!(files(&event), expected);
}

#[test]
fn parts_in_a_row_are_all_text_and_boundaries_may_be_broken() {
    let row = "--b\n\none\n--b\nContent-Type: text/html\n\n<b>two</b>\n--b";
    assert_eq!(text(&event(typed("multipart/mixed; boundary=b", &format!("{row}--")))), "one\ntwo");
    assert_eq!(text(&event(typed("multipart/mixed; boundary=b", row))), "one\ntwo");
    assert_eq!(text(&event(typed("multipart/mixed; boundary=b", "no delimiter"))), "no delimiter");
    assert_eq!(text(&event(typed("multipart/mixed", "no boundary"))), "no boundary");
    let nested = "--a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n\none\n--a\n\ntwo\n--a--";
    assert_eq!(text(&event(typed("multipart/mixed; boundary=a", nested))), "one\ntwo");
}

#[test]
fn uuencoded_files_are_taken_out_of_text() {
    let body = "Here it is.\n\nbegin 644 cat.txt\n#0V%T\n`\nend\nBye.\nbegin 644 of nothing\n";
    let event = event(typed("text/plain", body));
    assert_eq!(text(&event), "Here it is.\n\nBye.\nbegin 644 of nothing");
    let (place, name) = ("part:begin-1".to_owned(), Some("cat.txt".to_owned()));
    assert_eq!(files(&event), [(place, "application/octet-stream".to_owned(), name, Some(3))]);
}

#[test]
fn quoted_history_and_line_ends_are_kept_as_one_reads_them() {
    let event = event(b"From: a@x.org\n\nYes.\r\n\r\n> No?\r\n-- \rCamille\n".as_slice());
    assert_eq!(text(&event), "Yes.\n\n> No?\n-- \nCamille");
}

#[test]
fn a_language_is_the_mails_or_its_first_parts() {
    let language = |body: Vec<u8>| event(body).message.unwrap().language;
    assert_eq!(
        language(mail("From: a@x.org\nContent-Language: en-US, fr", "x")),
        Some("en-US".to_owned())
    );
    let part = "--b\nContent-Language: ja\n\nx\n--b--";
    assert_eq!(language(typed("multipart/mixed; boundary=b", part)).as_deref(), Some("ja"));
    assert_eq!(language(mail("From: a@x.org\nContent-Language: <b>", "x")), None);
}

#[test]
fn smuggled_and_stray_header_lines_deceive_nobody() {
    let smuggled =
        event(mail("From: a@x.org\nSub ject: smuggled\nstray line\nMessage-ID: <1@x>", "x"));
    assert_eq!((super::subject(&smuggled), smuggled.external_id.as_deref()), (None, Some("1@x")));
    let open = event(b"From: a@x.org\nSubject: s\nno empty line\nTo: b@x.org".as_slice());
    assert_eq!(text(&open), "no empty line\nTo: b@x.org");
    let twice = event(mail("From: a@x.org\nFrom: b@x.org", "x"));
    assert_eq!(super::sender(&twice), Some("a@x.org"));
}

#[test]
fn a_file_is_got_by_the_place_that_its_event_names() {
    let letter = "From: a@x.org\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\n\
        Voici.\r\n--b\r\nContent-Type: image/png; name=\"dress.png\"\r\n\
        Content-Transfer-Encoding: base64\r\n\r\nAAEC\r\n/w==\r\n--b--\r\n";
    let event = event(letter);
    let parts = &event.message.as_ref().unwrap().parts;
    let Some(Part::Media(file)) = parts.last() else { panic!("{parts:?}") };
    let bytes = codec().file(letter.as_bytes(), file.location.expose()).unwrap();
    assert_eq!(bytes, [0, 1, 2, 255]);
    assert_eq!(file.bytes, Some(4));
    for other in ["part:3", "part:", "2", "https://x.org", "part:2.begin-1"] {
        assert_eq!(codec().file(letter.as_bytes(), other), None, "{other}");
    }
    let whole = "From: a@x.org\r\nContent-Type: image/png\r\n\r\nhm";
    assert_eq!(codec().file(whole.as_bytes(), "part:1").as_deref(), Some(&b"hm"[..]));
}
