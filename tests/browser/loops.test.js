// A week of the sample zone: an officer visits a firm with a telephone and finds a power-supply problem, which becomes a
// matter; the desk sends it to a unit, which returns it as the wrong door; it is sent again, raised to the leader,
// decided, answered with proof, confirmed and rated by the firm; every step with its clock, in one chain.
import assert from "node:assert/strict";
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
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

step("nobody broke a rule on the way: no script error, no refused resource, no answer of 500", async () => {
  for (const [account, seat] of Object.entries(seats)) {
    await seat.done();
    delete seats[account];
  }
});
