/** What a person sees behind the login: user centre, binding, security record, people; every state, inspected, and on paper. */
import { describe, test } from "node:test";
import { DESKTOP, PHONE, startBrowser, startPortal } from "./harness.mjs";
import { inspector, onPaper } from "./inspect.mjs";
import { agree, enrol, failure, logIn, openBinding, openCode, personOf, review, waitForState } from "./people.mjs";

describe("pages of who is logged in", { concurrency: 2 }, () => {
  for (const colorScheme of ["light", "dark"]) {
    test(`user centre, security record and people, ${colorScheme}`, async (t) => {
      // Certificates of so few days are due for renewal from the first.
      const portal = await startPortal(t, { args: ["--certificate-days", "20"] });
      const desktop = await (await startBrowser(t, { ...DESKTOP, colorScheme })).newPage();
      const other = await (await startBrowser(t, { ...DESKTOP, colorScheme })).newPage();
      const phone = await (await startBrowser(t, { ...PHONE, colorScheme })).newPage();
      const look = inspector(colorScheme);
      const lookAtPhone = inspector(colorScheme, "phone");
      await t.test("an account without a certificate", () => empty(desktop, portal, look));
      await t.test("binding", () => binding(desktop, phone, portal, look, lookAtPhone));
      await t.test("certificates in every state", () => states(desktop, look));
      await t.test("people", () => people(desktop, portal, look));
      await t.test("security record", () => security(desktop, other, portal, look));
    });
  }
});

async function empty(desktop, portal, look) {
  await logIn(desktop, portal, "li.na");
  await look(desktop, "home-empty");
  await look(desktop, "home-menu", async () => {
    await desktop.locator(".menu:not(.bell, [open]) summary").click();
  });
}

async function binding(desktop, phone, portal, look, lookAtPhone) {
  await enrol(phone, portal.url, personOf(portal, "li.na"), /天池/);
  await enrol(phone, portal.url, { enterprise: "云岭绿洲园林工程有限公司", creditCode: "91650102MA7ABQ8K1H" });
  await look(desktop, "bind-waiting", async () => {
    await desktop.locator(".page-head .button.primary").click();
    await waitForState(desktop, "waiting");
  });
  await openBinding(desktop);
  await openCode(phone, desktop);
  await review(phone);
  await lookAtPhone(phone, "phone-bind-review");
  await look(desktop, "bind-scanned");
  await phone.getByRole("button", { name: "不是我本人操作" }).click();
  await lookAtPhone(phone, "phone-reported");
  await phone.getByRole("button", { name: "完成" }).click();
  const dialog = desktop.getByRole("dialog");
  await dialog.getByRole("alert").waitFor();
  await look(desktop, "bind-reported");
  await mismatch(desktop, phone, look, lookAtPhone);
  await dialog.getByRole("button", { name: "重新扫码" }).click();
  await waitForState(desktop, "waiting");
  await openCode(phone, desktop);
  await review(phone);
  await agree(phone);
  await phone.getByRole("heading", { name: "绑定成功" }).waitFor();
  await lookAtPhone(phone, "phone-bound");
  await dialog.getByRole("heading", { name: "绑定成功" }).waitFor();
  await look(desktop, "bind-done");
  await dialog.getByRole("button", { name: "完成" }).click();
  await desktop.locator(".paper").waitFor();
  await look(desktop, "home-expiring");
  await phone.getByRole("button", { name: "完成" }).click();
  await desktop.locator(".paper").getByRole("button", { name: "更换证书" }).click();
  await waitForState(desktop, "waiting");
  await openCode(phone, desktop);
  await review(phone);
  await phone.getByText("没有可用的证书").waitFor();
  await lookAtPhone(phone, "phone-none-fits");
  await phone.getByRole("button", { name: "拒绝" }).click();
  await dialog.getByRole("alert").waitFor();
  await look(desktop, "renew-refused");
  await desktop.keyboard.press("Escape");
}

/** Phones refuse a certificate of another name before they sign; the platform's own check stands behind that. */
async function mismatch(desktop, phone, look, lookAtPhone) {
  const problem = {
    code: "certificate-code-mismatch",
    mismatch: [
      { field: "name", certificate: "天山博康医疗器材有限公司", account: "天山博康医疗器械有限公司" },
      { field: "creditCode", certificate: "91650100MA77C0R61B", account: "91650100MA77C0R54J" },
    ],
  };
  await desktop.route("**/api/scan/assertions", (route) =>
    route.fulfill({ status: 403, contentType: "application/problem+json", body: JSON.stringify(problem) }),
  );
  const dialog = desktop.getByRole("dialog");
  await dialog.getByRole("button", { name: "重新扫码" }).click();
  await waitForState(desktop, "waiting");
  await openCode(phone, desktop);
  await review(phone);
  await agree(phone);
  await failure(phone);
  await lookAtPhone(phone, "phone-mismatch");
  await phone.getByRole("button", { name: "完成" }).click();
  await dialog.locator(".comparison").first().waitFor();
  await look(desktop, "bind-mismatch");
  await desktop.unroute("**/api/scan/assertions");
}

/** Time, freezing and revocation in one picture: copies of the one bound certificate in all other states. */
async function states(desktop, look) {
  await desktop.route("**/api/session", async (route) => {
    const response = await route.fetch();
    const answer = await response.json();
    const [one] = answer.account.certificates;
    const [day, now] = [86_400, Math.floor(Date.now() / 1000)];
    const as = (state, more) => ({ ...one, id: `${state}${more.holder ?? ""}`, state, ...more });
    const colleague = { holder: "chen.jing", holderName: "陈静", kind: "platform" };
    answer.account.certificates = [
      one,
      as("expired", { notBefore: now - 400 * day, notAfter: now - 35 * day }),
      as("frozen", { notAfter: now + 300 * day }),
      as("valid", { ...colleague, notAfter: now + 300 * day }),
      as("frozen", { ...colleague, notAfter: now + 300 * day }),
      as("revoked", { ...colleague, notAfter: now + 300 * day }),
      as("not-yet-valid", { ...colleague, notBefore: now + 2 * day, notAfter: now + 300 * day }),
    ];
    await route.fulfill({ response, json: answer });
  });
  await desktop.reload();
  await desktop.locator(".paper").nth(6).waitFor();
  await look(desktop, "home-states");
  await onPaper(desktop, "home");
  await look(desktop, "freeze-question", () => act(desktop, 3, 0));
  await look(desktop, "unbind-question", () => act(desktop, 3, 1));
  await look(desktop, "unfreeze-question", () => act(desktop, 4, 0));
  await desktop.unroute("**/api/session");
}

/** Presses a certificate's button by its place, in whatever language. */
async function act(desktop, certificate, button) {
  await desktop.locator(".paper").nth(certificate).getByRole("button").nth(button).click();
  await desktop.getByRole("dialog").waitFor();
}

async function people(desktop, portal, look) {
  await desktop.goto(`${portal.url}/people`);
  await desktop.getByRole("row", { name: /陈静/ }).waitFor();
  await look(desktop, "people");
  await look(desktop, "people-add", async () => {
    await desktop.locator(".page-head .button.primary").click();
    await desktop.locator(".dialog .button.primary").click();
    await desktop.locator('[aria-invalid="true"]').first().waitFor();
  });
  await look(desktop, "people-disable", () => desktop.locator(".button.danger").first().click());
  await desktop.getByRole("button", { name: "添加经办人" }).click();
  const dialog = desktop.getByRole("dialog");
  await dialog.getByLabel("姓名").fill("阿依夏木·买买提");
  await dialog.getByLabel("用户名").fill("ayxamu");
  await dialog.getByLabel("手机号").fill("13800138001");
  await dialog.getByRole("button", { name: "添加经办人" }).click();
  await dialog.locator(".secret").waitFor();
  await look(desktop, "people-password");
  await dialog.getByRole("button", { name: "已转交，关闭" }).click();
  await desktop.getByRole("button", { name: /^停用：阿依夏木/ }).click();
  await dialog.getByRole("button", { name: "停用" }).click();
  await desktop.getByText("已停用", { exact: true }).waitFor();
  await look(desktop, "people-disabled");
}

async function security(desktop, other, portal, look) {
  await logIn(other, portal, "chen.jing");
  await desktop.goto(`${portal.url}/security`);
  await desktop.locator(".timeline").waitFor();
  await look(desktop, "security");
  await onPaper(desktop, "security");
  await look(desktop, "security-export", () => desktop.locator(".page-head .button").nth(1).click());
  await look(desktop, "security-not-me", () => desktop.locator(".not-me").first().click());
  await desktop.locator("#password-panel").getByRole("button", { name: "修改密码" }).click();
  await desktop.locator('#password-panel [aria-invalid="true"]').first().waitFor();
  await look(desktop, "security-password");
  await desktop
    .getByRole("button", { name: /^不是本人操作/ })
    .first()
    .click();
  await desktop.getByRole("dialog").getByRole("button", { name: "立即冻结" }).click();
  await desktop.getByRole("heading", { name: "证书已冻结" }).waitFor();
  await look(desktop, "security-frozen");
  await desktop.getByRole("dialog").getByRole("button", { name: "知道了" }).click();
  await desktop.locator(".chip.cold").first().waitFor();
  await look(desktop, "security-after");
  // An operator who has only just logged in has nothing under "certificates".
  await other.goto(`${portal.url}/security`);
  await other.getByRole("button", { name: "证书", exact: true }).click();
  await other.getByText("已读取的记录里没有这一类").waitFor();
  await look(other, "security-nothing");
  await other.goto(`${portal.url}/people`);
  await other.locator("main .empty").waitFor();
  await look(other, "people-not-allowed");
}
