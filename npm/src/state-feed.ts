// Hands states to any number of async iterators.

/** The latest state, and those on the way to whoever iterates. */
export class StateFeed<State extends { readonly state: string }> {
  private readonly readers = new Set<Reader<State>>();
  private closed = false;

  constructor(private latest: State) {}

  get current(): State {
    return this.latest;
  }

  push(state: State): void {
    if (this.closed) return;
    this.latest = state;
    for (const reader of this.readers) reader.push(state);
  }

  /** No state follows. Iterators end after what they still have. */
  close(): void {
    this.closed = true;
    for (const reader of this.readers) reader.close();
    this.readers.clear();
  }

  /** Iterates from the current state on. */
  iterate(): AsyncIterator<State> {
    const reader = new Reader<State>(() => this.readers.delete(reader));
    reader.push(this.latest);
    if (this.closed) reader.close();
    else this.readers.add(reader);
    return reader;
  }
}

class Reader<State extends { readonly state: string }> implements AsyncIterator<State> {
  private queue: State[] = [];
  private closed = false;
  private readonly waiting: ((result: IteratorResult<State>) => void)[] = [];

  constructor(private readonly leave: () => void) {}

  push(state: State): void {
    const waiting = this.waiting.shift();
    if (waiting) {
      waiting({ done: false, value: state });
      return;
    }
    // A slow reader gets the newest frame of a code, not a backlog of dead ones.
    const last = this.queue[this.queue.length - 1];
    if (last?.state === state.state) this.queue.pop();
    this.queue.push(state);
  }

  close(): void {
    this.closed = true;
    for (const waiting of this.waiting.splice(0)) waiting({ done: true, value: undefined });
  }

  next(): Promise<IteratorResult<State>> {
    const value = this.queue.shift();
    if (value) return Promise.resolve({ done: false, value });
    if (this.closed) return Promise.resolve({ done: true, value: undefined });
    return new Promise((resolve) => this.waiting.push(resolve));
  }

  return(): Promise<IteratorResult<State>> {
    this.queue = [];
    this.close();
    this.leave();
    return Promise.resolve({ done: true, value: undefined });
  }
}
