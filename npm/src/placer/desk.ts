// What lies on the desk: an open document, the seal, and where it is put. Knows no screen.

import type { PlacerMessages } from "../i18n/placer-messages.js";
import type { SealPlace } from "../pdf/options.js";
import type { Frame, ViewerPage } from "../viewer/page.js";
import type { Side } from "./cross-page.js";
import {
  clampToPage,
  fits,
  frameAround,
  impressionSize,
  isOnPage,
  nearest,
  POINTS_PER_MM,
  type Point,
  type Size,
  wholeMm,
} from "./geometry.js";
import { History } from "./history.js";
import { type Impression, impressionsOf, type Outcome, type ShownHit, shownHits } from "./impressions.js";
import type { KeywordSearch } from "./keyword-search.js";
import { pagesOf } from "./page-range.js";
import * as edits from "./places.js";

type Places = readonly SealPlace[];

/** Whom the desk tells. */
export interface DeskHost {
  /** People have changed the places. */
  placesChanged(places: Places): void;
  /** Something was done: for those who do not see it. */
  say(text: string): void;
  /** The seal is too large for the page, or a place is refused. */
  refuse(code: "seal-off-page" | "single-page"): void;
  /** Something has to be drawn again. */
  redraw(): void;
  readonly messages: PlacerMessages;
}

/** The state of the element while a document is open, and everything that can be done with it. */
export class Desk {
  /** Index of the place that is being worked on. */
  selected: number | undefined;
  private readonly history: History<Places>;
  private draft: Places | undefined;
  /** Whether what is dragged has no room where it is. */
  private crowded = false;
  private known: { readonly key: readonly unknown[]; readonly outcome: Outcome } | undefined;
  private findings = 0;

  constructor(
    readonly pages: readonly ViewerPage[],
    readonly search: KeywordSearch,
    private readonly host: DeskHost,
    places: Places,
    private sealSize: Size,
  ) {
    this.history = new History(places);
    this.wantWords();
  }

  get places(): Places {
    return this.history.value;
  }

  get seal(): Size {
    return this.sealSize;
  }

  set seal(size: Size) {
    this.sealSize = size;
    this.host.redraw();
  }

  get canUndo(): boolean {
    return this.history.canUndo;
  }

  get canRedo(): boolean {
    return this.history.canRedo;
  }

  /** Places from outside. */
  reset(places: Places): void {
    this.history.reset(places);
    this.draft = undefined;
    this.select(undefined);
    this.wantWords();
  }

  /** More is known about a word. */
  found(): void {
    this.findings += 1;
    this.host.redraw();
  }

  /** What is to be seen: with what is being dragged where it would land. */
  get outcome(): Outcome {
    const places = this.draft ?? this.places;
    const key = [places, this.sealSize.width, this.sealSize.height, this.findings];
    if (this.known === undefined || key.some((value, index) => value !== this.known?.key[index])) {
      const outcome = impressionsOf(places, {
        pages: this.pages,
        seal: this.sealSize,
        hits: (word) => this.search.outcome(word),
      });
      this.known = { key, outcome };
    }
    return this.known.outcome;
  }

  /** Where the words stand that have been found, on one page. */
  hitsOn(page: number, words: readonly string[] = this.search.foundWords): readonly ShownHit[] {
    return words.flatMap((word) => {
      const hits = this.search.hits(word);
      return shownHits(
        word,
        hits.filter((hit) => hit.page === page),
        this.pages,
      );
    });
  }

  select(index: number | undefined): void {
    if (index === this.selected) return;
    this.selected = index;
    this.history.seal();
    this.host.redraw();
  }

  /** Puts a seal on a page, in its middle or beside what lies there already. */
  add(page: number): boolean {
    const size = this.pages[page - 1];
    if (size === undefined || !this.hasRoom(size)) return false;
    let frame = frameAround({ x: size.width / 2, y: size.height / 2 }, this.sealSize);
    const taken = (this.outcome.byPage.get(page) ?? []).map((impression) => impression.frame);
    const step = 5 * POINTS_PER_MM;
    for (let tries = 0; tries < 20 && taken.some((other) => samePlace(other, frame)); tries += 1) {
      frame = clampToPage({ ...frame, x: frame.x + step, y: frame.y - step }, size);
    }
    this.commit(edits.addAt(this.places, page, frame));
    this.select(this.places.length - 1);
    this.host.say(this.host.messages.said.added(page));
    return true;
  }

  addOnHit(hit: ShownHit): boolean {
    const size = this.pages[hit.page - 1];
    if (size === undefined || !this.hasRoom(size)) return false;
    this.commit(edits.addKeyword(this.places, hit, frameAround(hit.centre, this.sealSize), size));
    this.select(this.places.length - 1);
    this.host.say(this.host.messages.said.snapped(hit.word));
    return true;
  }

  /** On every hit; one by one where they do not all have room around the word, as a seal is moved onto its page. */
  addEverywhere(word: string): boolean {
    const hits = shownHits(word, this.search.hits(word), this.pages);
    const pages = hits.flatMap(({ page }) => this.pages[page - 1] ?? []);
    if (!pages.every((page) => this.hasRoom(page))) return false;
    const inside = hits.every(({ page, centre }) => {
      const size = this.pages[page - 1];
      return size !== undefined && isOnPage(frameAround(centre, this.sealSize), size);
    });
    const each = (places: Places, hit: ShownHit): Places => {
      const size = this.pages[hit.page - 1];
      return size === undefined ? places : edits.addKeyword(places, hit, frameAround(hit.centre, this.sealSize), size);
    };
    this.commit(inside ? edits.addEveryKeyword(this.places, word) : hits.reduce(each, this.places));
    this.select(this.places.length - 1);
    this.host.say(this.host.messages.said.snapped(word));
    return true;
  }

  addCrossPage(side: Side): boolean {
    if (this.pages.length < 2) {
      this.host.refuse("single-page");
      return false;
    }
    this.commit(edits.addCrossPage(this.places, side));
    this.select(this.places.length - 1);
    this.host.say(this.host.messages.said.crossAdded(this.pages.length));
    return true;
  }

  changeCrossPage(index: number, change: Parameters<typeof edits.changeCrossPage>[2]): void {
    this.commit(edits.changeCrossPage(this.places, index, change), `cross ${index} ${Object.keys(change)}`);
  }

  /** How many pages share one cross-page seal; all of them if undefined. */
  changeGroup(index: number, group: number | undefined): void {
    this.commit(edits.changeGroup(this.places, index, group));
  }

  /** Takes a range of pages as people type it; an unusable one is left as it was. */
  changePages(index: number, range: string): boolean {
    const text = range.replace(/，/g, ",").trim();
    if (text !== "" && pagesOf(text, this.pages.length) === undefined) return false;
    this.commit(edits.changePages(this.places, index, text === "" ? undefined : text));
    return true;
  }

  remove(index: number): void {
    this.select(undefined);
    this.commit(edits.remove(this.places, index));
    this.host.say(this.host.messages.said.removed);
  }

  /** Moves an impression by so many points. */
  nudge(impression: Impression, dx: number, dy: number): void {
    const { frame, page } = impression;
    const moved = edits.moveTo(
      this.places,
      impression,
      page,
      { ...frame, x: frame.x + dx, y: frame.y + dy },
      this.pages,
    );
    const { said } = this.host.messages;
    if (sameJson(moved, this.places)) {
      this.host.say(said.edge);
      return;
    }
    this.commit(moved, `nudge ${impression.place}`);
    this.sayWhere(impression.place, page);
  }

  /** Puts an impression at a distance from the page's edges, in points. */
  putAt(impression: Impression, to: Partial<Point>): void {
    const frame = { ...impression.frame, ...to };
    this.commit(edits.moveTo(this.places, impression, impression.page, frame, this.pages));
    this.sayWhere(impression.place, impression.page);
  }

  /** Moves an impression to another page; the page where it is then. */
  turnTo(impression: Impression, page: number): number | undefined {
    const size = this.pages[page - 1];
    if (this.isBoundToPages(impression) || size === undefined || !this.hasRoom(size)) return undefined;
    this.commit(edits.moveTo(this.places, impression, page, impression.frame, this.pages));
    this.sayWhere(impression.place, page);
    return page;
  }

  /** Moves what hangs at one keyword, and leaves the page, onto it. What has no room there stays. */
  bringOntoPages(): void {
    const { impressions, problems } = this.outcome;
    let { places } = this;
    for (const [index, code] of problems) {
      const [impression, ...others] = impressions.filter(({ place }) => place === index);
      if (code !== "seal-off-page" || impression === undefined || others.length > 0) continue;
      const page = this.pages[impression.page - 1];
      if (impression.anchor === undefined || page === undefined || !fits(impression.frame, page)) continue;
      places = edits.moveTo(places, impression, impression.page, impression.frame, this.pages);
    }
    if (places !== this.places) this.commit(places);
  }

  undo(): void {
    if (this.history.undo()) this.stepped(this.host.messages.said.undone);
  }

  redo(): void {
    if (this.history.redo()) this.stepped(this.host.messages.said.redone);
  }

  /** Shows where something would land: a seal that is moved, or a new one. `reach` is how near a keyword holds it. */
  drag(impression: Impression | undefined, page: number, target: Frame, reach: number): ShownHit | undefined {
    const size = this.pages[page - 1];
    if (size === undefined) return undefined;
    this.crowded = !fits(target, size);
    const holds = impression === undefined || !this.isBoundToPages(impression);
    const centre = { x: target.x + target.width / 2, y: target.y + target.height / 2 };
    const hit = holds ? nearest(centre, this.hitsOn(page), reach) : undefined;
    if (impression === undefined) {
      this.draft =
        hit === undefined
          ? edits.addAt(this.places, page, clampToPage(target, size))
          : edits.addKeyword(this.places, hit, target, size);
    } else if (hit !== undefined) {
      this.draft = edits.snapTo(this.places, impression.place, hit, target, size);
    } else {
      this.draft = edits.moveTo(this.places, impression, page, target, this.pages);
    }
    this.host.redraw();
    return hit;
  }

  /** Ends a drag: what was shown is so, or is forgotten. */
  drop(keep: boolean): void {
    const { draft, crowded } = this;
    this.draft = undefined;
    this.crowded = false;
    if (keep && draft !== undefined && crowded) {
      this.host.refuse("seal-off-page");
    } else if (keep && draft !== undefined && !sameJson(draft, this.places)) {
      const added = draft.length > this.places.length;
      this.commit(draft);
      if (added) this.select(draft.length - 1);
      if (this.selected !== undefined) this.sayWhere(this.selected);
    }
    this.host.redraw();
  }

  /** Whether something is being dragged. */
  get isDragging(): boolean {
    return this.draft !== undefined;
  }

  /** Whether a page has room for the seal; says so if not. */
  hasRoom(page: Size): boolean {
    const room = fits(impressionSize(this.sealSize, undefined, undefined), page);
    if (!room) this.host.refuse("seal-off-page");
    return room;
  }

  /** Whether it lies on several pages at once, and is moved on all of them. */
  isBoundToPages({ place: index }: Impression): boolean {
    const place = this.places[index];
    if (place?.type === "at") return pagesOf(place.pages, this.pages.length)?.length !== 1;
    return place?.type !== "keyword" || place.occurrence === "all";
  }

  private commit(places: Places, group?: string): void {
    this.history.commit(places, group);
    this.draft = undefined;
    this.wantWords();
    this.host.placesChanged(places);
    this.host.redraw();
  }

  private stepped(text: string): void {
    this.draft = undefined;
    if (this.selected !== undefined && this.selected >= this.places.length) this.selected = undefined;
    this.wantWords();
    this.host.placesChanged(this.places);
    this.host.say(text);
    this.host.redraw();
  }

  private wantWords(): void {
    for (const place of this.places) if (place.type === "keyword") this.search.want(place.word);
  }

  private sayWhere(index: number, page?: number): void {
    const place = this.places[index];
    const impression = this.outcome.impressions.find(
      (each) => each.place === index && (page === undefined || each.page === page),
    );
    if (place === undefined || impression === undefined) return;
    const { said } = this.host.messages;
    const { x, y } = impression.frame;
    if (place.type === "cross-page") this.host.say(said.crossMoved(Math.round((place.offset ?? 0.5) * 100)));
    else if (place.type === "keyword" && !place.dx && !place.dy) this.host.say(said.snapped(place.word));
    else this.host.say(said.moved(impression.page, wholeMm(x), wholeMm(y)));
  }
}

/** Whether one would hide the other. */
function samePlace(one: Frame, other: Frame): boolean {
  const near = 2 * POINTS_PER_MM;
  return Math.abs(one.x - other.x) < near && Math.abs(one.y - other.y) < near;
}

function sameJson(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
