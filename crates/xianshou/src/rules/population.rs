//! The enterprises two versions of a policy are worked on: of a spreadsheet, or of a register.

use std::collections::BTreeSet;

use checkup::{Enterprise, Record};
use jiff::civil::Date;
use kernel::SubjectKind;
use policy::{Policy, Table};

use crate::args::Register;
use crate::args::policy::FactsFrom;
use crate::failure::Failure;
use crate::firms;
use crate::talk::Talk;

/// Enterprises taken from a register at a time.
const CHUNK: u64 = 500;

/// What two versions ask for, of every enterprise.
pub struct Population {
    /// The facts, a row for each enterprise.
    pub table: Table,
    /// Credit code and name of each row.
    pub names: Vec<(String, String)>,
}

/// Gathers what both versions ask for on a day; `None` where no enterprises are named.
pub async fn gather(
    talk: &Talk,
    from: &FactsFrom,
    versions: [&Policy; 2],
    on: Date,
) -> Result<Option<Population>, Failure> {
    let [before, after] = versions.map(|policy| policy.on(on));
    let mut population = Population { table: Table::of([&before, &after]), names: Vec::new() };
    if let Some(path) = &from.facts {
        for firm in firms::read(talk, path, (from.year, on), false)?.iter() {
            population.push(&firms::enterprise(firm));
        }
    } else if from.data.is_some() || from.database_url.is_some() {
        let register = Register { data: from.data.clone(), database_url: from.database_url.clone() };
        population.of_register(&register).await?;
    } else {
        return Ok(None);
    }
    Ok(Some(population))
}

impl Population {
    fn push(&mut self, enterprise: &Enterprise) {
        self.names.push((enterprise.code.clone(), enterprise.name.clone()));
        self.table.push(enterprise);
    }

    /// Every enterprise of a register, a chunk at a time.
    async fn of_register(&mut self, register: &Register) -> Result<(), Failure> {
        let store = register.open().await?;
        let listed = store.kinds_listed(None).await?;
        let mut after = None;
        loop {
            let chunk = store.enterprises(after, CHUNK, None).await?;
            let Some(last) = chunk.last() else { break };
            after = Some(last.id);
            chunk.into_iter().for_each(|known| self.push(&enterprise(known, &listed)));
        }
        Ok(store.close().await?)
    }
}

/// An enterprise of the register. A kind of record of which no list has come in is not known.
fn enterprise(known: store::Enterprise, listed: &BTreeSet<SubjectKind>) -> Enterprise {
    let mut enterprise = Enterprise::new(known.code, known.name);
    enterprise.add_cells(known.facts.into_iter().map(|(key, value)| (key, value, None)));
    for kind in listed {
        enterprise.knows(*kind);
    }
    for (kind, facts) in known.records {
        enterprise.add_record(kind, Record::of_cells("", None, facts));
    }
    enterprise
}
