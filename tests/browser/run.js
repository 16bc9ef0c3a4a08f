// Serves a sample zone, runs every *.test.js against it one after the other, and prints the totals.
import { readdirSync } from "node:fs";
import { run } from "node:test";
import { spec } from "node:test/reporters";
import { serveSample } from "./lib/zone.js";

const here = new URL(".", import.meta.url).pathname;
const wanted = process.argv.slice(2);
const files = readdirSync(here)
  .filter((name) => name.endsWith(".test.js"))
  .filter((name) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
  .map((name) => here + name);

const zone = await serveSample();
Object.assign(process.env, { XIANSHOU_URL: zone.url, XIANSHOU_WORKBOOKS: zone.workbooks, XIANSHOU_BIN: zone.program });

const count = { passed: 0, failed: 0, skipped: 0 };
// The limit is for a whole file; one that looks at every page of every role takes ten minutes on a slow machine. A
// step that hangs ends by the browser's own limit.
const tests = run({ files, concurrency: 1, timeout: 1_800_000 });
// A file that passes is no test of its own. One that fails broke or ran out of time, and the tests of it that nobody
// saw are no passed ones.
const tally = (which) => (event) => {
  if (event.details.type === "suite" || (which === "passed" && files.includes(event.name))) return;
  count[event.skip ? "skipped" : which] += 1;
};
tests.on("test:pass", tally("passed"));
tests.on("test:fail", tally("failed"));
for await (const text of tests.compose(new spec())) process.stdout.write(text);
await zone.stop();
console.log(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped`);
process.exitCode = count.failed > 0 || count.passed === 0 ? 1 : 0;
