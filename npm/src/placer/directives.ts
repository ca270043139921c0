// Styles and drawings on elements of a template, set by script: a `style` attribute, which lit's own `styleMap` begins
// with, is refused by a strict Content-Security-Policy.

import { noChange } from "lit";
import { Directive, directive, type ElementPart, type PartInfo, PartType } from "lit/directive.js";
import type { Slice } from "./cross-page.js";
import { drawSeal, type SealPicture } from "./picture.js";

class Box extends Directive {
  private last = "";

  constructor(info: PartInfo) {
    super(info);
    if (info.type !== PartType.ELEMENT) throw new Error("box() stands where attributes do");
  }

  override render(_box: Readonly<Record<string, number | string>>): unknown {
    return noChange;
  }

  override update(part: ElementPart, [box]: [Readonly<Record<string, number | string>>]): unknown {
    const key = JSON.stringify(box);
    if (key === this.last) return noChange;
    this.last = key;
    const { style } = part.element as HTMLElement;
    for (const [name, value] of Object.entries(box)) {
      style.setProperty(name, typeof value === "number" ? `${value}px` : value);
    }
    return noChange;
  }
}

/** Lengths in pixels, or values of custom properties, of the element it stands on. */
export const box = directive(Box);

class Seal extends Directive {
  private last: readonly unknown[] = [];

  override render(_picture: SealPicture, _width: number, _height: number, _slice: Slice | undefined): unknown {
    return noChange;
  }

  override update(
    part: ElementPart,
    [picture, width, height, slice]: [SealPicture, number, number, Slice | undefined],
  ): unknown {
    const ratio = globalThis.devicePixelRatio || 1;
    const now = [picture, width, height, slice?.index, slice?.count, slice?.vertical, ratio];
    if (now.every((value, index) => value === this.last[index])) return noChange;
    this.last = now;
    drawSeal(part.element as HTMLCanvasElement, picture, slice, width, height, ratio);
    return noChange;
  }
}

/** Draws the seal on the canvas it stands on. */
export const seal = directive(Seal);
