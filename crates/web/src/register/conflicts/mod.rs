//! Conflicts: what sources disagree on, side by side, until a person settles it.

mod bulk;
mod one;
mod queue;

pub use bulk::{preview, settle as settle_selected};
pub(crate) use one::{find, read_fact};
pub use one::{settle, show as show_one};
pub use queue::show;
pub(crate) use queue::{read_cursor, write_cursor};

use kernel::view::Said;
use kernel::{Field, Lang};
use rust_decimal::Decimal;

use crate::register::{amount, words};

/// One origin's word in a conflict.
struct Word {
    seq: i64,
    origin: String,
    text: String,
    apart: String,
    shown: bool,
    address: String,
}

fn words_of(said: &[Said], shown: &kernel::Value, field: &Field, fact: &str, lang: Lang) -> Vec<Word> {
    let word = |said: &Said| Word {
        seq: said.seq,
        origin: words::origin(&said.origin, lang),
        text: words::value(field, &said.value, lang),
        apart: apart(shown, &said.value).map(signed).unwrap_or_default(),
        shown: said.value == *shown,
        address: crate::register::subject::source_address(said.seq, fact),
    };
    said.iter().map(word).collect()
}

fn apart(shown: &kernel::Value, other: &kernel::Value) -> Option<Decimal> {
    amount::apart(shown, other).filter(|share| !share.is_zero())
}

fn signed(share: Decimal) -> String {
    format!("{}{share} %", if share.is_sign_negative() { "" } else { "+" })
}

/// The largest distance of any word from what is shown, in percent; `None` for words.
fn widest(said: &[Said], shown: &kernel::Value) -> Option<Decimal> {
    said.iter().filter_map(|said| amount::apart(shown, &said.value)).map(|share| share.abs()).max()
}
