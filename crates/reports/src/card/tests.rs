use std::path::Path;
use std::process::Command;

use checkup::{Bearer, Card, Item, Named, Noted};
use kernel::Lang;
use policy::Answer;

use super::{CardError, FONT_PLACES, Fonts, Paper, lay_out, pdf};

fn fonts() -> Fonts {
    Fonts::find(FONT_PLACES).expect("tools/ready installs fonts-noto-cjk")
}

fn noted(label: &str, text: &str) -> Noted {
    Noted { label: label.to_owned(), text: text.to_owned() }
}

fn item(title: &str, answer: Answer) -> Item {
    Item {
        title: title.to_owned(),
        documents: "国科发政〔2017〕115号".to_owned(),
        answer,
        word: answer.zh().to_owned(),
        near: answer == Answer::Fails,
        unverified: answer == Answer::Fails,
        lines: vec![
            noted("可享受", "入库登记编号，研发费用按 100% 加计扣除"),
            noted("还差", "科技人员（2025 年）3 人，须 ≥ 4 人；共 2 项不满足"),
            noted(
                "最省的路",
                "科技人员（2025 年）3 人 → 4 人（2026-09-30 前）；研发费用（2025 年）50 万元 → 61.2345 万元；花费 11.2345 万元",
            ),
            noted("申报", "申报窗口 2026-02-01 至 2026-09-30，还有 121 天"),
        ],
    }
}

fn card(name: &str, items: Vec<Item>) -> Card {
    Card {
        bearer: Bearer {
            name: name.to_owned(),
            code: "91410400MA0000003K".to_owned(),
            zone: "龙湖智创区".to_owned(),
            unit: "科技创新局".to_owned(),
            officer: String::new(),
            sample: true,
        },
        lang: Lang::Zh,
        on: "2026-06-01".parse().unwrap(),
        hash: "0f3a9c2b77de".repeat(6)[..64].to_owned(),
        number: "0f3a9c2b77de".to_owned(),
        items,
        rest: vec![Named { title: "“小巨人”".to_owned(), word: "不满足".to_owned() }],
        sources: vec![noted("科技人员（2025 年）", "统计办《统计年报.xlsx》第 17 行")],
        versions: vec!["tech-sme@2022-01-01".to_owned(), "srdi-sme@2026-04-01".to_owned()],
    }
}

/// What a tool of Poppler prints of a file.
fn poppler(tool: &str, bytes: &[u8]) -> String {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("card.pdf");
    std::fs::write(&path, bytes).unwrap();
    let mut command = Command::new(tool);
    command.arg(&path);
    if tool == "pdftotext" {
        command.args(["-layout", "-"]);
    }
    let output = command.output().expect("tools/ready installs poppler-utils");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    String::from_utf8(output.stdout).unwrap()
}

/// The text of a file without the blanks that lines and columns bring.
fn text(bytes: &[u8]) -> String {
    poppler("pdftotext", bytes).split_whitespace().collect()
}

#[test]
fn a_card_reads_as_it_was_written_whatever_stands_in_it() {
    let odd = "甲#eval(\"1\")*乙*_丙_<script>alert(1)</script>$x$@ref//丁/*戊*/[己]`庚`\\u{41}~辛--壬";
    let mut one = card(odd, vec![item("科技型中小企业 #panic() *评价*", Answer::Fails)]);
    one.bearer.unit = "#set page(width: 1pt)".to_owned();
    one.versions.push("=标题".to_owned());
    let read = text(&pdf(&one, &fonts().case()).unwrap());
    let squeezed = |text: &str| text.split_whitespace().collect::<String>();
    for wanted in [
        odd,
        "科技型中小企业 #panic() *评价*",
        "#set page(width: 1pt)",
        "=标题",
        "花费 11.2345 万元",
        "国科发政〔2017〕115号",
        "待核",
        "科技人员（2025 年） 统计办《统计年报.xlsx》第 17 行",
        "“小巨人” 不满足",
        "样例数据，均属虚构",
        "0f3a9c2b77de",
    ] {
        assert!(read.contains(&squeezed(wanted)), "{wanted} is not in {read}");
    }
}

#[test]
fn the_same_card_gives_the_same_bytes_and_another_gives_others() {
    let fonts = fonts();
    let one = card("一号公司", vec![item("科技型中小企业", Answer::Meets)]);
    let bytes = pdf(&one, &fonts.case()).unwrap();
    assert!(bytes == pdf(&one, &self::fonts().case()).unwrap());
    assert!(bytes != pdf(&card("二号公司", one.items.clone()), &fonts.case()).unwrap());
    assert!(bytes.len() < 200_000, "{} bytes: the fonts are not cut down", bytes.len());
}

#[test]
fn a_card_is_tagged_has_a_title_and_speaks_either_language() {
    let mut one = card("一号公司", vec![item("科技型中小企业", Answer::Expert)]);
    let bytes = pdf(&one, &fonts().case()).unwrap();
    let stated = String::from_utf8_lossy(&bytes);
    assert!(stated.contains("<pdfaid:part>2<") && stated.contains("<pdfuaid:part>1<"));
    let told = poppler("pdfinfo", &bytes);
    for wanted in ["政策服务明白卡 一号公司", "Tagged:          yes", "A4", "Pages:           1"] {
        assert!(told.contains(wanted), "{wanted} is not in {told}");
    }
    one.lang = Lang::En;
    let read = text(&pdf(&one, &fonts().case()).unwrap());
    assert!(read.contains("Policyservicecard") && read.contains("Wherethefiguresstand"), "{read}");
    assert!(!read.contains("明白卡") && !read.contains("认定以主管部门为准"), "{read}");
}

#[test]
fn a_usual_card_takes_one_page_and_the_fullest_two() {
    let fonts = fonts();
    let pages = |items: Vec<Item>, rest: usize| {
        let mut one = card(&"很长的公司名称".repeat(8), items);
        one.rest = vec![one.rest[0].clone(); rest];
        one.sources = vec![one.sources[0].clone(); 10];
        one.versions = vec![one.versions[0].clone(); 26];
        let text = serde_json::to_string(&one).unwrap();
        let case = fonts.case();
        [false, true].map(|close| lay_out(&Paper::new(&text, &case, close)).unwrap().pages().len())
    };
    let many = |count: usize| (0..count).map(|at| item(&format!("第 {at} 项政策"), Answer::Fails)).collect::<Vec<_>>();
    assert_eq!(pages(Vec::new(), 26)[0], 1);
    assert_eq!(pages(many(4), 17)[0], 1);
    assert_eq!(pages(many(7), 15)[1], 1, "set closer");
    assert!(pages(many(12), 10)[1] <= 2);
}

#[test]
fn without_a_chinese_font_the_package_to_install_is_named() {
    let error = Fonts::find(&[Path::new("/nowhere/fonts")]).unwrap_err();
    assert!(matches!(&error, CardError::NoFont { looked } if looked[0] == Path::new("/nowhere/fonts")));
    for lang in [Lang::Zh, Lang::En] {
        let told = error.say(lang);
        assert!(told.contains("fonts-noto-cjk") && told.contains("/nowhere/fonts"), "{told}");
    }
}
