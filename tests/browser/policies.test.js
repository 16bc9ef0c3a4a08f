// The policy desk: a draft of 专精特新 written wrong, read, mended and rehearsed; refused and published by a second person;
// and the check-up that follows.
import assert from "node:assert/strict";
import { after, before } from "node:test";
import { launch, overhang, picture, speak, visit } from "./lib/browser.js";
import { way } from "./lib/steps.js";

let browser, analyst, leader, page, boss;
const known = {};

before(async () => {
  browser = await launch();
  analyst = await visit(browser, "analyst");
  leader = await visit(browser, "leader");
  [page, boss] = [analyst.page, leader.page];
});
after(async () => {
  await analyst?.context.close();
  await leader?.context.close();
  await browser?.close();
});

const step = way();
const number = (text) => Number(text.replace(/[^0-9]/g, ""));

/** Both widths fit, and a picture of each. */
async function fits(of, name) {
  await picture(of, `policies-${name}`);
  await of.setViewportSize({ width: 390, height: 844 });
  assert.equal(await overhang(of), 0, `${name} on a telephone`);
  await picture(of, `policies-${name}-phone`);
  await of.setViewportSize({ width: 1280, height: 900 });
}

step("the desk lists every policy with its effect, and a number opens its list", async () => {
  await page.goto("/policies");
  assert.ok((await page.locator("table.x-desk tbody tr").count()) > 30);
  await fits(page, "01-desk");
  const row = page.locator("table.x-desk tbody tr", { hasText: "科技型中小企业评价" });
  const cell = row.locator("td.num a").first();
  const count = number(await cell.innerText());
  await cell.click();
  await page.waitForURL(/policy=tech-sme/);
  const said = await page.locator("h1, .x-count, .x-head p").allInnerTexts();
  assert.ok(said.some((text) => number(text) === count || text.includes(String(count))), `${count} in ${said}`);
});

step("a version stands beside its text, and a condition leads to its line", async () => {
  await page.goto("/policies/srdi-sme");
  await page.waitForURL(/\/policies\/srdi-sme\/2026-04-01/);
  const link = page.locator("#regulation tr", { hasText: "营业收入1500万元以上" }).locator("a").first();
  const target = (await link.getAttribute("href")).slice(1);
  await link.click();
  assert.match(await page.locator(`[id="${target}"]`).innerText(), /SRDI26-2/);
  await fits(page, "02-version");
});

step("a draft written wrong is told all its errors at once, with line, column and the nearest name", async () => {
  await page.goto("/policies/srdi-sme/2026-04-01");
  await page.click("button:has-text('起草修改')");
  await page.waitForURL(/\/policies\/drafts\//);
  known.draft = new URL(page.url()).pathname;
  known.text = await page.inputValue("#source");
  const today = await page.evaluate(() => new Date(Date.now() + 8 * 3600e3).toISOString().slice(0, 10));
  known.text = known.text.replace(/^施行 .*$/m, `施行 ${today}`);
  known.version = `/policies/srdi-sme/${today}`;
  const wrong = known.text
    .replace("资产总额[上年] ≤ 80%", "资产总和[上年] ≤ 80%")
    .replace("≥ 2000万元", "≥ 2000人");
  await page.fill("#source", wrong);
  // As it is typed, before anything is kept.
  await page.locator("#problems .x-problems li").nth(1).waitFor();
  await page.click("button:has-text('保存')");
  await page.waitForLoadState();
  const problems = await page.locator("#problems li").allInnerTexts();
  assert.ok(problems.length >= 2, problems.join("\n"));
  assert.ok(problems.some((text) => /第 \d+ 行第 \d+ 列/.test(text) && text.includes("资产总额")), problems.join("\n"));
  assert.equal(await page.locator("#problems u", { hasText: "资产总和" }).count(), 1);
  assert.equal(await page.locator("a:has-text('预演')").count(), 0);
  await fits(page, "03-errors");
});

step("mended, it is rehearsed: who enters, because of what, and what it costs", async () => {
  const mended = known.text
    .replace("营业收入[上年] ≥ 1500万元\n", "营业收入[上年] ≥ 500万元\n")
    .replace(/条件 SRDI26-1 [^]*?\n\n/, "")
    .replace(/数量\(知识产权 其中 评价类别[^]*?1项/, "数量(知识产权 其中 评价类别 = Ⅰ类 且 状态 = 有效) ≥ 1项")
    .replace("资产总额[上年] ≤ 80%", "资产总额[上年] ≤ 90%")
    .replace("近两年每年研发费用100万元以上且占比3%以上", "近两年每年研发费用50万元以上且占比3%以上")
    .replace("研发费用 ≥ 100万元 且", "研发费用 ≥ 50万元 且")
    .replace(/条件 SRDI26-8[^]*?\n\n/, "")
    .replace("  专精特新发展质量评价得分[本年] = 50分\n", "")
    .replace("条件 SRDI26-3 ", "奖励 SRDI26-R 一次性奖励 《园区办法》\n  20万元\n\n条件 SRDI26-3 ");
  assert.notEqual(mended, known.text);
  known.mended = mended;
  await page.fill("#source", mended);
  await page.click("button:has-text('保存')");
  await page.waitForLoadState();
  assert.equal(await page.locator("#problems .x-late").count(), 0, await page.locator("#problems").innerText());
  await page.click("a:has-text('预演')");
  await page.waitForURL(/rehearsal/);
  const tiles = await page.locator("#sum dl").innerText();
  known.enters = number(await page.locator("#sum dt:text-is('进入') + dd").innerText());
  assert.ok(known.enters > 0, tiles);
  const tile = async (name) => (await page.locator(`#sum dt:text-is('${name}') + dd`).innerText()).replaceAll(",", "");
  const [before, after] = (await tile("满足")).match(/\d+/g).map(Number);
  assert.equal(after - before, known.enters - number(await tile("退出")), tiles);
  // 200,000 元 for each that surely meets it, and at most as much for each that may.
  const [least, most] = /不发钱 → ([\d.]+)(?:–([\d.]+))? 万元/.exec((await tile("费用")).replace(/\s+/g, " ").replace("– ", "–")).slice(1);
  assert.equal(Number(least), 20 * after, tiles);
  assert.equal(Number(most ?? least) % 20, 0, tiles);
  assert.ok(Number(most ?? least) >= Number(least), tiles);
  assert.match(await page.locator("#who nav").innerText(), new RegExp(`进入\\s*${known.enters}\\b`), "the list counts as the tiles do");
  assert.ok((await page.locator("#who tbody tr").count()) > 0);
  assert.ok((await page.locator("#who tbody tr").first().innerText()).includes("满足"));
  await fits(page, "04-rehearsal");
  await page.click("#who nav a:has-text('5%')");
  await page.waitForURL(/list=near/);
  assert.ok((await page.locator("#who tbody tr").count()) > 0, "nobody within 5 %");
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("#who a:has-text('导出')")]);
  assert.match(file.suggestedFilename(), /xlsx$/);
});

step("publishing is refused while its cases do not come out, and the reasons are listed", async () => {
  await boss.goto(known.draft);
  await boss.click("button:has-text('发布')");
  await boss.waitForLoadState();
  const said = await boss.locator("[role=alert]:visible").innerText();
  assert.match(said, /没有发布/);
  assert.match(said, /负债率差一分[^]*不通过/);
  await fits(boss, "05-refused");
});

step("with its cases put right a leader publishes it, and the check-up follows", async () => {
  const sound = known.mended
    .replace("营业收入[上年] = 1499.99万元", "营业收入[上年] = 499.99万元")
    .replace("负债总额[上年] = 8000000.01元", "负债总额[上年] = 9000000.01元")
    .replace(/例 受让的专利不计[^]*?\n\n/, "")
    .replace(/例 权利人第四[^]*?\n\n/, "");
  await page.goto(known.draft);
  await page.fill("#source", sound);
  await page.click("button:has-text('保存')");
  await page.waitForLoadState();
  const ready = await page.locator("#publishing").innerText();
  assert.match(ready, /可以发布/, ready);
  await boss.goto(known.draft);
  await boss.click("button:has-text('发布')");
  await boss.waitForURL(new RegExp(known.version));
  await fits(boss, "06-published");
  await boss.goto("/register/enterprise");
  const one = await boss.locator("table.x-register tbody td.x-name a").first().getAttribute("href");
  await boss.goto(`/enterprises/${one.match(/[0-9a-f-]{36}/)[0]}/checkup/srdi-sme`);
  const checkup = await boss.locator("main").innerText();
  assert.ok(checkup.includes(known.version.split("/").pop()), "the new version is asked");
  assert.match(checkup, /近两年每年研发费用50万元以上/);
});

step("a figure moved by its field, its slider or its address says the same", async () => {
  await page.goto("/policies/tech-sme/2022-01-01/try?on=2026-06-01");
  assert.ok((await page.locator("#knobs input[type=range]:visible").count()) > 3);
  await page.fill("#knobs input[name='set.TSME-2a']", "100");
  await page.locator("#knobs input[name='set.TSME-2a']").blur();
  await page.locator("#changes").waitFor();
  await page.waitForURL(/set\.TSME-2a=100/);
  const leaves = number(await page.locator("#sum dt:text-is('退出') + dd").innerText());
  assert.ok(leaves > 0);
  await fits(page, "07-sliders");
  await page.reload();
  assert.equal(number(await page.locator("#sum dt:text-is('退出') + dd").innerText()), leaves);
  await page.goto("/policies/srdi-sme/2026-04-01/against?with=srdi-sme%402022-08-01");
  assert.match(await page.locator("#changes").innerText(), /新增/);
  await fits(page, "08-versions");
});

step("in English and in the dark the desk's own words are English", async () => {
  await boss.goto("/policies/settings");
  await fits(boss, "09-settings");
  await speak(page, "en");
  for (const [name, address] of [["desk", "/policies"], ["version", "/policies/tech-sme/2022-01-01"], ["try", "/policies/tech-sme/2022-01-01/try?set.TSME-2a=100&on=2026-06-01"]]) {
    await page.goto(address);
    await picture(page, `policies-english-${name}`);
    const left = await page.$$eval("h1, h2, label, th, button, summary, dt", (nodes) => nodes
      .filter((node) => !node.closest("[lang=zh-CN], .x-side, .x-top"))
      .map((node) => [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data).join(""))
      .filter((text) => /[\u4e00-\u9fff]/.test(text)));
    assert.deepEqual(left, [], address);
    await page.evaluate(() => Object.assign(document.documentElement.dataset, { theme: "dark", bsTheme: "dark" }));
    await picture(page, `policies-dark-${name}`);
  }
  await analyst.done();
  await leader.done();
  analyst = leader = undefined;
});
