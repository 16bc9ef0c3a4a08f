//! The API in Chinese, for the page that describes it; the OpenAPI document itself is in English.

/// The groups of operations in the order of the page: tag, Chinese, English.
pub const GROUPS: &[(&str, &str, &str)] = &[
    ("Register", "台账", "Register"),
    ("Policies", "政策", "Policies"),
    ("Cases", "事项", "Cases"),
    ("Conflicts", "来源不一", "Conflicts"),
    ("Duplicates", "重复与候选", "Duplicates and candidates"),
    ("Loads", "导入", "Imports and loads"),
    ("Audit", "日志与任务", "Log and jobs"),
    ("Account", "账号与说明", "Account and description"),
];

/// What an operation does, by its id.
pub fn operation(id: &str) -> Option<&'static str> {
    let words = match id {
        "openapi" => "本接口的 OpenAPI 文档。",
        "me" => "令牌是谁的，有哪些角色、数据范围和权限。",
        "catalogue" => "字段目录：有哪些字段，值怎样写。",
        "units" => "单位：高新区、部门、园区及其上下级。",
        "search" => "按名称、曾用名或代码查找各类主体。",
        "subjects" => "一类主体的清单，筛选、排序和列与页面相同。个人信息不进清单。",
        "export" => "把整份清单导出为文件，筛选、排序和列与页面相同。",
        "subject" => "一个主体今天或过去某一天的全部数据，每个数都带着出处。",
        "checkup" => "一家企业的政策体检：逐项政策的结论、得分、缺什么、差多少、怎么补上。类别须为 enterprise。",
        "policies" => "全部政策及其版本，以及您数据范围内的企业与每项政策的关系。",
        "policy" => "政策一个版本的文本、各部分及其条文，以及每个例的结果。",
        "policy_effect" => "一个版本此刻对台账的效果：多少家满足，每个条件拦住多少家。",
        "policy_drafts" => "正在写的草案。",
        "begin_policy_draft" => "从一个版本起草，或起草新的政策。“施行”先写作明天。",
        "policy_draft" => "一份草案的文本、其中所有问题，以及为何还不能发布。",
        "save_policy_draft" => "保存草案的文本。有错误的文本也能保存，但不能预演和发布。",
        "check_policy_draft" => "检查一段文本有哪些问题，什么也不保存。",
        "drop_policy_draft" => "放弃一份草案。",
        "publish_policy" => "发布别人起草的草案。还有障碍的不予发布（422），并说明全部障碍。",
        "withdraw_policy" => "在首日之前写明理由撤回已发布的版本。",
        "rehearse" => {
            "预演：一段文本对您数据范围内的企业有什么影响，谁进入、谁退出、花多少钱。在后台进行；预演草案须能看草案。"
        }
        "rehearsal" => "自己的一次预演进行到哪里，结果如何。",
        "goals" => "目标及其分解：每一份由谁承担、逐月多少、任务办到哪里。只列令牌所属的人能看到的。",
        "split_goal" => "分解一个目标，每一份成为一项任务。各单位逐月相加须与目标相等。",
        "meetings" => "调度例会：议程和纪要，最近的在前。",
        "call_meeting" => "召集一次例会：议程就是此刻落后的任务，以后不再变。",
        "write_minutes" => "写入一次例会的纪要，每一条成为一项任务。写入后不能再改。",
        "duties" => "报送安排：有哪些报表，由哪些单位多久报一次、几点前报。",
        "add_duty_form" => "新建一张报表：指标取自指标目录，不列指标的只报文字。",
        "set_duty" => "布置报送：哪些单位从哪天起报哪张报表；到日子自动建立并提醒。",
        "end_duty" => "停止报送：今天之后不再报。",
        "duty_reports" => "某一天应报的报告：已报、零报告、待签字、未到时间、未报。late=true 只要未报和迟报的。",
        "duty_report_form" => "一份报告要填的报表，以及上一次报的数。",
        "send_duty_report" => "填报数字，或报“零”。之后由负责人签字。",
        "resources" => "六类资源（1+6+N）中一类的清单，只列令牌所属的人能看到的。",
        "resource" => "一项资源，按编号。",
        "case_resources" => "哪些资源能解决一件诉求或走访的需求，最合适的在前，并说明理由。",
        "visits" => "各首席服务员本期应走访多少、已走访多少、还差多少。",
        "visit_round" => "一位服务员应走访多少、哪些走访到期、建议先看谁以及为什么。",
        "case_views" => "事项清单的已存视图：自己的和共享的。",
        "save_case_view" => "把事项清单的筛选和排序存为视图。共享给所有人需要相应权限。",
        "delete_case_view" => "删除自己的一个事项视图。",
        "cases" => "一类事项的清单，只列令牌所属的人能看到的。",
        "case" => "一件事项，按编号：发生过的一切，以及现在可以做什么。",
        "open_case" => "登记一件事项，以令牌所属的人可以担任的身份。",
        "act_on_case" => "办理一件事项的一步。需要凭证的步骤连同文件发送：…/steps/{step}/files。",
        "open_case_with_files" => "登记一件事项并附上照片或文件，以令牌所属的人可以担任的身份。",
        "act_on_case_with_files" => "办理一件事项的一步，并附上作为凭证的文件。",
        "correct" => "写明理由更正数据；企业账号为填报本企业数据。原有说法都保留，不一致的进入来源不一。",
        "statement" => "一条陈述：谁、何时、在哪个文件的哪一格说的。",
        "conflicts" => "您数据范围内待核定的来源不一。",
        "settle" => "写明理由核定一处来源不一：以某个来源为准，或另给一个值。",
        "merge" => "把重复的主体并入另一个。什么都不丢失，可以拆回。",
        "unmerge" => "拆回一次合并：重复的主体带着原有的数据和记录恢复独立。",
        "settle_candidate" => "确认一条候选：它是已有的某个主体，或是新主体。",
        "views" => "某类清单的已存视图：自己的和共享的。",
        "save_view" => "把筛选、排序和列存为视图。共享给所有人需要相应权限。",
        "delete_view" => "删除自己的一个视图。",
        "loads" => "导入批次：看全区的人看到全部，其他人看到自己的。",
        "undo_load" => "写明理由撤销一整批导入。陈述仍然保留，只是不再算数。",
        "redo_load" => "恢复已撤销的一批，与原来完全一样。",
        "import" => "导入一份表格：全部存入或什么都不存，每处问题都指明单元格。同一份文件导入两次不会有任何变化。",
        "log" => "审计日志，最新的在前。",
        "verify" => "发起一次校验：陈述与日志有没有被改动。",
        "job" => "一项任务进行到哪里，结果如何。",
        _ => return None,
    };
    Some(words)
}

/// What a parameter means; `id` is the operation's.
pub fn parameter(id: &str, name: &str) -> Option<&'static str> {
    let words = match (id, name) {
        ("log", "kind") => "事项，如 role.granted；以点结尾的是一类，如 role.",
        ("log", "q") => "内容中的文字。",
        ("views" | "save_view" | "delete_view" | "subjects" | "export", "kind") => {
            "主体类别：enterprise 企业、institution 机构、platform 平台、achievement 成果、equipment 设备、person 人才。"
        }
        ("loads" | "log", "before") => "从这一条之后继续：上一页返回的 next。",
        ("checkup", "kind") => "enterprise 企业。",
        ("checkup", "on") => "申报日，如 2026-06-01，决定政策版本和数据年度；不写即截至日或今天。",
        ("checkup", "policy") => "政策的编号，用逗号分开，如 tech-sme；不写为全部在施行的政策。",
        ("policy" | "policy_effect", "id") => "政策的编号，如 tech-sme。",
        ("policy" | "policy_effect", "version") => "版本：“@”后面的部分，如 2022-01-01。",
        (
            "policy_draft" | "save_policy_draft" | "check_policy_draft" | "drop_policy_draft" | "publish_policy",
            "id",
        ) => "草案的编号。",
        ("withdraw_policy", "id") => "发布的编号。",
        ("rehearsal", "id") => "任务的编号。",
        ("rehearsal", "list") => {
            "哪份名单：enters 进入、leaves 退出、moves 其他变化、near 离门槛 5% 以内；不写为 enters。"
        }
        ("rehearsal", "from") => "跳过名单的前几行。",
        (
            "cases"
            | "case"
            | "case_resources"
            | "open_case"
            | "act_on_case"
            | "open_case_with_files"
            | "act_on_case_with_files",
            "kind",
        ) => "事项类别，如 matter、visit、duty_report、task、approval、document、inspection、assistance。",
        ("resources" | "resource", "kind") => {
            "资源类别：carrier 载体、enterprise 企业、platform 平台、talent 人才、institution 机构、programme 专项。"
        }
        ("resource", "id") => "资源的编号：主体的编号，或 policy: 加政策编号。",
        ("resources", "q") => "名称中的文字。",
        ("case_views" | "save_case_view" | "delete_case_view", "kind") => "事项类别；every 为全部类别的清单。",
        ("delete_case_view", "id") => "视图的编号。",
        ("visit_round", "officer") => "服务员的账号。",
        ("visit_round", "place") => "只看这个单位的企业，写编号。",
        ("duty_reports", "day") => "哪一天的报告，如 2026-12-01；不写即今天。",
        ("duty_reports", "late") => "true：只要未报和迟报的。",
        ("write_minutes", "key") => "例会的键，如 2026-11-20-1。",
        (_, "number") => "事项的编号。",
        (_, "step") => "步骤，写键。",
        (_, "state") => "状态，写键。",
        (_, "colour") => "颜色，写键。",
        (_, "topic") => "主题，写键。",
        (_, "mine") => "true：只要与自己有关的。",
        (_, "open") => "true：只要没有办结的。",
        (_, "overdue") => "true：只要已经超期的。",
        (_, "due_from") => "期限不早于这一天。",
        (_, "due_to") => "期限不晚于这一天。",
        (_, "changed_from") => "这一天（中国时间）起有变化。",
        ("statement", "seq") => "陈述的编号。",
        ("job", "id") => "任务的编号。",
        ("delete_view", "id") => "视图的编号。",
        ("settle_candidate", "id") => "候选的编号。",
        (_, "id") => "主体的编号。",
        (_, "kind") => "主体类别，包括资质、知识产权等记录。",
        (_, "form") => "xlsx、csv（UTF-8）或 csv-gb18030。",
        (_, "source") => "导入批次的编号。",
        (_, "asof") => "截至哪一天，如 2026-11-20；不写即今天。",
        (_, "q") => "名称、曾用名、简称或代码的一部分，至少两个字。",
        (_, "unit") => "单位及其下级，写编号。",
        (_, "industry") => "国民经济行业的门类、大类或小类（GB/T 4754）。",
        (_, "level") => "级别，写选项的键。",
        (_, "category") => "类别，写选项的键。",
        (_, "title") => "持有的资质，写选项的键。",
        (_, "title_state") => "valid 有效、expiring 90 天内到期、expired 已过期；与 title 同用。",
        (_, "founded_from") => "成立年份不早于。",
        (_, "founded_to") => "成立年份不晚于。",
        (_, "revenue_from") => "最近一年营业收入不低于，万元，与页面相同。",
        (_, "revenue_to") => "最近一年营业收入不高于，万元。",
        (_, "rd_from") => "最近一年研发费用不低于，万元。",
        (_, "rd_to") => "最近一年研发费用不高于，万元。",
        (_, "staff_from") => "最近一年从业人员不少于。",
        (_, "staff_to") => "最近一年从业人员不多于。",
        (_, "conflicts") => "1：只要有来源不一的。",
        (_, "candidates") => "1：待确认的候选，而不是台账。",
        (_, "missing") => "只要缺少这个字段的。",
        (_, "sort") => "name、revenue、rd、staff、day 或 changed；前面加 - 为从大到小。",
        (_, "cols") => "要哪些字段，写键，用逗号分开，最多 24 个。",
        (_, "after") => "从哪里开始：上一页返回的 next。",
        (_, "back") => "页面自己的返回位置，接口不读。",
        (_, "limit") => "每页行数，1 至 500；不写为 50。",
        (_, "field") => "只要这个字段。",
        (_, "subject") => "只要这个主体，写编号。",
        (_, "by") => "操作人的账号。",
        (_, "about") => "对象，写作 词:编号，如 account:0198…。",
        (_, "from") => "从这一天起。",
        (_, "to") => "到这一天止。",
        _ => return None,
    };
    Some(words)
}

/// What every operation may answer beside its own: status, Chinese, English.
pub const ANSWERS: &[(u16, &str, &str)] = &[
    (400, "参数或提交的内容无法识别", "A parameter or a body that cannot be read"),
    (401, "没有可用的令牌", "No valid token"),
    (403, "账号的角色或令牌的范围不允许", "The account's roles or the token's reach do not allow it"),
    (404, "不存在，或不在您的数据范围内", "There is no such thing within one's rows"),
    (
        409,
        "内容已经变了，或账号须先修改密码",
        "It changed in the meantime, or the account must change its password first",
    ),
    (413, "提交的内容太大", "More than is taken"),
    (415, "提交内容的类型不对", "Not the expected type"),
    (422, "提交的内容违反规则", "Something given breaks a rule"),
    (429, "调用太频繁，等 Retry-After 所示的秒数", "Too many calls; wait the seconds of Retry-After"),
    (500, "服务器内部出错", "Something is broken"),
    (503, "繁忙，过几秒再试", "Busy; try again in a few seconds"),
];

#[cfg(test)]
mod tests {
    use super::*;
    use crate::api::document;

    #[test]
    fn everything_the_document_describes_has_words_in_chinese() {
        for (path, item) in &document().paths.paths {
            for found in [&item.get, &item.post].into_iter().flatten() {
                let id = found.operation_id.as_deref().unwrap();
                assert!(operation(id).is_some(), "{path}: no words for the operation {id}");
                let tag = &found.tags.as_ref().unwrap()[0];
                assert!(GROUPS.iter().any(|(known, ..)| known == tag), "{path}: no group {tag}");
                for named in found.parameters.iter().flatten() {
                    let utoipa::openapi::RefOr::T(named) = named else { panic!("{path}") };
                    assert!(parameter(id, &named.name).is_some(), "{id}: no words for {}", named.name);
                }
            }
        }
    }
}
