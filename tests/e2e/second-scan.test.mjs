/** A code that is opened from elsewhere, and a second scan in the middle of the first: only the newest counts. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { DESKTOP, PHONE, shot, startBrowser, startPortal } from "./harness.mjs";
import { agree, enrolBound, review, showCode, waitForState } from "./people.mjs";

async function enrolledPhone(t) {
  const portal = await startPortal(t);
  const phone = await (await startBrowser(t, PHONE)).newPage();
  await enrolBound(phone, portal);
  return { portal, phone };
}

async function desktopWithCode(t, portal, prepare = async () => undefined) {
  const desktop = await (await startBrowser(t, DESKTOP)).newPage();
  await prepare(desktop);
  await showCode(desktop, portal.url);
  return desktop;
}

/** What the code says now: it stands behind "open on this device", too. */
async function codeOf(desktop) {
  return new URL(await desktop.locator("scanseal-qr a[href*='#']").getAttribute("href"));
}

/** Every screen the phone shows from now on, in order. */
async function watchScreens(phone) {
  await phone.evaluate(() => {
    window.screens = [];
    const note = () => {
      const { screen } = document.querySelector(".phone").dataset;
      if (window.screens.at(-1) !== screen) window.screens.push(screen);
    };
    new MutationObserver(note).observe(document.querySelector("phone-app"), { subtree: true, attributes: true });
  });
  return () => phone.evaluate(() => window.screens);
}

/** Opens another code in the page that is there, as a link from elsewhere does. */
async function openHere(phone, code) {
  await phone.evaluate((hash) => {
    location.hash = hash;
  }, code.hash);
  await phone.getByRole("button", { name: "继续" }).click();
}

test("a code opened by the phone's camera app logs in and leaves no trace in the address", async (t) => {
  const { portal, phone } = await enrolledPhone(t);
  const desktop = await desktopWithCode(t, portal);
  await phone.goto((await codeOf(desktop)).href);
  await phone.getByRole("heading", { name: "是您刚刚扫描的吗" }).waitFor();
  await phone.waitForTimeout(1000);
  assert.equal(
    await desktop.evaluate(() => document.querySelector("scanseal-qr").state.state),
    "waiting",
    "nothing was sent yet",
  );
  await shot(phone, "opened-phone");
  await phone.getByRole("button", { name: "继续" }).click();
  await review(phone);
  assert.equal(phone.url(), `${portal.url}/phone`);
  await agree(phone);
  await phone.getByRole("heading", { name: "登录成功" }).waitFor();
  await desktop.waitForURL("**/home");
});

test("a second code takes the first one's place, and the first is not spoken of any more", async (t) => {
  const { portal, phone } = await enrolledPhone(t);
  const first = await desktopWithCode(t, portal);
  const second = await desktopWithCode(t, portal);
  const screens = await watchScreens(phone);
  await openHere(phone, await codeOf(first));
  await review(phone);
  await phone.getByRole("button", { name: "同意", exact: true }).click();
  await phone.locator('[data-screen="pin"]').waitFor();
  await openHere(phone, await codeOf(second));
  const number = await review(phone);
  await waitForState(first, "failed");
  await waitForState(second, "reviewing");
  const shown = await second.locator('scanseal-qr [part="check-number"]').textContent();
  assert.equal(shown.replace(/\s/g, ""), number, "the number is the second desktop's");
  assert.deepEqual(await screens(), ["opened", "connecting", "review", "pin", "opened", "connecting", "review"]);
  await agree(phone);
  await second.waitForURL("**/home");
});

test("a forged request that is found out late does not end the scan that came after it", async (t) => {
  const { portal, phone } = await enrolledPhone(t);
  const forger = await desktopWithCode(t, portal, (page) =>
    page.route("**/api/scan/requests", async (route) => {
      const response = await route.fetch();
      const json = await response.json();
      const [header, claims, signature] = json.request.split(".");
      const other = (signature.startsWith("A") ? "B" : "A") + signature.slice(1);
      await route.fulfill({ response, json: { ...json, request: `${header}.${claims}.${other}` } });
    }),
  );
  const honest = await desktopWithCode(t, portal);
  // The phone looks for a newer trust list before it refuses, and the network is slow.
  let answer;
  const asked = new Promise((resolve) => {
    void phone.context().route("**/.well-known/scanseal", async (route) => {
      await new Promise((go) => {
        answer = go;
        resolve();
      });
      await route.continue();
    });
  });
  await openHere(phone, await codeOf(forger));
  await asked;
  await phone.getByRole("button", { name: "取消" }).click();
  await openHere(phone, await codeOf(honest));
  await review(phone);
  await Promise.all([phone.waitForResponse("**/authority/trust-list"), answer()]);
  await agree(phone);
  await honest.waitForURL("**/home");
});
