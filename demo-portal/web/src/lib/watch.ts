/** Asks again what others may have changed, for as long as somebody is there to see it. */
import { asApiError } from "./api";

/** Between two looks, in milliseconds: soon enough for two people on the telephone, and no burden for the server. */
export const EVERY = 15_000;
/** At most so long between two tries when they fail, in milliseconds. */
export const LONGEST = 240_000;
/** A page that nobody has touched for so long is not read, in milliseconds. Asking on would keep the session of an empty desk alive. */
export const UNTOUCHED = 600_000;
/** Whoever has typed within this time is still typing, in milliseconds. */
export const TYPING = 5_000;
/** Coming back to a page fires several events at once, in milliseconds. */
const TOGETHER = 1_000;

const TOUCHES = ["pointerdown", "pointermove", "keydown", "scroll"] as const;

/** One thing that is looked at. Failures of the server make it look less often; any other fault of `look` goes on up. */
export class Watch {
  readonly #look: () => Promise<void>;
  readonly #free: () => boolean;
  #running = false;
  #looking = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #failures = 0;
  /** Moments, by the page's own clock, which nobody sets. */
  #looked = 0;
  #touched = 0;
  #typed = Number.NEGATIVE_INFINITY;
  #notBefore = 0;

  /** `free` says whether what is shown may change just now. */
  constructor(look: () => Promise<void>, free: () => boolean = () => true) {
    this.#look = look;
    this.#free = free;
  }

  /** Looks from now on; the first time after the usual pause, since the page has just been fetched. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    this.#looked = this.#touched = performance.now();
    document.addEventListener("visibilitychange", this.#back);
    for (const name of ["focus", "online"]) window.addEventListener(name, this.#back);
    for (const name of TOUCHES) window.addEventListener(name, this.#touch, { capture: true, passive: true });
    window.addEventListener("input", this.#type, { capture: true });
    this.#plan();
  }

  stop(): void {
    this.#running = false;
    clearTimeout(this.#timer);
    document.removeEventListener("visibilitychange", this.#back);
    for (const name of ["focus", "online"]) window.removeEventListener(name, this.#back);
    for (const name of TOUCHES) window.removeEventListener(name, this.#touch, { capture: true });
    window.removeEventListener("input", this.#type, { capture: true });
  }

  readonly #back = (): void => {
    if (!hidden()) this.#touched = performance.now();
    if (hidden() || this.#touched - this.#looked < TOGETHER) this.#plan();
    else void this.#now();
  };

  readonly #touch = (): void => {
    const now = performance.now();
    const asleep = now - this.#touched >= UNTOUCHED;
    this.#touched = now;
    if (asleep) void this.#now();
  };

  readonly #type = (): void => {
    this.#typed = performance.now();
  };

  #plan(): void {
    clearTimeout(this.#timer);
    if (!this.#running || hidden()) return;
    const pause = Math.min(EVERY * 2 ** this.#failures, LONGEST);
    this.#timer = setTimeout(() => void this.#now(), Math.max(pause, this.#notBefore - performance.now()));
  }

  async #now(): Promise<void> {
    const now = performance.now();
    if (!this.#running || this.#looking || hidden() || now - this.#touched >= UNTOUCHED) return;
    if (now < this.#notBefore || now - this.#typed < TYPING || occupied() || !this.#free()) return this.#plan();
    this.#looking = true;
    this.#looked = now;
    try {
      await this.#look();
      this.#failures = 0;
    } catch (error) {
      const { retryAfter = 0 } = asApiError(error);
      this.#failures += 1;
      this.#notBefore = performance.now() + retryAfter * 1000;
    } finally {
      this.#looking = false;
      this.#plan();
    }
  }
}

/** A question is open, or a code waits for a phone: nothing changes behind it. */
function occupied(): boolean {
  return document.querySelector("dialog[open], scanseal-qr") !== null;
}

function hidden(): boolean {
  return document.visibilityState !== "visible";
}
