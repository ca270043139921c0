/** The phone loses its network while a contract is sealed: both ends say so, it goes on where it was, and nothing is half sealed. */
import assert from "node:assert/strict";
import { readdir } from "node:fs/promises";
import { test } from "node:test";
import { makePdf } from "../../npm/browser/pdf-files.mjs";
import { fetchAndCheck, openSealing, scanToSeal, sealByPin, toCode } from "./contracts.mjs";
import { atEnd, blankCamera, DESKTOP, PHONE, shot, startBrowser, startPortal, temporaryFolder } from "./harness.mjs";
import { inspect } from "./inspect.mjs";
import { startNetwork } from "./network.mjs";
import { enrolBound, logIn, PIN, personOf, typePin, waitForState } from "./people.mjs";
import { submitAll } from "./scripted.mjs";

const TITLE = "医疗设备采购合同";
const PAGES = 5;
/** Pixels a side of the scan on each page, one byte each. */
const SIDE = 1000;
const SIZE = PAGES * SIDE * SIDE;
/** The life of a session with documents, after the phone has joined, in milliseconds. */
const LIFE = 300_000;

/** A contract of scanned pages: large enough to be cut off in the middle of it. */
function scanned() {
  return makePdf(
    Array.from({ length: PAGES }, (_, at) => ({
      picture: SIDE,
      text: at === PAGES - 1 ? [[72, 210, 12, "甲方（盖章）："]] : [],
    })),
  );
}

/** A contract that waits for the buyer's seal, its code, and the buyer's phone behind a network that can be cut. */
async function stage(t) {
  const portal = await startPortal(t);
  const network = await startNetwork();
  atEnd(t, () => network.stop());
  const camera = await blankCamera(await temporaryFolder(t));
  const phone = await (await startBrowser(t, { ...PHONE, camera, network })).newPage();
  await enrolBound(phone, portal, "zhang.wei");
  const desktop = await (await startBrowser(t, DESKTOP)).newPage();
  await desktop.clock.install();
  await logIn(desktop, portal, "zhang.wei");
  const party = personOf(portal, "li.na").creditCode;
  const [id] = await submitAll(desktop, party, [{ title: TITLE, pdf: scanned() }]);
  await desktop.goto(`${portal.url}/contract#${id}`);
  await openSealing(desktop);
  const kept = await files(portal.data);
  await toCode(desktop);
  const contract = async () => (await desktop.request.get(`${portal.url}/api/contracts/${id}`)).json();
  return {
    portal,
    network,
    phone,
    desktop,
    scanCode: () => scanToSeal(phone, desktop, camera),
    /** Looks, agrees, and waits for both ends to say that it is sealed. */
    async sealNow() {
      await fetchAndCheck(phone);
      await sealByPin(phone, desktop);
    },
    /** As it was before anybody scanned: on the platform, and on its disk. */
    async untouched() {
      const { file, revisions, parties } = await contract();
      assert.equal(file.revision, 1);
      assert.equal(revisions.length, 1);
      assert.ok(parties.every(({ sealed }) => sealed === null));
      assert.deepEqual(await files(portal.data), kept, "a file is left over");
    },
    /** One seal, of the buyer, once. */
    async sealed() {
      const { revisions, parties } = await contract();
      assert.equal(revisions.filter(({ why }) => why === "sealed").length, 1);
      assert.deepEqual(
        parties.map(({ sealed }) => sealed !== null),
        [true, false],
      );
    },
  };
}

/** Everything that the portal keeps in files of its own; the database writes when it likes. */
async function files(folder) {
  const all = await readdir(folder, { recursive: true });
  return all.filter((name) => !/sqlite|\.db|-wal$|-shm$/.test(name)).sort();
}

const reconnecting = (phone) => phone.locator(".link").filter({ hasText: "正在重新连接" });
const away = (desktop) => desktop.locator("scanseal-qr").getByText("手机暂时离线，请回到手机应用");
const share = (page) => page.locator(".checking > .progress progress").evaluate(({ value }) => value);

/** Cut off in the middle of the document, as both ends see it. */
async function loseWhileFetching({ network, phone, desktop }) {
  network.cutAfter(SIZE / 3);
  await phone.getByRole("button", { name: "取回并核对" }).click();
  await reconnecting(phone).waitFor();
  await away(desktop).waitFor();
  const got = await share(phone);
  assert.ok(got > 0.1 && got < 0.5, `so much was there: ${got}`);
  await phone.getByText(/^已取回 \d.* MB，共 \d.* MB$/).waitFor();
  assert.ok(await phone.getByRole("button", { name: /^继续/ }).isDisabled(), "nothing can be signed that is not here");
  return got;
}

test("a phone cut off while it fetches the document says so, goes on where it was, and seals", async (t) => {
  const on = await stage(t);
  const { network, phone, desktop } = on;
  await on.scanCode();
  const before = network.received;
  const got = await loseWhileFetching(on);
  await inspect(phone, "network-1-phone-fetching");
  await inspect(desktop, "network-1-desktop-fetching");
  await desktop
    .getByText(/手机已读取 \d+%/)
    .first()
    .waitFor();
  await on.untouched();
  network.mend();
  await reconnecting(phone).waitFor({ state: "hidden" });
  assert.ok((await share(phone).catch(() => 1)) >= got, "what was there is not lost");
  await phone.getByRole("heading", { name: "核对完成，可以签章" }).waitFor();
  await away(desktop).waitFor({ state: "detached" });
  const taken = network.received - before;
  assert.ok(taken < SIZE * 1.4, `${taken} bytes for ${SIZE}: it was fetched anew`);
  await sealByPin(phone, desktop);
  await on.sealed();
});

test("a phone that does not come back ends the scan with a reason, and the next scan seals", async (t) => {
  const on = await stage(t);
  const { network, phone, desktop } = on;
  await on.scanCode();
  await loseWhileFetching(on);
  await desktop.clock.fastForward(LIFE);
  await desktop.getByRole("alert").first().waitFor();
  await shot(desktop, "network-2-desktop-expired");
  await desktop.getByText("已扫码，但没有在规定时间内完成。").first().waitFor();
  await on.untouched();
  network.mend();
  // The page is gone for good, but for the phone it may still come back: its holder ends it.
  await phone.getByRole("button", { name: "拒绝" }).click();
  await phone.getByRole("heading", { name: "已拒绝" }).waitFor();
  await phone.getByRole("button", { name: "完成", exact: true }).click();
  await desktop.getByRole("button", { name: "重新扫码" }).click();
  await waitForState(desktop, "waiting");
  await on.scanCode();
  await on.sealNow();
  await on.sealed();
});

test("a phone cut off at the PIN signs, waits, and hands its answer over when it is back", async (t) => {
  const on = await stage(t);
  const { network, phone, desktop } = on;
  await on.scanCode();
  await fetchAndCheck(phone);
  await phone.getByRole("button", { name: /^继续/ }).click();
  await phone.locator('[data-screen="pin"]').waitFor();
  network.cut();
  await away(desktop).waitFor();
  await typePin(phone, PIN);
  await phone.locator('[data-screen="signing"]').waitFor();
  await reconnecting(phone).waitFor();
  await inspect(phone, "network-3-phone-signing");
  await inspect(desktop, "network-3-desktop-signing");
  await on.untouched();
  network.mend();
  await phone.getByRole("heading", { name: "签章完成" }).waitFor();
  await desktop.getByRole("heading", { name: /合同已盖章/ }).waitFor();
  await on.sealed();
});

test("a phone cut off at the PIN for good leaves the contract unsealed, and does not claim otherwise", async (t) => {
  const on = await stage(t);
  const { network, phone, desktop } = on;
  await on.scanCode();
  await fetchAndCheck(phone);
  await phone.getByRole("button", { name: /^继续/ }).click();
  await phone.locator('[data-screen="pin"]').waitFor();
  network.cut();
  await away(desktop).waitFor();
  await typePin(phone, PIN);
  await reconnecting(phone).waitFor();
  await desktop.clock.fastForward(LIFE);
  await desktop.getByText("已扫码，但没有在规定时间内完成。").first().waitFor();
  await on.untouched();
  network.mend();
  await phone.getByText(/^您已确认。连上以后这里会显示结果/).waitFor();
  assert.equal(await phone.getByRole("heading", { name: "签章完成" }).count(), 0);
  await phone.getByRole("button", { name: "完成", exact: true }).click();
  await desktop.getByRole("button", { name: "重新扫码" }).click();
  await waitForState(desktop, "waiting");
  await on.scanCode();
  await on.sealNow();
  await on.sealed();
});

test("a phone cut off while the page hands over learns of the result when it is back", async (t) => {
  const on = await stage(t);
  const { network, phone, desktop } = on;
  let held = false;
  await desktop.route("**/seal-requests/*/documents/*", async (route) => {
    network.cut();
    await away(desktop).waitFor();
    await reconnecting(phone).waitFor();
    network.mend();
    await away(desktop).waitFor({ state: "detached" });
    held = true;
    await route.continue();
  });
  await on.scanCode();
  await on.sealNow();
  assert.ok(held);
  await on.sealed();
});

test("a phone cut off while the page hands over, and not back, does not stop it", async (t) => {
  const on = await stage(t);
  const { network, phone, desktop } = on;
  await desktop.route("**/seal-requests/*/documents/*", async (route) => {
    network.cut();
    await away(desktop).waitFor();
    await route.continue();
  });
  await on.scanCode();
  await fetchAndCheck(phone);
  await phone.getByRole("button", { name: /^继续/ }).click();
  await typePin(phone, PIN);
  await desktop.getByRole("heading", { name: /合同已盖章/ }).waitFor();
  await on.sealed();
  await phone.getByText(/^您已确认。连上以后这里会显示结果/).waitFor();
  await phone.getByRole("button", { name: "完成", exact: true }).click();
  await phone.locator('[data-screen="list"]').waitFor();
});
