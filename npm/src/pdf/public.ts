// What every entry to PDFs gives out besides its functions.

export type { DocumentLayout, DocumentWork, SealChoice, SealedDocument } from "../documents.js";
export type { ScanSealErrorOptions } from "../errors.js";
export { isErrorCode, ScanSealError } from "../errors.js";
export type { ScanSealErrorCode } from "../generated/error-codes.js";
export type { WasmSource } from "../wasm-source.js";
export { MAX_PDF_BYTES } from "./input.js";
export type {
  DocumentToSeal,
  FindKeywordOptions,
  FinishSealOptions,
  InitPdfOptions,
  KeywordHit,
  PageRange,
  PdfInput,
  PdfModule,
  PdfOptions,
  PdfProgress,
  PemOrDer,
  PreparedSeal,
  PrepareSealOptions,
  SealDocumentsOptions,
  SealOptions,
  SealPlace,
  VerifyPdfOptions,
} from "./options.js";
export type {
  PdfChange,
  PdfChangeClass,
  PdfChangeLevel,
  PdfCheck,
  PdfCheckId,
  PdfDocumentReport,
  PdfFact,
  PdfFinding,
  PdfImpression,
  PdfReason,
  PdfRect,
  PdfReport,
  PdfRevision,
  PdfSignatureReport,
  PdfSigner,
  PdfSubIndication,
  PdfVerdict,
} from "./report.js";
