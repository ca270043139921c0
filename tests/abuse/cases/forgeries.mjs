/** What the phone signed says what is done, where and for which channel; anything else is refused. */
import assert from "node:assert/strict";
import { createHmac, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { refused } from "../lib/browser.mjs";
import { base64url, claimsOf } from "../lib/phone.mjs";

const INVALID = [400, "assertion-invalid"];

export default (world) => {
  const phone = () => world.phoneOf("li.na");

  /** Refuses one altered answer after the other, all for one request, which stays answerable. */
  const refuseEach = async (browser, request, answers) => {
    for (const [name, answer, expected = INVALID] of answers) {
      const got = await world.submit(browser, answer);
      assert.equal(`${name}: ${got.status} ${got.json?.code}`, `${name}: ${expected.join(" ")}`, got.text);
      refused(got, ...expected);
    }
    const good = await world.submit(browser, (await phone()).answer(request));
    assert.equal(good.status, 200, good.text);
  };

  world.case("every altered claim is refused, and none of them uses the request up", async () => {
    const browser = await world.browser();
    const [request, other] = [await world.ask(browser), await world.ask(browser)];
    const device = await phone();
    const altered = (change) => device.answer(request, { change });
    const hash = () => randomBytes(32).toString("base64url");
    await refuseEach(browser, request, [
      [
        "hash of another request",
        altered((claims) => Object.assign(claims, { req: claimsOf(device.answer(other).assertion).req })),
      ],
      ["nonce of another request", altered((claims) => Object.assign(claims, { jti: claimsOf(other).jti }))],
      ["unknown nonce", altered((claims) => Object.assign(claims, { jti: randomBytes(16).toString("base64url") }))],
      ["hash of nothing", altered((claims) => Object.assign(claims, { req: hash() }))],
      ["another platform", altered((claims) => Object.assign(claims, { aud: "other.platform" }))],
      ["another operation", altered((claims) => Object.assign(claims, { op: "bind" }))],
      ["unknown operation", altered((claims) => Object.assign(claims, { op: "decrypt" }))],
      [
        "another page",
        altered((claims) => Object.assign(claims, { origin: "https://evil.example" })),
        [403, "origin-refused"],
      ],
      ["another channel", altered((claims) => Object.assign(claims, { cb: hash() }))],
      ["a channel too short", altered((claims) => Object.assign(claims, { cb: "AAAA" }))],
      ["null for a claim", altered((claims) => Object.assign(claims, { aud: null }))],
      ["no operation", altered((claims) => void delete claims.op)],
      ["no hash", altered((claims) => void delete claims.req)],
    ]);
    return [["login.scan", {}, 1]];
  });

  world.case("a signature by another key, another form, or none is refused", async () => {
    const browser = await world.browser();
    const request = await world.ask(browser);
    const device = await phone();
    const { assertion, channelBinding } = device.answer(request);
    const [head, body, signature] = assertion.split(".");
    const claims = claimsOf(assertion);
    const given = (text) => ({ assertion: text, channelBinding });
    const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
    const der = sign("sha256", Buffer.from(`${head}.${body}`), device.key).toString("base64url");
    const zero = Buffer.alloc(64).toString("base64url");
    const macHead = base64url({ ...JSON.parse(Buffer.from(head, "base64url")), alg: "HS256" });
    const mac = createHmac("sha256", device.certificates[0]).update(`${macHead}.${body}`).digest("base64url");
    const self = { alg: "ES256", typ: "scanseal-assertion+jwt", jwk: device.key.export({ format: "jwk" }) };
    await refuseEach(browser, request, [
      ["another key", given(Object.assign(Object.create(device), { key: privateKey }).sign(claims))],
      ["altered after signing", given(`${head}.${base64url({ ...claims, iat: claims.iat + 1 })}.${signature}`)],
      ["no signature", given(`${head}.${body}.`)],
      ["a signature of zeros", given(`${head}.${body}.${zero}`)],
      ["a signature in DER", given(`${head}.${body}.${der}`)],
      ["alg none", given(`${base64url({ alg: "none", typ: "scanseal-assertion+jwt" })}.${body}.`)],
      ["alg none with certificates", given(device.sign(claims, { alg: "none" }))],
      ["alg HS256 over the certificate", given(`${macHead}.${body}.${mac}`)],
      ["a key in the header", given(`${base64url(self)}.${body}.${signature}`)],
      ["a header member more", given(device.sign(claims, { kid: "1" }))],
      ["type of a request", given(device.sign(claims, { typ: "scanseal-request+jwt" }))],
      ["no certificate", given(device.sign(claims, { x5c: [] }))],
      [
        "five certificates",
        given(device.sign(claims, { x5c: Array(5).fill(device.certificates[0].toString("base64")) })),
      ],
      ["a certificate that is none", given(device.sign(claims, { x5c: ["AAAA"] }))],
      ["a dot more", given(`${assertion}.`)],
      ["padding", given(`${assertion}=`)],
      ["white space", given(` ${assertion}`)],
      ["the request itself", given(request)],
      ["nothing", given("")],
      ["16 KiB and more", given(`${head}.${body}${"A".repeat(17_000)}.${signature}`)],
    ]);
    return [["login.scan", {}, 1]];
  });

  world.case("the channel binding that the page reports must be the signed one", async () => {
    const browser = await world.browser();
    const request = await world.ask(browser);
    const { assertion, channelBinding } = (await phone()).answer(request);
    const malformed = [400, "malformed"];
    await refuseEach(browser, request, [
      ["another one", { assertion, channelBinding: randomBytes(32).toString("base64url") }],
      ["one with padding", { assertion, channelBinding: `${channelBinding}=` }, malformed],
      ["one too short", { assertion, channelBinding: channelBinding.slice(4) }, malformed],
      ["none", { assertion, channelBinding: "" }, malformed],
    ]);
    return [["login.scan", {}, 1]];
  });

  world.case("an assertion for one operation is worth nothing for another", async () => {
    const browser = await world.login("wang.qiang");
    const device = await world.enrol("wang.qiang");
    const [bind, login] = [await world.ask(browser, { op: "bind" }), await world.ask(browser)];
    const as = (request, op) => device.answer(request, { change: (claims) => Object.assign(claims, { op }) });
    const crossed = (request, other) =>
      device.answer(request, { change: (claims) => Object.assign(claims, { jti: claimsOf(other).jti }) });
    for (const answer of [as(bind, "login"), as(login, "bind"), crossed(login, bind), crossed(bind, login)]) {
      refused(await world.submit(browser, answer), ...INVALID);
    }
    const { certificates } = await browser.open();
    assert.ok(!certificates.some(({ id }) => id === device.id));
    return [
      ["certificate.bound", {}, 0],
      ["certificate.bind-refused", { code: INVALID[1] }],
      ["login.refused", { code: INVALID[1] }],
    ];
  });

  world.case("a login by a certificate that is not bound binds nothing", async () => {
    const browser = await world.login("wang.qiang");
    const device = await world.enrol("wang.qiang");
    refused(await world.submit(browser, device.answer(await world.ask(browser))), 403, "certificate-not-bound");
    return [
      ["login.refused", { code: "certificate-not-bound" }, 1],
      ["certificate.bound", {}, 0],
    ];
  });
};
