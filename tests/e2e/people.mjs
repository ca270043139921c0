/** What people do on the pages, in the words they see. */
import { aimCamera } from "./harness.mjs";

export const PIN = "739182";

/** Applies for a certificate on the phone page, with the example the form offers or as somebody else, at the usual authority or another. */
export async function enrol(phone, base, enterprise, issuer) {
  if (!phone.url().startsWith(`${base}/phone`)) await phone.goto(`${base}/phone`);
  await phone.getByRole("button", { name: /^(申请证书|再申请一张)$/ }).click();
  if (issuer) await phone.getByRole("radio", { name: issuer }).check();
  await apply(phone, enterprise);
  await phone.getByRole("heading", { name: "证书已签发" }).waitFor();
  await phone.getByRole("button", { name: "完成" }).click();
}

/** Fills in the application and sends it; ends on whatever comes. */
export async function apply(phone, enterprise) {
  if (enterprise) {
    await phone.getByLabel("企业名称").fill(enterprise.enterprise);
    await phone.getByLabel("统一社会信用代码").fill(enterprise.creditCode);
  } else {
    await phone.getByRole("button", { name: "演示：填入示例企业" }).click();
  }
  await phone.getByLabel("证书密码", { exact: true }).fill(PIN);
  await phone.getByLabel("再输入一次证书密码").fill(PIN);
  await phone.getByRole("button", { name: "提交申请" }).click();
}

/** Applies for a certificate and binds it to somebody's account, by scan, so that it logs in. */
export async function enrolBound(phone, portal, login = "li.na") {
  await enrol(phone, portal.url, personOf(portal, login));
  await bind(phone, portal, login);
}

/** Binds the phone's newest certificate that fits to somebody's account. */
export async function bind(phone, portal, login) {
  // A desktop beside it in the same browser; the code's own address stands in for the camera.
  const desktop = await phone.context().newPage();
  await logIn(desktop, portal, login);
  await openBinding(desktop);
  // A page behind another is drawn once a second, and each click waits for that.
  await phone.bringToFront();
  await openCode(phone, desktop);
  await review(phone);
  await agree(phone);
  await phone.getByRole("heading", { name: "绑定成功" }).waitFor();
  await desktop.getByRole("dialog").getByRole("heading", { name: "绑定成功" }).waitFor();
  await desktop.close();
  await phone.context().clearCookies();
  await phone.getByRole("button", { name: "完成" }).click();
}

/** One of the demo's people, with enterprise and password. */
export function personOf(portal, login) {
  return portal.accounts.find((account) => account.login === login);
}

/** Logs in with the password and waits for the user centre. */
export async function logIn(desktop, portal, login) {
  await desktop.goto(`${portal.url}/`);
  await desktop.getByLabel("用户名").fill(login);
  await desktop.getByLabel("密码", { exact: true }).fill(personOf(portal, login).password);
  await desktop.getByRole("button", { name: "登录", exact: true }).click();
  await desktop.waitForURL("**/home");
  await desktop
    .getByRole("heading", { name: personOf(portal, login).enterprise })
    .first()
    .waitFor();
}

/** Opens the dialog that binds and waits for its code. */
export async function openBinding(desktop) {
  await desktop
    .getByRole("button", { name: /^(扫码绑定|再绑定一张)$/ })
    .first()
    .click();
  await waitForState(desktop, "waiting");
}

/** Opens the code that the desktop shows in the phone's page, as the phone's own camera app does. */
export async function openCode(phone, desktop) {
  const address = await desktop.locator("scanseal-qr a[href*='#']").getAttribute("href");
  await phone.evaluate((hash) => {
    location.hash = hash;
  }, new URL(address).hash);
  await phone.getByRole("button", { name: "继续" }).click();
}

/** Unfolds the corner of the login card and waits for a code. */
export async function showCode(desktop, base) {
  await desktop.goto(`${base}/`);
  await desktop.getByRole("button", { name: "改用扫码登录" }).click();
  await waitForState(desktop, "waiting");
}

/** Waits until the code's element is in one of these states. */
export async function waitForState(desktop, ...states) {
  await desktop.waitForFunction(
    (wanted) => wanted.includes(document.querySelector("scanseal-qr")?.dataset.state),
    states,
  );
}

/** Points the phone's camera at the desktop and scans; ends on whatever screen comes. */
export async function scan(phone, desktop, camera) {
  await aimCamera(desktop, camera);
  await phone.getByRole("button", { name: "扫一扫" }).click();
}

/** Waits for the request and answers its check number. */
export async function review(phone) {
  await phone.locator('[data-screen="review"]').waitFor();
  return phone.locator(".number strong").textContent();
}

/** Agrees and types the PIN on the pad. */
export async function agree(phone, pin = PIN) {
  await phone.getByRole("button", { name: "同意", exact: true }).click();
  await typePin(phone, pin);
}

/** Types a PIN on the pad, key by key. */
export async function typePin(phone, pin) {
  await phone.locator('[data-screen="pin"]').waitFor();
  for (const digit of pin) await phone.getByRole("button", { name: digit, exact: true }).click();
  await phone.getByRole("button", { name: "确定" }).click();
}

/** The code on the phone's last screen. */
export async function failure(phone) {
  await phone.locator('[data-screen="outcome"]').waitFor();
  return phone.locator(".done .code").textContent();
}
