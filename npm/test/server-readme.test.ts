// What the README shows about sealing on the server runs, and refuses what it should.

import { readFileSync } from "node:fs";
import { beforeAll, expect, it, vi } from "vitest";
import * as server from "../src/server.js";
import { root } from "./pdf-files.js";
import {
  certificate,
  crls,
  now,
  original,
  seal,
  sealedByPhone,
  strangersSeal,
  trustList,
  update,
} from "./sealed-by-phone.js";
import { testKey } from "./test-keys.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const [, section = ""] = readme.split("\n### Seal documents\n");
const [asking, checking, trusting] = [...section.matchAll(/```js\n(.*?)```/gs)].map(([, code]) => code);

const operator = { ...trustList(), crls, now };
const file = { name: "采购合同", bytes: original };
const account = { login: "li.na", enterprise: "星海科技有限公司", creditCode: "91440300MA5DA9TH68" };
let honest: { appended: Buffer; digest: string };

beforeAll(async () => {
  honest = await sealedByPhone(original, seal);
});

async function run(code: string | undefined, scope: object): Promise<unknown> {
  const Run = Object.getPrototypeOf(async () => undefined).constructor;
  return new Run(...Object.keys(scope), code)(...Object.values(scope));
}

type Handler = (request: object, response: object) => void;

/** What the endpoint answers to what is appended, when the phone's answer was as said: a code, or the file that is kept. */
async function put(
  body: unknown,
  change: { digest?: string | null; seal?: Uint8Array | undefined; index?: string } = {},
) {
  const stored = { files: [file], session: "s1" };
  const used = "seal" in change ? change.seal : seal;
  const handlers: Handler[] = [];
  const requests = new Map([["jti", stored]]);
  let answer: unknown;
  await run(checking, {
    ...server,
    stored,
    requests,
    operator,
    verdict: {
      certificate: { der: certificate.toString("base64") },
      documents: [change.digest === undefined ? honest.digest : change.digest],
    },
    req: { body: { seal: used && Buffer.from(used).toString("base64") } },
    app: { put: (_path: string, _parser: unknown, handler: Handler) => handlers.push(handler) },
    // What a page uploads has no content type, and would not be read if one were asked for.
    express: { raw: ({ type }: { type: () => boolean }) => expect(type()).toBe(true) },
    refuse: (_response: object, code: string) => {
      answer = code;
    },
    store: (of: object, bytes: Uint8Array, report: server.PdfReport) => {
      answer = { of, length: bytes.length, verdict: report.document.verdict };
    },
  });
  const request = { params: { jti: "jti", index: change.index ?? "0" }, sessionID: "s1", body };
  handlers[0]?.(request, { sendStatus: () => undefined });
  return answer;
}

it("asks for documents, with size, pages and digest", async () => {
  const requests = new Map<string, { request: string; files: unknown }>();
  await run(asking, {
    ...server,
    common: {
      platform: "portal",
      origin: "https://portal.example",
      certificates: [root],
      key: testKey("pdf root"),
      display: { zh: ["签署合同"], en: ["Sign contracts"] },
      context: { browser: "Firefox", place: "203.0.113.*" },
    },
    account,
    files: [file],
    requests,
    browser: "b",
    sha256: vi.fn(),
    req: { sessionID: "s1" },
  });
  const [stored] = [...requests.values()];
  const claims = JSON.parse(Buffer.from(stored?.request.split(".")[1] ?? "", "base64url").toString());
  expect(claims.documents).toMatchObject([{ name: file.name, size: original.length, pages: 1 }]);
  expect(stored?.files).toEqual([file]);
});

it("keeps what was sealed as the phone said", async () => {
  const length = original.length + honest.appended.length;
  expect(await put(honest.appended)).toEqual({ of: file, length, verdict: "passed" });
});

it("refuses a contract whose text was changed before the signature, with the digest that a phone signed for it", async () => {
  const red = "1 0 0 rg 0 0 600 850 re f";
  const evil = update(original, 5, `<</Length ${red.length}>>\nstream\n${red}\nendstream`);
  const { appended, digest } = await sealedByPhone(evil, seal);
  const behind = Buffer.concat([evil, appended]).subarray(original.length);
  expect(await put(behind, { digest })).toBe("document-changed");
});

it("refuses other digests, documents that were not signed or asked for, other seals, and what nobody sees", async () => {
  const { appended } = honest;
  expect(await put(appended, { digest: "0".repeat(64) })).toBe("document-changed");
  expect(await put(appended, { digest: null })).toBe("document-changed");
  expect(await put(appended, { index: "1" })).toBe("document-changed");
  expect(await put(undefined)).toBe("document-changed");
  expect(await put(Buffer.concat([appended, Buffer.from("\n%more\n")]))).toBe("document-changed");
  expect(await put(appended, { seal: strangersSeal })).toBe("seal-not-yours");
  expect(await put(appended, { seal: undefined })).toBe("seal-not-yours");
  const unseen = await sealedByPhone(original, seal, []);
  expect(await put(unseen.appended, { digest: unseen.digest })).toBe("seal-request-invalid");
});

it("verifies any file with the roots of the trust list", async () => {
  const scope = {
    operator,
    verifyTrustList: server.verifyTrustList,
    verifyPdf: (pdf: Uint8Array, options: server.VerifyPdfOptions) =>
      server.verifyPdf(pdf, { ...options, time: new Date(now * 1000) }),
    pdf: Buffer.concat([original, honest.appended]),
  };
  expect(await run(`${trusting}\nreturn report.document.verdict;`, scope)).toBe("passed");
});
