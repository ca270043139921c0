/** Steps come in their order, by one person, in one session. */
import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import { refused } from "../lib/browser.mjs";

const LOGIN_REQUIRED = [401, "login-required"];

export default (world) => {
  world.case("an assertion that nobody has asked for is refused", async () => {
    const browser = await world.browser();
    const phone = await world.phoneOf("li.na");
    const request = await world.ask(browser);
    const jti = randomBytes(16).toString("base64url");
    const answer = phone.answer(request, { change: (claims) => Object.assign(claims, { jti }) });
    refused(await world.submit(browser, answer), 400, "assertion-invalid");
    refused(await world.submit(await world.browser(), answer), 403, "assertion-wrong-browser");
  });

  world.case("a request that the page made up is none of the platform's", async () => {
    const browser = await world.browser();
    const phone = await world.phoneOf("li.na");
    const request = await world.ask(browser);
    const [head, body, signature] = request.split(".");
    const claims = JSON.parse(Buffer.from(body, "base64url"));
    const later = Buffer.from(JSON.stringify({ ...claims, exp: claims.exp + 60 })).toString("base64url");
    refused(await world.submit(browser, phone.answer(`${head}.${later}.${signature}`)), 400, "assertion-invalid");
  });

  world.case("nobody binds without being logged in", async () => {
    const browser = await world.browser();
    refused(await browser.post("/api/scan/requests", { op: "bind" }), ...LOGIN_REQUIRED);
  });

  world.case("a binding is over when its session is", async () => {
    const browser = await world.login("wang.qiang");
    const device = await world.enrol("wang.qiang");
    const answer = device.answer(await world.ask(browser, { op: "bind" }));
    await browser.succeed("/api/logout");
    await browser.open();
    refused(await world.submit(browser, answer), ...LOGIN_REQUIRED);
    return [
      ["certificate.bind-refused", { code: "login-required" }, 1],
      ["certificate.bound", {}, 0],
    ];
  });

  world.case("a binding that one person asked for does not go to another who logs in at the same browser", async () => {
    const browser = await world.login("li.na");
    const device = await world.enrol("li.na");
    const answer = device.answer(await world.ask(browser, { op: "bind" }));
    await world.scanLogin(browser, await world.phoneOf("chen.jing"));
    refused(await world.submit(browser, answer), ...LOGIN_REQUIRED);
    const account = await browser.open();
    assert.equal(account.login, "chen.jing");
    assert.ok(!account.certificates.some(({ id }) => id === device.id));
    return [
      ["certificate.bind-refused", { code: "login-required" }, 1],
      ["certificate.bound", { certificate: device.id }, 0],
    ];
  });

  world.case("a newer request to bind takes the older one's place", async () => {
    const browser = await world.login("wang.qiang");
    const [first, second] = [await world.enrol("wang.qiang"), await world.enrol("wang.qiang")];
    const older = first.answer(await world.ask(browser, { op: "bind" }));
    const newer = second.answer(await world.ask(browser, { op: "bind" }));
    refused(await world.submit(browser, older), 410, "superseded");
    assert.equal((await world.submit(browser, newer)).status, 200);
    refused(await world.submit(browser, older), 410, "superseded");
    return [
      ["certificate.bound", { certificate: second.id }, 1],
      ["certificate.bound", { certificate: first.id }, 0],
    ];
  });

  world.case("a newer request of another account, or to log in, takes nobody's place", async () => {
    const [browser, other] = [await world.login("wang.qiang"), await world.login("li.na")];
    const device = await world.enrol("wang.qiang");
    const answer = device.answer(await world.ask(browser, { op: "bind" }));
    await world.ask(other, { op: "bind" });
    await world.ask(browser);
    assert.equal((await world.submit(browser, answer)).status, 200);
    return [["certificate.bound", { certificate: device.id }, 1]];
  });

  world.case("a certificate is replaced by another one of the account, and by itself never", async () => {
    const browser = await world.login("zhang.wei");
    const [old, renewed] = [await world.enrol("zhang.wei"), await world.enrol("zhang.wei")];
    await world.bind(browser, old);
    const same = old.answer(await world.ask(browser, { op: "bind", replaces: old.id }));
    refused(await world.submit(browser, same), 409, "certificate-already-bound");
    const { replaced, certificate } = await world.bind(browser, renewed, { replaces: old.id });
    assert.deepEqual([replaced, certificate.id], [old.id, renewed.id]);
    const anonymous = await world.browser();
    refused(await world.submit(anonymous, old.answer(await world.ask(anonymous))), 403, "certificate-not-bound");
    return [
      ["certificate.replaced", {}, 1],
      ["certificate.bind-refused", { code: "certificate-already-bound" }, 1],
    ];
  });

  world.case("nobody replaces what is not bound to them", async () => {
    const browser = await world.login("li.na");
    const foreign = (await world.phoneOf("wang.qiang")).id;
    for (const replaces of [foreign, "00".repeat(32)]) {
      refused(await browser.post("/api/scan/requests", { op: "bind", replaces }), 404, "not-found");
    }
  });

  world.case("binding what is bound to the account already changes nothing", async () => {
    const browser = await world.login("wang.qiang");
    const before = (await browser.open()).certificates.length;
    const { replaced } = await world.bind(browser, await world.phoneOf("wang.qiang"));
    assert.equal(replaced, null);
    assert.equal((await browser.open()).certificates.length, before);
    return [["certificate.bound", {}, 0]];
  });
};
