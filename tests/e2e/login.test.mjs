/** A login by scan with two browsers and the phone's camera: the way through, and the ways that end otherwise. */
import assert from "node:assert/strict";
import { execFile } from "node:child_process";
import { test } from "node:test";
import { promisify } from "node:util";
import {
  aimCamera,
  atEnd,
  blankCamera,
  DESKTOP,
  PHONE,
  PORTAL,
  shot,
  startBrowser,
  startPortal,
  temporaryFolder,
} from "./harness.mjs";
import { startNetwork } from "./network.mjs";
import { agree, enrol, enrolBound, failure, review, scan, showCode, typePin, waitForState } from "./people.mjs";

/** Portal, desktop and an enrolled phone. */
async function stage(t, { network, ...options } = {}) {
  const portal = await startPortal(t, options);
  const camera = await blankCamera(await temporaryFolder(t));
  const desktop = await (await startBrowser(t, DESKTOP)).newPage();
  const phone = await (await startBrowser(t, { ...PHONE, camera, network })).newPage();
  await enrolBound(phone, portal);
  await showCode(desktop, portal.url);
  return { portal, camera, desktop, phone };
}

test("a scan, the same number on both screens and the right PIN log in", async (t) => {
  const { desktop, phone, camera } = await stage(t);
  await shot(desktop, "flow-1-desktop-waiting");
  await scan(phone, desktop, camera);
  const number = await review(phone);
  await waitForState(desktop, "scanned", "reviewing");
  await shot(desktop, "flow-2-desktop-scanned");
  await shot(phone, "flow-2-phone-review");
  assert.match(number, /^\d{4}$/);
  const shown = await desktop.locator('scanseal-qr [part="check-number"]').textContent();
  assert.equal(shown.replace(/\s/g, ""), number, "both screens show the same number");
  await agree(phone);
  await phone.getByRole("heading", { name: "登录成功" }).waitFor();
  await desktop.waitForURL("**/home");
  await desktop.getByRole("heading", { name: "最近登录" }).waitFor();
  await shot(desktop, "flow-3-desktop-home");
  await shot(phone, "flow-3-phone-outcome");
  assert.match(await desktop.locator(".recent li").first().textContent(), /扫码[\s\S]*本次/);
});

test("a refusal on the phone is shown as one on the desktop", async (t) => {
  const { desktop, phone, camera } = await stage(t);
  await scan(phone, desktop, camera);
  await review(phone);
  await phone.getByRole("button", { name: "拒绝" }).click();
  await phone.getByRole("heading", { name: "已拒绝" }).waitFor();
  await waitForState(desktop, "failed");
  await shot(desktop, "refused-desktop");
  assert.ok(desktop.url().includes("/#") || !desktop.url().includes("/home"));
});

test("a wrong PIN tells the tries left and the right one still logs in", async (t) => {
  const { desktop, phone, camera } = await stage(t);
  await scan(phone, desktop, camera);
  await review(phone);
  await agree(phone, "840271");
  await phone.getByRole("alert").filter({ hasText: "还可以试 4 次" }).waitFor();
  await shot(phone, "wrong-pin-phone");
  await typePin(phone, "739182");
  await phone.getByRole("heading", { name: "登录成功" }).waitFor();
  await desktop.waitForURL("**/home");
});

test('"not me" on the desktop ends the phone’s scan and the code can be scanned again', async (t) => {
  const { desktop, phone, camera } = await stage(t);
  await scan(phone, desktop, camera);
  await review(phone);
  await desktop.getByRole("button", { name: "不是我" }).click();
  await phone.getByRole("heading", { name: "没有成功" }).waitFor();
  await shot(phone, "not-me-phone");
  await waitForState(desktop, "waiting");
  await phone.getByRole("button", { name: "完成" }).click();
  await scan(phone, desktop, camera);
  await review(phone);
  await agree(phone);
  await desktop.waitForURL("**/home");
});

test("a photographed code is stale after ten seconds", async (t) => {
  const { desktop, phone, camera } = await stage(t);
  await aimCamera(desktop, camera);
  await new Promise((resolve) => setTimeout(resolve, 10_500));
  await phone.getByRole("button", { name: "扫一扫" }).click();
  await phone.locator('[data-screen="outcome"]').waitFor();
  assert.equal(await phone.locator(".done .code").textContent(), "qr-stale");
  await shot(phone, "stale-phone");
  await waitForState(desktop, "waiting");
});

test("a relay that restarts in the middle loses nothing", async (t) => {
  const { portal, desktop, phone, camera } = await stage(t);
  await scan(phone, desktop, camera);
  await review(phone);
  await portal.kill();
  const port = Number(new URL(portal.url).port);
  await startPortal(t, { data: portal.data, port });
  await agree(phone);
  await phone.getByRole("heading", { name: "登录成功" }).waitFor({ timeout: 30_000 });
  await desktop.waitForURL("**/home");
});

test("a phone that loses its network in the middle comes back and finishes", async (t) => {
  const network = await startNetwork();
  atEnd(t, () => network.stop());
  const { desktop, phone, camera } = await stage(t, { network });
  await scan(phone, desktop, camera);
  await review(phone);
  network.cut();
  await desktop.waitForFunction(() => document.querySelector("scanseal-qr").state.phoneAway === true);
  await phone.locator(".link").filter({ hasText: "正在重新连接" }).waitFor();
  await shot(phone, "offline-phone");
  await shot(desktop, "offline-desktop");
  network.mend();
  await phone.locator(".link").waitFor({ state: "hidden" });
  await agree(phone);
  await phone.getByRole("heading", { name: "登录成功" }).waitFor();
  await desktop.waitForURL("**/home");
});

test("a desktop tab that is closed ends the phone's scan", async (t) => {
  const { desktop, phone, camera } = await stage(t);
  await scan(phone, desktop, camera);
  await review(phone);
  await desktop.close({ runBeforeUnload: true });
  assert.equal(await failure(phone), "cancelled");
});

test("a phone that stops is told to the desktop, and the code of a second phone is refused", async (t) => {
  const { portal, desktop, phone, camera } = await stage(t);
  const secondCamera = await blankCamera(await temporaryFolder(t));
  const second = await (await startBrowser(t, { ...PHONE, camera: secondCamera })).newPage();
  await enrolBound(second, portal);
  await aimCamera(desktop, secondCamera);
  await scan(phone, desktop, camera);
  await review(phone);
  await second.getByRole("button", { name: "扫一扫" }).click();
  assert.equal(await failure(second), "already-scanned");
  await phone.reload();
  await desktop.waitForFunction(() => document.querySelector("scanseal-qr").state.phoneAway === true);
  await shot(desktop, "phone-away-desktop");
});

test("codes of other systems and damaged texts are told apart from ours", async (t) => {
  const { portal, phone } = await stage(t);
  const cases = [
    ["https://example.com/pay?id=1", "qr-foreign"],
    ["hello", "qr-foreign"],
    [`http://evil.example/S#${"A".repeat(109)}`, "qr-foreign"],
    [`${portal.url}/S#AEAQ`, "qr-foreign"],
    [`${portal.url}/S#AIAQ`, "qr-version"],
  ];
  for (const [text, code] of cases) {
    await phone.getByRole("button", { name: "扫一扫" }).click();
    await phone.getByText("粘贴二维码内容").click();
    await phone.getByLabel("二维码内容").fill(text);
    await phone.getByRole("button", { name: "继续" }).click();
    assert.equal(await failure(phone), code, text);
    await phone.getByRole("button", { name: "完成" }).click();
  }
});

test("an uploaded picture of the code is as good as the camera, and one without a code says so", async (t) => {
  const { desktop, phone } = await stage(t);
  await phone.getByRole("button", { name: "扫一扫" }).click();
  const upload = phone.locator('input[type="file"]');
  await upload.setInputFiles({ name: "text.png", mimeType: "image/png", buffer: Buffer.from("no picture") });
  await phone.getByRole("alert").filter({ hasText: "没有找到二维码" }).waitFor();
  const picture = await desktop.locator("scanseal-qr").screenshot();
  await upload.setInputFiles({ name: "code.png", mimeType: "image/png", buffer: picture });
  await review(phone);
  await agree(phone);
  await desktop.waitForURL("**/home");
});

test("a revoked certificate is refused on both ends with the same reason", async (t) => {
  const { portal, desktop, phone, camera } = await stage(t);
  const certificates = await promisify(execFile)(PORTAL, ["certificates", "--data", portal.data]);
  const [serial] = /[0-9a-f]{30,}/.exec(certificates.stdout);
  await promisify(execFile)(PORTAL, ["revoke", serial, "--reason", "keyCompromise", "--data", portal.data]);
  await scan(phone, desktop, camera);
  await review(phone);
  await agree(phone);
  assert.equal(await failure(phone), "certificate-revoked");
  await shot(phone, "revoked-phone");
  await waitForState(desktop, "failed");
  await shot(desktop, "revoked-desktop");
  assert.equal(
    await desktop.evaluate(() => document.querySelector("scanseal-qr").state.error.code),
    "certificate-revoked",
  );
});

test("a certificate of no account goes on at the computer, where its enterprise can register", async (t) => {
  const portal = await startPortal(t);
  const camera = await blankCamera(await temporaryFolder(t));
  const desktop = await (await startBrowser(t, DESKTOP)).newPage();
  const phone = await (await startBrowser(t, { ...PHONE, camera })).newPage();
  await enrol(phone, portal.url, { enterprise: "戈壁绿洲农业科技有限公司", creditCode: "91650100MA7777777K" });
  await showCode(desktop, portal.url);
  await scan(phone, desktop, camera);
  await review(phone);
  await agree(phone);
  await phone.getByRole("heading", { name: "请在电脑上继续" }).waitFor();
  await shot(phone, "not-bound-phone");
  await desktop.waitForURL("**/register");
});

test("five wrong PINs lock the certificate, and the desktop learns why", async (t) => {
  const { desktop, phone, camera } = await stage(t);
  await scan(phone, desktop, camera);
  await review(phone);
  await phone.getByRole("button", { name: "同意", exact: true }).click();
  for (let left = 4; left >= 1; left -= 1) {
    await typePin(phone, "840271");
    await phone
      .getByRole("alert")
      .filter({ hasText: `还可以试 ${left} 次` })
      .waitFor();
  }
  await typePin(phone, "840271");
  assert.equal(await failure(phone), "pin-locked");
  await shot(phone, "locked-phone");
  await waitForState(desktop, "failed");
});

test("a code that nobody scans renews itself three times, then waits for the refresh button", async (t) => {
  const portal = await startPortal(t);
  const desktop = await (await startBrowser(t, DESKTOP)).newPage();
  await desktop.clock.install();
  await showCode(desktop, portal.url);
  for (let renewal = 0; renewal < 3; renewal += 1) {
    await Promise.all([desktop.waitForResponse("**/api/scan/requests"), desktop.clock.fastForward("03:01")]);
    await waitForState(desktop, "waiting");
  }
  await desktop.clock.fastForward("03:01");
  await waitForState(desktop, "expired");
  await shot(desktop, "expired-desktop");
  await desktop.getByRole("button", { name: /刷新/ }).click();
  await waitForState(desktop, "waiting");
});
