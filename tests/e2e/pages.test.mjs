/** Every page in both languages, light and dark, desktop and phone: no serious accessibility fault, strict policy, keyboard only. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { test } from "node:test";
import { blankCamera, DESKTOP, PHONE, shot, startBrowser, startPortal, temporaryFolder } from "./harness.mjs";
import { agree, enrol, PIN, review, scan, showCode, waitForState } from "./people.mjs";

const AXE = await readFile(createRequire(import.meta.url).resolve("axe-core/axe.min.js"), "utf8");

/** What axe-core finds, serious or critical. Evaluated by the debugger, so the page's policy stays as it is. */
async function faults(page) {
  await page.evaluate(AXE);
  return page.evaluate(async () => {
    const { violations } = await globalThis.axe.run(document, { resultTypes: ["violations"] });
    return violations
      .filter(({ impact }) => impact === "serious" || impact === "critical")
      .map(
        ({ id, nodes }) =>
          `${id}: ${nodes.map((node) => `${node.html.slice(0, 120)} ${node.any[0]?.message ?? ""}`).join(" | ")}`,
      );
  });
}

async function inspect(page, name) {
  // Colours in the middle of a fade are not the page's colours.
  await page.waitForTimeout(700);
  await shot(page, name);
  assert.deepEqual(await faults(page), [], name);
  const width = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth);
  assert.ok(width <= 0, `${name} is ${width} px wider than the screen`);
}

for (const colorScheme of ["light", "dark"]) {
  for (const lang of ["zh", "en"]) {
    test(`pages are accessible: ${lang}, ${colorScheme}`, async (t) => {
      const portal = await startPortal(t);
      const camera = await blankCamera(await temporaryFolder(t));
      const name = (page) => `${page}-${lang}-${colorScheme}`;
      const desktop = await (await startBrowser(t, { ...DESKTOP, colorScheme })).newPage();
      const phone = await (await startBrowser(t, { ...PHONE, colorScheme, camera })).newPage();
      // The steps are found by their Chinese words; the language is switched only to look.
      const look = async (page, title) => {
        const toEnglish = page.getByRole("button", { name: "English", exact: true });
        if (lang === "en") await toEnglish.click();
        await inspect(page, name(title));
        if (lang === "en") await page.getByRole("button", { name: "中文", exact: true }).click();
      };
      await desktop.goto(`${portal.url}/`);
      await look(desktop, "login-desktop");
      await desktop.setViewportSize(PHONE.viewport);
      await look(desktop, "login-narrow");
      await desktop.setViewportSize(DESKTOP.viewport);
      await phone.goto(`${portal.url}/phone`);
      await look(phone, "phone-welcome");
      await phone.getByRole("button", { name: "申请证书" }).click();
      await look(phone, "phone-enrol");
      await enrol(phone, portal.url);
      await look(phone, "phone-list");
      await showCode(desktop, portal.url);
      await look(desktop, "scan-desktop");
      await desktop.setViewportSize(PHONE.viewport);
      await look(desktop, "scan-narrow");
      await desktop.setViewportSize(DESKTOP.viewport);
      await scan(phone, desktop, camera);
      await review(phone);
      await look(phone, "phone-review");
      await look(desktop, "scanned-desktop");
      await phone.getByRole("button", { name: "同意", exact: true }).click();
      await look(phone, "phone-pin");
      await phone.getByRole("button", { name: "返回" }).click();
      await agree(phone);
      await phone.getByRole("heading", { name: "登录成功" }).waitFor();
      await look(phone, "phone-outcome");
      await desktop.waitForURL("**/home");
      await desktop.getByRole("heading", { name: "最近登录" }).waitFor();
      await look(desktop, "home-desktop");
      await desktop.setViewportSize({ width: 360, height: 800 });
      await look(desktop, "home-narrow");
    });
  }
}

test("a login by scan needs no mouse on either side", async (t) => {
  const portal = await startPortal(t);
  const desktop = await (await startBrowser(t, DESKTOP)).newPage();
  const phone = await (await startBrowser(t, PHONE)).newPage();
  await enrol(phone, portal.url);
  await desktop.goto(`${portal.url}/`);
  await tabTo(desktop, "改用扫码登录");
  await desktop.keyboard.press("Enter");
  await waitForState(desktop, "waiting");
  const text = await desktop.evaluate(() => document.querySelector("scanseal-qr").state.code.text);
  await tabTo(phone, "扫一扫");
  await phone.keyboard.press("Enter");
  await tabTo(phone, "粘贴二维码内容");
  await phone.keyboard.press("Enter");
  await phone.keyboard.press("Tab");
  await phone.keyboard.insertText(text);
  await phone.keyboard.press("Enter");
  await review(phone);
  await tabTo(phone, "同意");
  await phone.keyboard.press("Enter");
  await phone.locator('[data-screen="pin"]').waitFor();
  await phone.keyboard.type(PIN);
  await phone.keyboard.press("Enter");
  await desktop.waitForURL("**/home");
});

test("a login by password tells wrong ones apart from missing ones, points to the scan, and logs out", async (t) => {
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
  await desktop.getByRole("heading", { name: enterprise }).waitFor();
  await desktop.getByText("下次试试扫码登录").waitFor();
  await desktop.getByText("还没有绑定手机证书").waitFor();
  await inspect(desktop, "home-empty-desktop");
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

/** Presses Tab until what has focus bears this name. */
async function tabTo(page, name) {
  for (let presses = 0; presses < 40; presses += 1) {
    await page.keyboard.press("Tab");
    const focused = await page.evaluate(() => {
      let element = document.activeElement;
      while (element?.shadowRoot?.activeElement) element = element.shadowRoot.activeElement;
      return element?.getAttribute("aria-label") ?? element?.textContent?.trim() ?? "";
    });
    if (focused.startsWith(name)) return;
  }
  throw new Error(`Tab never reached "${name}"`);
}

test("no page allows inline code, foreign hosts or framing", async (t) => {
  const portal = await startPortal(t);
  for (const path of ["/", "/home", "/phone"]) {
    const { headers } = await fetch(portal.url + path);
    const policy = headers.get("content-security-policy") ?? "";
    assert.match(policy, /default-src 'none'|default-src 'self'/, path);
    assert.doesNotMatch(policy, /'unsafe-inline'|'unsafe-eval'|\*|https:/, path);
    assert.match(policy, /frame-ancestors 'none'/, path);
    assert.equal(headers.get("x-content-type-options"), "nosniff");
  }
});
