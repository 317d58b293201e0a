//! The MIME tree of a mail: what of it is text, what files.
//!
//! # Why
//!
//! The tree is ours and not mail-parser's because it must be bounded: mail-parser 0.11 follows
//! mails within mails as deep as they go, and drops them by recursion. A mail within a mail is a
//! file here, which it is to the reader too; nothing looks inside.
//!
//! # Law
//!
//! 1. At most [`DEPTH_MAX`] levels and [`PARTS_MAX`] parts; each level reads its bytes once
//!    (`tests/mail/bounds.rs`).

use super::encoding::{
    decoded, tidy, transferred, transferred_len, without_uuencoded, words_of_html,
};
use super::header::{Header, Parameters, clean, line_end, trim_line};
use crate::model::{BlobRef, Code, Part, Pii, Rejection};

/// Most levels of a mail.
pub(super) const DEPTH_MAX: usize = 32;

/// Most parts of a mail, the ones that hold others included.
pub(super) const PARTS_MAX: usize = 1_000;

/// Longest file name that is kept, in characters.
const NAME_CHARS_MAX: usize = 255;

/// One part of the tree.
pub(super) struct Entity<'a> {
    pub(super) header: Header<'a>,
    /// Its number as IMAP counts (RFC 9051, section 6.4.5): `2.1`.
    number: String,
    /// Media type and subtype in lower case.
    pub(super) media_type: String,
    content_type: Option<Parameters>,
    body: &'a [u8],
    /// Empty where it is no multipart.
    children: Vec<Self>,
}

/// What a person would see of a part.
enum Piece {
    Text {
        plain: bool,
        text: String,
    },
    /// HTML, whose words are looked for where no plain text says the same.
    Html(String),
    File(BlobRef),
}

impl<'a> Entity<'a> {
    /// Reads a mail.
    ///
    /// # Errors
    ///
    /// `too_deep` or `too_many`.
    pub(super) fn read(mail: &'a [u8]) -> Result<Self, Rejection> {
        Self::read_part(mail, String::new(), DEPTH_MAX, "text/plain", &mut { PARTS_MAX })
    }

    fn read_part(
        bytes: &'a [u8],
        number: String,
        depth: usize,
        usual: &str,
        parts_left: &mut usize,
    ) -> Result<Self, Rejection> {
        *parts_left = parts_left.checked_sub(1).ok_or_else(too_many)?;
        let (header, body) = Header::split(bytes);
        let content_type = header.parameters("content-type");
        let media_type = content_type.as_ref().map_or_else(|| usual.to_owned(), media_type);
        let mut part =
            Self { header, number, media_type, content_type, body, children: Vec::new() };
        let boundary = part.boundary();
        let pieces = boundary.map(|b| pieces_between(body, b.as_bytes(), *parts_left + 1));
        let digest = part.media_type == "multipart/digest";
        let usual = if digest { "message/rfc822" } else { "text/plain" };
        for (n, bytes) in pieces.unwrap_or_default().into_iter().enumerate() {
            let depth = depth.checked_sub(1).ok_or_else(too_deep)?;
            let dot = if part.number.is_empty() { "" } else { "." };
            let number = format!("{}{dot}{}", part.number, n + 1);
            part.children.push(Self::read_part(bytes, number, depth, usual, parts_left)?);
        }
        if part.children.is_empty() && part.is("multipart/") {
            // Announced as several parts and nothing divides them: what is there is text.
            "text/plain".clone_into(&mut part.media_type);
        }
        Ok(part)
    }

    fn boundary(&self) -> Option<String> {
        let content_type = self.content_type.as_ref().filter(|_| self.is("multipart/"))?;
        let boundary = content_type.get("boundary")?.trim_end();
        (!boundary.is_empty()).then(|| boundary.to_owned())
    }

    fn is(&self, prefix: &str) -> bool {
        self.media_type.starts_with(prefix)
    }

    /// The first part of that media type, in the mail's order.
    pub(super) fn find(&self, media_type: &str) -> Option<&Self> {
        if self.media_type == media_type {
            return Some(self);
        }
        self.children.iter().find_map(|child| child.find(media_type))
    }

    /// The part of that number; `1` is the whole where it has no parts.
    pub(super) fn numbered(&self, number: &str) -> Option<&Self> {
        if self.children.is_empty() {
            let own = if self.number.is_empty() { "1" } else { &self.number };
            return (own == number).then_some(self);
        }
        self.children.iter().find_map(|child| child.numbered(number))
    }

    /// Its bytes without transfer encoding.
    pub(super) fn bytes(&self) -> std::borrow::Cow<'a, [u8]> {
        transferred(self.body, self.encoding().as_deref())
    }

    fn encoding(&self) -> Option<String> {
        self.header.word("content-transfer-encoding")
    }

    /// The language of its first text that states one.
    pub(super) fn language(&self) -> Option<String> {
        let stated = self.header.text("content-language");
        let first = stated.as_deref().and_then(|tags| tags.split([',', ';', ' ']).next());
        let fine = |tag: &&str| {
            (2..=35).contains(&tag.len())
                && tag.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
        };
        let first = first.filter(fine).map(str::to_owned);
        first.or_else(|| self.children.iter().find_map(Self::language))
    }

    /// What a person would see: texts, then files, each as often as it is there.
    pub(super) fn seen(&self) -> Vec<Part> {
        let (mut texts, mut files) = (Vec::new(), Vec::new());
        for piece in self.pieces(true) {
            match piece.in_words() {
                Piece::File(file) => files.push(Part::Media(file)),
                Piece::Text { text, .. } | Piece::Html(text) if text.is_empty() => {}
                Piece::Text { text, .. } | Piece::Html(text) => {
                    texts.push(Part::Text(Pii::new(text)));
                }
            }
        }
        texts.append(&mut files);
        texts
    }

    fn pieces(&self, first: bool) -> Vec<Piece> {
        if !self.children.is_empty() {
            let children = self.children.iter().enumerate();
            let read: Vec<_> = children.map(|(n, child)| child.pieces(n == 0)).collect();
            let alternative = self.media_type == "multipart/alternative";
            return if alternative { best(read) } else { read.into_iter().flatten().collect() };
        }
        let disposition = self.header.parameters("content-disposition");
        let attached = disposition.as_ref().is_some_and(|d| d.kind.0 == "attachment");
        let name = disposition.as_ref().and_then(|d| d.get("filename"));
        let name = name.or_else(|| self.content_type.as_ref()?.get("name")).and_then(clean);
        let plain = self.media_type == "text/plain";
        if attached || !(plain || self.media_type == "text/html") || name.is_some() && !first {
            let size = transferred_len(self.body, self.encoding().as_deref());
            let size = u64::try_from(size).ok();
            return vec![self.file(&self.number, &self.media_type, name, size)];
        }
        let bytes = self.bytes();
        let charset = self.content_type.as_ref().and_then(|c| c.get("charset"));
        let text = decoded(&bytes, charset);
        if !plain {
            return vec![Piece::Html(text)];
        }
        let (text, files) = without_uuencoded(&text);
        let files = files.into_iter().enumerate().map(|(n, file)| {
            let number = format!("{}.begin-{}", self.number, n + 1);
            let name = clean(&file.name);
            self.file(
                number.trim_start_matches('.'),
                "application/octet-stream",
                name,
                Some(file.bytes),
            )
        });
        [Piece::Text { plain, text: tidy(&text) }].into_iter().chain(files).collect()
    }

    fn file(
        &self,
        number: &str,
        media_type: &str,
        name: Option<String>,
        size: Option<u64>,
    ) -> Piece {
        let number = if number.is_empty() { "1" } else { number };
        Piece::File(BlobRef {
            location: Pii::new(format!("part:{number}")),
            media_type: media_type.to_owned(),
            file_name: name.map(|name| Pii::new(name.chars().take(NAME_CHARS_MAX).collect())),
            bytes: size,
            expires_at: None,
        })
    }
}

impl Piece {
    /// The same, the words of HTML found.
    fn in_words(self) -> Self {
        match self {
            Self::Html(html) => Self::Text { plain: false, text: tidy(&words_of_html(&html)) },
            piece => piece,
        }
    }

    fn has_words(&self, only_plain: bool) -> bool {
        matches!(self, Self::Text { plain, text } if (*plain || !only_plain) && !text.is_empty())
    }
}

/// Of alternatives: the first with plain text, else the last with any; and the files of all.
fn best(mut alternatives: Vec<Vec<Piece>>) -> Vec<Piece> {
    let has = |pieces: &Vec<Piece>, only_plain| pieces.iter().any(|p| p.has_words(only_plain));
    let chosen = alternatives.iter().position(|pieces| has(pieces, true)).or_else(|| {
        for pieces in &mut alternatives {
            *pieces = std::mem::take(pieces).into_iter().map(Piece::in_words).collect();
        }
        alternatives.iter().rposition(|pieces| has(pieces, false))
    });
    let kept = alternatives.into_iter().enumerate().flat_map(|(n, pieces)| {
        let chosen = chosen == Some(n);
        pieces.into_iter().filter(move |piece| chosen || matches!(piece, Piece::File(_)))
    });
    kept.collect()
}

/// Media type and subtype; text where it is written in no way that is known (RFC 2045, 5.2).
fn media_type(content_type: &Parameters) -> String {
    let token = |text: &str| {
        let fine = (1..=100).contains(&text.len());
        (fine && text.bytes().all(|b| b.is_ascii_graphic() && b != b'/')).then(|| text.to_owned())
    };
    let (kind, subtype) = &content_type.kind;
    match (token(kind), subtype.as_deref().and_then(token)) {
        (Some(kind), Some(subtype)) => format!("{kind}/{subtype}"),
        (Some(kind), None) if kind == "multipart" => "multipart/mixed".to_owned(),
        _ => "text/plain".to_owned(),
    }
}

/// The pieces of a multipart body, without what stands before the first delimiter and after the
/// last.
fn pieces_between<'a>(body: &'a [u8], boundary: &[u8], pieces_max: usize) -> Vec<&'a [u8]> {
    let exact = divided(body, pieces_max, |rest| rest.strip_prefix(boundary).and_then(delimiter));
    if !exact.is_empty() {
        return exact;
    }
    // No line is a delimiter: some mailers forget to end the line after it.
    divided(body, pieces_max, |rest| {
        rest.strip_prefix(boundary).map(|after| after.starts_with(b"--"))
    })
}

/// Whether what follows the boundary makes it a delimiter, and the closing one.
fn delimiter(after: &[u8]) -> Option<bool> {
    let (closing, after) = match after.strip_prefix(b"--") {
        Some(after) => (true, after),
        None => (false, after),
    };
    after.trim_ascii().is_empty().then_some(closing)
}

fn divided(
    body: &[u8],
    pieces_max: usize,
    delimiter: impl Fn(&[u8]) -> Option<bool>,
) -> Vec<&[u8]> {
    let (mut pieces, mut from, mut at) = (Vec::new(), None, 0);
    while at < body.len() && pieces.len() < pieces_max {
        let end = line_end(body, at);
        let found = trim_line(&body[at..end]).strip_prefix(b"--").and_then(&delimiter);
        if let Some(closing) = found {
            // The line end before a delimiter belongs to it.
            pieces.extend(from.map(|from: usize| trim_line(&body[from..at.max(from)])));
            from = Some(end);
            if closing {
                return pieces;
            }
        }
        at = end;
    }
    pieces.extend(from.map(|from| &body[from..]));
    pieces
}

fn too_many() -> Rejection {
    Rejection::whole(Code::TooMany, format!("the mail has more than {PARTS_MAX} parts"))
}

fn too_deep() -> Rejection {
    let reason = format!("the mail holds parts within parts, more than {DEPTH_MAX} levels deep");
    Rejection::whole(Code::TooDeep, reason)
}
