// A page that has the package's own files, under a strict policy, in Chromium.

import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createReadStream, existsSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";
import { chromium } from "playwright-core";

const root = path.resolve(import.meta.dirname, "..");
const nodeModules = path.resolve(root, "../node_modules");
const types = {
  ".js": "text/javascript",
  ".wasm": "application/wasm",
  ".html": "text/html",
  ".png": "image/png",
  ".css": "text/css",
};
/** Where the package's modules find lit: what a bundler does otherwise. */
const importMap = JSON.stringify({
  imports: {
    lit: "/modules/lit/index.js",
    "lit/": "/modules/lit/",
    "lit-html": "/modules/lit-html/lit-html.js",
    "lit-html/": "/modules/lit-html/",
    "lit-element/": "/modules/lit-element/",
    "@lit/reactive-element": "/modules/@lit/reactive-element/reactive-element.js",
    "@lit/reactive-element/": "/modules/@lit/reactive-element/",
  },
});
const importMapHash = createHash("sha256").update(importMap).digest("base64");
/** What the demo portal says, stricter in what it does not need here: no picture by `blob:`, no font. */
const policy =
  `default-src 'none'; script-src 'self' 'wasm-unsafe-eval' 'sha256-${importMapHash}'; style-src 'self'; ` +
  "img-src data:; connect-src 'self'; worker-src 'self'; base-uri 'none'; object-src 'none'";

/**
 * Starts a server and a browser. `files` is what the page finds under `/files/NAME`; `script` the page's module, where
 * the package's modules are under `/dist/` and `lit` is known by name.
 */
export async function openBrowser({ files = {}, script, rewrite = (_name, _body) => undefined } = {}) {
  const server = createServer((request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    const send = (type, body) => {
      response.writeHead(200, { "content-type": type, "content-security-policy": policy }).end(body);
    };
    if (pathname === "/") return send("text/html", page());
    if (pathname === "/start.js") return send("text/javascript", script);
    if (pathname === "/page.css") return send("text/css", pageStyle);
    const [, area, ...rest] = pathname.split("/");
    if (area === "files") {
      const body = files[decodeURIComponent(rest.join("/"))];
      return body ? send("application/octet-stream", body) : response.writeHead(404).end();
    }
    const moved = path.join(root, "dist/viewer/assets");
    const base = { dist: path.join(root, "dist"), moved, wasm: path.join(root, "wasm"), modules: nodeModules }[area];
    const file = base && path.join(base, ...rest.map(decodeURIComponent));
    if (!file?.startsWith(base) || !existsSync(file) || !statSync(file).isFile()) return response.writeHead(404).end();
    const type = types[path.extname(file)] ?? "application/octet-stream";
    const other = rewrite(path.basename(file), file);
    if (other !== undefined) return send(type, other);
    response.writeHead(200, { "content-type": type, "content-security-policy": policy });
    return createReadStream(file).pipe(response);
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${server.address().port}/`;
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath)) throw new Error(`no browser at ${executablePath}: name one with CHROMIUM=...`);
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  return {
    url,
    browser,
    /** A page whose complaints and requests to others fail the test when `check` is called. */
    async open(options = {}) {
      const context = await browser.newContext(options);
      const opened = await context.newPage();
      const problems = [];
      opened.on("pageerror", (error) => problems.push(String(error)));
      opened.on("console", (message) => message.type() === "error" && problems.push(message.text()));
      opened.on("request", (request) => {
        const { protocol, hostname } = new URL(request.url());
        if (hostname !== "127.0.0.1" && protocol !== "data:" && protocol !== "blob:") {
          problems.push(`request to a third party: ${request.url()}`);
        }
      });
      await opened.goto(url);
      await opened.waitForFunction(() => globalThis.ready === true);
      return {
        page: opened,
        /** What is complained about on purpose. */
        forget: (expected) => problems.splice(0, problems.length, ...problems.filter((each) => !expected.test(each))),
        check: () => assert.deepEqual(problems.splice(0), [], "the page complains, or its policy was violated"),
        close: () => context.close(),
      };
    },
    async close() {
      await browser.close();
      server.closeAllConnections();
      server.close();
    },
  };
}

function page() {
  return `<!doctype html><html lang="zh-Hans"><meta charset="utf-8"><title>scanseal</title>
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="/page.css"><link rel="icon" href="data:,">
<script type="importmap">${importMap}</script>
<body><main id="main"></main><script type="module" src="/start.js"></script>`;
}

const pageStyle = `
:root { color-scheme: light dark; font-family: system-ui, sans-serif; }
body { margin: 0; background: #f4f6f9; }
@media (prefers-color-scheme: dark) { body { background: #10161e; } }
`;

/** The page may be busy for so many milliseconds at a time. */
const MAX_TASK = 100;
/** Times are those of the clock, so other programs on the machine lengthen them. */
const TRIES = 3;

/** Checks that what `measure` does has no long task on the page's thread: it gives the longest, in milliseconds. */
export async function staysResponsive(measure) {
  const tasks = [];
  while (tasks.length < TRIES && !(Math.min(...tasks) <= MAX_TASK)) tasks.push(await measure());
  const shown = tasks.map((task) => task.toFixed(0)).join(", ");
  console.log(`    longest task ${shown} ms`);
  assert(Math.min(...tasks) <= MAX_TASK, `tasks took ${shown} ms`);
}
