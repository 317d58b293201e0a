//! Which first names are familiar forms of which others.
//!
//! # Why
//!
//! A model is learnt with a table of names, and its weights are of that table. So the document of a
//! model names the table, or holds it where it is somebody's own.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::{Deserialize, Serialize};

use super::clean::clean;
use super::meaning::Meaning;
use super::sketch::Sketch;

/// What documents call the table below. A change of it is a table of another name, and this one
/// stays: stored models rest on it.
const BUILT_IN: &str = "english_french_1";

/// Groups of names that one person may bear, English and French: a line each.
const GROUPS: &str = "
alexander alex sandy xander
alexandra alex sandra lexi
andrew andy drew
anthony tony
antoine toine titi
barbara barb babs
benjamin ben benny
catherine cath cathy kate katie cat
charles charlie chuck
charlotte charlie lottie
christine chris tina chrissie
christopher chris topher kit
daniel dan danny
david dave davy
deborah deb debbie debra
dominique dom
dorothy dot dotty dolly
edward ed eddie ted ned
elizabeth liz beth betty eliza lizzie libby bess
emily em emmy
emmanuel manu
frederic fred freddy
frederick fred freddie
gabrielle gaby
george georgie
gregory greg
guillaume guy will
henry harry hal hank
isabella bella izzy isa
jacob jake
jacqueline jackie
jacques jacky
james jim jamie jimmy
jean jeannot
jennifer jen jenny jenni
jessica jess jessie
john jack johnny jon
jonathan jon jonny
joseph joe joey jo
joshua josh
katherine kate kathy katie kat kay
kenneth ken kenny
kimberly kim
laurence larry laurie
lawrence larry
margaret maggie peggy meg marge madge
matthew matt matty
michael mike mick mickey micky
michel michou
nathaniel nat nate
nicholas nick nicky
nicolas nico
olivier oliv
pamela pam
patricia pat trish patty tricia
patrick pat paddy
peter pete
philippe phil
philip phil pip
raymond ray
rebecca becky becca
richard rick dick rich ricky
robert bob rob bobby robbie bert
ronald ron ronnie
samantha sam sammy
samuel sam sammy
sebastien seb
stephanie steph
stephen steve stevie
steven steve stevie
susan sue susie suzy
theodore ted theo teddy
thomas tom tommy
timothy tim timmy
victoria vicky tori vic
vincent vince vinnie
virginia ginny
william bill will liam billy willy
amanda mandy
";

/// Names that one person may bear: `bob` is a familiar form of `robert`.
///
/// By itself a table of English and French names; [`Linker::nicknames`](super::Linker::nicknames)
/// takes another.
///
/// ```
/// use omnichannel::identity::linkage::{Linker, Meaning, Nicknames, Table};
///
/// let columns = ["first_name", "surname"].map(|name| (name, Meaning::guess(name)));
/// let mut table = Table::new(columns);
/// table.push(["Giuseppe", "Rossi"].into_iter())?;
/// table.push(["Pino", "Rossi"].into_iter())?;
/// let own = Nicknames::of([["Giuseppe", "Beppe", "Pino"]]);
/// let linker = Linker::of(table).nicknames(own);
/// let waterfall = serde_json::to_string(&linker.waterfall(&linker.learn(), 0, 1))?;
/// assert!(waterfall.contains("a nickname"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "Written", into = "Written")]
pub struct Nicknames {
    /// Names by the groups in which they stand.
    groups: BTreeMap<String, Vec<u32>>,
    /// A bit for each name's symbols: most names have no familiar form, and it shows here.
    symbols: Vec<u64>,
    /// The groups, where they are somebody's own.
    own: Option<BTreeSet<BTreeSet<String>>>,
}

/// A table in a document: its name, or its groups.
#[derive(Serialize, Deserialize)]
#[serde(untagged)]
enum Written {
    Named(String),
    Own(BTreeSet<BTreeSet<String>>),
}

/// So many bits.
const BITS: u32 = 1 << 13;

/// Where the bit of a name is.
fn bit(sketch: Sketch) -> (usize, u32) {
    let bit = sketch.symbols.wrapping_mul(0x9e37_79b9) >> 19;
    ((bit / 64) as usize, bit % 64)
}

impl Default for Nicknames {
    fn default() -> Self {
        let lines = GROUPS.lines().filter(|line| !line.is_empty());
        Self::made(lines.map(|line| line.split(' ')), None)
    }
}

impl Nicknames {
    /// A table of one's own: names of each group may be one person's.
    pub fn of<N: AsRef<str>>(
        groups: impl IntoIterator<Item = impl IntoIterator<Item = N>>,
    ) -> Self {
        let clean = |name: N| clean(Meaning::FirstName, name.as_ref().trim()).into_owned();
        let groups = groups.into_iter().map(|group| {
            let names = group.into_iter().map(clean).filter(|name| !name.is_empty());
            names.collect::<BTreeSet<String>>()
        });
        // One name alone is nobody's other name.
        let own: BTreeSet<BTreeSet<String>> = groups.filter(|group| group.len() > 1).collect();
        let names = own.iter().map(|group| group.iter().map(String::as_str));
        Self::made(names, Some(own.clone()))
    }

    fn made<'n>(
        all: impl Iterator<Item = impl Iterator<Item = &'n str>>,
        own: Option<BTreeSet<BTreeSet<String>>>,
    ) -> Self {
        let mut groups: BTreeMap<String, Vec<u32>> = BTreeMap::new();
        for (names, group) in all.zip(0..) {
            for name in names {
                groups.entry(name.to_owned()).or_default().push(group);
            }
        }
        let mut symbols = vec![0; BITS as usize / 64];
        for name in groups.keys() {
            let (word, bit) = bit(Sketch::of(name));
            symbols[word] |= 1 << bit;
        }
        Self { groups, symbols, own }
    }

    /// Whether a name of this outline may be one of ours.
    pub(super) fn may_hold(&self, sketch: Sketch) -> bool {
        let (word, bit) = bit(sketch);
        self.symbols[word] >> bit & 1 == 1
    }

    /// Whether both can be names of one person.
    pub(super) fn same(&self, one: &str, other: &str) -> bool {
        let Some(groups) = self.groups.get(one) else { return false };
        self.groups
            .get(other)
            .is_some_and(|others| groups.iter().any(|group| others.contains(group)))
    }
}

impl fmt::Debug for Nicknames {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "Nicknames({} names)", self.groups.len())
    }
}

impl From<Nicknames> for Written {
    fn from(names: Nicknames) -> Self {
        names.own.map_or_else(|| Self::Named(BUILT_IN.to_owned()), Self::Own)
    }
}

impl TryFrom<Written> for Nicknames {
    type Error = String;

    fn try_from(written: Written) -> Result<Self, String> {
        match written {
            Written::Own(groups) => Ok(Self::of(groups)),
            Written::Named(name) if name == BUILT_IN => Ok(Self::default()),
            Written::Named(name) => Err(format!("there is no table of nicknames `{name}`")),
        }
    }
}
