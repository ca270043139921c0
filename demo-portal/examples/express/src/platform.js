// What all parts of the server share.

import { createHash } from "node:crypto";
import { derive } from "./cookies.js";

/** @import { Audit } from "./audit.js" */
/** @import { Config } from "./config.js" */
/** @import { Operator } from "./operator.js" */
/** @import { Store } from "./store.js" */

/** @typedef {{ config: Config, operator: Operator, store: Store, audit: Audit }} Platform */

/** Seconds since 1970. */
export function currentTime() {
  return Math.floor(Date.now() / 1000);
}

/**
 * A session as the store knows it.
 *
 * @param {Buffer} id
 */
export function sessionKey(id) {
  return derive("session", id).toString("hex");
}

/**
 * A browser as the store knows it, by its scan cookie.
 *
 * @param {Buffer} cookie
 */
export function browserKey(cookie) {
  return derive("browser", cookie).toString("hex");
}

/** @param {readonly string[]} parts */
export function sha256(...parts) {
  const hash = createHash("sha256");
  for (const part of parts) hash.update(createHash("sha256").update(part).digest());
  return hash.digest("hex");
}
