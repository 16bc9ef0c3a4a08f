// Every page of every role's menu: at both widths, in English, in the dark, for a screen reader.
import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { after, before, describe, test } from "node:test";
import { launch, menu, overhang, picture, speak, visit } from "./lib/browser.js";

const roles = ["leader", "analyst", "officer", "clerk", "enterprise", "system", "security", "auditor"];
const axe = readFileSync(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");
const HAN = /[\u4e00-\u9fff]/;

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });

/** The pages a person comes to: the menu, the account, and the first row of each list of the menu. */
async function pagesOf(page) {
  const pages = [...new Set([...(await menu(page)), "/account"])];
  const deeper = [];
  for (const address of pages) {
    await page.goto(address);
    const first = page.locator("table[data-keys] tbody tr a[href]").first();
    if (await first.count()) deeper.push(await first.getAttribute("href"));
  }
  return [...new Set([...pages, ...deeper])].filter((address) => address !== "/");
}
const name = (address) => address.replace(/[0-9a-f-]{30,}/, "one").split("?")[0].replaceAll("/", "-").slice(1);

const themes = { analyst: ["light", "dark"] };

for (const role of roles) {
  test(`${role}: no page scrolls sideways on a telephone, none has a serious fault for a screen reader`, async () => {
    // The policy lets in no script from outside; for the checker's sake the browser sets it aside here.
    // Without motion a colour is not caught half-way between two themes.
    const seen = await visit(browser, role, { bypassCSP: true, reducedMotion: "reduce" });
    const { page } = seen;
    const wide = [];
    const faults = new Map();
    for (const address of await pagesOf(page)) {
      await page.setViewportSize({ width: 1280, height: 900 });
      const answer = await page.goto(address);
      assert.equal(answer.status(), 200, address);
      await picture(page, `desk-${role}-${name(address)}`);
      await page.evaluate(axe);
      const judge = async (as) => {
        const { violations } = await page.evaluate(() => window.axe.run(document, { resultTypes: ["violations"] }));
        for (const { id, nodes } of violations.filter(({ impact }) => ["serious", "critical"].includes(impact))) {
          for (const { html } of nodes) faults.set(`${id} (${as}): ${html.slice(0, 200)}`, address);
        }
      };
      for (const theme of themes[role] ?? ["light"]) {
        await page.evaluate((choice) => {
          Object.assign(document.documentElement.dataset, { theme: choice, bsTheme: choice });
        }, theme);
        if (theme === "dark") await picture(page, `dark-${role}-${name(address)}`);
        await judge(theme);
      }
      for (const width of [390, 360]) {
        await page.setViewportSize({ width, height: 844 });
        if ((await overhang(page)) > 0) wide.push(`${address} at ${width}: ${await overhang(page)} px too wide`);
      }
      await picture(page, `phone-${role}-${name(address)}`);
      // What a narrow window hides, such as the words beside an icon, takes names away.
      if (role === "analyst") await judge("telephone");
    }
    assert.deepEqual(wide, []);
    assert.deepEqual([...faults], []);
    await seen.done();
  });
}

describe("in English", () => {
  for (const role of ["analyst", "system", "security", "auditor"]) {
    test(`${role}: the pages' own words are English; Chinese stands only where it is data`, async () => {
      const seen = await visit(browser, role);
      await speak(seen.page, "en");
      const left = [];
      for (const address of await pagesOf(seen.page)) {
        await seen.page.goto(address);
        await picture(seen.page, `english-${role}-${name(address)}`);
        // Headings, labels, buttons, heads of tables: never data. Names of units, fields' own Chinese and the switch
        // back to Chinese are marked by their place.
        const words = await seen.page.$$eval(
          "h2, label, button, th[scope=col], thead th, legend, dt, summary, .x-side li, .x-empty, .form-hint",
          (nodes) => nodes
            .filter((node) => !node.closest("[lang=zh-CN], .x-brand, .x-who, .x-cells, .x-ladder, .x-sheet, #panel h2, dialog, [popover].x-ask"))
            .map((node) => [...node.childNodes].filter((child) => child.nodeType === 3).map((child) => child.data).join(" ").trim()));
        for (const word of words.filter((word) => HAN.test(word))) left.push(`${address}: ${word.slice(0, 80)}`);
        const title = await seen.page.title();
        if (/Xianshou/.test(title) === false) left.push(`${address}: title ${title}`);
      }
      assert.deepEqual([...new Set(left)], []);
      await seen.done();
    });
  }
});

test("the dark theme is chosen in the menu, kept on the next page, and dark", async () => {
  const seen = await visit(browser, "leader", { reducedMotion: "reduce" });
  const { page } = seen;
  // The browser paints the colour, whatever notation the style sheet gives it in.
  const lightness = () => page.evaluate(() => {
    const paper = document.createElement("canvas").getContext("2d");
    for (const node of [document.documentElement, document.body]) {
      paper.fillStyle = getComputedStyle(node).backgroundColor;
      paper.fillRect(0, 0, 1, 1);
    }
    const [red, green, blue] = paper.getImageData(0, 0, 1, 1).data;
    return (red + green + blue) / 3;
  });
  assert.ok((await lightness()) > 200);
  await page.click("details.x-menu:has(form[data-theme-switch]) summary");
  await page.click("button[name=theme][value=dark]");
  assert.ok((await lightness()) < 60);
  await page.goto("/conflicts");
  assert.ok((await lightness()) < 60);
  await seen.done();
});

test("a printed page has no menu and no buttons", async () => {
  const seen = await visit(browser, "leader");
  const { page } = seen;
  await page.goto("/register/enterprise");
  await page.click("table.x-register tbody tr a");
  await page.emulateMedia({ media: "print" });
  assert.equal(await page.locator("#menu").isVisible(), false);
  assert.equal(await page.locator(".x-top").isVisible(), false);
  assert.equal(await page.locator("#figures").isVisible(), true);
  await seen.done();
});
