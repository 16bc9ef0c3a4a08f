//! Whom each row speaks of, and whether the person may say so.

use std::collections::{BTreeMap, HashMap, HashSet};

use kernel::lang::Said;
use kernel::{Catalogue, SubjectId, SubjectKind, name};
use store::access::{Scope, UnitTree};
use store::{Key, Resolution, Store, StoreError};

use crate::Plan;
use crate::doubles::{naming_fields, place, text};
use crate::fault::Fault;
use crate::head::heading_of;
use crate::own::{self, Held};
use crate::read::{ReadRow, ReadSheet, said_label};

/// What the register says about the rows of a sheet.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Identified {
    /// Rows about subjects of the register.
    pub known: u64,
    /// Rows about subjects that will be new.
    pub new: u64,
    /// Rows without a code and with a name nobody knows: kept as candidates for a person to settle.
    pub candidates: u64,
}

impl Identified {
    /// Counts the rows of another sheet too.
    pub(crate) fn add(&mut self, other: Identified) {
        self.known += other.known;
        self.new += other.new;
        self.candidates += other.candidates;
    }
}

/// Finds out whom each row speaks of. Rows that name several subjects at once, owners nobody
/// knows, parks that do not exist and subjects outside the person's scope become faults.
///
/// # Errors
/// What the database reports.
pub(crate) async fn identify(
    store: &Store,
    sheet: &mut ReadSheet,
    plan: &Plan,
    catalogue: &Catalogue,
    scope: &Scope,
    beside: &Owners,
) -> Result<Identified, StoreError> {
    let keys: Vec<Key> = sheet.rows.iter().map(|row| key(sheet, row)).collect();
    let resolved = match plan.kind.is_record() {
        true => owners(store, &keys).await?,
        false => store.resolve(plan.kind, &keys).await?,
    };
    let units = store.units().await?;
    let held = match sheet.id_column {
        Some(_) => own::hold(store, sheet, plan, catalogue, scope).await?,
        None => HashMap::new(),
    };
    let seen = visible(store, &resolved, scope).await?;
    let mut told = Identified::default();
    let mut faults = Vec::new();
    // A head that names nobody is said once, not again for each row.
    let names_subject = sheet.guess.names_subject(plan.kind);
    for ((row, key), resolution) in sheet.rows.iter().zip(&keys).zip(&resolved) {
        let judge = Judge { sheet, row, key, plan, catalogue };
        let held = held.get(&row.number).copied();
        let fault = match resolution {
            _ if held.is_some() => judge.held(held, resolution).or_else(|| judge.park(&units, scope, false)),
            _ if key.code.is_none() && key.name.is_none() => names_subject.then(|| judge.nameless()),
            Resolution::Ambiguous(several) => Some(judge.ambiguous(several.len())),
            Resolution::None if plan.kind.is_record() => match beside.find(key) {
                Some(owner) if owner.sound => judge.park(&units, scope, false),
                Some(owner) => Some(judge.faulty_owner(owner)),
                None => Some(judge.no_owner()),
            },
            Resolution::Existing(id) if seen.as_ref().is_some_and(|seen| !seen.contains(id)) => Some(judge.not_yours()),
            _ => judge.park(&units, scope, matches!(resolution, Resolution::None)),
        };
        match resolution {
            // A row with a fault in any of its cells is not stored, so it is nobody's.
            _ if fault.is_some() || sheet.faults.rows.contains(&row.number) => {}
            _ if held.is_some() => told.known += 1,
            Resolution::Existing(_) => told.known += 1,
            _ if key.code.is_none() && waits(plan.kind) => told.candidates += 1,
            _ => told.new += 1,
        }
        faults.extend(fault);
    }
    faults.into_iter().for_each(|fault| sheet.faults.of_row(fault));
    Ok(told)
}

/// Whether a subject of this kind that comes without a code waits for a person.
fn waits(kind: SubjectKind) -> bool {
    matches!(kind, SubjectKind::Enterprise | SubjectKind::Institution)
}

fn key(sheet: &ReadSheet, row: &ReadRow) -> Key {
    let [code, name] = naming_fields(sheet.kind) else { return Key::default() };
    let own_code = || {
        let field = match sheet.kind {
            SubjectKind::Institution => "institution_code",
            SubjectKind::Platform => "platform_code",
            SubjectKind::Achievement => "achievement_code",
            SubjectKind::Equipment => "equipment_code",
            SubjectKind::Project => "project_code",
            _ => return None,
        };
        sheet.value(row, field)
    };
    let code = sheet.value(row, code).or_else(own_code).map(text);
    Key { code, name: sheet.value(row, name).map(text) }
}

/// The owners of records: enterprises, then institutions.
async fn owners(store: &Store, keys: &[Key]) -> Result<Vec<Resolution>, StoreError> {
    let mut resolved = store.resolve(SubjectKind::Enterprise, keys).await?;
    if resolved.contains(&Resolution::None) {
        let institutions = store.resolve(SubjectKind::Institution, keys).await?;
        for (resolution, institution) in resolved.iter_mut().zip(institutions) {
            if *resolution == Resolution::None {
                *resolution = institution;
            }
        }
    }
    Ok(resolved)
}

/// The enterprises and institutions that other sheets of the workbook bring in, by code and name.
#[derive(Default)]
pub(crate) struct Owners(HashMap<String, Owner>);

/// One of them.
pub(crate) struct Owner {
    sheet: String,
    row: u32,
    /// Whether one of its rows has no fault, so that it will be there.
    sound: bool,
}

impl Owners {
    /// Takes in the subjects of a sheet that was identified.
    pub(crate) fn add(&mut self, sheet: &ReadSheet) {
        if !matches!(sheet.kind, SubjectKind::Enterprise | SubjectKind::Institution) {
            return;
        }
        for row in &sheet.rows {
            let sound = !sheet.faults.rows.contains(&row.number);
            for known in known_by(&key(sheet, row)) {
                let owner = Owner { sheet: sheet.sheet.clone(), row: row.number, sound };
                self.0.entry(known).and_modify(|before| before.sound |= sound).or_insert(owner);
            }
        }
    }

    fn find(&self, key: &Key) -> Option<&Owner> {
        known_by(key).find_map(|known| self.0.get(&known))
    }
}

/// What a key goes by: its code, then its name.
fn known_by(key: &Key) -> impl Iterator<Item = String> {
    let code = key.code.as_ref().map(|code| code.to_uppercase());
    code.into_iter().chain(key.name.as_deref().map(name::normal))
}

/// Those of the subjects that the person may see; `None` where the person sees the whole zone.
async fn visible(
    store: &Store,
    resolved: &[Resolution],
    scope: &Scope,
) -> Result<Option<HashSet<SubjectId>>, StoreError> {
    if *scope == Scope::Zone {
        return Ok(None);
    }
    let ids: Vec<SubjectId> = resolved
        .iter()
        .filter_map(|resolution| match resolution {
            Resolution::Existing(id) => Some(*id),
            _ => None,
        })
        .collect();
    store.visible(&ids, scope).await.map(Some)
}

/// One row under judgement.
struct Judge<'a> {
    sheet: &'a ReadSheet,
    row: &'a ReadRow,
    key: &'a Key,
    plan: &'a Plan,
    catalogue: &'a Catalogue,
}

impl Judge<'_> {
    fn fault(&self, field: &str, found: String, expected: Said, zh: String, en: String) -> Fault {
        let (at, column) = place(self.sheet, field);
        let label = said_label(self.catalogue, self.plan, field);
        let number = self.row.number;
        Fault {
            sheet: self.sheet.sheet.clone(),
            row: number,
            at,
            column: if column.is_empty() { label.zh.clone() } else { column },
            found,
            expected,
            message: Said::new(
                format!("第 {number} 行“{}”：{zh}", label.zh),
                format!("Row {number}, {}: {en}", label.en),
            ),
        }
    }

    /// What is the matter with a row that carries the register's number of a subject.
    fn held(&self, held: Option<Held>, resolution: &Resolution) -> Option<Fault> {
        let at = self.sheet.id_column?;
        let heading = heading_of(&self.sheet.guess, at);
        let found = self.row.subject?;
        let other = !self.plan.kind.is_record() && matches!(resolution, Resolution::Existing(other) if *other != found);
        let place = (at, heading.as_str());
        match held? {
            Held::Nobody => Some(own::no_such_number(&self.sheet.sheet, self.row.number, place, &found.to_string())),
            Held::Mixed => Some(own::another(&self.sheet.sheet, self.row.number, place, self.key)),
            Held::Known if other => Some(own::another(&self.sheet.sheet, self.row.number, place, self.key)),
            Held::Known => None,
        }
    }

    fn nameless(&self) -> Fault {
        let field = naming_fields(self.plan.kind)[0];
        self.fault(
            field,
            String::new(),
            Said::new("统一社会信用代码或名称", "a credit code or a name"),
            "代码和名称都没有，无法知道这一行是谁。请填写其中一项，或跳过这一行。".into(),
            "neither code nor name, so nobody can tell whom this row is about. Fill in one of them, or skip the row."
                .into(),
        )
    }

    fn ambiguous(&self, several: usize) -> Fault {
        let name = self.key.name.clone().unwrap_or_default();
        let [code, by_name] = naming_fields(self.plan.kind) else { return self.nameless() };
        let label = said_label(self.catalogue, self.plan, code);
        self.fault(
            by_name,
            name.clone(),
            label.clone(),
            format!("台账中有 {several} 个主体叫“{name}”。请填写“{}”。", label.zh),
            format!("{several} subjects of the register are called “{name}”. Fill in {}.", label.en),
        )
    }

    fn no_owner(&self) -> Fault {
        let [code, by_name] = naming_fields(self.plan.kind) else { return self.nameless() };
        let (field, found) = match &self.key.code {
            Some(found) => (*code, found.clone()),
            None => (*by_name, self.key.name.clone().unwrap_or_default()),
        };
        self.fault(
            field,
            found.clone(),
            Said::new("台账中已有的企业或机构", "an enterprise or institution of the register"),
            format!("台账中没有“{found}”。请先导入该企业，或改正代码。"),
            format!("the register has no “{found}”. Import the enterprise first, or correct the code."),
        )
    }

    /// The owner stands in the same workbook, in a row that is not stored as it is.
    fn faulty_owner(&self, owner: &Owner) -> Fault {
        let [code, by_name] = naming_fields(self.plan.kind) else { return self.nameless() };
        let (field, found) = match &self.key.code {
            Some(found) => (*code, found.clone()),
            None => (*by_name, self.key.name.clone().unwrap_or_default()),
        };
        let Owner { sheet, row, .. } = owner;
        self.fault(
            field,
            found.clone(),
            Said::new("没有问题的主体行", "a row of the owner without a fault"),
            format!("“{found}”在工作表“{sheet}”第 {row} 行，那一行有问题。先改好那一行，这里随之可以导入。"),
            format!("“{found}” stands in row {row} of the sheet “{sheet}”, which has a fault. Mend that row, and this one can be imported too."),
        )
    }

    fn not_yours(&self) -> Fault {
        let found = self.key.code.clone().or_else(|| self.key.name.clone()).unwrap_or_default();
        self.fault(
            naming_fields(self.plan.kind)[0],
            found,
            Said::new("您范围内的主体", "a subject within your scope"),
            "不在您的范围内，不能由您导入。请跳过这一行，或交给有权限的同事。".into(),
            "is not within your scope, so you cannot import it. Skip the row, or pass it to a colleague who may."
                .into(),
        )
    }

    /// A park that is none of the zone's, or not one of the person's.
    fn park(&self, units: &UnitTree, scope: &Scope, is_new: bool) -> Option<Fault> {
        let written = self.sheet.value(self.row, "park").map(text);
        let Some(written) = written else {
            let homeless = is_new && !self.plan.kind.is_record() && matches!(scope, Scope::Units(_));
            return homeless.then(|| {
                self.fault(
                    "park",
                    String::new(),
                    Said::new("您负责的园区", "a park of yours"),
                    "新主体要写明所属园区，否则导入后您自己也看不到它。".into(),
                    "a new subject needs its park, otherwise you could not see it yourself.".into(),
                )
            });
        };
        let parks: Vec<&str> = units.in_order().into_iter().skip(1).map(|unit| unit.name.as_str()).collect();
        match units.by_name(&written) {
            Some(unit) => match scope {
                Scope::Units(mine) if !mine.contains(&unit.id) => Some(self.fault(
                    "park",
                    written,
                    Said::new("您负责的园区", "a park of yours"),
                    "不在您的范围内，不能由您导入。".into(),
                    "is not within your scope, so you cannot import into it.".into(),
                )),
                _ => None,
            },
            // A zone whose parks nobody has set up yet cannot judge; the name is kept and the
            // subjects are placed when the park is made.
            None if parks.is_empty() => None,
            None => {
                let nearest = nearest(&written, &parks);
                let (zh, en) = match nearest {
                    Some(park) => (format!("最接近的是“{park}”。"), format!(" The nearest is “{park}”.")),
                    None => Default::default(),
                };
                let list: String = parks.iter().take(12).copied().collect::<Vec<_>>().join("、");
                Some(self.fault(
                    "park",
                    written.clone(),
                    Said::new(format!("以下之一：{list}"), format!("one of: {list}")),
                    format!("没有叫“{written}”的单位。{zh}请改正，或请系统管理员建立该单位。"),
                    format!("no unit is called “{written}”.{en} Correct it, or ask the system administrator to make the unit."),
                ))
            }
        }
    }
}

fn nearest<'a>(written: &str, parks: &[&'a str]) -> Option<&'a str> {
    let scored: BTreeMap<u64, &str> =
        parks.iter().map(|park| ((name::similarity(written, park) * 1e6) as u64, *park)).collect();
    scored.into_iter().next_back().filter(|(score, _)| *score > 400_000).map(|(_, park)| park)
}
