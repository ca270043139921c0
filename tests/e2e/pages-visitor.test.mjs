/** What somebody sees who is not logged in yet: login, registration, and the phone; every state, inspected. */
import { describe, test } from "node:test";
import { DESKTOP, PHONE, startBrowser, startPortal } from "./harness.mjs";
import { inspector } from "./inspect.mjs";
import { agree, apply, enrol, failure, openCode, review, showCode, waitForState } from "./people.mjs";

const NEWCOMER = { enterprise: "云岭绿洲园林工程有限公司", creditCode: "91650102MA7ABQ8K1H" };

describe("pages of who is not logged in", { concurrency: 2 }, () => {
  for (const colorScheme of ["light", "dark"]) {
    test(`login, registration and phone, ${colorScheme}`, async (t) => {
      const portal = await startPortal(t);
      const desktop = await (await startBrowser(t, { ...DESKTOP, colorScheme })).newPage();
      const phone = await (await startBrowser(t, { ...PHONE, colorScheme })).newPage();
      const look = inspector(colorScheme);
      const lookAtPhone = inspector(colorScheme, "phone");
      await t.test("login by password", () => passwordForm(desktop, portal, look));
      await t.test("phone without a certificate", () => freshPhone(phone, portal, lookAtPhone));
      await t.test("login by scan", () => scanLogin(desktop, phone, portal, look, lookAtPhone));
      await t.test("registration", () => registration(desktop, phone, portal, look, lookAtPhone));
    });
  }
});

async function passwordForm(desktop, portal, look) {
  await desktop.goto(`${portal.url}/`);
  await look(desktop, "login");
  await desktop.getByRole("button", { name: "登录", exact: true }).click();
  await desktop.getByText("请输入用户名").waitFor();
  await look(desktop, "login-missing");
  await desktop.getByLabel("用户名").fill("li.na");
  await desktop.getByLabel("密码", { exact: true }).fill("wrong");
  await desktop.getByRole("button", { name: "登录", exact: true }).click();
  await desktop.getByRole("alert").filter({ hasText: "用户名或密码不对" }).waitFor();
  await look(desktop, "login-wrong");
  await desktop.goto(`${portal.url}/home`);
  await desktop.waitForURL(`${portal.url}/`);
  await desktop.locator("form .notice").waitFor();
  await look(desktop, "login-needed");
}

async function freshPhone(phone, portal, look) {
  await phone.goto(`${portal.url}/phone`);
  await phone.getByRole("button", { name: "申请证书" }).waitFor();
  await look(phone, "phone-welcome");
  await phone.getByRole("button", { name: "申请证书" }).click();
  await phone.getByRole("radio", { name: /天池/ }).waitFor();
  await look(phone, "phone-enrol");
  await phone.getByRole("button", { name: "提交申请" }).click();
  await look(phone, "phone-enrol-missing");
  await apply(phone);
  await phone.getByRole("heading", { name: "证书已签发" }).waitFor();
  await look(phone, "phone-enrolled");
  await phone.getByRole("button", { name: "完成" }).click();
  await look(phone, "phone-list");
  await phone.getByRole("button", { name: "扫一扫" }).click();
  await phone.getByText("粘贴二维码内容").click();
  await phone.getByRole("alert").waitFor();
  await look(phone, "phone-no-camera");
  await phone.getByRole("button", { name: "取消" }).click();
}

async function scanLogin(desktop, phone, portal, look, lookAtPhone) {
  await showCode(desktop, portal.url);
  await look(desktop, "scan-waiting");
  const { hash } = new URL(await desktop.locator("scanseal-qr a[href*='#']").getAttribute("href"));
  await phone.evaluate((code) => {
    location.hash = code;
  }, hash);
  await phone.getByRole("heading", { name: "是您刚刚扫描的吗" }).waitFor();
  await lookAtPhone(phone, "phone-opened");
  await phone.getByRole("button", { name: "继续" }).click();
  await review(phone);
  await lookAtPhone(phone, "phone-review");
  await look(desktop, "scan-scanned");
  await phone.getByRole("button", { name: "拒绝" }).click();
  await phone.getByRole("heading", { name: "已拒绝" }).waitFor();
  await lookAtPhone(phone, "phone-refused");
  await waitForState(desktop, "failed");
  await look(desktop, "scan-failed");
  await phone.getByRole("button", { name: "完成" }).click();
  await showCode(desktop, portal.url);
  await openCode(phone, desktop);
  await review(phone);
  await phone.getByRole("button", { name: "同意", exact: true }).click();
  await lookAtPhone(phone, "phone-pin");
  await phone.getByRole("button", { name: "返回" }).click();
  await agree(phone, "840271");
  await phone.getByRole("alert").filter({ hasText: "还可以试 4 次" }).waitFor();
  await lookAtPhone(phone, "phone-pin-wrong");
  await phone.getByRole("button", { name: "返回" }).click();
  // Its enterprise is known here, but no account holds this certificate.
  await agree(phone);
  await phone.getByRole("heading", { name: "请在电脑上继续" }).waitFor();
  await lookAtPhone(phone, "phone-go-on");
  await desktop.getByRole("heading", { name: "您的企业已在本平台注册" }).waitFor();
  await look(desktop, "login-known");
  await phone.getByRole("button", { name: "完成" }).click();
  await openOther(phone);
  await lookAtPhone(phone, "phone-failed");
  await phone.getByRole("button", { name: "完成" }).click();
}

/** A code that is none of this platform's. */
async function openOther(phone) {
  await phone.evaluate(() => {
    location.hash = "AIAQ";
  });
  await phone.getByRole("button", { name: "继续" }).click();
  await failure(phone);
}

async function registration(desktop, phone, portal, look, lookAtPhone) {
  await desktop.goto(`${portal.url}/register`);
  await desktop.getByRole("heading", { level: 1 }).waitFor();
  await look(desktop, "register-none");
  await enrol(phone, portal.url, NEWCOMER);
  await showCode(desktop, portal.url);
  await openCode(phone, desktop);
  await review(phone);
  await phone.getByRole("radio").nth(1).check();
  await lookAtPhone(phone, "phone-choice");
  await agree(phone);
  await desktop.waitForURL("**/register");
  await desktop.locator("input[readonly]").first().waitFor();
  await look(desktop, "register-form");
  await desktop.getByText("平台使用约定（演示）").click();
  await desktop.getByLabel("密码", { exact: true }).fill("lvzhou");
  await desktop.getByRole("button", { name: "完成注册" }).click();
  await desktop.locator('[aria-invalid="true"]').first().waitFor();
  await look(desktop, "register-wrong");
  await look(desktop, "register-leave", async () => {
    await desktop.locator(".finish .plain").click();
    await desktop.getByRole("dialog").waitFor();
  });
  await desktop.route("**/api/registration", (route) =>
    route.fulfill({ status: 410, contentType: "application/problem+json", body: '{"code":"request-expired"}' }),
  );
  await register(desktop);
  await desktop.locator(".registration .empty h1").waitFor();
  await look(desktop, "register-expired");
  await desktop.unroute("**/api/registration");
  await desktop.reload();
  await register(desktop);
  await desktop.getByRole("heading", { name: "注册成功" }).waitFor();
  await look(desktop, "register-done");
}

/** Fills in the form and sends it. */
async function register(desktop) {
  await desktop.getByLabel("联系人姓名").fill("赵敏");
  await desktop.getByLabel("手机号").fill("13800138000");
  await desktop.getByLabel("用户名").fill("zhao.min");
  await desktop.getByRole("radio").first().check();
  await desktop.getByLabel("密码", { exact: true }).fill("lvzhou-2026-xinjiang");
  await desktop.getByLabel("再输一次密码").fill("lvzhou-2026-xinjiang");
  await desktop.getByRole("checkbox").check();
  await desktop.getByRole("button", { name: "完成注册" }).click();
}
