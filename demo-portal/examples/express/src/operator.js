// What comes from the operator: its keys (once), the trust list and the authorities' revocation lists (on a timer).
//
// Deny by default: without a current trust list, or without a current revocation list of every authority in a
// certificate's path, `verifyAssertion` refuses. What was fetched before is used until it expires by itself.

import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { verifyTrustList } from "scanseal/server";

/** @import { Config } from "./config.js" */
/** @import { LocalizedName } from "scanseal/server" */

/** @typedef {{ relay: string, links: string[], trustList: string, listKeys: string[] }} Description */

const FETCH_MILLISECONDS = 10_000;
/** The demo's main authority has its files at the top, others below their id. Your authorities' addresses stand in their
 * certificates (CRL distribution points). */
const MAIN_AUTHORITY = "scanseal-demo";

export class Operator {
  /** @type {Description} */
  description;
  #config;
  #lastVersion = 0;
  #trustList = "";
  /** @type {Map<string, LocalizedName>} */
  #names = new Map();
  /** @type {Map<string, Uint8Array>} */
  #crls = new Map();
  /** @type {NodeJS.Timeout | undefined} */
  #timer;

  /**
   * @param {Config} config
   * @param {Description} description
   */
  constructor(config, description) {
    this.#config = config;
    this.description = description;
    this.#lastVersion = readJson(this.#versionFile)?.version ?? 0;
  }

  /**
   * Takes the operator's description: at the first start from the operator, over TLS; later the one that was kept. Keys
   * that are fetched again each time prove nothing.
   *
   * @param {Config} config
   */
  static async connect(config) {
    const file = join(config.state, "operator.json");
    let description = readJson(file);
    if (!description) {
      description = await (await get(`${config.operator}/.well-known/scanseal`)).json();
      writeJson(config.state, file, description);
    }
    const operator = new Operator(config, description);
    await operator.#refresh();
    operator.#timer = setInterval(() => void operator.#refresh(), config.refreshSeconds * 1000);
    return operator;
  }

  /** What `verifyAssertion` needs, as it is now. */
  evidence() {
    const { listKeys } = this.description;
    return { trustList: this.#trustList, listKeys, lastVersion: this.#lastVersion, crls: [...this.#crls.values()] };
  }

  /**
   * @param {string} authority Its id in the trust list.
   * @returns {LocalizedName}
   */
  authorityName(authority) {
    return this.#names.get(authority) ?? { zh: authority, en: authority };
  }

  close() {
    clearInterval(this.#timer);
  }

  async #refresh() {
    await this.#attempt(this.description.trustList, (address) => this.#fetchTrustList(address));
    const folders = [...this.#names.keys()].map((id) => (id === MAIN_AUTHORITY ? "" : `${id}/`));
    const addresses = folders.flatMap((folder) => [`${folder}root.crl`, `${folder}issuing.crl`]);
    for (const address of addresses) {
      await this.#attempt(`${this.#config.operator}/authority/${address}`, (url) => this.#fetchCrl(url));
    }
  }

  /**
   * One that fails must not keep the others from being fetched; the next round tries it again.
   *
   * @param {string} address
   * @param {(address: string) => Promise<void>} work
   */
  async #attempt(address, work) {
    try {
      await work(address);
    } catch (error) {
      console.warn(`${address} could not be fetched, the last one stays in use:`, String(error));
    }
  }

  /** @param {string} address */
  async #fetchTrustList(address) {
    const trustList = await (await get(address)).text();
    const { listKeys } = this.description;
    const verdict = verifyTrustList({ trustList, listKeys, lastVersion: this.#lastVersion });
    if (!verdict.verified) throw new Error(`trust list refused: ${verdict.code}`);
    const { version, authorities } = verdict.list;
    // Kept on disk before it is used: after a restart, too, an older list is refused.
    if (version !== this.#lastVersion) writeJson(this.#config.state, this.#versionFile, { version });
    this.#lastVersion = version;
    this.#trustList = trustList;
    this.#names = new Map(authorities.map(({ id, name }) => [id, name]));
  }

  /** @param {string} address */
  async #fetchCrl(address) {
    const response = await get(address);
    const crl = new Uint8Array(await response.arrayBuffer());
    // Whose list it is and whether it is current is checked with each assertion; a page of HTML is not worth keeping.
    if (!response.headers.get("content-type")?.startsWith("application/pkix-crl")) throw new Error("this is no CRL");
    this.#crls.set(address, crl);
  }

  get #versionFile() {
    return join(this.#config.state, "trust-list.json");
  }
}

/** @param {string} address */
async function get(address) {
  const response = await fetch(address, { signal: AbortSignal.timeout(FETCH_MILLISECONDS), redirect: "error" });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return response;
}

/** @param {string} file */
function readJson(file) {
  try {
    return JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}

/**
 * Writes a whole file or none.
 *
 * @param {string} folder
 * @param {string} file
 * @param {unknown} value
 */
function writeJson(folder, file, value) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(`${file}.new`, JSON.stringify(value));
  renameSync(`${file}.new`, file);
}
