//! `xianshou loops`: the kinds of closed loops in words, as data, or as a graph.

use ::loops::{ALL, Kind, by_key, dot, listed, words};

use crate::args::{Format, Loops};
use crate::failure::{Exit, Failure};
use crate::talk::Talk;

/// Lists the kinds that are asked for.
pub fn run(talk: &Talk, format: Format, wanted: &Loops) -> Result<Exit, Failure> {
    let kinds = match wanted.only.as_slice() {
        [] => ALL.to_vec(),
        keys => keys.iter().map(|key| kind(key)).collect::<Result<_, _>>()?,
    };
    match format {
        Format::Dot => talk.line(dot(&kinds, talk.lang).trim_end()),
        _ => talk.answer(&listed(&kinds), |lang| {
            kinds.iter().map(|kind| words(kind, lang)).collect::<Vec<_>>().join("\n").trim_end().to_owned()
        }),
    }
    Ok(Exit::Done)
}

fn kind(key: &str) -> Result<Kind, Failure> {
    let known = || ALL.iter().map(|kind| kind.key).collect::<Vec<_>>().join(", ");
    by_key(key).copied().ok_or_else(|| {
        Failure::faulty(
            format!("没有“{key}”这类闭环。可写：{}。", known()),
            format!("there is no kind of loop “{key}”; there are {}", known()),
        )
    })
}
