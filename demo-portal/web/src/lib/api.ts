/** Calls to the portal's server: JSON in, JSON out, problem details (RFC 9457) as typed errors. */
import type { Account } from "./model";

export type { Account, BoundCertificate, LoginEvent } from "./model";

/** One row of certificate against account, where they differ. */
export interface Mismatch {
  field: "name" | "creditCode";
  certificate: string;
  account: string;
}

/** What a refusal can carry besides code and sentence. */
export interface ProblemMembers {
  /** Where the certificate's enterprise differs from the account's. */
  mismatch?: Mismatch[];
  /** The page that goes on from here. */
  next?: string;
  /** The certificate's enterprise has accounts here already. */
  enterpriseKnown?: boolean;
  /** What is wrong with each field of a form. */
  fields?: Record<string, string>;
  /** Which contracts cannot be sealed, and why. */
  contracts?: { id: number; code: string }[];
}

/** A refusal by the server, or `offline` when it could not be reached. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  /** Seconds to wait before another try, when the server said so. */
  readonly retryAfter: number | undefined;
  /** The problem's further members, such as the fields that are wrong. */
  readonly members: ProblemMembers;

  constructor(code: string, status: number, detail: string, retryAfter?: number, members: ProblemMembers = {}) {
    super(detail);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
    this.members = members;
  }
}

/** An error of ours as it is; any other is a fault of this page and goes on up. */
export function asApiError(error: unknown): ApiError {
  if (error instanceof ApiError) return error;
  throw error;
}

/** What `GET /api/session` answers. */
export interface Session {
  csrf: string;
  account: Account | null;
  /** Whether login shows one code for all certificates, or one for each kind. */
  codes: "one" | "two";
}

let csrf = "";

/** One request; `body` is sent as JSON. */
export async function call<T>(method: "GET" | "POST" | "PUT" | "DELETE", path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (method !== "GET") headers["x-csrf-token"] = csrf;
  const sends = method === "POST" || method === "PUT";
  if (sends) headers["content-type"] = "application/json";
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      body: sends ? JSON.stringify(body ?? {}) : null,
    });
  } catch (cause) {
    throw new ApiError("offline", 0, cause instanceof Error ? cause.message : String(cause));
  }
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  if (!response.ok) throw problemOf(response.status, (name) => response.headers.get(name), text);
  return JSON.parse(text) as T;
}

/** Who is logged in; also renews the CSRF token that every change sends. */
export async function session(): Promise<Session> {
  const answer = await call<Session>("GET", "/api/session");
  csrf = answer.csrf;
  return answer;
}

/** The token that goes with every change. */
export function token(): string {
  return csrf;
}

/** A refusal as the server tells it; `header` gives its headers by name. */
export function problemOf(status: number, header: (name: string) => string | null, text: string): ApiError {
  const after = Number(header("retry-after"));
  const retryAfter = after > 0 ? after : undefined;
  if (!(header("content-type") ?? "").includes("json")) {
    return new ApiError("internal", status, text.slice(0, 200), retryAfter);
  }
  const { code, detail, ...members } = JSON.parse(text) as { code?: string; detail?: string } & ProblemMembers;
  return new ApiError(code ?? "internal", status, detail ?? "", retryAfter, members);
}
