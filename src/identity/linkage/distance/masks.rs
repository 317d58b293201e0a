//! Where each symbol stands in a text of at most 64 symbols, as bits.
//!
//! Bit `i` of a symbol's mask says that the text's symbol `i` is this one. The bit-parallel kernels
//! ask nothing else of a text, so that one is prepared once and compared with many.

/// The longest text of which one word holds a bit for each symbol.
pub(super) const WORD: usize = 64;
/// The longest text that [`Small`] holds.
pub(super) const SMALL: usize = 16;

/// An element of a text: a byte, which is the scalar value of its number, or any scalar value.
pub(super) trait Symbol: Copy + Ord {
    /// What holds the masks of up to 64 such symbols.
    type Masks: Masks;
    /// What holds the masks of up to 16, cleared sooner.
    type Small: Masks;

    fn code(self) -> u32;

    /// The masks of the first 64 symbols.
    fn masks(text: &[Self]) -> Self::Masks;

    /// The masks of the first 16 symbols.
    fn small(text: &[Self]) -> Self::Small;
}

/// The places of a symbol in a text.
pub(super) trait Masks {
    fn of(&self, code: u32) -> u64;
}

impl Symbol for u8 {
    type Masks = Table;
    type Small = Small;

    #[inline(always)]
    fn code(self) -> u32 {
        u32::from(self)
    }

    fn masks(text: &[u8]) -> Table {
        Table::of(text)
    }

    #[inline(always)]
    fn small(text: &[u8]) -> Small {
        Small::of(text)
    }
}

impl Symbol for char {
    type Masks = Map;
    type Small = Map;

    #[inline(always)]
    fn code(self) -> u32 {
        u32::from(self)
    }

    fn masks(text: &[char]) -> Map {
        Map::of(text)
    }

    fn small(text: &[char]) -> Map {
        Map::of(text)
    }
}

/// Up to 16 bytes: half a kibibyte.
pub(super) struct Small([u16; 256]);

impl Small {
    #[inline(always)]
    fn of(text: &[u8]) -> Self {
        let mut small = Self([0; 256]);
        for (at, byte) in text.iter().take(SMALL).enumerate() {
            small.0[usize::from(*byte)] |= 1 << at;
        }
        small
    }
}

impl Masks for Small {
    #[inline(always)]
    fn of(&self, code: u32) -> u64 {
        self.0.get(code as usize).map_or(0, |mask| u64::from(*mask))
    }
}

/// Up to 64 symbols below 256: two kibibytes.
pub(super) struct Table([u64; 256]);

impl Table {
    /// Symbols from 256 on are left out.
    pub(super) fn of<S: Symbol>(text: &[S]) -> Self {
        let mut table = Self([0; 256]);
        for (at, symbol) in text.iter().take(WORD).enumerate() {
            if let Some(mask) = table.0.get_mut(symbol.code() as usize) {
                *mask |= 1 << at;
            }
        }
        table
    }
}

impl Masks for Table {
    #[inline(always)]
    fn of(&self, code: u32) -> u64 {
        self.0.get(code as usize).copied().unwrap_or(0)
    }
}

/// Up to 64 symbols of any script: those below 256 in a table, the others by open addressing.
pub(super) struct Map {
    table: Table,
    codes: [u32; PLACES],
    masks: [u64; PLACES],
}

/// Twice as many places as symbols, so that a search always ends at an empty one.
const PLACES: usize = 2 * WORD;

impl Map {
    fn of(text: &[char]) -> Self {
        let mut map = Self { table: Table::of(text), codes: [0; PLACES], masks: [0; PLACES] };
        for (at, symbol) in text.iter().take(WORD).enumerate() {
            let code = symbol.code();
            if code > 255 {
                let place = map.place(code);
                map.codes[place] = code;
                map.masks[place] |= 1 << at;
            }
        }
        map
    }

    /// Where a symbol is, or would be. Letters of one script are neighbours and do not collide.
    fn place(&self, code: u32) -> usize {
        let mut place = code as usize % PLACES;
        while self.masks[place] != 0 && self.codes[place] != code {
            place = (place + 1) % PLACES;
        }
        place
    }
}

impl Masks for Map {
    #[inline(always)]
    fn of(&self, code: u32) -> u64 {
        if code < 256 { self.table.of(code) } else { self.masks[self.place(code)] }
    }
}

/// A text prepared for many comparisons.
pub(super) enum Prepared {
    /// At most 64 symbols of ASCII.
    Ascii(Box<Table>),
    /// At most 64 symbols of any script.
    Wide(Box<Map>),
    /// More than 64 symbols.
    Long,
}

impl Prepared {
    pub(super) fn of(text: &[char]) -> Self {
        if text.len() > WORD {
            Self::Long
        } else if text.iter().all(char::is_ascii) {
            Self::Ascii(Box::new(Table::of(text)))
        } else {
            Self::Wide(Box::new(Map::of(text)))
        }
    }
}
