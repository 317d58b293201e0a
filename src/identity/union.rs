//! Union-find over dense indexes, with path halving and union by size.

/// Disjoint sets of `0..n`. Amortised near-constant time per call, eight bytes per element.
#[derive(Debug)]
pub(crate) struct Union {
    parent: Vec<u32>,
    size: Vec<u32>,
}

impl Union {
    /// `n` is at most 2^32 - 1.
    pub(crate) fn new(n: usize) -> Self {
        let n = u32::try_from(n).unwrap_or(u32::MAX);
        Self { parent: (0..n).collect(), size: vec![1; n as usize] }
    }

    pub(crate) fn root(&mut self, mut at: u32) -> u32 {
        while self.parent[at as usize] != at {
            let above = self.parent[self.parent[at as usize] as usize];
            self.parent[at as usize] = above;
            at = above;
        }
        at
    }

    /// Joins two sets; returns (kept root, absorbed root), or `None` where they were one already.
    pub(crate) fn join(&mut self, a: u32, b: u32) -> Option<(u32, u32)> {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return None;
        }
        let (kept, gone) =
            if self.size[a as usize] >= self.size[b as usize] { (a, b) } else { (b, a) };
        self.parent[gone as usize] = kept;
        self.size[kept as usize] += self.size[gone as usize];
        Some((kept, gone))
    }
}
