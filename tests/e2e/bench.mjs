/** Phone's join to "logged in", without human time: a real desktop page, a real portal, the phone without a screen. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { DESKTOP, startBrowser, startPortal, TARGET, temporaryFolder } from "./harness.mjs";
import { logIn, openBinding, PIN, personOf, showCode } from "./people.mjs";

const ROUNDS = 21;
const GOAL = 150;
const COMMAND = join(TARGET, "scanseal");

const ends = [];
const bench = { after: (work) => ends.push(work) };

try {
  const portal = await startPortal(bench);
  const vault = await temporaryFolder(bench);
  const supplier = personOf(portal, "li.na");
  const who = ["--enterprise", supplier.enterprise, "--credit-code", supplier.creditCode];
  await promisify(execFile)(COMMAND, ["phone", "enrol", "--vault", vault, "--home", portal.url, ...who, "--pin", PIN]);
  const context = await startBrowser(bench, DESKTOP);
  const first = await context.newPage();
  await logIn(first, portal, supplier.login);
  await openBinding(first);
  await answer(vault, await codeOf(first));
  await first.close();
  const times = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    await context.clearCookies();
    const page = await context.newPage();
    await showCode(page, portal.url);
    times.push(await answer(vault, await codeOf(page)));
    await page.waitForURL("**/home");
    await page.close();
  }
  times.sort((a, b) => a - b);
  const [least, median, most] = [times[0], times[Math.floor(ROUNDS / 2)], times[ROUNDS - 1]].map((ms) => ms.toFixed(0));
  console.log(
    `phone's join to "logged in", ${ROUNDS} rounds: median ${median} ms (${least} to ${most}); goal at most ${GOAL} ms`,
  );
} finally {
  for (const end of ends.reverse()) await end();
}

/** The text of the code that a page shows. */
function codeOf(page) {
  return page.evaluate(() => document.querySelector("scanseal-qr").state.code.text);
}

/** Milliseconds from the line that says the phone is joining to the one with the outcome. */
async function answer(vault, text) {
  const phone = spawn(COMMAND, ["phone", "scan", text, "--vault", vault, "--pin", PIN, "--json"], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const at = {};
  createInterface(phone.stdout).on("line", (line) => {
    at[JSON.parse(line).event] ??= performance.now();
  });
  const [status] = await once(phone, "close");
  if (status !== 0) throw new Error(`the phone ended with ${status}`);
  return at.outcome - at.joining;
}
