//! Cuts a text into digits, words, spaces and signs, in one pass.
//!
//! Marks that show nothing of their own (direction marks, joiners, variation selectors, accents
//! without a letter) are left out, so that they stand between nothing.

/// What a token is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Kind {
    /// ASCII digits, as many as stand in a row.
    Digits,
    /// Letters, with their accents; digits of other scripts too, which are not read.
    Word,
    /// One space, common or no-break, wide or narrow.
    Space,
    /// Everything that parts sentences: line ends, tabs, more than one space; also the text's ends.
    Break,
    /// Any other character.
    Sign(char),
}

#[derive(Debug, Clone, Copy)]
struct Token {
    from: usize,
    until: usize,
    kind: Kind,
}

/// A text with its tokens. Positions are those of tokens; any position may be asked for.
#[derive(Debug)]
pub(super) struct Tokens<'t> {
    text: &'t str,
    tokens: Vec<Token>,
}

/// The longest word that means anything here, in bytes.
const WORD_MAX: usize = 24;

fn is_hidden(c: char) -> bool {
    matches!(c, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}'
        | '\u{61c}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{20d0}'..='\u{20ff}')
}

fn is_accent(c: char) -> bool {
    matches!(c, '\u{300}'..='\u{36f}')
}

fn kind(c: char) -> Kind {
    match c {
        '0'..='9' => Kind::Digits,
        ' ' | '\u{a0}' | '\u{202f}' | '\u{2007}' | '\u{2009}' => Kind::Space,
        c if c.is_whitespace() || c.is_control() => Kind::Break,
        c if c.is_alphanumeric() => Kind::Word,
        c => Kind::Sign(c),
    }
}

impl<'t> Tokens<'t> {
    pub(super) fn new(text: &'t str) -> Self {
        let mut tokens: Vec<Token> = Vec::new();
        for (from, c) in text.char_indices() {
            let until = from + c.len_utf8();
            if is_hidden(c) {
                continue;
            }
            let last = tokens.last_mut();
            if is_accent(c) {
                if let Some(word) = last.filter(|t| t.kind == Kind::Word && t.until == from) {
                    word.until = until;
                }
                continue;
            }
            let kind = kind(c);
            match last {
                Some(last) if last.kind == kind && matches!(kind, Kind::Digits | Kind::Word) => {
                    last.until = until;
                }
                Some(last)
                    if matches!(last.kind, Kind::Space | Kind::Break)
                        && matches!(kind, Kind::Space | Kind::Break) =>
                {
                    (last.until, last.kind) = (until, Kind::Break);
                }
                _ => tokens.push(Token { from, until, kind }),
            }
        }
        Self { text, tokens }
    }

    pub(super) fn len(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn kind(&self, at: usize) -> Kind {
        self.tokens.get(at).map_or(Kind::Break, |token| token.kind)
    }

    /// What stands before `at`; a break at the beginning.
    pub(super) fn before(&self, at: usize) -> Kind {
        at.checked_sub(1).map_or(Kind::Break, |at| self.kind(at))
    }

    pub(super) fn sign(&self, at: usize) -> Option<char> {
        match self.kind(at) {
            Kind::Sign(sign) => Some(sign),
            _ => None,
        }
    }

    /// The bytes of the tokens `first..next`.
    pub(super) fn span(&self, first: usize, next: usize) -> Option<(usize, usize)> {
        let last = self.tokens.get(next.checked_sub(1)?)?;
        Some((self.tokens.get(first)?.from, last.until))
    }

    /// The position after one space, or `at` where there is none.
    pub(super) fn past_space(&self, at: usize) -> usize {
        at + usize::from(self.kind(at) == Kind::Space)
    }

    /// A token as it is written, with what hides in it.
    pub(super) fn raw(&self, at: usize) -> &'t str {
        self.tokens.get(at).and_then(|t| self.text.get(t.from..t.until)).unwrap_or("")
    }

    /// The digits at `at`; a number with something hidden inside is none.
    pub(super) fn digits(&self, at: usize) -> Option<&'t str> {
        let raw = self.raw(at);
        let plain = raw.bytes().all(|b| b.is_ascii_digit());
        (self.kind(at) == Kind::Digits && plain).then_some(raw)
    }

    /// The word at `at` in small letters without French accents; empty where there is none that
    /// could mean anything here.
    pub(super) fn word(&self, at: usize) -> String {
        let raw = self.raw(at);
        if self.kind(at) != Kind::Word || raw.len() > WORD_MAX {
            return String::new();
        }
        let small = raw.chars().filter(|&c| !is_accent(c) && !is_hidden(c));
        small.flat_map(char::to_lowercase).filter(|&c| !is_accent(c)).map(plain).collect()
    }

    /// The word before `at`, behind at most one space, and its position.
    pub(super) fn word_before(&self, at: usize) -> Option<(usize, String)> {
        let space = usize::from(self.before(at) == Kind::Space);
        let word = at.checked_sub(space + 1)?;
        (self.kind(word) == Kind::Word).then(|| (word, self.word(word)))
    }

    /// Whether a number or a number word can begin at `at`: it is not the rest of something
    /// larger, such as a reference, an address or a decimal.
    pub(super) fn begins(&self, at: usize) -> bool {
        let earlier = at.checked_sub(1).map_or(Kind::Break, |at| self.before(at));
        match self.before(at) {
            Kind::Digits | Kind::Word => false,
            Kind::Sign('#' | '@' | '\\' | '=' | '&' | '%' | '/' | '.') => false,
            Kind::Sign(',' | ':') => earlier != Kind::Digits,
            Kind::Sign('-' | '_') => earlier != Kind::Word,
            _ => true,
        }
    }

    /// The position after the address that begins at `at`, if one does.
    pub(super) fn past_address(&self, at: usize) -> Option<usize> {
        let signs = |at, signs: &[char]| {
            signs.iter().enumerate().all(|(n, &sign)| self.sign(at + n) == Some(sign))
        };
        let begins = self.kind(at) == Kind::Word
            && (signs(at + 1, &[':', '/', '/'])
                || (self.word(at) == "www" && signs(at + 1, &['.'])));
        let mut next = at;
        while begins && next < self.len() && !matches!(self.kind(next), Kind::Space | Kind::Break) {
            next += 1;
        }
        begins.then_some(next)
    }
}

/// The letter without its accent, of those that French uses.
fn plain(c: char) -> char {
    match c {
        'à' | 'â' => 'a',
        'ç' => 'c',
        'é' | 'è' | 'ê' | 'ë' => 'e',
        'î' | 'ï' => 'i',
        'ô' => 'o',
        'ù' | 'û' | 'ü' => 'u',
        c => c,
    }
}
