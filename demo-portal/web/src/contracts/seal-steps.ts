/** How far a sealing is, from what the scan and the documents tell. Pure. */
import type { ScanState } from "scanseal";
import type { WorkEvent } from "./watched-work";

/** What people see happening, in order. */
export const STEPS = ["scan", "choose", "prepare", "check", "sign", "upload", "done"] as const;
export type SealStep = (typeof STEPS)[number];

/** Where it is, and how much of that step is done if that can be told. */
export interface SealProgress {
  readonly step: SealStep;
  /** Documents that are laid out, of `total`. */
  readonly prepared: number;
  readonly total: number;
  /** How much of the originals the phone has fetched, from 0 to 1; 0 if it does not look at them. */
  readonly fetched: number;
  /** The phone as it calls itself. */
  readonly phone: string | null;
}

/** Nobody has scanned yet. */
export function begun(total: number): SealProgress {
  return { step: "scan", prepared: 0, total, fetched: 0, phone: null };
}

/** A new state of the scan. */
export function afterState(progress: SealProgress, state: ScanState): SealProgress {
  switch (state.state) {
    case "connecting":
    case "waiting":
    case "expired":
      return begun(progress.total);
    case "scanned":
    case "reviewing":
    case "choosing-certificate": {
      const phone = state.phone.device || state.phone.app;
      // What the phone shows and what the page lays out overlap: the line never goes back.
      return { ...progress, phone, step: later(progress.step, "choose") };
    }
    case "entering-pin":
    case "signing":
      return { ...progress, step: later(progress.step, "sign") };
    case "submitting":
      return { ...progress, step: later(progress.step, "upload") };
    case "done":
      return { ...progress, step: "done" };
    case "failed":
      return progress;
  }
}

/** News of the documents. */
export function afterWork(progress: SealProgress, event: WorkEvent): SealProgress {
  switch (event.what) {
    case "chosen":
      return { ...progress, step: "prepare", prepared: 0, fetched: 0 };
    case "prepared": {
      const step = event.count >= progress.total ? later(progress.step, "check") : progress.step;
      return { ...progress, prepared: event.count, step };
    }
    case "fetched":
      return { ...progress, fetched: Math.max(progress.fetched, event.share) };
    case "finished":
      return { ...progress, step: later(progress.step, "upload") };
  }
}

function later(one: SealStep, other: SealStep): SealStep {
  return STEPS.indexOf(one) > STEPS.indexOf(other) ? one : other;
}
