/** An assertion is worth one act, in one browser. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { refused } from "../lib/browser.mjs";

export default (world) => {
  const phone = () => world.phoneOf("li.na");

  world.case("the same browser gets the identical answer and the same session again", async () => {
    const browser = await world.browser();
    const answer = (await phone()).answer(await world.ask(browser));
    const first = await world.submit(browser, answer);
    assert.equal(first.status, 200, first.text);
    const session = browser.cookies.get(world.cookies.session);
    await browser.open();
    const again = await world.submit(browser, answer);
    assert.deepEqual([again.status, again.text], [200, first.text]);
    assert.equal(browser.cookies.get(world.cookies.session), session);
    return [["login.scan", {}, 1]];
  });

  world.case("the answer can be asked for again by a page that has lost it, with its token of before", async () => {
    const browser = await world.browser();
    const lost = browser.copy();
    const request = await world.ask(browser);
    lost.cookies = new Map(browser.cookies);
    const answer = (await phone()).answer(request);
    assert.equal((await world.submit(browser, answer)).status, 200);
    const again = await world.submit(lost, answer);
    assert.equal(again.status, 200, again.text);
    assert.equal(lost.cookies.get(world.cookies.session), browser.cookies.get(world.cookies.session));
    return [["login.scan", {}, 1]];
  });

  world.case("another browser gets nothing for an assertion that was used", async () => {
    const [browser, other] = [await world.browser(), await world.browser()];
    const answer = (await phone()).answer(await world.ask(browser));
    await world.ask(other);
    assert.equal((await world.submit(browser, answer)).status, 200);
    refused(await world.submit(other, answer), 410, "assertion-replayed");
    assert.equal(await other.open(), null);
    return [["login.scan", {}, 1]];
  });

  world.case(
    "a used nonce is gone for another assertion and another channel binding, even of the same phone",
    async () => {
      const browser = await world.browser();
      const request = await world.ask(browser);
      const answer = (await phone()).answer(request);
      assert.equal((await world.submit(browser, answer)).status, 200);
      await browser.open();
      refused(await world.submit(browser, (await phone()).answer(request)), 410, "assertion-replayed");
      const channelBinding = randomBytes(32).toString("base64url");
      refused(await world.submit(browser, { ...answer, channelBinding }), 410, "assertion-replayed");
      return [["login.scan", {}, 1]];
    },
  );

  world.case("who has logged out is not let in again by the assertion of before", async () => {
    const browser = await world.browser();
    const answer = (await phone()).answer(await world.ask(browser));
    assert.equal((await world.submit(browser, answer)).status, 200);
    await browser.open();
    await browser.succeed("/api/logout");
    await browser.open();
    refused(await world.submit(browser, answer), 410, "assertion-replayed");
    assert.equal(await browser.open(), null);
    return [
      ["login.scan", {}, 1],
      ["logout", {}, 1],
    ];
  });

  world.case("a binding is answered again to its own browser only, and made once", async () => {
    const [browser, other] = [await world.login("wang.qiang"), await world.login("wang.qiang")];
    const device = await world.enrol("wang.qiang");
    const answer = device.answer(await world.ask(browser, { op: "bind" }));
    const first = await world.submit(browser, answer);
    assert.equal(first.status, 200, first.text);
    const again = await world.submit(browser, answer);
    assert.deepEqual([again.status, again.text], [200, first.text]);
    await world.ask(other);
    refused(await world.submit(other, answer), 410, "assertion-replayed");
    return [["certificate.bound", { certificate: device.id }, 1]];
  });

  world.case("a binding is answered to nobody who has logged out", async () => {
    const browser = await world.login("wang.qiang");
    const device = await world.enrol("wang.qiang");
    const answer = device.answer(await world.ask(browser, { op: "bind" }));
    assert.equal((await world.submit(browser, answer)).status, 200);
    await browser.succeed("/api/logout");
    await browser.open();
    const again = await world.submit(browser, answer);
    assert.ok(again.status === 410 || again.status === 401, again.text);
    return [["certificate.bound", { certificate: device.id }, 1]];
  });
};
