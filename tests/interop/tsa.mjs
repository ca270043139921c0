// A time-stamp authority (RFC 3161) over HTTP, whose stamps OpenSSL makes: one that is not ours.

import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import { tmpdir } from "node:os";
import path from "node:path";

/** Starts the authority with the key and certificate `tsa` of a folder that pki.py made. */
export async function startTsa(pki) {
  const folder = mkdtempSync(path.join(tmpdir(), "scanseal-tsa-"));
  const file = (name) => path.join(folder, name);
  writeFileSync(
    file("tsa.conf"),
    `[tsa]
default_tsa = stamp
[stamp]
serial = ${file("serial")}
crypto_device = builtin
signer_cert = ${path.join(pki, "tsa.cert.pem")}
signer_key = ${path.join(pki, "tsa.key.pem")}
certs = ${path.join(pki, "root.pem")}
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256, sha384, sha512
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
`,
  );
  writeFileSync(file("serial"), "01\n");
  const server = createServer(async (request, response) => {
    const parts = [];
    for await (const part of request) parts.push(part);
    try {
      writeFileSync(file("query"), Buffer.concat(parts));
      execFileSync(
        "openssl",
        ["ts", "-reply", "-config", file("tsa.conf"), "-queryfile", file("query"), "-out", file("reply")],
        {
          stdio: ["ignore", "ignore", "pipe"],
        },
      );
      response.writeHead(200, { "content-type": "application/timestamp-reply" }).end(readFileSync(file("reply")));
    } catch (error) {
      response.writeHead(500).end(String(error));
    }
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}/`,
    stop() {
      server.close();
      server.closeAllConnections();
      rmSync(folder, { recursive: true });
    },
  };
}
