/** What the platform's staff sees: all eleven sections with something in them, and their dialogs; every state, inspected. */
import { execFile } from "node:child_process";
import { describe, test } from "node:test";
import { promisify } from "node:util";
import { DESKTOP, PHONE, PORTAL, startBrowser, startPortal } from "./harness.mjs";
import { inspector, onPaper } from "./inspect.mjs";
import { enrol, enrolBound, logIn, personOf, waitForState } from "./people.mjs";

describe("pages of the platform's staff", { concurrency: 2 }, () => {
  for (const colorScheme of ["light", "dark"]) {
    test(`the platform's administration, ${colorScheme}`, async (t) => {
      // Nobody listens there, so that messages wait.
      const portal = await startPortal(t, { args: ["--webhook-url", "http://127.0.0.1:9/hooks"] });
      const staff = await (await startBrowser(t, { ...DESKTOP, colorScheme })).newPage();
      const visitor = await (await startBrowser(t, { ...DESKTOP, colorScheme })).newPage();
      const phone = await (await startBrowser(t, PHONE)).newPage();
      const look = inspector(colorScheme);
      const open = (section) => openSection(staff, portal, section);
      await t.test("something to see", () => fill(phone, portal));
      await logIn(staff, portal, "admin");
      await t.test("accounts and sessions", () => accounts(staff, open, look));
      await t.test("certificates", () => certificates(staff, open, look));
      await t.test("electronic seals", () => seals(staff, portal, open, look));
      await t.test("trust list and keys", () => trust(staff, open, look));
      await t.test("events, messages and audit", () => running(staff, visitor, portal, open, look));
      await t.test("settings and the login with two codes", () => settings(staff, visitor, portal, open, look));
      await t.test("overview", () => overview(staff, open, look));
    });
  }
});

async function fill(phone, portal) {
  await enrolBound(phone, portal);
  await enrol(phone, portal.url, personOf(portal, "chen.jing"), /江城/);
  const { stdout } = await promisify(execFile)(PORTAL, ["certificates", "--data", portal.data]);
  const serial = /[0-9a-f]{30,}/.exec(
    stdout.split("\n").find((line) => line.includes("江城") || line.includes("jiangcheng")) ?? stdout,
  )[0];
  await promisify(execFile)(PORTAL, ["revoke", serial, "--reason", "keyCompromise", "--data", portal.data]);
}

async function openSection(staff, portal, section) {
  await staff.goto(`${portal.url}/admin#${section}`);
  await staff.locator("#section-title").waitFor();
  await staff.locator("main .skeleton").first().waitFor({ state: "detached" });
}

/** Presses a button of the section by its place, in whatever language, and waits for the dialog. */
function ask(staff, selector, at = 0) {
  return async () => {
    await staff.locator(selector).nth(at).click();
    await staff.getByRole("dialog").waitFor();
  };
}

/** Opens a form and sends it empty, or as little filled in as it is. */
function askAndSend(staff, selector, at = 0) {
  const open = ask(staff, selector, at);
  return async () => {
    await open();
    await staff.locator(".dialog footer .button").last().click();
    await staff.locator(".dialog .wrong").first().waitFor();
  };
}

async function accounts(staff, open, look) {
  await open("accounts");
  await look(staff, "admin-accounts");
  await look(staff, "admin-accounts-disable", ask(staff, "td.end .button"));
  await staff.getByRole("searchbox").fill("没有这个人");
  await staff.keyboard.press("Enter");
  await staff.locator(".empty").waitFor();
  await look(staff, "admin-accounts-none");
  await open("sessions");
  await staff.locator("tbody tr").first().waitFor();
  await look(staff, "admin-sessions");
}

async function certificates(staff, open, look) {
  await open("certificates");
  await look(staff, "admin-bound");
  await look(staff, "admin-bound-freeze", ask(staff, "td.end .button"));
  await open("certificates/issued");
  await staff.getByRole("button", { name: /^吊销/ }).first().waitFor();
  await look(staff, "admin-issued");
  await look(staff, "admin-issue", askAndSend(staff, ".tools .button.primary"));
  await look(staff, "admin-revoke", askAndSend(staff, "td.end .buttons:has(:nth-child(2)) .button", 1));
  await staff.getByRole("button", { name: /^补发/ }).first().click();
  await staff.getByRole("dialog").getByRole("button", { name: "补发" }).click();
  await staff.locator("#pem").waitFor();
  await look(staff, "admin-reissued");
  await staff.keyboard.press("Escape");
}

/** The seals are real; that one of them waits for review is made up here. */
async function seals(staff, portal, open, look) {
  await open("seals");
  await staff.locator(".seal-thumb").first().waitFor();
  await look(staff, "admin-seals");
  await look(staff, "admin-seal", ask(staff, "td.end .button"));
  await look(staff, "admin-seal-revoke", askAndSend(staff, "td.end .buttons:has(:nth-child(2)) .button", 1));
  const list = `${portal.url}/api/admin/seals*`;
  await staff.route(list, async (route) => {
    const answer = await (await route.fetch()).json();
    const [waiting, returned] = answer.seals;
    delete waiting.reason;
    Object.assign(waiting, { status: "waiting", origin: "photographed", replaces: returned.id });
    Object.assign(returned, { status: "returned", reason: "印文不清晰，请在光线充足处重拍。" });
    await route.fulfill({ json: { ...answer, waiting: 1 } });
  });
  await staff.getByRole("button", { name: "刷新" }).click();
  await staff.getByRole("button", { name: /^审核/ }).waitFor();
  await look(staff, "admin-seals-waiting");
  await look(staff, "admin-seal-review", askAndSend(staff, "td.end .button.primary"));
  await staff.unroute(list);
}

async function trust(staff, open, look) {
  await open("trust");
  await staff.locator(".chain summary").first().click();
  await look(staff, "admin-trust");
  await look(staff, "admin-trust-ca", askAndSend(staff, ".panel-head .button", 0));
  await look(staff, "admin-trust-platform", askAndSend(staff, ".panel-head .button", 1));
  await look(staff, "admin-trust-unlist", ask(staff, ".authority-head .button"));
  await open("keys");
  await look(staff, "admin-keys");
  await look(staff, "admin-keys-question", ask(staff, ".save .button"));
}

async function running(staff, visitor, portal, open, look) {
  await open("security");
  await look(staff, "admin-security-calm");
  await guess(visitor, portal);
  await staff.getByRole("button", { name: "刷新" }).click();
  await staff.locator("tbody tr").first().waitFor();
  await look(staff, "admin-security");
  await open("webhooks");
  await staff.locator("tbody tr").first().waitFor();
  await look(staff, "admin-webhooks");
  await staff.route("**/api/admin/webhooks", (route) => route.fulfill({ json: { url: null, messages: [] } }));
  await staff.getByRole("button", { name: "刷新" }).click();
  await staff.locator(".how").waitFor();
  await look(staff, "admin-webhooks-off");
  await staff.unroute("**/api/admin/webhooks");
  await open("audit");
  await staff.locator("tbody tr, .log li").first().waitFor();
  await look(staff, "admin-audit");
  await onPaper(staff, "admin-audit", { landscape: true });
}

/** Tries passwords until the login is locked. */
async function guess(visitor, portal) {
  const { request } = visitor.context();
  const { csrf } = await (await request.get(`${portal.url}/api/session`)).json();
  for (let attempt = 0; attempt < 6; attempt += 1) {
    await request.post(`${portal.url}/api/login`, {
      headers: { "X-CSRF-Token": csrf, Origin: portal.url },
      data: { login: "wang.qiang", password: "wrong" },
    });
  }
}

async function settings(staff, visitor, portal, open, look) {
  await open("settings");
  await staff.getByRole("radio", { name: /两个/ }).check();
  await look(staff, "admin-settings");
  await staff.getByRole("button", { name: "保存" }).click();
  await staff.getByText("设置已保存").waitFor();
  for (const kind of await staff.getByRole("checkbox").all()) await kind.uncheck();
  await look(staff, "admin-settings-none");
  await visitor.goto(`${portal.url}/#scan`);
  await waitForState(visitor, "waiting");
  await look(visitor, "login-two-tabs");
}

async function overview(staff, open, look) {
  await open("overview");
  await look(staff, "admin-overview");
  await staff.route("**/api/admin/**", (route) => route.abort());
  await staff.getByRole("button", { name: "刷新" }).click();
  await staff.locator(".failed").waitFor();
  await look(staff, "admin-offline");
  await staff.unroute("**/api/admin/**");
}
