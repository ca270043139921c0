// A contract that two parties sealed on the demo portal, before the programs of others.

import assert from "node:assert/strict";
import { X509Certificate } from "node:crypto";
import { readFile, writeFile } from "node:fs/promises";
import path from "node:path";
import { test } from "node:test";
import { startPortal, temporaryFolder } from "../e2e/harness.mjs";
import { printPurchase } from "../e2e/papers.mjs";
import { personOf } from "../e2e/people.mjs";
import { answer, codeOf, openCodeOf, scriptedParty, submitAll } from "../e2e/scripted.mjs";
import { pdfsig, pyhankoLongTerm, qpdfCheck, scanseal } from "./tools.mjs";

const PAGES = 4;

test("a contract that two parties sealed by scan is B-LT for both, for everybody", async (t) => {
  const portal = await startPortal(t);
  const folder = await temporaryFolder(t);
  const [buyer, seller] = ["zhang.wei", "li.na"].map((login) => personOf(portal, login));
  const words = { title: "医疗设备采购合同", buyer: buyer.enterprise, seller: seller.enterprise };
  const pdf = await readFile(await printPurchase(t, folder, words));
  let id;
  let requests;
  for (const [login, word] of [
    ["zhang.wei", "甲方（盖章）"],
    ["li.na", "乙方（盖章）"],
  ]) {
    const { vault, page } = await scriptedParty(t, portal, login);
    if (id === undefined) [id] = await submitAll(page, seller.creditCode, [{ title: words.title, pdf }]);
    const places = [
      { type: "keyword", word, occurrence: 1 },
      { type: "cross-page", side: "right" },
    ];
    await openCodeOf(page, portal, [id], places);
    await answer(vault, await codeOf(page), "--seal", "company");
    await page.getByRole("heading", { name: "合同已盖章" }).waitFor();
    requests = page.request;
  }
  const fetched = async (name) => (await requests.get(`${portal.url}${name}`)).body();
  const { state, file } = JSON.parse(await fetched(`/api/contracts/${id}`));
  assert.equal(state, "done");
  const sealed = path.join(folder, "sealed.pdf");
  await writeFile(sealed, await fetched(`/api/contracts/${id}/revisions/${file.revision}`));
  const root = path.join(folder, "root.pem");
  await writeFile(root, new X509Certificate(await fetched("/authority/root.cer")).toString());
  // From here on nobody is asked: what proves the seals is in the file.
  await portal.stop();

  await t.test("qpdf", async () => assert.equal(await qpdfCheck(sealed), ""));
  await t.test("pdfsig", async () => {
    // It lists a seal once for each place where it shows.
    const found = await pdfsig(sealed);
    assert.equal(found.length, 2 * (1 + PAGES));
    for (const { valid, text } of found) assert.ok(valid, text);
  });
  const both = [buyer.enterprise, seller.enterprise];
  await t.test("pyHanko", async () => {
    assert.deepEqual(await pyhankoLongTerm(root, sealed), [
      // What came after the first seal is the second, and what proves either.
      { signer: buyer.enterprise, ok: true, timestamp: true, modifications: "FORM_FILLING" },
      { signer: seller.enterprise, ok: true, timestamp: true, modifications: "LTA_UPDATES" },
    ]);
  });
  await t.test("this project's command", async () => {
    const { status, stdout, stderr } = await scanseal("verify", sealed, "--trust", root, "--json");
    assert.equal(status, 0, stdout + stderr);
    const { signatures } = JSON.parse(stdout);
    assert.deepEqual(
      signatures.map(({ signer, level, verdict }) => [signer.enterprise, level, verdict]),
      both.map((name) => [name, "B-LT", "passed"]),
    );
  });
});
