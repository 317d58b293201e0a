//! Union-find over dense indexes, with path halving and union by size.

/// Disjoint sets of `0..n`. Amortised near-constant time per call.
#[derive(Debug)]
pub(crate) struct Union {
    parent: Vec<usize>,
    size: Vec<usize>,
}

impl Union {
    pub(crate) fn new(n: usize) -> Self {
        Self { parent: (0..n).collect(), size: vec![1; n] }
    }

    pub(crate) fn root(&mut self, mut at: usize) -> usize {
        while self.parent[at] != at {
            self.parent[at] = self.parent[self.parent[at]];
            at = self.parent[at];
        }
        at
    }

    /// Joins two sets; returns (kept root, absorbed root), or `None` where they were one already.
    pub(crate) fn join(&mut self, a: usize, b: usize) -> Option<(usize, usize)> {
        let (a, b) = (self.root(a), self.root(b));
        if a == b {
            return None;
        }
        let (kept, gone) = if self.size[a] >= self.size[b] { (a, b) } else { (b, a) };
        self.parent[gone] = kept;
        self.size[kept] += self.size[gone];
        Some((kept, gone))
    }
}
