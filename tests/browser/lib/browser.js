// A browser that fails the test on script errors, refused resources and failing answers.
import assert from "node:assert/strict";
import { existsSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { chromium } from "playwright-core";

export const url = process.env.XIANSHOU_URL ?? "http://127.0.0.1:8080";
const pictures = new URL("../pictures/", import.meta.url).pathname;
const password = "xianshou-demo-2026";

const programs = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** A Chromium of the system; `CHROMIUM` names another. */
export function launch() {
  const executablePath = process.env.CHROMIUM ?? programs.find((path) => existsSync(path));
  const args = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ];
  return chromium.launch({ executablePath, args });
}

/**
 * A fresh session. `account` signs in; the rest is as in Playwright's `newContext`. `context.faults` gathers what no
 * page may do; `done` closes and fails on them.
 */
export async function visit(browser, account, options = {}) {
  const context = await browser.newContext({
    baseURL: url, locale: "zh-CN", timezoneId: "Asia/Shanghai", viewport: { width: 1280, height: 900 }, ...options,
  });
  context.setDefaultTimeout(30_000);
  const page = await context.newPage();
  const faults = [];
  page.on("pageerror", (error) => faults.push(`${page.url()}: ${error}`));
  page.on("console", (message) => {
    // A refused address is said on the console as well; the tests that ask for one check its answer.
    const refusal = /the server responded with a status of 4\d\d/.test(message.text());
    if (message.type() === "error" && !refusal) faults.push(`${page.url()}: ${message.text()}`);
  });
  page.on("response", (answer) => {
    if (answer.status() >= 500) faults.push(`${answer.url()}: ${answer.status()}`);
  });
  if (account) {
    await signIn(page, account);
    // The account keeps the language it chose last, and another test may have chosen English.
    await speak(page, "zh");
  }
  const done = async () => {
    await context.close();
    assert.deepEqual(faults, []);
  };
  return { page, context, done };
}

/** Signs in as an account of the sample zone. */
export async function signIn(page, account) {
  await page.goto("/sign-in");
  await page.fill("#name", account);
  await page.fill("#password", password);
  await page.click("form[action='/sign-in'] button");
  await page.waitForURL((address) => address.pathname !== "/sign-in");
}

/** Chooses the language of the pages, `zh` or `en`, unless they speak it already. */
export async function speak(page, lang) {
  const spoken = page.locator(`html[lang^=${lang}]`);
  if ((await spoken.count()) > 0) return;
  await page.click(`form[action='/preferences'] button[name=lang][value=${lang}]`);
  await spoken.waitFor({ state: "attached" });
}

/** The tallest page that is drawn whole, in pixels: Chromium takes half a minute, or forever, for one of eight hundred cards. */
const tallest = 15_000;

/** Keeps a picture of the page for a person to look at: of a very long one what stands at its top. */
export async function picture(page, name) {
  mkdirSync(pictures, { recursive: true });
  const height = await page.evaluate(() => document.documentElement.scrollHeight);
  await page.screenshot({ path: join(pictures, `${name}.png`), fullPage: height <= tallest, caret: "initial" });
}

/** The addresses of the menu at the side. */
export function menu(page) {
  return page.$$eval("#menu a[href]", (links) => [...new Set(links.map((link) => link.getAttribute("href")))]);
}

/** How far the page reaches beyond the window, in pixels; 0 where nothing scrolls sideways. */
export function overhang(page) {
  return page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
}
