/** Calls to the portal's server: JSON in, JSON out, problem details (RFC 9457) as typed errors. */

/** A refusal by the server, or `offline` when it could not be reached. */
export class ApiError extends Error {
  readonly code: string;
  readonly status: number;
  /** Seconds to wait before another try, when the server said so. */
  readonly retryAfter: number | undefined;

  constructor(code: string, status: number, detail: string, retryAfter?: number) {
    super(detail);
    this.name = "ApiError";
    this.code = code;
    this.status = status;
    this.retryAfter = retryAfter;
  }
}

/** A certificate bound to the account. */
export interface BoundCertificate {
  serial: string;
  commonName: string;
  issuer: string;
  notAfter: number;
  revoked: boolean;
}

/** One login as the audit trail has it. */
export interface LoginEvent {
  at: number;
  method: "password" | "scan";
  place: string;
  browser: string;
  /** It started this session. */
  current: boolean;
}

/** The logged-in account. */
export interface Account {
  login: string;
  name: string;
  role: "purchaser" | "supplier";
  enterprise: { name: string; creditCode: string };
  certificates: BoundCertificate[];
  /** Latest first. */
  logins: LoginEvent[];
}

/** What `GET /api/session` answers. */
export interface Session {
  csrf: string;
  account: Account | null;
}

let csrf = "";

/** One request; `body` is sent as JSON. */
export async function call<T>(method: "GET" | "POST", path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (method === "POST") {
    headers["x-csrf-token"] = csrf;
    headers["content-type"] = "application/json";
  }
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      body: method === "POST" ? JSON.stringify(body ?? {}) : null,
    });
  } catch (cause) {
    throw new ApiError("offline", 0, cause instanceof Error ? cause.message : String(cause));
  }
  if (response.status === 204) return undefined as T;
  const text = await response.text();
  if (!response.ok) throw problem(response, text);
  return JSON.parse(text) as T;
}

/** Who is logged in; also renews the CSRF token that every `POST` sends. */
export async function session(): Promise<Session> {
  const answer = await call<Session>("GET", "/api/session");
  csrf = answer.csrf;
  return answer;
}

function problem(response: Response, text: string): ApiError {
  const after = Number(response.headers.get("retry-after"));
  const retryAfter = after > 0 ? after : undefined;
  if (!(response.headers.get("content-type") ?? "").includes("json")) {
    return new ApiError("internal", response.status, text.slice(0, 200), retryAfter);
  }
  const { code, detail } = JSON.parse(text) as { code?: string; detail?: string };
  return new ApiError(code ?? "internal", response.status, detail ?? "", retryAfter);
}
