//! Names of several alphabets by how they read in Latin letters.
//!
//! Letter by letter, as passports have them: Cyrillic by ICAO Doc 9303, part 3, section 6 (close
//! to BGN/PCGN), Greek by ELOT 743 (ISO 843, type 2). Then spellings of one sound are made one, on
//! both sides: `Yuliya`, `Iuliia` and `Julija` read `iulia`. Of Arabic and Hebrew, which write few
//! vowels, the consonants are compared, and of the other name too.
//!
//! # Why
//!
//! A reading is for comparing, and says less than the name: so two names in one alphabet are
//! compared as they are written, and only those in two by their readings. A reading of consonants
//! holds several names (`محمود` and `محمد`), so it is never taken for the same name.
//!
//! Cost: a few allocations for each pair of two alphabets, none for others.

use std::borrow::Cow;

use super::meaning::Meaning;

/// What of a name meets others in a block: in Latin letters, where its alphabet has vowels.
pub(super) fn blocked(meaning: Meaning, text: &str) -> Cow<'_, str> {
    let is_name = matches!(meaning, Meaning::FirstName | Meaning::Surname | Meaning::City);
    if text.is_ascii() || !is_name || text.chars().any(is_abjad) {
        return Cow::Borrowed(text);
    }
    latin(text).map_or(Cow::Borrowed(text), Cow::Owned)
}

/// How two names of different alphabets read, both in the same way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Readings {
    pub(super) here: String,
    pub(super) there: String,
    /// Whether these are consonants only.
    pub(super) are_consonants: bool,
}

/// Fewest consonants that say something.
const CONSONANTS_MIN: usize = 3;

impl Readings {
    /// `None` where one is of an alphabet that is not known here, or has no letter.
    pub(super) fn of(here: &str, there: &str) -> Option<Self> {
        let are_consonants = here.chars().chain(there.chars()).any(is_abjad);
        let read = |name: &str| {
            let plain = latin(name)?;
            let read = if are_consonants { consonants(&plain) } else { folded(&plain) };
            Some(read).filter(|read| !read.is_empty())
        };
        Some(Self { here: read(here)?, there: read(there)?, are_consonants })
    }

    /// Whether they read the same; consonants alone, where there are enough of them.
    pub(super) fn are_same(&self) -> bool {
        self.here == self.there && (!self.are_consonants || self.here.len() >= CONSONANTS_MIN)
    }
}

/// Whether two names read the same in Latin letters.
pub(super) fn read_alike(here: &str, there: &str) -> bool {
    Readings::of(here, there).is_some_and(|readings| readings.are_same())
}

/// A name in small Latin letters; `None` where a letter is of no alphabet that is known here.
pub(super) fn latin(name: &str) -> Option<String> {
    let mut made = String::with_capacity(name.len());
    let is_ukrainian = name.contains(['і', 'ї', 'є', 'ґ']);
    let (mut rest, mut before) = (name, ' ');
    while let Some(first) = rest.chars().next() {
        let mut after = rest[first.len_utf8()..].chars();
        let next = after.next();
        let (letters, taken) = match first {
            'г' if is_ukrainian => ("h", 1),
            'и' if is_ukrainian => ("y", 1),
            'α'..='ω' => greek(before, first, next, after.next()),
            _ if first.is_ascii() => ("", 1),
            _ => (other(first)?, 1),
        };
        if first.is_ascii() {
            made.push(first.to_ascii_lowercase());
        } else {
            made.push_str(letters);
        }
        before = first;
        rest = rest.char_indices().nth(taken).map_or("", |(at, _)| &rest[at..]);
    }
    Some(made)
}

/// A letter of Greek, or two that are one sound, by ELOT 743; and how many these are.
fn greek(
    before: char,
    first: char,
    next: Option<char>,
    then: Option<char>,
) -> (&'static str, usize) {
    let is_voiceless = |c: Option<char>| c.is_none_or(|c| "θκξπσςτφχψ ".contains(c));
    let is_start = !before.is_alphanumeric();
    match (first, next) {
        ('ο', Some('υ')) => return ("ou", 2),
        ('α', Some('υ')) if is_voiceless(then) => return ("af", 2),
        ('α', Some('υ')) => return ("av", 2),
        ('ε', Some('υ')) if is_voiceless(then) => return ("ef", 2),
        ('ε', Some('υ')) => return ("ev", 2),
        ('η', Some('υ')) if is_voiceless(then) => return ("if", 2),
        ('η', Some('υ')) => return ("iv", 2),
        ('μ', Some('π')) if is_start || then.is_none() => return ("b", 2),
        ('γ', Some('γ')) => return ("ng", 2),
        ('γ', Some('ξ')) => return ("nx", 2),
        ('γ', Some('χ')) => return ("nch", 2),
        _ => {}
    }
    const LETTERS: [&str; 25] = [
        "a", "v", "g", "d", "e", "z", "i", "th", "i", "k", "l", "m", "n", "x", "o", "p", "r", "s",
        "s", "t", "y", "f", "ch", "ps", "o",
    ];
    let at = (first as usize).saturating_sub('α' as usize);
    (LETTERS.get(at).copied().unwrap_or(""), 1)
}

/// A letter of Cyrillic, Hebrew or Arabic; marks of vowels are silent.
fn other(letter: char) -> Option<&'static str> {
    cyrillic(letter).or_else(|| semitic(letter))
}

/// By ICAO Doc 9303; of Serbian and Macedonian by their own Latin letters without accents.
fn cyrillic(letter: char) -> Option<&'static str> {
    Some(match letter {
        'а' => "a",
        'б' => "b",
        'в' => "v",
        'г' | 'ґ' | 'ѓ' => "g",
        'д' | 'ђ' => "d",
        'е' | 'ё' | 'э' => "e",
        'ж' => "zh",
        'з' => "z",
        'и' | 'й' | 'і' | 'ї' => "i",
        'ј' => "j",
        'к' | 'ќ' => "k",
        'л' => "l",
        'љ' => "lj",
        'м' => "m",
        'н' => "n",
        'њ' => "nj",
        'о' => "o",
        'п' => "p",
        'р' => "r",
        'с' => "s",
        'т' => "t",
        'ћ' => "c",
        'у' | 'ў' => "u",
        'ф' => "f",
        'х' => "kh",
        'ц' => "ts",
        'ч' => "ch",
        'џ' => "dz",
        'ш' => "sh",
        'щ' => "shch",
        'ы' => "y",
        'є' => "ie",
        'ю' => "iu",
        'я' => "ia",
        'ѕ' => "dz",
        'ъ' | 'ь' => "",
        _ => return None,
    })
}

/// Consonants of Hebrew and Arabic; what also stands for a long vowel is one.
fn semitic(letter: char) -> Option<&'static str> {
    Some(match letter {
        'ב' | 'ب' => "b",
        'ג' | 'غ' | 'گ' => "g",
        'ד' | 'د' | 'ذ' | 'ض' => "d",
        'ה' | 'ח' | 'ح' | 'ه' => "h",
        'ו' | 'و' | 'ؤ' => "w",
        'ז' | 'ز' | 'ظ' => "z",
        'ט' | 'ת' | 'ت' | 'ث' | 'ط' => "t",
        'י' | 'ي' | 'ى' | 'ئ' | 'ی' => "y",
        'כ' | 'ך' | 'ק' | 'ك' | 'ک' | 'ق' | 'خ' => "k",
        'ל' | 'ل' => "l",
        'מ' | 'ם' | 'م' => "m",
        'נ' | 'ן' | 'ن' => "n",
        'ס' | 'ש' | 'س' | 'ش' | 'ص' => "s",
        'פ' | 'ף' | 'ف' => "f",
        'پ' => "p",
        'צ' | 'ץ' => "ts",
        'ר' | 'ر' => "r",
        'ج' => "j",
        'چ' => "ch",
        'א' | 'ע' | 'ا' | 'أ' | 'إ' | 'آ' | 'ء' | 'ع' | 'ة' | 'ـ' => "",
        '\u{5b0}'..='\u{5c7}' | '\u{64b}'..='\u{655}' | '\u{670}' => "",
        _ => return None,
    })
}

fn is_abjad(letter: char) -> bool {
    matches!(letter, '\u{590}'..='\u{6ff}')
}

/// Spellings of one sound, the longer first; one letter, or two, for each.
const SPELLINGS: [(&str, &str); 23] = [
    ("schtsch", "sk"),
    ("shch", "sk"),
    ("tsch", "k"),
    ("tch", "k"),
    ("sch", "s"),
    ("sh", "s"),
    ("zh", "z"),
    ("kh", "k"),
    ("ch", "k"),
    ("ck", "k"),
    ("gh", "g"),
    ("dh", "d"),
    ("gk", "g"),
    ("ph", "f"),
    ("th", "t"),
    ("tz", "ts"),
    ("ou", "u"),
    ("x", "ks"),
    ("c", "k"),
    ("q", "k"),
    ("w", "v"),
    ("y", "i"),
    ("j", "i"),
];

/// A name with each sound spelt in one way.
fn folded(plain: &str) -> String {
    let mut made = String::with_capacity(plain.len());
    for word in plain.split(' ') {
        if !made.is_empty() {
            made.push(' ');
        }
        let begins = made.len();
        let mut rest = word;
        while let Some(first) = rest.chars().next() {
            let known = SPELLINGS.iter().find(|(spelt, _)| rest.starts_with(spelt));
            let (spelt, sound) = known
                .map_or((first.len_utf8(), &rest[..first.len_utf8()]), |of| (of.0.len(), of.1));
            for letter in sound.chars().filter(|c| c.is_ascii_alphanumeric()) {
                let last = made[begins..].chars().next_back();
                match (last, letter) {
                    (Some(last), letter) if last == letter => {}
                    // `Elena`, `Yelena` and `Ielena`, `Sergeevich` and `Sergeyevich`.
                    (Some('i'), 'e') => {
                        made.pop();
                        if !made[begins..].ends_with('e') {
                            made.push('e');
                        }
                    }
                    _ => made.push(letter),
                }
            }
            rest = &rest[spelt..];
        }
        if word.ends_with("ff") {
            made.pop();
            made.push('v');
        }
    }
    made
}

/// The consonants of a name, as Semitic alphabets write them: `w`, `y` and a last `h` are vowels.
fn consonants(plain: &str) -> String {
    let folded = folded(plain);
    let mut made = String::with_capacity(folded.len());
    for word in folded.split(' ') {
        for letter in word.strip_suffix('h').unwrap_or(word).chars() {
            match letter {
                'a' | 'e' | 'i' | 'o' | 'u' | 'v' => {}
                'f' => made.push('p'),
                letter => made.push(letter),
            }
        }
    }
    made
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn letters_are_those_of_passports() {
        for (name, written) in [
            ("иванов", "ivanov"),
            ("щербаков", "shcherbakov"),
            ("юлия", "iuliia"),
            ("подъячев", "podiachev"),
            ("григоріи", "hryhoriy"),
            ("παπαδοπουλος", "papadopoulos"),
            ("παπαδοπουλοσ", "papadopoulos"),
            ("ευαγγελος", "evangelos"),
            ("ευτυχια", "eftychia"),
            ("μπακογιαννης", "bakogiannis"),
            ("λαμπρου", "lamprou"),
            ("محمد", "mhmd"),
            ("o neil 2", "o neil 2"),
        ] {
            assert_eq!(latin(name).as_deref(), Some(written), "{name}");
        }
        for name in ["李", "иванов李", "กมล"] {
            assert_eq!(latin(name), None, "{name}");
        }
    }

    proptest! {
        #[test]
        fn any_two_names_are_read_or_not(
            here in "\\PC{0,12}",
            there in "[а-яα-ωa-zא-תا-غ ]{0,12}",
        ) {
            let (one, other) = (Readings::of(&here, &there), Readings::of(&there, &here));
            prop_assert_eq!(one.as_ref().map(Readings::are_same), other.map(|of| of.are_same()));
            if let Some(readings) = one {
                prop_assert!(readings.there.len() <= 4 * there.len());
            }
            prop_assert!(latin(&there).is_some());
        }
    }
}
