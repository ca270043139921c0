// The sealing page in Chromium: places, the scan, real seals, and a portal that takes them, or does not.
// With SHOTS=FOLDER it keeps pictures.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { after, before, describe, test } from "node:test";
import { makePdf } from "../../../npm/browser/pdf-files.mjs";
import { verifyPdf } from "../../../npm/dist/pdf-node.js";
import { inspect, LOOKS, launch, openPage, settled } from "./chromium.mjs";
import { PDF, startContracts } from "./contracts.mjs";
import { makePhone, standIn, startRelay } from "./phone.mjs";

const shots = process.env.SHOTS;
let browser;
let phone;

before(async () => {
  if (shots) mkdirSync(shots, { recursive: true });
  [browser, phone] = await Promise.all([launch(), makePhone()]);
});

after(() => browser?.close());

const shot = async (page, name, fullPage = true) => {
  await settled(page);
  if (shots) await page.screenshot({ path: path.join(shots, `${name}.png`), fullPage });
};

/** The page with the stand-in for the scan, the documents open. */
async function open(t, address, { look = {}, scan = "stand-in", files = [] } = {}) {
  const portal = await startContracts({ files });
  t.after(() => portal.mock.close());
  // The signer's certificate is valid then.
  const opened = await openPage(browser, { now: phone.time, ...look });
  t.after(() => opened.context.close());
  if (scan === "stand-in") await opened.page.addInitScript(standIn);
  await opened.page.goto(portal.mock.url + address);
  await opened.page.locator("main[aria-busy=false]").waitFor();
  return { ...portal, ...opened };
}

const placer = (page) => page.locator("scanseal-placer canvas").first().waitFor();
const next = (page) => page.locator(".placing-bar .button.primary").click();
const qr = (page) => page.locator("scanseal-qr");
/** The documents are open, and nobody has scanned yet. */
const waiting = (page) => page.waitForFunction(() => document.querySelector("scanseal-qr")?.work);
const say = async (page, state) => {
  await waiting(page);
  await qr(page).evaluate((one, said) => one.say({ state: said }), state);
};
const choose = async (page) => {
  await waiting(page);
  return qr(page).evaluate(
    (one, [certificates, seal]) => one.choose(certificates, seal),
    [phone.certificates, [...phone.seal]],
  );
};
const sign = (page, laidOut, skip = []) =>
  qr(page).evaluate(
    (one, signatures) => one.sign(signatures),
    laidOut.map((attributes, at) =>
      skip.includes(at) || typeof attributes === "string" ? null : [...phone.signed(Uint8Array.from(attributes))],
    ),
  );
/** Places that the person has chosen. */
const place = (page, places) =>
  page.locator("scanseal-placer").evaluate((one, chosen) => {
    one.places = chosen;
    one.dispatchEvent(new CustomEvent("places-change", { detail: { places: one.places } }));
  }, places);
/** Its words stand where the seal's left half would leave the page. */
const EDGE = makePdf([{ text: [[20, 300, 12, "甲方（盖章）"]] }]);
const verified = (appended) =>
  verifyPdf(Buffer.concat([PDF, appended]), { trust: [phone.root], crls: [phone.crl], time: phone.time });

describe("how the page looks", () => {
  for (const { name, ...look } of LOOKS) {
    test(`placing, scanning, done: ${name}`, async (t) => {
      const { page, check } = await open(t, "/seal#1,2,7", { look });
      await placer(page);
      await page.locator("scanseal-placer").evaluate((one) => one.updateComplete);
      await inspect(page, "placing");
      await page.waitForTimeout(500);
      await shot(page, `seal-1-placing-${name}`, false);
      await next(page);
      await qr(page).waitFor();
      await inspect(page, "scanning");
      await say(page, "scanned");
      await choose(page);
      await qr(page).evaluate((one, length) => one.look(0, length), Math.round(PDF.length / 2));
      await inspect(page, "the phone is checking");
      await shot(page, `seal-2-checking-${name}`);
      const laidOut = await choose(page);
      await sign(page, laidOut, [1]);
      await page.locator(".sealed").waitFor();
      await inspect(page, "the results");
      await shot(page, `seal-3-results-${name}`);
      check();
    });
  }

  test("the code itself", async (t) => {
    const relay = await startRelay();
    t.after(() => relay.close());
    const { page, state } = await open(t, "/seal#1", { scan: "real", look: { bypassCSP: true } });
    state.relay = `${relay.url}/relay`;
    await placer(page);
    await page.getByText("已按关键字").waitFor();
    await next(page);
    await page.locator("scanseal-qr [part=code]").waitFor();
    await page.locator(".steps-list .now").filter({ hasText: "手机扫码" }).waitFor();
    await inspect(page, "the code");
    await shot(page, "seal-code");
  });
});

describe("one contract", () => {
  test("is sealed where its side's words stand, and what is uploaded passes", async (t) => {
    const { page, state, mock, check } = await open(t, "/seal#1");
    await page.getByText("已按关键字“甲方（盖章）”放好一处").waitFor();
    await next(page);
    await qr(page).waitFor();
    await say(page, "scanned");
    await page.locator(".steps-list .now").filter({ hasText: "选择证书和印章" }).waitFor();
    const laidOut = await choose(page);
    await page.locator(".steps-list .now").filter({ hasText: "手机核对文件" }).waitFor();
    await qr(page).evaluate((one, length) => one.look(0, length), PDF.length);
    await page.getByText("手机已读取 100%").waitFor();
    await say(page, "entering-pin");
    await page.locator(".steps-list .now").filter({ hasText: "输入密码并签名" }).waitFor();
    await sign(page, laidOut);
    await page.getByRole("heading", { name: "合同已盖章" }).waitFor();
    const { document, signatures } = await verified(state.put.get(1));
    assert.equal(document.verdict, "passed");
    assert.deepEqual(
      signatures.map(({ signer, appearance }) => [signer.enterprise, appearance.length]),
      [["星海科技有限公司", 1]],
    );
    const assertion = mock.calls.find(({ path }) => path.endsWith("/assertion"));
    const { seal, ...rest } = JSON.parse(assertion.body);
    assert.ok(Buffer.from(seal, "base64").equals(phone.seal), "the seal that the phone chose");
    assert.deepEqual(rest, { assertion: "an.assertion.jws", channelBinding: "A".repeat(43) });
    assert.deepEqual(await qr(page).count(), 0);
    check();
  });

  test("is moved onto the page where its words stand at the edge", async (t) => {
    const { page, state } = await open(t, "/seal#1", { files: [EDGE] });
    await page.getByText("已按关键字“甲方（盖章）”放好一处").waitFor();
    const moved = () => {
      const one = document.querySelector("scanseal-placer");
      return one.places[0]?.dx > 0 && one.problems.length === 0;
    };
    await page.waitForFunction(moved);
    // Moved or not, the sentence says where it was put.
    await page.getByText("已按关键字“甲方（盖章）”放好一处").waitFor();
    await next(page);
    await qr(page).waitFor();
    assert.equal(typeof (await choose(page))[0], "object", "it is laid out");
    assert.deepEqual(state.asked, [1]);
  });

  test("whose seal would leave the page is not scanned, and the place is shown", async (t) => {
    const { page, state } = await open(t, "/seal#1");
    await page.getByText("已按关键字").waitFor();
    await place(page, [
      { type: "at", pages: "1", x: 300, y: 200 },
      { type: "at", pages: "5", x: 590, y: 200 },
    ]);
    await next(page);
    const alert = page.getByRole("alert").filter({ hasText: "印章还不能盖在所选的位置" });
    await alert.getByText("第 2 处，印章会超出页面").waitFor();
    await inspect(page, "a place beside its page");
    await shot(page, "seal-off-page");
    await page.getByRole("button", { name: "查看位置" }).click();
    await page.locator('scanseal-placer [part="seal"][data-place="1"][data-page="5"]').waitFor();
    assert.equal(state.asked, undefined, "nobody was asked to scan");
  });

  test("the phone's seal does not fit: the way leads back to the places", async (t) => {
    const { page } = await open(t, "/seal#1");
    await page.getByText("已按关键字").waitFor();
    await next(page);
    await waiting(page);
    await qr(page).evaluate((one) => one.end("scan-error", { code: "seal-off-page", error: {} }));
    const primary = page.locator(".form-end .button.primary");
    assert.equal((await primary.textContent()).trim(), "返回调整位置");
    await primary.click();
    await placer(page);
  });

  test("the phone's certificate is not the person's: they are told in their own words, and where to bind it", async (t) => {
    const { page } = await open(t, "/seal#1");
    await page.getByText("已按关键字").waitFor();
    await next(page);
    await waiting(page);
    await qr(page).evaluate((one) => one.end("scan-error", { code: "certificate-not-bound", error: {} }));
    await page.getByText("您扫码用的证书没有绑定到您的账号").waitFor();
    assert.equal(await page.getByRole("link", { name: "去绑定证书" }).getAttribute("href"), "/home#bind");
    assert.equal(await page.getByText("新用户请注册").count(), 0);
    await page.getByRole("button", { name: "重新扫码" }).waitFor();
  });

  test("needs a place first", async (t) => {
    const { page } = await open(t, "/seal#1");
    await page.getByText("已按关键字").waitFor();
    await page.locator("scanseal-placer").evaluate((one) => {
      one.places = [];
      one.dispatchEvent(new CustomEvent("places-change", { detail: { places: [] } }));
    });
    await next(page);
    await page.getByText("请先放置印章").waitFor();
    assert.equal(await qr(page).count(), 0);
  });

  test("that was changed while the places were chosen is not sealed", async (t) => {
    const { page, state } = await open(t, "/seal#1");
    await page.getByText("已按关键字").waitFor();
    state.all[0].file = { ...state.all[0].file, sha256: "0".repeat(64), revision: 2 };
    await next(page);
    await page.getByText("合同刚刚被改动过").waitFor();
    await page.getByRole("button", { name: "重试" }).click();
    await page.getByText("已按关键字").waitFor();
  });

  test("whose file cannot be fetched is said to be so, and fetched again", async (t) => {
    const { page, state } = await open(t, "/contracts");
    const reply = { status: 503, json: { code: "maintenance", detail: "" } };
    state.refuse.push({ when: (_, path) => path.includes("/revisions/"), reply, times: 1 });
    // One of them is gone by now; the other is sealed all the same.
    await page.goto(`${new URL(page.url()).origin}/seal#99,1`);
    await page.getByRole("heading", { name: "没能读取到内容" }).waitFor();
    await page.getByRole("button", { name: "重试" }).click();
    await page.getByText("已按关键字").waitFor();
    await page.getByRole("heading", { name: "扫码盖章", exact: true }).waitFor();
  });

  test("that is not this party's to seal leads back", async (t) => {
    const { page } = await open(t, "/seal#5");
    await page.getByRole("heading", { name: "这些合同现在不能由您盖章" }).waitFor();
    await inspect(page, "nothing to seal");
  });

  test("the phone refuses: the reason is said, and it may be scanned again", async (t) => {
    const { page } = await open(t, "/seal#1");
    await page.getByText("已按关键字").waitFor();
    await next(page);
    await qr(page).waitFor();
    await qr(page).evaluate((one) => one.end("scan-error", { code: "refused", error: { code: "refused" } }));
    await page.getByRole("alert").waitFor();
    await inspect(page, "a failure");
    await shot(page, "seal-refused");
    await page.getByRole("button", { name: "重新扫码" }).click();
    await qr(page).waitFor();
    assert.equal((await choose(page)).length, 1, "the documents are laid out anew");
  });

  test("the phone finds another document than the platform's: a person is warned of this computer", async (t) => {
    const { page, state } = await open(t, "/seal#1");
    await page.getByText("已按关键字").waitFor();
    await next(page);
    await qr(page).waitFor();
    const code = "document-changed";
    await qr(page).evaluate((one, found) => one.end("scan-error", { code: found, error: { code: found } }), code);
    await page.getByRole("alert").filter({ hasText: "手机核对后发现，文件与平台登记的不一致，没有签名" }).waitFor();
    await page.getByText("请换一台电脑再试").waitFor();
    assert.equal(await page.getByRole("button", { name: "重新扫码" }).count(), 0);
    await inspect(page, "what the phone found");
    await shot(page, "seal-found");
    assert.equal(state.put.size, 0);
  });

  test("without a seal nothing is laid out, and what to do is said", async (t) => {
    const { page } = await open(t, "/seal#1");
    await page.getByText("已按关键字").waitFor();
    await next(page);
    await qr(page).waitFor();
    await waiting(page);
    const laidOut = await qr(page).evaluate((one, certificates) => one.choose(certificates, []), phone.certificates);
    assert.deepEqual(laidOut, ["seal-not-yours"]);
    const code = "seal-not-yours";
    await qr(page).evaluate((one, said) => one.end("scan-error", { code: said, error: { code: said } }), code);
    await page.getByRole("alert").filter({ hasText: "手机上没有选择印章" }).waitFor();
    await page.getByRole("button", { name: "重新扫码" }).waitFor();
  });

  test("the platform refuses the assertion: both ends are told, nothing is uploaded", async (t) => {
    const { page, state } = await open(t, "/seal#1");
    const reply = { status: 403, json: { code: "certificate-revoked", detail: "" } };
    state.refuse.push({ when: (_, path) => path.endsWith("/assertion"), reply });
    await page.getByText("已按关键字").waitFor();
    await next(page);
    await qr(page).waitFor();
    const laidOut = await choose(page);
    await sign(page, laidOut);
    await page.getByRole("alert").filter({ hasText: "吊销" }).waitFor();
    assert.equal(state.put.size, 0);
  });
});

describe("a platform that is down when the sealed file comes", () => {
  test("gets it later; meanwhile the person can keep it", async (t) => {
    const { page, state } = await open(t, "/seal#1");
    const down = {
      when: (_, path) => path.includes("/documents/"),
      reply: { status: 503, json: { code: "maintenance", detail: "" } },
    };
    state.refuse.push(down);
    await page.getByText("已按关键字").waitFor();
    await next(page);
    await qr(page).waitFor();
    const laidOut = await choose(page);
    // The phone is told after a while; the page's clock stands still, so its timers run as ever.
    const signing = sign(page, laidOut);
    await signing;
    assert.deepEqual(await page.evaluate(() => document.querySelector("scanseal-qr")?.told ?? "gone"), "gone");
    await page.getByRole("heading", { name: "签好的文件正等着交给平台" }).waitFor();
    await inspect(page, "waiting for the platform");
    await shot(page, "seal-stuck");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: /下载签好的文件/ }).click(),
    ]);
    assert.equal(download.suggestedFilename(), "检测设备采购合同.pdf");
    const kept = readFileSync(await download.path());
    assert.equal((await verified(kept.subarray(PDF.length))).document.verdict, "passed");
    state.refuse.splice(0);
    await page.getByRole("button", { name: "立即再试" }).click();
    await page.getByRole("heading", { name: "合同已盖章" }).waitFor();
    assert.ok(state.put.get(1).equals(kept.subarray(PDF.length)), "the same bytes");
  });
});

describe("a platform that cannot be reached", () => {
  const unreachable = async (t) => {
    const opened = await open(t, "/seal#1");
    const { page } = opened;
    await page.route("**/documents/*", (route) => route.abort("connectionrefused"));
    await page.getByText("已按关键字").waitFor();
    await next(page);
    await qr(page).waitFor();
    await sign(page, await choose(page));
    await page.getByRole("heading", { name: "签好的文件正等着交给平台" }).waitFor();
    return opened;
  };

  test("is tried again by itself, and whoever leaves meanwhile is asked", async (t) => {
    const { page, state, mock } = await unreachable(t);
    await page.getByText("连不上服务器").waitFor();
    // Browsers ask only where somebody has done something.
    await page.locator("h1").click();
    const asked = page.waitForEvent("dialog");
    void page.goto(`${mock.url}/contracts`).catch(() => undefined);
    const dialog = await asked;
    assert.equal(dialog.type(), "beforeunload");
    await dialog.dismiss();
    await page.unroute("**/documents/*");
    await page.getByRole("heading", { name: "合同已盖章" }).waitFor();
    assert.equal((await verified(state.put.get(1))).document.verdict, "passed");
  });

  test("until it would not take the file any more: then it is the person's to keep", async (t) => {
    const { page, state } = await unreachable(t);
    // The portal of these tests takes documents until 2030.
    await page.clock.setFixedTime(new Date("2030-01-02"));
    await page.getByRole("button", { name: "立即再试" }).click();
    await page.getByText("没有交到平台").waitFor();
    await page.getByText("签好的文件请下载保存").waitFor();
    await inspect(page, "too late");
    await shot(page, "seal-late");
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("button", { name: /下载签好的文件/ }).click(),
    ]);
    const kept = readFileSync(await download.path());
    assert.equal((await verified(kept.subarray(PDF.length))).document.verdict, "passed");
    assert.equal(state.put.size, 0);
    assert.equal(await page.getByRole("link", { name: "重新盖没有成功的" }).getAttribute("href"), "/seal#1");
  });
});

describe("several contracts with one scan", () => {
  test("each has its own outcome", async (t) => {
    const { page, state } = await open(t, "/seal#1,2,7");
    const reply = { status: 409, json: { code: "already-sealed", detail: "" } };
    state.refuse.push({ when: (_, path) => path.endsWith("/documents/1"), reply });
    await page.getByText("3 份合同使用同样的位置").waitFor();
    await page.getByText("已按关键字").waitFor();
    await next(page);
    await qr(page).waitFor();
    const laidOut = await choose(page);
    await page.locator(".steps-list .now").filter({ hasText: "手机核对文件" }).waitFor();
    await sign(page, laidOut, [2]);
    await page.getByRole("heading", { name: "1 份已盖章，2 份没有成功" }).waitFor();
    assert.deepEqual(await page.locator(".deliveries .chip:first-child").allTextContents(), [
      "已盖章",
      "平台没有接收",
      "没有盖章",
    ]);
    await page.getByText("该文件已经签章").waitFor();
    // What is sealed already is not asked for again.
    assert.equal(await page.getByRole("link", { name: "重新盖没有成功的" }).getAttribute("href"), "/seal#7");
    assert.equal((await verified(state.put.get(1))).document.verdict, "passed");
  });

  test("one whose words stand at the edge is named before anybody scans, and shown", async (t) => {
    const { page, state } = await open(t, "/seal#1,2", { files: [PDF, EDGE] });
    await page.getByText("已按关键字").waitFor();
    await next(page);
    const alert = page.getByRole("alert").filter({ hasText: "有 1 份合同放不下这些印章" });
    await alert.getByText("2026 年度实验室耗材框架协议：第 1 处，印章会超出页面").waitFor();
    await page.getByRole("button", { name: "查看位置" }).click();
    await page.locator('scanseal-placer [part="seal"][data-place="0"][data-page="1"]').waitFor();
    assert.equal(state.asked, undefined, "nobody was asked to scan");
  });

  test("those that cannot take the places are named before anybody scans, and can be left out", async (t) => {
    const { page, state } = await open(t, "/seal#1,2");
    await page.getByText("已按关键字").waitFor();
    state.all[1].file.pages = 3;
    await page.locator("scanseal-placer").evaluate((one) => {
      const places = [{ type: "at", pages: "6", x: 300, y: 200 }];
      one.places = places;
      one.dispatchEvent(new CustomEvent("places-change", { detail: { places } }));
    });
    await page.reload();
    await page.getByText("已按关键字").waitFor();
    await page.locator("scanseal-placer").evaluate((one) => {
      const places = [{ type: "at", pages: "6", x: 300, y: 200 }];
      one.places = places;
      one.dispatchEvent(new CustomEvent("places-change", { detail: { places } }));
    });
    await next(page);
    const alert = page.getByRole("alert").filter({ hasText: "有 1 份合同放不下这些印章" });
    await alert.getByText("2026 年度实验室耗材框架协议：没有所选的页").waitFor();
    await inspect(page, "what does not fit");
    await page.getByRole("button", { name: "这次不签它们" }).click();
    await next(page);
    await qr(page).waitFor();
    assert.equal((await choose(page)).length, 1);
    assert.deepEqual(state.asked, [1]);
  });
});
