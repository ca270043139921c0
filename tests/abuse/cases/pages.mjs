/** State changes only through the platform's own pages. */
import assert from "node:assert/strict";
import { refused } from "../lib/browser.mjs";

const ID = "00".repeat(32);

/** Every call that changes something, with a body that would do. */
const CALLS = [
  { path: "/api/login", body: { login: "li.na", password: "x" } },
  { path: "/api/logout" },
  { path: "/api/scan/requests", body: { op: "login" } },
  { path: "/api/scan/assertions", body: { assertion: "", channelBinding: "" } },
  { path: "/api/scan/refusals", body: { request: "x", code: "refused" } },
  ...["unbind", "freeze", "unfreeze"].map((action) => ({ path: `/api/certificates/${ID}/${action}` })),
  { path: "/api/registration", body: {}, needs: "registration" },
  { path: "/api/people", body: {}, needs: "people" },
  { path: "/api/people/chen.jing/disable", needs: "people" },
  { path: "/api/people/chen.jing/make-administrator", needs: "people" },
  { path: "/api/password", body: { current: "x", next: "y" }, needs: "people" },
  { path: "/api/sessions/1/end", needs: "people" },
  { path: "/api/admin/settings", body: {}, needs: "admin" },
  { path: "/api/admin/accounts/li.na/disable", needs: "admin" },
  { path: "/api/admin/keys/next", needs: "admin" },
];

export default (world) => {
  const calls = () => CALLS.filter(({ needs }) => needs === undefined || world.can(needs));

  world.case("calls that are not from an own page are refused, whoever is logged in", async () => {
    const browser = await world.login("li.na");
    const port = new URL(world.base).port;
    const foreign = [
      { origin: null },
      { origin: "" },
      { origin: "null" },
      { origin: "https://evil.example" },
      { origin: `${world.base}/` },
      { origin: `${world.base}.evil.example` },
      { origin: world.base.replace("http:", "https:") },
      { origin: `http://localhost:${Number(port) + 1}` },
      { origin: `http://LOCALHOST:${port}` },
      { origin: [world.base, "https://evil.example"] },
      { origin: `${world.base}, ${world.base}` },
      { "sec-fetch-site": "cross-site" },
      { "sec-fetch-site": "same-site" },
      { "sec-fetch-site": "none" },
    ];
    for (const { path, body } of calls()) {
      for (const headers of foreign) {
        const answer = await browser.post(path, body, { headers });
        const got = `${path} ${JSON.stringify(headers)}: ${answer.status} ${answer.json?.code}`;
        assert.match(got, /: 403 origin-refused$/);
      }
    }
    assert.ok(await browser.open(), "still logged in");
    return [
      ["login.refused", {}, 0],
      ["logout", {}, 0],
    ];
  });

  world.case("calls without the session's token are refused", async () => {
    const [browser, other] = [await world.login("li.na"), await world.browser()];
    const tokens = [null, "", "x", other.csrf, browser.csrf.slice(1), `${browser.csrf}A`, browser.csrf.toLowerCase()];
    for (const { path, body } of calls()) {
      for (const token of tokens) {
        const answer = await browser.post(path, body, { headers: { "x-csrf-token": token } });
        assert.equal(`${path} ${answer.status} ${answer.json?.code}`, `${path} 403 csrf-refused`);
      }
    }
    assert.ok(await browser.open(), "still logged in");
    return [["logout", {}, 0]];
  });

  world.case("a token without its session is worth nothing", async () => {
    const browser = await world.login("li.na");
    browser.cookies.delete(world.cookies.session);
    refused(await browser.post("/api/scan/requests", { op: "login" }), 403, "csrf-refused");
    browser.cookies.set(world.cookies.session, "x");
    refused(await browser.post("/api/scan/requests", { op: "login" }), 403, "csrf-refused");
  });

  world.case("state changes by no other method, and no page of another site reads an answer", async () => {
    const browser = await world.login("li.na");
    for (const { path } of calls().slice(0, 4)) refused(await browser.get(path), 405, "method-not-allowed");
    const answer = await browser.get("/api/session", { origin: "https://evil.example" });
    const shared = Object.keys(answer.headers).filter((name) => name.startsWith("access-control-"));
    assert.deepEqual(shared, []);
    refused(await browser.get("/api/nothing"), 404, "not-found");
    assert.ok(await browser.open());
  });

  world.case("a session that was planted before the login is not the one that is logged in", async () => {
    for (const enter of [
      (browser) => browser.succeed("/api/login", { login: "ayguli", password: world.people.get("ayguli").password }),
      async (browser) => world.scanLogin(browser, await world.phoneOf("li.na")),
    ]) {
      const browser = await world.browser();
      const planted = browser.copy();
      await enter(browser);
      assert.notEqual(browser.cookies.get(world.cookies.session), planted.cookies.get(world.cookies.session));
      assert.equal(await planted.open(), null);
      assert.ok(await browser.open());
    }
    return ["login.password", "login.scan"];
  });

  world.case("a session that was left by a new login is over", async () => {
    const browser = await world.login("li.na");
    const before = browser.copy();
    await world.scanLogin(browser, await world.phoneOf("li.na"));
    assert.equal(await before.open(), null);
  });

  world.case("cookies stay in one browser, one host and one connection", async () => {
    const browser = await world.browser();
    await world.scanLogin(browser, await world.phoneOf("li.na"));
    const { session, scan } = world.cookies;
    for (const line of browser.setCookies) {
      assert.match(line, /^__Host-/);
      for (const attribute of [/; Path=\/(;|$)/i, /; Secure/i, /; HttpOnly/i]) assert.match(line, attribute);
      assert.doesNotMatch(line, /; Domain/i);
      assert.match(line, line.startsWith(`${scan}=`) ? /; SameSite=Strict/i : /; SameSite=(Lax|Strict)/i);
    }
    assert.deepEqual(new Set(browser.cookies.keys()), new Set([session, scan]));
  });

  world.case("every answer tells browsers what to refuse", async () => {
    const browser = await world.browser();
    const problem = await browser.post("/api/scan/requests", { op: "none" });
    refused(problem, 400, "malformed");
    for (const { headers } of [await browser.get("/api/session"), problem, await browser.get("/api/nothing")]) {
      assert.match(headers["content-security-policy"], /default-src 'none'.*frame-ancestors 'none'/);
      assert.doesNotMatch(headers["content-security-policy"], /unsafe-inline|'unsafe-eval'|\*/);
      assert.equal(headers["x-content-type-options"], "nosniff");
      assert.equal(headers["x-frame-options"], "DENY");
      assert.equal(headers["referrer-policy"], "no-referrer");
      assert.match(headers["cache-control"], /no-store/);
      assert.equal(headers["x-powered-by"], undefined);
    }
  });
};
