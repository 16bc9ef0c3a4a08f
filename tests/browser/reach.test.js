// What a person must not reach, and how far one gets without scripts and without a mouse.
import assert from "node:assert/strict";
import { after, before, test } from "node:test";
import { launch, url, visit } from "./lib/browser.js";

let browser;
before(async () => { browser = await launch(); });
after(async () => { await browser?.close(); });

const total = async (page) => Number((await page.locator("h1 .x-total").innerText()).replace(/\D/g, ""));

test("an officer sees the enterprises of one park, and another's looks as if it did not exist", async () => {
  const leader = await visit(browser, "leader");
  await leader.page.goto("/register/enterprise");
  const everything = await total(leader.page);
  const officer = await visit(browser, "officer");
  await officer.page.goto("/register/enterprise");
  const own = await total(officer.page);
  assert.ok(own > 0 && own < everything, `${own} of ${everything}`);
  // The first enterprise of the whole zone that is not in the officer's reach.
  const addresses = await leader.page.$$eval("table.x-register td.x-name a", (links) => links.map((link) => link.getAttribute("href")));
  let refused;
  for (const address of addresses) {
    const answer = await officer.page.goto(address);
    if (answer.status() === 404) { refused = address; break; }
  }
  assert.ok(refused, "another park's enterprise");
  const name = await leader.page.goto(refused).then(() => leader.page.locator("h1").innerText());
  assert.ok(!(await officer.page.content()).includes(name.split(/\s/)[0]), "its name is not given away");
  const invented = refused.replace(/[0-9a-f]{12}$/, "0123456789ab");
  // The number of the request stands below the words, for the log; it differs by nature.
  const said = async () => (await officer.page.locator("main").innerText()).replace(/编号 \w+/, "");
  const words = await said();
  assert.equal((await officer.page.goto(invented)).status(), 404);
  assert.equal(await said(), words, "the same words as for one that nobody has");
  for (const below of ["/edit", "?asof=2026-01-01"]) {
    assert.equal((await officer.page.goto(refused + below)).status(), 404, below);
  }
  await leader.done();
  await officer.done();
});

test("an enterprise sees itself alone", async () => {
  const own = await visit(browser, "enterprise");
  await own.page.goto("/register/enterprise");
  assert.equal(await total(own.page), 1);
  await own.done();
});

test("administrators see no register, and none does another's work", async () => {
  const cases = {
    system: ["/register/enterprise", "/conflicts", "/imports", "/log"],
    security: ["/register/enterprise", "/loads", "/administration/units", "/administration/settings", "/log"],
    auditor: ["/register/enterprise", "/search?q=1", "/administration/accounts", "/administration/jobs"],
    leader: ["/imports", "/duplicates", "/administration/accounts", "/log"],
  };
  for (const [account, addresses] of Object.entries(cases)) {
    const seen = await visit(browser, account);
    for (const address of addresses) {
      const answer = await seen.page.goto(address);
      assert.ok([403, 404].includes(answer.status()), `${account} at ${address}: ${answer.status()}`);
    }
    await seen.done();
  }
});

test("nobody gets in without signing in, with a wrong password, or by another site's form", async () => {
  const stranger = await visit(browser, null);
  await stranger.page.goto("/register/enterprise");
  assert.equal(new URL(stranger.page.url()).pathname, "/sign-in");
  await stranger.page.fill("#name", "clerk");
  await stranger.page.fill("#password", "not the password");
  await stranger.page.click("form[action='/sign-in'] button");
  assert.match(await stranger.page.locator("#refused").innerText(), /密码|账号/);
  await stranger.done();
  const leader = await visit(browser, "leader");
  const forged = await leader.context.request.post(`${url}/sign-out`, { form: { _csrf: "guessed" }, maxRedirects: 0 });
  assert.equal(forged.status(), 403);
  await leader.done();
});

test("the register can be read, searched, filtered and followed to its cells without scripts", async () => {
  const plain = await visit(browser, "leader", { javaScriptEnabled: false });
  const { page } = plain;
  await page.goto("/register/enterprise");
  const all = await total(page);
  await page.fill(".x-filter-search input[name=q]", "精密");
  await page.press(".x-filter-search input[name=q]", "Enter");
  await page.waitForURL(/q=/);
  assert.ok((await total(page)) < all);
  await page.click("table.x-register td.x-name a");
  await page.locator("table.x-figures td.num a.x-src").first().click();
  await page.waitForURL(/\/register\/statements\//);
  assert.equal(await page.locator("td.x-here").count(), 1);
  await plain.done();
});

test("the keyboard: / searches, j and k walk the rows, Enter opens one, Escape closes the source", async () => {
  const seen = await visit(browser, "leader");
  const { page } = seen;
  await page.goto("/register/enterprise");
  const rows = await page.$$eval("table.x-register td.x-name a", (links) => links.map((link) => link.getAttribute("href")));
  const at = () => page.evaluate(() => document.activeElement.getAttribute("href"));
  for (const [key, row] of [["j", 0], ["j", 1], ["j", 2], ["k", 1]]) {
    await page.keyboard.press(key);
    assert.equal(await at(), rows[row], key);
  }
  await page.keyboard.press("Enter");
  await page.waitForURL((address) => address.pathname === rows[1].split("?")[0]);
  await page.locator("table.x-figures td.num a.x-src").first().focus();
  await page.keyboard.press("Enter");
  await page.locator("#panel section").waitFor();
  await page.keyboard.press("Escape");
  assert.equal(await page.locator("#panel section").count(), 0);
  await page.keyboard.press("/");
  assert.equal(await page.evaluate(() => document.activeElement.id), "search");
  await page.keyboard.type("精密");
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/search\?/);
  assert.ok((await page.locator("table.x-hits tbody tr").count()) > 0);
  await seen.done();
});

test("a list goes on and back without scripts, each page as it was", async () => {
  const plain = await visit(browser, "leader", { javaScriptEnabled: false });
  const { page } = plain;
  await page.goto("/register/enterprise");
  const rows = () => page.locator("table.x-register td.x-name").allInnerTexts();
  const seen = [await rows()];
  // The rows are read when the whole page is there, not while it arrives.
  const go = (way) => Promise.all([page.waitForEvent("load"), page.click(`a[rel=${way}]`)]);
  for (const at of [1, 2]) {
    await go("next");
    seen.push(await rows());
    assert.notDeepEqual(seen[at], seen[at - 1]);
  }
  for (const at of [1, 0]) {
    await go("prev");
    assert.deepEqual(await rows(), seen[at], `page ${at + 1}`);
  }
  assert.equal(await page.locator("a[rel=prev]").count(), 0, "nothing comes before the first page");
  await plain.done();
});

test("the first stop of the keyboard leads past the menu, and every stop can be seen", async () => {
  const seen = await visit(browser, "analyst");
  const { page } = seen;
  for (const address of ["/register/enterprise", "/conflicts", "/imports/new"]) {
    await page.goto(address);
    await page.keyboard.press("Tab");
    assert.equal(await page.evaluate(() => document.activeElement.getAttribute("href")), "#content", address);
    for (let stop = 0; stop < 30; stop += 1) {
      // Behind the last stop the keyboard leaves the page.
      if (await page.evaluate(() => document.activeElement === document.body)) break;
      const { name, shown } = await page.evaluate(() => {
        const stop = document.activeElement;
        const [box, style] = [stop.getBoundingClientRect(), getComputedStyle(stop)];
        const ring = (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
        return { name: stop.outerHTML.slice(0, 120), shown: ring && box.width > 0 && box.height > 0 };
      });
      assert.ok(shown, `${address}: ${name}`);
      await page.keyboard.press("Tab");
    }
  }
  await page.goto("/register/enterprise");
  await page.keyboard.press("Tab");
  await page.keyboard.press("Enter");
  assert.equal(await page.evaluate(() => document.activeElement.id), "content");
  await seen.done();
});
