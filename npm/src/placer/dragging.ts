// Seals under the pointer: from the palette onto a page, and from place to place.

import type { Frame } from "../viewer/page.js";
import type { Desk } from "./desk.js";
import type { Impression, ShownHit } from "./impressions.js";
import type { PageScroller } from "./scroller.js";

/** Pixels that the pointer moves before a press becomes a drag. */
const THRESHOLD = 4;
/** Pixels from a keyword's middle in which it holds a seal. */
const REACH = 18;

/** What is being dragged, for those who draw it. */
export interface DragPicture {
  /** Where the pointer is, when the seal is over no page. */
  readonly ghost: { readonly x: number; readonly y: number } | undefined;
  readonly hit: ShownHit | undefined;
  readonly impression: Impression | undefined;
}

interface Held {
  readonly pointer: number;
  readonly impression: Impression | undefined;
  /** From the pointer to the lower left corner of the frame, in points. */
  readonly grip: { readonly x: number; readonly y: number };
  readonly start: { readonly x: number; readonly y: number };
  last: { x: number; y: number };
  moving: boolean;
}

/** Follows one pointer. */
export class Dragging {
  picture: DragPicture | undefined;
  private held: Held | undefined;
  private frame: number | undefined;

  constructor(
    private readonly desk: Desk,
    private readonly scroller: PageScroller,
    /** Takes the pointer, so that nothing else is pointed at meanwhile. */
    private readonly base: () => HTMLElement | undefined,
    /** Is called when a press has become a drag. */
    private readonly onStart: () => void,
    /** Is called when it was dropped on a page. */
    private readonly onDropped: () => void,
  ) {}

  /** Something is pressed: an impression, or the seal of the palette. */
  press(event: PointerEvent, impression: Impression | undefined): void {
    if (event.button !== 0 || this.held !== undefined) return;
    const at = { x: event.clientX, y: event.clientY };
    const spot = this.scroller.locate(at.x, at.y, impression?.page);
    const { width, height } = impression?.frame ?? this.desk.seal;
    const grip =
      impression === undefined || spot === undefined
        ? { x: width / 2, y: height / 2 }
        : { x: spot.point.x - impression.frame.x, y: spot.point.y - impression.frame.y };
    this.held = { pointer: event.pointerId, impression, grip, start: at, last: at, moving: false };
    // Of the window: the pointer may be let go anywhere.
    window.addEventListener("pointermove", this.move);
    window.addEventListener("pointerup", this.release);
    window.addEventListener("pointercancel", this.release);
    window.addEventListener("keydown", this.key, true);
  }

  /** Gives up; everything is as before. */
  readonly cancel = (): void => {
    if (this.held?.moving) this.desk.drop(false);
    this.end();
  };

  private readonly move = (event: PointerEvent): void => {
    const { held } = this;
    if (held === undefined || event.pointerId !== held.pointer) return;
    held.last = { x: event.clientX, y: event.clientY };
    const far = Math.hypot(held.last.x - held.start.x, held.last.y - held.start.y) >= THRESHOLD;
    if (!held.moving && !far) return;
    if (!held.moving) {
      held.moving = true;
      // Not sooner: a press that is no drag stays a click of what was pressed.
      this.base()?.setPointerCapture?.(held.pointer);
      this.onStart();
      this.frame = requestAnimationFrame(this.follow);
    }
    this.show();
  };

  private readonly release = (event: PointerEvent): void => {
    const { held } = this;
    if (held === undefined || event.pointerId !== held.pointer) return;
    const kept = event.type === "pointerup" && this.picture?.ghost === undefined;
    if (held.moving) this.desk.drop(kept);
    this.end();
    if (held.moving && kept) this.onDropped();
  };

  private readonly key = (event: KeyboardEvent): void => {
    if (event.key !== "Escape") return;
    event.stopPropagation();
    this.cancel();
  };

  /** Scrolls on as long as the seal is held at an edge. */
  private readonly follow = (): void => {
    const { held } = this;
    if (held === undefined) return;
    if (this.scroller.scrollAtEdge(held.last.x, held.last.y)) this.show();
    this.frame = requestAnimationFrame(this.follow);
  };

  private show(): void {
    const { held } = this;
    if (held === undefined) return;
    const { impression, grip, last } = held;
    const bound = impression !== undefined && this.desk.isBoundToPages(impression);
    const spot = this.scroller.locate(last.x, last.y, bound ? impression.page : undefined);
    const nowhere = spot === undefined || (impression === undefined && !spot.inside);
    if (nowhere) {
      this.desk.drop(false);
      this.picture = { ghost: last, hit: undefined, impression };
      return;
    }
    const { width, height } = impression?.frame ?? this.desk.seal;
    const target: Frame = { x: spot.point.x - grip.x, y: spot.point.y - grip.y, width, height };
    const hit = this.desk.drag(impression, spot.page, target, REACH / this.scroller.pixelsPerPoint);
    this.picture = { ghost: undefined, hit, impression };
  }

  private end(): void {
    const base = this.base();
    if (this.held !== undefined && base?.hasPointerCapture?.(this.held.pointer)) {
      base.releasePointerCapture(this.held.pointer);
    }
    window.removeEventListener("pointermove", this.move);
    window.removeEventListener("pointerup", this.release);
    window.removeEventListener("pointercancel", this.release);
    window.removeEventListener("keydown", this.key, true);
    if (this.frame !== undefined) cancelAnimationFrame(this.frame);
    this.held = undefined;
    this.picture = undefined;
    this.desk.drop(false);
  }
}
