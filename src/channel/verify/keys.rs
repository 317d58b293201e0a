//! The live keys of a channel, several while one is being replaced.

use std::borrow::Cow;
use std::fmt;

use super::scheme::KeyForm;
use super::text;

/// The live keys of one channel, the newest first; several while a key is being replaced.
///
/// An empty key proves nothing and is left out.
#[derive(Clone, Default)]
pub struct KeyRing {
    keys: Vec<Vec<u8>>,
}

impl KeyRing {
    /// The keys, the newest first, as the provider writes them.
    pub fn new<K: Into<Vec<u8>>>(keys: impl IntoIterator<Item = K>) -> Self {
        keys.into_iter().fold(Self::default(), Self::with)
    }

    /// The same keys and one more, tried last.
    #[must_use]
    pub fn with(mut self, key: impl Into<Vec<u8>>) -> Self {
        let key = key.into();
        if !key.is_empty() {
            self.keys.push(key);
        }
        self
    }

    /// How many keys are live.
    pub fn len(&self) -> usize {
        self.keys.len()
    }

    /// Whether no key is live: every signed request is then refused.
    pub fn is_empty(&self) -> bool {
        self.keys.is_empty()
    }

    /// Each key as bytes; `None` in the place of one that is not written in that form.
    pub(super) fn read(&self, form: &KeyForm) -> impl Iterator<Item = Option<Cow<'_, [u8]>>> {
        self.keys.iter().map(move |key| {
            let bytes = match form {
                KeyForm::Plain => Some(Cow::Borrowed(key.as_slice())),
                KeyForm::Hex => text::from_hex(key).map(Cow::Owned),
                KeyForm::Base64 { strip_prefix } => {
                    let bare = key.strip_prefix(strip_prefix.as_bytes()).unwrap_or(key);
                    text::from_base64(bare).map(Cow::Owned)
                }
            };
            // A prefix alone would be a key that anybody knows.
            bytes.filter(|bytes| !bytes.is_empty())
        })
    }
}

impl fmt::Debug for KeyRing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "KeyRing({} keys)", self.keys.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_read_in_their_form_and_an_empty_one_is_none() {
        let keys = KeyRing::new(["whsec_Zm9v", "Zm9v", "whsec_", "whsec_?", ""]);
        let form = KeyForm::Base64 { strip_prefix: "whsec_".into() };
        let read: Vec<_> = keys.read(&form).collect();
        let foo = || Some(Cow::Borrowed(&b"foo"[..]));
        assert_eq!(read, [foo(), foo(), None, None]);
        let read: Vec<_> =
            KeyRing::new(["0aFF", "0a0"]).read(&KeyForm::Hex).map(|k| k.is_some()).collect();
        assert_eq!(read, [true, false]);
    }
}
