import { errorText, isErrorCode } from "scanseal";
import type { ApiError } from "../lib/api";
import { locale } from "../lib/locale";
import { common } from "./words/common";

/** Refusals whose reason only the server knows; staff can use its sentence. */
const DETAILED = ["malformed", "conflict"];

/** What happened and what to do, for staff. */
export function explain(error: ApiError): string {
  const t = common();
  const own = t.errors[error.code];
  if (own) return DETAILED.includes(error.code) && error.message ? `${own} ${error.message}` : own;
  if (!isErrorCode(error.code)) return t.otherError(error.code);
  const values = error.retryAfter === undefined ? {} : { seconds: String(error.retryAfter) };
  const { cause, advice } = errorText(error.code, locale(), values);
  return locale() === "en" ? `${cause} ${advice}` : `${cause}${advice}`;
}
