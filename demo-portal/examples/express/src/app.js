// The HTTP interface: the demo portal's, as far as this example goes.

import express from "express";
import { changeCertificate } from "./binding.js";
import { assertionBody, object, smallBody, texts } from "./body.js";
import { callerOf } from "./caller.js";
import {
  clearSessionCookie,
  newSecret,
  readCookie,
  SCAN_COOKIE,
  SESSION_COOKIE,
  setScanCookie,
  setSessionCookie,
} from "./cookies.js";
import { csrfToken, requireOwnPage } from "./guard.js";
import { securityHeaders } from "./headers.js";
import { logInWithPassword, logOut } from "./login.js";
import { pages } from "./pages.js";
import { currentTime, sessionKey } from "./platform.js";
import { answerProblem, methodNotAllowed, notFound, Problem } from "./problem.js";
import { scanPerAddress } from "./rates.js";
import { acceptAnswer } from "./scan-answer.js";
import { recordPhoneRefusal } from "./scan-refusal.js";
import { issueRequest, readWanted } from "./scan-request.js";
import { accountView } from "./views.js";

/** @import { NextFunction, Request, RequestHandler } from "express" */
/** @import { Platform } from "./platform.js" */

/** @param {Platform} platform */
export function createApp(platform) {
  const { config, operator, store, audit } = platform;
  const app = express();
  app.disable("x-powered-by");
  app.disable("etag");
  if (config.trustedProxy !== undefined) app.set("trust proxy", config.trustedProxy);
  const site = pages();
  app.use(securityHeaders(config.origin, operator.description.relay, site.scriptHashes));

  app
    .route("/api/session")
    .get((request, response) => {
      const known = readCookie(request, SESSION_COOKIE);
      const session = known ?? newSecret();
      if (!known) setSessionCookie(response, session);
      const key = sessionKey(session);
      const account = store.accountOf(key, currentTime());
      const view = account ? accountView(platform, account, key) : null;
      response.json({ csrf: csrfToken(session), account: view, codes: "one" });
    })
    .all(methodNotAllowed("GET, HEAD"));

  // Who calls is asked before the body is read: nobody else makes the server work.
  const ownPage = (/** @type {Request} */ request) => requireOwnPage(request, config.origin);
  const ownPageOnly = (/** @type {Request} */ request, /** @type {unknown} */ _, /** @type {NextFunction} */ next) => {
    ownPage(request);
    next();
  };
  const post = (/** @type {string} */ path, /** @type {RequestHandler[]} */ ...handlers) =>
    app
      .route(path)
      .post(ownPageOnly, ...handlers)
      .all(methodNotAllowed("POST"));

  post("/api/login", smallBody, async (request, response) => {
    const { login, password } = texts(request, ["login", "password"]);
    const session = await logInWithPassword(platform, { login, password }, ownPage(request), callerOf(request));
    setSessionCookie(response, session.id);
    response.json({ account: session.account });
  });

  post("/api/logout", (request, response) => {
    logOut(platform, ownPage(request), callerOf(request));
    clearSessionCookie(response);
    response.status(204).end();
  });

  post("/api/scan/requests", smallBody, (request, response) => {
    const caller = callerOf(request);
    scanPerAddress.check(caller.network);
    const wanted = readWanted(object(request));
    // Other tabs of this browser may have requests open, so a cookie that is there stays.
    const browser = readCookie(request, SCAN_COOKIE) ?? newSecret();
    const issued = issueRequest(platform, wanted, browser, ownPage(request), caller);
    setScanCookie(response, browser);
    response.json(issued);
  });

  post("/api/scan/assertions", assertionBody, (request, response) => {
    const caller = callerOf(request);
    scanPerAddress.check(caller.network);
    const { assertion, channelBinding } = texts(request, ["assertion", "channelBinding"]);
    const call = { browser: readCookie(request, SCAN_COOKIE), session: ownPage(request), caller };
    const { body, session } = acceptAnswer(platform, { assertion, channelBinding, ...call });
    if (session) setSessionCookie(response, session);
    response.type("application/json").send(body);
  });

  post("/api/scan/refusals", smallBody, (request, response) => {
    const caller = callerOf(request);
    scanPerAddress.check(caller.network);
    const told = texts(request, ["request", "code"]);
    recordPhoneRefusal(platform, told, readCookie(request, SCAN_COOKIE), caller);
    response.status(204).end();
  });

  for (const action of /** @type {const} */ (["unbind", "freeze", "unfreeze"])) {
    post(`/api/certificates/:id/${action}`, (request, response) => {
      const [session, now] = [sessionKey(ownPage(request)), currentTime()];
      const account = requireAccount(platform, session, now);
      changeCertificate(platform, account, String(request.params.id), action, {
        session,
        caller: callerOf(request),
        now,
      });
      response.json({ account: accountView(platform, account, session) });
    });
  }

  const reader = (/** @type {Request} */ request) =>
    requireAccount(platform, sessionKey(readCookie(request, SESSION_COOKIE) ?? Buffer.alloc(0)), currentTime());

  app
    .route("/api/audit")
    .get((request, response) => {
      const account = reader(request);
      const { before, limit } = request.query;
      response.json(audit.page(account, count("before", before), count("limit", limit, 200)));
    })
    .all(methodNotAllowed("GET, HEAD"));

  app
    .route("/api/audit/export")
    .get((request, response) => {
      const text = audit.export(reader(request));
      response.set("Content-Disposition", 'attachment; filename="audit.jsonl"');
      response.type("application/jsonl").send(text);
    })
    .all(methodNotAllowed("GET, HEAD"));

  app.use(site.routes);
  app.use(notFound);
  app.use(answerProblem);
  return app;
}

/**
 * @param {Platform} platform
 * @param {string} session
 * @param {number} now
 */
function requireAccount({ store }, session, now) {
  const account = store.accountOf(session, now);
  if (!account) throw new Problem(401, "login-required", "Log in first.");
  return account;
}

/**
 * A whole number from the address, if it is there.
 *
 * @param {string} name
 * @param {unknown} text
 * @param {number} [most]
 */
function count(name, text, most = Number.MAX_SAFE_INTEGER) {
  if (text === undefined) return undefined;
  const value = typeof text === "string" && /^[1-9][0-9]{0,15}$/.test(text) ? Number(text) : 0;
  if (value < 1 || value > most) throw Problem.malformed(`\`${name}\` must be a whole number from 1 to ${most}.`);
  return value;
}
