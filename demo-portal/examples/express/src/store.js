// What the platform remembers, in memory. In production this is a database.
//
// **Once only.** JavaScript runs one function at a time, so whatever happens between two `await`s happens as one step.
// Every function here, and every function that checks something in the store and then changes it, is synchronous: two
// calls at the same moment come one after the other, and the second sees what the first did. With a database, or with
// more than one process, each such step must be one transaction instead.

/** @import { HolderCertificate } from "scanseal/server" */
/** @import { PasswordHash } from "./passwords.js" */

/**
 * @typedef {{ name: string, creditCode: string, kind: "purchaser" | "supplier" | "platform" }} Enterprise
 *
 * @typedef {object} Account
 * @property {string} login
 * @property {string} name
 * @property {string} phone
 * @property {"administrator" | "operator"} role
 * @property {"active" | "disabled"} state
 * @property {Enterprise} enterprise
 * @property {PasswordHash} password
 * @property {LoginEvent[]} logins The latest first.
 *
 * @typedef {{ at: number, method: "password" | "scan", place: string, browser: string, session: string }} LoginEvent
 *
 * @typedef {{ certificate: HolderCertificate, account: string, bound: number, frozen: boolean }} Binding
 *
 * @typedef {object} Session
 * @property {string} account
 * @property {string | null} certificate With which it was started, if by scan.
 * @property {number} started
 * @property {number} lastUsed
 *
 * @typedef {object} ScanRequest
 * @property {string} request As it was issued.
 * @property {string} browser Hash of the scan cookie.
 * @property {number} expires
 * @property {BindFor | null} bind Null for a login.
 * @property {Used | null} used
 * @property {boolean} refused Whether the page has told that the phone refused.
 *
 * @typedef {{ account: string, session: string, replaces: string | null, superseded: boolean }} BindFor For whom, and
 * in which web session, a certificate shall be bound.
 *
 * @typedef {object} Used What became of a request.
 * @property {number} at
 * @property {string} answerHash
 * @property {string} body What was answered.
 * @property {string} account
 * @property {string} session
 * @property {Buffer | null} salt For a login: from what the session's id follows.
 */

/** Logins that are remembered per account. */
const LOGINS_KEPT = 20;
/** Seconds for which a request is remembered after its end. */
const REQUEST_KEPT_SECONDS = 600;
/** Seconds without use, and in all, after which a session ends. */
const IDLE_SECONDS = 30 * 60;
const ABSOLUTE_SECONDS = 12 * 3_600;

export class Store {
  /** @type {Map<string, Account>} By user name. */
  accounts = new Map();
  /** @type {Map<string, Binding>} By the certificate's SHA-256. A certificate is bound to one account at most. */
  bindings = new Map();
  /** @type {Map<string, Session>} By the hash of the session's id. */
  sessions = new Map();
  /** @type {Map<string, ScanRequest>} By nonce. */
  requests = new Map();

  /**
   * Starts a session. The browser's session until now ends: a planted id is worth nothing after a login.
   *
   * @param {string} before
   * @param {string} id
   * @param {Account} account
   * @param {string | null} certificate
   * @param {{ place: string, browser: string }} caller
   * @param {number} now
   */
  startSession(before, id, account, certificate, caller, now) {
    this.sessions.delete(before);
    this.sessions.set(id, { account: account.login, certificate, started: now, lastUsed: now });
    const method = certificate === null ? "password" : "scan";
    account.logins.unshift({ at: now, method, place: caller.place, browser: caller.browser, session: id });
    account.logins.length = Math.min(account.logins.length, LOGINS_KEPT);
  }

  /**
   * Who is logged in with this session, if it still lives.
   *
   * @param {string} id
   * @param {number} now
   * @returns {Account | undefined}
   */
  accountOf(id, now) {
    const session = this.sessions.get(id);
    if (!session) return undefined;
    const over = now - session.lastUsed >= IDLE_SECONDS || now - session.started >= ABSOLUTE_SECONDS;
    const account = this.accounts.get(session.account);
    if (over || account?.state !== "active") {
      this.sessions.delete(id);
      return undefined;
    }
    session.lastUsed = now;
    return account;
  }

  /**
   * Remembers a request. A newer one to bind takes the place of the account's older ones.
   *
   * @param {string} nonce
   * @param {ScanRequest} request
   * @param {number} now
   */
  addRequest(nonce, request, now) {
    for (const [other, { expires }] of this.requests) {
      if (expires + REQUEST_KEPT_SECONDS < now) this.requests.delete(other);
    }
    for (const { bind, used } of this.requests.values()) {
      if (request.bind && bind?.account === request.bind.account && !used) bind.superseded = true;
    }
    this.requests.set(nonce, request);
  }

  /**
   * Ends the sessions that were started with a certificate, perhaps but one.
   *
   * @param {string} certificate
   * @param {string} [except]
   */
  endSessionsOf(certificate, except) {
    for (const [id, session] of this.sessions) {
      if (session.certificate === certificate && id !== except) this.sessions.delete(id);
    }
  }
}
