/** The files being checked: one after the other, since each is held in memory while it is. */
import type { PdfReport } from "scanseal/pdf";
import { MOST_FILES, type Refusal, refusalOf, type Taken } from "./intake";

/** One file, and how far it is. */
export interface Check {
  readonly id: number;
  readonly name: string;
  readonly size: number;
  /** None for a folder without PDFs. */
  readonly file: Blob | null;
  readonly password?: string;
  readonly state:
    | { readonly at: "waiting" }
    | { readonly at: "checking"; readonly progress: number }
    | { readonly at: "done"; readonly report: PdfReport }
    | { readonly at: "refused"; readonly why: Refusal }
    /** The engine itself did not come; trying again may help. */
    | { readonly at: "broken"; readonly code: string };
}

/** Checks one file. */
export type Verify = (
  file: Blob,
  options: { password: string | undefined; signal: AbortSignal; progress: (share: number) => void },
) => Promise<PdfReport>;

/** A list of checks that works itself off. `changed` is called after each change. */
export class Checks {
  all: readonly Check[] = [];
  #next = 1;
  #running: { id: number; stop: AbortController } | null = null;

  constructor(
    private readonly verify: Verify,
    private readonly changed: () => void,
    private readonly codeOf: (error: unknown) => string,
  ) {}

  /** Adds what was chosen, newest last; `empty` are folders in which there was nothing to check. */
  add(files: readonly Taken[], empty: readonly string[] = []): void {
    const room = Math.max(0, MOST_FILES - this.all.length);
    const added = [
      ...empty.map((name) => this.#made(name, null, "no-pdf-inside")),
      ...files.map(({ name, file }, at) => this.#made(name, file, at < room ? null : "too-many")),
    ];
    this.all = [...this.all, ...added];
    this.changed();
    void this.#work();
  }

  /** Takes a file off the list, and stops its check. */
  remove(id: number): void {
    if (this.#running?.id === id) this.#running.stop.abort();
    this.all = this.all.filter((check) => check.id !== id);
    this.changed();
  }

  /** Takes all files off the list. */
  clear(): void {
    for (const { id } of this.all) this.remove(id);
  }

  /** Checks a file once more, with a password if it needs one. */
  again(id: number, password?: string): void {
    this.#set(id, { state: { at: "waiting" }, ...(password !== undefined && { password }) });
    void this.#work();
  }

  /** Checks everything once more: there is something else to judge by. */
  renew(): void {
    if (this.#running) this.#running.stop.abort();
    for (const { id, state } of this.all) if (state.at !== "refused") this.#set(id, { state: { at: "waiting" } });
    void this.#work();
  }

  #made(name: string, file: Blob | null, why: Refusal | null): Check {
    const id = this.#next;
    this.#next += 1;
    const state = why === null ? ({ at: "waiting" } as const) : ({ at: "refused", why } as const);
    return { id, name, size: file?.size ?? 0, file, state };
  }

  async #work(): Promise<void> {
    if (this.#running) return;
    for (;;) {
      const check = this.all.find(({ state }) => state.at === "waiting");
      if (check === undefined) return;
      const stop = new AbortController();
      this.#running = { id: check.id, stop };
      this.#set(check.id, { state: { at: "checking", progress: 0 } });
      const state = await this.#outcome(check, stop.signal);
      this.#running = null;
      // One that was stopped is gone from the list, or waits to be checked anew.
      if (!stop.signal.aborted) this.#set(check.id, { state });
    }
  }

  async #outcome({ id, file, password }: Check, signal: AbortSignal): Promise<Check["state"]> {
    if (file === null) return { at: "refused", why: "no-pdf-inside" };
    const why = await refusalOf(file);
    if (why !== null) return { at: "refused", why };
    const progress = (share: number): void => {
      if (!signal.aborted) this.#set(id, { state: { at: "checking", progress: share } });
    };
    try {
      return { at: "done", report: await this.verify(file, { password, signal, progress }) };
    } catch (error) {
      return { at: "broken", code: this.codeOf(error) };
    }
  }

  #set(id: number, change: Partial<Check>): void {
    this.all = this.all.map((check) => (check.id === id ? { ...check, ...change } : check));
    this.changed();
  }
}

/** How many files came to what. */
export function tally(checks: readonly Check[]): { busy: number; good: number; bad: number; open: number } {
  const counts = { busy: 0, good: 0, bad: 0, open: 0 };
  for (const { state } of checks) {
    if (state.at === "waiting" || state.at === "checking") counts.busy += 1;
    else if (state.at !== "done") counts.open += 1;
    else {
      const { verdict } = state.report.document;
      if (verdict === "passed" || verdict === "passed-with-later-changes") counts.good += 1;
      else if (verdict === "failed") counts.bad += 1;
      else counts.open += 1;
    }
  }
  return counts;
}
