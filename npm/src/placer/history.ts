// Undo and redo.

/** Steps that are kept: more than anybody takes back. */
const MAX_STEPS = 200;

/** A value with its past and its undone future. */
export class History<Value> {
  private past: Value[] = [];
  private future: Value[] = [];
  private group: string | undefined;

  constructor(private current: Value) {}

  get value(): Value {
    return this.current;
  }

  get canUndo(): boolean {
    return this.past.length > 0;
  }

  get canRedo(): boolean {
    return this.future.length > 0;
  }

  /** A new value. Steps of one group that follow each other are taken back at once, such as a key held down. */
  commit(value: Value, group?: string): void {
    if (group === undefined || group !== this.group) this.past = [...this.past.slice(1 - MAX_STEPS), this.current];
    this.group = group;
    this.future = [];
    this.current = value;
  }

  /** Ends the group: the next step is one of its own. */
  seal(): void {
    this.group = undefined;
  }

  undo(): boolean {
    return this.step(this.past, this.future);
  }

  redo(): boolean {
    return this.step(this.future, this.past);
  }

  /** A value from outside: nothing before it can be taken back. */
  reset(value: Value): void {
    this.current = value;
    this.past = [];
    this.future = [];
    this.group = undefined;
  }

  private step(from: Value[], to: Value[]): boolean {
    const value = from.pop();
    if (value === undefined) return false;
    to.push(this.current);
    this.current = value;
    this.group = undefined;
    return true;
  }
}
