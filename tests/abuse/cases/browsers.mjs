/** A request is made for one browser. */
import assert from "node:assert/strict";
import { refused } from "../lib/browser.mjs";

const WRONG = [403, "assertion-wrong-browser"];

export default (world) => {
  const phone = () => world.phoneOf("li.na");

  world.case("an assertion is worth nothing in another browser, and still good in its own", async () => {
    const [browser, other] = [await world.browser(), await world.browser()];
    const answer = (await phone()).answer(await world.ask(browser));
    await world.ask(other);
    refused(await world.submit(other, answer), ...WRONG);
    assert.equal(await other.open(), null);
    assert.equal((await world.submit(browser, answer)).status, 200);
    return [
      ["login.refused", { code: WRONG[1] }],
      ["login.scan", {}, 1],
    ];
  });

  world.case("an assertion is worth nothing without the scan cookie", async () => {
    const browser = await world.browser();
    const answer = (await phone()).answer(await world.ask(browser));
    browser.cookies.delete(world.cookies.scan);
    refused(await world.submit(browser, answer), ...WRONG);
  });

  world.case("a scan cookie of the wrong length, alphabet or name counts as none", async () => {
    const browser = await world.browser();
    const answer = (await phone()).answer(await world.ask(browser));
    const own = browser.cookies.get(world.cookies.scan);
    for (const value of [own.slice(1), `${own}A`, own.replace(/.$/, "*"), `"${own}"`, "", "%00"]) {
      browser.cookies.set(world.cookies.scan, value);
      refused(await world.submit(browser, answer), ...WRONG);
    }
    browser.cookies.delete(world.cookies.scan);
    browser.cookies.set(world.cookies.scan.toLowerCase(), own);
    refused(await world.submit(browser, answer), ...WRONG);
  });

  world.case("the session's cookie does not stand for the scan cookie", async () => {
    const browser = await world.browser();
    const answer = (await phone()).answer(await world.ask(browser));
    browser.cookies.set(world.cookies.scan, browser.cookies.get(world.cookies.session));
    refused(await world.submit(browser, answer), ...WRONG);
  });

  world.case("two tabs of one browser each have their request", async () => {
    const browser = await world.browser();
    const [one, two] = [await world.ask(browser), await world.ask(browser)];
    assert.equal((await world.submit(browser, (await phone()).answer(one))).status, 200);
    await browser.open();
    assert.equal((await world.submit(browser, (await phone()).answer(two))).status, 200);
    return [["login.scan", {}, 2]];
  });

  world.case("a certificate is bound to nobody through another browser of the same account", async () => {
    const [browser, other] = [await world.login("wang.qiang"), await world.login("wang.qiang")];
    const device = await world.enrol("wang.qiang");
    const answer = device.answer(await world.ask(browser, { op: "bind" }));
    await world.ask(other);
    refused(await world.submit(other, answer), ...WRONG);
    refused(await world.submit(await world.browser(), device.answer(await world.ask(await world.browser()))), ...WRONG);
    return [
      ["certificate.bind-refused", { code: WRONG[1] }, 1],
      ["certificate.bound", {}, 0],
    ];
  });
};
