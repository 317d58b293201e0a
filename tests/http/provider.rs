//! A provider on this machine that behaves as it is told.

use std::io::{Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

/// What it does with a call that it heard whole.
#[derive(Debug, Clone)]
pub(crate) enum Behaviour {
    /// Says these bytes and hangs up.
    Say(String),
    /// Hangs up.
    HangUp,
    /// Says nothing until the caller hangs up.
    Wait,
}

/// An answer as HTTP writes it.
pub(crate) fn answer(status: u16, headers: &[(&str, &str)], body: &str) -> Behaviour {
    let headers: String =
        headers.iter().map(|(name, value)| format!("{name}: {value}\r\n")).collect();
    let head = format!("HTTP/1.1 {status} X\r\nConnection: close\r\n{headers}");
    Behaviour::Say(format!("{head}Content-Length: {}\r\n\r\n{body}", body.len()))
}

/// Takes one connection for each behaviour, in order.
pub(crate) struct Provider {
    port: u16,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Provider {
    pub(crate) fn new(behaviours: impl IntoIterator<Item = Behaviour>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let (port, heard) = (listener.local_addr().unwrap().port(), Arc::default());
        let (behaviours, told) = (behaviours.into_iter().collect::<Vec<_>>(), Arc::clone(&heard));
        thread::spawn(move || {
            for behaviour in behaviours {
                let Ok((stream, _)) = listener.accept() else { return };
                serve(stream, &behaviour, &told);
            }
        });
        Self { port, heard }
    }

    /// The URL of a port on which nobody listens.
    pub(crate) fn nobody() -> String {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        format!("http://{}", listener.local_addr().unwrap())
    }

    pub(crate) fn base(&self, path: &str) -> String {
        format!("http://127.0.0.1:{}{path}", self.port)
    }

    /// The calls that it heard whole, as they came.
    pub(crate) fn heard(&self) -> Vec<String> {
        self.heard.lock().unwrap().clone()
    }
}

fn serve(mut stream: TcpStream, behaviour: &Behaviour, heard: &Mutex<Vec<String>>) {
    let Some(call) = hear(&mut stream) else { return };
    heard.lock().unwrap().push(call);
    match behaviour {
        // The caller may hang up first.
        Behaviour::Say(words) => drop(stream.write_all(words.as_bytes())),
        Behaviour::HangUp => {}
        Behaviour::Wait => drop(stream.read(&mut [0])),
    }
}

/// A call's head and body; `None` where it is no HTTP or breaks off.
fn hear(stream: &mut TcpStream) -> Option<String> {
    let (mut call, mut chunk) = (Vec::new(), [0; 4096]);
    loop {
        let text = String::from_utf8_lossy(&call).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| {
                let (name, value) = line.split_once(':')?;
                name.eq_ignore_ascii_case("content-length").then(|| value.trim().parse().ok())?
            });
            if body.len() >= length.unwrap_or(0) {
                return Some(text);
            }
        }
        // A greeting of TLS begins with 22.
        match stream.read(&mut chunk) {
            Ok(read) if read > 0 && chunk[0] != 22 => call.extend_from_slice(&chunk[..read]),
            _ => return None,
        }
    }
}
