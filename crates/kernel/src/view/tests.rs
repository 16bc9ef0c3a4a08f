use proptest::prelude::*;
use uuid::Uuid;

use super::*;
use crate::source::SourceId;
use crate::statement::Place;
use crate::subject::SubjectId;

/// Three sources of three origins and a settlement; each statement speaks at its own second.
const KINDS: [(SourceKind, &str); 4] = [
    (SourceKind::Sheet, "统计办"),
    (SourceKind::System, "税务局"),
    (SourceKind::Declaration, "企业"),
    (SourceKind::Settlement, "分析员"),
];

fn second(number: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + number).expect("a moment")
}

fn source(at: usize, undone_at: Option<Timestamp>) -> Source {
    let (kind, origin) = KINDS[at];
    Source { id: SourceId(Uuid::from_u128(at as u128)), kind, origin: origin.to_owned(), undone_at }
}

fn statement(seq: i64, source: usize, value: Option<i64>) -> Statement {
    Statement {
        seq,
        subject: SubjectId(Uuid::nil()),
        source: SourceId(Uuid::from_u128(source as u128)),
        place: Place::Whole,
        said_at: second(seq),
        said_by: "clerk".to_owned(),
        reason: None,
        values: [(FactKey::timeless("year_end_employees"), value.map(Value::Integer))].into(),
    }
}

/// Statements in the order of their numbers, each with which source said it.
fn history() -> impl Strategy<Value = Vec<(usize, Statement)>> {
    proptest::collection::vec((0..4_usize, proptest::option::weighted(0.8, 0..3_i64)), 0..12).prop_map(|said| {
        (1..).zip(said).map(|(seq, (source, value))| (source, statement(seq, source, value))).collect()
    })
}

fn folded(history: &[(usize, Statement)], undone: Option<(usize, Timestamp)>, as_of: Option<Timestamp>) -> View {
    let sources: Vec<Source> =
        (0..4).map(|at| source(at, undone.filter(|(which, _)| *which == at).map(|(_, moment)| moment))).collect();
    fold(history.iter().map(|(source, statement)| (statement, &sources[*source])), as_of)
}

fn key() -> FactKey {
    FactKey::timeless("year_end_employees")
}

#[test]
fn the_more_trusted_origin_is_shown_until_a_person_settles_and_a_new_word_opens_it_again() {
    let mut history = vec![(0, statement(1, 0, Some(1))), (1, statement(2, 1, Some(2)))];
    let shown = folded(&history, None, None).facts.remove(&key()).expect("a fact");
    assert_eq!((shown.value, shown.seq, shown.standing), (Value::Integer(2), 2, Standing::Disputed));
    history.push((3, statement(3, 3, Some(1))));
    let shown = folded(&history, None, None).facts.remove(&key()).expect("a fact");
    assert_eq!((shown.value, shown.seq, shown.standing), (Value::Integer(1), 1, Standing::Settled(3)));
    history.push((1, statement(4, 1, Some(5))));
    let shown = folded(&history, None, None).facts.remove(&key()).expect("a fact");
    assert_eq!((shown.value, shown.standing), (Value::Integer(1), Standing::Disputed));
}

proptest! {
    #[test]
    fn the_order_of_origins_does_not_decide_whose_words_are_kept(history in history()) {
        // The same words, all of one origin after all of another: each origin's own order stays.
        let mut parted = history.clone();
        parted.sort_by_key(|(source, statement)| (*source, statement.seq));
        prop_assert_eq!(folded(&parted, None, None), folded(&history, None, None));
    }

    #[test]
    fn as_of_the_end_is_the_present(history in history()) {
        prop_assert_eq!(folded(&history, None, Some(second(100))), folded(&history, None, None));
    }

    #[test]
    fn as_of_a_moment_is_the_fold_of_what_was_said_by_then(history in history(), moment in 0_i64..14) {
        let until: Vec<_> = history.iter().filter(|(_, said)| said.seq <= moment).cloned().collect();
        prop_assert_eq!(folded(&history, None, Some(second(moment))), folded(&until, None, None));
    }

    #[test]
    fn an_undone_load_is_as_if_it_had_never_been_made(history in history(), undone in 0..4_usize) {
        let without: Vec<_> = history.iter().filter(|(source, _)| *source != undone).cloned().collect();
        prop_assert_eq!(folded(&history, Some((undone, second(50))), None), folded(&without, None, None));
    }

    #[test]
    fn before_it_was_undone_a_load_still_counts(history in history(), undone in 0..4_usize) {
        let at_49 = Some(second(49));
        prop_assert_eq!(folded(&history, Some((undone, second(50))), at_49), folded(&history, None, at_49));
    }
}
