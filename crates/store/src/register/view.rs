//! The table of current views, read as if every view had a text of its own.

use sea_orm::sea_query::{CaseStatement, Expr, ExprTrait as _, Func, IntoColumnRef, SelectStatement};

/// The table.
pub(crate) const VIEW: &str = "subject_view";
/// Its columns: whose view it is, its texts, and the statement that stands for them.
pub(crate) const VIEW_COLUMNS: [&str; 5] = ["zone", "subject", "facts", "personal", "told_by"];

/// Joins the view of a subject whose id stands in a column, for [`open`] and [`personal`].
pub(crate) fn join(query: &mut SelectStatement, zone: &str, subject: impl IntoColumnRef) {
    let own = Expr::col((VIEW, "zone")).eq(zone).and(Expr::col((VIEW, "subject")).eq(Expr::col(subject)));
    query.left_join(VIEW, own);
    join_statement(query, zone);
}

/// Joins the statement that stands for the texts of a view, for a query that reads from the table.
pub(crate) fn join_statement(query: &mut SelectStatement, zone: &str) {
    let told = Expr::col(("statement", "zone")).eq(zone).and(Expr::col(("statement", "seq")).equals((VIEW, "told_by")));
    query.left_join("statement", told);
}

/// The text of the facts that anyone who sees the subject may read; `NULL` where there is no view.
pub(crate) fn open() -> Expr {
    text("facts")
}

/// The text of the personal data; `NULL` where there are none.
pub(crate) fn personal() -> Expr {
    text("personal")
}

/// A text of a view's own, or the same text of the statement behind its number. What the two hold
/// differs in nothing else: see [`super::shown`].
fn text(column: &'static str) -> Expr {
    let told_by = || Expr::col((VIEW, "told_by"));
    let said = Func::cust("substr").arg(Expr::col(("statement", column))).arg(Expr::cust("2"));
    let told = Expr::cust("'{\"\":'").binary(CONCAT, told_by().cast_as("text")).binary(CONCAT, Expr::cust("','"));
    let own = told_by().is_null();
    CaseStatement::new().case(own, Expr::col((VIEW, column))).finally(told.binary(CONCAT, said)).into()
}

/// With a missing text the whole is missing, on both databases.
const CONCAT: sea_orm::sea_query::BinOper = sea_orm::sea_query::BinOper::Custom("||");
