//! A real mail server takes mails over TLS: Python's `aiosmtpd`.
//!
//! What it took is what was sent.
//!
//! `OMNICHANNEL_AIOSMTPD` names a Python that has the package; `.ci/run` installs it.

use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};

use omnichannel::channel::{KeyRing, RawInbound, verify};

use super::*;

/// Prints its port, then what it took: the envelope on a line, and the mail in hexadecimal digits.
const SERVER: &str = r#"
import asyncio, ssl, sys
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
class Handler:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address.startswith("nobody@"):
            return "550 5.1.1 no such user"
        envelope.rcpt_tos.append(address)
        return "250 OK"
    async def handle_DATA(self, server, session, envelope):
        name = session.auth_data.decode() if session.auth_data else "-"
        print(envelope.mail_from, *envelope.rcpt_tos, name,
              envelope.original_content.hex(), flush=True)
        return "250 2.0.0 queued"
def login(server, session, envelope, mechanism, data):
    fine = data.login == b"help" and data.password == b"a password"
    return AuthResult(success=fine, handled=False, auth_data=data.login)
tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
tls.load_cert_chain(sys.argv[1], sys.argv[2])
starttls = sys.argv[3] == "starttls"
loop = asyncio.new_event_loop()
def factory():
    return SMTP(Handler(), enable_SMTPUTF8=True, authenticator=login, auth_require_tls=starttls,
                tls_context=tls if starttls else None, require_starttls=starttls)
async def main():
    server = await loop.create_server(factory, "127.0.0.1", 0, ssl=None if starttls else tls)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()
loop.run_until_complete(main())
"#;

struct Server {
    child: Child,
    lines: std::io::Lines<BufReader<std::process::ChildStdout>>,
    smtp: Smtp,
}

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.child.kill());
        drop(self.child.wait());
    }
}

/// A certificate for `localhost` that trusts itself.
fn certificate(folder: &Path) -> bool {
    let made = Command::new("openssl")
        .args(["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"])
        .args(["-nodes", "-days", "2", "-subj", "/CN=localhost"])
        .args(["-addext", "subjectAltName=DNS:localhost"])
        .args(["-addext", "basicConstraints=critical,CA:FALSE"])
        .arg("-keyout")
        .arg(folder.join("key.pem"))
        .arg("-out")
        .arg(folder.join("cert.pem"))
        .stderr(Stdio::null())
        .status();
    made.is_ok_and(|status| status.success())
}

/// A server, where the machine can have one.
fn server(kind: &str, test: &str) -> Option<Server> {
    let python = std::env::var("OMNICHANNEL_AIOSMTPD").ok();
    let folder =
        std::env::temp_dir().join(format!("omnichannel-{}-{kind}-{test}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let Some(python) = python.filter(|path| !path.is_empty() && certificate(&folder)) else {
        println!("skipped: OMNICHANNEL_AIOSMTPD names no Python with aiosmtpd, or no openssl");
        return None;
    };
    let mut child = Command::new(python)
        .args(["-c", SERVER])
        .args([folder.join("cert.pem"), folder.join("key.pem")])
        .arg(kind)
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    let port = lines.next().unwrap().unwrap().parse().unwrap();
    let smtp = match kind {
        "starttls" => Smtp::new("localhost").starttls(),
        _ => Smtp::new("localhost"),
    };
    let pem = std::fs::read(folder.join("cert.pem")).unwrap();
    std::fs::remove_dir_all(folder).unwrap();
    Some(Server { child, lines, smtp: smtp.port(port).trusting(&pem).unwrap() })
}

#[test]
fn a_real_server_takes_a_mail_over_tls_as_it_was_written() {
    for kind in ["tls", "starttls"] {
        let Some(mut server) = server(kind, "takes") else { return };
        let smtp = server.smtp.clone().credentials("help", "a password");
        let answer = sent(&smtp, "zoe@example.org");
        assert_eq!(status(&answer).map(|told| told.0), Some(250), "{kind}: {answer:?}");
        let line = server.lines.next().unwrap().unwrap();
        let words: Vec<&str> = line.split(' ').collect();
        let [from, to, name, mail] = words.as_slice() else { panic!("{line}") };
        assert_eq!((*from, *to, *name), (OWN, "zoe@example.org", "help"), "{kind}");
        let bytes = (0..mail.len()).step_by(2);
        let mail: Vec<u8> =
            bytes.map(|at| u8::from_str_radix(&mail[at..at + 2], 16).unwrap()).collect();
        let planned = planned("zoe@example.org").body;
        assert_eq!(mail.trim_ascii_end(), planned.trim_ascii_end(), "{kind}: not a byte differs");
        assert_eq!(read(&mail), TEXT);
    }
}

/// The words that a reader finds in a mail.
fn read(mail: &[u8]) -> String {
    let zoe = Mail::new(Channel::new("zoe", ChannelKind::Email).unwrap(), ["zoe@example.org"]);
    let request = RawInbound::new(TenantId::named("t"), zoe.channel().id.clone(), mail);
    let request = request.attested("a test");
    let request = verify(&zoe.scheme(), &KeyRing::default(), request, Timestamp::MIN).unwrap();
    let read = zoe.decode(&request).events.remove(0).message.unwrap();
    assert_eq!(read.subject.as_ref().unwrap().expose(), "Votre commande");
    read.text().expose().trim_end().to_owned()
}

#[test]
fn a_real_server_refuses_and_is_refused() {
    let Some(server) = server("tls", "refuses") else { return };
    let known = server.smtp.clone().credentials("help", "a password");
    let nobody = sent(&known, "nobody@example.org");
    assert_eq!(status(&nobody), Some((550, "5.1.1".to_owned())));
    let stranger = server.smtp.clone().credentials("help", "a guess");
    assert_eq!(status(&sent(&stranger, "zoe@example.org")).map(|told| told.0), Some(535));
    let letters = sent(&known, "zoé@example.org");
    assert_eq!(status(&letters).map(|told| told.0), Some(250), "it takes letters beyond ASCII");
    // Without its certificate nobody can tell that it is the right one.
    let untrusted = Smtp::new("localhost").port(port(&server.smtp));
    assert_eq!(sent(&untrusted, "zoe@example.org"), TransportAnswer::NotSent);
}

/// The port, which `Debug` shows.
fn port(smtp: &Smtp) -> u16 {
    let shown = format!("{smtp:?}");
    let after = shown.split("port: ").nth(1).unwrap();
    after.split(',').next().unwrap().parse().unwrap()
}
