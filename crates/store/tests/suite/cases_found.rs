//! What lists of cases find: the same however they look for it, and under the subject that is shown.

use std::collections::BTreeSet;

use jiff::Timestamp;
use loops::{Given, by_key};
use store::StoreError;
use store::access::UnitId;
use store::cases::{CaseFilter, CaseQuery, CaseSort};
use store::testing::on_both;

use crate::cases::{MONDAY, World};
use crate::zone::catalogue;

fn to(unit: UnitId) -> Given {
    Given { unit: Some(unit.to_string()), ..Given::default() }
}

fn words(text: &str) -> Given {
    Given { text: Some(text.into()), ..Given::default() }
}

impl World {
    /// The numbers that a filter finds in an order.
    async fn found(&self, who: &str, filter: &CaseFilter, sort: CaseSort) -> BTreeSet<String> {
        let query = CaseQuery { filter: filter.clone(), sort, ..CaseQuery::default() };
        let page = self.store.cases(&self.viewer(who).await, &query).await.unwrap();
        page.rows.into_iter().map(|row| row.number).collect()
    }

    /// Cases of many kinds in many turns: asked by firms and a park, whistled, returned, assisted, private.
    async fn busy(&self) {
        let about = |subject: kernel::SubjectId| Given { subject: Some(subject.to_string()), ..Given::default() };
        let analyst = self.viewer("analyst").await;
        self.store.assign_officer(&analyst, &[self.alpha], Some("east")).await.unwrap();
        let asked = self.open("alpha", "matter", Given::default()).await.unwrap();
        self.act("analyst", asked.id, "dispatch", to(self.power)).await.unwrap();
        self.act("power", asked.id, "return", words("不属于本单位")).await.unwrap();
        let both = Given { assisting: vec![self.roads.to_string()], ..to(self.power) };
        self.act("analyst", asked.id, "dispatch", both).await.unwrap();
        self.open("beta", "matter", Given::default()).await.unwrap();
        self.open("west", "matter", about(self.beta)).await.unwrap();
        self.open("east", "matter", Given::default()).await.unwrap();
        self.open("leader", "task", to(self.roads)).await.unwrap();
        self.open("leader", "duty_report", to(self.power)).await.unwrap();
        self.open("east", "visit", Given { subject: Some(self.alpha.to_string()), ..to(self.east) }).await.ok();
        self.open("west", "assistance", about(self.beta)).await.unwrap();
    }
}

#[test]
fn a_list_by_day_finds_the_same_cases_as_one_by_number_and_as_many_as_are_counted() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        world.busy().await;
        world.pass(24 * 30);
        for who in ["leader", "analyst", "east", "west", "power", "roads", "alpha", "beta"] {
            let viewer = world.viewer(who).await;
            for (mine, open, overdue, kind) in [
                (false, Some(true), false, None),
                (false, Some(true), true, None),
                (false, Some(false), false, None),
                (false, None, false, None),
                (false, Some(true), false, Some("matter")),
                (true, None, false, None),
                (true, Some(true), true, None),
                (true, None, false, Some("task")),
            ] {
                let kinds = kind.iter().map(|kind| (*kind).to_owned()).collect();
                let filter = CaseFilter { mine, open, overdue, kinds, ..CaseFilter::default() };
                let folds = world.store.case_folds(&viewer, &filter).await.unwrap();
                let expected: BTreeSet<String> = folds.into_iter().map(|(row, _)| row.number).collect();
                for sort in CaseSort::ALL {
                    assert_eq!(world.found(who, &filter, *sort).await, expected, "{who} {filter:?} {sort:?}");
                }
                let counted = world.store.count_cases(&viewer, &filter).await.unwrap();
                assert_eq!(counted, expected.len() as u64, "{who} {filter:?}");
                if mine && kind.is_none() && open.is_none() {
                    let today = world.store.today(&viewer, 50).await.unwrap();
                    let shown: BTreeSet<String> = today.rows.into_iter().map(|row| row.number).collect();
                    assert_eq!((today.total, shown), (counted, expected), "{who}");
                }
            }
        }
    });
}

#[test]
fn a_board_counts_what_the_list_finds_for_everybody() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        world.busy().await;
        for who in ["leader", "east", "west", "power", "roads", "alpha", "beta"] {
            let viewer = world.viewer(who).await;
            let matter = by_key("matter").unwrap();
            let kinds = CaseFilter { kinds: vec!["matter".into()], ..CaseFilter::default() };
            let lanes = world.store.case_board(&viewer, matter, &CaseFilter::default(), 10).await.unwrap();
            let shown: BTreeSet<String> =
                lanes.iter().flat_map(|lane| lane.rows.iter().map(|row| row.number.clone())).collect();
            assert_eq!(shown, world.found(who, &kinds, CaseSort::Number).await, "{who}");
            assert_eq!(lanes.iter().map(|lane| lane.total).sum::<u64>(), shown.len() as u64, "{who}");
        }
    });
}

#[test]
fn pages_of_a_list_in_parts_follow_each_other_without_a_gap() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        world.busy().await;
        let viewer = world.viewer("power").await;
        for descending in [false, true] {
            let filter = CaseFilter { open: Some(true), ..CaseFilter::default() };
            let all = CaseQuery { filter, descending, ..CaseQuery::default() };
            let whole = world.store.cases(&viewer, &all).await.unwrap().rows;
            assert!(whole.len() > 1);
            let mut query = CaseQuery { limit: 1, ..all };
            let mut paged = Vec::new();
            loop {
                let page = world.store.cases(&viewer, &query).await.unwrap();
                paged.extend(page.rows);
                query.after = page.next;
                if query.after.is_none() {
                    break;
                }
            }
            assert_eq!(paged, whole);
        }
    });
}

#[test]
fn what_changed_since_a_moment_is_found() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let old = world.open("alpha", "matter", Given::default()).await.unwrap();
        world.open("leader", "task", to(world.power)).await.unwrap();
        world.pass(24 * 7);
        let monday: Timestamp = MONDAY.parse().unwrap();
        let since = |hours: i64| CaseFilter {
            changed_from: Some(monday + jiff::SignedDuration::from_hours(hours)),
            ..CaseFilter::default()
        };
        assert_eq!(world.found("leader", &since(0), CaseSort::Changed).await.len(), 2);
        assert!(world.found("leader", &since(24), CaseSort::Changed).await.is_empty());
        world.act("analyst", old.id, "dispatch", to(world.roads)).await.unwrap();
        for sort in CaseSort::ALL {
            let found = world.found("leader", &since(24), *sort).await;
            assert_eq!(found, [old.number.clone()].into(), "{sort:?}");
        }
        assert_eq!(world.found("roads", &since(24 * 7), CaseSort::Due).await.len(), 1);
        assert!(world.found("power", &since(24 * 7), CaseSort::Due).await.is_empty(), "another unit's");
    });
}

#[test]
fn the_cases_of_a_merged_subject_are_found_under_the_one_it_is_shown_under_and_return() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let own = world.open("beta", "matter", Given::default()).await.unwrap();
        let of_alpha = CaseFilter { subject: Some(world.alpha), ..CaseFilter::default() };
        let of_beta = CaseFilter { subject: Some(world.beta), ..CaseFilter::default() };
        let number: BTreeSet<String> = [own.number.clone()].into();
        assert!(world.found("leader", &of_alpha, CaseSort::Due).await.is_empty());
        let alpha = world.viewer("alpha").await;
        assert!(world.store.case(&alpha, own.id).await.unwrap().is_none());

        world.store.merge(world.beta, world.alpha, "同一家企业", "analyst").await.unwrap();
        for filter in [&of_alpha, &of_beta] {
            assert_eq!(world.found("leader", filter, CaseSort::Due).await, number);
        }
        for firm in ["alpha", "beta"] {
            assert_eq!(world.found(firm, &CaseFilter::default(), CaseSort::Due).await, number, "{firm}");
        }
        // Who is shown as one may confirm as one.
        world.act("analyst", own.id, "dispatch", to(world.power)).await.unwrap();
        world.act("power", own.id, "arrive", Given::default()).await.unwrap();
        let answer = Given { proofs: vec![world.proof().await], ..words("已接通") };
        world.act("power", own.id, "answer", answer).await.unwrap();
        assert_eq!(world.store.today(&world.viewer("alpha").await, 9).await.unwrap().total, 1);

        world.store.unmerge(world.beta, "两家企业", "analyst").await.unwrap();
        assert!(world.found("leader", &of_alpha, CaseSort::Due).await.is_empty());
        assert!(world.found("alpha", &CaseFilter::default(), CaseSort::Due).await.is_empty());
        let rating = Given { rating: Some(5), ..Given::default() };
        let seen = world.store.case(&world.viewer("analyst").await, own.id).await.unwrap().unwrap().row.seq;
        let wrong = world.store.act_on_case(&alpha, own.id, seen, "confirm", rating.clone()).await;
        assert!(matches!(wrong, Err(StoreError::NotFound)), "{wrong:?}");
        assert_eq!(world.act("beta", own.id, "confirm", rating).await.unwrap().state.key, "closed");
        assert_eq!(world.store.verify().await.unwrap().first, None);
    });
}
