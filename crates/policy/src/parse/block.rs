//! The parts of a policy: header lines, definitions, settings, conditions, scores, rewards.

use std::borrow::Cow;

use jiff::civil::Date;

use super::case;
use super::expr::{line_expr, span_expr, span_name};
use super::header::{Head, head, named, pieces};
use super::keyword;
use crate::layout::Line;
use crate::problem::{Problem, Span};
use crate::tree::{
    Benefit, Cite, Condition, Conferred, Definition, Expr, ExprKind, Item, Named, Reward, Score, Setting, Tree, Window,
};

/// Reads the parts of one text.
pub(super) struct Reader<'a> {
    pub source: &'a str,
    pub problems: &'a mut Vec<Problem>,
}

impl Reader<'_> {
    /// Reads one part into the tree.
    pub fn part(&mut self, part: &str, line: &Line, rest: Span, tree: &mut Tree) {
        let text = rest.of(self.source).trim_end().to_owned();
        if matches!(
            part,
            "文号"
                | "层级"
                | "适用"
                | "施行"
                | "有效期"
                | "申报窗口"
                | "取代"
                | "覆盖"
                | "就高"
                | "政策"
                | "英文名"
        ) {
            self.nothing_below(line);
            if text.is_empty() {
                let (zh, en) = (format!("“{part}”后面应有内容"), format!("{part} needs something after it"));
                self.problems.push(Problem::error("no-content", line.span, zh, en));
                return;
            }
        }
        match part {
            "政策" => self.policy(rest, tree),
            "英文名" => tree.title_en = Some(text),
            "文号" => {
                tree.documents =
                    text.split(['；', ';']).map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned).collect()
            }
            "层级" => tree.level = named(self.source, rest),
            "适用" => tree.subject = named(self.source, rest),
            "施行" => tree.force = self.force(rest),
            "有效期" => tree.validity = Some(text),
            "申报窗口" => tree.window = self.window(rest),
            "取代" => tree.replaces = Some(text),
            "覆盖" => tree.overrides = Some(named(self.source, rest)),
            "说明" | "待核" => tree.notes.push((part == "待核", self.note(text, line))),
            "设" => tree.definitions.extend(self.definition(line, rest)),
            "参数" => tree.settings.extend(self.setting(line, rest)),
            "条件" => tree.conditions.extend(self.condition(line, rest, 0)),
            "评分" => tree.scores.extend(self.score(line, rest)),
            "授予" => tree.confers.extend(self.conferred(line, rest)),
            "给予" => tree.grants.extend(self.benefit(line, rest)),
            "奖励" => tree.rewards.extend(self.reward(line, rest)),
            "就高" => tree.highest.push((self.names(rest), line.span)),
            _ => tree.cases.extend(case::case(self.source, line, rest, self.problems)),
        }
    }

    fn nothing_below(&mut self, line: &Line) {
        if let Some(below) = line.under.first() {
            let (zh, en) = ("这一行缩进在一个没有下级的行之下", "this line is indented under one that takes no lines");
            self.problems
                .push(Problem::error("indentation", below.span, zh, en).hint("调整缩进", "change its indentation"));
        }
    }

    fn policy(&mut self, rest: Span, tree: &mut Tree) {
        let Some(head) = head(self.source, rest, self.problems) else { return };
        if head.id == head.name {
            self.problems.push(
                Problem::error(
                    "no-id",
                    rest,
                    "“政策”后应先写英文编号，再写名称",
                    "政策 takes an id of Latin letters, then a title",
                )
                .hint("例如：政策 tech-sme 科技型中小企业评价", "as in: 政策 tech-sme 科技型中小企业评价"),
            );
        }
        if !tree.id.text.is_empty() {
            let (zh, en) = ("一个文件只写一个政策", "one file holds one policy");
            self.problems.push(Problem::error("second-policy", rest, zh, en));
            return;
        }
        tree.id = head.id;
        tree.title = head.name;
    }

    fn date(&mut self, span: Span) -> Option<Date> {
        let found = span.of(self.source);
        let date = found.parse::<Date>().ok().filter(|_| found.len() == 10);
        if date.is_none() {
            let (zh, en) = (format!("“{found}”不是日期"), format!("{found:?} is not a day"));
            self.problems.push(Problem::error("no-such-day", span, zh, en).hint("写作 2026-04-01", "write 2026-04-01"));
        }
        date
    }

    fn force(&mut self, rest: Span) -> Option<(Date, Option<Date>, Span)> {
        let pieces: Vec<Span> = pieces(self.source, rest);
        let from = self.date(*pieces.first()?)?;
        match pieces[1..] {
            [] => Some((from, None, rest)),
            [to, until] if matches!(to.of(self.source), "至" | "to") => Some((from, Some(self.date(until)?), rest)),
            [more, ..] => {
                let (zh, en) = (
                    "应为“施行 2022-08-01”或“施行 2022-08-01 至 2026-03-31”",
                    "expected 施行 2022-08-01, or 施行 2022-08-01 至 2026-03-31",
                );
                self.problems.push(Problem::error("unexpected", more.to(rest), zh, en));
                None
            }
        }
    }

    fn window(&mut self, rest: Span) -> Option<Window> {
        let pieces = pieces(self.source, rest);
        let texts: Vec<&str> = pieces.iter().map(|piece| piece.of(self.source)).collect();
        let found = match texts.as_slice() {
            ["每年" | "yearly", from, "至" | "to", to] => month_day(from).zip(month_day(to)),
            ["全年" | "all_year"] => Some(((1, 1), (12, 31))),
            _ => None,
        };
        if found.is_none() {
            let (zh, en) = ("应为“每年 05-01 至 09-30”或“全年”", "expected 每年 05-01 至 09-30, or 全年");
            self.problems.push(Problem::error("unexpected", rest, zh, en));
        }
        found.map(|(from, to)| Window { from, to })
    }

    fn note(&mut self, mut text: String, line: &Line) -> String {
        for below in &line.under {
            text.push('\n');
            text.push_str(below.span.of(self.source));
        }
        text.trim().to_owned()
    }

    fn names(&mut self, rest: Span) -> Vec<Named> {
        let mut found = Vec::new();
        let mut start = rest.start;
        for part in rest.of(self.source).split_inclusive(['、', ',', '，']) {
            let name = part.trim_end_matches(['、', ',', '，']).trim();
            let offset = part.find(name).unwrap_or(0);
            if !name.is_empty() {
                found.push(named(self.source, Span::new(start + offset, start + offset + name.len())));
            }
            start += part.len();
        }
        found
    }

    /// Takes the 英文名 out of the lines below a part: the name, and the line without it.
    fn english<'l>(&mut self, line: &'l Line) -> (Option<String>, Cow<'l, Line>) {
        let is_name =
            |below: &Line| matches!(keyword(self.source, below.span).0.of(self.source), "英文名" | "title_en");
        let Some(at) = line.under.iter().position(is_name) else { return (None, Cow::Borrowed(line)) };
        let mut rest = line.clone();
        let named = rest.under.remove(at);
        self.nothing_below(&named);
        let name = keyword(self.source, named.span).1.of(self.source).trim().to_owned();
        if name.is_empty() {
            let (zh, en) = ("“英文名”后面应有内容", "英文名 needs something after it");
            self.problems.push(Problem::error("no-content", named.span, zh, en));
        }
        if let Some(second) = rest.under.iter().find(|below| is_name(below)) {
            let (zh, en) = ("一个部分只写一个英文名", "a part has one 英文名");
            self.problems.push(Problem::error("left-over", second.span, zh, en));
        }
        (Some(name).filter(|name| !name.is_empty()), Cow::Owned(rest))
    }

    fn benefit(&mut self, line: &Line, rest: Span) -> Option<Benefit> {
        let (text_en, line) = self.english(line);
        self.nothing_below(&line);
        let mut cite = Cite::default();
        let mut words: Vec<&str> = Vec::new();
        for piece in pieces(self.source, rest) {
            match piece.of(self.source) {
                "待核" => cite.unverified = true,
                text if text.starts_with('《') => cite.article = Some(text.trim_matches(['《', '》']).to_owned()),
                text => words.push(text),
            }
        }
        if words.is_empty() {
            let (zh, en) = ("“给予”后面应有内容", "给予 needs something after it");
            self.problems.push(Problem::error("no-content", line.span, zh, en));
            return None;
        }
        Some(Benefit { text: words.join(" "), text_en, cite })
    }

    fn conferred(&mut self, line: &Line, rest: Span) -> Option<Conferred> {
        let (name_en, line) = self.english(line);
        self.nothing_below(&line);
        let (mut cite, mut names) = (Cite::default(), Vec::new());
        for piece in pieces(self.source, rest) {
            match piece.of(self.source) {
                "待核" | "unverified" => cite.unverified = true,
                text if text.starts_with('《') => cite.article = Some(text.trim_matches(['《', '》']).to_owned()),
                _ => names.push(piece),
            }
        }
        if let Some(more) = names.get(1) {
            let (zh, en) = ("一行只写一个资质", "a line confers one title");
            self.problems.push(
                Problem::error("left-over", *more, zh, en)
                    .hint("每个资质另起一行“授予”", "write a line 授予 for each title"),
            );
        }
        let Some(&span) = names.first() else {
            let (zh, en) = ("“授予”后面应有资质名称", "授予 needs the name of a title after it");
            self.problems.push(Problem::error("no-content", line.span, zh, en));
            return None;
        };
        let text = span.of(self.source);
        let inner = [('"', '"'), ('“', '”')].into_iter().find_map(|(open, close)| {
            text.strip_prefix(open)?.strip_suffix(close).filter(|inner| !inner.contains([open, close]))
        });
        let name = inner.map_or_else(|| named(self.source, span), |inner| Named { text: inner.to_owned(), span });
        Some(Conferred { name, quoted: inner.is_some(), name_en, cite })
    }

    /// `名 = 表达式`: the name, and the expression with the lines below it.
    fn assigned(&mut self, line: &Line, rest: Span) -> Option<(Named, Expr, Cite)> {
        let text = rest.of(self.source);
        let Some(equals) = text.find(['=', '＝']) else {
            let (zh, en) = ("应为“名称 = 表达式”", "expected a name, = and an expression");
            self.problems.push(Problem::error("unexpected", rest, zh, en));
            return None;
        };
        let sign = text[equals..].chars().next().map_or(1, char::len_utf8);
        let left = Span::new(rest.start, rest.start + text[..equals].trim_end().len());
        let name = span_name(self.source, left, self.problems)?;
        let right = Span::new(rest.start + equals + sign, rest.end);
        let (body, cite) = span_expr(self.source, right, &line.under, 0, self.problems)?;
        Some((name, body, cite))
    }

    fn definition(&mut self, line: &Line, rest: Span) -> Option<Definition> {
        let (name_en, line) = self.english(line);
        let (name, body, cite) = self.assigned(&line, rest)?;
        Some(Definition { name, name_en, body, cite })
    }

    fn setting(&mut self, line: &Line, rest: Span) -> Option<Setting> {
        let alone = Line { span: line.span, under: Vec::new() };
        let text = rest.of(self.source);
        let Some(equals) = text.find(['=', '＝']) else {
            let (zh, en) = (
                "应为“参数 名称 = 数值”或“参数 名称 单位 = 未定”",
                "expected 参数 name = figure, or 参数 name unit = 未定",
            );
            self.problems.push(Problem::error("unexpected", rest, zh, en));
            return None;
        };
        let left: Vec<Span> = pieces(self.source, Span::new(rest.start, rest.start + equals));
        let name = span_name(self.source, *left.first().unwrap_or(&rest), self.problems)?;
        let unit = left.get(1).map(|span| named(self.source, *span));
        let sign = text[equals..].chars().next().map_or(1, char::len_utf8);
        let right = Span::new(rest.start + equals + sign, rest.end);
        let open =
            pieces(self.source, right).first().is_some_and(|piece| matches!(piece.of(self.source), "未定" | "unset"));
        let (value, mut cite) = if open {
            (None, Cite::default())
        } else {
            let (value, cite) = span_expr(self.source, right, &alone.under, 0, self.problems)?;
            (Some(value), cite)
        };
        let (name_en, line) = self.english(line);
        let mut setting = Setting { name, name_en, unit, value, owner: None, since: None, cite: Cite::default() };
        for below in &line.under {
            let (word, more) = keyword(self.source, below.span);
            match word.of(self.source) {
                "由" | "by" => setting.owner = Some(more.of(self.source).to_owned()),
                "自" | "since" => setting.since = self.date(more),
                "待核" | "unverified" => cite.unverified = true,
                _ => self.unknown_line(word, &["英文名", "由", "自", "待核"]),
            }
        }
        setting.cite = cite;
        Some(setting)
    }

    fn unknown_line(&mut self, word: Span, known: &[&str]) {
        let found = word.of(self.source);
        let (zh, en) = (
            format!("这里不能写“{found}”，应为 {}", known.join("、")),
            format!("found {found:?}, expected {}", known.join(", ")),
        );
        self.problems.push(Problem::error("unexpected", word, zh, en));
    }

    fn condition(&mut self, line: &Line, rest: Span, depth: usize) -> Option<Condition> {
        let Head { id, name, cite, .. } = head(self.source, rest, self.problems)?;
        let (name_en, line) = self.english(line);
        let body = self.body(&line, name.span, depth)?;
        Some(Condition { id, name, name_en, cite, body })
    }

    /// The lines below a condition: all must hold.
    fn body(&mut self, line: &Line, span: Span, depth: usize) -> Option<Expr> {
        let parts = self.clauses(line, depth);
        if line.under.is_empty() {
            let (zh, en) = ("条件下面应有至少一行内容", "a condition needs at least one line below it");
            self.problems.push(Problem::error("nothing-below", span, zh, en));
        }
        match parts.len() {
            0 => None,
            1 => parts.into_iter().next(),
            _ => {
                let whole = parts[0].span.to(parts[parts.len() - 1].span);
                Some(Expr { kind: ExprKind::All(parts), span: whole })
            }
        }
    }

    fn clauses(&mut self, line: &Line, depth: usize) -> Vec<Expr> {
        line.under.iter().filter_map(|below| self.clause(below, depth + 1)).collect()
    }

    fn clause(&mut self, line: &Line, depth: usize) -> Option<Expr> {
        let (word, rest) = keyword(self.source, line.span);
        match word.of(self.source) {
            "任一" | "any" | "全部" | "all" if rest.start >= rest.end => {
                if line.under.is_empty() {
                    let (zh, en) = ("“任一”“全部”下面应有缩进的行", "任一 and 全部 need indented lines below");
                    self.problems.push(Problem::error("nothing-below", word, zh, en));
                    return None;
                }
                let parts = self.clauses(line, depth);
                let any = matches!(word.of(self.source), "任一" | "any");
                let kind = if any { ExprKind::Any(parts) } else { ExprKind::All(parts) };
                Some(Expr { kind, span: word })
            }
            "条件" | "condition" => {
                let condition = self.condition(line, rest, depth)?;
                let span = condition.name.span;
                Some(Expr { kind: ExprKind::Sub(Box::new(condition)), span })
            }
            _ => line_expr(self.source, line, depth, self.problems).map(|(expr, _)| expr),
        }
    }

    fn score(&mut self, line: &Line, rest: Span) -> Option<Score> {
        let Head { id, name, cite, most, must, .. } = head(self.source, rest, self.problems)?;
        let (name_en, line) = self.english(line);
        let items = self.items(&line);
        if items.is_empty() {
            let (zh, en) = ("评分下面应有“项”或“组”", "a score needs 项 or 组 below it");
            self.problems.push(Problem::error("nothing-below", name.span, zh, en));
        }
        Some(Score { id, name, name_en, most, must, cite, items })
    }

    fn items(&mut self, line: &Line) -> Vec<Item> {
        line.under.iter().filter_map(|below| self.item(below)).collect()
    }

    fn item(&mut self, line: &Line) -> Option<Item> {
        let (word, rest) = keyword(self.source, line.span);
        let is_group = match word.of(self.source) {
            "项" | "item" => false,
            "组" | "group" => true,
            _ => {
                self.unknown_line(word, &["项", "组"]);
                return None;
            }
        };
        let Head { id, name, cite, most, expert, .. } = head(self.source, rest, self.problems)?;
        let (name_en, line) = self.english(line);
        let mut item = Item { id, name, name_en, most, expert, cite, body: None, items: Vec::new(), is_group };
        if is_group {
            item.items = self.items(&line);
        } else {
            match line.under.as_slice() {
                [] if item.expert => {}
                [below] => item.body = line_expr(self.source, below, 0, self.problems).map(|(body, _)| body),
                [] => {
                    let (zh, en) =
                        ("项下面应有一行算式，或在本行写“专家评定”", "an item needs a line below it, or 专家评定");
                    self.problems.push(Problem::error("nothing-below", item.name.span, zh, en));
                }
                [_, more, ..] => {
                    let (zh, en) = (
                        "一个项只写一行算式；几种取高用“最高”",
                        "an item has one line; for the highest of several write 最高",
                    );
                    self.problems.push(Problem::error("left-over", more.span, zh, en));
                }
            }
        }
        Some(item)
    }

    fn reward(&mut self, line: &Line, rest: Span) -> Option<Reward> {
        let Head { id, name, cite, .. } = head(self.source, rest, self.problems)?;
        let (name_en, line) = self.english(line);
        let (mut amount, mut cap, mut shares) = (None, None, Vec::new());
        for below in &line.under {
            let (word, more) = keyword(self.source, below.span);
            match word.of(self.source) {
                "上限" | "cap" => {
                    cap = span_expr(self.source, more, &below.under, 0, self.problems).map(|(expr, _)| expr)
                }
                "分担" | "share" => {
                    let (payer, rate) = keyword(self.source, more);
                    let payer = payer.of(self.source).to_owned();
                    shares.extend(
                        span_expr(self.source, rate, &below.under, 0, self.problems).map(|(rate, _)| (payer, rate)),
                    );
                }
                _ if amount.is_none() => amount = line_expr(self.source, below, 0, self.problems).map(|(expr, _)| expr),
                _ => self.unknown_line(word, &["上限", "分担"]),
            }
        }
        if line.under.is_empty() {
            let (zh, en) = ("奖励下面应有金额", "a reward needs its amount below it");
            self.problems.push(Problem::error("nothing-below", name.span, zh, en));
        }
        Some(Reward { id, name, name_en, cite, amount: amount?, cap, shares })
    }
}

fn month_day(text: &str) -> Option<(i8, i8)> {
    let (month, day) = text.split_once('-')?;
    let (month, day): (i8, i8) = (month.parse().ok()?, day.parse().ok()?);
    // 2024 is a leap year, so that 02-29 can be a last day.
    Date::new(2024, month, day).ok().map(|_| (month, day))
}
