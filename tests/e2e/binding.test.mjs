/** Certificates and accounts, with two browsers and the phone's camera: bind, register, renew, unbind, freeze, and who may not. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { blankCamera, DESKTOP, PHONE, shot, startBrowser, startPortal, temporaryFolder } from "./harness.mjs";
import {
  agree,
  apply,
  enrol,
  enrolBound,
  failure,
  logIn,
  openBinding,
  openCode,
  review,
  scan,
  showCode,
  waitForState,
} from "./people.mjs";

const NEWCOMER = { enterprise: "云岭绿洲园林工程有限公司", creditCode: "91650102MA7ABQ8K1H" };
const TYPO = { enterprise: "天山博康医疗器械公司", creditCode: "91650100MA77C0R54J" };

async function stage(t) {
  const portal = await startPortal(t);
  const camera = await blankCamera(await temporaryFolder(t));
  const desktop = await (await startBrowser(t, DESKTOP)).newPage();
  const phone = await (await startBrowser(t, { ...PHONE, camera })).newPage();
  return { portal, camera, desktop, phone };
}

/** Logs in by scan in a fresh browser session; ends on whatever comes. */
async function scanLogin({ portal, camera, desktop, phone }) {
  await desktop.context().clearCookies();
  await showCode(desktop, portal.url);
  await scan(phone, desktop, camera);
  await review(phone);
  await agree(phone);
}

/** The code with which the desktop's scan ended. */
async function desktopFailure(desktop) {
  await waitForState(desktop, "failed");
  return desktop.evaluate(() => document.querySelector("scanseal-qr").state.error.code);
}

async function closeOutcome(phone) {
  await phone.getByRole("button", { name: "完成" }).click();
}

test("binding: the phone shows the account, both ends say so, and the scan logs in from then on", async (t) => {
  const parts = await stage(t);
  const { portal, camera, desktop, phone } = parts;
  await enrol(phone, portal.url);
  await logIn(desktop, portal, "li.na");
  await openBinding(desktop);
  await shot(desktop, "bind-1-desktop");
  await scan(phone, desktop, camera);
  await review(phone);
  const account = phone.getByRole("region", { name: "绑定到账号" });
  for (const text of ["li.na", "天山博康医疗器械有限公司", "91650100MA77C0R54J"]) {
    await account.getByText(text, { exact: true }).waitFor();
  }
  await shot(phone, "bind-2-phone-review");
  await agree(phone);
  await phone.getByRole("heading", { name: "绑定成功" }).waitFor();
  const dialog = desktop.getByRole("dialog");
  await dialog.getByRole("heading", { name: "绑定成功" }).waitFor();
  await shot(phone, "bind-3-phone");
  await shot(desktop, "bind-3-desktop");
  await dialog.getByRole("button", { name: "完成" }).click();
  await desktop.locator(".paper").getByText("有效", { exact: true }).waitFor();
  await shot(desktop, "bind-4-home");
  await closeOutcome(phone);
  await scanLogin(parts);
  await phone.getByRole("heading", { name: "登录成功" }).waitFor();
  await desktop.waitForURL("**/home");
  await desktop.goto(`${portal.url}/security`);
  await desktop.locator(".timeline").getByText("绑定").first().waitFor();
  await shot(desktop, "bind-5-security");
});

test("a certificate of another name is refused before the PIN, and both ends say that it is the name", async (t) => {
  const { portal, camera, desktop, phone } = await stage(t);
  // The authority compares names of enterprises that have an account; this one was certified before it had one.
  await enrol(phone, portal.url, NEWCOMER);
  await logIn(desktop, portal, "li.na");
  await openBinding(desktop);
  await scan(phone, desktop, camera);
  await review(phone);
  await phone.getByText("没有可用的证书").waitFor();
  assert.equal(await phone.locator(".certificate mark").count(), 2, "name and code are marked");
  assert.ok(await phone.getByRole("button", { name: "同意", exact: true }).isDisabled());
  await shot(phone, "mismatch-phone");
  await phone.getByRole("button", { name: "拒绝" }).click();
  await desktop.getByRole("dialog").getByRole("alert").filter({ hasText: "统一社会信用代码与账号不一致" }).waitFor();
  await shot(desktop, "mismatch-desktop");
});

test("registration: an unknown enterprise is led to a form filled from the certificate, and is in", async (t) => {
  const parts = await stage(t);
  const { portal, camera, desktop, phone } = parts;
  await enrol(phone, portal.url, NEWCOMER);
  await showCode(desktop, portal.url);
  await scan(phone, desktop, camera);
  await review(phone);
  await agree(phone);
  await phone.getByRole("heading", { name: "请在电脑上继续" }).waitFor();
  await shot(phone, "register-1-phone");
  await desktop.waitForURL("**/register");
  const locked = desktop.locator("input[readonly]");
  await locked.first().waitFor();
  assert.deepEqual(await locked.evaluateAll((inputs) => inputs.map(({ value }) => value)), [
    NEWCOMER.enterprise,
    NEWCOMER.creditCode,
  ]);
  await shot(desktop, "register-2-form");
  await desktop.getByRole("button", { name: "完成注册" }).click();
  await desktop.locator('[aria-invalid="true"]').first().waitFor();
  await shot(desktop, "register-3-missing");
  await desktop.getByLabel("联系人姓名").fill("赵敏");
  await desktop.getByLabel("手机号").fill("13800138000");
  await desktop.getByRole("radio", { name: /^供应商/ }).check();
  await desktop.getByLabel("用户名").fill("li.na");
  await desktop.getByLabel("密码", { exact: true }).fill("lvzhou-2026-xinjiang");
  await desktop.getByLabel("再输一次密码").fill("lvzhou-2026-xinjiang");
  await desktop.getByRole("checkbox").check();
  await desktop.getByRole("button", { name: "完成注册" }).click();
  // The user name belongs to somebody else: the form says so at the field and keeps the rest.
  const login = desktop.getByLabel("用户名");
  await desktop.waitForFunction(
    () => document.querySelector('[name="login"]')?.getAttribute("aria-invalid") === "true",
  );
  await login.fill("zhao.min");
  await desktop.getByRole("button", { name: "完成注册" }).click();
  await desktop.getByRole("heading", { name: "注册成功" }).waitFor();
  await shot(desktop, "register-4-done");
  await desktop.getByRole("link", { name: "进入用户中心" }).click();
  await desktop.getByRole("heading", { name: NEWCOMER.enterprise }).first().waitFor();
  await desktop.locator(".paper").waitFor();
  await closeOutcome(phone);
  await scanLogin(parts);
  await desktop.waitForURL("**/home");
});

test("renewal: one scan puts the new certificate in the old one's place", async (t) => {
  const parts = await stage(t);
  const { portal, camera, desktop, phone } = parts;
  await enrolBound(phone, portal);
  await enrol(phone, portal.url);
  await logIn(desktop, portal, "li.na");
  await desktop.locator(".paper").getByRole("button", { name: "更换证书" }).click();
  await waitForState(desktop, "waiting");
  await scan(phone, desktop, camera);
  await review(phone);
  await phone.getByText("这张证书已经绑定到本账号").waitFor();
  await shot(phone, "renew-phone");
  await agree(phone);
  await phone.getByRole("heading", { name: "更换成功" }).waitFor();
  const dialog = desktop.getByRole("dialog");
  await dialog.getByRole("heading", { name: "更换成功" }).waitFor();
  await shot(desktop, "renew-desktop");
  await dialog.getByRole("button", { name: "完成" }).click();
  assert.equal(await desktop.locator(".paper").count(), 1);
});

test("unbound: the certificate no longer logs in, and the page says how to go on", async (t) => {
  const parts = await stage(t);
  const { portal, desktop, phone } = parts;
  await enrolBound(phone, portal);
  await logIn(desktop, portal, "li.na");
  await desktop.locator(".paper").getByRole("button", { name: "解绑" }).click();
  await desktop.getByRole("dialog").getByRole("button", { name: "解绑" }).click();
  await desktop.getByRole("heading", { name: "还没有绑定手机证书" }).waitFor();
  await scanLogin(parts);
  await phone.getByRole("heading", { name: "请在电脑上继续" }).waitFor();
  await desktop.getByRole("heading", { name: "您的企业已在本平台注册" }).waitFor();
  await shot(desktop, "known-desktop");
});

test('"this was not me" freezes at once, ends what the certificate began, and only an administrator undoes it', async (t) => {
  const parts = await stage(t);
  const { portal, desktop, phone } = parts;
  await enrolBound(phone, portal, "chen.jing");
  await scanLogin(parts);
  await desktop.waitForURL("**/home");
  const other = await (await startBrowser(t, DESKTOP)).newPage();
  await logIn(other, portal, "chen.jing");
  await other.goto(`${portal.url}/security`);
  await other
    .getByRole("button", { name: /^不是本人操作/ })
    .first()
    .click();
  await shot(other, "freeze-1-question");
  await other.getByRole("dialog").getByRole("button", { name: "立即冻结" }).click();
  await other.getByRole("heading", { name: "证书已冻结" }).waitFor();
  await shot(other, "freeze-2-done");
  await desktop.reload();
  await desktop.waitForURL((url) => url.pathname === "/");
  await closeOutcome(phone);
  await scanLogin(parts);
  assert.equal(await failure(phone), "certificate-frozen");
  assert.equal(await desktopFailure(desktop), "certificate-frozen");
  await shot(phone, "freeze-3-phone");
  const administrator = await (await startBrowser(t, DESKTOP)).newPage();
  await logIn(administrator, portal, "li.na");
  await administrator.locator(".paper").getByRole("button", { name: "解冻" }).click();
  await administrator.getByRole("dialog").getByRole("button", { name: "解冻" }).click();
  await administrator.locator(".paper").getByText("有效", { exact: true }).waitFor();
  await closeOutcome(phone);
  await scanLogin(parts);
  await desktop.waitForURL("**/home");
});

test("the web session ends in the middle of a scan: nothing is bound, and the page leads back to the login", async (t) => {
  const { portal, camera, desktop, phone } = await stage(t);
  await enrol(phone, portal.url);
  await logIn(desktop, portal, "li.na");
  await openBinding(desktop);
  await scan(phone, desktop, camera);
  await review(phone);
  // Somebody else in the same account ends this login meanwhile.
  const other = await (await startBrowser(t, DESKTOP)).newPage();
  await logIn(other, portal, "li.na");
  await other.goto(`${portal.url}/security`);
  await other.locator("#sessions").getByRole("button", { name: /^结束/ }).first().click();
  await other.getByText("那一处登录已结束").waitFor();
  await agree(phone);
  assert.equal(await failure(phone), "login-required");
  await desktop.getByRole("dialog").getByRole("button", { name: "重新登录" }).waitFor();
  await shot(desktop, "session-ended-desktop");
});

test("a newer bind request takes the older one's place", async (t) => {
  const { portal, desktop, phone } = await stage(t);
  await enrol(phone, portal.url);
  await logIn(desktop, portal, "li.na");
  await openBinding(desktop);
  await openCode(phone, desktop);
  await review(phone);
  const second = await desktop.context().newPage();
  await second.goto(`${portal.url}/home`);
  await openBinding(second);
  await agree(phone);
  assert.equal(await failure(phone), "superseded");
  await closeOutcome(phone);
  await openCode(phone, second);
  await review(phone);
  await agree(phone);
  await phone.getByRole("heading", { name: "绑定成功" }).waitFor();
});

test("what the computer shows as the enterprise's name is compared by the rule, not by the letter", async (t) => {
  const { portal, phone } = await stage(t);
  // Other than the registered name by a word: the authority itself refuses, as it knows the code.
  await phone.goto(`${portal.url}/phone`);
  await phone.getByRole("button", { name: "申请证书" }).click();
  await apply(phone, TYPO);
  await phone.getByRole("alert").filter({ hasText: "企业名称与账号不一致" }).waitFor();
  // Other than it by width and spaces only: it is the same enterprise.
  await apply(phone, { ...TYPO, enterprise: "天山博康　医疗器械 有限公司" });
  await phone.getByRole("heading", { name: "证书已签发" }).waitFor();
});
