// Step 6 of a scan: check the phone's answer without believing the page, then act on it.
//
// 1. What the assertion says is checked by `verifyAssertion`: signature, request, nonce, audience, operation, origin,
//    channel, time, path, validity, usage, revocation.
// 2. What only the server knows is checked here: the browser, the nonce's first use, the account.
// 3. **All of it is one synchronous step** (see `store.js`): nothing is awaited between looking the request up and using
//    it. Of fifty equal calls the first acts; the others find the request used.
//
// An answer that fails does not use up the request. If the response got lost, the same browser may send the same
// assertion again for a minute and gets the same answer.

import { randomBytes } from "node:crypto";
import { verifyAssertion } from "scanseal/server";
import { bindCertificate } from "./binding.js";
import { derive } from "./cookies.js";
import { browserKey, currentTime, sessionKey, sha256 } from "./platform.js";
import { Problem } from "./problem.js";
import { accountView } from "./views.js";

/** @import { HolderCertificate } from "scanseal/server" */
/** @import { Caller } from "./caller.js" */
/** @import { Platform } from "./platform.js" */
/** @import { ScanRequest, Used } from "./store.js" */

/** Seconds in which the same browser gets the same answer again. */
const REPEAT_SECONDS = 60;

/**
 * @typedef {object} Answer
 * @property {string} assertion What the page handed over.
 * @property {string} channelBinding
 * @property {Buffer | undefined} browser The scan cookie.
 * @property {Buffer} session The web session of the call, logged in or not.
 * @property {Caller} caller
 */

/**
 * Takes a phone's answer. For a login, `session` is the new web session's id.
 *
 * @param {Platform} platform
 * @param {Answer} answer
 * @returns {{ body: string, session: Buffer | null }}
 */
export function acceptAnswer(platform, answer) {
  const now = currentTime();
  const nonce = nonceOf(answer);
  const { browser } = answer;
  if (!browser)
    throw new Problem(403, "assertion-wrong-browser", "This browser was given no request, or it blocks cookies.");
  const stored = platform.store.requests.get(nonce);
  if (!stored) throw new Problem(400, "assertion-invalid", "This platform has issued no such request.");
  /** @type {HolderCertificate | undefined} */
  let certificate;
  try {
    if (stored.used) return repeat(platform, { ...answer, browser }, nonce, { ...stored, used: stored.used }, now);
    certificate = verify(platform, answer, stored.request);
    if (stored.browser !== browserKey(browser)) {
      throw new Problem(403, "assertion-wrong-browser", "The request was given to another browser.");
    }
    const used = stored.bind
      ? bindCertificate(platform, stored.bind, certificate, answer, now)
      : logIn(platform, { ...answer, browser }, nonce, certificate, now);
    stored.used = { at: now, answerHash: sha256(answer.assertion, answer.channelBinding), ...used };
    return { body: used.body, session: used.salt && newSession(browser, nonce, used.salt) };
  } catch (error) {
    recordRefusal(platform, stored, certificate, answer.caller, error, now);
    throw error;
  }
}

/**
 * The answer that was given before, for its own sender, as long as the session behind it lives.
 *
 * @param {Platform} platform
 * @param {Answer & { browser: Buffer }} answer
 * @param {string} nonce
 * @param {ScanRequest & { used: Used }} stored
 * @param {number} now
 */
function repeat({ store }, { assertion, channelBinding, browser, session }, nonce, { browser: own, bind, used }, now) {
  const same = own === browserKey(browser) && used.answerHash === sha256(assertion, channelBinding);
  // A bind belongs to the session that asked for it, which the call must still have.
  const lives = store.accountOf(used.session, now) && (!bind || sessionKey(session) === used.session);
  if (!same || !lives || now >= used.at + REPEAT_SECONDS) {
    throw new Problem(410, "assertion-replayed", "The nonce was used before.");
  }
  return { body: used.body, session: used.salt && newSession(browser, nonce, used.salt) };
}

/**
 * @param {Platform} platform
 * @param {Answer} answer
 * @param {string} request
 */
function verify({ operator }, { assertion, channelBinding }, request) {
  const verdict = verifyAssertion({ ...operator.evidence(), assertion, channelBinding, request });
  if (!verdict.verified) {
    const { code, report } = verdict;
    const detail = report.find(({ outcome }) => outcome === "failed")?.detail ?? "The assertion was refused.";
    throw new Problem(statusOf(code), code, detail, { report });
  }
  return verdict.certificate;
}

/**
 * @param {Platform} platform
 * @param {Answer & { browser: Buffer }} answer
 * @param {string} nonce
 * @param {HolderCertificate} certificate
 * @param {number} now
 * @returns {Pick<Used, "body" | "account" | "session" | "salt">}
 */
function logIn(platform, { browser, session, caller }, nonce, certificate, now) {
  const { store, audit } = platform;
  const binding = store.bindings.get(certificate.sha256);
  const account = binding && store.accounts.get(binding.account);
  if (!account) {
    const known = [...store.accounts.values()].some(
      ({ enterprise }) => enterprise.creditCode === certificate.creditCode,
    );
    throw new Problem(403, "certificate-not-bound", "No account has this certificate.", { enterpriseKnown: known });
  }
  if (binding.frozen) throw new Problem(403, "certificate-frozen", "The certificate is frozen.");
  if (account.state !== "active") throw new Problem(403, "account-disabled", "The account is closed.");
  const salt = randomBytes(32);
  const id = sessionKey(newSession(browser, nonce, salt));
  store.startSession(sessionKey(session), id, account, certificate.sha256, caller, now);
  audit.record("login.scan", { account, caller, now }, { certificate: certificate.sha256, serial: certificate.serial });
  return {
    body: JSON.stringify({ account: accountView(platform, account, id), next: "/home" }),
    account: account.login,
    session: id,
    salt,
  };
}

/**
 * The id that a login by scan gives. It follows from the scan cookie, which nobody else knows: the same browser can be
 * given the same session again, although the store holds no ids.
 *
 * @param {Buffer} browser
 * @param {string} nonce
 * @param {Buffer} salt
 */
function newSession(browser, nonce, salt) {
  return derive("scan session", browser, nonce, salt);
}

/**
 * A refused login concerns an account if the certificate, once proven, is bound to it.
 *
 * @param {Platform} platform
 * @param {ScanRequest} stored
 * @param {HolderCertificate | undefined} certificate
 * @param {Caller} caller
 * @param {unknown} error
 * @param {number} now
 */
function recordRefusal({ store, audit }, { bind, used }, certificate, caller, error, now) {
  if (!(error instanceof Problem)) return;
  const signer = certificate && store.bindings.get(certificate.sha256)?.account;
  const account = store.accounts.get(bind?.account ?? used?.account ?? signer ?? "");
  const signed = certificate && {
    certificate: certificate.sha256,
    serial: certificate.serial,
    issuer: certificate.issuer,
  };
  const facts = { code: error.code, ...(!bind && { method: "scan" }), ...signed };
  audit.record(bind ? "certificate.bind-refused" : "login.refused", { account, actor: null, caller, now }, facts);
}

/**
 * The nonce that the answer names. Nothing is believed yet: it only says which request to compare with.
 *
 * @param {Answer} answer
 * @returns {string}
 */
function nonceOf({ assertion, channelBinding }) {
  const binding = Buffer.from(channelBinding, "base64url");
  if (binding.length !== 32 || binding.toString("base64url") !== channelBinding) {
    throw Problem.malformed("`channelBinding` must be 32 bytes in base64url without padding.");
  }
  try {
    const claims = JSON.parse(Buffer.from(assertion.split(".")[1] ?? "", "base64url").toString());
    if (typeof claims.jti === "string") return claims.jti;
  } catch {
    // Refused below, like an object without a nonce.
  }
  throw new Problem(400, "assertion-invalid", "`assertion` is no assertion.");
}

/** @param {string} code */
function statusOf(code) {
  if (code === "assertion-invalid") return 400;
  if (code === "assertion-late") return 410;
  return ["certificate-status-unknown", "trust-list-expired", "trust-list-invalid"].includes(code) ? 503 : 403;
}
