// Pictures of seals: the page around an impression, drawn when it comes into view.

import type { PdfRect } from "../pdf/report.js";
import type { ViewerDocument } from "../viewer/document.js";
import { toShown } from "../viewer/page.js";
import type { Versions } from "./versions.js";

/** Of the longer side of an impression, so much is shown around it. */
const MARGIN = 0.12;
/** Of the longer side of a picture, so many pixels on a plain screen: twice what is shown, so that paper has enough too. */
const SIDE = 240;
/** Pixels to a point at most: more makes a tiny impression no clearer. */
const MAX_SCALE = 4;
/** Draws what is so near to the visible part of the page, so that scrolling meets no empty frames. */
const NEAR = "300px";
/** So many of those far away are drawn as well, when nothing else is to do: browsers print without waiting for pictures. */
const MAX_FAR = 60;
/** Milliseconds in which nothing was drawn. */
const IDLE = 150;

interface Place {
  readonly revision: number | null;
  readonly page: number;
  readonly rect: PdfRect;
}

/** Draws every `canvas[data-crop]` of a root once. */
export class Crops {
  private versions: Versions | undefined;
  private readonly drawing = new Set<Promise<unknown>>();
  private readonly drawn = new WeakSet<HTMLCanvasElement>();
  private readonly watch: IntersectionObserver | undefined;
  private later: ReturnType<typeof setTimeout> | undefined;
  private far = 0;
  private root: ParentNode | undefined;

  constructor() {
    if (typeof IntersectionObserver === "undefined") return;
    this.watch = new IntersectionObserver(
      (entries) => {
        for (const { isIntersecting, target } of entries) {
          if (isIntersecting) this.drawOnce(target as HTMLCanvasElement);
        }
      },
      { rootMargin: NEAR },
    );
  }

  /** Looks for canvases that are new. */
  update(root: ParentNode, versions: Versions | undefined): void {
    const again = versions !== this.versions;
    if (again) this.far = 0;
    this.versions = versions;
    this.root = root;
    if (versions === undefined) return;
    for (const canvas of root.querySelectorAll<HTMLCanvasElement>("canvas[data-crop]")) {
      // What could not be drawn of a document that was closed, or without its password, may be drawn now.
      if (again && !canvas.classList.contains("ready")) this.forget(canvas);
      if (this.drawn.has(canvas)) continue;
      if (this.watch === undefined) this.drawOnce(canvas);
      else this.watch.observe(canvas);
    }
    this.drawFar();
  }

  /** Goes on with the next that is far away once nothing is being drawn. */
  private drawFar(): void {
    clearTimeout(this.later);
    if (this.far >= MAX_FAR) return;
    this.later = setTimeout(() => {
      const { versions, root } = this;
      // What has come into view goes first, and what it draws comes back here.
      if (versions === undefined || root === undefined || this.drawing.size > 0) return;
      const next = [...root.querySelectorAll<HTMLCanvasElement>("canvas[data-crop]")].find(
        (canvas) => !this.drawn.has(canvas),
      );
      if (next === undefined) return;
      this.far += 1;
      this.drawOnce(next);
    }, IDLE);
  }

  /** Draws all of them, those far away too, and waits until that is done. */
  async finish(root: ParentNode): Promise<void> {
    for (const canvas of root.querySelectorAll<HTMLCanvasElement>("canvas[data-crop]")) this.drawOnce(canvas);
    await Promise.all(this.drawing);
  }

  /** Forgets what it watches. */
  disconnect(): void {
    this.watch?.disconnect();
    clearTimeout(this.later);
    this.versions = undefined;
  }

  private forget(canvas: HTMLCanvasElement): void {
    canvas.classList.remove("failed");
    this.drawn.delete(canvas);
  }

  private drawOnce(canvas: HTMLCanvasElement): void {
    const { versions } = this;
    if (versions === undefined || this.drawn.has(canvas)) return;
    this.drawn.add(canvas);
    this.watch?.unobserve(canvas);
    const place = JSON.parse(canvas.dataset.crop ?? "") as Place;
    const work = versions
      .use(place.revision, (document) => drawCrop(document, place, canvas))
      .then(
        () => canvas.classList.add("ready"),
        () => versions === this.versions && canvas.classList.add("failed"),
      )
      .finally(() => {
        this.drawing.delete(work);
        this.drawFar();
      });
    this.drawing.add(work);
  }
}

async function drawCrop(document: ViewerDocument, { page, rect }: Place, canvas: HTMLCanvasElement): Promise<void> {
  const size = document.pages[page - 1];
  if (size === undefined) throw new RangeError(`there is no page ${page}`);
  const frame = toShown(size, rect);
  const margin = MARGIN * Math.max(frame.width, frame.height);
  const left = Math.max(0, frame.x - margin);
  const right = Math.min(size.width, frame.x + frame.width + margin);
  const top = Math.max(0, size.height - frame.y - frame.height - margin);
  const bottom = Math.min(size.height, size.height - frame.y + margin);
  if (right <= left || bottom <= top) throw new RangeError("it lies outside of the page");
  const whole = canvas.ownerDocument.createElement("canvas");
  const side = SIDE * Math.min(2, Math.max(1, globalThis.devicePixelRatio || 1));
  await document.render(page, whole, Math.min(MAX_SCALE, side / Math.max(right - left, bottom - top)));
  const scale = whole.width / size.width;
  canvas.width = Math.max(1, Math.round((right - left) * scale));
  canvas.height = Math.max(1, Math.round((bottom - top) * scale));
  canvas
    .getContext("2d")
    ?.drawImage(whole, left * scale, top * scale, canvas.width, canvas.height, 0, 0, canvas.width, canvas.height);
  // Frees the memory at once.
  whole.width = 0;
}
