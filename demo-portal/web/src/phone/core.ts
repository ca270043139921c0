/** The page's handle on the core worker: calls with answers, and the scan's events. */
import type { Answer, Call, CoreEvent, Failure, FromCore, FromPage, Holdings } from "./core-types";

/** A call that the core refused. */
export class CoreError extends Error {
  readonly failure: Failure;

  constructor(failure: Failure) {
    super(failure.detail ?? failure.code);
    this.name = "CoreError";
    this.failure = failure;
  }
}

/** Starts the worker; `listener` hears what happens in a scan. */
export class Core {
  readonly #worker = new Worker(new URL("./core-worker.ts", import.meta.url), { type: "module" });
  readonly #open = new Map<number, (answer: Answer) => void>();
  #next = 0;

  constructor(listener: (event: CoreEvent, scan: number) => void) {
    this.#worker.onmessage = ({ data }: MessageEvent<FromCore>) => {
      if ("event" in data) return listener(data.event, data.scan);
      this.#open.get(data.id)?.(data.answer);
      this.#open.delete(data.id);
    };
    // A worker that cannot start or dies answers nothing more: every open call fails now, not never.
    this.#worker.onerror = (event) => {
      for (const answer of this.#open.values()) answer({ failure: { code: "internal", detail: event.message } });
      this.#open.clear();
    };
  }

  /** Asks the core; resolves with what it holds afterwards. */
  async ask(call: Call): Promise<Holdings> {
    const id = this.#next++;
    const answer = await new Promise<Answer>((resolve) => {
      this.#open.set(id, resolve);
      this.#worker.postMessage({ id, call } satisfies FromPage);
    });
    if ("failure" in answer) throw new CoreError(answer.failure);
    return answer;
  }
}
