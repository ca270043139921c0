/** Fifty at once: one acts, the others find it done. */
import assert from "node:assert/strict";
import { refused } from "../lib/browser.mjs";

const TRIES = 50;

export default (world) => {
  world.case("one assertion in fifty calls of its browser starts one session", async () => {
    const browser = await world.browser();
    const answer = (await world.phoneOf("li.na")).answer(await world.ask(browser));
    const copies = Array.from({ length: TRIES }, () => browser.copy());
    const answers = await Promise.all(copies.map((copy) => world.submit(copy, answer)));
    for (const { status, text } of answers) assert.deepEqual([status, text], [200, answers[0].text]);
    const sessions = new Set(copies.map((copy) => copy.cookies.get(world.cookies.session)));
    assert.equal(sessions.size, 1);
    return [["login.scan", {}, 1]];
  });

  world.case("fifty assertions for one request log in once", async () => {
    const browser = await world.browser();
    const request = await world.ask(browser);
    const phone = await world.phoneOf("li.na");
    const answers = await Promise.all(
      Array.from({ length: TRIES }, () => world.submit(browser.copy(), phone.answer(request))),
    );
    assert.equal(answers.filter(({ status }) => status === 200).length, 1);
    for (const answer of answers.filter(({ status }) => status !== 200)) refused(answer, 410, "assertion-replayed");
    return [["login.scan", {}, 1]];
  });

  world.case("of fifty browsers with one assertion its own logs in", async () => {
    const browser = await world.browser();
    const answer = (await world.phoneOf("li.na")).answer(await world.ask(browser));
    const others = await Promise.all(
      Array.from({ length: TRIES - 1 }, async () => {
        const other = await world.browser();
        await world.ask(other);
        return other;
      }),
    );
    const [own, ...rest] = await Promise.all([browser, ...others].map((one) => world.submit(one, answer)));
    assert.equal(own.status, 200, own.text);
    for (const { status, json } of rest) {
      assert.ok(
        ["403 assertion-wrong-browser", "410 assertion-replayed"].includes(`${status} ${json.code}`),
        json.detail,
      );
    }
    return [["login.scan", {}, 1]];
  });

  world.case("one certificate for two accounts in fifty calls is bound to one of them", async () => {
    const device = await world.enrol("li.na");
    const sides = await Promise.all(
      ["li.na", "chen.jing"].map(async (login) => {
        const browser = await world.login(login);
        return { login, browser, answer: device.answer(await world.ask(browser, { op: "bind" })) };
      }),
    );
    const calls = Array.from({ length: TRIES }, (_, index) => sides[index % 2]);
    const answers = await Promise.all(calls.map(({ browser, answer }) => world.submit(browser, answer)));
    const winners = new Set(answers.flatMap(({ status }, index) => (status === 200 ? [calls[index].login] : [])));
    assert.equal(winners.size, 1);
    for (const [index, answer] of answers.entries()) {
      if (!winners.has(calls[index].login)) refused(answer, 409, "certificate-bound-elsewhere");
    }
    const { certificates } = await sides[0].browser.open();
    assert.deepEqual(
      certificates.filter(({ id }) => id === device.id).map(({ holder }) => holder),
      [...winners],
    );
    return [["certificate.bound", { certificate: device.id }, 1]];
  });

  world.case("of two scans at once to bind for one account the older is over", async () => {
    const browsers = [await world.login("wang.qiang"), await world.login("wang.qiang")];
    const devices = [await world.enrol("wang.qiang"), await world.enrol("wang.qiang")];
    const answers = [];
    for (const [index, browser] of browsers.entries()) {
      answers.push(devices[index].answer(await world.ask(browser, { op: "bind" })));
    }
    const [older, newer] = await Promise.all(answers.map((answer, index) => world.submit(browsers[index], answer)));
    refused(older, 410, "superseded");
    assert.equal(newer.status, 200, newer.text);
    return [
      ["certificate.bound", { certificate: devices[1].id }, 1],
      ["certificate.bind-refused", { code: "superseded" }, 1],
    ];
  });

  world.case(
    "a certificate is unbound once, and its login at the same moment is let in or not, nothing between",
    async () => {
      const browser = await world.login("zhang.wei");
      const device = await world.enrol("zhang.wei");
      await world.bind(browser, device);
      const anonymous = await world.browser();
      const answer = device.answer(await world.ask(anonymous));
      const unbinding = Array.from({ length: 20 }, () => browser.post(`/api/certificates/${device.id}/unbind`));
      const [login, ...unbound] = await Promise.all([world.submit(anonymous, answer), ...unbinding]);
      assert.ok([200, 403].includes(login.status), login.text);
      assert.ok(unbound.some(({ status }) => status === 200));
      for (const { status } of unbound) assert.ok([200, 404].includes(status));
      const again = await world.browser();
      refused(await world.submit(again, device.answer(await world.ask(again))), 403, "certificate-not-bound");
      return [["certificate.unbound", {}, 1]];
    },
  );

  world.case("no session outlives a freeze that came at the same moment", async () => {
    const holder = await world.login("zhang.wei");
    const device = await world.enrol("zhang.wei");
    await world.bind(holder, device);
    const browsers = await Promise.all(Array.from({ length: 20 }, () => world.browser()));
    const answers = await Promise.all(browsers.map(async (browser) => device.answer(await world.ask(browser))));
    const calls = browsers.map((browser, index) => world.submit(browser, answers[index]));
    const freeze = holder.post(`/api/certificates/${device.id}/freeze`);
    const got = await Promise.all(calls);
    assert.equal((await freeze).status, 200);
    for (const { status, json } of got) assert.ok(status === 200 || json.code === "certificate-frozen", json.detail);
    for (const browser of browsers) assert.equal(await browser.open(), null);
    return [["certificate.frozen", { certificate: device.id }, 1]];
  });

  world.case(
    "two administrators who demote each other at the same moment leave one",
    async () => {
      const pair = ["li.na", "chen.jing"];
      for (let round = 0; round < 5; round += 1) {
        const [one, two] = await Promise.all(pair.map((login) => world.login(login)));
        await one.succeed("/api/people/chen.jing/make-administrator");
        const calls = [one.post("/api/people/chen.jing/make-operator"), two.post("/api/people/li.na/make-operator")];
        const statuses = (await Promise.all(calls)).map(({ status }) => status);
        if (statuses[0] !== 200) {
          await two.succeed("/api/people/li.na/make-administrator");
          await one.succeed("/api/people/chen.jing/make-operator");
        }
        assert.deepEqual(statuses.toSorted(), [200, 403]);
      }
    },
    { needs: ["people"] },
  );

  world.case(
    "no session outlives the closing of its account at the same moment",
    async () => {
      const administrator = await world.login("li.na");
      const phone = await world.phoneOf("chen.jing");
      const browsers = await Promise.all(Array.from({ length: 20 }, () => world.browser()));
      const answers = await Promise.all(browsers.map(async (browser) => phone.answer(await world.ask(browser))));
      const calls = browsers.map((browser, index) => world.submit(browser, answers[index]));
      const closing = administrator.post("/api/people/chen.jing/disable");
      const got = await Promise.all(calls);
      try {
        assert.equal((await closing).status, 200);
        for (const { status, json } of got) assert.ok(status === 200 || json.code === "account-disabled", json.detail);
        for (const browser of browsers) assert.equal(await browser.open(), null);
      } finally {
        await administrator.succeed("/api/people/chen.jing/enable");
      }
      for (const browser of browsers.slice(0, 3)) assert.equal(await browser.open(), null, "nor comes back");
      return [["account.disabled", { account: "chen.jing" }, 1]];
    },
    { needs: ["people"] },
  );
};
