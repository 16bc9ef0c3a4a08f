// The program under test, serving a sample zone of its own.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

const root = new URL("../../../", import.meta.url).pathname;

/**
 * Starts `xianshou demo` on a free port over an empty directory and waits until it answers. With XIANSHOU_URL set,
 * the sample zone at that address is used instead; XIANSHOU_WORKBOOKS then says where its workbooks lie.
 */
export async function serveSample() {
  const program = process.env.XIANSHOU_BIN ?? join(root, "target/debug/xianshou");
  if (process.env.XIANSHOU_URL) {
    const workbooks = process.env.XIANSHOU_WORKBOOKS ?? join(root, "data/sample/workbooks");
    return { url: process.env.XIANSHOU_URL, workbooks, program, stop: async () => {} };
  }
  const directory = mkdtempSync(join(tmpdir(), "xianshou-browser-"));
  const began = Date.now();
  const server = spawn(program, ["demo", "--listen", "127.0.0.1:0", "--data", directory, "--format", "json"], {
    stdio: ["ignore", "pipe", "inherit"],
    env: { ...process.env, XIANSHOU_LOG: "warn" },
  });
  const ended = new Promise((done) => server.on("exit", done));
  const said = await new Promise((resolve, reject) => {
    createInterface({ input: server.stdout }).once("line", resolve);
    server.on("error", reject);
    server.on("exit", (code) => reject(new Error(`the program ended with ${code} before it served`)));
  });
  console.log(`the sample zone was ready after ${((Date.now() - began) / 1000).toFixed(1)} s`);
  return {
    url: JSON.parse(said).url,
    workbooks: join(directory, "workbooks"),
    program,
    stop: async () => {
      server.kill("SIGTERM");
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}
