import { errorText, isErrorCode } from "scanseal";
import { dateTime, locale } from "../lib/locale";
import type { Failure } from "./core-types";
import { texts } from "./texts";
import { sealTexts } from "./texts-seal";

/** What went wrong and what to do, in the page's language. */
export function explain(failure: Failure): { cause: string; advice: string } {
  if (failure.code === "offline") return { cause: texts().offline, advice: "" };
  if (failure.code === "open-elsewhere") return { cause: texts().openElsewhere, advice: texts().openElsewhereMore };
  if (failure.code === "pin-weak") return { cause: texts().weakPin, advice: "" };
  if (failure.code === "no-seals-here") return { cause: sealTexts().noService, advice: "" };
  if (failure.code === "seal-wanted") return { cause: sealTexts().sealWanted, advice: sealTexts().sealWantedMore };
  if (failure.found && failure.code === "document-changed")
    return { cause: sealTexts().foundChanged, advice: sealTexts().foundMore };
  if (failure.found && failure.code === "seal-not-yours")
    return { cause: sealTexts().foundOtherSeal, advice: sealTexts().foundMore };
  return errorText(isErrorCode(failure.code) ? failure.code : "internal", locale(), {
    ...(failure.attempts === undefined ? {} : { attempts: String(failure.attempts) }),
    ...(failure.until === undefined ? {} : { until: dateTime(failure.until) }),
    ...(failure.seconds === undefined ? {} : { seconds: String(failure.seconds) }),
  });
}
