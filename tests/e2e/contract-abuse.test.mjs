/** Whoever lies about a seal or a sealed document: the real portal takes nothing of it, and both ends learn why. */
import assert from "node:assert/strict";
import { readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import { startBrowser, startPortal, temporaryFolder } from "./harness.mjs";
import { FORGED, forgeByUpdate, printPurchase } from "./papers.mjs";
import { personOf } from "./people.mjs";
import { codeOf, openCodeOf, outcome, scriptedParty, submitAll } from "./scripted.mjs";

const TITLE = "医疗设备采购合同";
const PLACES = [{ type: "keyword", word: "甲方（盖章）", occurrence: 1 }];

/** The seals that a phone keeps, as the authority gave them. */
async function sealsOf(vault) {
  const names = (await readdir(vault)).filter((name) => name.startsWith("seals"));
  assert.equal(names.length, 1, "one certificate");
  return JSON.parse(await readFile(join(vault, names[0]))).seals;
}

/** Platform staff, as far as they ask the server. */
async function staff(t, portal) {
  const page = await (await startBrowser(t)).newPage();
  await page.goto(`${portal.url}/`);
  const { login, password } = personOf(portal, "admin");
  await page.getByLabel("用户名").fill(login);
  await page.getByLabel("密码", { exact: true }).fill(password);
  await page.getByRole("button", { name: "登录", exact: true }).click();
  await page.waitForURL(/\/(home|admin)/);
  return async (path, data) => {
    const { csrf } = await (await page.request.get(`${portal.url}/api/session`)).json();
    const headers = { "x-csrf-token": csrf, origin: portal.url, "sec-fetch-site": "same-origin" };
    const response = await page.request.post(`${portal.url}${path}`, { data, headers });
    assert.ok(response.ok(), `${path}: ${response.status()} ${await response.text()}`);
  };
}

test("a seal of somebody else, one that was changed, and one that was revoked seal nothing", async (t) => {
  const portal = await startPortal(t);
  const folder = await temporaryFolder(t);
  const [buyer, seller] = ["zhang.wei", "li.na"].map((login) => personOf(portal, login));
  const words = { title: TITLE, buyer: buyer.enterprise, seller: seller.enterprise };
  const pdf = await readFile(await printPurchase(t, folder, words));
  const [one, other] = [await scriptedParty(t, portal, "zhang.wei"), await scriptedParty(t, portal, "li.na")];
  const { page, vault } = one;
  const [id] = await submitAll(page, seller.creditCode, [{ title: TITLE, pdf }]);
  const own = (await sealsOf(vault)).find(({ kind }) => kind === 1);
  const foreign = (await sealsOf(other.vault)).find(({ kind }) => kind === 1);
  const file = join(folder, "seal");

  const untouched = async () => {
    const contract = await (await page.request.get(`${portal.url}/api/contracts/${id}`)).json();
    assert.equal(contract.file.revision, 1);
    assert.ok(contract.parties.every(({ sealed }) => sealed === null));
  };
  const tried = async (der, code) => {
    await writeFile(file, der);
    await openCodeOf(page, portal, [id], PLACES);
    assert.equal(await outcome(vault, await codeOf(page), "--seal", file), code);
    await page.getByRole("alert").first().waitFor();
    await untouched();
  };

  await tried(Buffer.from(foreign.seal, "base64"), "seal-not-yours");
  const changed = Buffer.from(own.seal, "base64");
  changed[changed.length - 1] ^= 1;
  await tried(changed, "seal-not-yours");
  // Whoever took the phone's copy in time has it still.
  await (await staff(t, portal))(`/api/admin/seals/${own.id}/revoke`, { reason: "lost" });
  await tried(Buffer.from(own.seal, "base64"), "seal-revoked");
  // Another of its seals is as good as ever.
  await openCodeOf(page, portal, [id], PLACES);
  assert.equal(await outcome(vault, await codeOf(page), "--seal", "contract"), null);
  await page.getByRole("heading", { name: "合同已盖章" }).waitFor();
});

/** What a page may make of the sealed file before it hands over what is appended to the original. */
const LIES = {
  "a forged signature": (sealed) => {
    const begin = sealed.indexOf("/Contents <3082") + "/Contents <".length;
    const length = Number.parseInt(sealed.toString("latin1", begin + 4, begin + 8), 16);
    // The value of the signature is what the message ends with.
    return digitChanged(sealed, begin + 2 * (4 + length) - 1);
  },
  "a broken certificate of the authority": (sealed) => {
    // Nobody has signed what stands beside the signature, and the signature still passes. The certificates come first.
    const begin = sealed.indexOf("/Contents <3082") + "/Contents <".length;
    return digitChanged(sealed, begin + 600);
  },
  "another place": (sealed, original) => {
    const [found] = /\/Rect ?\[ ?\d+/.exec(sealed.toString("latin1", original.length));
    return digitChanged(sealed, sealed.indexOf(found, original.length) + found.length - 1);
  },
  "another amount in an update of its own": (sealed, _, forged) => forgeByUpdate(sealed, forged),
};

function digitChanged(file, at) {
  const copy = Buffer.from(file);
  copy.write(copy[at] === 0x31 ? "2" : "1", at, "latin1");
  return copy;
}

test("a page that hands over anything but what the phone signed gets nothing sealed", async (t) => {
  const portal = await startPortal(t);
  const folder = await temporaryFolder(t);
  const [buyer, seller] = ["zhang.wei", "li.na"].map((login) => personOf(portal, login));
  const words = { title: TITLE, buyer: buyer.enterprise, seller: seller.enterprise };
  const pdf = await readFile(await printPurchase(t, folder, words));
  const forged = await readFile(await printPurchase(t, folder, { ...words, amount: FORGED }));
  const { page, vault } = await scriptedParty(t, portal, "zhang.wei");
  const [id] = await submitAll(page, seller.creditCode, [{ title: TITLE, pdf }]);
  await page.exposeFunction("lie", (what, hex) => {
    const told = LIES[what](Buffer.concat([pdf, Buffer.from(hex, "hex")]), pdf, forged);
    return told.subarray(pdf.length).toString("hex");
  });
  for (const what of Object.keys(LIES)) {
    await openCodeOf(page, portal, [id], PLACES);
    await page.evaluate((which) => {
      const { send } = XMLHttpRequest.prototype;
      XMLHttpRequest.prototype.send = async function (body) {
        const hex = Array.from(body, (byte) => byte.toString(16).padStart(2, "0")).join("");
        const told = await globalThis.lie(which, hex);
        send.call(
          this,
          Uint8Array.from(told.match(/../g), (digits) => Number.parseInt(digits, 16)),
        );
      };
    }, what);
    assert.equal(await outcome(vault, await codeOf(page), "--seal", "company"), "document-changed", what);
    await page.getByText("平台没有接收").waitFor();
    const contract = await (await page.request.get(`${portal.url}/api/contracts/${id}`)).json();
    assert.equal(contract.file.revision, 1, what);
  }
  await openCodeOf(page, portal, [id], PLACES);
  assert.equal(await outcome(vault, await codeOf(page), "--seal", "company"), null);
  await page.getByRole("heading", { name: "合同已盖章" }).waitFor();
});
