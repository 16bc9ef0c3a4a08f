//! How every verb is used, and what every option means, in Chinese.

/// How a verb is used: the verb, what it does in Chinese, examples in Chinese and English.
pub struct Lesson {
    /// The verb, with the one below it where it has one: `policy check`.
    pub verb: &'static str,
    /// What it does, in Chinese.
    pub about: &'static str,
    /// Lines, what they do in Chinese and in English.
    pub examples: &'static [(&'static str, &'static str, &'static str)],
}

/// Every verb, in the order of the help.
pub const LESSONS: &[Lesson] = &[
    Lesson {
        verb: "serve",
        about: "启动一个台账的页面和接口",
        examples: &[
            (
                "xianshou serve --data data/zone",
                "只在本机，http://127.0.0.1:8080",
                "this machine only, http://127.0.0.1:8080",
            ),
            (
                "xianshou serve --listen 0.0.0.0:8080 --public-origin https://zone.example",
                "在反向代理之后，供全区使用",
                "behind a proxy, for the whole zone",
            ),
            (
                "xianshou serve --database-url postgres://xianshou@db/zone",
                "数据存放在 PostgreSQL",
                "the register in PostgreSQL",
            ),
        ],
    },
    Lesson {
        verb: "demo",
        about: "建立或打开样例园区并启动服务",
        examples: &[
            (
                "xianshou demo",
                "约需几秒，随后给出网址和各角色的账号",
                "takes some seconds, then names the address and an account for each role",
            ),
            ("xianshou demo --listen 127.0.0.1:8090 --data data/sample --format json", "供脚本使用", "for a script"),
        ],
    },
    Lesson {
        verb: "import",
        about: "检查一张表格并存入台账",
        examples: &[
            ("xianshou import 企业.xlsx --kind enterprise --dry-run", "只检查，不入库", "check only"),
            (
                "xianshou import 年报.xlsx --as 清单=title --as 说明=",
                "企业、资质等几张表一次导入，全部存入或全不存入",
                "sheets of enterprises and of their records in one load, all or nothing",
            ),
            (
                "xianshou import 年报.xlsx --kind enterprise --origin 统计办",
                "全部正确才入库",
                "stored only if every row is right",
            ),
            (
                "xianshou import 名单.csv --kind enterprise --column code=stock_code --column exchange=",
                "指明一列是什么，略去另一列",
                "says what one column holds and leaves another out",
            ),
            (
                "xianshou import 年报.xlsx --kind enterprise --year 2025",
                "表头没有写年份时指明年份",
                "where the headings name no year",
            ),
            (
                "xianshou import 年报.csv --kind enterprise --skip-faulty --marked 错误.xlsx",
                "有错的行留出并在表中标明",
                "leave faulty rows out and mark them in a workbook",
            ),
        ],
    },
    Lesson {
        verb: "export",
        about: "把清单写成工作簿",
        examples: &[
            (
                "xianshou export 企业.xlsx",
                "全部企业；在表中改好再导入，只存入改动之处",
                "every enterprise; changed and imported again, only the changes are stored",
            ),
            (
                "xianshou export 营收.xlsx --columns uscc,name,operating_revenue@2025",
                "自选列和年份",
                "chosen columns and years",
            ),
        ],
    },
    Lesson {
        verb: "template",
        about: "写一个表头正确的空白工作簿",
        examples: &[(
            "xianshou template 企业模板.xlsx --kind enterprise",
            "发给各单位填写",
            "for the bureaus to fill in",
        )],
    },
    Lesson {
        verb: "backup",
        about: "在使用中备份台账",
        examples: &[(
            "xianshou backup 2026-11-22.xsb --data data/zone",
            "不影响正在使用的人",
            "nobody has to stop working",
        )],
    },
    Lesson {
        verb: "restore",
        about: "用备份建立台账",
        examples: &[
            ("xianshou restore 2026-11-22.xsb --data data/new", "目标须为空", "the target must be empty"),
            (
                "xianshou restore 2026-11-22.xsb --database-url postgres://xianshou@db/zone",
                "从 SQLite 搬到 PostgreSQL",
                "moves a register from SQLite to PostgreSQL",
            ),
        ],
    },
    Lesson {
        verb: "verify",
        about: "核对已写入的内容未被改动",
        examples: &[(
            "xianshou verify --data data/zone",
            "发现改动时退出码为 1",
            "exit code 1 where something was altered",
        )],
    },
    Lesson {
        verb: "user",
        about: "在本机管理账号",
        examples: &[
            (
                "xianshou user add wang --person 王工 --role system_admin",
                "密码从标准输入读取",
                "the password is read from standard input",
            ),
            ("xianshou user grant wang officer --unit 装备园", "授予某单位范围内的角色", "a role over one unit"),
            ("xianshou user list", "全部账号和角色", "every account and role"),
        ],
    },
    Lesson {
        verb: "migrate",
        about: "把台账升级到本版程序",
        examples: &[("xianshou migrate --data data/zone", "请先备份", "make a backup first")],
    },
    Lesson {
        verb: "loops",
        about: "列出各类闭环：状态、步骤、谁可办理、时限和办结凭据",
        examples: &[
            ("xianshou loops", "各类闭环的说明", "every kind in words"),
            ("xianshou loops matter --format dot", "诉求的流程图", "the matter as a graph"),
            ("xianshou loops --format json", "供脚本使用", "for scripts"),
        ],
    },
    Lesson {
        verb: "case",
        about: "打印一个事项和它的全部经过",
        examples: &[
            ("xianshou case matter SQ-2026-00017", "状态、期限和每一步", "state, day and every step"),
            (
                "xianshou case matter SQ-2026-00017 --format json",
                "供脚本使用，含每一步的哈希",
                "for scripts, with the hash of every step",
            ),
        ],
    },
    Lesson {
        verb: "policy",
        about: "编写、试算和比较政策",
        examples: &[
            (
                "xianshou policy check 草案.policy",
                "写错了什么，在哪里，该怎么写",
                "what is wrong, where, and what to write",
            ),
            (
                "xianshou policy test --boundaries",
                "随程序附带的全部政策逐例试算",
                "every case of the library that comes with the program",
            ),
        ],
    },
    Lesson {
        verb: "policy check",
        about: "指出政策文本中的全部问题",
        examples: &[
            ("xianshou policy check 草案.policy", "一次列出全部问题，标出位置", "every problem at once, underlined"),
            (
                "xianshou policy check policies --format json",
                "一个问题一行，供编辑器使用",
                "a line for each problem, for an editor",
            ),
            ("xianshou policy check", "检查随程序附带的政策", "the library that comes with the program"),
        ],
    },
    Lesson {
        verb: "policy test",
        about: "试算政策中的每一个例",
        examples: &[
            ("xianshou policy test 草案.policy", "有例不通过时退出码为 1", "exit code 1 where a case fails"),
            (
                "xianshou policy test 草案.policy --boundaries",
                "另在每个门槛两侧生成例，门槛写偏一点也会被发现",
                "also makes cases on either side of every threshold, so that a slip is noticed",
            ),
        ],
    },
    Lesson {
        verb: "policy fmt",
        about: "把政策文本整理成统一格式",
        examples: &[
            ("xianshou policy fmt 草案.policy", "就地整理，不改变含义", "in place; the meaning stays"),
            (
                "xianshou policy fmt policies --check",
                "只检查，格式不合时退出码为 1",
                "changes nothing; exit code 1 where a text is out of form",
            ),
        ],
    },
    Lesson {
        verb: "policy explain",
        about: "说明一家企业为何得到这个结论",
        examples: &[
            (
                "xianshou policy explain tech-sme --case 达标基准",
                "逐条理由、所用的数和条款",
                "every reason with its figures and articles",
            ),
            (
                "xianshou policy explain tech-sme --facts 企业.xlsx --enterprise 一号公司 --on 2026-06-01",
                "表中的一家企业：理由、差距和办法",
                "one enterprise of a spreadsheet: reasons, what it lacks, the way there",
            ),
            (
                "xianshou policy explain 草案.policy --facts 事实.json",
                "事实写成 JSON，如 {\"职工总数@2025\": 40}",
                "facts in JSON, as {\"total_staff@2025\": 40}",
            ),
        ],
    },
    Lesson {
        verb: "policy diff",
        about: "比较政策的两个版本",
        examples: &[
            (
                "xianshou policy diff srdi-sme@2022-08-01 srdi-sme@2026-04-01",
                "改了哪些条款",
                "what changed in the text",
            ),
            (
                "xianshou policy diff srdi-sme 草案.policy --facts 企业.xlsx",
                "谁因此受益，谁不再满足，为什么",
                "who gains, who loses, and why",
            ),
        ],
    },
    Lesson {
        verb: "policy simulate",
        about: "改动门槛或金额，看会怎样",
        examples: &[
            ("xianshou policy simulate tech-sme", "列出可以改动的数", "lists what can be set"),
            (
                "xianshou policy simulate tech-sme --set TSME-2a=300人 --facts 企业.xlsx",
                "谁进入，谁退出，费用多少",
                "who enters, who leaves, what it costs",
            ),
            (
                "xianshou policy simulate srdi-sme --set SRDI26-4=75% --data data/zone",
                "在台账的全部企业上试改",
                "on every enterprise of a register",
            ),
        ],
    },
    Lesson {
        verb: "checkup",
        about: "给表格中的企业做政策体检",
        examples: &[
            (
                "xianshou checkup 企业.xlsx --on 2026-06-01",
                "每家企业对照当日施行的全部政策，不需要台账",
                "every enterprise against every policy in force that day; needs no register",
            ),
            (
                "xianshou checkup 企业.xlsx --on 2026-06-01 --policy tech-sme high-tech-enterprise --format json",
                "企业和政策每对一行 JSON",
                "a line of JSON for each enterprise and policy",
            ),
            (
                "xianshou checkup 企业.xlsx --format xlsx --out 体检结果.xlsx",
                "结果写成工作簿：结论、不满足的条件、缺少的数据、需要怎么做",
                "the results as a workbook: the answer, what fails, what is lacking, what is needed",
            ),
            (
                "xianshou checkup 企业.xlsx --format pdf --out 明白卡",
                "每家企业一张 A4 的服务明白卡（PDF），写到目录里",
                "a service card in PDF for each enterprise, on A4, into a directory",
            ),
        ],
    },
];

/// The Chinese words for every option and argument, by its id in `args`.
pub const OPTIONS: &[(&str, &str)] = &[
    (
        "format",
        "给人看的文字（text），给脚本的 JSON（json），体检结果的工作簿（xlsx）、服务明白卡（pdf）或闭环的流程图（dot）",
    ),
    ("data", "存放台账的目录（都不写时为 data/zone）"),
    ("database_url", "改用数据库：postgres://用户:密码@主机/库名 或 sqlite:路径"),
    ("listen", "监听的地址"),
    ("public_origin", "前面有反向代理时，人们输入的网址，如 https://zone.example"),
    ("mail_server", "邮件服务器：smtps://用户:密码@主机:465 或 smtp://用户:密码@主机:587?tls=required"),
    ("mail_from", "发件人，如 先手 <zone@zone.example>"),
    ("open_to_network", "密码是公开的，仍要向网络开放"),
    ("make_only", "只建立样例园区并做完体检，不提供服务"),
    ("file", "文件"),
    (
        "kind",
        "一行说的是什么：enterprise、institution、platform、achievement、equipment、person、title 等；\
         导入时不写则逐张认出，企业与其记录一次导入",
    ),
    ("case_kind", "种类，如 matter；xianshou loops 列出全部种类"),
    ("number", "编号，如 SQ-2026-00017"),
    ("only", "只列这些种类，如 matter；不写时为全部"),
    ("sheet_kind", "某张工作表说的是什么：工作表=种类，如 清单=title；工作表= 表示不导入这张"),
    ("origin", "来源方，如 统计办；不写时用文件名"),
    ("sheet", "要读的工作表；不写时读取讲这类主体的全部工作表，全部存入或全不存入"),
    ("year", "表头没有写年份的列是哪一年的；体检和政策不写时为申报日的上一年"),
    ("column", "表头没有写明的列是什么：表头=字段，如 code=stock_code；表头= 表示不导入这一列"),
    ("progress", "在标准错误上报告进度，不是终端时也报告"),
    ("dry_run", "只检查，不入库"),
    ("skip_faulty", "留出有错的行，其余入库"),
    ("marked", "写回一份在单元格中标明错误的工作簿"),
    ("columns", "列的代码，可带年份：uscc,name,operating_revenue@2025"),
    ("search", "只要名称或代码中含有这些字的行"),
    ("name", "账号名"),
    ("person", "人员姓名"),
    ("unit", "单位；不写时为整个园区"),
    ("role", "角色：leader、analyst、officer、clerk、enterprise、system_admin、security_admin、auditor"),
    ("enterprise", "企业账号所属企业的统一社会信用代码"),
    ("texts", "政策文件，或存放政策文件的目录；不写时为随程序附带的政策"),
    ("boundaries", "另在每个门槛两侧生成例，并指出哪里写偏了也不会被发现"),
    ("check", "不改文件，有不合格式的文本时退出码为 1"),
    ("on", "申报日，决定用哪个版本；不写时为今天"),
    ("policy", "政策编号，可写多个；不写时为当日施行的全部政策"),
    ("place", "先用该省自己的规定，如 广东"),
    ("strict", "有读不了的单元格时不体检"),
    ("out", "把结果写到文件；--format pdf 时是目录，每家企业一张卡"),
    ("fonts", "到哪里找印卡片用的中文字体；不写时找 fonts-noto-cjk 安装的位置"),
    ("rule", "政策文件，或随程序附带的政策编号；需要时写明起始日，如 srdi-sme@2022-08-01"),
    ("case", "要说明的例"),
    ("facts", "事实：企业表格；说明一家企业时也可以是 JSON"),
    ("firm", "表格中的哪一家企业，写统一社会信用代码或名称"),
    ("old", "原来的版本：文件，或带起始日的编号"),
    ("new", "后来的版本"),
    ("exit_code", "有差别时退出码为 1"),
    ("set", "要改的数：编号=新值，如 TSME-2a=300人；不写时列出可以改动的数"),
];
