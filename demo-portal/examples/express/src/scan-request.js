// Step 1 of a scan: make and sign a request, and remember for which browser, and for which account, it was made.

import { signRequest } from "scanseal/server";
import { browserKey, currentTime, sessionKey } from "./platform.js";
import { Problem } from "./problem.js";

/** @import { CertificateKind } from "scanseal/server" */
/** @import { Caller } from "./caller.js" */
/** @import { Platform } from "./platform.js" */
/** @import { Account } from "./store.js" */

/** Seconds a session lives after a phone has scanned. */
const SCANNED_SECONDS = 120;
/** Seconds a request lives: the longest wait for a phone (180 s), the time after the scan, and half a minute for networks. */
const REQUEST_SECONDS = 180 + SCANNED_SECONDS + 30;

/** @typedef {{ op: "login", kinds?: CertificateKind[] } | { op: "bind", replaces?: string }} Wanted */

/**
 * Reads what a page asks for.
 *
 * @param {Record<string, unknown>} body
 * @returns {Wanted}
 */
export function readWanted(body) {
  const { op, kinds, replaces, ...others } = body;
  if (Object.keys(others).length > 0) throw Problem.malformed("The body has an unknown member.");
  if (op === "login" && replaces === undefined && (kinds === undefined || isKinds(kinds))) {
    return kinds === undefined ? { op } : { op, kinds };
  }
  if (op === "bind" && kinds === undefined && (replaces === undefined || typeof replaces === "string")) {
    return replaces === undefined ? { op } : { op, replaces };
  }
  throw Problem.malformed("The body must be a request to log in or to bind.");
}

/**
 * Makes a request for one browser.
 *
 * @param {Platform} platform
 * @param {Wanted} wanted
 * @param {Buffer} browser The scan cookie.
 * @param {Buffer} session
 * @param {Caller} caller
 */
export function issueRequest({ config, operator, store }, wanted, browser, session, { browser: agent, place }) {
  const now = currentTime();
  const key = sessionKey(session);
  const account = wanted.op === "bind" ? store.accountOf(key, now) : undefined;
  if (wanted.op === "bind" && !account) throw new Problem(401, "login-required", "Log in first.");
  const replaces = wanted.op === "bind" && wanted.replaces !== undefined ? wanted.replaces : null;
  const old = replaces === null ? undefined : store.bindings.get(replaces);
  if (replaces !== null && old?.account !== account?.login) {
    throw new Problem(404, "not-found", "No such certificate is bound to this account.");
  }
  if (old?.frozen) throw new Problem(403, "certificate-frozen", "An administrator unfreezes or unbinds it first.");
  const { platform, origin, certificates, key: signingKey } = config;
  const common = { platform, origin, certificates, key: signingKey, life: REQUEST_SECONDS, now };
  const context = { browser: agent, place };
  const { request, jti, expires } = account
    ? signRequest({ ...common, context, op: "bind", account: claim(account, replaces), display: bindLines(account) })
    : signRequest({ ...common, context, display: LOGIN_LINES, accept: { kinds: kindsOf(wanted) } });
  const bind = account ? { account: account.login, session: key, replaces, superseded: false } : null;
  store.addRequest(jti, { request, browser: browserKey(browser), expires, bind, used: null, refused: false }, now);
  const { relay, links } = operator.description;
  return { request, expires: REQUEST_SECONDS, relay, link: links[0], scanned: SCANNED_SECONDS };
}

/** The lines on the phone's screen. The platform's proven name stands above them. */
const LOGIN_LINES = {
  zh: ["登录采购平台（示例）", "登录后可查看贵单位的资料"],
  en: ["Log in to the procurement platform (example)", "Gives access to your enterprise's data"],
};

/** @param {Account} account */
function bindLines({ login, enterprise }) {
  return {
    zh: ["把证书绑定到账号", short(`账号：${login}`), short(`企业：${enterprise.name}`)],
    en: ["Bind a certificate to an account", short(`Account: ${login}`), short(`Enterprise: ${enterprise.name}`)],
  };
}

/**
 * @param {Account} account
 * @param {string | null} replaces
 */
function claim({ login, enterprise }, replaces) {
  const claims = { name: login, enterprise: enterprise.name, creditCode: enterprise.creditCode };
  return replaces === null ? claims : { ...claims, replaces };
}

/**
 * @param {Wanted} wanted
 * @returns {CertificateKind[]}
 */
function kindsOf(wanted) {
  return (wanted.op === "login" && wanted.kinds) || ["platform", "mutual"];
}

/**
 * @param {unknown} value
 * @returns {value is CertificateKind[]}
 */
function isKinds(value) {
  const known = /** @type {readonly unknown[]} */ (["platform", "mutual"]);
  return (
    Array.isArray(value) &&
    value.length > 0 &&
    new Set(value).size === value.length &&
    value.every((one) => known.includes(one))
  );
}

/**
 * At most 120 characters, whole ones.
 *
 * @param {string} line
 */
function short(line) {
  return [...line].slice(0, 120).join("");
}
