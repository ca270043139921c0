/** What the log shows to whom. It is checked after every case; here is what is left. */
import assert from "node:assert/strict";
import { verifyAuditExport } from "../../../npm/dist/server.js";
import { refused } from "../lib/browser.mjs";

export default (world) => {
  world.case("nobody reads the log without being logged in", async () => {
    const browser = await world.browser();
    refused(await browser.get("/api/audit"), 401, "login-required");
    refused(await browser.get("/api/audit/export"), 401, "login-required");
  });

  world.case("an export shows its owner's events, and of the others their place only", async () => {
    const [administrator, operator] = [await world.login("wang.qiang"), await world.login("chen.jing")];
    const whole = verifyAuditExport(await world.auditExport());
    for (const [browser, mine] of [
      [administrator, ({ enterprise }) => enterprise === world.people.get("wang.qiang").creditCode],
      [operator, ({ account }) => account === "chen.jing"],
    ]) {
      const { status, text } = await browser.get("/api/audit/export");
      assert.equal(status, 200);
      const verdict = verifyAuditExport(text);
      assert.equal(verdict.fault, null);
      assert.ok(verdict.full > 0 && verdict.redacted > 0);
      const entries = text
        .trimEnd()
        .split("\n")
        .map((line) => JSON.parse(line));
      assert.ok(entries.every(({ event }) => event === undefined || mine(event)));
      assert.ok(text.includes(whole.head), "it is the same chain");
    }
    return ["login.scan"];
  });

  world.case("pages of the log follow each other without a gap, and odd ones are refused", async () => {
    const browser = await world.login("wang.qiang");
    const all = (await browser.get("/api/audit?limit=100")).json.events;
    const first = (await browser.get("/api/audit?limit=3")).json;
    const second = (await browser.get(`/api/audit?limit=3&before=${first.next}`)).json;
    assert.deepEqual([...first.events, ...second.events], all.slice(0, 6));
    for (const query of ["before=x", "before=-1", "limit=0", "limit=1e9", "limit='", "before=1&before=2"]) {
      const answer = await browser.get(`/api/audit?${query}`);
      refused(answer, 400, "malformed");
    }
  });

  world.case("what the phone refused is the page's word, from the browser that was given the request", async () => {
    const [browser, other] = [await world.login("wang.qiang"), await world.login("li.na")];
    const request = await world.ask(browser, { op: "bind" });
    await world.ask(other);
    refused(await other.post("/api/scan/refusals", { request, code: "refused" }), 403, "assertion-wrong-browser");
    refused(await browser.post("/api/scan/refusals", { request, code: "no-such-code" }), 400, "malformed");
    for (let times = 0; times < 3; times += 1) {
      assert.equal((await browser.post("/api/scan/refusals", { request, code: "reported-fraud" })).status, 204);
    }
    const unknown = "A".repeat(22);
    refused(await browser.post("/api/scan/refusals", { request: unknown, code: "refused" }), 404, "not-found");
    return [["scan.refused", { code: "reported-fraud" }, 1]];
  });

  world.case("the whole log holds no secret", async () => {
    const browser = await world.login("li.na");
    const text = await world.auditExport();
    const secrets = [...world.people.values()].map(({ password }) => password);
    for (const secret of [...secrets, ...browser.cookies.values(), browser.csrf]) assert.ok(!text.includes(secret));
  });

  world.case("the command says the same of the log as the package does", async () => {
    const text = await world.auditExport();
    assert.equal(await world.verifyByCommand(text), 0);
    assert.equal(await world.verifyByCommand(text.replace('"at":1', '"at":2')), 1);
  });
};
