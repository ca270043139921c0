// What assistive technology is told, and when: each new state once, and the time left at two moments only.

import type { Messages } from "../i18n/messages.js";
import type { ScanState } from "../states.js";
import { spaced } from "./view.js";

/** Seconds left at which the countdown is spoken, the later one first. */
const SPOKEN_SECONDS = [10, 60] as const;

/** Remembers what was said, so that the live region changes only when there is something to say. */
export class Announcer {
  private said = "";
  private lastState: string | undefined;
  private spokenAt = Number.POSITIVE_INFINITY;

  /** The text of the live region now. */
  announce(state: ScanState, secondsLeft: number, messages: Messages): string {
    if (state.state !== this.lastState) {
      this.lastState = state.state;
      this.spokenAt = Number.POSITIVE_INFINITY;
      this.said = sentenceFor(state, messages);
    } else if (state.state === "waiting") {
      const mark = SPOKEN_SECONDS.find((seconds) => secondsLeft <= seconds);
      if (mark !== undefined && mark < this.spokenAt) {
        this.spokenAt = mark;
        this.said = messages.secondsLeft(mark);
      }
    }
    return this.said;
  }
}

function sentenceFor(state: ScanState, messages: Messages): string {
  switch (state.state) {
    case "connecting":
      return messages.connecting;
    case "waiting":
      return messages.ready;
    case "expired":
      return messages.expired;
    case "submitting":
      return messages.submitting;
    case "done":
      return messages.done;
    case "failed":
      // Said by the alert that shows it.
      return "";
    case "scanned":
      return `${messages.scannedBy(state.phone.device)} ${messages.checkNumber} ${spaced(state.checkNumber)}`;
    default:
      return messages.step[state.state];
  }
}
