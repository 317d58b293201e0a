//! A mail server on this machine that fails where it is told.

use std::io::{BufRead as _, BufReader, Write as _};
use std::net::{TcpListener, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;

/// How far a talk has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Stage {
    Greeting,
    From,
    To,
    Data,
    Content,
}

/// A reply instead of the good one; without one it hangs up.
type Failure = (Stage, Option<&'static str>);

/// Takes one connection; hands over its lines once it is over.
pub(crate) fn serve(failure: Option<Failure>) -> (u16, Receiver<Vec<String>>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    let (told, heard) = channel();
    thread::spawn(move || {
        let (stream, _) = listener.accept().unwrap();
        let mut lines = Vec::new();
        talk(&stream, failure, &mut lines);
        // Nobody may want to know.
        drop(told.send(lines));
    });
    (port, heard)
}

/// `None` where the talk breaks off.
fn talk(mut stream: &TcpStream, failure: Option<Failure>, lines: &mut Vec<String>) -> Option<()> {
    let mut say = move |stage: Option<Stage>, good: &str| {
        let failed = failure.filter(|(at, _)| Some(*at) == stage);
        let reply = failed.map_or(Some(good), |(_, reply)| reply)?;
        stream.write_all(format!("{reply}\r\n").as_bytes()).ok()
    };
    say(Some(Stage::Greeting), "220 here")?;
    let mut in_content = false;
    for line in BufReader::new(stream).lines() {
        let line = line.ok()?;
        if in_content {
            if line == "." {
                in_content = false;
                say(Some(Stage::Content), "250 2.0.0 taken as 7")?;
            }
            continue;
        }
        match line.split([' ', ':']).next()? {
            "EHLO" => say(None, "250 here")?,
            "MAIL" => say(Some(Stage::From), "250 fine")?,
            "RCPT" => say(Some(Stage::To), "250 fine")?,
            "DATA" => {
                say(Some(Stage::Data), "354 go on")?;
                in_content = true;
            }
            "QUIT" => say(None, "221 bye")?,
            _ => say(None, "502 what?")?,
        }
        lines.push(line);
    }
    Some(())
}
