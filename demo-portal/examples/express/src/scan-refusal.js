// What the phone, or the person at it, refused. Only the page has heard it, so it is written down as the page's word, once.

import { isErrorCode } from "scanseal/server";
import { browserKey, currentTime } from "./platform.js";
import { Problem } from "./problem.js";

/** @import { Caller } from "./caller.js" */
/** @import { Platform } from "./platform.js" */

/**
 * @param {Platform} platform
 * @param {{ request: string, code: string }} told `request` is the request as it was issued, or its nonce.
 * @param {Buffer | undefined} browser The scan cookie.
 * @param {Caller} caller
 */
export function recordPhoneRefusal({ store, audit }, { request, code }, browser, caller) {
  if (!isErrorCode(code)) throw Problem.malformed("`code` must be a code.");
  const found = store.requests.get(request) ?? [...store.requests.values()].find((one) => one.request === request);
  if (!found) throw new Problem(404, "not-found", "This platform has issued no such request.");
  if (!browser || found.browser !== browserKey(browser)) {
    throw new Problem(403, "assertion-wrong-browser", "The request was given to another browser.");
  }
  if (found.refused) return;
  found.refused = true;
  const account = found.bind ? store.accounts.get(found.bind.account) : undefined;
  audit.record("scan.refused", { account, actor: "page", caller, now: currentTime() }, { code });
}
