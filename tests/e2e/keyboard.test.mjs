/** By keyboard alone: login, binding and registration, no mouse on either side; focus is always seen and never lost. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DESKTOP, PHONE, startBrowser, startPortal } from "./harness.mjs";
import { focused, tabTo } from "./inspect.mjs";
import { enrol, enrolBound, PIN, personOf, review, waitForState } from "./people.mjs";

const NEWCOMER = { enterprise: "云岭绿洲园林工程有限公司", creditCode: "91650102MA7ABQ8K1H" };

async function stage(t, prepare = async () => undefined) {
  const portal = await startPortal(t);
  const desktop = await (await startBrowser(t, DESKTOP)).newPage();
  const phone = await (await startBrowser(t, PHONE)).newPage();
  await prepare(phone, portal);
  await desktop.goto(`${portal.url}/`);
  return { portal, desktop, phone };
}

/** Tabs there and presses Enter. */
async function press(page, name) {
  await tabTo(page, name);
  await page.keyboard.press("Enter");
}

/** Tabs to a field and types. */
async function type(page, label, text) {
  await tabTo(page, label);
  await page.keyboard.insertText(text);
}

/** Whatever the page did by itself, the focus is somewhere in it. */
async function keepsFocus(page, where) {
  const { outside } = await focused(page);
  assert.ok(!outside, `the focus was lost ${where}`);
}

/** Reads the desktop's code into the phone, agrees, types the PIN; ends on whatever comes. */
async function answer(phone, desktop) {
  await waitForState(desktop, "waiting");
  const text = await desktop.evaluate(() => document.querySelector("scanseal-qr").state.code.text);
  await press(phone, "扫一扫");
  await press(phone, "粘贴二维码内容");
  await phone.keyboard.press("Tab");
  await phone.keyboard.insertText(text);
  await phone.keyboard.press("Enter");
  await review(phone);
  await keepsFocus(phone, "at the request");
  await press(phone, "同意");
  await phone.locator('[data-screen="pin"]').waitFor();
  await keepsFocus(phone, "at the PIN");
  await phone.keyboard.type(PIN);
  await phone.keyboard.press("Enter");
  await phone.locator('[data-screen="outcome"]').waitFor();
  await keepsFocus(phone, "at the outcome");
}

test("a login by scan needs no mouse on either side", async (t) => {
  const { desktop, phone } = await stage(t, (phone, portal) => enrolBound(phone, portal));
  await press(desktop, "改用扫码登录");
  await answer(phone, desktop);
  await desktop.waitForURL("**/home");
});

test("binding needs no mouse on either side, from the password to the certificate's paper", async (t) => {
  const { portal, desktop, phone } = await stage(t, (phone, portal) => enrol(phone, portal.url));
  await type(desktop, "用户名", "li.na");
  await type(desktop, "密码", personOf(portal, "li.na").password);
  await desktop.keyboard.press("Enter");
  await desktop.waitForURL("**/home");
  await desktop.locator(".page-head").waitFor();
  await press(desktop, "扫码绑定");
  await desktop.getByRole("dialog").waitFor();
  assert.equal((await focused(desktop)).text, "扫码绑定证书", "reading starts at the dialog's title");
  await answer(phone, desktop);
  await desktop.getByRole("dialog").getByRole("heading", { name: "绑定成功" }).waitFor();
  assert.equal((await focused(desktop)).text, "完成", "the next step has the focus");
  await desktop.keyboard.press("Enter");
  await desktop.locator(".paper").waitFor();
  await keepsFocus(desktop, "when the dialog closed");
  // A question that takes something away begins at the safe answer.
  await press(desktop, "解绑");
  assert.equal((await focused(desktop)).text, "取消");
  await desktop.keyboard.press("Escape");
  assert.match((await focused(desktop)).text, /^解绑/, "the focus is back where it was");
  await desktop.keyboard.press("Enter");
  await press(desktop, "解绑");
  await desktop.getByRole("heading", { name: "还没有绑定手机证书" }).waitFor();
  await keepsFocus(desktop, "when the certificate was gone");
});

test("registration needs no mouse on either side, from the scan to the user centre", async (t) => {
  const { desktop, phone } = await stage(t, (phone, portal) => enrol(phone, portal.url, NEWCOMER));
  await press(desktop, "改用扫码登录");
  await answer(phone, desktop);
  await desktop.waitForURL("**/register");
  await desktop.locator("input[readonly]").first().waitFor();
  await type(desktop, "联系人姓名", "赵敏");
  await desktop.keyboard.press("Enter");
  await desktop.locator('[aria-invalid="true"]').first().waitFor();
  assert.match((await focused(desktop)).text, /^手机号/, "the first field that is wrong has the focus");
  await desktop.keyboard.insertText("13800138000");
  await desktop.keyboard.press("Tab");
  await desktop.keyboard.press("Space");
  await type(desktop, "用户名", "zhao.min");
  await type(desktop, "密码", "lvzhou-2026-xinjiang");
  await type(desktop, "再输一次密码", "lvzhou-2026-xinjiang");
  await tabTo(desktop, "我已阅读并同意");
  await desktop.keyboard.press("Space");
  await press(desktop, "完成注册");
  await desktop.getByRole("heading", { name: "注册成功" }).waitFor();
  await keepsFocus(desktop, "at the end of the form");
  await press(desktop, "进入用户中心");
  await desktop.waitForURL("**/home");
});

test("a browser without modal dialogs puts the page away while a dialog is open", async (t) => {
  const portal = await startPortal(t);
  const context = await startBrowser(t, DESKTOP);
  await context.addInitScript(() => {
    // As in Safari before 15.4 and Firefox before 98: the element is known by name only.
    delete HTMLDialogElement.prototype.showModal;
    delete HTMLDialogElement.prototype.close;
  });
  const desktop = await context.newPage();
  await desktop.goto(`${portal.url}/`);
  await type(desktop, "用户名", "li.na");
  await type(desktop, "密码", personOf(portal, "li.na").password);
  await desktop.keyboard.press("Enter");
  await desktop.waitForURL("**/home");
  await desktop.goto(`${portal.url}/people`);
  await desktop.getByRole("row", { name: /陈静/ }).waitFor();
  await press(desktop, "停用：陈静");
  const dialog = desktop.getByRole("dialog");
  await dialog.waitFor();
  assert.equal((await focused(desktop)).text, "取消");
  assert.equal(await desktop.getByRole("button", { name: "添加经办人" }).count(), 0, "the page is not there");
  for (let stop = 0; stop < 8; stop += 1) {
    await desktop.keyboard.press("Tab");
    const inside = await desktop.evaluate(() => {
      const { activeElement } = document;
      return activeElement === document.body || activeElement.closest("dialog") !== null;
    });
    assert.ok(inside, "Tab stays in the dialog");
  }
  await tabTo(desktop, "取消");
  await desktop.keyboard.press("Escape");
  await dialog.waitFor({ state: "detached" });
  assert.equal((await focused(desktop)).text, "停用：陈静", "the focus is back where it was");
  await desktop.keyboard.press("Enter");
  await press(desktop, "停用");
  await desktop.getByText("已停用", { exact: true }).waitFor();
});
