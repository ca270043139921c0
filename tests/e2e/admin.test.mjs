/** What the platform's staff does, and what it does to logins: kinds and codes, revocation, the trust list, keys. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { blankCamera, DESKTOP, PHONE, shot, startBrowser, startPortal, temporaryFolder } from "./harness.mjs";
import {
  agree,
  bind,
  enrol,
  enrolBound,
  failure,
  logIn,
  personOf,
  review,
  scan,
  showCode,
  waitForState,
} from "./people.mjs";

async function stage(t) {
  const portal = await startPortal(t);
  const camera = await blankCamera(await temporaryFolder(t));
  const desktop = await (await startBrowser(t, DESKTOP)).newPage();
  const phone = await (await startBrowser(t, { ...PHONE, camera })).newPage();
  const staff = await (await startBrowser(t, DESKTOP)).newPage();
  return { portal, camera, desktop, phone, staff };
}

async function openAdmin(staff, portal, section) {
  if (!staff.url().startsWith(portal.url)) await logIn(staff, portal, "admin");
  await staff.goto(`${portal.url}/admin#${section}`);
}

test("two codes: each tab takes its own kind, and the phone says why the other does not fit", async (t) => {
  const { portal, camera, desktop, phone, staff } = await stage(t);
  await openAdmin(staff, portal, "settings");
  await staff.getByRole("radio", { name: /两个/ }).check();
  await staff.getByRole("button", { name: "保存" }).click();
  await shot(staff, "settings-two-desktop");
  await enrol(phone, portal.url, personOf(portal, "li.na"), /天池/);
  await bind(phone, portal, "li.na");
  await showCode(desktop, portal.url);
  const platform = desktop.getByRole("tab", { name: "平台证书" });
  assert.equal(await platform.getAttribute("aria-selected"), "true");
  await shot(desktop, "two-tabs-desktop");
  await scan(phone, desktop, camera);
  await review(phone);
  await phone.getByText("本次操作不接受这类证书").waitFor();
  await shot(phone, "wrong-kind-phone");
  await phone.getByRole("button", { name: "拒绝" }).click();
  await waitForState(desktop, "failed");
  assert.equal(
    await desktop.evaluate(() => document.querySelector("scanseal-qr").state.error.code),
    "certificate-wrong-kind",
  );
  await phone.getByRole("button", { name: "完成" }).click();
  await platform.press("ArrowRight");
  await waitForState(desktop, "waiting");
  assert.equal(await desktop.getByRole("tab", { name: "全国互认证书" }).getAttribute("aria-selected"), "true");
  await scan(phone, desktop, camera);
  await review(phone);
  await agree(phone);
  await desktop.waitForURL("**/home");
});

test("a certificate that staff revokes is refused at the next login, and what it began ends", async (t) => {
  const { portal, camera, desktop, phone, staff } = await stage(t);
  await enrolBound(phone, portal);
  await showCode(desktop, portal.url);
  await scan(phone, desktop, camera);
  await review(phone);
  await agree(phone);
  await desktop.waitForURL("**/home");
  await openAdmin(staff, portal, "certificates");
  await staff.getByRole("tab", { name: "签发的证书" }).click();
  await staff.getByRole("searchbox").fill(personOf(portal, "li.na").creditCode);
  await staff.keyboard.press("Enter");
  await staff.getByRole("button", { name: /^吊销/ }).first().click();
  const dialog = staff.getByRole("dialog");
  await dialog.getByRole("radio", { name: /密钥可能泄露/ }).check();
  await shot(staff, "admin-revoke-desktop");
  await dialog.getByRole("button", { name: "吊销" }).click();
  await staff.getByText("证书已吊销，吊销列表已更新").waitFor();
  await desktop.reload();
  await desktop.waitForURL((url) => url.pathname === "/");
  await showCode(desktop, portal.url);
  await phone.getByRole("button", { name: "完成" }).click();
  await scan(phone, desktop, camera);
  await review(phone);
  await agree(phone);
  assert.equal(await failure(phone), "certificate-revoked");
});

test("the platform's key is changed in three steps, and phones log in through all of them", async (t) => {
  const { portal, camera, desktop, phone, staff } = await stage(t);
  await enrolBound(phone, portal);
  await openAdmin(staff, portal, "keys");
  const login = async () => {
    await desktop.context().clearCookies();
    await showCode(desktop, portal.url);
    await scan(phone, desktop, camera);
    await review(phone);
    await agree(phone);
    await desktop.waitForURL("**/home");
    await phone.getByRole("button", { name: "完成" }).click();
  };
  const press = async (step) => {
    await staff.getByRole("main").getByRole("button", { name: step }).click();
    const dialog = staff.getByRole("dialog");
    await dialog.getByRole("button", { name: step }).click();
    await dialog.waitFor({ state: "detached" });
  };
  await press(/准备新密钥/);
  await login();
  await press(/切换/);
  await login();
  // Codes that are on screens now were signed by the old key; it stays in the list until they are over.
  await press(/停用旧密钥/);
  await staff.getByText("还太早", { exact: false }).waitFor();
  await login();
  await shot(staff, "admin-keys-desktop");
});

test("an authority that is taken off the trust list is accepted no more, and again once it is back", async (t) => {
  const { portal, camera, desktop, phone, staff } = await stage(t);
  await enrol(phone, portal.url, personOf(portal, "li.na"), /江城/);
  await bind(phone, portal, "li.na");
  await openAdmin(staff, portal, "trust");
  const authority = staff.getByRole("listitem").filter({ hasText: "江城" }).first();
  await authority.getByRole("button", { name: "移出列表" }).click();
  await staff.getByRole("dialog").getByRole("button", { name: "移出列表" }).click();
  await staff.getByRole("dialog").waitFor({ state: "detached" });
  await shot(staff, "admin-trust-desktop");
  await showCode(desktop, portal.url);
  await scan(phone, desktop, camera);
  await review(phone);
  await agree(phone);
  assert.equal(await failure(phone), "certificate-untrusted");
  await authority.getByRole("button", { name: "列入" }).click();
  await staff.getByRole("dialog").getByRole("button", { name: "列入" }).click();
  await staff.getByRole("dialog").waitFor({ state: "detached" });
  await phone.getByRole("button", { name: "完成" }).click();
  await showCode(desktop, portal.url);
  await scan(phone, desktop, camera);
  await review(phone);
  await agree(phone);
  await desktop.waitForURL("**/home");
});

test("who is no staff gets nothing of the platform's administration", async (t) => {
  const { portal, desktop } = await stage(t);
  await logIn(desktop, portal, "chen.jing");
  assert.equal(await desktop.getByRole("link", { name: "平台管理" }).count(), 0);
  await desktop.goto(`${portal.url}/admin`);
  await desktop.getByRole("heading", { name: "这里只对平台工作人员开放" }).waitFor();
  await shot(desktop, "admin-not-allowed-desktop");
});
