// The programs that the interop tests compare with ours, each as one function.

import { execFile } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { promisify } from "node:util";

const here = import.meta.dirname;
const execute = promisify(execFile);

/** Runs a program; returns what it printed and its exit status, whatever that is. */
export async function run(program, ...args) {
  try {
    const { stdout, stderr } = await execute(program, args, { maxBuffer: 1 << 26 });
    return { status: 0, stdout, stderr };
  } catch (error) {
    if (typeof error.code !== "number") throw error;
    return { status: error.code, stdout: error.stdout, stderr: error.stderr };
  }
}

/** As {@link run}, but anything except success is an error. */
export async function must(program, ...args) {
  const { status, stdout, stderr } = await run(program, ...args);
  if (status !== 0)
    throw new Error(`${path.basename(program)} ${args.join(" ")}\nexit status ${status}\n${stdout}${stderr}`);
  return stdout;
}

const setting = (name) => {
  const value = process.env[name];
  if (!value) throw new Error(`${name} is not set: run these tests by \`npx rust-just test interop\``);
  return value;
};

const python = (script, ...args) => must(setting("SCANSEAL_PYTHON"), path.join(here, script), ...args);

export const makePki = (folder) => python("pki.py", folder);
export const makeShapes = (folder, ...names) => python("shapes.py", folder, ...names);
export const pyhankoSign = (pki, source, target, kind, ...options) =>
  python("pyhanko_sign.py", pki, source, target, kind, ...options);

/** What pyHanko says of each file: signatures and time stamps. */
export async function pyhankoCheck(pki, files, password) {
  const words = password === undefined ? [] : [`password=${password}`];
  const lines = await python("pyhanko_check.py", pki, ...words, ...files);
  return lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** What pyHanko says of each signature as B-LT, by what is in the file alone. */
export async function pyhankoLongTerm(root, file) {
  const lines = await python("pyhanko_lt.py", root, file);
  return lines
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

/** The command of this project. */
export const scanseal = (...args) => run(setting("SCANSEAL_PROGRAM"), ...args);

/** Seals a file with our command. */
export async function seal(source, target, pki, kind, ...options) {
  const { status, stdout, stderr } = await scanseal(
    "seal",
    source,
    "-o",
    target,
    "--key",
    path.join(pki, `${kind}.key.pem`),
    "--cert",
    path.join(pki, `${kind}.cert.pem`),
    "--chain",
    path.join(pki, "root.pem"),
    ...options,
  );
  if (status !== 0)
    throw new Error(`scanseal seal ${path.basename(source)}: exit status ${status}\n${stdout}${stderr}`);
}

/** Our report on a file. */
export async function verify(file, pki, ...options) {
  const trust = ["--trust", path.join(pki, "root.pem"), "--crl", path.join(pki, "root.crl")];
  const { status, stdout, stderr } = await scanseal("verify", file, ...trust, "--json", ...options);
  const report = stdout.trim() === "" ? undefined : JSON.parse(stdout);
  return { status, report, stderr };
}

/** Verdicts of poppler's pdfsig, one for each signature. */
export async function pdfsig(file, password) {
  const words = password ? ["-upw", password] : [];
  const { stdout } = await run("pdfsig", "-nocert", ...words, file);
  return stdout
    .split(/^Signature #\d+:$/m)
    .slice(1)
    .map((part) => ({
      valid: part.includes("Signature Validation: Signature is Valid."),
      whole: part.includes("Total document signed"),
      text: part,
    }));
}

/** What `qpdf --check` finds wrong; nothing if all is well. */
export async function qpdfCheck(file, password) {
  const words = password ? [`--password=${password}`] : [];
  const { status, stdout, stderr } = await run("qpdf", ...words, "--check", file);
  return status === 0 ? "" : `${stdout}${stderr}`;
}

/** Has OpenSSL verify the CMS of a signature over the bytes that its byte range names. */
export async function opensslVerify(file, byteRange, pki, folder) {
  const bytes = readFileSync(file);
  const [a, b, c, d] = byteRange;
  const hex = bytes.subarray(a + b + 1, c - 1).toString("latin1");
  const padded = Buffer.from(hex, "hex");
  const cms = path.join(folder, "signature.der");
  const content = path.join(folder, "content.bin");
  writeFileSync(cms, padded.subarray(0, derLength(padded)));
  writeFileSync(content, Buffer.concat([bytes.subarray(a, a + b), bytes.subarray(c, c + d)]));
  await must(
    "openssl",
    "cms",
    "-verify",
    "-binary",
    "-cades",
    "-inform",
    "DER",
    "-in",
    cms,
    "-content",
    content,
    "-CAfile",
    path.join(pki, "root.pem"),
    "-purpose",
    "any",
    "-out",
    process.platform === "win32" ? "NUL" : "/dev/null",
  );
}

/** Bytes of the DER value that the buffer begins with. */
function derLength(bytes) {
  const first = bytes[1];
  if (first < 0x80) return 2 + first;
  const octets = first & 0x7f;
  return 2 + octets + bytes.readUIntBE(2, octets);
}
