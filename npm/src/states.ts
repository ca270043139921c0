// What a scan can be in, as one union discriminated by `state`.

import type { ScanSealError } from "./errors.js";

/** A QR code ready to be drawn. */
export interface QrPicture {
  /** Modules a side, without the quiet zone of 4 modules that every reader needs around it. */
  readonly size: number;
  /** The dark modules as SVG path data, one module being one unit. Draw it dark on white, in dark pages too. */
  readonly path: string;
  /** The text in the code. A link to it opens the phone app when page and app are on the same device. */
  readonly text: string;
}

/** The phone that scanned, as it calls itself. Shown to the user, proven to nobody. */
export interface PhoneName {
  readonly app: string;
  readonly device: string;
}

/** Where the person at the phone is. */
export type ScanStep = "reviewing" | "choosing-certificate" | "entering-pin" | "signing";

/** What every state with an open session tells. */
export interface SessionFacts {
  /** When the session ends, on the clock of `performance.now()`. */
  readonly expiresAt: number;
  /** The connection to the relay is being made again; nothing is lost. */
  readonly reconnecting: boolean;
}

/** What every state with a phone tells. */
export interface PhoneFacts extends SessionFacts {
  readonly phone: PhoneName;
  /** Four digits; the phone shows the same ones. */
  readonly checkNumber: string;
  /** The phone cannot be reached at the moment: locked, or its app in the background. */
  readonly phoneAway: boolean;
}

/** The request is being fetched, or the session being opened. */
export interface ConnectingState {
  readonly state: "connecting";
}

/** The code is shown. A new `waiting` state comes with every frame, each few seconds. */
export interface WaitingState extends SessionFacts {
  readonly state: "waiting";
  readonly code: QrPicture;
}

/** Nobody scanned in time. The scan goes on after `refresh()`. */
export interface ExpiredState {
  readonly state: "expired";
}

/** A phone has scanned; then, step by step, what its user does. */
export interface ScannedState extends PhoneFacts {
  readonly state: "scanned" | ScanStep;
}

/** The signed answer has been checked here and is with the platform. */
export interface SubmittingState extends PhoneFacts {
  readonly state: "submitting";
}

/** The platform has accepted. */
export interface DoneState<Result> {
  readonly state: "done";
  readonly result: Result;
}

/** The scan is over without success. */
export interface FailedState {
  readonly state: "failed";
  readonly error: ScanSealError;
}

/** The state of a scan. `done` and `failed` are final. */
export type ScanState<Result = unknown> =
  | ConnectingState
  | WaitingState
  | ExpiredState
  | ScannedState
  | SubmittingState
  | DoneState<Result>
  | FailedState;
