//! The kept tally of cases: after whatever happened it says what a plain count says, to everybody.

use std::collections::BTreeMap;

use jiff::ToSpan as _;
use jiff::civil::Date;
use kernel::Lang;
use loops::colour::Colour;
use loops::{ALL, Given, by_key};
use store::access::{Hand, Role};
use store::cases::{CaseFilter, CaseId, CaseQuery, CaseRow, CaseSort, OpenCases, Post};
use store::testing::on_both;
use store::verify::{Ledger, Wrong};

use crate::cases::{ALPHA, BETA, World};
use crate::common::{intruder, sql, texts};
use crate::zone::{catalogue, enterprises};

const EVERYBODY: [&str; 11] =
    ["leader", "analyst", "east", "west", "both", "power", "roads", "head", "above", "alpha", "beta"];

/// Numbers that look random and are the same on every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn pick<T: Copy>(&mut self, among: &[T]) -> T {
        among[self.roll(among.len())]
    }
}

fn day_of(row: &CaseRow) -> Option<Date> {
    row.due_on()
}

impl World {
    /// With an officer of two parks, one who heads a bureau from outside and one who stands above another.
    async fn peopled(&self) {
        self.account("both", Role::Officer, self.east, None).await;
        let both = self.store.account_by_name("both").await.unwrap().unwrap();
        self.store.grant(Hand::Console, both.id, Role::Officer, self.west).await.unwrap();
        self.account("head", Role::Clerk, self.roads, None).await;
        self.account("above", Role::Clerk, self.roads, None).await;
        let power = Post { head: Some("head".into()), superior: None };
        self.store.name_post(Hand::Console, self.power, &power).await.unwrap();
        let west = Post { head: None, superior: Some("above".into()) };
        self.store.name_post(Hand::Console, self.west, &west).await.unwrap();
    }

    /// Every row that a filter finds, looked up by number: not along what the counts are taken from.
    async fn plainly(&self, who: &str, filter: CaseFilter) -> Vec<CaseRow> {
        let query = CaseQuery { filter, sort: CaseSort::Number, limit: 1_000, ..CaseQuery::default() };
        self.store.cases(&self.viewer(who).await, &query).await.unwrap().rows
    }

    async fn counts_agree(&self, after: &str) {
        let now = self.now();
        let today = now.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).date();
        for who in EVERYBODY {
            let viewer = self.viewer(who).await;
            let all = self.plainly(who, CaseFilter::default()).await;
            let many = |which: &dyn Fn(&CaseRow) -> bool| all.iter().filter(|row| which(row)).count() as u64;
            for due in [(today, today + 7.days()), (today - 40.days(), today), (today + 1.day(), today + 30.days())] {
                let within = |row: &CaseRow| day_of(row).is_some_and(|day| due.0 <= day && day <= due.1);
                let expected = OpenCases {
                    open: many(&|row| !row.is_ended()),
                    overdue: many(&|row| row.is_overdue(now)),
                    due: many(&within),
                };
                assert_eq!(self.store.open_cases(&viewer, due).await.unwrap(), expected, "{who} {due:?} {after}");
            }
            let monday = today - 6.days();
            let since = monday.to_zoned(jiff::tz::TimeZone::fixed(jiff::tz::offset(8))).unwrap().timestamp();
            let matter = vec!["matter".to_owned()];
            type Test<'a> = &'a dyn Fn(&CaseRow) -> bool;
            let filters: [(CaseFilter, Test<'_>); 7] = [
                (CaseFilter::default(), &|_| true),
                (CaseFilter { open: Some(false), ..CaseFilter::default() }, &|row| row.is_ended()),
                (CaseFilter { overdue: true, ..CaseFilter::default() }, &|row| row.is_overdue(now)),
                (CaseFilter { overdue: true, kinds: matter.clone(), ..CaseFilter::default() }, &|row| {
                    row.is_overdue(now) && row.kind.key == "matter"
                }),
                (CaseFilter { states: vec!["underway".into()], ..CaseFilter::default() }, &|row| {
                    row.state.key == "underway"
                }),
                (CaseFilter { due_by: Some(today), open: Some(true), ..CaseFilter::default() }, &|row| {
                    day_of(row).is_some_and(|day| day <= today)
                }),
                (CaseFilter { changed_from: Some(since), ..CaseFilter::default() }, &|row| row.changed_at >= since),
            ];
            for (filter, test) in filters {
                let counted = self.store.count_cases(&viewer, &filter).await.unwrap();
                assert_eq!(counted, many(test), "{who} {filter:?} {after}");
            }
            let kind = by_key("matter").unwrap();
            for lane in self.store.case_board(&viewer, kind, &CaseFilter::default(), 0).await.unwrap() {
                let here = |row: &CaseRow| row.kind.key == "matter" && row.state.key == lane.state.key;
                let expected = (many(&here), many(&|row| here(row) && row.is_overdue(now)));
                assert_eq!((lane.total, lane.overdue), expected, "{who} {} {after}", lane.state.key);
            }
            let waits = self.plainly(who, CaseFilter { mine: true, ..CaseFilter::default() }).await;
            let mut kinds: BTreeMap<String, u64> = BTreeMap::new();
            for row in &waits {
                *kinds.entry(row.kind.key.to_owned()).or_default() += 1;
            }
            let found = self.store.today(&viewer, 1_000).await.unwrap();
            let overdue = waits.iter().filter(|row| row.is_overdue(now)).count() as u64;
            let shown: std::collections::BTreeSet<_> = found.rows.iter().map(|row| row.id).collect();
            assert_eq!((found.total, found.overdue), (waits.len() as u64, overdue), "{who} today {after}");
            assert_eq!(shown, waits.iter().map(|row| row.id).collect(), "{who} today {after}");
            let counted: BTreeMap<String, u64> = found.kinds.into_iter().filter(|(_, count)| *count > 0).collect();
            assert_eq!(counted, kinds, "{who} today by kind {after}");
        }
        assert_eq!(self.store.verify().await.unwrap().first, None, "{after}");
    }

    /// Something that happens in a zone, whether it is allowed or not.
    async fn something(&self, dice: &mut Dice, cases: &mut Vec<CaseId>, proof: &str) -> String {
        let who = dice.pick(&["leader", "analyst", "east", "west", "both", "power", "head", "alpha", "beta"]);
        let unit = dice.pick(&[self.power, self.roads, self.east, self.west]);
        let subject = dice.pick(&[self.alpha, self.beta]);
        let given = Given {
            text: Some("办理".into()),
            proofs: vec![proof.to_owned()],
            unit: Some(unit.to_string()),
            assisting: vec![dice.pick(&[self.roads, self.east, self.power]).to_string()],
            rating: Some(5),
            until: Some("2027-08-01".parse().unwrap()),
            signed: true,
            ..Given::default()
        };
        let what = dice.roll(20);
        if cases.len() < 24 || what < 3 {
            let kind = ALL[dice.roll(ALL.len())].key;
            let about = (dice.roll(4) > 0).then(|| subject.to_string());
            let opened = self.open(who, kind, Given { subject: about, ..given }).await;
            cases.extend(opened.ok().map(|row| row.id));
            return format!("{who} opens {kind}");
        }
        let analyst = self.viewer("analyst").await;
        match what {
            3 => {
                self.pass(dice.roll(90) as i64);
                format!("{:?}", self.store.tick().await.unwrap().looked)
            }
            4 => {
                let parks = [dice.pick(&["东区", "西区"]), dice.pick(&["东区", "西区", "不在册的园区"])];
                let rows: [&[(&str, &str)]; 2] = [
                    &[("uscc", ALPHA), ("name", "甲公司"), ("park", parks[0])],
                    &[("uscc", BETA), ("name", "乙公司"), ("park", parks[1])],
                ];
                enterprises(&self.store, "统计办", &rows).await;
                format!("the firms go to {parks:?}")
            }
            5 => format!("merged: {:?}", self.store.merge(self.beta, self.alpha, "同一家", "analyst").await.is_ok()),
            6 => format!("unmerged: {:?}", self.store.unmerge(self.beta, "两家", "analyst").await.is_ok()),
            7 => {
                let to = dice.pick(&[self.power, self.roads]);
                format!("moved: {:?}", self.store.move_cases(&analyst, unit, to, "机构合并").await.ok())
            }
            8 => {
                let id = dice.pick(cases);
                let until = self.now().to_zoned(jiff::tz::TimeZone::UTC).date() + 5.days();
                let set = self.store.set_case_colour(&analyst, id, Colour::Red, "督办", until).await;
                format!("coloured: {:?}", set.is_ok())
            }
            9 => {
                self.pass(24 * dice.roll(12) as i64);
                format!("counted anew: {:?}", self.store.recount_cases().await.unwrap())
            }
            10 if dice.roll(4) == 0 => {
                self.store.erase_case_words(dice.pick(cases), "个人信息保护法", "analyst").await.unwrap();
                "erased".to_owned()
            }
            11 => {
                let officer = dice.pick(&[Some("east"), Some("west"), None]);
                format!("served: {:?}", self.store.assign_officer(&analyst, &[subject], officer).await.ok())
            }
            _ => {
                let id = dice.pick(cases);
                let Some(view) = self.store.case(&self.viewer(who).await, id).await.unwrap() else {
                    return format!("{who} does not see it");
                };
                let Some((step, _)) = view.may.get(dice.roll(view.may.len().max(1))) else {
                    return format!("{who} may do nothing");
                };
                let done = self.store.act_on_case(&self.viewer(who).await, id, view.row.seq, step.key, given).await;
                format!("{who} takes the step {}: {:?}", step.key, done.is_ok())
            }
        }
    }
}

#[test]
fn whatever_happens_the_tally_says_what_a_plain_count_says_to_everybody() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        world.peopled().await;
        let (proof, mut dice, mut cases) = (world.proof().await, Dice(0x7a11), Vec::new());
        for at in 0..300 {
            let happened = world.something(&mut dice, &mut cases, &proof).await;
            if at % 20 == 19 {
                world.counts_agree(&format!("after step {at}: {happened}")).await;
            }
        }
        let rows = world.plainly("analyst", CaseFilter::default()).await;
        assert!(rows.len() > 20 && rows.iter().any(CaseRow::is_ended), "{}", rows.len());
        assert!(rows.iter().any(|row| row.is_overdue(world.now())));
        world.store.rebuild("analyst").await.unwrap();
        world.counts_agree("after everything was made anew").await;
    });
}

#[test]
fn a_tally_altered_by_hand_is_named_and_made_anew() {
    on_both(catalogue(), |store| async move {
        let world = World::new(store).await;
        let row = world.open("alpha", "matter", Given::default()).await.unwrap();
        let raw = intruder(world.store.location()).await;
        let found = async |change: &str| {
            assert!(sql(&raw, change).await > 0, "{change} changed nothing");
            let flaw = world.store.verify().await.unwrap().first.unwrap();
            assert!(flaw.say(Lang::Zh).contains(&flaw.row) && flaw.say(Lang::En).contains(&flaw.row));
            world.store.rebuild("analyst").await.unwrap();
            assert_eq!(world.store.verify().await.unwrap().first, None);
            (flaw.ledger, flaw.row, flaw.wrong)
        };
        let tallied = Wrong::Derived { column: "cases" };
        for change in [
            "UPDATE case_tally SET cases = cases + 1 WHERE what = 'charge' OR what = 'place'",
            "DELETE FROM case_tally WHERE what = 'seen'",
            "UPDATE case_tally SET state = 'closed' WHERE what = 'changed'",
            // A day that nobody but the clock writes.
            "UPDATE case_head SET due_at = due_at + 864000000000",
        ] {
            let (ledger, named, wrong) = found(change).await;
            assert_eq!((ledger, wrong), (Ledger::CaseTally, tallied.clone()), "{change}");
            assert!(named.contains("matter"), "{named}");
        }
        let moved = found("UPDATE case_head SET subject_unit = NULL").await;
        assert_eq!(moved, (Ledger::CaseHead, row.id.to_string(), Wrong::Derived { column: "subject_unit" }));
        assert_eq!(texts(&raw, "SELECT number FROM case_head").await, [row.number]);
    });
}
