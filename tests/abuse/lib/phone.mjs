/** A phone as an attacker has it: real keys and certificates, and a hand that signs whatever it is told to. */
import assert from "node:assert/strict";
import { execFileSync } from "node:child_process";
import { createHash, generateKeyPairSync, randomBytes, sign, X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export class Phone {
  constructor(key, certificates) {
    this.key = key;
    /** DER, the own one first. */
    this.certificates = certificates;
  }

  /** Gets a certificate from an authority of the demo, as the phone app does. */
  static async enrol(operator, { enterprise, creditCode, ca }) {
    const key = newKey();
    const csr = openssl(["req", "-new", "-key", "key.pem", "-subj", "/CN=phone", "-outform", "DER"], {
      "key.pem": pem(key),
    });
    const answer = await fetch(`${operator}/authority/enrolments`, {
      method: "POST",
      headers: { "content-type": "application/json", "x-forwarded-for": `198.19.0.${randomBytes(1)[0]}` },
      body: JSON.stringify({ csr: csr.toString("base64"), enterprise, creditCode, ...(ca && { ca }) }),
    });
    const text = await answer.text();
    assert.equal(answer.status, 201, text);
    const { certificate, chain } = JSON.parse(text);
    return new Phone(
      key,
      [certificate, ...chain].map((der) => Buffer.from(der, "base64")),
    );
  }

  /** Makes its own root, named as `root` is, and from it a certificate with whatever names are asked for. */
  static forge({ enterprise, creditCode }, root) {
    const [caKey, key] = [newKey(), newKey()];
    const files = { "ca.key": pem(caKey), "key.pem": pem(key) };
    const issuer = subjectOf(root);
    const ca = openssl(["req", "-x509", "-key", "ca.key", "-utf8", "-subj", issuer, "-days", "30"], files);
    const subject = `/C=CN/O=${enterprise}/organizationIdentifier=NTRCN-${creditCode}/CN=${enterprise}`;
    const csr = openssl(["req", "-new", "-key", "key.pem", "-utf8", "-subj", subject], files);
    const usage =
      "basicConstraints=critical,CA:false\nkeyUsage=critical,digitalSignature\nextendedKeyUsage=clientAuth\n";
    const leaf = openssl(
      [
        "x509",
        "-req",
        "-in",
        "leaf.csr",
        "-CA",
        "ca.pem",
        "-CAkey",
        "ca.key",
        "-set_serial",
        "7",
        "-days",
        "30",
        "-extfile",
        "usage",
      ],
      { ...files, "ca.pem": ca, "leaf.csr": csr, usage },
    );
    return new Phone(
      key,
      [leaf, ca].map((text) => new X509Certificate(text).raw),
    );
  }

  /** The certificate's id on a platform. */
  get id() {
    return createHash("sha256").update(this.certificates[0]).digest("hex");
  }

  /** Serial number in hexadecimal, as the authority's commands take it. */
  get serial() {
    return new X509Certificate(this.certificates[0]).serialNumber.toLowerCase();
  }

  /** Answers a request as the app does; `change` gets the claims and may alter them, `header` replaces header members. */
  answer(request, { change = () => {}, header = {}, channelBinding = randomBytes(32).toString("base64url") } = {}) {
    const { iss, op, origin, jti } = claimsOf(request);
    const req = createHash("sha256").update(request).digest("base64url");
    const claims = { req, jti, op, origin, aud: iss, cb: channelBinding, iat: Math.floor(Date.now() / 1000) };
    change(claims);
    return { assertion: this.sign(claims, header), channelBinding };
  }

  sign(claims, header = {}) {
    const x5c = this.certificates.slice(0, 2).map((der) => der.toString("base64"));
    const full = { alg: "ES256", typ: "scanseal-assertion+jwt", x5c, ...header };
    const text = `${base64url(full)}.${base64url(claims)}`;
    const signature = sign("sha256", Buffer.from(text), { key: this.key, dsaEncoding: "ieee-p1363" });
    return `${text}.${signature.toString("base64url")}`;
  }
}

export function claimsOf(jws) {
  return JSON.parse(Buffer.from(jws.split(".")[1], "base64url").toString());
}

export function base64url(value) {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function newKey() {
  return generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey;
}

function pem(key) {
  return key.export({ type: "pkcs8", format: "pem" });
}

function subjectOf(der) {
  const lines = new X509Certificate(der).subject.split("\n");
  return lines.map((line) => `/${line}`).join("");
}

/** Runs OpenSSL in a folder with these files, and returns what it prints. */
function openssl(words, files) {
  const folder = mkdtempSync(join(tmpdir(), "scanseal-abuse-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text, { mode: 0o600 });
    return execFileSync("openssl", words, { cwd: folder, stdio: ["ignore", "pipe", "pipe"] });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
