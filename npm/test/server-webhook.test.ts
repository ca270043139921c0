import { describe, expect, it } from "vitest";
import { ScanSealError, signWebhook, verifyWebhook } from "../src/server.js";

const secret = "whsec_c2NhbnNlYWwtd2ViaG9vay10ZXN0LWtleS0x";
const other = `whsec_${Buffer.alloc(32, 7).toString("base64")}`;
const body = '{"type":"certificate.bound","timestamp":"2027-01-15T08:00:00Z","data":{"enterprise":"云岭市教育局"}}';
const timestamp = 1_800_000_000;
const signed = signWebhook({ id: "msg_1", body, secret, timestamp });
const headers = { id: "msg_1", timestamp: String(timestamp), signature: signed["webhook-signature"] };

describe("signWebhook", () => {
  it("signs as another implementation does", () => {
    expect(signed).toEqual({
      "webhook-id": "msg_1",
      "webhook-timestamp": "1800000000",
      "webhook-signature": "v1,cXxVx4AqiefsN3+XXNVMxfKyR9mJxBEkmmfmm5K3Kcc=",
    });
  });

  it("refuses an id that could be read in two ways", () => {
    for (const id of ["", "msg.1", "msg 1", "msg\n1"])
      expect(() => signWebhook({ id, body, secret })).toThrow(ScanSealError);
  });
});

describe("verifyWebhook", () => {
  const good = { verified: true, id: "msg_1", timestamp };

  it("takes the three values, Node's headers, and a Headers object", () => {
    expect(verifyWebhook(headers, body, secret, timestamp)).toEqual(good);
    expect(verifyWebhook({ ...signed, host: "localhost" }, Buffer.from(body), secret, timestamp)).toEqual(good);
    expect(verifyWebhook(new Headers({ ...signed }), body, secret, timestamp)).toEqual(good);
  });

  it("goes by the clock without a time", () => {
    const now = signWebhook({ id: "msg_2", body, secret });
    expect(verifyWebhook({ ...now }, body, secret)).toMatchObject({ verified: true, id: "msg_2" });
    expect(verifyWebhook(headers, body, secret)).toEqual({ verified: false, reason: "timestamp" });
  });

  it("takes five minutes to either side and not a second more", () => {
    for (const seconds of [-300, 300]) expect(verifyWebhook(headers, body, secret, timestamp + seconds)).toEqual(good);
    for (const seconds of [-301, 301])
      expect(verifyWebhook(headers, body, secret, timestamp + seconds)).toEqual({
        verified: false,
        reason: "timestamp",
      });
  });

  it("needs one fitting signature of several, and skips those of versions it does not know", () => {
    const old = signWebhook({ id: "msg_1", body, secret: other, timestamp })["webhook-signature"];
    const several = `v1a,AAAA ${old} ${headers.signature}`;
    expect(verifyWebhook({ ...headers, signature: several }, body, secret, timestamp)).toEqual(good);
    expect(verifyWebhook({ ...headers, signature: old }, body, secret, timestamp)).toMatchObject({ verified: false });
  });

  it.each([
    ["another body", headers, `${body} `, secret, "signature"],
    ["another id", { ...headers, id: "msg_2" }, body, secret, "signature"],
    ["another time", { ...headers, timestamp: "1800000001" }, body, secret, "signature"],
    ["another secret", headers, body, other, "signature"],
    ["another version", { ...headers, signature: headers.signature.replace("v1", "v2") }, body, secret, "signature"],
    ["a piece of the signature", { ...headers, signature: headers.signature.slice(0, -4) }, body, secret, "signature"],
    ["no signature", { ...headers, signature: "" }, body, secret, "headers"],
    ["a time that is none", { ...headers, timestamp: "1.8e9" }, body, secret, "headers"],
    ["a dot moved from the time into the id", { ...headers, id: "msg_1.18", timestamp: "00" }, body, secret, "headers"],
    ["no headers", {}, body, secret, "headers"],
    ["a header twice", { ...signed, "webhook-id": ["msg_1", "msg_1"] }, body, secret, "headers"],
  ])("refuses %s", (_, given, text, key, reason) => {
    expect(verifyWebhook(given, text, key, timestamp)).toEqual({ verified: false, reason });
  });

  it.each([
    ["without its prefix", secret.slice(6)],
    ["too short", "whsec_AAAA"],
    ["too long", `whsec_${Buffer.alloc(65).toString("base64")}`],
    ["no base64", `whsec_${"*".repeat(32)}`],
  ])("throws for a secret that is %s, and does not repeat it", (_, wrong) => {
    expect(() => verifyWebhook(headers, body, wrong, timestamp)).toThrow(ScanSealError);
    expect(() => verifyWebhook(headers, body, wrong, timestamp)).toThrow(/^malformed: secret: expected `whsec_`[^*]*$/);
  });
});
