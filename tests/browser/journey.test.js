// The whole way of a number: out of a faulty workbook into the register, to its cell, corrected, disputed, settled,
// read as of yesterday, taken back, exported, and found in the audit log.
import assert from "node:assert/strict";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { after, before, test } from "node:test";
import { launch, picture, visit } from "./lib/browser.js";
import { way } from "./lib/steps.js";
import { sheetRows } from "./lib/workbook.js";

const workbook = join(process.env.XIANSHOU_WORKBOOKS ?? "data/sample/workbooks", "样例导入-含错误.xlsx");
const FILE = "样例导入-含错误.xlsx";

let browser, analyst, page;
const known = {};

before(async () => {
  assert.ok(existsSync(workbook), `${workbook} is missing`);
  browser = await launch();
  analyst = await visit(browser, "analyst");
  page = analyst.page;
});
after(async () => {
  await analyst?.context.close();
  await browser?.close();
});

const step = way();

const number = (text) => Number(text.replace(/[^\d.-]/g, ""));
/** The figure on a tile of the check or of the load. */
const tile = async (name) => number(await page.locator(`.x-tiles div:has(dt:text-is("${name}")) dd`).first().innerText());
/** Today and the days around it where the zone is. */
const day = (offset) => new Date(Date.now() + 8 * 3600_000 + offset * 86_400_000).toISOString().slice(0, 10);

step("the workbook is uploaded and its columns are recognised, but for one that nobody knows", async () => {
  await page.goto("/imports");
  await picture(page, "journey-01-imports");
  await page.click("a[href='/imports/new']");
  await page.setInputFiles("#file", workbook);
  await page.selectOption("#kind", "enterprise");
  await page.fill("#origin", "企业填报");
  await picture(page, "journey-02-new");
  await page.click("main form[action='/imports/new'] button.btn-primary");
  await page.waitForURL(/\/imports\/[^/]+\/columns/);
  await page.locator("table.x-cards").waitFor();
  await picture(page, "journey-03-columns");
  const row = page.locator("table.x-cards tbody tr", { hasText: "招商专员喜好" });
  assert.equal(await row.locator("input[name^=field-]").inputValue(), "");
  await row.locator("input[type=checkbox]").check();
  await page.click("main form:has(table.x-cards) .card-footer button.btn-primary");
  await page.waitForURL(/\/imports\/[^/]+\/check/);
});

step("every fault stands at its cell with what was found and what was expected; two are repaired in the page", async () => {
  await page.locator("#check .x-row").first().waitFor();
  await picture(page, "journey-04-check");
  const faulty = await tile("有问题");
  assert.ok(faulty >= 9, `${faulty} faulty rows`);
  // A wrong check digit: the page names the right code and takes it at a click.
  const digit = page.locator("#row-4");
  assert.match(await digit.innerText(), /校验/);
  known.code = (await digit.locator(".x-offer").first().innerText()).match(/[0-9A-Z]{18}/)[0];
  known.name = await digit.locator(".x-cells div", { hasText: "企业名称" }).locator("b").first().innerText();
  await digit.locator(".x-offer").first().click();
  await page.locator("#row-4").waitFor({ state: "detached" });
  // A negative number of people: typed anew.
  const staff = page.locator("#row-6 .x-fault", { hasText: "-" }).first();
  await staff.locator("input[name=text]").first().fill("57");
  await staff.locator("button:has-text('改好')").click();
  await page.locator("#row-6").waitFor({ state: "detached" });
  assert.equal(await tile("有问题"), faulty - 2);
  await picture(page, "journey-05-repaired");
});

step("the rest is left out, the load is stored at once and counted", async () => {
  const sound = await tile("没有问题");
  await page.check("input[name=skip_faulty]");
  await page.click("main form[action$='/load'] button.btn-primary");
  await page.waitForURL(/\/imports\/[^/]+\/load/);
  await page.locator("main .x-note.x-ok").first().waitFor();
  await page.goto(page.url());
  await page.locator("a[href^='/loads/']:has-text('查看这一批')").waitFor();
  await picture(page, "journey-06-loaded");
  assert.equal((await tile("存入")) + (await tile("没有变化")), sound);
  known.load = await page.locator("a[href^='/loads/']:has-text('查看这一批')").getAttribute("href");
});

step("a figure of an enterprise shows its cell: file, row, column and the value marked", async () => {
  await page.goto(`/register/enterprise?q=${known.code}`);
  await page.click("table.x-register tbody tr td.x-name a");
  await page.waitForURL(/\/register\/enterprise\/[0-9a-f-]+/);
  known.enterprise = new URL(page.url()).pathname;
  await picture(page, "journey-07-enterprise");
  const row = page.locator("table.x-figures tbody tr", { hasText: "营业收入" }).first();
  const figure = row.locator("td.num a.x-src").last();
  known.shown = (await figure.innerText()).trim();
  await figure.click();
  const panel = page.locator("#panel");
  const cell = panel.locator("table.x-sheet td.x-here");
  await cell.waitFor();
  assert.equal(await cell.count(), 1);
  assert.ok(number(await cell.innerText()) > 0);
  const place = await panel.locator("dl.x-list").innerText();
  assert.match(place, /\.xlsx/);
  assert.match(await panel.innerText(), /[A-Z]+\d+/);
  // The marked cell stands in the row that is named, under the letter that is named.
  const named = (await panel.locator("h3 .x-code").first().innerText()).match(/([A-Z]+)(\d+)$/);
  const there = panel.locator("tr:has(td.x-here)");
  assert.equal((await there.locator("th").innerText()).trim(), named[2]);
  const letters = await panel.locator("table.x-sheet thead tr > *").allInnerTexts();
  const at = await cell.evaluate((td) => [...td.parentElement.children].indexOf(td));
  assert.equal(letters[at].trim(), named[1]);
  await page.screenshot({ path: new URL("./pictures/journey-08-cell.png", import.meta.url).pathname, caret: "initial" });
  known.edit = await panel.locator("a:has-text('更正')").getAttribute("href");
  await page.keyboard.press("Escape");
  assert.equal(await panel.locator("section").count(), 0);
});

step("a correction by hand with a reason takes its place beside the others: the sources disagree", async () => {
  await page.goto(known.edit);
  await picture(page, "journey-09-correct");
  await page.fill("#value", "123456.78");
  await page.click("button[name=do][value=save]");
  assert.ok(page.url().includes("/edit"), "a correction without a reason is not sent");
  await page.fill("#reason", "电话核实，企业提供了审计报告");
  await page.click("button[name=do][value=save]");
  await page.waitForURL((address) => address.pathname === known.enterprise);
  const row = page.locator("table.x-figures tbody tr", { hasText: "营业收入" }).first();
  assert.equal(await row.locator("td.num a.x-disputed").count(), 1);
  await picture(page, "journey-10-disputed");
});

step("the conflict is in the queue with every word, and is settled with a reason", async () => {
  await page.goto("/conflicts");
  await picture(page, "journey-11-conflicts");
  await page.goto(known.enterprise);
  await page.locator("table.x-figures tbody tr", { hasText: "营业收入" }).first().locator("a.x-disputed").click();
  await page.locator("#panel a:has-text('核定')").click();
  await page.waitForURL(/\/conflicts\/.+/);
  await picture(page, "journey-12-settle");
  assert.ok((await page.locator("label.x-choice").count()) >= 3, "two words at least, and another value");
  await page.locator("label.x-choice:has-text('123,456.78') input, label.x-choice:has-text('12.35') input, label.x-choice:has-text('123456.78') input").first().check();
  await page.fill("#reason", "以审计报告为准");
  await page.click("main form button.btn-primary:has-text('核定')");
  await page.waitForURL((address) => !address.pathname.startsWith("/conflicts/0"));
  await page.goto(known.enterprise);
  const row = page.locator("table.x-figures tbody tr", { hasText: "营业收入" }).first();
  assert.equal(await row.locator("a.x-disputed").count(), 0);
  assert.equal(await row.locator("sup.x-settled").count(), 1);
  known.settled = (await row.locator("td.num a.x-src").last().innerText()).trim();
  assert.notEqual(known.settled, known.shown);
  assert.match(await page.locator("#history").innerText(), /以审计报告为准/);
  await picture(page, "journey-13-settled");
});

step("the page as of yesterday knows nothing of today's work and offers no change", async () => {
  await page.goto(`${known.enterprise}?asof=${day(-1)}`);
  assert.match(await page.locator(".x-asof").innerText(), new RegExp(day(-1)));
  const row = page.locator("table.x-figures tbody tr", { hasText: "营业收入" }).first();
  assert.notEqual((await row.locator("td.num a.x-src").last().innerText()).trim(), known.settled);
  assert.equal(await row.locator("sup.x-settled").count(), 0);
  assert.equal(await page.locator(`a[href^='${known.enterprise}/edit']`).count(), 0);
  await picture(page, "journey-14-yesterday");
  await page.click(".x-asof a");
  await page.waitForURL((address) => !address.searchParams.has("asof"));
  assert.equal(await page.locator(".x-asof").count(), 0);
});

step("the load is undone as a whole: its newcomer is gone, the settlement stays", async () => {
  await page.goto("/register/enterprise?q=新嵘");
  const before = await page.locator("table.x-register tbody tr").count();
  await page.goto(known.load);
  await picture(page, "journey-15-load");
  await page.click("button[popovertarget]:has-text('撤销')");
  const ask = page.locator("form.x-ask:popover-open");
  if (await ask.locator("textarea").count()) await ask.locator("textarea").fill("导入有误，整批撤销");
  await ask.locator("button:not([type=button])").click();
  await page.locator("text=已撤销").first().waitFor();
  await picture(page, "journey-16-undone");
  await page.goto("/register/enterprise?q=新嵘");
  assert.equal(await page.locator("table.x-register tbody tr").count(), before - 1);
  await page.goto(known.enterprise);
  const row = page.locator("table.x-figures tbody tr", { hasText: "营业收入" }).first();
  assert.equal((await row.locator("td.num a.x-src").last().innerText()).trim(), known.settled);
});

step("the list is exported as shown: as many rows as the page counts", async () => {
  await page.goto("/register/enterprise?q=精密");
  const total = number(await page.locator("h1 .x-total").innerText());
  assert.ok(total > 0);
  await page.locator("details.x-menu:has(a[download]) summary").click();
  await picture(page, "journey-17-export");
  const [download] = await Promise.all([page.waitForEvent("download"), page.click("a[download][href*='xlsx']")]);
  const directory = mkdtempSync(join(tmpdir(), "xianshou-export-"));
  try {
    const path = join(directory, "export.xlsx");
    await download.saveAs(path);
    const rows = sheetRows(path);
    const first = rows.findIndex((row) => row.some((cell) => cell.includes("企业名称")));
    assert.ok(first >= 0, `a row of headings in ${JSON.stringify(rows.slice(0, 4))}`);
    assert.equal(rows.slice(first + 1).filter((row) => row.some((cell) => cell.includes("精密"))).length, total);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});

test("no page of the way did what no page may do", () => analyst.done());

step("the auditor finds every act in the log and verifies it", async () => {
  const auditor = await visit(browser, "auditor");
  const { page } = auditor;
  await page.goto("/log");
  const log = await page.locator("main").innerText();
  for (const act of ["导入", "更正", "核定", "撤销"]) assert.match(log, new RegExp(act));
  await picture(page, "journey-18-log");
  await page.click("form[action='/log/verify'] button");
  await page.waitForURL(/\/jobs\//);
  await page.locator(".x-progress .x-note").waitFor();
  await picture(page, "journey-19-verified");
  assert.equal(await page.locator(".x-progress .x-note.x-ok").count(), 1, await page.locator("main").innerText());
  await auditor.done();
});
