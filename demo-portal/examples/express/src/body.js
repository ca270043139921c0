// Request bodies: bounded before they are read, typed after, with no member that the interface does not name.

import express from "express";
import { Problem } from "./problem.js";

/** @import { Request, RequestHandler } from "express" */

/** Bytes of an ordinary JSON body. */
const SMALL = 8 * 1024;
/** Bytes of a body with an assertion (16 KiB at most) and what stands around it. */
const WITH_ASSERTION = 32 * 1024;

// A compressed body could be small on the way and large in memory.
/** @type {RequestHandler} */
export const smallBody = express.json({ limit: SMALL, inflate: false });
/** @type {RequestHandler} */
export const assertionBody = express.json({ limit: WITH_ASSERTION, inflate: false });

/**
 * The body's members, all of them texts, none besides those named.
 *
 * @template {string} R
 * @template {string} [O=never]
 * @param {Request} request
 * @param {readonly R[]} required
 * @param {readonly O[]} [optional]
 * @returns {Record<R, string> & Partial<Record<O, string>>}
 */
export function texts(request, required, optional = []) {
  const body = object(request);
  refuseOthers(body, [...required, ...optional]);
  for (const name of required) {
    if (typeof body[name] !== "string") throw Problem.malformed(`\`${name}\` is missing or no text.`);
  }
  for (const name of optional) {
    if (name in body && typeof body[name] !== "string") throw Problem.malformed(`\`${name}\` is no text.`);
  }
  return /** @type {Record<R, string> & Partial<Record<O, string>>} */ (body);
}

/**
 * The body, which must be a JSON object.
 *
 * @param {Request} request
 * @returns {Record<string, unknown>}
 */
export function object(request) {
  // Express leaves the body out when its media type is another one.
  if (request.body === undefined) throw new Problem(415, "malformed", "The body must be application/json.");
  if (typeof request.body !== "object" || request.body === null || Array.isArray(request.body)) {
    throw Problem.malformed("The body must be a JSON object.");
  }
  return request.body;
}

/**
 * @param {Record<string, unknown>} body
 * @param {readonly string[]} known
 */
export function refuseOthers(body, known) {
  // The value is not repeated: it may be a password that was typed into the wrong place.
  if (Object.keys(body).some((name) => !known.includes(name)))
    throw Problem.malformed("The body has an unknown member.");
}
