// The conversions only: what is behind them is tested natively. Run: `npx rust-just wasm phone`, then `node --test sdk-wasm/phone/tests`.
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { test } from "node:test";
import { deflateSync } from "node:zlib";

const folder = new URL("../../../demo-portal/web/wasm/phone/", import.meta.url);
const {
  default: init,
  Phone,
  creditCodeProblem,
  cutOut,
  pinProblem,
  sealDetails,
} = await import(new URL("phone.js", folder).href);
await init({ module_or_path: await readFile(new URL("phone_bg.wasm", folder)) });

const home = "https://portal.example";
const description = (key) =>
  JSON.stringify({
    version: 1,
    name: { zh: "运营者", en: "Operator" },
    links: [`${home}/S`],
    relay: "wss://portal.example/relay",
    enrol: `${home}/authority/enrolments`,
    trustList: `${home}/authority/trust-list`,
    listKeys: [key.repeat(43)],
  });
// Version 1, kind 1; the rest of the payload is any bytes.
const code = `HTTPS://PORTAL.EXAMPLE/S#AEAQ${"M".repeat(105)}`;
const hello = { app: "test", device: "node", locale: "zh-Hans" };

function phone() {
  const stored = [];
  return { phone: Phone.open(undefined, async (bytes) => void stored.push(bytes)), stored };
}

function phoneError(code) {
  return (error) => error instanceof Error && error.name === "PhoneError" && error.code === code;
}

test("problems of a PIN and of a credit code are named", () => {
  assert.equal(pinProblem("135790"), undefined);
  assert.equal(pinProblem("13579"), "length");
  assert.equal(pinProblem("13579a"), "digits");
  assert.equal(pinProblem("123456"), "trivial");
  assert.equal(creditCodeProblem("91350100M000100Y43"), undefined);
  assert.match(creditCodeProblem("91350100M000100Y44"), /check character/);
});

test("an operator is stored before the promise resolves and is there again after opening", async () => {
  const { phone: first, stored } = phone();
  const operator = await first.addOperator(home, description("A"));
  assert.deepEqual(operator, {
    home,
    name: { zh: "运营者", en: "Operator" },
    links: [`${home}/S`],
    relay: "wss://portal.example/relay",
    enrol: `${home}/authority/enrolments`,
    trustList: `${home}/authority/trust-list`,
    seals: null,
    trustListVersion: null,
  });
  const again = Phone.open(stored.at(-1), async () => {});
  assert.deepEqual(again.operators(), [operator]);
  assert.deepEqual(again.certificates(Date.now()), []);
});

test("changed list keys are refused until the operator is forgotten", async () => {
  const { phone: it } = phone();
  await it.addOperator(home, description("A"));
  await assert.rejects(it.addOperator(home, description("E")), phoneError("trust-list-invalid"));
  await it.forgetOperator(home);
  await it.addOperator(home, description("E"));
});

test("a store that fails ends what was asked for", async () => {
  const it = Phone.open(undefined, () => Promise.reject(new Error("disk full")));
  await assert.rejects(it.addOperator(home, description("A")), /disk full/);
});

test("damaged and newer vaults have codes of their own", async () => {
  const { phone: it, stored } = phone();
  await it.addOperator(home, description("A"));
  const bytes = stored.at(-1);
  bytes[bytes.length - 5] ^= 1;
  assert.throws(() => Phone.open(bytes, async () => {}), phoneError("internal"));
  const newer = new TextEncoder().encode("scanseal-vault 2 x\n{}");
  assert.throws(() => Phone.open(newer, async () => {}), phoneError("client-too-old"));
});

test("enrolment refuses wrong forms and makes a signed request", async () => {
  const { phone: it } = phone();
  await it.addOperator(home, description("A"));
  const form = { enterprise: "新疆某某建设有限公司", creditCode: "91350100M000100Y43", pin: "135790" };
  assert.throws(() => it.beginEnrolment(home, { ...form, creditCode: "1" }), phoneError("credit-code-invalid"));
  assert.throws(() => it.beginEnrolment(home, { ...form, pin: "123456" }), phoneError("malformed"));
  assert.throws(() => it.beginEnrolment("https://other.example", form), phoneError("malformed"));
  const enrolment = it.beginEnrolment(home, form);
  const body = JSON.parse(await enrolment.request());
  assert.deepEqual(Object.keys(body).sort(), ["creditCode", "csr", "enterprise"]);
  const asked = it.beginEnrolment(home, { ...form, ca: "tianchi" });
  assert.equal(JSON.parse(await asked.request()).ca, "tianchi");
  await assert.rejects(enrolment.finish("{}", Date.now()), phoneError("trust-list-expired"));
  await assert.rejects(enrolment.finish("{}", Date.now()), phoneError("internal"));
});

test("a scan begins with the code of a known operator only and connects first", async () => {
  const { phone: it } = phone();
  assert.throws(() => it.scan(code, hello, 0), phoneError("qr-foreign"));
  await it.addOperator(home, description("A"));
  const session = it.scan(code, hello, performance.now());
  assert.deepEqual([session.home, session.relay], [home, "wss://portal.example/relay"]);
  const effects = session.handle({ type: "start" }, performance.now());
  assert.equal(effects[0].type, "connect");
  const opened = session.handle({ type: "socket-opened" }, performance.now());
  assert.equal(JSON.parse(opened.find(({ type }) => type === "send-text").text).t, "join");
  const binary = opened.find(({ type }) => type === "send-binary");
  assert.ok(binary.bytes instanceof Uint8Array && binary.bytes.length > 48);
  const after = session.handle({ type: "binary", bytes: new Uint8Array([1, 2, 3]) }, performance.now());
  assert.ok(Array.isArray(after));
  assert.throws(() => session.handle({ type: "nonsense" }, performance.now()), phoneError("malformed"));
});

test("a request for an unknown operator, or without its trust list, is not reviewed", async () => {
  const { phone: it } = phone();
  assert.throws(() => it.review(home, "x", Date.now()), phoneError("malformed"));
  await it.addOperator(home, description("A"));
  assert.throws(() => it.review(home, "x", Date.now()), phoneError("trust-list-expired"));
});

/** A case of the project's vectors: everything in them happens around the same moment. */
async function vector(topic, name) {
  const file = new URL(`../../../tests/vectors/${topic}.json`, import.meta.url);
  const { cases } = JSON.parse(await readFile(file, "utf8"));
  return cases.find((one) => one.name === name).input;
}

/** A phone with one certificate, of an authority that nobody knows, and the operator of the vectors. */
async function phoneOfVectors(members = {}) {
  const vault = await readFile(new URL("../../../crates/signer/tests/data/vault-1.txt", import.meta.url));
  const it = Phone.open(vault, async () => {});
  const { trustList, listKeys, now } = await vector("trust-list", "good, the first one");
  await it.addOperator(home, JSON.stringify({ ...JSON.parse(description("A")), listKeys, ...members }));
  await it.updateTrustList(home, trustList, now * 1000);
  return { it, now: now * 1000 };
}

test("a request to bind shows its account, and why a certificate does not fit", async () => {
  const { it, now } = await phoneOfVectors();
  const { request } = await vector("request", "good, to bind in place of another certificate");
  const review = it.review(home, request, now);
  const { op, account, candidates, platform } = review.details;
  assert.deepEqual([op, platform.en], ["bind", "Demo procurement platform"]);
  assert.deepEqual(account, {
    name: "li.na",
    enterprise: "示范供应有限公司",
    creditCode: "91350100M000100Y43",
    replaces: Buffer.alloc(16, 0x5e).toString("base64url"),
  });
  const [{ certificate, ...judged }] = candidates;
  assert.equal(certificate.id, it.certificates(now)[0].id);
  assert.deepEqual(judged, { kind: null, ca: null, unfit: "certificate-untrusted", mismatch: [] });
  assert.equal(review.noneFits, "certificate-untrusted");
});

test("a request to log in has no account", async () => {
  const { it, now } = await phoneOfVectors();
  const { request } = await vector("request", "good");
  const { op, account } = it.review(home, request, now).details;
  assert.deepEqual([op, account], ["login", null]);
});

test("authorities to choose from are those that enrol and that the trust list knows", async () => {
  const { it, now } = await phoneOfVectors({ enrolCas: ["mutual-ca", "nobody", "demo-ca"] });
  const choice = it.enrolCas(home, now);
  assert.deepEqual(
    choice.map(({ id, kind }) => [id, kind]),
    [
      ["mutual-ca", "mutual"],
      ["demo-ca", "platform"],
    ],
  );
  assert.ok(choice.every(({ name }) => name.zh && name.en));
  const { it: silent } = await phoneOfVectors();
  assert.deepEqual(silent.enrolCas(home, now), []);
  assert.throws(() => silent.enrolCas("https://other.example", now), phoneError("malformed"));
  assert.throws(() => silent.enrolCas(home, now + 400 * 86_400_000), phoneError("trust-list-expired"));
});

test("a wrong PIN is counted in storage before it is answered, and the right one changes the PIN", async () => {
  const vault = await readFile(new URL("../../../crates/signer/tests/data/vault-1.txt", import.meta.url));
  const stored = [];
  const it = Phone.open(vault, async (bytes) => void stored.push(bytes));
  const [{ id, triesLeft }] = it.certificates(Date.now());
  assert.equal(triesLeft, 5);
  await assert.rejects(it.changePin(id, "246801", "975310", Date.now()), (error) => {
    assert.equal(Phone.open(stored[0], async () => {}).certificates(Date.now())[0].triesLeft, 4);
    return phoneError("pin-wrong")(error) && error.attemptsLeft === 4;
  });
  await it.changePin(id, "135790", "975310", Date.now());
  assert.equal(it.certificates(Date.now())[0].triesLeft, 5);

  for (const attemptsLeft of [4, 3, 2, 1]) {
    await assert.rejects(it.changePin(id, "135790", "246802", 1000), (error) => error.attemptsLeft === attemptsLeft);
  }
  const locked = (error) => phoneError("pin-locked")(error) && error.until === 1000 + 15 * 60 * 1000;
  await assert.rejects(it.changePin(id, "135790", "246802", 1000), locked);
  await assert.rejects(it.changePin(id, "975310", "246802", 1000 + 15 * 60 * 1000 - 1000), locked);
  await it.changePin(id, "975310", "246802", 1000 + 15 * 60 * 1000);
});

test("what is no seal says so, and one that nobody vouches for has a problem", async () => {
  assert.throws(() => sealDetails(new Uint8Array([1, 2, 3])), phoneError("malformed"));
  const vault = await readFile(new URL("../../../crates/signer/tests/data/vault-1.txt", import.meta.url));
  const it = Phone.open(vault, async () => {});
  const [{ id, sha256 }] = it.certificates(Date.now());
  assert.match(sha256, /^[0-9a-f]{64}$/);
  assert.equal(it.sealProblem(home, id, new Uint8Array([1, 2, 3]), Date.now()), "seal-not-yours");
});

test("a call about seals is for an address, and takes the right PIN", async () => {
  const vault = await readFile(new URL("../../../crates/signer/tests/data/vault-1.txt", import.meta.url));
  const it = Phone.open(vault, async () => {});
  const [{ id }] = it.certificates(Date.now());
  const nothing = new Uint8Array();
  for (const url of ["", "authority/seals", "https://portal.example", "ftp://portal.example/seals"])
    await assert.rejects(it.authorizeSealCall(id, "135790", url, nothing, Date.now()), phoneError("malformed"), url);
  await assert.rejects(
    it.authorizeSealCall(id, "246801", `${home}/authority/seals`, nothing, Date.now()),
    phoneError("pin-wrong"),
  );
});

// Most shades of a photograph are equal; what selects among them must not take time with their square.
test("a photograph without a seal is refused, in seconds", { timeout: 60_000 }, () => {
  assert.throws(() => cutOut(new Uint8Array([1, 2, 3]), { millimetres: 42 }), phoneError("picture-invalid"));
  assert.throws(() => cutOut(whitePaper(400, 300), { millimetres: 42 }), phoneError("photo-without-seal"));
  assert.throws(() => cutOut(whitePaper(400, 300), { millimetres: 7 }), phoneError("seal-request-invalid"));
});

/** A PNG of one shade. */
function whitePaper(width, height) {
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data]);
    const [length, check] = [Buffer.alloc(4), Buffer.alloc(4)];
    length.writeUInt32BE(data.length);
    check.writeUInt32BE(crc32(body));
    return Buffer.concat([length, body, check]);
  };
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([8, 0, 0, 0, 0], 8);
  const rows = Buffer.alloc(height * (width + 1), 0xff);
  for (let row = 0; row < height; row += 1) rows[row * (width + 1)] = 0;
  const signature = Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]);
  return Buffer.concat([
    signature,
    chunk("IHDR", header),
    chunk("IDAT", deflateSync(rows)),
    chunk("IEND", Buffer.alloc(0)),
  ]);
}

/** CRC of PNG (ISO 15948 annex D); `zlib.crc32` is younger than the oldest Node that this runs in. */
function crc32(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit += 1) crc = crc & 1 ? (crc >>> 1) ^ 0xedb88320 : crc >>> 1;
  }
  return (crc ^ 0xffffffff) >>> 0;
}
