//! Questions about cases as they are said to PostgreSQL: closed words stand in the text, all else is a value.
//!
//! A plan that is made once and kept serves only where it costs no more than one made for these values. To a
//! kept plan every value is unknown, and with it how many rows a state, a turn or a limit leaves; so it looks
//! dear, and each question is planned anew, which takes several times as long as its answer. Words of which
//! there are few are therefore written out. What a question asks about stays a value: ids, people, moments.

use std::collections::BTreeSet;
use std::fmt::{self, Write};
use std::sync::LazyLock;

use loops::{Colour, Party};
use sea_orm::sea_query::{
    Expr, PostgresQueryBuilder, Query, QueryBuilder, SelectStatement, SqlWriter, SqlWriterValues,
};
use sea_orm::{DbBackend, Statement, Value};

use super::tally::What;
use crate::Store;

/// Every word that is written out: kinds, states, turns, colours, and what the tally counts.
static WORDS: LazyLock<BTreeSet<&str>> = LazyLock::new(|| {
    let kinds = loops::ALL.iter().flat_map(|kind| kind.states.iter().map(|state| state.key).chain([kind.key]));
    let turns = Party::ALL.iter().map(|party| party.key());
    let colours = Colour::ALL.iter().map(|colour| colour.key());
    let counts = [What::Seen, What::Charge, What::Place, What::Changed].map(What::key);
    kinds.chain(turns).chain(colours).chain(counts).collect()
});

/// Whether a value is of a closed kind: a truth, a limit (nothing else is unsigned), or one of the words.
fn is_closed(value: &Value) -> bool {
    match value {
        Value::Bool(Some(_)) | Value::BigUnsigned(Some(_)) => true,
        Value::String(Some(word)) => WORDS.contains(word.as_str()),
        _ => false,
    }
}

/// The text of a question and its values.
#[derive(Debug)]
struct Said(SqlWriterValues);

impl Write for Said {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.write_str(text)
    }
}

impl fmt::Display for Said {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl SqlWriter for Said {
    fn push_param<T: QueryBuilder>(&mut self, value: Value, builder: &T) {
        if !is_closed(&value) || builder.write_value(&mut self.0, &value).is_err() {
            self.0.push_param(value, builder);
        }
    }

    fn as_writer(&mut self) -> &mut dyn Write {
        self
    }
}

/// A question with its closed words in it.
fn to_postgres(select: &SelectStatement) -> Statement {
    let mut said = Said(SqlWriterValues::new("$", true));
    select.build_collect_any_into(&PostgresQueryBuilder, &mut said);
    let (sql, values) = said.0.into_parts();
    Statement { sql, values: Some(values), db_backend: DbBackend::Postgres }
}

/// A moment of which the planner is told nothing: it would weigh it anew for every question, and a kept plan
/// would look dear beside one for a span in which it knows that next to nothing lies. For a column that is the
/// next of its index, and an index that is right for every span.
pub(crate) fn unweighed(at: i64) -> Expr {
    let value = Query::select().expr(Expr::val(at)).to_owned();
    Expr::SubQuery(None, Box::new(value.into()))
}

impl Store {
    /// A question as this database is told it.
    pub(crate) fn said(&self, select: &SelectStatement) -> Statement {
        match self.backend() {
            DbBackend::Postgres => to_postgres(select),
            backend => backend.build(select),
        }
    }
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::ExprTrait as _;

    use super::*;

    #[test]
    fn closed_words_stand_in_the_text_and_what_is_asked_about_does_not() {
        let select = Query::select()
            .column("id")
            .from("case_head")
            .and_where(Expr::col("zone").eq("z"))
            .and_where(Expr::col("open").eq(true))
            .and_where(Expr::col("turn").eq("lead"))
            .and_where(Expr::col("opener").eq("li'; DROP TABLE case_head; --"))
            .and_where(Expr::col("due_at").lt(7_i64))
            .limit(9)
            .to_owned();
        let said = to_postgres(&select);
        assert_eq!(
            said.sql,
            "SELECT \"id\" FROM \"case_head\" WHERE \"zone\" = $1 AND \"open\" = TRUE AND \"turn\" = 'lead' \
             AND \"opener\" = $2 AND \"due_at\" < $3 LIMIT 9"
        );
        let values = said.values.unwrap().0;
        assert_eq!(values, [Value::from("z"), "li'; DROP TABLE case_head; --".into(), 7_i64.into()]);
    }

    #[test]
    fn no_closed_word_needs_quoting() {
        assert!(WORDS.len() > 40);
        for word in WORDS.iter() {
            assert!(word.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{word}");
        }
    }
}
