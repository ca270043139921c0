/** Contracts without a mouse: drawn up, placed and scanned by keys alone, in both languages, both schemes and at a phone's width. */
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { openSealing, placerOf } from "./contracts.mjs";
import { startBrowser, startPortal, temporaryFolder } from "./harness.mjs";
import { inspector, tabTo } from "./inspect.mjs";
import { printPurchase } from "./papers.mjs";
import { logIn, personOf, waitForState } from "./people.mjs";
import { answer, codeOf, scriptedParty, submitAll } from "./scripted.mjs";

const TITLE = "医疗设备采购合同";

for (const colorScheme of ["light", "dark"])
  test(`a seal is placed and a contract sealed by keys alone, and every page is fit to be seen (${colorScheme})`, async (t) => {
    const portal = await startPortal(t);
    const [buyer, seller] = ["zhang.wei", "li.na"].map((login) => personOf(portal, login));
    const words = { title: TITLE, buyer: buyer.enterprise, seller: seller.enterprise };
    const pdf = await readFile(await printPurchase(t, await temporaryFolder(t), words));
    const { vault, page: first } = await scriptedParty(t, portal, "zhang.wei");
    const [id] = await submitAll(first, seller.creditCode, [{ title: TITLE, pdf }]);
    await first.context().browser().close();

    const viewport = { width: 1440, height: 900 };
    const page = await (await startBrowser(t, { colorScheme, viewport })).newPage();
    const look = inspector(colorScheme);
    await logIn(page, portal, "zhang.wei");
    await page.goto(`${portal.url}/contracts`);
    await page.locator(".contracts tbody tr").first().waitFor();
    await look(page, "contracts-list");
    await tabTo(page, TITLE);
    await page.keyboard.press("Enter");
    await page.locator(".history tbody tr").first().waitFor();
    await look(page, "contracts-turn");
    await openSealing(page);
    await look(page, "contracts-placing");

    const placer = placerOf(page);
    await page.locator("scanseal-placer").evaluate((one) => one.focus());
    await tabTo(page, "在当前页盖章", 90);
    await page.keyboard.press("Enter");
    await page.waitForFunction(
      () => document.querySelector("scanseal-placer").shadowRoot.activeElement?.getAttribute("part") === "seal",
    );
    const [, put] = await placer.places();
    await page.keyboard.press("Shift+ArrowUp");
    await page.keyboard.press("PageDown");
    const [, moved] = await placer.places();
    assert.deepEqual([put.pages, moved.pages], ["1", "2"]);
    assert.ok(Math.abs(moved.y - put.y - (10 * 72) / 25.4) < 0.1, "ten millimetres up");
    await tabTo(page, "下一步：手机扫码", 90);
    await page.keyboard.press("Enter");
    await waitForState(page, "waiting");
    await look(page, "contracts-code");
    await answer(vault, await codeOf(page), "--seal", "contract");
    await page.getByRole("heading", { name: "合同已盖章" }).waitFor();
    await look(page, "contracts-sealed");
    await tabTo(page, "查看合同");
    await page.keyboard.press("Enter");
    await page.getByText(`等待 ${seller.enterprise} 盖章。`).waitFor();
    assert.equal(new URL(page.url()).hash, `#${id}`);
    await look(page, "contracts-waiting");
  });
