// What every entry of the package offers, however its WebAssembly is loaded.

export type { DocumentLayout, DocumentWork, SealChoice, SealedDocument } from "./documents.js";
export type { InitOptions, WasmSource } from "./engine.js";
export type { ErrorTextValues, Locale } from "./error-text.js";
export { errorText } from "./error-text.js";
export type { ScanSealErrorOptions } from "./errors.js";
export { isErrorCode, ScanSealError } from "./errors.js";
export type { ErrorFacts, ScanSealErrorCode } from "./generated/error-codes.js";
export type { ErrorText } from "./generated/error-texts.js";
export type { CallContext, GetDocuments, Scan, ScanAnswer, ScanOptions, ScanRequest } from "./scan.js";
export type {
  ConnectingState,
  DoneState,
  ExpiredState,
  FailedState,
  PhoneFacts,
  PhoneName,
  QrPicture,
  ScannedState,
  ScanState,
  ScanStep,
  SessionFacts,
  SubmittingState,
  WaitingState,
} from "./states.js";
export { VERSION } from "./version.js";
