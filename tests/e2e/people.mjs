/** What people do on the pages, in the words they see. */
import { aimCamera } from "./harness.mjs";

export const PIN = "739182";

/** Applies for a certificate on the phone page, with the example the form offers or as somebody else. */
export async function enrol(phone, base, enterprise) {
  await phone.goto(`${base}/phone`);
  await phone.getByRole("button", { name: "申请证书" }).click();
  if (enterprise) {
    await phone.getByLabel("企业名称").fill(enterprise.enterprise);
    await phone.getByLabel("统一社会信用代码").fill(enterprise.creditCode);
  } else {
    await phone.getByRole("button", { name: "演示：填入示例企业" }).click();
  }
  await phone.getByLabel("证书密码", { exact: true }).fill(PIN);
  await phone.getByLabel("再输入一次证书密码").fill(PIN);
  await phone.getByRole("button", { name: "提交申请" }).click();
  await phone.getByRole("heading", { name: "证书已签发" }).waitFor();
  await phone.getByRole("button", { name: "完成" }).click();
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
