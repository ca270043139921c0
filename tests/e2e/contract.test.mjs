/** A contract goes round: drawn up, sealed by both parties with one scan each, downloaded, checked by anybody, forged and found out. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { test } from "node:test";
import {
  download,
  dragSeal,
  drawUp,
  fetchAndCheck,
  openSealing,
  placerOf,
  redInk,
  scanToSeal,
  sealByPin,
  toCode,
} from "./contracts.mjs";
import { blankCamera, DESKTOP, PHONE, startBrowser, startPortal, temporaryFolder } from "./harness.mjs";
import { inspect } from "./inspect.mjs";
import { AMOUNT, FORGED, forgeByUpdate, forgeInPlace, printPurchase } from "./papers.mjs";
import { enrolBound, logIn, personOf } from "./people.mjs";

const TITLE = "医疗设备采购合同";

/** Somebody at a desktop, logged in, with a phone beside it that has a bound certificate. */
async function party(t, portal, login) {
  const camera = await blankCamera(await temporaryFolder(t));
  const phone = await (await startBrowser(t, { ...PHONE, camera })).newPage();
  await enrolBound(phone, portal, login);
  const desktop = await (await startBrowser(t, { ...DESKTOP, acceptDownloads: true })).newPage();
  await logIn(desktop, portal, login);
  return { phone, desktop, camera };
}

test("from the upload through both seals to a file that anybody can check", async (t) => {
  const portal = await startPortal(t);
  const folder = await temporaryFolder(t);
  const [buyer, seller] = ["zhang.wei", "li.na"].map((login) => personOf(portal, login).enterprise);
  const words = { title: TITLE, buyer, seller };
  const paper = await printPurchase(t, folder, words);
  const forged = await readFile(await printPurchase(t, folder, { ...words, amount: FORGED }));
  let seen = 0;
  const look = (page) => async (name) => {
    seen += 1;
    // One that fades away has hardly any contrast.
    await page.waitForFunction(() => !document.querySelector(".toast"));
    await inspect(page, `contract-${String(seen).padStart(2, "0")}-${name}`);
  };

  const first = await party(t, portal, "zhang.wei");
  const at = look(first.desktop);
  const onPhone = look(first.phone);
  const order = { title: TITLE, amount: AMOUNT.figures, party: seller, file: paper };
  const number = await drawUp(first.desktop, portal, order, at);
  await at("submitted");

  await openSealing(first.desktop);
  const placer = placerOf(first.desktop);
  await dragSeal(first.desktop, placer.part("page").first(), [0.7, 0.3]);
  await placer.button("添加骑缝章").click();
  const places = await placer.places();
  assert.deepEqual(
    places.map(({ type, word, pages, side }) => ({ type, word, pages, side })),
    [
      { type: "keyword", word: "甲方（盖章）", pages: undefined, side: undefined },
      { type: "at", word: undefined, pages: "1", side: undefined },
      { type: "cross-page", word: undefined, pages: undefined, side: "right" },
    ],
  );
  await at("places");
  await toCode(first.desktop);
  await at("code");
  await scanToSeal(first.phone, first.desktop, first.camera);
  await onPhone("phone-review");
  await at("scanned");
  assert.ok(await first.phone.getByRole("radio", { name: /公章/ }).first().isChecked());
  await fetchAndCheck(first.phone);
  await first.phone.getByText("第 1–4 页").waitFor();
  await onPhone("phone-checked");
  await at("phone-has-read");
  await first.phone.getByRole("button", { name: `查看 ${TITLE}` }).click();
  await first.phone.getByText("第 1 页，共 4 页").waitFor();
  await first.phone.waitForFunction(() => document.querySelector(".sheet-slot canvas").width > 300);
  assert.ok(await redInk(first.phone), "the stamp is drawn on the page");
  await onPhone("phone-page");
  await first.phone.getByRole("button", { name: "返回文件列表" }).click();
  await sealByPin(first.phone, first.desktop);
  await onPhone("phone-sealed");
  await at("sealed");
  await first.desktop.getByRole("link", { name: "查看合同" }).click();
  await first.desktop.locator(".number-line").getByText("审核中").waitFor();
  await first.desktop.getByText(`等待 ${seller} 盖章。`).waitFor();
  await at("waits-for-the-other");

  const second = await party(t, portal, "li.na");
  const there = look(second.desktop);
  await second.desktop.goto(`${portal.url}/contracts`);
  const row = second.desktop.locator(".contracts tbody tr").filter({ has: second.desktop.getByText(number) });
  await row.getByText("轮到您盖章").waitFor();
  await there("list-of-the-other");
  await row.getByRole("link", { name: TITLE }).click();
  await second.desktop.getByText("轮到本企业盖章。").waitFor();
  await there("turn-of-the-other");
  await openSealing(second.desktop);
  await second.desktop.getByText("已按关键字“乙方（盖章）”放好一处").waitFor();
  await there("places-of-the-other");
  await toCode(second.desktop);
  await scanToSeal(second.phone, second.desktop, second.camera);
  await fetchAndCheck(second.phone);
  await second.phone.getByText("第 4 页").waitFor();
  await sealByPin(second.phone, second.desktop);
  await there("sealed-by-both");
  await second.desktop.getByRole("link", { name: "查看合同" }).click();
  await second.desktop.locator(".number-line").getByText("通过").waitFor();
  await second.desktop.getByText("各方都已盖章。").waitFor();
  await there("done");
  const path = join(folder, "sealed.pdf");
  assert.match(await download(second.desktop, path), /^HT-\d{4}-\d{6}-医疗设备采购合同-v\d\.pdf$/);
  const sealed = await readFile(path);
  assert.ok(sealed.subarray(0, (await readFile(paper)).length).equals(await readFile(paper)), "the upload is a prefix");
  await first.desktop.reload();
  await first.desktop.locator(".number-line").getByText("通过").waitFor();

  const anybody = await (await startBrowser(t, DESKTOP)).newPage();
  const atVerify = look(anybody);
  await anybody.goto(`${portal.url}/verify`);
  await anybody.locator(".basis").waitFor();
  const check = async (buffer, name) => {
    await anybody.locator("input.chooser").setInputFiles({ name, mimeType: "application/pdf", buffer });
    const headline = anybody.locator("scanseal-report h2").first();
    await headline.waitFor();
    return anybody.locator("scanseal-report").first();
  };
  const report = await check(sealed, `${TITLE}.pdf`);
  await anybody.getByText("1 个通过").waitFor();
  await report.getByRole("heading", { name: "签章真实有效，先后有多个签章" }).waitFor();
  for (const name of [buyer, seller]) await report.getByText(`由 ${name} 签章`).first().waitFor();
  await report.locator("canvas.crop.ready").first().waitFor();
  await atVerify("verified");
  await anybody.getByRole("button", { name: /^移除/ }).click();

  await check(forgeInPlace(sealed, forged), "金额在原处改过.pdf");
  await anybody.getByText("1 个不通过").waitFor();
  await report.getByText("仅凭这份文件无法得知改了哪里").waitFor();
  await atVerify("forged-in-place");
  const copy = { name: "我保存的.pdf", mimeType: "application/pdf", buffer: sealed };
  await report.locator(".own-copy input").setInputFiles(copy);
  await report.getByText(/^标红：与您的文件不同之处（\d+ 处）/).waitFor();
  await atVerify("forged-in-place-found");
  await anybody.keyboard.press("Escape");
  await anybody.getByRole("button", { name: /^移除/ }).click();

  await check(forgeByUpdate(sealed, forged), "金额在签章后改过.pdf");
  await anybody.getByText("1 个不通过").waitFor();
  await report.getByText("第 6 版改动了：页面内容").waitFor();
  await atVerify("forged-by-update");
  await report.getByRole("button", { name: "与上一版对比" }).click();
  await report.getByText(/^标红：与第 5 版不同之处/).waitFor();
  await atVerify("forged-where");
});
