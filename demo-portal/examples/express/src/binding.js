// Which certificate logs in where: bind by scan, unbind, freeze. Every function is one synchronous step (see `store.js`).

import { compareEnterprise } from "scanseal/server";
import { sessionKey } from "./platform.js";
import { Problem } from "./problem.js";
import { accountView, certificateView, mayManage, ofSameEnterprise } from "./views.js";

/** @import { HolderCertificate } from "scanseal/server" */
/** @import { Caller } from "./caller.js" */
/** @import { Platform } from "./platform.js" */
/** @import { Account, BindFor, Used } from "./store.js" */

/**
 * Binds a certificate whose assertion was verified to the account that asked for it.
 *
 * @param {Platform} platform
 * @param {BindFor} wanted
 * @param {HolderCertificate} certificate
 * @param {{ session: Buffer, caller: Caller }} call
 * @param {number} now
 * @returns {Pick<Used, "body" | "account" | "session" | "salt">}
 */
export function bindCertificate(platform, wanted, certificate, call, now) {
  const { store, audit } = platform;
  const account = accountThatAsked(platform, wanted, call.session, now);
  if (wanted.superseded) throw new Problem(410, "superseded", "A newer request of this account has taken its place.");
  requireSameEnterprise(certificate, account);
  const id = certificate.sha256;
  const before = store.bindings.get(id);
  if (before && before.account !== account.login) {
    throw new Problem(409, "certificate-bound-elsewhere", "The certificate is bound to another account.");
  }
  const old = stillBound(platform, wanted);
  if (before?.frozen || old?.frozen) throw new Problem(403, "certificate-frozen", "The certificate is frozen.");
  if (before && wanted.replaces !== null) {
    throw new Problem(409, "certificate-already-bound", "The certificate is bound to this account already.");
  }
  const binding = before ?? { certificate, account: account.login, bound: now, frozen: false };
  const replaced = old?.certificate.sha256 ?? null;
  if (replaced !== null) {
    store.bindings.delete(replaced);
    store.endSessionsOf(replaced, wanted.session);
  }
  if (!before) {
    store.bindings.set(id, binding);
    const { serial, issuer } = certificate;
    const facts = { certificate: id, serial, issuer, ...(replaced !== null && { replaced }) };
    const name = replaced === null ? "certificate.bound" : "certificate.replaced";
    audit.record(name, { account, caller: call.caller, now }, facts);
  }
  const view = certificateView(platform, binding);
  const body = { account: accountView(platform, account, wanted.session), certificate: view, replaced };
  return { body: JSON.stringify(body), account: account.login, session: wanted.session, salt: null };
}

/**
 * The web session that asked must still be the one that answers: else whoever logs in later at this browser would be
 * given somebody's certificate.
 *
 * @param {Platform} platform
 * @param {BindFor} wanted
 * @param {Buffer} session
 * @param {number} now
 * @returns {Account}
 */
function accountThatAsked({ store }, wanted, session, now) {
  if (store.accounts.get(wanted.account)?.state === "disabled") {
    throw new Problem(403, "account-disabled", "The account is closed.");
  }
  const account = sessionKey(session) === wanted.session ? store.accountOf(wanted.session, now) : undefined;
  if (account?.login !== wanted.account) throw new Problem(401, "login-required", "The web session has ended.");
  return account;
}

/**
 * @param {HolderCertificate} certificate
 * @param {Account} account
 */
function requireSameEnterprise(certificate, { enterprise }) {
  const account = { enterprise: enterprise.name, creditCode: enterprise.creditCode };
  const difference = compareEnterprise(certificate, account);
  if (!difference) return;
  const sides = {
    name: { certificate: certificate.enterprise, account: enterprise.name },
    creditCode: { certificate: certificate.creditCode, account: enterprise.creditCode },
  };
  const mismatch = difference.fields.map((field) => ({ field, ...sides[field] }));
  throw new Problem(403, difference.code, "The certificate is of another enterprise than the account.", { mismatch });
}

/**
 * The certificate to be replaced, unless it was unbound meanwhile.
 *
 * @param {Platform} platform
 * @param {BindFor} wanted
 */
function stillBound({ store }, { account, replaces }) {
  const binding = replaces === null ? undefined : store.bindings.get(replaces);
  return binding?.account === account ? binding : undefined;
}

/**
 * Unbinds, freezes or unfreezes a certificate. Freezing is what somebody does whose phone is gone. Only an administrator
 * takes it back, and only an administrator unbinds a frozen certificate: else who found the phone could unbind it and bind
 * it again.
 *
 * @param {Platform} platform
 * @param {Account} account Who does it.
 * @param {string} id
 * @param {"unbind" | "freeze" | "unfreeze"} action
 * @param {{ session: string, caller: Caller, now: number }} call
 */
export function changeCertificate(platform, account, id, action, { session, ...call }) {
  const { store, audit } = platform;
  const binding = store.bindings.get(id);
  const owner = binding && store.accounts.get(binding.account);
  // What belongs to another enterprise does not exist, as far as this account can tell.
  if (!owner || !ofSameEnterprise(account, owner)) {
    throw new Problem(404, "not-found", "No such certificate is bound here.");
  }
  const administrator = account.role === "administrator";
  if (!mayManage(platform, account, binding) || (action === "unfreeze" && !administrator)) {
    throw new Problem(403, "not-allowed", "Ask an administrator of your enterprise.");
  }
  if (action === "unbind" && binding.frozen && !administrator) {
    throw new Problem(403, "certificate-frozen", "Ask an administrator of your enterprise.");
  }
  const record = (/** @type {string} */ name) =>
    audit.record(name, { account: owner, actor: account.login, ...call }, { certificate: id });
  if (action === "unbind") {
    store.bindings.delete(id);
    store.endSessionsOf(id, session);
    record("certificate.unbound");
  } else if (binding.frozen !== (action === "freeze")) {
    binding.frozen = action === "freeze";
    if (binding.frozen) store.endSessionsOf(id);
    record(binding.frozen ? "certificate.frozen" : "certificate.unfrozen");
  }
}
