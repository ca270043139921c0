// Errors as clients see them: RFC 9457 problem details with a stable code (`docs/errors.md`).

/** @import { NextFunction, Request, RequestHandler, Response } from "express" */

/** A refusal. `code` is for programs, `detail` for people who read logs; pages show their own text for the code. */
export class Problem extends Error {
  /**
   * @param {number} status
   * @param {string} code
   * @param {string} detail
   * @param {Record<string, unknown>} [more] Members beside these, such as the report of a verification;
   * `retryAfter` goes into the header of that name.
   */
  constructor(status, code, detail, more = {}) {
    super(detail);
    this.status = status;
    this.code = code;
    this.more = more;
  }

  /** @param {string} detail */
  static malformed(detail) {
    return new Problem(400, "malformed", detail);
  }
}

/** @type {RequestHandler} */
export const notFound = () => {
  throw new Problem(404, "not-found", "There is nothing at this address.");
};

/**
 * Refuses every method but those given.
 *
 * @param {string} methods
 * @returns {RequestHandler}
 */
export function methodNotAllowed(methods) {
  return (_, response) => {
    response.set("Allow", methods);
    throw new Problem(405, "method-not-allowed", "This address knows other methods; see the header Allow.");
  };
}

/**
 * Answers every error of every handler. Express tells error handlers by their four parameters.
 *
 * @param {unknown} error
 * @param {Request} request
 * @param {Response} response
 * @param {NextFunction} _next
 */
export function answerProblem(error, request, response, _next) {
  const problem = asProblem(error);
  if (problem.status >= 500) console.error(`${request.method} ${request.path}: ${problem.status}`, error);
  // What came halfway or too large is not read to its end.
  if (problem.status === 413 || problem.status === 408) response.set("Connection", "close");
  send(response, problem);
}

/**
 * @param {Response} response
 * @param {Problem} problem
 */
function send(response, { status, code, message, more: { retryAfter, ...more } }) {
  if (retryAfter !== undefined) response.set("Retry-After", String(retryAfter));
  const body = { type: `urn:scanseal:error:${code}`, title: code, status, code, detail: message, ...more };
  response.status(status).type("application/problem+json").send(JSON.stringify(body));
}

/**
 * @param {unknown} error
 * @returns {Problem}
 */
function asProblem(error) {
  if (error instanceof Problem) return error;
  // What Express's own parts say, never the value that they could not read.
  const status = error instanceof Error && "status" in error ? Number(error.status) : 500;
  const texts = new Map([
    [400, "The request cannot be read."],
    [413, "The body is too large."],
    [415, "The body must be application/json in UTF-8, not compressed."],
  ]);
  const detail = texts.get(status);
  if (detail !== undefined) return new Problem(status, "malformed", detail);
  return new Problem(500, "internal", "The server could not do this. Try again; if it stays so, tell the operator.");
}
