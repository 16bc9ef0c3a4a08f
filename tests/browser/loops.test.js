// A week of the sample zone: an officer visits a firm with a telephone and finds a power-supply problem, which becomes a
// matter; the desk sends it to a unit, which returns it as the wrong door; it is sent again, raised to the leader,
// decided, answered with proof, confirmed and rated by the firm; every step with its clock, in one chain. Two parks
// report the day, one figures and one that there is nothing, and a third stays silent; a unit comes onto the red list
// and from there onto the black one; the chain verifies, and no longer once a row is edited behind the program's back.
import assert from "node:assert/strict";
import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { after, before } from "node:test";
import { launch, overhang, picture, speak, visit } from "./lib/browser.js";
import { way } from "./lib/steps.js";

let browser;
const seats = {};
const known = {};

// The smallest JPEG that is one by its first bytes.
const photo = join(mkdtempSync(join(tmpdir(), "xianshou-photo-")), "现场照片.jpg");
writeFileSync(photo, Buffer.from("ffd8ffe000104a46494600010100000100010000ffd9", "hex"));

before(async () => {
  browser = await launch();
  for (const account of ["officer", "analyst", "clerk", "leader", "enterprise"]) {
    const phone = account === "officer";
    seats[account] = await visit(browser, account, phone
      ? { viewport: { width: 390, height: 844 }, hasTouch: true, permissions: ["geolocation"], geolocation: { latitude: 34.81234, longitude: 113.55432 } }
      : {});
  }
});
after(async () => {
  for (const seat of Object.values(seats)) await seat.context.close();
  await browser?.close();
});

const step = way();
const page = (account) => seats[account].page;

/** Opens the form of a step on the case's page and sends it. */
async function take(account, address, key, fill = async () => {}) {
  const tab = page(account);
  await tab.goto(address);
  const form = tab.locator(`#step-${key}`);
  assert.equal(await form.count(), 1, `${account} may not ${key}: ${await tab.locator("main").innerText()}`);
  if (!(await form.evaluate((node) => node.open))) await form.locator("> summary").click();
  await fill(form);
  await form.locator("form > button.btn").click();
  await tab.waitForLoadState();
  assert.equal(await tab.locator("[role=alert]:visible").count(), 0, await tab.locator("main").innerText());
}

step("Today is the first page of everybody who works with cases, at every width", async () => {
  for (const account of Object.keys(seats)) {
    const tab = page(account);
    await tab.goto("/");
    assert.equal(new URL(tab.url()).pathname, "/today", account);
    await picture(tab, `loops-today-${account}`);
    for (const width of [390, 360]) {
      await tab.setViewportSize({ width, height: 844 });
      assert.equal(await overhang(tab), 0, `${account} at ${width}`);
    }
    if (account !== "officer") await tab.setViewportSize({ width: 1280, height: 900 });
  }
});

step("the officer opens a visit to the firm and writes it up on a telephone: the problem becomes a matter", async () => {
  const firm = page("enterprise");
  await firm.goto("/cases/matter/new");
  known.firm = (await firm.locator("form b").first().innerText()).trim();
  const tab = page("officer");
  await tab.goto("/cases/visit/new");
  assert.equal(await overhang(tab), 0);
  await tab.fill("#enterprise", known.firm);
  await tab.fill("#title", "看二期工地");
  await tab.click("button:has-text('提交')");
  await tab.waitForURL(/\/cases\/visit\/ZF-/);
  known.visit = new URL(tab.url()).pathname;
  await tab.click("a:has-text('填写走访记录')");
  await tab.waitForURL(/\/record$/);
  assert.equal(await overhang(tab), 0);
  await tab.fill("#people", "张工");
  await tab.fill("#place", "二期厂房工地");
  await tab.click("[data-locate=spot]");
  await tab.waitForFunction(() => document.querySelector("#spot").value.startsWith("34.81234"));
  await tab.fill("#text", "二期厂房临时用电容量不够，塔吊停工。");
  // Without a network the draft stays on the device, and nothing is lost with the page.
  await tab.fill("#problem-0-title", "二期工地临时用电不够");
  await tab.selectOption("#problem-0-topic", "power");
  await tab.fill("#problem-0-text", "需增容 800 kW");
  await seats.officer.context.setOffline(true);
  await tab.click("button:has-text('提交记录')");
  assert.equal(await tab.locator("[data-offline]").isVisible(), true);
  await seats.officer.context.setOffline(false);
  await tab.reload();
  assert.equal(await tab.inputValue("#problem-0-title"), "二期工地临时用电不够");
  assert.equal(await tab.inputValue("#people"), "张工");
  await tab.setInputFiles("#file", photo);
  await picture(tab, "loops-record-phone");
  await tab.click("button:has-text('提交记录')");
  await tab.waitForURL((address) => address.pathname === known.visit);
  const said = await tab.locator("main").innerText();
  assert.match(said, /1 个问题已转为诉求/);
  assert.match(said, /已记录/);
  assert.match(said, /34\.81234/);
  known.matter = await tab.locator(".x-family a").first().getAttribute("href");
  await picture(tab, "loops-visit-phone");
});

step("the desk sends the matter to a unit, which returns it as the wrong door with a reason", async () => {
  await take("analyst", known.matter, "dispatch", async (form) => {
    await form.locator("select[name=unit]").selectOption({ label: await label("尼龙") });
    await form.locator("textarea[name=text]").fill("请到场看用电");
  });
  await picture(page("analyst"), "loops-dispatched");
  await waits("clerk");
  await take("clerk", known.matter, "return", (form) => form.locator("textarea[name=text]").fill("供电不归本园"));
  assert.match(await page("analyst").goto(known.matter).then(() => page("analyst").locator("#history").innerText()), /供电不归本园/);
});

/** The matter waits for this person: it is among the cases whose turn is theirs. */
async function waits(account) {
  const tab = page(account);
  await tab.goto(`/cases?mine=1&q=${encodeURIComponent("二期工地临时用电不够")}`);
  assert.match(await tab.locator("table.x-case-list").innerText(), /临时用电不够/);
}

/** The label of the unit whose name holds a word, as the form shows it. */
async function label(word) {
  const labels = await page("analyst").locator("#step-dispatch select[name=unit] option").allInnerTexts();
  const found = labels.find((text) => text.includes(word));
  assert.ok(found, `${word} is none of ${labels}`);
  return found;
}

step("of two at the desk who act at once the second is told what happened and keeps what was typed", async () => {
  const one = page("analyst");
  const other = await seats.analyst.context.newPage();
  for (const tab of [one, other]) {
    await tab.goto(known.matter);
    const form = tab.locator("#step-dispatch");
    if (!(await form.evaluate((node) => node.open))) await form.locator("> summary").click();
    await form.locator("select[name=unit]").selectOption({ label: await label("尼龙") });
    await form.locator("textarea[name=text]").fill(tab === one ? "查过职责清单，仍由你单位牵头" : "另一位的意见");
  }
  await one.locator("#step-dispatch form > button.btn").click();
  await one.waitForLoadState();
  await other.locator("#step-dispatch form > button.btn").click();
  await other.waitForLoadState();
  const said = await other.locator("main").innerText();
  assert.match(said, /事项已有变化/);
  assert.equal(await other.inputValue("#meanwhile-text"), "另一位的意见");
  await picture(other, "loops-meanwhile");
  await other.close();
});

step("the unit comes, the park raises it, the leader decides, and the unit answers with proof", async () => {
  await take("clerk", known.matter, "arrive");
  await take("officer", known.matter, "escalate", (form) => form.locator("textarea[name=text]").fill("工地停工，须上级协调供电公司"));
  await waits("leader");
  await take("leader", known.matter, "decide", async (form) => {
    const labels = await form.locator("select[name=unit] option").allInnerTexts();
    await form.locator("select[name=unit]").selectOption({ label: labels.find((text) => text.includes("尼龙")) });
    await form.locator("textarea[name=text]").fill("三日内增容，由园区牵头");
  });
  const tab = page("clerk");
  await tab.goto(known.matter);
  assert.equal(await tab.locator("#step-answer input[type=file]").getAttribute("required"), "", "no answer without proof");
  await take("clerk", known.matter, "answer", async (form) => {
    await form.locator("textarea[name=text]").fill("已增容 800 kW，塔吊复工");
    await form.locator("input[type=file]").setInputFiles(photo);
  });
});

step("the firm confirms and rates; the whole way stands in one chain, and prints", async () => {
  const tab = page("enterprise");
  await waits("enterprise");
  await take("enterprise", known.matter, "confirm", (form) => form.locator("input[name=rating][value='5']").check());
  const said = await tab.locator("main").innerText();
  for (const word of ["已办结（企业确认）", "非常满意", "记录链完整", "退回 1"]) assert.ok(said.includes(word), `${word} in ${said}`);
  assert.equal(said.includes("供电不归本园"), false, "what units say among themselves is theirs");
  await picture(tab, "loops-closed");
  await tab.setViewportSize({ width: 360, height: 800 });
  assert.equal(await overhang(tab), 0);
  await picture(tab, "loops-closed-phone");
  await tab.setViewportSize({ width: 1280, height: 900 });
  await speak(tab, "en");
  await picture(tab, "loops-closed-en");
  await speak(tab, "zh");
  await tab.emulateMedia({ media: "print" });
  assert.equal(await tab.locator("#history").isVisible(), true);
  assert.equal(await tab.locator(".x-top").isVisible(), false);
  await tab.emulateMedia({ media: "screen" });
});

step("the figures count it with their base, and the number leads to it", async () => {
  const tab = page("leader");
  await tab.goto("/cases/matter/figures");
  await picture(tab, "loops-figures");
  await tab.locator(".x-tallies a", { hasText: "办结" }).first().click();
  await tab.waitForURL(/behind=/);
  assert.match(await tab.locator("#behind").innerText(), /临时用电不够/);
  for (const view of ["/cases/matter?which=all", "/cases/matter/board", "/cases/matter/calendar", "/cases/task/wall", "/cases/duty_report/grid", "/cases/document/lists", "/officers"]) {
    await tab.goto(view);
    await picture(tab, `loops${view.replaceAll("/", "-").replace("?which=all", "")}`);
    for (const width of [390, 360]) {
      await tab.setViewportSize({ width, height: 844 });
      assert.equal(await overhang(tab), 0, `${view} at ${width}`);
    }
    await picture(tab, `loops${view.replaceAll("/", "-").replace("?which=all", "")}-phone`);
    await tab.setViewportSize({ width: 1280, height: 900 });
  }
});

/** Sends what a form of a page would send, for the tenth time of the same; where it led. */
function sent(account, address, fields) {
  return page(account).evaluate(async ([to, values]) => {
    const form = new FormData();
    form.append("_csrf", document.querySelector("input[name=_csrf]").value);
    for (const [name, value] of Object.entries(values)) form.append(name, value);
    const answer = await fetch(to, { method: "POST", body: form });
    return { status: answer.status, path: new URL(answer.url).pathname, text: answer.ok ? "" : await answer.text() };
  }, [address, fields]);
}

/** The report of today that waits for this person; the program opens it by itself. */
async function report(account) {
  const tab = page(account);
  for (let tries = 0; tries < 40; tries += 1) {
    await tab.goto("/cases/duty_report?mine=1&state=due");
    const link = tab.locator("table.x-case-list tbody a").first();
    if (await link.count()) return link.getAttribute("href");
    await tab.waitForTimeout(1000);
  }
  return assert.fail(`no report opened for ${account}`);
}

step("the day's reports opened by themselves: one park has figures, one has nothing to report and says so", async () => {
  const reported = await report("clerk");
  const tab = page("clerk");
  await tab.goto(reported);
  await tab.click("a:has-text('填报，或报零')");
  await tab.fill("#figure-total_staff", "20");
  await tab.fill("#figure-industrial_output", "4500");
  await tab.fill("#figure-new_companies_year", "0");
  await tab.click("button:has-text('报送')");
  // Far from the day before: the page asks why, and keeps what was typed.
  const why = tab.locator("#why-total_staff");
  assert.equal(await why.count(), 1, await tab.locator("main").innerText());
  assert.equal(await tab.inputValue("#figure-industrial_output"), "4500");
  await picture(tab, "loops-report-asked");
  await why.fill("两家企业轮休");
  for (const other of await tab.locator("input[name^='why.']:not(#why-total_staff)").all()) await other.fill("月初清零");
  await tab.click("button:has-text('报送')");
  await tab.waitForURL((address) => address.pathname === reported);
  assert.match(await tab.locator("#figures").innerText(), /两家企业轮休/);
  const phone = page("officer");
  const nothing = await report("officer");
  await phone.goto(`${nothing}/report`);
  assert.equal(await overhang(phone), 0);
  await picture(phone, "loops-report-phone");
  await phone.check("label:has-text('本期没有情况') input");
  await phone.click("button:has-text('报零')");
  await phone.waitForURL((address) => address.pathname === nothing);
  for (const address of [reported, nothing]) {
    await take("leader", address, "sign", (form) => form.locator("input[name=signed]").check());
  }
  known.reported = reported;
});

step("of the day the list tells figures, a said nought and silence apart", async () => {
  const tab = page("leader");
  await tab.goto("/cases/duty_report/day");
  const line = async (park) => (await tab.locator("tbody tr", { hasText: park }).first().innerText()).replace(/\s+/g, " ");
  assert.match(await line("尼龙园"), /已报/);
  assert.match(await line("装备园"), /零报告/);
  assert.match(await line("临港园"), /未到时间|未报/);
  await picture(tab, "loops-day");
  await tab.setViewportSize({ width: 390, height: 844 });
  assert.equal(await overhang(tab), 0);
  await picture(tab, "loops-day-phone");
  await tab.setViewportSize({ width: 1280, height: 900 });
  await tab.goto("/cases/duty_report/grid");
  const signs = new Set(await tab.locator(".x-grid td a").allInnerTexts());
  for (const sign of ["报", "零"]) assert.ok(signs.has(sign), `${sign} in ${[...signs]}`);
});

step("a goal is split to units by months, a meeting hears what is late, and its minutes become tasks", async () => {
  const tab = page("leader");
  await tab.goto("/cases/task/goals/new");
  await tab.fill("#title", "新增规上企业");
  await tab.fill("#total", "13");
  await tab.fill("#measure", "家");
  await tab.fill("#months", "3");
  for (const park of ["尼龙园", "装备园"]) await tab.check(`label:has-text('${park}') input`);
  await tab.click("button:has-text('平均分解')");
  for (const field of await tab.locator("input.x-person").all()) await field.fill("样例科长");
  await picture(tab, "loops-split");
  await tab.click("button:has-text('下达任务')");
  await tab.waitForURL(/\/goals$/);
  assert.match(await tab.locator("main").innerText(), /新增规上企业[\s\S]*样例科长/);
  await picture(tab, "loops-goals");
  await tab.goto("/cases/task/meetings");
  await picture(tab, "loops-meetings");
  const heard = await tab.locator(".x-agenda li").count();
  assert.ok(heard > 0, "something is late in the sample zone");
  await tab.click("button:has-text('按此议程开会')");
  await tab.waitForURL(/\/meetings\/\d/);
  const until = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10);
  await tab.fill("[name='decision.0']", "每周五报进度，月底补齐");
  await tab.fill("[name='person.0']", "样例科长");
  await tab.fill("[name='until.0']", until);
  await tab.click("button:has-text('写入纪要')");
  await tab.waitForLoadState();
  assert.match(await tab.locator("#minutes").innerText(), /每周五报进度[\s\S]*RW-[\s\S]*待领取/);
  await picture(tab, "loops-meeting");
  for (const view of ["/cases/task/goals", "/cases/task/goals/new", "/cases/task/meetings", "/duties", new URL(tab.url()).pathname]) {
    await tab.goto(view);
    for (const width of [390, 360]) {
      await tab.setViewportSize({ width, height: 844 });
      assert.equal(await overhang(tab), 0, `${view} at ${width}`);
    }
    await picture(tab, `loops${view.replaceAll("/", "-").replace(/-\d{4}-.*/, "-one")}-phone`);
    await tab.setViewportSize({ width: 1280, height: 900 });
  }
});

step("a unit that closes ten documents in time is on the red list, and on the black one once three came back", async () => {
  const on = async () => {
    const tab = page("leader");
    await tab.goto("/cases/document/lists");
    const line = tab.locator(".x-due li", { hasText: "尼龙园" });
    return (await line.count()) ? (await line.first().locator(".x-badge").first().innerText()).trim() : "";
  };
  for (const account of ["analyst", "leader", "clerk"]) await page(account).goto("/cases/document");
  const nylon = await page("leader").evaluate(async () => {
    const text = await (await fetch("/cases/document")).text();
    const options = [...new DOMParser().parseFromString(text, "text/html").querySelectorAll("select[name=unit] option")];
    return options.find((option) => option.textContent.includes("尼龙园")).value;
  });
  const papers = [];
  for (let count = 1; count <= 10; count += 1) {
    const opened = await sent("analyst", "/cases/document/new", { title: `关于报送用电情况的通知（${count}）`, text: "请按期报送" });
    assert.equal(opened.status, 200, opened.text);
    const ways = [
      ["analyst", "propose", { text: "拟请尼龙园承办" }],
      ["leader", "decide", { text: "同意", unit: nylon }],
      ["clerk", "hand_in", { text: "已办" }],
      ...(count > 3 ? [["leader", "close", {}]] : []),
    ];
    for (const [at, [account, key, fields]] of ways.entries()) {
      const done = await sent(account, `${opened.path}/steps/${key}`, { seen: String(at + 1), ...fields });
      assert.equal(done.status, 200, `${key}: ${done.text.slice(0, 2000)}`);
    }
    papers.push(opened.path);
  }
  assert.equal(await on(), "红榜");
  await picture(page("leader"), "loops-red-list");
  for (const paper of papers.slice(0, 3)) {
    for (const [at, [account, key, text]] of [["leader", "send_back", "缺附件"], ["clerk", "hand_in", "已补"]].entries()) {
      const done = await sent(account, `${paper}/steps/${key}`, { seen: String(at + 4), text });
      assert.equal(done.status, 200, `${key}: ${done.text.slice(0, 2000)}`);
    }
  }
  assert.equal(await on(), "黑榜", "three of thirteen came back, which is more than a fifth");
  await picture(page("leader"), "loops-black-list");
});

/** The database of the sample zone, behind the program's back. */
function sql(statement) {
  const folder = dirname(process.env.XIANSHOU_WORKBOOKS);
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith(".db")));
  const reader = "import sqlite3,sys\nd=sqlite3.connect(sys.argv[1],timeout=30)\nr=d.execute(sys.argv[2]).fetchall()\nd.commit()\nprint(r[0][0] if r else '')";
  return execFileSync("python3", ["-c", reader, file, statement], { encoding: "utf8" }).trim();
}

/** What `verify` says of the sample zone while it is served. */
function verified() {
  const folder = dirname(process.env.XIANSHOU_WORKBOOKS);
  const run = spawnSync(process.env.XIANSHOU_BIN, ["verify", "--data", folder, "--format", "json"], { encoding: "utf8" });
  return { status: run.status, ...JSON.parse(run.stdout) };
}

step("verify passes, names the row that was edited by hand in the database, and passes again once it is put back", async () => {
  const before = verified();
  assert.deepEqual([before.status, before.ok], [0, true], JSON.stringify(before));
  assert.ok(before.case_events > 100);
  const number = known.matter.split("/").pop();
  const which = `case_id=(select id from case_head where number='${number}') and step='return'`;
  const words = sql(`select words from case_event where ${which}`);
  assert.match(words, /供电不归本园/);
  sql(`update case_event set words=replace(words, '供电不归本园', '供电归本园') where ${which}`);
  const row = sql(`select no from case_event where ${which}`);
  const after = verified();
  assert.equal(after.ok, false);
  assert.notEqual(after.status, 0);
  assert.equal(after.first.table, "case_event");
  assert.ok([after.first.row, ...(after.first.rows ?? [])].map(String).includes(row), JSON.stringify(after.first));
  const tab = page("leader");
  await tab.goto(known.matter);
  assert.equal((await tab.locator("#history").innerText()).includes("记录链完整"), false, "the page of the case says so too");
  await picture(tab, "loops-altered");
  sql(`update case_event set words=replace(words, '供电归本园', '供电不归本园') where ${which}`);
  assert.equal(verified().ok, true);
});

step("nobody broke a rule on the way: no script error, no refused resource, no answer of 500", async () => {
  for (const [account, seat] of Object.entries(seats)) {
    await seat.done();
    delete seats[account];
  }
});
