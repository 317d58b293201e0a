//! The ids of records, in one piece.

/// Ids by the places of their records.
#[derive(Debug, Default)]
pub(crate) struct Ids {
    all: String,
    ends: Vec<usize>,
}

impl Ids {
    pub(crate) fn push(&mut self, id: &str) {
        self.all.push_str(id);
        self.ends.push(self.all.len());
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn get(&self, at: usize) -> &str {
        let from = if at == 0 { 0 } else { self.ends[at - 1] };
        &self.all[from..self.ends[at]]
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &str> {
        (0..self.len()).map(|at| self.get(at))
    }

    /// The places of two records that have one id, from a place on; the earliest in the file.
    pub(crate) fn twice(&self, from: usize) -> Option<(usize, usize)> {
        let mut order: Vec<usize> = (from..self.len()).collect();
        // Files are often in the order of their ids.
        order.sort_by(|one, other| self.get(*one).cmp(self.get(*other)));
        let twins = order.windows(2).filter(|two| self.get(two[0]) == self.get(two[1]));
        twins.map(|two| (two[0], two[1])).min_by_key(|(_, second)| *second)
    }
}
