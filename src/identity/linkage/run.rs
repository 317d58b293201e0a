//! Learning and linking: at once, or watched and stopped.

use std::convert::Infallible;
use std::ops::ControlFlow;

use super::link::{Linked, Trial};
use super::linker::Linker;
use super::model::{Millibits, Model};
use super::progress::Progress;
use super::train::{self, Learnt};

impl Linker {
    /// Learns from the records how much each level speaks for one person, without labels.
    pub fn learn(&self) -> Model {
        let ControlFlow::Continue(model) = self.learn_watched(&mut on);
        model
    }

    /// Learns as [`Linker::learn`] does, and tells how far it is.
    ///
    /// # Errors
    ///
    /// What `watch` breaks with: it is told at least every few million pairs, and may stop it.
    pub fn learn_watched<B>(
        &self,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<B>,
    ) -> ControlFlow<B, Model> {
        let learnt = self.taught(watch)?;
        ControlFlow::Continue(Model::of(&learnt, &self.comparisons, self.untaught()))
    }

    /// What the records themselves teach.
    pub(super) fn taught<B>(
        &self,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<B>,
    ) -> ControlFlow<B, Learnt> {
        let blocks = (self.blocks(), self.rules.as_slice());
        let (comparer, rarity) = (self.comparer(), &self.rarity);
        train::train(&comparer, &self.comparisons, rarity, blocks, &self.content, watch)
    }

    /// Finds the people among the records by a model.
    ///
    /// `threshold` is the weight from which a pair links: from 0 on it is sooner one person than
    /// not. Without columns of a known meaning no pair is found.
    pub fn link(&self, model: &Model, threshold: Millibits) -> Linked {
        let ControlFlow::Continue(linked) = self.link_watched(model, threshold, &mut on);
        linked
    }

    /// Finds the people as [`Linker::link`] does, and tells how far it is.
    ///
    /// # Errors
    ///
    /// What `watch` breaks with: it is told at least every few million pairs, and may stop it.
    ///
    /// ```
    /// use std::ops::ControlFlow;
    ///
    /// use omnichannel::identity::linkage::{Linker, Meaning, Table};
    ///
    /// let mut table = Table::new([("email", Meaning::Email)]);
    /// for mail in ["ann@example.org", "bob@example.org", "ann@example.org"] {
    ///     table.push([mail].into_iter())?;
    /// }
    /// let linker = Linker::of(table);
    /// let model = linker.learn();
    /// let stopped = linker.link_watched(&model, 0, &mut |progress| match progress.done {
    ///     0 => ControlFlow::Continue(()),
    ///     done => ControlFlow::Break(done),
    /// });
    /// // Two rules find the pair: by the whole address and by what stands before the `@`.
    /// assert!(matches!(stopped, ControlFlow::Break(2)));
    /// # Ok::<(), omnichannel::identity::linkage::TableError>(())
    /// ```
    pub fn link_watched<B>(
        &self,
        model: &Model,
        threshold: Millibits,
        watch: &mut dyn FnMut(Progress) -> ControlFlow<B>,
    ) -> ControlFlow<B, Linked> {
        let placed = self.placed(model);
        let (model, rarity, comparer) = (placed.model.as_ref(), placed.rarity(), placed.comparer());
        Trial { linker: self, model, rarity, comparer }.link(threshold, watch)
    }
}

/// Nobody watches, and nothing stops.
pub(super) fn on(_: Progress) -> ControlFlow<Infallible> {
    ControlFlow::Continue(())
}
