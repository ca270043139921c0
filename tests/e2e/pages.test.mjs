/** What holds for pages as such: the password's way in and out, the phone page as an app, and the policy of every page. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DESKTOP, PHONE, shot, startBrowser, startPortal } from "./harness.mjs";

test("a login by password tells wrong ones apart from missing ones, and logs out", async (t) => {
  const portal = await startPortal(t);
  const [{ login, password, enterprise }] = portal.accounts;
  const desktop = await (await startBrowser(t, DESKTOP)).newPage();
  await desktop.goto(`${portal.url}/home`);
  await desktop.waitForURL(`${portal.url}/`);
  const submit = desktop.getByRole("button", { name: "登录", exact: true });
  await submit.click();
  await desktop.getByText("请输入用户名").waitFor();
  await desktop.getByLabel("用户名").fill(login);
  await desktop.getByLabel("密码", { exact: true }).fill("wrong");
  await submit.click();
  await desktop.getByRole("alert").filter({ hasText: "用户名或密码不对" }).waitFor();
  await shot(desktop, "password-wrong-desktop");
  await desktop.getByLabel("密码", { exact: true }).fill(password);
  await submit.click();
  await desktop.waitForURL("**/home");
  await desktop.getByRole("heading", { name: enterprise }).first().waitFor();
  await desktop.getByRole("heading", { name: "还没有绑定手机证书" }).waitFor();
  await desktop.locator(".menu:not(.bell) summary").click();
  await desktop.getByRole("button", { name: "退出登录" }).click();
  await desktop.waitForURL(`${portal.url}/`);
  await desktop.goto(`${portal.url}/home`);
  await desktop.waitForURL(`${portal.url}/`);
});

test("the phone page can be installed, opens without a network, and only once at a time", async (t) => {
  const portal = await startPortal(t);
  const context = await startBrowser(t, PHONE);
  const phone = await context.newPage();
  await phone.goto(`${portal.url}/phone`);
  await phone.getByRole("button", { name: "申请证书" }).waitFor();
  await phone.evaluate(() => navigator.serviceWorker.ready);
  const { installabilityErrors } = await (await context.newCDPSession(phone)).send("Page.getInstallabilityErrors");
  assert.deepEqual(
    // Every context of a test browser counts as a private window.
    installabilityErrors.filter(({ errorId }) => errorId !== "in-incognito"),
    [],
  );
  const second = await context.newPage();
  await second.goto(`${portal.url}/phone`);
  await second.getByRole("alert").filter({ hasText: "已在另一个页面打开" }).waitFor();
  await second.close();
  await phone.reload();
  await phone.getByRole("button", { name: "申请证书" }).waitFor();
  await portal.kill();
  await phone.reload();
  await phone.getByRole("button", { name: "申请证书" }).waitFor();
});

test("no page allows inline code, foreign hosts or framing", async (t) => {
  const portal = await startPortal(t);
  for (const path of [
    "/",
    "/register",
    "/home",
    "/security",
    "/people",
    "/admin",
    "/phone",
    "/contracts",
    "/contract",
    "/seal",
    "/verify",
  ]) {
    const { headers } = await fetch(portal.url + path);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'|default-src 'self'/, path);
    assert.doesNotMatch(policy, /'unsafe-inline'|'unsafe-eval'|\*|https:/, path);
    assert.match(policy, /frame-ancestors 'none'/, path);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
});
