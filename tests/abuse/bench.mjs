/**
 * Logins by scan that the portal checks and answers per second and core: requests and assertions over HTTP, signed beforehand,
 * against what the process has used of the processor. Prints one JSON object.
 *
 *     node tests/abuse/bench.mjs PORTAL
 */
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { Browser } from "./lib/browser.mjs";
import { Phone } from "./lib/phone.mjs";

const LOGINS = 400;
const AT_ONCE = 16;
/** What Linux counts processor time in. */
const TICK = 0.01;

const data = mkdtempSync(join(tmpdir(), "scanseal-"));
const portal = spawn(
  process.argv[2],
  ["serve", "--data", data, "--listen", "127.0.0.1:0", "--trusted-proxy", "127.0.0.1", "--log", "error"],
  { stdio: ["ignore", "pipe", "inherit"] },
);
try {
  const { desktop, accounts } = await ready();
  const base = new URL(desktop).origin;
  const person = accounts.find(({ login }) => login === "li.na");
  const phone = await Phone.enrol(base, person);
  await bind(base, person, phone);

  const [requests, requestCost] = await measure(LOGINS, async () => {
    const browser = new Browser(base);
    await browser.open();
    const { request } = await browser.succeed("/api/scan/requests", { op: "login" });
    return { browser, answer: phone.answer(request) };
  });
  const [, loginCost] = await measure(LOGINS, (index) =>
    requests[index].browser.succeed("/api/scan/assertions", requests[index].answer),
  );
  console.log(JSON.stringify({ logins: LOGINS, request: requestCost, login: loginCost }));
} finally {
  portal.kill("SIGTERM");
  await once(portal, "exit");
  rmSync(data, { recursive: true, force: true });
}

async function ready() {
  for await (const line of createInterface(portal.stdout)) {
    if (line.startsWith("ready ")) return JSON.parse(line.slice(6));
  }
  throw new Error("the portal did not start");
}

async function bind(base, { login, password }, phone) {
  const browser = new Browser(base);
  await browser.open();
  await browser.succeed("/api/login", { login, password });
  await browser.open();
  const { request } = await browser.succeed("/api/scan/requests", { op: "bind" });
  await browser.succeed("/api/scan/assertions", phone.answer(request));
}

/** Does `work` so often, some at once; returns what came of it, and microseconds of the portal's processor time each. */
async function measure(count, work) {
  const results = [];
  let next = 0;
  const before = processorSeconds();
  await Promise.all(
    Array.from({ length: AT_ONCE }, async () => {
      while (next < count) {
        const index = next++;
        results[index] = await work(index);
      }
    }),
  );
  return [results, Math.round(((processorSeconds() - before) * 1e6) / count)];
}

/** What the portal has used so far, of all cores, in user and kernel mode (proc_pid_stat(5)). */
function processorSeconds() {
  const text = readFileSync(`/proc/${portal.pid}/stat`, "latin1");
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) * TICK;
}
