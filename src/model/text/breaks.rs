//! Where may a text be broken, and how well: paragraph, line, sentence, word.
//!
//! Reads forwards. White space stays with what stands before it; the indentation of a line stays
//! with the line. Scripts that write no spaces break before an ideograph or a syllable of kana, and
//! behind one before a letter, a digit or an opening bracket; none begins a line with a closing one
//! (a small part of Unicode Standard Annex #14). A no-break space is none.

/// How well a text breaks at a place, the best first.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rank {
    /// Behind an empty line.
    Paragraph,
    /// Behind the end of a line.
    Line,
    /// Behind a full stop and a space.
    Sentence,
    /// Between two words.
    Word,
    /// Behind the indentation of a line.
    Indent,
}

/// Reads scalar values one after the other and says how well the text breaks before each.
#[derive(Debug, Clone, Copy)]
pub(super) struct Breaks {
    last: Last,
    /// Ends of lines since the last word.
    newlines: u8,
    ended: Ended,
}

/// What stands before.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Last {
    Nothing,
    Newline,
    Space,
    Opening,
    Ideograph,
    Other,
}

/// Whether a sentence has ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    No,
    /// If a space follows.
    Perhaps,
    Yes,
}

impl Breaks {
    /// Before the first value.
    pub(super) const START: Self = Self { last: Last::Nothing, newlines: 0, ended: Ended::No };

    /// Reads the next value; how well the text breaks before it.
    pub(super) fn before(&mut self, c: char) -> Option<Rank> {
        let rank = if is_space(c) { self.before_space(c) } else { self.before_word(c) };
        self.read(c);
        rank
    }

    /// An empty line stays with the paragraph before it.
    fn before_space(&self, c: char) -> Option<Rank> {
        (self.last == Last::Newline && !is_newline(c)).then(|| self.line())
    }

    fn before_word(&self, c: char) -> Option<Rank> {
        match (self.last, self.ended) {
            (Last::Nothing, _) => None,
            (Last::Newline, _) => Some(self.line()),
            (Last::Space, _) if self.newlines > 0 => Some(Rank::Indent),
            (Last::Space, Ended::No) => Some(Rank::Word),
            (Last::Space, _) => Some(Rank::Sentence),
            (_, Ended::Yes) if !is_closing(c) && ends(c) == Ended::No => Some(Rank::Sentence),
            (Last::Other | Last::Ideograph, _) if is_ideograph(c) => Some(Rank::Word),
            (Last::Ideograph, _) if c.is_ascii_alphanumeric() || is_opening(c) => Some(Rank::Word),
            _ => None,
        }
    }

    fn line(&self) -> Rank {
        if self.newlines > 1 { Rank::Paragraph } else { Rank::Line }
    }

    fn read(&mut self, c: char) {
        if is_newline(c) {
            self.last = Last::Newline;
            self.newlines = self.newlines.saturating_add(if c == '\u{2029}' { 2 } else { 1 });
        } else if is_space(c) {
            self.last = Last::Space;
        } else {
            self.newlines = 0;
            self.last = match c {
                _ if is_opening(c) => Last::Opening,
                _ if is_ideograph(c) => Last::Ideograph,
                _ => Last::Other,
            };
            if !is_closing(c) {
                self.ended = ends(c);
            }
        }
    }
}

/// White space at which a text may break, the invisible one of Thai and Khmer included.
pub(super) fn is_space(c: char) -> bool {
    match c {
        '\u{A0}' | '\u{2007}' | '\u{202F}' => false,
        '\u{200B}' => true,
        _ => c.is_whitespace(),
    }
}

fn is_newline(c: char) -> bool {
    matches!(c, '\n' | '\u{85}' | '\u{2028}' | '\u{2029}')
}

fn ends(c: char) -> Ended {
    match c {
        '.' | '!' | '?' | '…' | '։' | '؟' | '۔' | '।' | '॥' | '።' => Ended::Perhaps,
        '。' | '！' | '？' | '｡' | '．' => Ended::Yes,
        _ => Ended::No,
    }
}

fn is_closing(c: char) -> bool {
    matches!(c, '"' | '\'' | ')' | ']' | '’' | '”' | '»' | '〉' | '》' | '」' | '』' | '】' | '）')
}

fn is_opening(c: char) -> bool {
    matches!(c, '(' | '[' | '‘' | '“' | '«' | '〈' | '《' | '「' | '『' | '【' | '（')
}

/// Characters of scripts without spaces; those that begin no line are left out.
fn is_ideograph(c: char) -> bool {
    match c {
        'ぁ' | 'ぃ' | 'ぅ' | 'ぇ' | 'ぉ' | 'っ' | 'ゃ' | 'ゅ' | 'ょ' | 'ゎ' => false,
        'ァ' | 'ィ' | 'ゥ' | 'ェ' | 'ォ' | 'ッ' | 'ャ' | 'ュ' | 'ョ' | 'ヮ' => false,
        '\u{2E80}'..='\u{2FDF}' | '\u{3041}'..='\u{3096}' | '\u{30A1}'..='\u{30FA}' => true,
        '\u{3105}'..='\u{312F}' | '\u{31A0}'..='\u{31BF}' | '\u{3400}'..='\u{4DBF}' => true,
        '\u{4E00}'..='\u{A4CF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFD}' => true,
        _ => false,
    }
}
