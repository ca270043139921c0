// The portal as the pages see it: the built pages under the portal's own policy, and its interface out of memory.

import { createHash, createHmac, generateKeyPairSync, randomBytes, sign } from "node:crypto";
import { existsSync, readFileSync, statSync } from "node:fs";
import { createServer } from "node:http";
import path from "node:path";

const DIST = path.resolve(import.meta.dirname, "../dist");
const TYPES = {
  ".js": "text/javascript",
  ".html": "text/html; charset=utf-8",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".wasm": "application/wasm",
  ".png": "image/png",
};

/** What `content_security_policy` of the portal says. */
const policy = (origin) =>
  "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; img-src 'self' data: blob:; " +
  `font-src 'self'; connect-src 'self' ${origin.replace("http", "ws")}; media-src 'self' blob:; worker-src 'self'; ` +
  "manifest-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'; object-src 'none'";

/**
 * Starts it on a free port. `answer` gets method, path, query and body of each call and gives `{ status, json }`,
 * `{ bytes }` or nothing, which is a 404.
 */
export async function startMock(answer) {
  const calls = [];
  const server = createServer(async (request, response) => {
    const { pathname, searchParams } = new URL(request.url, "http://localhost");
    const chunks = [];
    for await (const chunk of request) chunks.push(chunk);
    const body = Buffer.concat(chunks);
    const headers = { "content-security-policy": policy(mock.url), "cache-control": "no-store" };
    const file = fileOf(pathname);
    if (file !== undefined) {
      const type = TYPES[path.extname(file)] ?? "application/octet-stream";
      response.writeHead(200, { ...headers, "content-type": type }).end(readFileSync(file));
      return;
    }
    const call = { method: request.method, path: decodeURIComponent(pathname), query: searchParams, body };
    calls.push(call);
    const reply = (await answer(call)) ?? { status: 404, json: { code: "not-found", detail: pathname } };
    if (reply.hang) return;
    const { status = 200, json, bytes, type = "application/octet-stream" } = reply;
    if (bytes !== undefined) response.writeHead(status, { ...headers, "content-type": type }).end(bytes);
    else if (json === undefined) response.writeHead(status, headers).end();
    else {
      const kind = status < 400 ? "application/json" : "application/problem+json";
      response.writeHead(status, { ...headers, "content-type": kind }).end(JSON.stringify(json));
    }
  });
  await new Promise((resolve) => server.listen(0, "localhost", resolve));
  const mock = {
    url: `http://localhost:${server.address().port}`,
    server,
    calls,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return mock;
}

function fileOf(pathname) {
  const name = pathname === "/" ? "index.html" : pathname.slice(1);
  for (const each of [name, `${name}.html`]) {
    const file = path.join(DIST, each);
    if (file.startsWith(DIST) && existsSync(file) && statSync(file).isFile()) return file;
  }
  return undefined;
}

/** A trust list that names `rootPem`, and what says who signs it. The key's certificate is as empty as one may be. */
export function trustOf(rootPem, { now, days = 7, name = { zh: "示例认证中心", en: "Example Authority" } }) {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const key = publicKey.export({ format: "der", type: "spki" });
  const leaf = certificateAround(key);
  const root = rootPem.replace(/-----[^-]+-----|\s/g, "");
  const issued = Math.floor(now / 1000) - 3600;
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const head = encode({ alg: "ES256", typ: "scanseal-trust-list+jwt", x5c: [leaf.toString("base64")] });
  const cas = [
    { id: "scanseal-demo", name, kind: "platform", roots: [root], intermediates: [] },
    {
      id: "tianchi",
      name: { zh: "天池数字证书认证中心（演示）", en: "Tianchi Certificate Authority (demo)" },
      kind: "mutual",
      roots: [root],
      intermediates: [],
    },
  ];
  const operator = "云岭公共资源交易平台（演示）";
  const claims = encode({ version: 12, issued, expires: issued + days * 86_400, operator, cas, platforms: [] });
  const signature = sign("sha256", Buffer.from(`${head}.${claims}`), { key: privateKey, dsaEncoding: "ieee-p1363" });
  return {
    operator: {
      version: 1,
      listKeys: [createHash("sha256").update(key).digest("base64url")],
      enrolCas: ["scanseal-demo"],
    },
    list: `${head}.${claims}.${signature.toString("base64url")}`,
  };
}

/** DER: version, serial, algorithm, issuer, validity, subject, key; nobody reads more of it here. */
export function certificateAround(key) {
  const der = (tag, ...parts) => {
    const content = Buffer.concat(parts);
    const length =
      content.length < 128
        ? [content.length]
        : content.length < 256
          ? [0x81, content.length]
          : [0x82, content.length >> 8, content.length & 255];
    return Buffer.concat([Buffer.from([tag, ...length]), content]);
  };
  const empty = der(0x30);
  const signed = der(
    0x30,
    der(0xa0, der(2, Buffer.from([2]))),
    der(2, Buffer.from([1])),
    empty,
    empty,
    empty,
    empty,
    key,
  );
  return der(0x30, signed, empty, der(3, Buffer.from([0])));
}

/** A request to seal as the page reads it, before anybody checks its signature. */
export function sealRequest(origin, documents, account) {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const jti = randomBytes(16).toString("base64url");
  const iat = Math.floor(Date.now() / 1000);
  const { publicKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const leaf = certificateAround(publicKey.export({ format: "der", type: "spki" }));
  const head = encode({ alg: "ES256", typ: "scanseal-request+jwt", x5c: [leaf.toString("base64")] });
  const claims = encode({
    iss: "demo.scanseal",
    op: "seal",
    origin,
    jti,
    iat,
    exp: iat + 330,
    display: { zh: ["合同签章"], en: ["Seal contracts"] },
    context: { browser: "Chromium", place: "本机 this computer" },
    accept: { kinds: ["platform", "mutual"] },
    account,
    documents: documents.map(({ name, size, pages, sha256 }) => ({
      name,
      size,
      pages,
      sha256: Buffer.from(sha256, "hex").toString("base64url"),
    })),
  });
  const signature = createHmac("sha512", "no key").update(claims).digest().toString("base64url");
  return { request: `${head}.${claims}.${signature}`, jti };
}
