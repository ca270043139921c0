// How often somebody may try: a bucket of tries per key that fills up again with time.

import { Problem } from "./problem.js";

/** Keys a limit holds before it forgets those that have fully recovered. */
const KEYS_BEFORE_CLEANING = 10_000;

export class RateLimit {
  /** @type {Map<string, number>} When the bucket of a key will be full again, in milliseconds. */
  #full = new Map();
  #burst;
  #every;

  /**
   * @param {number} burst Tries at once.
   * @param {number} every Milliseconds after which one more is allowed.
   */
  constructor(burst, every) {
    this.#burst = burst;
    this.#every = every;
  }

  /**
   * Counts a try.
   *
   * @param {string} key
   * @throws {Problem} 429 `rate-limited` with the seconds to wait.
   */
  check(key) {
    const now = performance.now();
    if (this.#full.size > KEYS_BEFORE_CLEANING) this.#clean(now);
    const full = Math.max(this.#full.get(key) ?? 0, now) + this.#every;
    const wait = full - now - this.#burst * this.#every;
    if (wait > 0) {
      const seconds = Math.ceil(wait / 1000);
      throw new Problem(429, "rate-limited", `Too many tries. Wait ${seconds} seconds.`, { retryAfter: seconds });
    }
    this.#full.set(key, full);
  }

  /** @param {number} now */
  #clean(now) {
    for (const [key, full] of this.#full) if (full <= now) this.#full.delete(key);
  }
}

/** Guessing one account's password takes years; who mistypes is not locked out for long. */
export const passwordPerAccount = new RateLimit(5, 60_000);
/** An office behind one address logs in at nine o'clock. */
export const passwordPerAddress = new RateLimit(30, 2_000);
/** Pages of a whole office renew their codes every three minutes. */
export const scanPerAddress = new RateLimit(300, 200);
