// What an enterprise gets and lacks: from its page to the check-up, from a reason to the cell of its figure, a figure
// changed and the verdict with it, the card on one sheet and to whom it went.
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { after, before } from "node:test";
import { launch, overhang, picture, visit } from "./lib/browser.js";
import { way } from "./lib/steps.js";

const ON = "2026-06-01";
let browser, clerk, page;
const known = {};

before(async () => {
  browser = await launch();
  clerk = await visit(browser, "analyst");
  page = clerk.page;
});
after(async () => {
  await clerk?.context.close();
  await browser?.close();
});

const step = way();

/** The check-up of one policy, as a program reads it. */
const checkup = (id) =>
  page.evaluate(async ([id, on]) => {
    const answer = await fetch(`/api/v1/subjects/enterprise/${id}/checkup?policy=tech-sme&on=${on}`);
    return (await answer.json()).results[0];
  }, [id, ON]);
const verdict = () => page.locator("h1 .x-badge").first().innerText();

step("the page of an enterprise leads to its check-up, the nearest policies first, on a telephone too", async () => {
  await page.goto("/register/enterprise?sort=-revenue");
  const links = await page.$$eval("table.x-register tbody td.x-name a", (all) => all.map((a) => a.getAttribute("href")));
  for (const link of links) {
    known.id = link.match(/[0-9a-f-]{36}/)[0];
    if ((await checkup(known.id)).failed.join() === "TSME-2c") break;
    known.id = undefined;
  }
  assert.ok(known.id, "no enterprise of the first page fails by its assets alone");
  await page.goto(`/register/enterprise/${known.id}`);
  known.name = (await page.locator("h1").innerText()).split(/\s/)[0];
  await page.click("a:has-text('体检')");
  await page.waitForURL(/\/enterprises\/[0-9a-f-]+\/checkup/);
  await page.fill("#on", ON);
  await page.click("button:has-text('重新体检')");
  await page.waitForURL(/on=2026-06-01/);
  await picture(page, "checkup-01-overview");
  const tones = await page.$$eval(".x-policies", ([first]) =>
    [...first.querySelectorAll(".x-policy")].map((card) => ["ok", "early", "warn", "shut", "late"].findIndex((tone) => card.classList.contains(`x-${tone}`))));
  assert.ok(tones.length >= 8 && tones.every((tone, at) => at === 0 || tones[at - 1] <= tone), `the order is ${tones}`);
  for (const width of [390, 360]) {
    await page.setViewportSize({ width, height: 844 });
    assert.equal(await overhang(page), 0, `the overview at ${width}`);
  }
  await page.setViewportSize({ width: 1280, height: 900 });
});

step("a policy tells why, and a figure of a reason shows its cell", async () => {
  await page.click(".x-policy h3 a:has-text('科技型中小企业评价')");
  await page.waitForURL(/\/checkup\/tech-sme/);
  assert.match(await verdict(), /不满足/);
  await picture(page, "checkup-02-policy");
  const reason = page.locator("#reasons li", { hasText: "资产总额不超过2亿元" }).first();
  assert.match(await reason.innerText(), /115号第六条（二）/);
  const figure = reason.locator("a.x-src").first();
  known.assets = (await figure.innerText()).trim();
  await figure.click();
  await page.locator("#panel table.x-sheet td.x-here").waitFor();
  await picture(page, "checkup-03-cell");
  await page.setViewportSize({ width: 390, height: 844 });
  assert.equal(await overhang(page), 0, "the policy on a telephone");
  await page.setViewportSize({ width: 1280, height: 900 });
});

step("a figure put right by hand moves the verdict", async () => {
  await page.goto(`/register/enterprise/${known.id}/edit?fact=total_assets%402025`);
  await page.fill("#value", "15000万元");
  await page.fill("#reason", "电话核实，企业提供了审计报告");
  await page.click("button[name=do][value=save]");
  await page.waitForURL((address) => !address.pathname.endsWith("/edit"));
  await page.goto(`/enterprises/${known.id}/checkup/tech-sme?on=${ON}`);
  assert.doesNotMatch(await verdict(), /不满足/);
  assert.ok(!(await checkup(known.id)).failed.includes("TSME-2c"));
  await picture(page, "checkup-04-moved");
});

step("the card is one sheet of A4, and the log says to whom it went", async () => {
  await page.click("nav.x-crumb a:has-text('政策体检')");
  await page.click("a:has-text('服务明白卡')");
  await page.waitForURL(/\/card/);
  const sheet = await page.locator(".x-leaf").innerText();
  for (const words of [known.name, ON, "研发费用加计扣除", "tech-sme@2022-01-01", "卡号"]) assert.ok(sheet.includes(words), words);
  const paper = (await page.pdf({ preferCSSPageSize: true })).toString("latin1");
  assert.equal(paper.match(/\/Type \/Page\b/g).length, 1, "sheets");
  const [file] = await Promise.all([page.waitForEvent("download"), page.click("a:has-text('下载 PDF')")]);
  assert.match(file.suggestedFilename(), new RegExp(`^政策服务明白卡-.*-${ON}\\.pdf$`));
  const card = execFileSync("pdftotext", [await file.path(), "-"], { encoding: "utf8" }).replace(/\s/g, "");
  const number = (await page.locator(".x-leaf footer .x-code").innerText()).trim();
  for (const words of [known.name, ON, "研发费用加计扣除", number, "样例数据"]) assert.ok(card.includes(words), `${words} in ${card}`);
  await page.reload();
  assert.match(await page.locator("#given tbody tr").first().innerText(), /生成 PDF/);
  await page.fill("#recipient", "企业财务部");
  await page.click("#give button");
  await page.locator("#given td:has-text('企业财务部')").waitFor();
  assert.match(await page.locator("#given tbody tr").first().innerText(), /与现在的相同/);
  await picture(page, "checkup-05-card");
  const auditor = await visit(browser, "auditor");
  await auditor.page.goto("/log?kind=card.given");
  assert.match(await auditor.page.locator("main").innerText(), /企业财务部/);
  await auditor.done();
});

step("without scripts every page of the check-up says the same", async () => {
  const plain = await visit(browser, "clerk", { javaScriptEnabled: false });
  await plain.page.goto("/register/enterprise");
  const link = await plain.page.locator("table.x-register tbody td.x-name a").first().getAttribute("href");
  const id = link.match(/[0-9a-f-]{36}/)[0];
  await plain.page.goto(`/enterprises/${id}/checkup?on=${ON}`);
  assert.ok((await plain.page.locator(".x-policy").count()) >= 10);
  await plain.page.locator(".x-policy h3 a").first().click();
  assert.match(plain.page.url(), /\/checkup\/[a-z-]+/);
  assert.ok((await plain.page.locator("#reasons li").count()) > 0);
  await plain.done();
  await clerk.done();
  clerk = undefined;
});
