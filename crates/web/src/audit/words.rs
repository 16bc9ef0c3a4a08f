//! Acts in words. A kind of act that has no sentence here is shown by its name.

use kernel::{Catalogue, FactKey, Lang, SubjectKind};
use serde_json::Value as Json;
use store::access::Role;
use store::audit::LogEntry;

/// Kinds of act with their names: key, Chinese, English. The order is the order of the filter.
pub const KINDS: &[(&str, &str, &str)] = &[
    ("session.", "登录", "Signing in"),
    ("session.opened", "登录", "signed in"),
    ("session.refused", "登录被拒绝", "was refused at sign-in"),
    ("session.closed", "结束登录", "ended a session"),
    ("session.all_closed", "结束全部登录", "ended every session"),
    ("account.", "账号", "Accounts"),
    ("account.created", "建立账号", "made the account"),
    ("account.changed", "修改账号", "changed the account"),
    ("account.locked", "锁定账号", "locked the account"),
    ("account.unlocked", "解锁账号", "unlocked the account"),
    ("account.retired", "停用账号", "retired the account"),
    ("account.password_reset", "设置初始密码", "set a first password"),
    ("account.password_changed", "修改密码", "changed the password"),
    ("role.", "授权", "Powers"),
    ("role.granted", "授予角色", "granted a role"),
    ("role.revoked", "收回角色", "took a role back"),
    ("token.", "个人令牌", "Tokens"),
    ("token.created", "建立个人令牌", "made a personal token"),
    ("token.revoked", "收回个人令牌", "revoked a personal token"),
    ("unit.", "单位", "Units"),
    ("unit.created", "建立单位", "made the unit"),
    ("unit.renamed", "单位改名", "renamed the unit"),
    ("unit.moved", "移动单位", "moved the unit"),
    ("unit.retired", "停用单位", "retired the unit"),
    ("unit.post_named", "指定单位负责人", "named the head of a unit"),
    ("unit.post_vacant", "负责人岗位空缺", "left a post of a unit vacant"),
    ("load.", "导入", "Imports"),
    ("load.stored", "导入", "imported"),
    ("load.undone", "撤销导入", "undid the import"),
    ("load.redone", "恢复导入", "redid the import"),
    ("file.kept", "保存文件", "kept a file"),
    ("subject.", "台账", "Register"),
    ("subject.corrected", "更正", "corrected"),
    ("subject.declared", "企业填报", "declared"),
    ("subject.visited", "走访记数", "noted figures on a visit"),
    ("file.taken", "下载原文件", "took the file of a load"),
    ("subject.merged", "合并主体", "merged subjects"),
    ("subject.unmerged", "拆分主体", "parted subjects"),
    ("subject.erased", "依法删除", "erased by law"),
    ("candidate.", "候选", "Candidates"),
    ("candidate.joined", "并入候选", "joined a candidate to its subject"),
    ("candidate.accepted", "确认新主体", "accepted a new subject"),
    ("register.rebuilt", "重建视图", "rebuilt the views"),
    ("conflict.settled", "核定", "settled a conflict"),
    ("list.exported", "导出清单", "exported a list"),
    ("policy.", "政策", "Policies"),
    ("policy.chosen", "选定所在地与参数", "chose the place and settings"),
    ("policy.draft_begun", "起草政策", "began a policy draft"),
    ("policy.draft_dropped", "放弃政策草案", "gave a policy draft up"),
    ("policy.published", "发布政策", "published a policy"),
    ("policy.withdrawn", "撤回政策", "withdrew a policy"),
    ("card.given", "发出服务明白卡", "handed out a service card"),
    ("card.printed", "生成服务明白卡 PDF", "made the PDF of a service card"),
    ("personal.looked_at", "查看个人信息", "looked at personal data"),
    ("log.", "日志", "Log"),
    ("log.exported", "导出日志", "exported the log"),
    ("job.stopped", "停止任务", "stopped a job"),
    ("zone.named", "园区命名", "named the zone"),
    ("case.", "闭环事项", "Cases"),
    ("case.looked_at", "查看涉密事项", "looked at a private case"),
    ("case.colour_set", "改定颜色", "set a colour against the rule"),
    ("case.erased", "清除事项内容", "erased the words of a case"),
    ("cases.", "事项移交", "Cases moved"),
    ("cases.moved", "移交事项", "moved cases to another unit"),
    ("loops.", "闭环规则", "Rules of loops"),
    ("loops.decided", "调整闭环设置", "decided about the loops"),
    ("officer.", "服务员", "Service officers"),
    ("officer.assigned", "指派首席服务员", "assigned a service officer"),
    ("webhook.", "提醒推送", "Webhooks"),
    ("webhook.added", "添加推送", "added a webhook"),
    ("webhook.changed", "启停推送", "put a webhook in or out of use"),
    ("webhook.notice_settled", "核对未明的推送", "settled a notice that may have arrived"),
];

/// The name of a kind, or of a family of kinds.
pub fn name(kind: &str, lang: Lang) -> String {
    KINDS
        .iter()
        .find(|(key, ..)| *key == kind)
        .map_or_else(|| kind.to_owned(), |(_, zh, en)| lang.pick(zh, en).to_owned())
}

/// The particulars of an act in words, without who and when.
pub fn particulars(entry: &LogEntry, lang: Lang) -> String {
    let text = |name: &str| match &entry.data[name] {
        Json::String(text) => text.clone(),
        Json::Null => String::new(),
        other => other.to_string(),
    };
    let role = || Role::from_key(&text("role")).map_or_else(|| text("role"), |role| role.name(lang).to_owned());
    let account = text("account");
    match entry.kind.as_str() {
        "session.opened" => join(lang, &[("来自", "from", text("address"))]),
        "session.refused" => {
            let why = match text("why").as_str() {
                "locked" => lang.pick("已锁定", "locked").to_owned(),
                "wrong" => lang.pick("账号或密码不对", "wrong account or password").to_owned(),
                other => other.to_owned(),
            };
            join(lang, &[("来自", "from", text("address")), ("原因：", "because:", why)])
        }
        "session.closed" if account == entry.by => String::new(),
        "role.granted" | "role.revoked" => {
            join(lang, &[("账号", "account", account), ("角色", "role", role()), ("范围", "over", text("unit_name"))])
        }
        "unit.renamed" => join(lang, &[("原名", "from", text("from")), ("新名", "to", text("to"))]),
        "unit.created" | "unit.retired" => text("name"),
        "token.created" => join(lang, &[("名称", "named", text("name")), ("有效至", "until", day(&text("ends_at")))]),
        "zone.named" => text("name_zh"),
        "load.stored" => join(
            lang,
            &[
                ("", "", text("title")),
                ("来源方", "from", text("origin")),
                ("行数", "rows", text("rows")),
                ("写入", "stored", text("accepted")),
                ("未变", "unchanged", text("unchanged")),
                ("新主体", "new subjects", text("new_subjects")),
            ],
        ),
        "load.undone" | "load.redone" => {
            join(lang, &[("主体", "subjects", text("subjects")), ("理由：", "because:", text("reason"))])
        }
        "subject.corrected" | "subject.declared" | "subject.visited" => {
            join(lang, &[("事实", "facts", facts(&entry.data["facts"], lang))])
        }
        "subject.merged" | "subject.unmerged" | "subject.erased" | "candidate.accepted" | "candidate.joined" => {
            join(lang, &[("理由：", "because:", text("reason"))])
        }
        "conflict.settled" => join(lang, &[("事实", "fact", fact(&text("fact"), lang))]),
        "card.given" => join(lang, &[("交给", "to", text("recipient")), ("申报日", "applying on", text("on"))]),
        "card.printed" => join(
            lang,
            &[("申报日", "applying on", text("on")), ("卡号", "card", text("hash").chars().take(12).collect())],
        ),
        "policy.chosen" => chosen(&entry.data["changes"], lang),
        "policy.draft_begun" => join(lang, &[("", "", text("title")), ("依据", "from", text("based_on"))]),
        "policy.draft_dropped" => text("title"),
        "policy.published" => join(lang, &[("", "", text("version")), ("首日", "in force from", text("from"))]),
        "policy.withdrawn" => join(lang, &[("", "", text("version")), ("理由：", "because:", text("reason"))]),
        "log.exported" => join(lang, &[("条数", "entries", text("entries"))]),
        "personal.looked_at" => join(lang, &[("字段", "fields", facts(&entry.data["fields"], lang))]),
        kind if kind.starts_with("account.") && account == entry.by => String::new(),
        kind if kind.starts_with("account.") || kind.starts_with("session.") => {
            join(lang, &[("账号", "account", account)])
        }
        _ => plain(&entry.data, lang),
    }
}

/// What a zone chose for its policies: each choice with what it was and is.
fn chosen(changes: &Json, lang: Lang) -> String {
    let one = |(key, change): (&String, &Json)| {
        let word = |name: &str| match change[name].as_str().unwrap_or_default() {
            "" => lang.pick("未选", "none").to_owned(),
            value => value.to_owned(),
        };
        let key = if key == store::policies::PLACE { lang.pick("所在地", "place") } else { key };
        format!("{key} {} → {}", word("from"), word("to"))
    };
    changes.as_object().into_iter().flatten().map(one).collect::<Vec<_>>().join(lang.pick("，", ", "))
}

/// Words and values in a row; what is empty is left out.
fn join(lang: Lang, parts: &[(&str, &str, String)]) -> String {
    let said: Vec<String> = parts
        .iter()
        .filter(|(.., value)| !value.is_empty())
        .map(|(zh, en, value)| match lang {
            Lang::Zh if zh.ends_with('：') => format!("{zh}{value}"),
            _ => format!("{} {value}", lang.pick(zh, en)).trim_start().to_owned(),
        })
        .collect();
    said.join(lang.pick("，", ", "))
}

/// The day of a stored moment.
fn day(moment: &str) -> String {
    moment.parse().map_or_else(|_| moment.to_owned(), |moment| crate::frame::day::day_of(moment).to_string())
}

fn facts(values: &Json, lang: Lang) -> String {
    let words = values.as_array().into_iter().flatten().filter_map(Json::as_str).map(|key| fact(key, lang));
    words.collect::<Vec<_>>().join(lang.pick("、", ", "))
}

/// A fact or a field by its label; what the catalogue does not know any more stands by its key.
fn fact(key: &str, lang: Lang) -> String {
    let Ok(parsed) = key.parse::<FactKey>() else { return key.to_owned() };
    let Some(field) = Catalogue::builtin().field(&parsed.field) else { return key.to_owned() };
    let period = parsed.period.map(|period| format!(" {period}")).unwrap_or_default();
    format!("{}{period}", lang.pick(&field.zh, &field.en))
}

/// What particulars are called in acts that have no sentence of their own.
const PARTICULARS: [(&str, &str, &str); 31] = [
    ("address", "地址", "address"),
    ("bytes", "字节数", "bytes"),
    ("cases", "事项数", "cases"),
    ("colour", "颜色", "colour"),
    ("enterprise", "企业", "enterprise"),
    ("enterprises", "企业数", "enterprises"),
    ("entries", "条数", "entries"),
    ("file", "文件", "file"),
    ("from", "原", "from"),
    ("hash", "指纹", "fingerprint"),
    ("key", "设置项", "setting"),
    ("kind", "种类", "kind"),
    ("media", "格式", "format"),
    ("name", "名称", "name"),
    ("now", "现为", "now"),
    ("number", "编号", "number"),
    ("on", "启用", "in use"),
    ("parent", "上级", "below"),
    ("person", "人员", "person"),
    ("post", "岗位", "post"),
    ("query", "条件", "filter"),
    ("reason", "理由", "because"),
    ("rows", "行数", "rows"),
    ("size", "大小（字节）", "bytes"),
    ("state", "状态", "state"),
    ("subjects", "主体数", "subjects"),
    ("title", "标题", "title"),
    ("to", "改为", "to"),
    ("unit", "单位", "unit"),
    ("until", "有效至", "until"),
    ("version", "第几版", "version"),
];

/// Particulars of a kind without a sentence: `种类 企业，行数 1200`.
fn plain(data: &Json, lang: Lang) -> String {
    let known = |name: &str| PARTICULARS.iter().find(|(key, ..)| *key == name);
    let words = |name: &str, text: &str| match name {
        "kind" => SubjectKind::from_key(text)
            .map_or_else(|| text.to_owned(), |kind| lang.pick(kind.zh(), kind.en()).to_owned()),
        // As it stood in the address bar: the words that were looked for are read, not deciphered.
        "query" => form_urlencoded::parse(text.strip_prefix('?').unwrap_or(text).as_bytes())
            .map(|(name, value)| format!("{name}={value}"))
            .collect::<Vec<_>>()
            .join(" "),
        _ => text.to_owned(),
    };
    let parts: Vec<String> = data
        .as_object()
        .into_iter()
        .flatten()
        .filter(|(_, value)| !value.is_null() && value.as_str() != Some(""))
        .map(|(name, value)| {
            let called = known(name).map_or(name.as_str(), |(_, zh, en)| lang.pick(zh, en));
            match value {
                Json::String(text) => format!("{called} {}", words(name, text)),
                Json::Bool(yes) => {
                    format!("{called} {}", if *yes { lang.pick("是", "yes") } else { lang.pick("否", "no") })
                }
                other => format!("{called} {other}"),
            }
        })
        .collect();
    parts.join(lang.pick("，", ", "))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn entry(kind: &str, by: &str, data: Json) -> LogEntry {
        LogEntry {
            seq: 1,
            kind: kind.to_owned(),
            subject: None,
            reference: None,
            at: jiff::Timestamp::UNIX_EPOCH,
            by: by.to_owned(),
            data,
        }
    }

    #[test]
    fn acts_are_said_in_words_in_both_languages() {
        let granted = json!({"account": "zhang.san", "role": "officer", "unit": "1", "unit_name": "东区"});
        let cases = [
            (
                "role.granted",
                granted,
                "账号 zhang.san，角色 服务专员，范围 东区",
                "account zhang.san, role Service officer, over 东区",
            ),
            (
                "session.refused",
                json!({"address": "10.0.0.1", "why": "wrong"}),
                "来自 10.0.0.1，原因：账号或密码不对",
                "from 10.0.0.1, because: wrong account or password",
            ),
            (
                "personal.looked_at",
                json!({"fields": ["legal_representative", "gone"]}),
                "字段 法定代表人、gone",
                "fields Legal representative, gone",
            ),
            (
                "conflict.settled",
                json!({"fact": "operating_revenue@2025"}),
                "事实 营业收入总额 2025",
                "fact Operating revenue 2025",
            ),
            ("account.locked", json!({"account": "li"}), "账号 li", "account li"),
            ("load.unheard_of", json!({"rows": 12, "file": "a.xlsx"}), "文件 a.xlsx，行数 12", "file a.xlsx, rows 12"),
            (
                "list.exported",
                json!({"kind": "enterprise", "query": "q=%E7%B2%BE%E5%AF%86&sort=name", "rows": 33, "unheard": true}),
                "种类 企业，条件 q=精密 sort=name，行数 33，unheard 是",
                "kind Enterprise, filter q=精密 sort=name, rows 33, unheard yes",
            ),
        ];
        for (kind, data, zh, en) in cases {
            let entry = entry(kind, "admin", data);
            assert_eq!(particulars(&entry, Lang::Zh), zh);
            assert_eq!(particulars(&entry, Lang::En), en);
        }
        assert_eq!(name("role.granted", Lang::Zh), "授予角色");
        assert_eq!(name("nobody.knows", Lang::Zh), "nobody.knows");
    }
}
