/** The platforms that the suite attacks: each says how to start it, and where it differs. */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, rmSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { Phone } from "./phone.mjs";

export const ROOT = resolve(import.meta.dirname, "../../..");
const TARGET = join(process.env.CARGO_TARGET_DIR ?? join(ROOT, "target"), "debug");
export const PORTAL = join(TARGET, "scanseal-portal");
export const SCANSEAL = join(TARGET, "scanseal");
const EXPRESS = join(ROOT, "demo-portal/examples/express");

const DEVICES = { enterprise: "天山博康医疗器械有限公司", creditCode: "91650100MA77C0R54J" };

/** The demo portal, in Rust. */
export const portal = {
  name: "demo portal",
  cookies: { session: "__Host-scanseal", scan: "__Host-scanseal-scan" },
  /** What it has beside the contract that both fulfil. */
  has: ["registration", "people", "admin"],
  auditExport: "/api/admin/audit/export",
  start: (stage) => stage.startPortal(),
};

/** The example platform on Express. The portal is its operator: authority, trust list, relay. */
export const express = {
  name: "Express example",
  cookies: { session: "__Host-example", scan: "__Host-example-scan" },
  has: ["disabled account", "misnamed account"],
  auditExport: "/api/audit/export",
  async start(stage) {
    if (!isInstalled("express", EXPRESS)) throw new Error(`run \`npm install\` in ${EXPRESS} first`);
    const port = await freePort();
    const origin = `http://localhost:${port}`;
    const operator = await stage.startPortal([origin]);
    const accounts = join(stage.folder, "accounts.json");
    const renamed = { enterprise: "天山博康器械有限公司", creditCode: DEVICES.creditCode };
    const more = [
      { login: "sun.li", name: "孙丽", role: "operator", kind: "supplier", state: "disabled", ...DEVICES },
      { login: "zhao.min", name: "赵敏", role: "operator", kind: "supplier", ...renamed },
    ];
    const people = operator.accounts.map(({ password: _, ...person }) => person);
    await writeFile(accounts, JSON.stringify([...people, ...more]));
    const ready = await stage.run(process.execPath, [join(EXPRESS, "src/main.js")], {
      PORT: String(port),
      OPERATOR: operator.base,
      PLATFORM_DATA: stage.data,
      STATE: join(stage.folder, "state"),
      ACCOUNTS: accounts,
      TRUSTED_PROXY: "loopback",
      REFRESH_SECONDS: "1",
    });
    return { ...ready, base: origin, operator: operator.base };
  },
};

/** Folder and processes of one run. */
export class Stage {
  #children = [];

  async open() {
    // However the run ends, nothing it has started or written stays behind.
    process.once("exit", () => {
      for (const child of this.#children) child.kill("SIGKILL");
      if (this.folder !== undefined) rmSync(this.folder, { recursive: true, force: true });
    });
    for (const signal of ["SIGINT", "SIGTERM"]) process.once(signal, () => process.exit(1));
    for (const program of [PORTAL, SCANSEAL]) {
      if (!existsSync(program)) throw new Error(`${program} is missing: build it first`);
    }
    this.folder = await mkdtemp(join(tmpdir(), "scanseal-abuse-"));
    this.data = join(this.folder, "data");
  }

  /** Starts the portal; before that, once, one whose certificates have expired already, for a phone that has such a one. */
  async startPortal(moreOrigins = []) {
    const listen = `127.0.0.1:${await freePort()}`;
    const base = `http://localhost:${listen.split(":")[1]}`;
    const words = ["serve", "--data", this.data, "--listen", listen, "--origin", [base, ...moreOrigins].join(",")];
    await this.run(PORTAL, [...words, "--certificate-days", "0"]);
    this.expired = await Phone.enrol(base, DEVICES);
    await this.#end(this.#children.pop());
    const ready = await this.run(PORTAL, [...words, "--trusted-proxy", "127.0.0.1/32"]);
    return { ...ready, base, operator: base };
  }

  /** Starts a program and waits until it says `ready {json}`. */
  async run(program, words, environment = {}) {
    const child = spawn(program, words, { stdio: ["ignore", "pipe", "pipe"], env: { ...process.env, ...environment } });
    this.#children.push(child);
    const log = [];
    createInterface(child.stderr).on("line", (line) => log.push(line));
    return new Promise((found, failed) => {
      createInterface(child.stdout).on("line", (line) => {
        log.push(line);
        if (line.startsWith("ready ")) found({ ...JSON.parse(line.slice(6)), log });
      });
      child.once("exit", (code) => failed(new Error(`${program} ended with ${code}\n${log.join("\n")}`)));
    });
  }

  async close() {
    for (const child of this.#children.reverse()) await this.#end(child);
    await rm(this.folder, { recursive: true, force: true });
  }

  async #end(child) {
    if (child.exitCode !== null || child.signalCode !== null) return;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address();
  server.close();
  await once(server, "close");
  return port;
}

/** Whether a package is there for the code in a folder. */
function isInstalled(name, folder) {
  try {
    return createRequire(join(folder, "package.json")).resolve(name) !== "";
  } catch {
    return false; // Not found: that is the answer.
  }
}
