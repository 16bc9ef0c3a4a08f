//! Briefs of one enterprise after another, each made once for all of whom the same is to be said.

use std::sync::Arc;

use policy::{FactSheet, InTurn, Ready};
use rustc_hash::FxHashMap;

use crate::brief::Brief;

/// As many briefs are kept at hand for each policy.
const AT_HAND: usize = 400;

/// The policies of a desk, for one enterprise after another.
#[derive(Debug)]
pub struct Series<'d, T> {
    policies: InTurn<'d>,
    kept: fn(Brief) -> T,
    /// What was said under each policy, by what the outcome was told apart by.
    at_hand: Vec<FxHashMap<Box<[u64]>, Arc<T>>>,
    apart: Vec<u64>,
}

impl<'d, T> Series<'d, T> {
    pub(crate) fn new(ready: &'d [Ready<'d>], blank: &FactSheet, kept: fn(Brief) -> T) -> Self {
        let at_hand = ready.iter().map(|_| FxHashMap::default()).collect();
        Series { policies: InTurn::new(ready, blank), kept, at_hand, apart: Vec::new() }
    }

    /// What comes out for an enterprise under every policy of the desk, in its order: the briefs of
    /// [`crate::Desk::briefs`], in the form in which they are kept.
    pub fn said(&mut self, sheet: &FactSheet) -> Vec<Arc<T>> {
        let (apart, kept) = (&mut self.apart, self.kept);
        let turns = self.policies.work(sheet).iter().zip(&mut self.at_hand);
        let said = turns.map(|(turn, at_hand)| {
            apart.clear();
            turn.tell_apart(apart);
            if let Some(said) = at_hand.get(apart.as_slice()) {
                return Arc::clone(said);
            }
            let said = Arc::new(kept(Brief::told(turn.ready(), turn.outcome())));
            if at_hand.len() >= AT_HAND {
                at_hand.clear();
            }
            at_hand.insert(apart.as_slice().into(), Arc::clone(&said));
            said
        });
        said.collect()
    }
}
