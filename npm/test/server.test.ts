import { describe, expect, it } from "vitest";
import { ScanSealError } from "../src/errors.js";
import {
  type AssertionInput,
  compareEnterprise,
  type RequestInput,
  signRequest,
  verifyAssertion,
  verifyTrustList,
} from "../src/server.js";
import { runVector } from "../wasm/server/server.js";
import { firstCase, signLike, testKey, type VectorCase, vectorCases } from "./test-keys.js";

const signedList = firstCase("trust-list").input as unknown as { trustList: string; listKeys: string[]; now: number };

function assertionInput({ input }: VectorCase): AssertionInput {
  const { assertion, request, channelBinding, trustList, crls, now } = input;
  return {
    assertion: assertion as string,
    request: request as string,
    channelBinding: channelBinding as string,
    trustList: signLike(signedList.trustList, trustList as string, testKey("operator")),
    listKeys: signedList.listKeys,
    crls: (crls as string[]).map((crl) => Buffer.from(crl, "base64")),
    revocation: "require-leaf",
    now: now as number,
  };
}

const good = assertionInput(firstCase("assertion"));

describe("verifyAssertion", () => {
  it("accepts a good one and tells whose certificate it is", () => {
    expect(verifyAssertion(good)).toMatchObject({
      verified: true,
      report: expect.arrayContaining([{ check: "revocation", outcome: "passed" }]),
      certificate: {
        enterprise: expect.any(String),
        creditCode: expect.stringMatching(/^[0-9A-Z]{18}$/),
        serial: expect.stringMatching(/^[0-9a-f]+$/),
        sha256: expect.stringMatching(/^[0-9a-f]{64}$/),
        kind: "platform",
      },
    });
  });

  it.each(vectorCases("assertion"))("has the vectors' verdict: $name", (vector) => {
    const verdict = verifyAssertion(assertionInput(vector));
    expect(verdict.verified).toBe(vector.expect.code === null);
    expect(verdict.verified ? null : verdict.code).toBe(vector.expect.code);
  });

  it("tells of each document to seal which digest was signed, and of a login nothing", () => {
    const named = (name: string) =>
      verifyAssertion(assertionInput(vectorCases("assertion").find((one) => one.name === name) ?? firstCase("none")));
    const sealed = expect.stringMatching(/^[0-9a-f]{64}$/);
    expect(named("good, to seal both documents")).toMatchObject({ documents: [sealed, sealed] });
    const one = named("good, to seal one of the documents");
    expect(one.verified && one.documents?.filter((each) => each === null)).toHaveLength(1);
    expect(verifyAssertion(good)).not.toHaveProperty("documents");
  });

  it("refuses without evidence about the whole path unless told otherwise", () => {
    const { revocation: _, ...strict } = good;
    expect(verifyAssertion(strict)).toMatchObject({ verified: false, code: "certificate-status-unknown" });
    expect(verifyAssertion({ ...good, crls: [], revocation: "allow-unknown" })).toMatchObject({ verified: true });
  });

  it("refuses a channel binding that is none, since it comes from the page", () => {
    const verdict = verifyAssertion({ ...good, channelBinding: "x" });
    expect(verdict).toMatchObject({ verified: false, code: "assertion-invalid", report: [{ check: "channel" }] });
  });

  it("refuses half a surrogate pair from the page, which JSON can carry and UTF-8 cannot", () => {
    const assertion = `\ud800${good.assertion}`;
    expect(verifyAssertion({ ...good, assertion })).toMatchObject({ verified: false, code: "assertion-invalid" });
    const verdict = verifyAssertion({ ...good, channelBinding: "\udfff" });
    expect(verdict).toMatchObject({ verified: false, code: "assertion-invalid" });
  });

  it("refuses when the trust list is not the operator's", () => {
    const listKeys = [Buffer.alloc(32).toString("base64url")];
    const verdict = verifyAssertion({ ...good, listKeys });
    expect(verdict).toMatchObject({ verified: false, code: "trust-list-invalid" });
  });

  it.each([
    ["request", { request: "no request" }],
    ["listKeys", { listKeys: ["short"] }],
    ["crls", { crls: [Buffer.from("no list")] }],
    ["ocsp", { ocsp: [Buffer.from("no answer")] }],
  ])("throws for a mistake of the server in %s", (member, mistake) => {
    expect(() => verifyAssertion({ ...good, ...mistake })).toThrow(ScanSealError);
    expect(() => verifyAssertion({ ...good, ...mistake })).toThrow(`malformed: ${member}`);
  });
});

describe("verifyTrustList", () => {
  it.each(vectorCases("trust-list"))("has the vectors' verdict: $name", ({ input, expect: { code } }) => {
    const { lastVersion, ...rest } = input as unknown as { lastVersion: number | null } & typeof signedList;
    const verdict = verifyTrustList({ ...rest, ...(lastVersion !== null && { lastVersion }) });
    expect(verdict.verified ? null : verdict.code).toBe(code);
  });

  it("tells what is in the list", () => {
    expect(verifyTrustList(signedList)).toMatchObject({
      verified: true,
      list: { version: expect.any(Number), authorities: [{ kind: "platform" }, { kind: "mutual" }] },
    });
  });

  it("goes by the clock without a time: the vectors' list lies in the future or the past", () => {
    const { now: _, ...undated } = signedList;
    const current = Math.floor(Date.now() / 1000);
    expect(verifyTrustList(undated)).toEqual(verifyTrustList({ ...undated, now: current }));
  });
});

describe("compareEnterprise", () => {
  const account = { enterprise: "天山博康（乌鲁木齐）医疗器械有限公司", creditCode: "91650100MA77C0R54J" };
  const other = "91650104MA78E3K920";

  it.each([
    ["itself", account],
    ["other brackets and spaces", { ...account, enterprise: "天山博康 (乌鲁木齐) 医疗器械有限公司" }],
  ])("finds no difference to %s", (_, certificate) => {
    expect(compareEnterprise(certificate, account)).toBeNull();
  });

  it.each([
    ["the name", { ...account, enterprise: "天山博康医疗器械有限公司" }, "certificate-name-mismatch", ["name"]],
    ["the credit code", { ...account, creditCode: other }, "certificate-code-mismatch", ["creditCode"]],
    ["both", { enterprise: "云岭市教育局", creditCode: other }, "certificate-code-mismatch", ["name", "creditCode"]],
    ["having none", { enterprise: null, creditCode: null }, "certificate-wrong-usage", ["name", "creditCode"]],
  ])("says that a certificate differs in %s", (_, certificate, code, fields) => {
    expect(compareEnterprise(certificate, account)).toEqual({ code, fields });
  });

  it("throws for an account whose credit code is none", () => {
    expect(() => compareEnterprise(account, { ...account, creditCode: "91650100MA77C0R54K" })).toThrow(/^malformed/);
  });
});

describe("signRequest", () => {
  const vector = firstCase("request").input as unknown as { request: string; trustList: string; now: number };
  const [header = "", claims = ""] = vector.request.split(".");
  const { x5c } = JSON.parse(Buffer.from(header, "base64url").toString()) as { x5c: string[] };
  const { iss, origin } = JSON.parse(Buffer.from(claims, "base64url").toString()) as { iss: string; origin: string };
  const input = {
    platform: iss,
    origin,
    display: { zh: ["登录采购平台"], en: ["Log in"] },
    context: { browser: "Chromium", place: "福州" },
    certificates: x5c.map((certificate) => Buffer.from(certificate, "base64")),
    key: testKey("platform"),
    now: vector.now,
  };

  it("makes a request that a phone accepts", () => {
    const { request, jti, expires } = signRequest(input);
    const verdict = runVector("request", JSON.stringify({ input: { ...vector, request } }));
    expect(JSON.parse(verdict)).toMatchObject({ code: null });
    expect(Buffer.from(jti, "base64url")).toHaveLength(16);
    expect(expires).toBe(vector.now + 600);
  });

  const account = { name: "li.na", enterprise: "天山博康医疗器械有限公司", creditCode: "91650100MA77C0R54J" };
  const claimsOf = (request: string): Record<string, unknown> =>
    JSON.parse(Buffer.from(request.split(".")[1] ?? "", "base64url").toString()) as Record<string, unknown>;

  it("names the account to bind to, and the certificate that is replaced as phones read it", () => {
    expect(claimsOf(signRequest({ ...input, op: "bind", account }).request)).toMatchObject({ op: "bind", account });
    const replaces = "ab".repeat(32);
    const { request } = signRequest({ ...input, op: "bind", account: { ...account, replaces } });
    const expected = { ...account, replaces: Buffer.alloc(32, 0xab).toString("base64url") };
    expect(claimsOf(request)).toMatchObject({ op: "bind", account: expected });
  });

  it("makes a request to bind that a phone accepts", () => {
    const { request } = signRequest({ ...input, op: "bind", account });
    const verdict = runVector("request", JSON.stringify({ input: { ...vector, request } }));
    expect(JSON.parse(verdict)).toMatchObject({ code: null });
  });

  const documents = [
    { name: "采购合同", size: 268_435_456, pages: 100_000, sha256: "ab".repeat(32) },
    { name: "补充协议", size: 1, pages: 1, sha256: "cd".repeat(32) },
  ];

  it("makes a request to seal documents that a phone accepts", () => {
    const { request } = signRequest({ ...input, op: "seal", account, documents });
    const verdict = runVector("request", JSON.stringify({ input: { ...vector, request } }));
    expect(JSON.parse(verdict)).toMatchObject({ code: null });
    const sha256 = Buffer.alloc(32, 0xab).toString("base64url");
    expect(claimsOf(request)).toMatchObject({ op: "seal", account, documents: [{ ...documents[0], sha256 }, {}] });
  });

  it.each([
    ["none of them", { documents: undefined }],
    ["an empty list", { documents: [] }],
    [
      "51",
      { documents: Array.from({ length: 51 }, (_, at) => ({ ...documents[1], sha256: `${at}`.padStart(64, "0") })) },
    ],
    ["one twice", { documents: [documents[0], documents[0]] }],
    ["a hash in capitals", { documents: [{ ...documents[0], sha256: "AB".repeat(32) }] }],
    ["a size of nothing", { documents: [{ ...documents[0], size: 0 }] }],
    ["a size of a byte more", { documents: [{ ...documents[0], size: 268_435_457 }] }],
    ["a page more", { documents: [{ ...documents[0], pages: 100_001 }] }],
    ["a login", { op: "login", account: undefined }],
  ])("throws for documents to seal that no phone would take: %s", (_, mistake) => {
    const wrong = { ...input, op: "seal", account, documents, ...mistake } as unknown as RequestInput;
    expect(() => signRequest(wrong)).toThrow(/^malformed: documents/);
  });

  it("takes as many documents as there may be", () => {
    const many = Array.from({ length: 50 }, (_, at) => ({
      name: `合同 ${at}`,
      size: 1,
      pages: 1,
      sha256: `${at}`.padStart(64, "0"),
    }));
    const { request } = signRequest({ ...input, op: "seal", account, documents: many });
    const verdict = runVector("request", JSON.stringify({ input: { ...vector, request } }));
    expect(JSON.parse(verdict)).toMatchObject({ code: null });
  });

  it("says nothing of an account when somebody logs in", () => {
    expect(claimsOf(signRequest({ ...input, op: "login" }).request)).not.toHaveProperty("account");
  });

  it.each([
    ["an account that it needs", { op: "bind" }],
    ["an account that it has no use for", { account }],
    [
      "one to replace when documents are sealed",
      { op: "seal", account: { ...account, replaces: "ab".repeat(32) }, documents },
    ],
    ["a certificate's hash", { op: "bind", account: { ...account, replaces: "AB".repeat(32) } }],
  ])("throws where JavaScript hands in a mistake about %s", (_, mistake) => {
    expect(() => signRequest({ ...input, ...mistake } as unknown as RequestInput)).toThrow(/^malformed: account/);
  });

  it("never makes the same nonce twice", () => {
    expect(signRequest(input).jti).not.toBe(signRequest(input).jti);
  });
});
