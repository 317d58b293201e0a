//! Explanations: why, why not, and what would change it; data first, sentences second.
//!
//! # Law
//!
//! 1. Personal data is redacted unless the caller asks for it ([`Disclosure::Full`]).
//! 2. Every decision and every view of this crate can be explained with one.

use std::fmt;

use serde::{Deserialize, Serialize};

use super::pii::Pii;

/// Whether personal data may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Disclosure {
    /// It is replaced by what it is: `[email]`.
    Redacted,
    /// It shows; the caller answers for where it goes.
    Full,
}

/// A piece of a sentence.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Words that name nobody.
    Plain(String),
    /// A personal value and what it is.
    Personal {
        /// What it is, shown in its place.
        label: String,
        /// The value.
        value: Pii<String>,
    },
}

/// A sentence whose personal parts can be redacted.
#[derive(Debug, Clone, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Sentence(Vec<Span>);

impl Sentence {
    /// A sentence that names nobody so far.
    pub fn new(words: impl Into<String>) -> Self {
        Self(vec![Span::Plain(words.into())])
    }

    /// Adds words that name nobody.
    #[must_use]
    pub fn then(mut self, words: impl Into<String>) -> Self {
        self.0.push(Span::Plain(words.into()));
        self
    }

    /// Adds a personal value; `label` says what it is.
    #[must_use]
    pub fn personal(mut self, label: impl fmt::Display, value: impl Into<String>) -> Self {
        self.0.push(Span::Personal { label: label.to_string(), value: Pii::new(value.into()) });
        self
    }

    /// The pieces.
    pub fn spans(&self) -> &[Span] {
        &self.0
    }

    /// The same with each personal value replaced by what it is.
    #[must_use]
    pub fn redacted(&self) -> Self {
        let plain = |span: &Span| match span {
            Span::Plain(words) => Span::Plain(words.clone()),
            Span::Personal { label, .. } => Span::Plain(format!("[{label}]")),
        };
        Self(self.0.iter().map(plain).collect())
    }

    /// The text, personal data shown or not.
    pub fn text(&self, disclosure: Disclosure) -> String {
        let mut text = String::new();
        for span in &self.0 {
            match (span, disclosure) {
                (Span::Plain(words), _) => text.push_str(words),
                (Span::Personal { value, .. }, Disclosure::Full) => text.push_str(value.expose()),
                (Span::Personal { label, .. }, Disclosure::Redacted) => {
                    text.push('[');
                    text.push_str(label);
                    text.push(']');
                }
            }
        }
        text
    }
}

impl fmt::Display for Sentence {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Disclosure::Redacted))
    }
}

/// Which way a reason points.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weight {
    /// For the outcome.
    For,
    /// Against another outcome.
    Against,
    /// Worth knowing.
    Note,
}

/// One reason.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Reason {
    /// The rule or evidence, for programs.
    pub rule: String,
    /// Which way it points.
    pub weight: Weight,
    /// The sentence.
    pub sentence: Sentence,
}

/// Why something is as it is.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Explanation {
    /// The outcome in a sentence.
    pub outcome: Sentence,
    /// Its reasons in the order in which they were weighed.
    pub reasons: Vec<Reason>,
    /// What would change it; each is true when tried.
    pub would_change: Vec<Sentence>,
}

impl Explanation {
    /// An outcome without reasons yet.
    pub fn new(outcome: Sentence) -> Self {
        Self { outcome, reasons: Vec::new(), would_change: Vec::new() }
    }

    /// Adds a reason.
    pub fn push(&mut self, rule: &str, weight: Weight, sentence: Sentence) {
        self.reasons.push(Reason { rule: rule.to_owned(), weight, sentence });
    }

    /// The same without a personal value, to be written as JSON where nobody may be named.
    ///
    /// Serialising an explanation keeps what it knows; the one in a store must be read back whole.
    ///
    /// ```
    /// use omnichannel::model::{Explanation, Sentence};
    /// let who = Sentence::new("It was sent to ").personal("email", "ana@example.org");
    /// let json = serde_json::to_string(&Explanation::new(who).redacted())?;
    /// assert!(json.contains("[email]") && !json.contains("ana@"));
    /// # Ok::<(), serde_json::Error>(())
    /// ```
    #[must_use]
    pub fn redacted(&self) -> Self {
        let reason =
            |reason: &Reason| Reason { sentence: reason.sentence.redacted(), ..reason.clone() };
        Self {
            outcome: self.outcome.redacted(),
            reasons: self.reasons.iter().map(reason).collect(),
            would_change: self.would_change.iter().map(Sentence::redacted).collect(),
        }
    }

    /// The explanation as lines of text.
    pub fn text(&self, disclosure: Disclosure) -> String {
        let mut lines = vec![self.outcome.text(disclosure)];
        for reason in &self.reasons {
            let mark = match reason.weight {
                Weight::For => '+',
                Weight::Against => '-',
                Weight::Note => ' ',
            };
            lines.push(format!("  {mark} {}: {}", reason.rule, reason.sentence.text(disclosure)));
        }
        for change in &self.would_change {
            lines.push(format!("  > {}", change.text(disclosure)));
        }
        lines.join("\n")
    }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.text(Disclosure::Redacted))
    }
}
