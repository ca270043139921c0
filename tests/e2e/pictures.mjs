/** Takes the pictures of the README and of docs/ from the real portal: `npm run pictures --workspace tests/e2e`, after a build. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  download,
  dragSeal,
  drawUp,
  fetchAndCheck,
  openSealing,
  placerOf,
  scanToSeal,
  sealByPin,
  toCode,
} from "./contracts.mjs";
import { blankCamera, DESKTOP, PHONE, ROOT, settled, startBrowser, startPortal, temporaryFolder } from "./harness.mjs";
import { AMOUNT, FORGED, forgeByUpdate, printPurchase } from "./papers.mjs";
import { enrolBound, logIn, personOf, review, scan, showCode } from "./people.mjs";

const TITLE = "医疗设备采购合同";
/** Height of what is shown side by side, in pixels; the screens are drawn larger and made smaller. */
const HEIGHT = 640;

const ends = [];
const t = { after: (work) => ends.push(work) };
try {
  const portal = await startPortal(t);
  const folder = await temporaryFolder(t);
  const buyer = await party(portal, "zhang.wei");
  await login(portal, buyer);
  const sealed = await sealing(portal, buyer, folder);
  await verifying(portal, folder, sealed);
} finally {
  for (const end of ends.reverse()) await end();
}

/** Somebody with a bound certificate in a phone, and a desktop. */
async function party(portal, login) {
  const camera = await blankCamera(await temporaryFolder(t));
  const phone = await (await startBrowser(t, { ...PHONE, viewport: { width: 360, height: 780 }, camera })).newPage();
  await enrolBound(phone, portal, login);
  const desktop = await (await startBrowser(t, { ...DESKTOP, acceptDownloads: true })).newPage();
  return { login, camera, phone, desktop };
}

async function login(portal, { desktop, phone, camera }) {
  await showCode(desktop, portal.url);
  const code = await picture(desktop);
  await scan(phone, desktop, camera);
  await review(phone);
  await beside("login", [code, await picture(phone)]);
  await phone.getByRole("button", { name: "拒绝" }).click();
  await phone.getByRole("button", { name: "完成", exact: true }).click();
}

/** Both parties seal; gives the file. */
async function sealing(portal, { login, desktop, phone, camera }, folder) {
  const [buyer, seller] = [login, "li.na"].map((one) => personOf(portal, one).enterprise);
  const file = await printPurchase(t, folder, { title: TITLE, buyer, seller });
  await logIn(desktop, portal, login);
  const number = await drawUp(desktop, portal, { title: TITLE, amount: AMOUNT.figures, party: seller, file });
  await openSealing(desktop);
  const placer = placerOf(desktop);
  await dragSeal(desktop, placer.part("page").first(), [0.7, 0.3]);
  await placer.button("添加骑缝章").click();
  await gone(desktop);
  await desktop.evaluate(() => window.scrollTo(0, 0));
  const placing = await picture(desktop);
  await toCode(desktop);
  await scanToSeal(phone, desktop, camera);
  await fetchAndCheck(phone);
  await phone.getByRole("button", { name: `查看 ${TITLE}` }).click();
  await phone.waitForFunction(() => document.querySelector(".sheet-slot canvas")?.width > 300);
  await beside("contract-sealing", [placing, await picture(phone)]);
  await phone.getByRole("button", { name: "返回文件列表" }).click();
  await sealByPin(phone, desktop);

  const other = await party(portal, "li.na");
  await logIn(other.desktop, portal, "li.na");
  await other.desktop.goto(`${portal.url}/contracts`);
  const row = other.desktop.locator(".contracts tbody tr").filter({ has: other.desktop.getByText(number) });
  await row.getByRole("link", { name: TITLE }).click();
  await openSealing(other.desktop);
  await toCode(other.desktop);
  await scanToSeal(other.phone, other.desktop, other.camera);
  await fetchAndCheck(other.phone);
  await sealByPin(other.phone, other.desktop);
  await other.desktop.getByRole("link", { name: "查看合同" }).click();
  const path = join(folder, "sealed.pdf");
  await download(other.desktop, path);
  return { path, words: { title: TITLE, buyer, seller } };
}

/** The sealed file as anybody checks it, and one with another amount. */
async function verifying(portal, folder, { path, words }) {
  const page = await (await startBrowser(t, { ...DESKTOP, viewport: { width: 1000, height: 800 } })).newPage();
  const report = page.locator("scanseal-report");
  const check = async (buffer) => {
    await page.goto(`${portal.url}/verify`);
    await page.locator(".basis").waitFor();
    await page.locator("input.chooser").setInputFiles({ name: `${TITLE}.pdf`, mimeType: "application/pdf", buffer });
    await report.locator("h2").first().waitFor();
  };
  const sealed = await readFile(path);
  await check(sealed);
  await report.locator("canvas.crop.ready").first().waitFor();
  await page.locator(".results").evaluate((one) => one.scrollIntoView());
  const genuine = await picture(page);
  await check(forgeByUpdate(sealed, await readFile(await printPurchase(t, folder, { ...words, amount: FORGED }))));
  await report.getByRole("button", { name: "与上一版对比" }).click();
  await report.getByText(/^标红：与第 \d+ 版不同之处/).waitFor();
  // Its outlines call for attention for two seconds.
  await page.waitForTimeout(2500);
  await beside("contract-verify", [genuine, await picture(page)]);
}

async function picture(page) {
  await settled(page);
  const bytes = await page.screenshot({ type: "png" });
  return `data:image/png;base64,${bytes.toString("base64")}`;
}

/** Nothing is being told at the edge. */
function gone(page) {
  return page.waitForFunction(() => !document.querySelector(".toast"));
}

/** Screens side by side, as one picture. */
async function beside(name, pictures) {
  const page = await (await startBrowser(t, { viewport: { width: 2400, height: 800 } })).newPage();
  const images = pictures.map((source) => `<img height="${HEIGHT}" src="${source}">`).join("");
  await page.setContent(`<style>body{margin:0}div{display:inline-flex;gap:24px;padding:24px;background:#dde3e2}</style>
    <div>${images}</div>`);
  await page.waitForFunction(() =>
    [...document.images].every(({ complete, naturalWidth }) => complete && naturalWidth),
  );
  await page.locator("div").screenshot({ path: join(ROOT, "docs", `${name}.png`) });
  await page.context().browser().close();
}
