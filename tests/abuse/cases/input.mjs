/** Whatever is sent is read as what it is, or refused; it is never repeated, and never breaks anything. */
import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import { refused } from "../lib/browser.mjs";

const STRINGS = {
  sql: "x' OR '1'='1'; DROP TABLE account; --",
  html: '"><script>alert(1)</script><img src=x onerror=alert(1)>',
  lines: "x\r\nSet-Cookie: injected=1\r\n\r\n<html>",
  nul: "li.na\u0000admin",
  bidi: "\u202eadmin\u2066\u200f\u200b",
  path: "../../../../etc/passwd",
  template: "{{7*7}}%s%n<%= 7*7 %>",
  prototype: "__proto__",
  surrogate: "\ud800",
  long: "A".repeat(4_000),
};

/** Those that are tried as user name and password, each of which costs the server a hash. */
const HASHED = ["sql", "nul", "surrogate", "long"];

export default (world) => {
  /** What came back holds nothing of what was sent, and is a refusal. */
  const harmless = (answer, sent, name) => {
    assert.ok(answer.status >= 400 && answer.status < 500, `${name}: ${answer.status} ${answer.text}`);
    assert.match(answer.headers["content-type"], /^application\/problem\+json/, name);
    const headers = answer.rawHeaders.join("\n");
    for (const text of [answer.text, headers]) {
      assert.ok(!text.includes(sent) && !text.includes(JSON.stringify(sent).slice(1, -1)), `${name}: repeated`);
    }
    assert.doesNotMatch(headers, /injected/);
  };

  world.case("odd texts in any field are refused and not repeated", async () => {
    const browser = await world.login("li.na");
    const { assertion, channelBinding } = (await world.phoneOf("li.na")).answer(await world.ask(browser));
    const [head, body, signature] = assertion.split(".");
    const fields = {
      login: (text) => ["/api/login", { login: text, password: "x" }],
      password: (text) => ["/api/login", { login: "nobody", password: text }],
      op: (text) => ["/api/scan/requests", { op: text }],
      kinds: (text) => ["/api/scan/requests", { op: "login", kinds: [text] }],
      assertion: (text) => ["/api/scan/assertions", { assertion: text, channelBinding }],
      header: (text) => ["/api/scan/assertions", { assertion: `${text}.${body}.${signature}`, channelBinding }],
      claims: (text) => [
        "/api/scan/assertions",
        {
          assertion: `${head}.${Buffer.from(JSON.stringify({ jti: text })).toString("base64url")}.${signature}`,
          channelBinding,
        },
      ],
      binding: (text) => ["/api/scan/assertions", { assertion, channelBinding: text }],
      replaces: (text) => ["/api/scan/requests", { op: "bind", replaces: text }],
      request: (text) => ["/api/scan/refusals", { request: text, code: "refused" }],
      code: (text) => ["/api/scan/refusals", { request: body, code: text }],
      certificate: (text) => [`/api/certificates/${encodeURIComponent(text)}/unbind`],
    };
    for (const [field, call] of Object.entries(fields)) {
      for (const [name, text] of Object.entries(STRINGS)) {
        if (field === "certificate" && name === "surrogate") continue; // has no form in an address
        if (["login", "password"].includes(field) && !HASHED.includes(name)) continue;
        const [path, sent] = call(text);
        // Passwords have a limit per address; another one is as good.
        browser.address = browser.address.replace(/\d+$/, (last) => String((Number(last) + 1) % 250));
        const answer = await browser.post(path, sent);
        if (field === "password" && answer.status === 429) continue; // the limit per account
        harmless(answer, text, `${field} ${name}`);
      }
    }
    assert.ok(await browser.open(), "still logged in");
    return [
      ["certificate.bound", {}, 0],
      ["login.password", {}, 0],
      ["scan.refused", {}, 0],
    ];
  });

  world.case("odd headers are harmless, and what is shown of a browser is never its own text", async () => {
    const browser = await world.browser();
    const agent = "<script>alert(1)</script> ' OR 1=1 -- Firefox/140\"";
    const headers = { "user-agent": agent, "x-forwarded-for": "<b>1</b>, 203.0.113.77", "accept-language": "%00" };
    const asked = await browser.post("/api/scan/requests", { op: "login" }, { headers });
    assert.equal(asked.status, 200, asked.text);
    const answer = (await world.phoneOf("li.na")).answer(asked.json.request);
    const inside = await browser.post("/api/scan/assertions", answer, { headers });
    assert.equal(inside.status, 200, inside.text);
    const { browser: shown, place } = inside.json.account.logins[0];
    assert.doesNotMatch(`${shown}${place}`, /[<>'"&]/);
    for (const text of [asked.text, inside.text]) assert.ok(!text.includes("script"));
    return [["login.scan", {}, 1]];
  });

  world.case("a cookie or header of odd bytes is refused or counts as absent", async () => {
    const browser = await world.browser();
    const { session, scan } = world.cookies;
    for (const cookie of [
      "=",
      ";;;=;",
      `${session}`,
      `${session}=;${scan}=`,
      "\u00ff\u00fe=\u00ff",
      `${session}=${"A".repeat(4_000)}`,
    ]) {
      const answer = await browser.post("/api/scan/requests", { op: "login" }, { headers: { cookie } });
      refused(answer, 403, "csrf-refused");
    }
  });

  world.case("bodies that are too large, too deep, of another kind, or no JSON are refused", async () => {
    const browser = await world.login("li.na");
    const wrong = [
      ["too large", { raw: JSON.stringify({ op: "login", x: "A".repeat(9_000) }) }, 413],
      ["1 MB", { raw: JSON.stringify({ op: "A".repeat(1_000_000) }) }, 413],
      ["deep", { raw: `${"[".repeat(4_000)}${"]".repeat(4_000)}` }, 400],
      ["deep and open", { raw: "[".repeat(8_000) }, 400],
      ["deep objects", { raw: '{"op":'.repeat(1_300) }, 400],
      ["plain text", { raw: '{"op":"login"}', headers: { "content-type": "text/plain" } }, 415],
      ["a form", { raw: "op=login", headers: { "content-type": "application/x-www-form-urlencoded" } }, 415],
      ["no type", { raw: '{"op":"login"}', headers: { "content-type": null } }, 415],
      ["other JSON", { raw: '{"op":"login"}', headers: { "content-type": "application/problem+json" } }, 415],
      ["compressed", { raw: gzipSync('{"op":"login"}'), headers: { "content-encoding": "gzip" } }, [400, 415]],
      ["UTF-16", { raw: Buffer.from('\ufeff{"op":"login"}', "utf16le") }, 400],
      ["no UTF-8", { raw: Buffer.from([...Buffer.from('{"op":"'), 0xff, 0xfe, ...Buffer.from('"}')]) }, 400],
      ["nothing", { raw: "" }, [400, 415]],
      ["null", { raw: "null" }, 400],
      ["a number", { raw: "1" }, 400],
      ["a text", { raw: '"login"' }, 400],
      ["a list", { raw: '[{"op":"login"}]' }, 400],
      ["an empty object", { raw: "{}" }, 400],
      ["half an object", { raw: '{"op":"login"' }, 400],
      ["two objects", { raw: '{"op":"login"}{}' }, 400],
      ["a number for a text", { raw: '{"op":1}' }, 400],
      ["an object for a text", { raw: '{"op":{"$ne":null}}' }, 400],
      ["a list for a text", { raw: '{"op":["login"]}' }, 400],
      ["a member more", { raw: '{"op":"login","admin":true}' }, 400],
      ["a prototype", { raw: '{"op":"login","__proto__":{"admin":true}}' }, 400],
      ["a constructor", { raw: '{"op":"login","constructor":{"prototype":{}}}' }, 400],
    ];
    for (const [name, sent, expected] of wrong) {
      const answer = await browser.post("/api/scan/requests", undefined, sent);
      const got = `${name}: ${answer.status} ${answer.json?.code}`;
      assert.ok(
        [expected].flat().some((status) => got === `${name}: ${status} malformed`),
        got,
      );
    }
    const answer = (await world.phoneOf("li.na")).answer(await world.ask(browser));
    const large = { ...answer, assertion: `${answer.assertion}${"A".repeat(33_000)}` };
    refused(await world.submit(browser, large), 413, "malformed");
    assert.ok(await browser.open(), "still logged in");
  });

  world.case("every body refuses members that it does not know, and those of another kind", async () => {
    const browser = await world.login("li.na");
    const bodies = {
      "/api/login": { login: "li.na", password: "x" },
      "/api/scan/requests": { op: "login" },
      "/api/scan/assertions": (await world.phoneOf("li.na")).answer(await world.ask(browser)),
      "/api/scan/refusals": { request: "x", code: "refused" },
    };
    for (const [path, body] of Object.entries(bodies)) {
      refused(await browser.post(path, { ...body, more: 1 }), 400, "malformed");
      for (const name of Object.keys(body)) {
        const { [name]: _, ...less } = body;
        refused(await browser.post(path, less), 400, "malformed");
        for (const value of [1, true, null, [], {}])
          refused(await browser.post(path, { ...body, [name]: value }), 400, "malformed");
      }
    }
  });

  world.case("kinds are a list of those of the protocol", async () => {
    const browser = await world.browser();
    for (const kinds of [[], ["other"], "platform", [["platform"]], null, { 0: "platform" }]) {
      const answer = await browser.post("/api/scan/requests", { op: "login", kinds });
      assert.equal(
        `${JSON.stringify(kinds)} ${answer.status} ${answer.json.code}`,
        `${JSON.stringify(kinds)} 400 malformed`,
      );
    }
  });

  world.case("whoever guesses passwords is slowed down, and learns nothing of who exists", async () => {
    const tries = async (login) => {
      const browser = await world.browser();
      const answers = [];
      for (let count = 0; count < 6; count += 1)
        answers.push(await browser.post("/api/login", { login, password: "guess" }));
      return answers;
    };
    const [known, unknown] = [await tries("wang.qiang"), await tries("no.such.person")];
    const form = ({ status, json }) => [status, json.code, json.detail];
    assert.deepEqual(unknown.slice(0, 3).map(form), known.slice(0, 3).map(form));
    refused(known[0], 401, "login-failed");
    const last = known.at(-1);
    refused(last, 429, "rate-limited");
    assert.match(last.headers["retry-after"], /^[1-9][0-9]*$/);
    return [["login.refused", { code: "login-failed", method: "password" }]];
  });
};
