// Login with user name and password, and logout.
//
// Whoever guesses learns nothing: an unknown name and a wrong password answer with one text after the same work.

import { newSecret } from "./cookies.js";
import { MAX_TYPED, passwordFits } from "./passwords.js";
import { currentTime, sessionKey } from "./platform.js";
import { Problem } from "./problem.js";
import { passwordPerAccount, passwordPerAddress } from "./rates.js";
import { accountView } from "./views.js";

/** @import { Caller } from "./caller.js" */
/** @import { Platform } from "./platform.js" */

/**
 * @param {Platform} platform
 * @param {{ login: string, password: string }} typed
 * @param {Buffer} before The browser's session until now.
 * @param {Caller} caller
 */
export async function logInWithPassword(platform, typed, before, caller) {
  const { store, audit } = platform;
  passwordPerAddress.check(caller.network);
  const login = typed.login.length > MAX_TYPED ? "" : typed.login.trim().toLowerCase();
  passwordPerAccount.check(login);
  const fits = await passwordFits(typed.password, store.accounts.get(login)?.password);
  // From here on nothing is awaited: one step, see `store.js`.
  const now = currentTime();
  const account = store.accounts.get(login);
  const refuse = (/** @type {Problem} */ problem) => {
    const facts = { code: problem.code, method: "password" };
    audit.record("login.refused", { account, actor: null, caller, now }, facts);
    return problem;
  };
  if (!account || !fits) throw refuse(new Problem(401, "login-failed", "User name or password is wrong."));
  if (account.state !== "active") throw refuse(new Problem(403, "account-disabled", "The account is closed."));
  const id = newSecret();
  const key = sessionKey(id);
  store.startSession(sessionKey(before), key, account, null, caller, now);
  audit.record("login.password", { account, caller, now });
  return { id, account: accountView(platform, account, key) };
}

/**
 * @param {Platform} platform
 * @param {Buffer} session
 * @param {Caller} caller
 */
export function logOut({ store, audit }, session, caller) {
  const [key, now] = [sessionKey(session), currentTime()];
  const account = store.accountOf(key, now);
  store.sessions.delete(key);
  if (account) audit.record("logout", { account, caller, now });
}
