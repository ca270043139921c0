// Cookies that hold 256 random bits each. The server keeps hashes only, so a copy of its memory lets nobody in.

import { createHash, randomBytes } from "node:crypto";

/** @import { Request, Response } from "express" */

/** The web session. `Lax`, so that a link from a mail opens the platform logged in. */
export const SESSION_COOKIE = "__Host-example";
/** The browser that was given a request, before anybody is logged in. `Strict`: only the platform's own pages use it. */
export const SCAN_COOKIE = "__Host-example-scan";
/** Seconds the scan cookie lives: a request's life and the minute in which an answer may be asked for again. */
const SCAN_COOKIE_SECONDS = 660;

/**
 * Reads a cookie; anything but 32 bytes in base64url counts as absent.
 *
 * @param {Request} request
 * @param {string} name
 * @returns {Buffer | undefined}
 */
export function readCookie(request, name) {
  for (const pair of (request.headers.cookie ?? "").split(";")) {
    const [key, value = ""] = pair.trim().split("=", 2);
    if (key !== name) continue;
    const secret = Buffer.from(value, "base64url");
    return secret.length === 32 && secret.toString("base64url") === value ? secret : undefined;
  }
  return undefined;
}

/** @returns {Buffer} */
export function newSecret() {
  return randomBytes(32);
}

/**
 * What is stored or shown in place of a secret. Each use has its own label, so that one is worth nothing for another.
 *
 * @param {string} label
 * @param {Buffer} secret
 * @param {readonly (string | Buffer)[]} more
 * @returns {Buffer}
 */
export function derive(label, secret, ...more) {
  const hash = createHash("sha256").update(`scanseal-example ${label}\0`).update(secret);
  for (const part of more) hash.update(part);
  return hash.digest();
}

/**
 * @param {Response} response
 * @param {Buffer} secret
 */
export function setSessionCookie(response, secret) {
  set(response, SESSION_COOKIE, secret.toString("base64url"), "SameSite=Lax");
}

/**
 * @param {Response} response
 * @param {Buffer} secret
 */
export function setScanCookie(response, secret) {
  set(response, SCAN_COOKIE, secret.toString("base64url"), `SameSite=Strict; Max-Age=${SCAN_COOKIE_SECONDS}`);
}

/** @param {Response} response */
export function clearSessionCookie(response) {
  set(response, SESSION_COOKIE, "", "SameSite=Lax; Max-Age=0");
}

/**
 * `__Host-` makes browsers refuse the cookie from other hosts, other paths, and connections that are not secure; plain
 * HTTP on localhost counts as secure for them.
 *
 * @param {Response} response
 * @param {string} name
 * @param {string} value
 * @param {string} attributes
 */
function set(response, name, value, attributes) {
  response.append("Set-Cookie", `${name}=${value}; Path=/; Secure; HttpOnly; ${attributes}`);
}
