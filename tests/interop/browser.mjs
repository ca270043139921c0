// `scanseal/pdf` in a real browser: a page that has the package's own files, and files of a folder to work on.

import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { chromium } from "playwright-core";

const root = path.resolve(import.meta.dirname, "../..");
const types = { ".js": "text/javascript", ".wasm": "application/wasm", ".html": "text/html" };
const strict = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'; style-src 'self'";

/**
 * Opens a page with `globalThis.pdf` (the package) under a strict policy; `/files/NAME` are those of the folder.
 *
 * `host` is the name of the page's server, `missing` the name of a file that it lacks, `policy` what it says of workers,
 * `tsa` a time-stamp authority that it puts at `/tsa`.
 */
export async function openPage(folder, { host = "127.0.0.1", missing, policy = "worker-src 'self'", tsa } = {}) {
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    if (pathname === "/tsa" && tsa) {
      const answer = await fetch(tsa, { method: "POST", body: request, duplex: "half" });
      return response.writeHead(answer.status).end(new Uint8Array(await answer.arrayBuffer()));
    }
    if (pathname === "/") {
      response.writeHead(200, { "content-type": "text/html", "content-security-policy": `${strict}; ${policy}` });
      return response.end('<!doctype html><title>pdf</title><script type="module" src="/start.js"></script>');
    }
    if (pathname === "/start.js") {
      response.writeHead(200, { "content-type": "text/javascript" });
      return response.end('import * as pdf from "/npm/dist/pdf.js"; globalThis.pdf = pdf;');
    }
    const [, area, ...rest] = pathname.split("/");
    const base = { files: folder, npm: path.join(root, "npm") }[area];
    const file = base && path.join(base, ...rest.map(decodeURIComponent));
    if (!file?.startsWith(base) || !existsSync(file) || path.basename(file) === missing)
      return response.writeHead(404).end();
    const type = types[path.extname(file)] ?? "application/octet-stream";
    response.writeHead(200, { "content-type": type, "content-length": statSync(file).size });
    return createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const executablePath = process.env.CHROMIUM;
  if (!executablePath) throw new Error("CHROMIUM is not set: run this by `npx rust-just`");
  const args = ["--no-sandbox", `--host-resolver-rules=MAP ${host} 127.0.0.1`];
  const browser = await chromium.launch({ executablePath, args });
  const page = await browser.newPage();
  const problems = [];
  page.on("pageerror", (error) => problems.push(String(error)));
  page.on("console", (message) => message.type() === "error" && problems.push(message.text()));
  await page.goto(`http://${host}:${server.address().port}/`);
  await page.waitForFunction(() => globalThis.pdf !== undefined);
  return {
    page,
    problems,
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

/** Runs in the page: verifies a file; returns the report, and the longest time that the page did not respond. */
export async function verifyInPage({ name, options }) {
  const file = await (await fetch(`/files/${encodeURIComponent(name)}`)).blob();
  const trust = await Promise.all((options.trust ?? []).map(async (pem) => (await fetch(`/files/${pem}`)).text()));
  let longest = 0;
  let last = performance.now();
  const watch = setInterval(() => {
    const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
  }, 5);
  const begin = performance.now();
  try {
    const report = await globalThis.pdf.verifyPdf(file, { ...options, trust });
    return { report, milliseconds: performance.now() - begin, longest };
  } finally {
    clearInterval(watch);
  }
}
