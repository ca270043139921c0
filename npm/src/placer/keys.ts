// What keys do.

import type { Desk } from "./desk.js";
import { POINTS_PER_MM } from "./geometry.js";
import type { Impression } from "./impressions.js";
import type { Actions } from "./view-model.js";

/** How far an arrow key moves a seal, in millimetres; with Shift ten times as far. */
const STEP_MM = 1;
const ARROWS: Readonly<Record<string, readonly [x: number, y: number]>> = {
  ArrowLeft: [-1, 0],
  ArrowRight: [1, 0],
  ArrowUp: [0, 1],
  ArrowDown: [0, -1],
};

/** Keys on a seal: arrows move it, Page Up and Down turn the page, Delete removes it. */
export function onSealKey(event: KeyboardEvent, impression: Impression, desk: Desk, actions: Actions): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const arrow = ARROWS[event.key];
  if (arrow !== undefined) {
    const step = STEP_MM * POINTS_PER_MM * (event.shiftKey ? 10 : 1);
    desk.nudge(impression, arrow[0] * step, arrow[1] * step);
    actions.show(impression.place);
  } else if (event.key === "PageUp" || event.key === "PageDown") {
    const page = desk.turnTo(impression, impression.page + (event.key === "PageUp" ? -1 : 1));
    if (page !== undefined) actions.show(impression.place);
  } else if (event.key === "Delete" || event.key === "Backspace") {
    actions.remove(impression.place);
  } else {
    return;
  }
  event.preventDefault();
  event.stopPropagation();
}

/** Keys anywhere: undo and redo, unless text is being typed. */
export function onBaseKey(event: KeyboardEvent, actions: Actions): void {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || isTyping(event)) return;
  const key = event.key.toLowerCase();
  if (key === "z") (event.shiftKey ? actions.redo : actions.undo)();
  else if (key === "y") actions.redo();
  else return;
  event.preventDefault();
}

/** Keys on the small pages; the page to go to. */
export function onThumbnailKey(event: KeyboardEvent, count: number): number | undefined {
  const page = Number((event.target as HTMLElement).dataset.page ?? 0);
  const target = { ArrowUp: page - 1, ArrowDown: page + 1, Home: 1, End: count }[event.key];
  if (target === undefined || page === 0) return undefined;
  event.preventDefault();
  return Math.max(1, Math.min(count, target));
}

function isTyping(event: Event): boolean {
  const [target] = event.composedPath();
  return target instanceof HTMLInputElement && !["range", "radio", "checkbox"].includes(target.type);
}
