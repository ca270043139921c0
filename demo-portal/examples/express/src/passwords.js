// Passwords: scrypt with the parameters that OWASP recommends (32 MiB, three lanes).

import { randomBytes, scrypt, timingSafeEqual } from "node:crypto";
import { promisify } from "node:util";

/** Characters of a user name or a password; longer ones are nobody's. */
export const MAX_TYPED = 256;
const PARAMETERS = { N: 2 ** 15, r: 8, p: 3, maxmem: 64 * 1024 * 1024 };

/** @type {(password: string, salt: Buffer, length: number, options: typeof PARAMETERS) => Promise<Buffer>} */
const derive = promisify(scrypt);

/** @typedef {{ readonly salt: Buffer, readonly hash: Buffer }} PasswordHash */

/**
 * @param {string} password
 * @returns {Promise<PasswordHash>}
 */
export async function hashPassword(password) {
  const salt = randomBytes(16);
  return { salt, hash: await derive(password, salt, 32, PARAMETERS) };
}

/** Fits no password. An unknown user name is checked against it, so that it takes as long as a known one. */
const NOBODY = { salt: randomBytes(16), hash: randomBytes(32) };

/**
 * @param {string} password
 * @param {PasswordHash | undefined} stored
 * @returns {Promise<boolean>}
 */
export async function passwordFits(password, stored) {
  const { salt, hash } = stored ?? NOBODY;
  const typed = password.length > MAX_TYPED ? "" : password;
  return timingSafeEqual(await derive(typed, salt, 32, PARAMETERS), hash) && stored !== undefined;
}

/** A password for a demo account: 60 bits, without letters that look alike. */
export function drawPassword() {
  const letters = "abcdefghijkmnpqrstuvwxyz23456789";
  return Array.from(randomBytes(12), (byte) => letters[byte % 32]).join("");
}
