//! The words by which a person in a chat says: send me no more.

/// Words that mean it when they stand alone; compared without case, spaces and signs.
///
/// Fewer than those of text messages: who writes `cancel` or `end` in a chat may mean an order.
const WORDS: [&str; 5] = ["stop", "stopall", "unsubscribe", "optout", "unsub"];

/// Longest text that can be such a word, in bytes.
const BYTES_MAX: usize = 32;

/// Whether a text says that no more may be sent, and says nothing else.
pub(super) fn says_stop(text: &str) -> bool {
    if text.len() > BYTES_MAX {
        return false;
    }
    let word: String = text.chars().filter(|c| c.is_alphanumeric()).collect();
    WORDS.contains(&word.to_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_a_lone_word_says_stop() {
        for text in ["STOP", " stop! ", "/stop", "Stop all", "opt-out", "Unsubscribe."] {
            assert!(says_stop(text), "{text}");
        }
        let long = format!("stop{}", " ".repeat(BYTES_MAX));
        for text in ["", "don't stop", "stop by the shop", "end", "cancel", long.as_str()] {
            assert!(!says_stop(text), "{text}");
        }
    }
}
