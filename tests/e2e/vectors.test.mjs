/** The project's vectors in a browser's WebAssembly: the verdicts that Rust and Node give. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { readdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { test } from "node:test";
import { atEnd, ROOT, startBrowser } from "./harness.mjs";

const SERVED = { "/module.js": "npm/wasm/server/server.js", "/module.wasm": "npm/wasm/server/server_bg.wasm" };
const TYPES = { ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };

/** Serves the module and an empty page, nothing else. */
async function serve(t) {
  const server = createServer(async ({ url }, answer) => {
    const file = SERVED[url];
    answer.writeHead(file || url === "/" ? 200 : 404, { "content-type": TYPES[extname(url)] ?? TYPES[".html"] });
    answer.end(file ? await readFile(join(ROOT, file)) : "<!doctype html><title>vectors</title>");
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  atEnd(t, async () => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${server.address().port}/`;
}

test("every vector has the same verdict in Chromium", async (t) => {
  const base = await serve(t);
  const page = await (await startBrowser(t)).newPage();
  await page.goto(base);
  const folder = join(ROOT, "tests/vectors");
  // The audit chain is no part of the WebAssembly.
  const files = (await readdir(folder)).filter((name) => name.endsWith(".json") && name !== "audit.json");
  let count = 0;
  for (const file of files) {
    const { cases } = JSON.parse(await readFile(join(folder, file), "utf8"));
    const verdicts = await page.evaluate(
      async ({ topic, cases }) => {
        const module = await import("/module.js");
        globalThis.ready ??= module.default({ module_or_path: "/module.wasm" });
        await globalThis.ready;
        return cases.map((one) => JSON.parse(module.runVector(topic, JSON.stringify(one))));
      },
      { topic: file.slice(0, -5), cases },
    );
    for (const [index, one] of cases.entries()) {
      assert.deepEqual(verdicts[index], one.expect, `${file}: ${one.name}`);
    }
    count += cases.length;
  }
  assert.ok(files.length >= 9 && count >= 200, `${count} cases in ${files.length} files`);
  t.diagnostic(`${count} cases in ${files.length} files`);
});
