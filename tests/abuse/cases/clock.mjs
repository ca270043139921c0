/** Clocks may differ by 60 s, no more. */
import assert from "node:assert/strict";
import { refused } from "../lib/browser.mjs";
import { claimsOf } from "../lib/phone.mjs";

export default (world) => {
  const at = async (request, iat) =>
    (await world.phoneOf("li.na")).answer(request, { change: (claims) => Object.assign(claims, { iat }) });

  world.case("an assertion from a minute before the request, or a minute ahead of now, is accepted", async () => {
    const browser = await world.browser();
    for (const when of [(request) => claimsOf(request).iat - 60, () => Math.floor(Date.now() / 1000) + 60]) {
      const request = await world.ask(browser);
      const answer = await world.submit(browser, await at(request, when(request)));
      assert.equal(answer.status, 200, answer.text);
      await browser.open();
    }
    return [["login.scan", {}, 2]];
  });

  world.case("one second more, ten minutes and a year are too much, in either direction", async () => {
    const browser = await world.browser();
    const request = await world.ask(browser);
    const { iat } = claimsOf(request);
    for (const seconds of [61, 600, 366 * 86_400]) {
      refused(await world.submit(browser, await at(request, iat - seconds)), 410, "assertion-late");
      // A second may pass on the way, so one more than the limit could be the limit when it arrives.
      const ahead = Math.floor(Date.now() / 1000) + seconds + 5;
      refused(await world.submit(browser, await at(request, ahead)), 410, "assertion-late");
    }
    return [
      ["login.refused", { code: "assertion-late" }],
      ["login.scan", {}, 0],
    ];
  });

  world.case("a time that is no whole number of seconds is refused", async () => {
    const browser = await world.browser();
    const request = await world.ask(browser);
    const { iat } = claimsOf(request);
    for (const wrong of [String(iat), iat + 0.5, -1, null, 2 ** 64, [iat]]) {
      refused(await world.submit(browser, await at(request, wrong)), 400, "assertion-invalid");
    }
    return [["login.scan", {}, 0]];
  });
};
