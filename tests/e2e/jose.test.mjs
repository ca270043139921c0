/** An independent JOSE library reads what portal and phone signed in a real login. */
import assert from "node:assert/strict";
import { createHash, X509Certificate } from "node:crypto";
import { test } from "node:test";
import { compactVerify, decodeProtectedHeader } from "jose";
import { blankCamera, DESKTOP, PHONE, startBrowser, startPortal, temporaryFolder } from "./harness.mjs";
import { agree, enrolBound, review, scan, showCode } from "./people.mjs";

async function verified(jws, typ) {
  const header = decodeProtectedHeader(jws);
  assert.equal(header.alg, "ES256");
  assert.equal(header.typ, typ);
  const [leaf, ...chain] = header.x5c.map((der) => new X509Certificate(Buffer.from(der, "base64")));
  const { payload } = await compactVerify(jws, leaf.publicKey, { algorithms: ["ES256"] });
  return { claims: JSON.parse(new TextDecoder().decode(payload)), leaf, chain };
}

test("jose verifies the request and the assertion of a login", async (t) => {
  const portal = await startPortal(t);
  const camera = await blankCamera(await temporaryFolder(t));
  const desktop = await (await startBrowser(t, DESKTOP)).newPage();
  const phone = await (await startBrowser(t, { ...PHONE, camera })).newPage();
  await enrolBound(phone, portal);
  const requested = desktop.waitForResponse("**/api/scan/requests");
  const asserted = desktop.waitForRequest("**/api/scan/assertions");
  await showCode(desktop, portal.url);
  const { request } = await (await requested).json();
  await scan(phone, desktop, camera);
  await review(phone);
  await agree(phone);
  const { assertion, channelBinding } = (await asserted).postDataJSON();

  const asked = await verified(request, "scanseal-request+jwt");
  const answer = await verified(assertion, "scanseal-assertion+jwt");
  assert.equal(answer.claims.req, createHash("sha256").update(request, "ascii").digest("base64url"));
  assert.equal(answer.claims.jti, asked.claims.jti);
  assert.equal(answer.claims.aud, asked.claims.iss);
  assert.equal(answer.claims.origin, new URL(portal.url).origin);
  assert.equal(answer.claims.cb, channelBinding);
  assert.ok(
    answer.leaf.checkIssued(answer.chain[0]) && answer.leaf.verify(answer.chain[0].publicKey),
    "the chain carries the issuer",
  );

  const [head, body, signature] = assertion.split(".");
  const forged = `${head}.${Buffer.from(JSON.stringify({ ...answer.claims, jti: "AAAAAAAAAAAAAAAAAAAAAA" })).toString("base64url")}.${signature}`;
  await assert.rejects(verified(forged, "scanseal-assertion+jwt"), { code: "ERR_JWS_SIGNATURE_VERIFICATION_FAILED" });
  assert.notEqual(body, forged.split(".")[1]);
});
