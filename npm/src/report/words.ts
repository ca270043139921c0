// The words of `<scanseal-report>`, one catalogue a language. Gaps are `{named}`. The words of verdicts, reasons and checks
// are not here: `generated/report-texts.ts` has those of the verifier itself.

import type { TemplateResult } from "lit";
import { html } from "lit";
import type { Locale } from "../error-text.js";
import { REPORT_TEXTS, type ReportText, type ReportTexts } from "../generated/report-texts.js";
import type { PdfChangeLevel, PdfCheck, PdfReason, PdfReport, PdfSignatureReport, PdfVerdict } from "../pdf/report.js";
import type { Question, SpecialAnswer } from "./answers.js";
import type { Doubt } from "./model.js";
import type { Identity } from "./soundness.js";
import { en } from "./words-en.js";
import { zhHans } from "./words-zh-hans.js";

/** Reasons that are one thing to people who do not know what a PDF is made of. */
export type Cause =
  | "changed"
  | "changed-inside"
  | "structure"
  | "forged"
  | "untrusted"
  | "nobody-trusted"
  | "revocation"
  | "unproven";

/** How it is to be read: what a check came to, as one answer. */
export type Answers = Readonly<Record<PdfCheck["status"], string>>;

/** All words that the element shows or speaks. */
export interface ReportWords {
  /** Accessible name of the whole. */
  readonly title: string;
  readonly empty: string;
  readonly emptyAdvice: string;
  readonly loading: string;
  readonly verdicts: Readonly<Record<PdfVerdict, string>>;
  /** Instead of the verdict's sentence where it is known why it could not be told. */
  readonly doubts: Readonly<Record<Exclude<Doubt, "unclear">, string>>;
  /** Passed, and several seals. */
  readonly sealedAgain: string;
  readonly sealedUnchanged: string;
  readonly sealsCover: string;
  /** Only time stamps, no seals. */
  readonly onlyStamped: string;
  readonly onlyStampedAdvice: string;
  readonly unsignedAdvice: string;
  readonly causes: Readonly<Record<Cause, ReportText>>;
  readonly unreadable: Readonly<Record<NonNullable<PdfReport["document"]["unreadable"]>["code"], ReportText>>;
  readonly signedVersionKept: string;
  readonly whatToDo: string;
  readonly laterSummary: Readonly<Record<PdfChangeLevel, string>>;

  readonly sealedBy: string;
  readonly claimsSealedBy: string;
  readonly unnamed: string;
  readonly sealedByUnknown: string;
  readonly stamped: string;
  readonly claimed: string;
  readonly before: string;
  readonly noTime: string;
  readonly moreSeals: string;

  readonly file: string;
  readonly copy: string;
  readonly copied: string;
  readonly copyFailed: string;
  readonly print: string;
  readonly exportJson: string;
  readonly zoneNote: string;
  readonly wrongFile: string;

  readonly findings: string;
  readonly decides: string;
  readonly noted: string;
  readonly forbiddenChanges: string;
  readonly findInList: string;

  readonly history: string;
  readonly version: string;
  readonly versionOf: string;
  readonly original: string;
  readonly unsealed: string;
  readonly originalWritings: string;
  readonly originalNote: string;
  readonly update: string;
  readonly forbidden: string;
  readonly permitted: string;
  /** Of a change that belongs to a seal or shows nowhere. */
  readonly harmless: string;
  readonly strays: string;

  readonly kinds: Readonly<Record<PdfSignatureReport["kind"]["type"], string>>;
  readonly permissions: Readonly<Record<1 | 2 | 3, string>>;
  readonly facts: Readonly<
    Record<
      | "creditCode"
      | "issuer"
      | "person"
      | "time"
      | "level"
      | "coverage"
      | "places"
      | "permits"
      | "field"
      | "indication"
      | "subFilter"
      | "byteRange"
      | "algorithms"
      | "serial"
      | "certificate"
      | "subject"
      | "issuerName"
      | "validity"
      | "chain"
      | "anchor"
      | "revocation"
      | "timestampAuthority"
      | "checkedAt",
      string
    >
  >;
  /** Why it is not certain that the name is the signer's. */
  readonly nameDoubts: Readonly<Record<Exclude<Identity, "proven">, string>>;
  readonly pages: string;
  readonly page: string;
  readonly shownNowhere: string;
  readonly questions: Readonly<Record<Question, string>>;
  readonly answers: Readonly<Record<Question, Answers>>;
  readonly checks: string;
  readonly specialAnswers: Readonly<Record<SpecialAnswer, string>>;
  /** What is said of a check instead of its result. */
  readonly checkCounts: Readonly<Record<"baseless" | "absent", string>>;
  readonly technical: string;
  readonly claims: string;
  readonly claimNames: Readonly<Record<keyof PdfSignatureReport["claimed"], string>>;
  readonly revocationStatus: Readonly<Record<"good" | "revoked" | "unknown", string>>;
  readonly asOf: string;
  readonly lookAt: string;
  readonly lookAtVersion: string;
  readonly download: string;
  readonly downloadVersion: string;
  readonly impression: string;
  readonly impressionsMore: string;
  readonly impressionFailed: string;

  readonly changesBySeal: string;
  readonly changesLater: string;
  readonly changesNone: string;
  readonly changeField: string;
  readonly showWhere: string;
  readonly showWherePage: string;
  readonly objectOf: string;
  readonly objects: string;
  readonly object: string;
  readonly moreChanges: string;
  readonly moreInJson: string;

  readonly passwordLabel: string;
  readonly passwordSubmit: string;
  readonly passwordWrong: string;
  readonly passwordShow: string;
  readonly passwordNote: string;

  readonly viewer: string;
  readonly close: string;
  readonly previousPage: string;
  readonly nextPage: string;
  readonly pageNumber: string;
  readonly ofPages: string;
  readonly versionChoice: string;
  readonly zoom: string;
  readonly pageLabel: string;
  readonly outlined: string;
  readonly notOnPage: string;
  readonly opening: string;
  readonly compare: string;
  readonly compared: string;
  readonly slightly: string;
  readonly comparedSame: string;
  readonly comparedNone: string;
  readonly comparedNewPage: string;
  readonly searching: string;
  readonly compareWith: string;
  readonly cannotOpen: string;

  readonly copyCompare: string;
  readonly copyNote: string;
  readonly copyDrop: string;
  readonly copyCaption: string;
  readonly copyPageLabel: string;
  readonly copyBeside: string;
  readonly copySearching: string;
  readonly copyDiffers: string;
  readonly copySame: string;
  readonly copySameEverywhere: string;
  readonly copyLonger: string;
  readonly copyLacksPage: string;
  readonly copyCannotOpen: string;
}

const CATALOGUES: Readonly<Record<Locale, ReportWords>> = { en, "zh-Hans": zhHans };

/** The catalogue of a language. */
export function reportWords(locale: Locale): ReportWords {
  return CATALOGUES[locale];
}

/** Fills the gaps of a text for places that take plain text only. */
export function fillText(text: string, values: Readonly<Record<string, string | number>>): string {
  return text.replace(/\{(\w+)\}/g, (gap, name: string) => String(values[name] ?? gap));
}

/** Fills the gaps of a text; strings are isolated, as they may be of any direction. */
export function fill(
  text: string,
  values: Readonly<Record<string, string | number | TemplateResult>>,
): readonly (string | TemplateResult)[] {
  return text.split(/(\{\w+\})/).map((piece) => {
    const value = /^\{\w+\}$/.test(piece) ? values[piece.slice(1, -1)] : undefined;
    if (value === undefined) return piece;
    return typeof value === "string" ? html`<bdi>${value}</bdi>` : typeof value === "number" ? String(value) : value;
  });
}

/** Reasons that are told in the words of their cause; all others have plain words of their own. */
const CAUSE_OF: Readonly<Partial<Record<PdfReason, Cause>>> = {
  "digest-mismatch": "changed-inside",
  "changed-later": "changed",
  "certification-violated": "changed",
  "locked-field-changed": "changed",
  "annotations-changed-later": "changed",
  "junk-before-header": "structure",
  "trailing-bytes": "structure",
  "bytes-between-revisions": "structure",
  "unlisted-bytes": "structure",
  "orphan-signature": "structure",
  "hybrid-xref": "structure",
  "byte-range-missing": "structure",
  "byte-range-invalid": "structure",
  "byte-range-gap": "structure",
  "byte-range-end": "structure",
  "contents-invalid": "structure",
  "dictionary-not-plain": "structure",
  "dictionary-replaced": "structure",
  "field-invalid": "structure",
  "cms-malformed": "structure",
  "cms-signers": "structure",
  "cms-content": "structure",
  "cms-attributes": "structure",
  "cms-content-type": "structure",
  "cms-digest-missing": "structure",
  "signature-invalid": "forged",
  "signing-certificate-mismatch": "forged",
  "algorithm-mismatch": "forged",
  untrusted: "untrusted",
  "path-invalid": "untrusted",
  "no-trust-anchors": "nobody-trusted",
  "revocation-unknown": "revocation",
  "revoked-no-proof": "unproven",
  "expired-no-proof": "unproven",
};

/** What is wrong and what to do, in plain words, each thing once and the most important first. */
export function causesOf(reasons: readonly PdfReason[], locale: Locale): readonly ReportText[] {
  const { causes } = reportWords(locale);
  const texts = reasons.map((reason) => {
    const cause = CAUSE_OF[reason];
    return cause === undefined ? reasonText(reason, locale) : causes[cause];
  });
  return [...new Map(texts.map((text) => [text.means, text])).values()];
}

/** The words of a reason; newer reports may have reasons that are not known here. */
export function reasonText(reason: PdfReason, locale: Locale): ReportText {
  return REPORT_TEXTS[locale].reasons[reason] ?? { means: reason, do: "" };
}

/** The words of any other value; newer reports may have values that are not known here. */
export function valueText<Section extends Exclude<keyof ReportTexts, "reasons" | "documentVerdicts">>(
  section: Section,
  value: keyof ReportTexts[Section] & string,
  locale: Locale,
): string {
  const texts: Readonly<Record<string, string>> = REPORT_TEXTS[locale][section];
  return sentence(texts[value] ?? value);
}

/** Begins with a capital letter, as it stands alone. */
function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
