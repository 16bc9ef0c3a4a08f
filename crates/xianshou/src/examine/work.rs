//! Many enterprises worked in parallel, in little memory, answered in the order of the file.

use checkup::{CheckUp, Desk, Enterprise};
use intake::firms::{Firm, Firms};

use crate::firms::enterprise;

/// Enterprises worked at a time by each worker.
const BATCH: usize = 64;

/// Checks every enterprise and makes something of its answers. Only one batch is held at a time.
pub fn worked<'a, T: Send + 'a>(
    desk: &'a Desk<'a>,
    firms: &'a Firms,
    make: &'a (dyn Fn(&Enterprise, &[CheckUp]) -> T + Sync),
) -> impl Iterator<Item = T> + 'a {
    let workers = std::thread::available_parallelism().map_or(1, usize::from).min(8);
    let mut rest = firms.iter().peekable();
    std::iter::from_fn(move || {
        rest.peek()?;
        let batches: Vec<Vec<Firm>> = (0..workers)
            .map(|_| rest.by_ref().take(BATCH).collect::<Vec<_>>())
            .filter(|batch| !batch.is_empty())
            .collect();
        Some(at_once(desk, batches, make))
    })
    .flatten()
}

fn at_once<T: Send>(
    desk: &Desk<'_>,
    batches: Vec<Vec<Firm>>,
    make: &(dyn Fn(&Enterprise, &[CheckUp]) -> T + Sync),
) -> Vec<T> {
    let one = |firm: Firm| {
        let enterprise = enterprise(firm);
        make(&enterprise, &desk.check_up(&enterprise))
    };
    let one = &one;
    std::thread::scope(|threads| {
        let started: Vec<_> = batches
            .into_iter()
            .map(|batch| threads.spawn(move || batch.into_iter().map(one).collect::<Vec<T>>()))
            .collect();
        let ended = started.into_iter().map(|thread| match thread.join() {
            Ok(made) => made,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        ended.flatten().collect()
    })
}
