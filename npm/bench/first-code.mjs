// From the first line of the page's script to a painted QR code, in Chromium, with the files in its cache.

import { readFileSync } from "node:fs";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { WebSocketServer } from "ws";

const root = fileURLToPath(new URL("..", import.meta.url));
const LOADS = 25;

/** Milliseconds of each warm load, sorted. */
export async function firstCodeTimes(executablePath) {
  const { server, port } = await serve();
  const browser = await chromium.launch({ executablePath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const times = [];
    for (let load = 0; load <= LOADS; load += 1) {
      await page.goto(`http://localhost:${port}/`);
      const time = await page.waitForFunction(() => globalThis.painted, undefined, { timeout: 10_000 });
      // The first load fills the cache.
      if (load > 0) times.push(await time.jsonValue());
    }
    return times.sort((left, right) => left - right);
  } finally {
    await browser.close();
    server.closeAllConnections();
    server.close();
  }
}

const APP = `
const started = performance.now();
import("./dist/element.js").then(async () => {
  const element = document.createElement("scanseal-qr");
  element.request = async () => (await fetch("/request")).json();
  element.submit = async () => undefined;
  element.addEventListener("scan-state", async ({ detail }) => {
    if (detail.state !== "waiting" || globalThis.painted) return;
    await element.updateComplete;
    // After the next frame has been handed over, the code is on the screen.
    requestAnimationFrame(() => setTimeout(() => { globalThis.painted ??= performance.now() - started; }));
  });
  document.body.append(element);
});`;

async function serve() {
  const { outputFiles } = await build({
    stdin: { contents: APP, resolveDir: root },
    bundle: true,
    minify: true,
    format: "esm",
    target: "es2020",
    conditions: ["production"],
    write: false,
  });
  const vectors = JSON.parse(readFileSync(`${root}/../tests/vectors/request.json`, "utf8"));
  const { request } = vectors.cases[0].input;
  const files = {
    "/": [
      "text/html",
      '<!doctype html><html lang="en"><title>bench</title><body><script type="module" src="/a/app.js"></script>',
    ],
    "/a/app.js": ["text/javascript", outputFiles[0].contents],
    "/wasm/scan/scan_bg.wasm": ["application/wasm", readFileSync(`${root}/wasm/scan/scan_bg.wasm`)],
  };
  const server = createServer((incoming, answer) => {
    const file = files[incoming.url];
    if (incoming.url === "/request") {
      const relay = `ws://localhost:${server.address().port}/relay`;
      answer.writeHead(200, { "content-type": "application/json" });
      answer.end(JSON.stringify({ request, relay, link: "https://portal.example/S", scanned: 120 }));
    } else if (file) {
      answer.writeHead(200, {
        "content-type": file[0],
        "cache-control": incoming.url === "/" ? "no-cache" : "max-age=600",
      });
      answer.end(file[1]);
    } else {
      answer.writeHead(404).end();
    }
  });
  const relay = new WebSocketServer({ server, handleProtocols: () => "scanseal.v1" });
  relay.on("connection", (socket) => {
    socket.on("message", () => socket.send('{"t":"opened","expires":180000,"peer":"none"}'));
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  return { server, port: server.address().port };
}
