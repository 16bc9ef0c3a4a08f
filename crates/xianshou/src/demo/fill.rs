//! Filling the sample zone: units, then every workbook through the front door, then the accounts.

use std::collections::HashMap;
use std::path::Path;

use intake::{Incoming, Manner, Plan, take_in};
use jiff::civil::time;
use jiff::tz::TimeZone;
use kernel::Lang;
use sample::{SampleAccount, SampleSheet, SampleZone};
use store::access::{Hand, Scope, UnitId, UnitKind};
use store::{Clock, Store};

use super::{accounts, past, workbook};
use crate::failure::Failure;
use crate::talk::Talk;

/// The name under which the sample's loads stand in the log.
const BY: &str = "(sample)";

/// Whether the sample zone is there, whole. The accounts are made last, so the last of them says so.
///
/// # Errors
/// The directory holds a register of somebody's own; what the store reports.
pub async fn is_filled(store: &Store, accounts: &[SampleAccount], directory: &Path) -> Result<bool, Failure> {
    let last = accounts.last().map_or("", |account| account.name);
    let named = store.zone().await?;
    if !named.sample && store.units().await?.top().is_some() {
        return Err(Failure::said(
            format!("{} 里是一个真实的台账，不能当作样例园区。请用 --data 另选目录。", directory.display()),
            format!("{} holds a real register, not the sample zone; choose another with --data", directory.display()),
        ));
    }
    Ok(named.sample && store.account_by_name(last).await?.is_some())
}

/// Fills an empty register with the sample zone, and takes up a filling that was broken off.
///
/// # Errors
/// As [`is_filled`]; what the disk reports.
pub async fn unless_filled(talk: &Talk, store: &Store, zone: &SampleZone, directory: &Path) -> Result<(), Failure> {
    if is_filled(store, &zone.accounts, directory).await? {
        return Ok(());
    }
    talk.note("正在建立样例高新区……", "Making the sample zone …");
    store.name_zone(zone.name.0, zone.name.1, true, BY).await?;
    let units = units(store, zone).await?;
    let folder = directory.join(workbook::FOLDER);
    for sheet in &zone.sheets {
        let path = workbook::write(&folder, sheet)?;
        load(&store.with_clock(clock(sheet)), sheet, &path).await?;
    }
    workbook::write(&folder, &sample::faulty_sheet().0)?;
    let cases = sample::cases(past::now());
    // The last account says that everything is there, so the cases come before it.
    let (most, last) = zone.accounts.split_at(zone.accounts.len().saturating_sub(1));
    accounts::make(store, most.iter().chain(&cases.colleagues), &units).await?;
    past::keep(store, &cases, &units, &folder).await?;
    accounts::make(store, last.iter(), &units).await
}

/// The sheet's own day, at nine in the morning: the register learns of things when they came in.
fn clock(sheet: &SampleSheet) -> Clock {
    let morning = sheet.sent_on.to_datetime(time(1, 0, 0, 0)).to_zoned(TimeZone::UTC);
    morning.map_or_else(|_| Clock::system(), |morning| Clock::fixed(morning.timestamp()))
}

/// The units by the sample's short ids; those that are there already are kept.
async fn units(store: &Store, zone: &SampleZone) -> Result<HashMap<&'static str, UnitId>, Failure> {
    let mut known: HashMap<&'static str, UnitId> = HashMap::new();
    for unit in &zone.units {
        let kind = match unit.kind {
            sample::UnitKind::Zone => UnitKind::Zone,
            sample::UnitKind::Bureau => UnitKind::Bureau,
            sample::UnitKind::Park => UnitKind::Park,
        };
        let there = store.units().await?.by_name(unit.name.0).map(|unit| unit.id);
        let parent = unit.parent.and_then(|parent| known.get(parent)).copied();
        let id = match there {
            Some(id) => id,
            None => store.create_unit(Hand::Console, parent, kind, unit.name.0).await?.id,
        };
        known.insert(unit.id, id);
    }
    Ok(known)
}

/// Takes a sample workbook in by the same way as any other, so that every number of the sample
/// leads to a real cell.
async fn load(store: &Store, sheet: &SampleSheet, path: &Path) -> Result<(), Failure> {
    let bytes = std::fs::read(path).map_err(|error| Failure::file(path, &error))?;
    let incoming = Incoming {
        bytes: bytes.into(),
        source: sheet.source,
        title: format!("{}.xlsx", sheet.file),
        origin: sheet.origin.clone(),
        by: BY.to_owned(),
    };
    let plan = Plan::of(sheet.kind);
    let taken = take_in(store, &incoming, &plan, store.catalogue(), &Scope::Zone, Manner::default()).await;
    let outcome = taken.map_err(|error| Failure::said(error.say(Lang::Zh), error.say(Lang::En)))?;
    match outcome.faults.kept.first() {
        None => Ok(()),
        Some(fault) => Err(Failure::said(
            format!("样例工作簿 {} 有问题：{}", sheet.file, fault.message.zh),
            format!("the sample workbook {} has a fault: {}", sheet.file, fault.message.en),
        )),
    }
}
