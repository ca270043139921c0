// State-changing calls come from the platform's own pages only. Any one of the three checks would do; browsers have had holes.

import { timingSafeEqual } from "node:crypto";
import { derive, readCookie, SESSION_COOKIE } from "./cookies.js";
import { Problem } from "./problem.js";

/** @import { Request } from "express" */

/**
 * Checks `Origin`, `Sec-Fetch-Site` and the CSRF token; returns the browser's session id, logged in or not.
 *
 * @param {Request} request
 * @param {string} origin
 * @returns {Buffer}
 */
export function requireOwnPage(request, origin) {
  // Node joins a header that came twice with a comma, so two origins are none of ours.
  if (request.get("origin") !== origin) {
    throw new Problem(403, "origin-refused", "The call must come from a page of this platform, which Origin names.");
  }
  // Pages cannot forge this one; old browsers lack it.
  if ((request.get("sec-fetch-site") ?? "same-origin") !== "same-origin") {
    throw new Problem(403, "origin-refused", "The call comes from another site.");
  }
  const session = readCookie(request, SESSION_COOKIE);
  if (!session) throw refused("There is no session cookie: call GET /api/session first, and allow cookies.");
  const [given, expected] = [Buffer.from(request.get("x-csrf-token") ?? ""), Buffer.from(csrfToken(session))];
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) {
    throw refused("X-CSRF-Token does not fit the session: call GET /api/session again.");
  }
  return session;
}

/**
 * The token that the session's pages send with state-changing calls: a page of another site cannot read it.
 *
 * @param {Buffer} session
 */
export function csrfToken(session) {
  return derive("csrf", session).toString("base64url");
}

/** @param {string} detail */
function refused(detail) {
  return new Problem(403, "csrf-refused", detail);
}
