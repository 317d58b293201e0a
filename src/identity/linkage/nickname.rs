//! Which first names are familiar forms of which others.

use std::collections::BTreeMap;

use super::sketch::Sketch;

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

/// Names by the groups in which they stand.
#[derive(Debug)]
pub(super) struct Nicknames {
    groups: BTreeMap<&'static str, Vec<u16>>,
    /// A bit for each name's symbols: most names have no familiar form, and it shows here.
    symbols: Vec<u64>,
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
        let mut names: BTreeMap<&'static str, Vec<u16>> = BTreeMap::new();
        for (line, group) in GROUPS.lines().filter(|line| !line.is_empty()).zip(0..) {
            for name in line.split(' ') {
                names.entry(name).or_default().push(group);
            }
        }
        let mut symbols = vec![0; BITS as usize / 64];
        for name in names.keys() {
            let (word, bit) = bit(Sketch::of(name));
            symbols[word] |= 1 << bit;
        }
        Self { groups: names, symbols }
    }
}

impl Nicknames {
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
