// How long sealing and verifying take, beside pyHanko, pdfsig and `openssl dgst -sha256` on the same files; in Chromium,
// beside WebCrypto's digest. `--browser` leaves the native part out.

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { openPage, verifyInPage } from "./browser.mjs";
import { makePki, makeShapes, must, seal } from "./tools.mjs";

const ROUNDS = 5;
/** Sealing and verifying 100 MB may take so many times as long as OpenSSL's digest of the file. */
const GOAL_DIGESTS = 1.5;
/** Verifying 100 MB in the page may take so many times as long as WebCrypto's digest of the same bytes. */
const GOAL_WEB_DIGESTS = 2;
/** Peak memory above the file's size. */
const GOAL_MEGABYTES = 32;

const folder = mkdtempSync(path.join(tmpdir(), "scanseal-bench-"));
const file = (name) => path.join(folder, name);
const here = import.meta.dirname;
const pki = file("pki");
const program = process.env.SCANSEAL_PROGRAM;
const python = process.env.SCANSEAL_PYTHON;

try {
  await makePki(pki);
  let missed = 0;
  if (process.argv.includes("--browser")) {
    await makeShapes(folder, "m100");
    await sealSample("m100");
  } else {
    await makeShapes(folder, "small", "m10", "m100", "objects");
    await must(
      "qpdf",
      "--object-streams=generate",
      "--preserve-unreferenced",
      file("objects.pdf"),
      file("objects-streams.pdf"),
    );
    for (const name of ["small", "m10", "m100", "objects", "objects-streams"]) missed += await bench(name);
  }
  missed += await benchInBrowser("m100-sealed.pdf");
  console.log(missed === 0 ? "every goal reached" : `goals missed: ${missed}`);
} finally {
  rmSync(folder, { recursive: true });
}

async function sealSample(name) {
  const sealed = file(`${name}-sealed.pdf`);
  await seal(file(`${name}.pdf`), sealed, pki, "p256", "--at", "1:60,60", "--text", "Party A");
  return sealed;
}

async function bench(name) {
  const source = file(`${name}.pdf`);
  const sealed = await sealSample(name);
  const out = file("out.pdf");
  const key = ["--key", path.join(pki, "p256.key.pem"), "--cert", path.join(pki, "p256.cert.pem")];
  const trust = ["--trust", path.join(pki, "root.pem"), "--crl", path.join(pki, "root.crl")];
  const commands = {
    seal: [
      program,
      "seal",
      source,
      "-o",
      out,
      ...key,
      "--chain",
      path.join(pki, "root.pem"),
      "--at",
      "1:60,60",
      "--text",
      "Party A",
    ],
    verify: [program, "verify", sealed, ...trust, "--json"],
    "pyHanko seal": [python, path.join(here, "pyhanko_sign.py"), pki, source, out, "p256", "visible"],
    "pyHanko verify": [python, path.join(here, "pyhanko_check.py"), pki, sealed],
    pdfsig: ["pdfsig", "-nocert", sealed],
    "openssl dgst": ["openssl", "dgst", "-sha256", sealed],
  };
  const found = measure(commands, out);
  const megabytes = statSync(sealed).size / 2 ** 20;
  const digest = found["openssl dgst"].seconds;
  console.log(`\n${name}.pdf, ${megabytes.toFixed(1)} MB; best of ${ROUNDS}, times openssl dgst -sha256, peak memory`);
  for (const [what, { seconds, megabytes: peak }] of Object.entries(found)) {
    const row = [
      what.padEnd(16),
      `${(1000 * seconds).toFixed(1)} ms`.padStart(11),
      (seconds / digest).toFixed(2).padStart(8),
      `${peak.toFixed(0)} MB`.padStart(8),
    ];
    console.log(`  ${row.join(" ")}`);
  }
  const large = name === "m100";
  return [
    goal(!large || found.seal.seconds <= GOAL_DIGESTS * digest, `sealing takes more than ${GOAL_DIGESTS} digests`),
    goal(!large || found.verify.seconds <= GOAL_DIGESTS * digest, `verifying takes more than ${GOAL_DIGESTS} digests`),
    goal(found.verify.seconds <= found.pdfsig.seconds, "verifying is slower than pdfsig"),
    goal(
      found.seal.megabytes <= megabytes + GOAL_MEGABYTES,
      `sealing takes more than ${GOAL_MEGABYTES} MB above the file`,
    ),
    goal(
      found.verify.megabytes <= megabytes + GOAL_MEGABYTES,
      `verifying takes more than ${GOAL_MEGABYTES} MB above the file`,
    ),
  ].filter((reached) => !reached).length;
}

function goal(reached, otherwise) {
  if (!reached) console.log(`  MISSED: ${otherwise}`);
  return reached;
}

function measure(commands, output) {
  const { status, stdout, stderr } = spawnSync(python, [path.join(here, "measure.py"), String(ROUNDS), output], {
    input: JSON.stringify(commands),
    encoding: "utf8",
  });
  if (status !== 0) throw new Error(stderr);
  return JSON.parse(stdout);
}

async function benchInBrowser(name) {
  const { page, problems, close } = await openPage(folder);
  try {
    const options = { trust: ["pki/root.pem"] };
    const digests = [];
    const runs = [];
    // In turns, so that both meet the same load.
    for (let round = 0; round < ROUNDS; round += 1) {
      digests.push(await page.evaluate(digestInPage, { name }));
      runs.push(await page.evaluate(verifyInPage, { name, options }));
    }
    const digest = Math.min(...digests);
    const best = Math.min(...runs.map((run) => run.milliseconds));
    const longest = Math.max(...runs.map((run) => run.longest));
    console.log(`\n${name} in Chromium; best of ${ROUNDS}`);
    console.log(
      `  WebCrypto digest ${digest.toFixed(0)} ms; verifyPdf ${best.toFixed(0)} ms, ${(best / digest).toFixed(2)} digests`,
    );
    console.log(`  longest time without an answer from the page: ${longest.toFixed(0)} ms`);
    const { integrity } = runs[0].report.signatures[0];
    if (integrity.digest !== "yes" || integrity.signature !== "yes") throw new Error("the page says otherwise");
    if (problems.length > 0) throw new Error(problems.join("\n"));
    return goal(best <= GOAL_WEB_DIGESTS * digest, `verifying in the page takes more than ${GOAL_WEB_DIGESTS} digests`)
      ? 0
      : 1;
  } finally {
    await close();
  }
}

/** Runs in the page: the time of WebCrypto's digest. */
async function digestInPage({ name }) {
  const bytes = await (await fetch(`/files/${name}`)).arrayBuffer();
  const begin = performance.now();
  await crypto.subtle.digest("SHA-256", bytes);
  return performance.now() - begin;
}
