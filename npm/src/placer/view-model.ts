// What the views draw, and what they can ask for.

import type { Locale } from "../error-text.js";
import type { ScanSealErrorCode } from "../generated/error-codes.js";
import type { PlacerMessages } from "../i18n/placer-messages.js";
import type { Side } from "./cross-page.js";
import type { Desk } from "./desk.js";
import type { DragPicture } from "./dragging.js";
import type { Impression, ShownHit } from "./impressions.js";
import type { Painter } from "./painter.js";
import type { SealPicture } from "./picture.js";
import type { PageScroller } from "./scroller.js";
import type { Thumbnails } from "./thumbnails.js";

/** How far the element is with its file. */
export type Phase =
  | { readonly state: "empty" }
  | { readonly state: "opening"; readonly pages: number; readonly of: number }
  | { readonly state: "password"; readonly wrong: boolean }
  | { readonly state: "failed"; readonly code: ScanSealErrorCode }
  | { readonly state: "open"; readonly open: OpenFile };

/** All there is of an open file. */
export interface OpenFile {
  readonly desk: Desk;
  readonly scroller: PageScroller;
  readonly painter: Painter;
  readonly thumbnails: Thumbnails;
  readonly dragging: {
    readonly picture: DragPicture | undefined;
    press(event: PointerEvent, impression: Impression | undefined): void;
    cancel(): void;
  };
}

/** What every view gets. */
export interface View {
  readonly messages: PlacerMessages;
  readonly locale: Locale;
  readonly picture: SealPicture | undefined;
  readonly readonly: boolean;
  /** There is room for one thing beside another. */
  readonly narrow: boolean;
  readonly thumbnailsShown: boolean;
  readonly panelShown: boolean;
  /** The word whose places are listed and marked. */
  readonly word: string | undefined;
  readonly keywords: readonly string[];
  /** A refusal that people should see. */
  readonly refusal: ScanSealErrorCode | undefined;
  readonly actions: Actions;
}

/** What the views ask for. */
export interface Actions {
  readonly toggleThumbnails: () => void;
  readonly togglePanel: () => void;
  readonly goTo: (page: number) => void;
  readonly zoom: (direction: 1 | -1) => void;
  /** Zooms about a point of the stage. */
  readonly zoomBy: (factor: number, x: number, y: number) => void;
  readonly actualSize: () => void;
  readonly fitWidth: () => void;
  readonly undo: () => void;
  readonly redo: () => void;
  readonly add: () => void;
  readonly addOnHit: (hit: ShownHit) => void;
  readonly addEverywhere: (word: string) => void;
  readonly addCrossPage: (side: Side) => void;
  /** Selects a place, shows it and puts the focus on it. */
  readonly show: (place: number) => void;
  readonly remove: (place: number) => void;
  readonly lookFor: (word: string | undefined) => void;
  readonly showHit: (hit: ShownHit) => void;
  readonly onSealKey: (event: KeyboardEvent, impression: Impression) => void;
  readonly onBaseKey: (event: KeyboardEvent) => void;
  readonly onStageScroll: () => void;
  readonly onThumbnailsScroll: () => void;
  readonly onThumbnailKey: (event: KeyboardEvent) => void;
  readonly enterPassword: (password: string) => void;
  readonly closeRefusal: () => void;
}
