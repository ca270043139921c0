/** Which certificates let whom in, and who decides. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { PORTAL } from "../lib/adapters.mjs";
import { refused } from "../lib/browser.mjs";
import { Phone } from "../lib/phone.mjs";

export default (world) => {
  /** A login with this phone, in a browser of its own. */
  const logIn = async (phone, body) => {
    const browser = await world.browser();
    return world.submit(browser, phone.answer(await world.ask(browser, body)));
  };
  const tryToBind = async (browser, phone) =>
    world.submit(browser, phone.answer(await world.ask(browser, { op: "bind" })));
  const change = (browser, phone, action) => browser.post(`/api/certificates/${phone.id}/${action}`);

  world.case("a root of one's own counts for nothing, whatever names it bears", async () => {
    const genuine = await world.phoneOf("li.na");
    const forged = Phone.forge(world.people.get("li.na"), genuine.certificates.at(-1));
    refused(await logIn(forged), 403, "certificate-untrusted");
    const grafted = new Phone(forged.key, [forged.certificates[0], ...genuine.certificates.slice(1)]);
    refused(await logIn(grafted), 403, "certificate-untrusted");
    const stolen = new Phone(forged.key, genuine.certificates);
    refused(await logIn(stolen), 400, "assertion-invalid");
    return [["login.refused", { code: "certificate-untrusted" }, 2]];
  });

  world.case("a certificate that has expired is refused", async () => {
    refused(await logIn(world.expired), 403, "certificate-expired");
    return [["login.refused", { code: "certificate-expired" }, 1]];
  });

  world.case("a certificate that was revoked is refused", async () => {
    const phone = await world.enrol("zhang.wei");
    await world.bind(await world.login("zhang.wei"), phone);
    assert.equal((await logIn(phone)).status, 200);
    execFileSync(PORTAL, ["revoke", phone.serial, "--data", world.data]);
    // A platform that fetches the lists on a timer sees it with the next one.
    let answer = await logIn(phone);
    for (let tries = 0; answer.status === 200 && tries < 20; tries += 1) {
      await setTimeout(250);
      answer = await logIn(phone);
    }
    refused(answer, 403, "certificate-revoked");
    return ["login.scan", ["login.refused", { code: "certificate-revoked" }]];
  });

  world.case("a certificate of a kind that the request does not accept is refused", async () => {
    const phone = await world.phoneOf("li.na");
    refused(await logIn(phone, { op: "login", kinds: ["mutual"] }), 403, "certificate-wrong-kind");
    assert.equal((await logIn(phone, { op: "login", kinds: ["platform"] })).status, 200);
    return [
      ["login.refused", { code: "certificate-wrong-kind" }, 1],
      ["login.scan", {}, 1],
    ];
  });

  world.case(
    "a certificate that is recognised nationwide is none of the platform's own, and logs in where its kind may",
    async () => {
      const phone = await world.enrol("ayguli", { ca: "tianchi" });
      const { certificate } = await world.bind(await world.login("ayguli"), phone);
      assert.deepEqual([certificate.authority, certificate.kind], ["tianchi", "mutual"]);
      refused(await logIn(phone, { op: "login", kinds: ["platform"] }), 403, "certificate-wrong-kind");
      assert.equal((await logIn(phone, { op: "login", kinds: ["mutual"] })).status, 200);
      assert.equal((await logIn(phone)).status, 200);
      return [["login.refused", { code: "certificate-wrong-kind" }, 1]];
    },
  );

  world.case("a certificate of another enterprise cannot be bound", async () => {
    const browser = await world.login("wang.qiang");
    const problem = refused(await tryToBind(browser, await world.enrol("ayguli")), 403, "certificate-code-mismatch");
    const { enterprise, creditCode } = world.people.get("wang.qiang");
    const other = world.people.get("ayguli");
    const field = (name, certificate, account) => ({ field: name, certificate, account });
    assert.deepEqual(
      problem.mismatch.toSorted((one, two) => (one.field < two.field ? 1 : -1)),
      [field("name", other.enterprise, enterprise), field("creditCode", other.creditCode, creditCode)],
    );
    return [
      ["certificate.bind-refused", { code: "certificate-code-mismatch" }, 1],
      ["certificate.bound", {}, 0],
    ];
  });

  world.case(
    "a certificate that names the enterprise otherwise cannot be bound",
    async () => {
      const { login, enterprise } = world.people.get("zhao.min");
      const problem = refused(
        await tryToBind(await world.passwordLogin(login), await world.enrol("li.na")),
        403,
        "certificate-name-mismatch",
      );
      const certificate = world.people.get("li.na").enterprise;
      assert.deepEqual(problem.mismatch, [{ field: "name", certificate, account: enterprise }]);
      return [["certificate.bind-refused", { code: "certificate-name-mismatch" }, 1]];
    },
    { needs: ["misnamed account"] },
  );

  world.case("a certificate that is bound to a colleague cannot be bound", async () => {
    const browser = await world.login("chen.jing");
    const phone = await world.phoneOf("li.na");
    refused(await tryToBind(browser, phone), 409, "certificate-bound-elsewhere");
    return [["certificate.bind-refused", { code: "certificate-bound-elsewhere" }, 1]];
  });

  world.case(
    "a frozen certificate neither logs in nor stays logged in, and is not thawed by who found the phone",
    async () => {
      const browser = await world.login("chen.jing");
      const [phone, next] = [await world.enrol("chen.jing"), await world.enrol("chen.jing")];
      await world.bind(browser, phone);
      const inside = await world.browser();
      await world.scanLogin(inside, phone);
      const replacing = await world.ask(browser, { op: "bind", replaces: phone.id });
      assert.equal((await change(browser, phone, "freeze")).status, 200);
      assert.equal(await inside.open(), null, "sessions that it started are over");
      assert.ok(await browser.open(), "others go on");
      refused(await logIn(phone), 403, "certificate-frozen");
      refused(await world.submit(browser, next.answer(replacing)), 403, "certificate-frozen");
      refused(await browser.post("/api/scan/requests", { op: "bind", replaces: phone.id }), 403, "certificate-frozen");
      refused(await tryToBind(browser, phone), 403, "certificate-frozen");
      refused(await change(browser, phone, "unbind"), 403, "certificate-frozen");
      refused(await change(browser, phone, "unfreeze"), 403, "not-allowed");
      refused(await logIn(phone), 403, "certificate-frozen");
      return [
        ["certificate.frozen", { certificate: phone.id }, 1],
        ["certificate.unbound", {}, 0],
        ["login.refused", { code: "certificate-frozen", account: "chen.jing" }, 2],
        ["certificate.bind-refused", { code: "certificate-frozen", account: "chen.jing" }, 2],
      ];
    },
  );

  world.case("only an administrator unfreezes", async () => {
    const [administrator, operator] = [await world.login("li.na"), await world.login("chen.jing")];
    const phone = await world.enrol("chen.jing");
    await world.bind(operator, phone);
    assert.equal((await change(operator, phone, "freeze")).status, 200);
    refused(await change(operator, phone, "unfreeze"), 403, "not-allowed");
    refused(await logIn(phone), 403, "certificate-frozen");
    assert.equal((await change(administrator, phone, "unfreeze")).status, 200);
    assert.equal((await logIn(phone)).status, 200);
    return [
      ["certificate.frozen", {}, 1],
      ["certificate.unfrozen", { certificate: phone.id }, 1],
    ];
  });

  world.case("an operator changes nothing of a colleague's, and nobody anything of another enterprise's", async () => {
    const [operator, foreign] = [await world.login("chen.jing"), await world.login("wang.qiang")];
    const nobody = await world.browser();
    const phone = await world.phoneOf("li.na");
    for (const action of ["unbind", "freeze", "unfreeze"]) {
      for (const browser of [operator, foreign]) {
        const answer = await change(browser, phone, action);
        const got = `${answer.status} ${answer.json.code}`;
        assert.ok(["403 not-allowed", "404 not-found"].includes(got), `${action}: ${got}`);
      }
      refused(await change(nobody, phone, action), 401, "login-required");
      refused(await foreign.post(`/api/certificates/${"00".repeat(32)}/${action}`), 404, "not-found");
    }
    assert.equal((await logIn(phone)).status, 200);
    return [
      ["certificate.unbound", {}, 0],
      ["certificate.frozen", {}, 0],
      ["certificate.unfrozen", {}, 0],
    ];
  });

  world.case("a certificate that was unbound lets nobody in, until it is bound again", async () => {
    const browser = await world.login("zhang.wei");
    const phone = await world.enrol("zhang.wei");
    await world.bind(browser, phone);
    const inside = await world.browser();
    await world.scanLogin(inside, phone);
    assert.equal((await change(browser, phone, "unbind")).status, 200);
    refused(await logIn(phone), 403, "certificate-not-bound");
    assert.equal(await inside.open(), null, "sessions that it started are over");
    await world.bind(browser, phone);
    assert.equal((await logIn(phone)).status, 200);
    return [
      ["certificate.bound", { certificate: phone.id }, 2],
      ["certificate.unbound", { certificate: phone.id }, 1],
      ["login.refused", { code: "certificate-not-bound" }, 1],
    ];
  });

  world.case(
    "an account that was closed lets nobody in",
    async () => {
      const browser = await world.browser();
      const { login, password } = world.people.get("sun.li");
      refused(await browser.post("/api/login", { login, password }), 403, "account-disabled");
      refused(await browser.post("/api/login", { login, password: "wrong" }), 401, "login-failed");
      return [["login.refused", { code: "account-disabled", method: "password" }, 1]];
    },
    { needs: ["disabled account"] },
  );
};
