// What the server is told at its start: environment variables with defaults that fit the demo portal on this machine.

import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";

const DEMO_DATA = resolve(import.meta.dirname, "../../../../demo-data");

/**
 * @typedef {object} Config
 * @property {number} port Of plain HTTP; TLS ends at a proxy in front.
 * @property {string} origin Web origin of the pages, as it stands in the operator's trust list.
 * @property {string} operator Where the operator's description is: `OPERATOR/.well-known/scanseal`.
 * @property {string} platform This platform's id in the trust list.
 * @property {readonly Buffer[]} certificates The platform's certificate, DER or PEM.
 * @property {string} key Its private key, PEM. From a file of mode 0600 or a key store, never from a database.
 * @property {string} state Folder for what must survive a restart: the operator's keys and the trust list's version.
 * @property {string | undefined} accounts File with accounts; without it the demo's are made, with fresh passwords.
 * @property {string | undefined} trustedProxy Proxies whose `X-Forwarded-For` is believed.
 * @property {number} refreshSeconds How often revocation lists are fetched. It is how long a revocation may stay unseen.
 */

/**
 * @param {NodeJS.ProcessEnv} environment
 * @returns {Config}
 */
export function readConfig(environment) {
  const port = number("PORT", environment.PORT ?? "3000", 0, 65_535);
  const data = environment.PLATFORM_DATA ?? DEMO_DATA;
  return {
    port,
    origin: new URL(environment.ORIGIN ?? `http://localhost:${port}`).origin,
    operator: new URL(environment.OPERATOR ?? "http://localhost:8080").origin,
    platform: environment.PLATFORM ?? "demo.scanseal",
    certificates: [readFileSync(join(data, "platform.cer"))],
    key: readFileSync(join(data, "platform.key.pem"), "utf8"),
    state: resolve(environment.STATE ?? "state"),
    accounts: environment.ACCOUNTS,
    trustedProxy: environment.TRUSTED_PROXY,
    refreshSeconds: number("REFRESH_SECONDS", environment.REFRESH_SECONDS ?? "300", 1, 43_200),
  };
}

/**
 * @param {string} name
 * @param {string} text
 * @param {number} least
 * @param {number} most
 */
function number(name, text, least, most) {
  const value = Number(text);
  if (!Number.isInteger(value) || value < least || value > most) {
    throw new Error(`${name} must be a whole number from ${least} to ${most}`);
  }
  return value;
}
