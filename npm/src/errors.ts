// The one error class of the package.

import { ERROR_CODES, type ScanSealErrorCode } from "./generated/error-codes.js";

/** What an error can carry besides its code. */
export interface ScanSealErrorOptions {
  /** What exactly went wrong, for developers. */
  readonly detail?: string;
  /** The error that this one came from. */
  readonly cause?: unknown;
}

/**
 * Every failure of a scan and of work on a PDF. `code` is stable and the same on the page, the phone and the server;
 * `docs/errors.md` explains each. `message` is for developers; `errorText` has what to show people.
 */
export class ScanSealError extends Error {
  override readonly name = "ScanSealError";
  readonly code: ScanSealErrorCode;
  /** What exactly went wrong, for developers; often absent. */
  readonly detail: string | undefined;
  /** The error that this one came from, if any. */
  readonly cause: unknown;

  constructor(code: ScanSealErrorCode, options: ScanSealErrorOptions = {}) {
    super(options.detail === undefined ? code : `${code}: ${options.detail}`);
    this.code = code;
    this.detail = options.detail;
    this.cause = options.cause;
  }

  /**
   * Reads the platform's refusal: a response whose body is RFC 9457 problem details with a member `code`.
   * A body without a known code gives `internal`.
   */
  static async fromResponse(response: Response): Promise<ScanSealError> {
    const problem: unknown = await response.json().catch(() => undefined);
    const { code, detail } = isRecord(problem) ? problem : {};
    const detailText = typeof detail === "string" ? detail : `HTTP status ${response.status}`;
    return new ScanSealError(isErrorCode(code) ? code : "internal", { detail: detailText });
  }

  /**
   * The refusal that an error from WebAssembly stands for: its message begins with the code and a colon. Any other
   * error is undefined.
   *
   * @internal
   */
  static fromMessage(error: unknown): ScanSealError | undefined {
    if (!(error instanceof Error)) return undefined;
    const [code, ...detail] = error.message.split(": ");
    return isErrorCode(code) ? new ScanSealError(code, { detail: detail.join(": "), cause: error }) : undefined;
  }

  /** An error as it is if it is one of ours, else `internal` with the error as its cause. */
  static from(error: unknown): ScanSealError {
    if (error instanceof ScanSealError) return error;
    const detail = error instanceof Error ? error.message : String(error);
    return new ScanSealError("internal", { detail, cause: error });
  }
}

/** Whether a value is a code that this version knows. */
export function isErrorCode(value: unknown): value is ScanSealErrorCode {
  return (ERROR_CODES as readonly unknown[]).includes(value);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null;
}
