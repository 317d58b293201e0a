//! No mails, mails that are too much, and mails broken at random.

use std::time::{Duration, Instant};

use omnichannel::model::Code;

use super::{decode, event, mail, rejected};

#[test]
fn bytes_that_are_no_mail_are_refused_with_a_sentence() {
    let cases: &[&[u8]] = &[
        b"",
        b" \r\n\r\n",
        b"\0\0\0\0",
        b"hello",
        b"{\"from\": \"a@x.org\"}",
        b"\xff\xd8\xff\xe0 JFIF",
        b"Dear all,\nplease note: it rains.\n\nBye",
        b"\n\n--b\n\n--b--",
    ];
    for case in cases {
        assert_eq!(rejected(*case), Code::Syntax);
    }
}

#[test]
fn a_mail_of_32_mebibytes_is_read_and_one_byte_more_is_refused() {
    let mut body = mail("From: a@x.org", "");
    body.resize(32 << 20, b'x');
    assert_eq!(super::text(&event(body.clone())).len(), (32 << 20) - "From: a@x.org\r\n\r\n".len());
    body.push(b'x');
    assert_eq!(rejected(body), Code::TooLarge);
}

/// Reads a mail and says so where that takes too long even on a slow machine without optimisation.
#[track_caller]
fn in_time(body: Vec<u8>) -> Option<Code> {
    #[expect(clippy::disallowed_methods, reason = "a test measures")]
    let from = Instant::now();
    let decoded = decode(body);
    let took = from.elapsed();
    assert!(took < Duration::from_secs(20), "took {took:?}");
    decoded.rejected.first().map(|rejection| rejection.code)
}

#[test]
fn nesting_without_end_is_refused_in_time() {
    let level = |n: usize| format!("Content-Type: multipart/mixed; boundary=b{n}\n\n--b{n}\n");
    let deep: String = (0..10_000).map(level).collect();
    assert_eq!(in_time(format!("From: a@x.org\n{deep}").into_bytes()), Some(Code::TooDeep));
    let wide = format!(
        "From: a@x.org\nContent-Type: multipart/mixed; boundary=b\n\n{}",
        "--b\n\nx\n".repeat(10_000)
    );
    assert_eq!(in_time(wide.into_bytes()), Some(Code::TooMany));
    let mails = "Content-Type: message/rfc822\n\n".repeat(100_000);
    assert_eq!(in_time(format!("From: a@x.org\n{mails}").into_bytes()), None);
}

#[test]
fn a_mebibyte_of_anything_is_read_in_time() {
    let pieces = [
        "Subject: x\n",
        "To: a@x.org, ",
        "=?utf-8?q?",
        "(",
        "\"",
        "<",
        "<!--",
        "&",
        "begin 644 a\n",
        "=\n",
        "--b\n",
        "References: <a@b>\n ",
        "; a*1=x",
        "=?a?b?",
        "@",
        "\\",
        ":",
        ";",
        "</div",
        " \n ",
        "\n",
    ];
    let fields = [
        "Subject",
        "From",
        "To",
        "Date",
        "References",
        "Content-Type: multipart/mixed; boundary=b",
    ];
    for piece in pieces {
        for field in fields {
            let much = piece.repeat((1 << 20) / piece.len() / 4);
            assert_ne!(
                in_time(format!("From: a@x.org\n{field}: {much}\n\n{much}").into_bytes()),
                Some(Code::Syntax)
            );
        }
        let html = format!("From: a@x.org\nContent-Type: text/html\n\n{}", piece.repeat(50_000));
        assert_eq!(in_time(html.into_bytes()), None);
    }
}

/// Pseudo-random numbers (Marsaglia's xorshift64), the same everywhere.
struct Noise(u64);

impl Noise {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % bound.max(1)
    }
}

#[test]
fn mails_broken_at_random_always_get_an_answer() {
    const WORDS: &[&[u8]] = &[
        b"\n",
        b"\r\n\r\n",
        b"--b",
        b"--",
        b":",
        b";",
        b"<",
        b">",
        b"(",
        b")",
        b"\"",
        b"\\",
        b"=?utf-8?B?",
        b"=?q?Q?",
        b"?=",
        b"\xff",
        b"\0",
        b"=",
        b"&#x",
        b"<!--",
        b"+AGE",
        b"*0*=",
        b"'",
        b"@",
        b",",
        b" ",
        b"\xe2\x82",
        b"begin 644 x\n",
    ];
    const CHARSETS: &[&str] =
        &["utf-7", "utf-16", "gb18030", "iso-2022-jp", "big5", "us-ascii", "shift_jis"];
    let mut noise = Noise(0x9e37_79b9_7f4a_7c15);
    for round in 0..20_000 {
        let charset = CHARSETS[noise.below(CHARSETS.len())];
        let header = "Subject: =?iso-8859-1?Q?caf=E9?= (a) \"b\"\n\
            Date: Sun, 22 Nov 2026 09:00:00 +0100\n\
            Message-ID: <1@x.org>\nReferences: <2@x.org>\n\
            Content-Type: multipart/alternative;\n boundary=\"b\"";
        let parts = format!(
            "--b\nContent-Type: text/plain; charset={charset}; name*0*=utf-8''a%20; name*1=b\n\
             Content-Transfer-Encoding: base64\n\naGVsbG8gKGFiYykK\n--b\n\
             Content-Type: text/html; charset={charset}\n\
             Content-Transfer-Encoding: quoted-printable\n\n<p>a&amp;b <!-- c --> =C3=A9</p>\n--b--"
        );
        let mut body =
            mail(&format!("From: \"A \\\"B\" (c) <a@x.org>, g: b@x.org;\n{header}"), &parts);
        for _ in 0..=noise.below(6) {
            let at = noise.below(body.len());
            let end = (at + noise.below(12)).min(body.len());
            let word = WORDS[noise.below(WORDS.len())].iter().copied();
            drop(body.splice(at..end, word));
        }
        let decoded = decode(body);
        let answers = decoded.events.len() + decoded.rejected.len() + decoded.ignored.len();
        assert!(answers == 1, "round {round} gave {answers} answers");
    }
}
