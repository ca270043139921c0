// Accounts and certificates as their owners see them.

/** @import { Platform } from "./platform.js" */
/** @import { Account, Binding } from "./store.js" */

/**
 * @param {Platform} platform
 * @param {Account} account
 * @param {string} session The one that asks.
 */
export function accountView({ operator, store, audit }, account, session) {
  const { login, name, phone, role, enterprise } = account;
  const seen = [...store.bindings.values()].filter((binding) => mayManage({ store }, account, binding));
  const certificates = seen
    .sort((one, other) => other.bound - one.bound)
    .map((binding) => certificateView({ operator, store }, binding));
  const logins = account.logins.map(({ session: started, ...event }) => ({ ...event, current: started === session }));
  return { login, name, phone, role, enterprise, certificates, logins, lastEvent: audit.lastSeen(account) };
}

/**
 * @param {Pick<Platform, "operator" | "store">} platform
 * @param {Binding} binding
 */
export function certificateView({ operator, store }, { certificate, account, bound, frozen }) {
  const { sha256, serial, commonName, enterprise, creditCode, issuer, authority, kind, notBefore, notAfter } =
    certificate;
  const authorityName = operator.authorityName(authority);
  const names = { commonName: commonName ?? "", enterprise: enterprise ?? "", creditCode: creditCode ?? "" };
  const validity = { notBefore, notAfter, bound, state: stateOf(frozen, notBefore, notAfter) };
  const holder = { holder: account, holderName: store.accounts.get(account)?.name ?? "" };
  return { id: sha256, serial, ...names, issuer: issuer ?? "", authority, authorityName, kind, ...validity, ...holder };
}

/**
 * One's own certificates; for administrators all of the enterprise.
 *
 * @param {Pick<Platform, "store">} platform
 * @param {Account} account
 * @param {Binding} binding
 */
export function mayManage({ store }, account, binding) {
  if (binding.account === account.login) return true;
  return account.role === "administrator" && ofSameEnterprise(account, store.accounts.get(binding.account));
}

/**
 * @param {Account} account
 * @param {Account | undefined} other
 */
export function ofSameEnterprise(account, other) {
  return other?.enterprise.creditCode === account.enterprise.creditCode;
}

/**
 * Whether it is revoked is asked at each scan, not here.
 *
 * @param {boolean} frozen
 * @param {number} notBefore
 * @param {number} notAfter
 */
function stateOf(frozen, notBefore, notAfter) {
  const now = Date.now() / 1000;
  if (now > notAfter) return "expired";
  if (now < notBefore) return "not-yet-valid";
  return frozen ? "frozen" : "valid";
}
