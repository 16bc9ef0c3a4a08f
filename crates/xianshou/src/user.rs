//! `xianshou user`: accounts, from the machine itself. The first accounts of a zone are made here.

use std::io::{BufRead as _, IsTerminal as _};

use kernel::Lang;
use serde_json::{Value, json};
use store::Store;
use store::access::{Account, AccountState, Hand, NewAccount, Role, Unit, UnitKind};
use web::sign_in::password;

use crate::args::{User, UserAct};
use crate::failure::{Exit, Failure};
use crate::talk::Talk;

/// Does one thing to accounts.
pub async fn run(talk: &Talk, wanted: User) -> Result<Exit, Failure> {
    // The first account may come before the register: `user add` makes it.
    let store = match wanted.act {
        UserAct::Add { .. } => wanted.register.open_or_create().await?,
        _ => wanted.register.open().await?,
    };
    let done = act(talk, &store, wanted.act).await;
    store.close().await?;
    done
}

async fn act(talk: &Talk, store: &Store, act: UserAct) -> Result<Exit, Failure> {
    match act {
        UserAct::Add { name, person, unit, role, enterprise } => {
            let wanted = Wanted { name, person, unit, role, enterprise };
            add(talk, store, wanted).await
        }
        UserAct::Grant { name, role, unit } => {
            let (account, role) = (account(store, &name).await?, known_role(&role)?);
            let unit = unit_named(store, unit.as_deref()).await?;
            store.grant(Hand::Console, account.id, role, unit.id).await?;
            said(talk, &name, "granted", &format!("已授予{}", role.name(Lang::Zh)))
        }
        UserAct::Revoke { name, role, unit } => {
            let (account, role) = (account(store, &name).await?, known_role(&role)?);
            let unit = unit_named(store, unit.as_deref()).await?;
            store.revoke(Hand::Console, account.id, role, unit.id).await?;
            said(talk, &name, "revoked", &format!("已收回{}", role.name(Lang::Zh)))
        }
        UserAct::Password { name } => {
            let account = account(store, &name).await?;
            let hash = new_password(talk, &name)?;
            store.reset_password(Hand::Console, account.id, &hash).await?;
            said(talk, &name, "password set", "密码已重置，下次登录须修改")
        }
        UserAct::Lock { name } => set_state(talk, store, &name, AccountState::Locked, "locked", "已锁定").await,
        UserAct::Unlock { name } => set_state(talk, store, &name, AccountState::Active, "unlocked", "已解锁").await,
        UserAct::List => list(talk, store).await,
    }
}

/// What a new account is to be.
struct Wanted {
    name: String,
    person: Option<String>,
    unit: Option<String>,
    role: Option<String>,
    enterprise: Option<String>,
}

async fn add(talk: &Talk, store: &Store, wanted: Wanted) -> Result<Exit, Failure> {
    let role = wanted.role.as_deref().map(known_role).transpose()?;
    let unit = unit_named(store, wanted.unit.as_deref()).await?;
    let enterprise = match wanted.enterprise {
        Some(code) => Some(crate::demo::enterprise_with(store, &code).await?),
        None => None,
    };
    let hash = new_password(talk, &wanted.name)?;
    let new = NewAccount {
        name: &wanted.name,
        display_name: wanted.person.as_deref().unwrap_or(&wanted.name),
        unit: unit.id,
        enterprise,
        lang: talk.lang,
        password_hash: Some(&hash),
        must_change_password: true,
    };
    let account = store.create_account(Hand::Console, new).await?;
    if let Some(role) = role {
        store.grant(Hand::Console, account.id, role, unit.id).await?;
    }
    said(talk, &account.name, "created", "账号已建立，首次登录须修改密码")
}

async fn set_state(
    talk: &Talk,
    store: &Store,
    name: &str,
    state: AccountState,
    en: &str,
    zh: &str,
) -> Result<Exit, Failure> {
    let account = account(store, name).await?;
    store.set_account_state(Hand::Console, account.id, state).await?;
    said(talk, name, en, zh)
}

async fn list(talk: &Talk, store: &Store) -> Result<Exit, Failure> {
    let grants = store.grants().await?;
    let units = store.units().await?;
    let mut rows = Vec::new();
    let mut after: Option<String> = None;
    loop {
        let page = store.accounts(None, after.as_deref(), 200).await?;
        let Some(last) = page.last() else { break };
        after = Some(last.name.clone());
        for account in page {
            let held: Vec<String> = grants
                .iter()
                .filter(|grant| grant.account == account.id)
                .map(|grant| {
                    let unit = units.get(grant.unit).map_or_else(String::new, |unit| unit.name.clone());
                    format!("{}@{unit}", grant.role.key())
                })
                .collect();
            rows.push((account, held));
        }
    }
    let json: Vec<Value> = rows
        .iter()
        .map(|(one, held)| {
            json!({ "name": one.name, "person": one.display_name, "state": one.state.key(), "roles": held })
        })
        .collect();
    talk.answer(&Value::from(json), |lang| {
        let lines = rows.iter().map(|(one, held)| {
            format!("{}\t{}\t{}\t{}", one.name, one.display_name, one.state.name(lang), held.join(" "))
        });
        lines.collect::<Vec<_>>().join("\n")
    });
    Ok(Exit::Done)
}

fn said(talk: &Talk, name: &str, en: &str, zh: &str) -> Result<Exit, Failure> {
    talk.answer(&json!({ "account": name, "done": en }), |lang| match lang {
        Lang::Zh => format!("{name}：{zh}。"),
        Lang::En => format!("{name}: {en}."),
    });
    Ok(Exit::Done)
}

async fn account(store: &Store, name: &str) -> Result<Account, Failure> {
    store.account_by_name(name).await?.ok_or_else(|| {
        Failure::said(
            format!("没有“{name}”这个账号。可用 xianshou user list 查看全部账号。"),
            format!("there is no account “{name}”; xianshou user list shows all"),
        )
    })
}

fn known_role(key: &str) -> Result<Role, Failure> {
    Role::from_key(key).ok_or_else(|| {
        let all: Vec<&str> = Role::ALL.iter().map(|role| role.key()).collect();
        let all = all.join(", ");
        Failure::said(format!("没有“{key}”这个角色，可用：{all}。"), format!("no role “{key}”; there are {all}"))
    })
}

/// The unit of that name; without a name the zone itself, which is made where there is none yet.
async fn unit_named(store: &Store, name: Option<&str>) -> Result<Unit, Failure> {
    let units = store.units().await?;
    let found = match name {
        Some(name) => units.by_name(name),
        None => units.top(),
    };
    match (found, name) {
        (Some(unit), _) => Ok(unit.clone()),
        (None, None) => Ok(store.create_unit(Hand::Console, None, UnitKind::Zone, "高新区").await?),
        (None, Some(name)) => {
            let all: Vec<&str> = units.in_order().into_iter().map(|unit| unit.name.as_str()).collect();
            let all = all.join("、");
            Err(Failure::said(
                format!("没有“{name}”这个单位。现有：{all}。"),
                format!("there is no unit “{name}”; there are {all}"),
            ))
        }
    }
}

/// Reads a password from standard input and hashes it. Never from an argument: those stand in
/// the history of the shell and in the list of processes.
fn new_password(talk: &Talk, account: &str) -> Result<String, Failure> {
    if std::io::stdin().is_terminal() {
        talk.note("请输入密码，回车结束：", "Type the password, then Enter:");
    }
    let mut typed = String::new();
    let read = std::io::stdin().lock().read_line(&mut typed);
    read.map_err(|error| {
        Failure::said(format!("读不到密码：{error}。"), format!("cannot read the password: {error}"))
    })?;
    let password = typed.trim_end_matches(['\r', '\n']);
    if let Some(zh) = password::objection(password, account, Lang::Zh) {
        return Err(Failure::said(zh, password::objection(password, account, Lang::En).unwrap_or_default()));
    }
    password::hash(password).map_err(|error| {
        Failure::said(format!("密码无法加密：{error}。"), format!("the password could not be hashed: {error}"))
    })
}
