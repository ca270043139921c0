// Pictures of pages: made in the order in which they are wanted, stopped when nobody looks any more.

import type { ViewerDocument } from "../viewer/document.js";

/** How many are drawn at once: one is drawn while the worker prepares the next. */
const AT_ONCE = 2;

/** A picture that is wanted. */
export interface Wanted {
  /** What it is for; there is one picture for each. */
  readonly key: string;
  readonly page: number;
  readonly pixelsPerPoint: number;
}

interface Picture {
  readonly canvas: HTMLCanvasElement;
  readonly pixelsPerPoint: number;
}

/** Draws the pages of one document. */
export class Painter {
  private wanted: readonly Wanted[] = [];
  private readonly pictures = new Map<string, Picture>();
  private readonly running = new Map<string, { readonly scale: number; readonly stop: AbortController }>();
  private readonly failed = new Set<string>();

  constructor(
    private readonly document: ViewerDocument,
    /** Is called when there is a new picture. */
    private readonly onPicture: () => void,
  ) {}

  /** Says what is seen, the most important first. Everything else is stopped and forgotten. */
  want(wanted: readonly Wanted[]): void {
    this.wanted = wanted;
    const kept = new Map(wanted.map((each) => [each.key, each.pixelsPerPoint]));
    for (const [key, { scale, stop }] of this.running) {
      if (kept.get(key) !== scale) stop.abort();
    }
    for (const [key, { canvas }] of this.pictures) {
      if (kept.has(key)) continue;
      this.pictures.delete(key);
      // Safari keeps the memory of a canvas until it is collected, unless it is empty.
      canvas.width = 0;
      canvas.height = 0;
    }
    this.startNext();
  }

  /** The picture as it is: at an older scale as long as the new one is being made. */
  picture(key: string): HTMLCanvasElement | undefined {
    return this.pictures.get(key)?.canvas;
  }

  /** Whether the page could not be drawn. */
  hasFailed(key: string): boolean {
    return this.failed.has(key);
  }

  /** Stops everything. */
  close(): void {
    this.want([]);
  }

  private startNext(): void {
    for (const each of this.wanted) {
      if (this.running.size >= AT_ONCE) return;
      const there = this.pictures.get(each.key)?.pixelsPerPoint === each.pixelsPerPoint;
      if (there || this.running.has(each.key) || this.failed.has(each.key)) continue;
      void this.draw(each);
    }
  }

  private async draw({ key, page, pixelsPerPoint }: Wanted): Promise<void> {
    const stop = new AbortController();
    this.running.set(key, { scale: pixelsPerPoint, stop });
    const canvas = document.createElement("canvas");
    try {
      await this.document.render(page, canvas, pixelsPerPoint, stop.signal);
      if (!stop.signal.aborted) {
        this.pictures.set(key, { canvas, pixelsPerPoint });
        this.onPicture();
      }
    } catch {
      // One page that cannot be drawn shows that by itself; the others are fine.
      if (!stop.signal.aborted) {
        this.failed.add(key);
        this.onPicture();
      }
    } finally {
      this.running.delete(key);
      this.startNext();
    }
  }
}
