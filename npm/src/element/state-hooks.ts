// Shows the state to style sheets: `:state(waiting)`, and `data-state="waiting"` for browsers without it.

import type { ScanState } from "../states.js";

/** The custom states of one element. */
export class StateHooks {
  private readonly internals: ElementInternals | undefined;

  constructor(private readonly host: HTMLElement) {
    // Safari before 16.4 has none.
    this.internals = typeof host.attachInternals === "function" ? host.attachInternals() : undefined;
  }

  show(state: ScanState): void {
    this.host.dataset.state = state.state;
    const states = this.internals?.states;
    if (states === undefined) return;
    const names = [state.state as string];
    if ("reconnecting" in state && state.reconnecting) names.push("reconnecting");
    if ("phoneAway" in state && state.phoneAway) names.push("phone-away");
    try {
      states.clear();
      for (const name of names) states.add(name);
    } catch {
      // Chromium before 125 takes names with two leading dashes only; such browsers have `data-state`.
    }
  }
}
