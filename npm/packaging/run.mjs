// Packs the package as it would be published, lints it, and uses it from throw-away projects: Node, and Vite in a real
// browser under a strict content security policy. `npm run test:packaging -w npm`, after a build.

import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";
import { chromium } from "playwright-core";
import { build, createServer, preview } from "vite";

const root = fileURLToPath(new URL("..", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));
const policy =
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; worker-src 'self'; style-src 'self'; connect-src 'self' ws:; " +
  "img-src data:";
const chromiumPath = process.env.CHROMIUM ?? "/usr/bin/chromium";

const folder = mkdtempSync(path.join(tmpdir(), "scanseal-packaging-"));
try {
  const tarball = pack();
  lint(tarball);
  install(tarball);
  node();
  await vite();
} finally {
  rmSync(folder, { recursive: true, force: true });
}

function pack() {
  const [{ filename, files }] = JSON.parse(run("npm", ["pack", "--json", "--pack-destination", folder], root));
  const names = files.map((file) => file.path);
  for (const name of [
    "README.md",
    "LICENSE",
    "custom-elements.json",
    "dist/index.js",
    "dist/pdf-worker.js",
    "dist/placer.js",
    "dist/report.js",
    "dist/viewer/pdfjs.js",
    "dist/viewer/assets/pdfjs-worker.js",
    "dist/viewer/licenses/pdfjs.txt",
    "wasm/scan/scan_bg.wasm",
    "wasm/pdf-verify/pdf-verify_bg.wasm",
    "wasm/pdf-seal/pdf-seal_bg.wasm",
  ]) {
    assert(names.includes(name), `the package lacks ${name}`);
  }
  const strangers = names.filter((name) => /^(src|test|bench|browser|packaging|scripts)\//.test(name));
  assert.deepEqual(strangers, [], "files in the package that nobody needs");
  passed(`pack: ${files.length} files`);
  return path.join(folder, filename);
}

function lint(tarball) {
  run("npx", ["--no-install", "publint", "run", tarball, "--strict"], root);
  passed("publint --strict");
  const files = [
    "./sdk.wasm",
    "./pdf-verify.wasm",
    "./pdf-seal.wasm",
    "./pdf-worker.js",
    "./viewer-assets/*",
    "./custom-elements.json",
  ];
  const entries = ["--exclude-entrypoints", ...files];
  run("npx", ["--no-install", "attw", tarball, "--profile", "esm-only", ...entries], root);
  passed("attw: types of every entry");
  run("npx", ["--no-install", "size-limit"], root);
  passed("size-limit");
}

function install(tarball) {
  writeFileSync(path.join(folder, "package.json"), '{ "name": "consumer", "private": true, "type": "module" }');
  run("npm", ["install", "--no-fund", "--no-audit", "--prefer-offline", "--loglevel=error", tarball], folder);
  passed("install");
}

function node() {
  cpSync(path.join(here, "node-consumer.mjs"), path.join(folder, "consumer.mjs"));
  cpSync(path.join(root, "test/pdf/signer.pem"), path.join(folder, "signer.pem"));
  run("node", ["consumer.mjs"], folder);
  passed("Node: every entry can be imported, loads and verifies");
}

async function vite() {
  const project = path.join(folder, "page");
  cpSync(path.join(here, "vite-consumer"), project, { recursive: true });
  const shared = {
    root: project,
    logLevel: "error",
    configFile: false,
    server: { port: 0 },
    preview: { port: 0, headers: { "content-security-policy": policy } },
  };

  await build({ ...shared, build: { outDir: "dist", emptyOutDir: true, target: "es2020" } });
  const emitted = readdirSync(path.join(project, "dist/assets")).map((name) => name.replace(/-[\w-]{8}\./, "."));
  const modules = emitted.filter((name) => name.endsWith(".wasm")).sort();
  assert.deepEqual(
    modules,
    ["jbig2.wasm", "openjpeg.wasm", "pdf-seal_bg.wasm", "pdf-verify_bg.wasm", "scan_bg.wasm"],
    "each WebAssembly file is emitted once",
  );
  const workers = emitted.filter((name) => name.includes("worker")).sort();
  assert.deepEqual(workers, ["pdf-worker.js", "pdfjs-worker.js"], "each worker is emitted once, and nothing besides");
  const built = await preview(shared);
  await inBrowser("Vite build, strict CSP", built.resolvedUrls.local[0]);
  await new Promise((resolve) => built.httpServer.close(resolve));

  const development = await (await createServer(shared)).listen();
  await inBrowser("Vite development server", development.resolvedUrls.local[0]);
  await development.close();
}

async function inBrowser(name, url) {
  if (!existsSync(chromiumPath)) throw new Error(`no browser at ${chromiumPath}: name one with CHROMIUM=...`);
  const browser = await chromium.launch({ executablePath: chromiumPath, args: ["--no-sandbox"] });
  try {
    const page = await browser.newPage();
    const complaints = [];
    const strangers = [];
    page.on("pageerror", (error) => complaints.push(error.message));
    page.on("console", (message) => message.type() === "error" && complaints.push(message.text()));
    page.on("request", (request) => {
      if (new URL(request.url()).hostname !== new URL(url).hostname) strangers.push(request.url());
    });
    await page.goto(url);
    const result = await page.waitForFunction(() => globalThis.result, undefined, { timeout: 20_000 });
    assert.deepEqual(await result.jsonValue(), {
      inline: "ready",
      url: "ready",
      pdf: "unreadable",
      element: "failed",
      placer: 1,
      report: "This file cannot be read",
      code: "internal",
    });
    assert.deepEqual(strangers, [], "requests to third parties");
    const unexpected = complaints.filter((complaint) => !/favicon|404/.test(complaint));
    assert.deepEqual(unexpected, []);
  } finally {
    await browser.close();
  }
  passed(name);
}

function run(program, args, cwd) {
  try {
    return execFileSync(program, args, { cwd, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });
  } catch (error) {
    console.error(error.stdout, error.stderr);
    throw new Error(`${program} ${args.join(" ")} failed`);
  }
}

function passed(what) {
  console.log(`ok  ${what}`);
}
