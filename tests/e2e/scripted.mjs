/** Sealing with real pages and a real portal, but the phone without a screen and contracts drawn up without a form: for measuring, and for programs. */
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { performance } from "node:perf_hooks";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { DESKTOP, startBrowser, TARGET, temporaryFolder } from "./harness.mjs";
import { logIn, openBinding, PIN, personOf, waitForState } from "./people.mjs";

const COMMAND = join(TARGET, "scanseal");

/** A phone with a certificate of this person's enterprise, bound to the account, and its seals: its vault, and a page that is logged in. */
export async function scriptedParty(t, portal, login) {
  const vault = await temporaryFolder(t);
  const { enterprise, creditCode } = personOf(portal, login);
  const run = (...words) => promisify(execFile)(COMMAND, ["phone", ...words, "--vault", vault, "--pin", PIN]);
  await run("enrol", "--home", portal.url, "--enterprise", enterprise, "--credit-code", creditCode);
  await run("seals", "--home", portal.url);
  const page = await (await startBrowser(t, DESKTOP)).newPage();
  await logIn(page, portal, login);
  await openBinding(page);
  await answer(vault, await codeOf(page));
  await page.getByRole("dialog").getByRole("heading", { name: "绑定成功" }).waitFor();
  return { vault, page };
}

/** The text of the code that a page shows. */
export function codeOf(page) {
  return page.evaluate(() => document.querySelector("scanseal-qr").state.code.text);
}

/** Scans, agrees and types the PIN: milliseconds from the line that says the phone is joining to the one with the outcome. */
export async function answer(vault, text, ...words) {
  const { at, status } = await run(vault, text, words);
  if (status !== 0) throw new Error(`the phone ended with ${status}`);
  return at.outcome - at.joining;
}

/** Does the same with one document; gives the code with which it or the whole scan ended, `null` if all went well. */
export async function outcome(vault, text, ...words) {
  const { ended, documents = [] } = await run(vault, text, words);
  return ended ?? documents[0] ?? null;
}

async function run(vault, text, words) {
  const phone = spawn(COMMAND, ["phone", "scan", text, "--vault", vault, "--pin", PIN, "--json", ...words], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const at = {};
  let [ended, documents] = [];
  createInterface(phone.stdout).on("line", (line) => {
    const told = JSON.parse(line);
    at[told.event] ??= performance.now();
    if (told.event === "ended") ended = told.code;
    if (told.event === "outcome") documents = told.documents;
  });
  const [status] = await once(phone, "close");
  return { at, ended, documents, status };
}

/** Draws up and submits contracts with these files, from a page that is logged in; gives their ids. */
export async function submitAll(page, party, contracts) {
  const { origin } = new URL(page.url());
  const { csrf } = await (await page.request.get(`${origin}/api/session`)).json();
  const headers = { "x-csrf-token": csrf, origin, "sec-fetch-site": "same-origin" };
  const ask = async (method, path, body) => {
    const response = await page.request.fetch(`${origin}/api/contracts${path}`, { method, headers, ...body });
    if (!response.ok()) throw new Error(`${method} ${path}: ${response.status()} ${await response.text()}`);
    return response.json();
  };
  const ids = [];
  for (const { title, pdf } of contracts) {
    const { id } = await ask("POST", "", {
      data: {
        title,
        amount: "286000.00",
        orderNumber: "",
        from: null,
        until: null,
        place: "",
        terms: "",
        order: "ours-first",
        counterparties: [{ creditCode: party }],
      },
    });
    const type = { ...headers, "content-type": "application/pdf" };
    await ask("PUT", `/${id}/file`, { data: pdf, headers: type, timeout: 120_000 });
    await ask("POST", `/${id}/submit`, { data: {} });
    ids.push(id);
  }
  return ids;
}

/** Opens the sealing page of these contracts, as far as its code. */
export async function openCodeOf(page, portal, ids, places) {
  await page.goto(`${portal.url}/seal#${ids.join(",")}`);
  // Another hash alone loads nothing.
  await page.reload();
  await page.locator('scanseal-placer [part~="page"] > canvas').first().waitFor();
  await page.evaluate((wanted) => {
    const placer = document.querySelector("scanseal-placer");
    placer.places = wanted;
    placer.dispatchEvent(new CustomEvent("places-change", { detail: { places: wanted } }));
  }, places);
  await page.getByRole("button", { name: "下一步：手机扫码" }).click();
  await waitForState(page, "waiting");
}
