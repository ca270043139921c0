// `<scanseal-placer>`: a PDF, and where on it the seal goes.

import { LitElement, type PropertyValues, type TemplateResult } from "lit";
import { closestLanguage } from "../element/language.js";
import type { Locale } from "../error-text.js";
import { ScanSealError } from "../errors.js";
import type { ScanSealErrorCode } from "../generated/error-codes.js";
import { localeFor } from "../i18n/messages.js";
import { type PlacerMessages, placerMessagesFor } from "../i18n/placer-messages.js";
import type { SealPlace } from "../pdf/options.js";
import { openDocument, PasswordNeeded, type ViewerDocument } from "../viewer/document.js";
import type { PlaceProblem, PlacerElementEventMap } from "./events.js";
import { sealSize, toPixels } from "./geometry.js";
import { onBaseKey, onSealKey, onThumbnailKey } from "./keys.js";
import { type OpenFileHost, openFile } from "./open-file.js";
import { ratioOf, readPicture, type SealPicture } from "./picture.js";
import { styles } from "./styles.js";
import { view } from "./view.js";
import type { Actions, OpenFile, Phase, View } from "./view-model.js";

/** Below so many pixels the panel folds away. */
const NARROW = 760;
/** Below so many pixels the thumbnails are hidden at first. */
const WIDE = 960;
/** Pixels below a chosen seal, in which stands where it is. */
const LABEL_HEIGHT = 24;
/** Suggested words are looked for by themselves in files up to so many bytes; in others when they are asked for. */
const SEARCHED_BYTES = 32 << 20;

/** Types for listeners; the methods are those of every element. */
export interface PlacerElement {
  addEventListener<Type extends keyof PlacerElementEventMap>(
    type: Type,
    listener: (this: this, event: PlacerElementEventMap[Type]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<Type extends keyof PlacerElementEventMap>(
    type: Type,
    listener: (this: this, event: PlacerElementEventMap[Type]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/**
 * Shows a PDF, and lets people say where the seal goes: by dragging, by keys, at keywords, across the edges of the pages.
 * `places` is what `prepareSeal` takes.
 *
 * @tagname scanseal-placer
 *
 * @attr {"zh-Hans"|"en"} locale - Language; without it, that of the nearest `lang` attribute.
 * @attr {boolean} readonly - Places are shown, not changed.
 * @attr {number} picture-width - Width of the seal in millimetres.
 *
 * @fires {PlacesChangeEvent} places-change - People have changed the places; `detail.places`.
 * @fires {PlacerReadyEvent} placer-ready - The document is open; `detail.pages`.
 * @fires {PlacerErrorEvent} placer-error - It cannot be opened, or something was refused; `detail.code`, `detail.error`.
 *
 * @csspart base - Everything.
 * @csspart toolbar - The line of tools.
 * @csspart tool - Every button of one drawing.
 * @csspart stage - Behind the pages.
 * @csspart page - A page.
 * @csspart seal - A seal on a page, or a slice of one.
 * @csspart remove - The button at a chosen seal.
 * @csspart thumbnails - The column of small pages.
 * @csspart thumbnail - A small page.
 * @csspart panel - Beside the document.
 * @csspart palette - The seal that is dragged onto the pages.
 * @csspart place - An entry of the list of places.
 * @csspart keyword - A suggested word.
 * @csspart action - Every button with words.
 * @csspart field - Every field.
 * @csspart status - The live region, which is not seen.
 *
 * @cssprop [--placer-height=min(46rem, 88vh)] - Height of the element.
 * @cssprop [--placer-radius=0.75rem] - Corners.
 * @cssprop [--placer-accent=#17508f] - Buttons, choices, focus.
 * @cssprop [--placer-on-accent=#fff] - Text on the accent colour.
 * @cssprop [--placer-tint=#e8f0fa] - Behind what is chosen.
 * @cssprop [--placer-seal=#c3272b] - Outlines of seals.
 * @cssprop [--placer-text=#17212f] - Text.
 * @cssprop [--placer-muted=#576579] - Secondary text.
 * @cssprop [--placer-line=#d9e0e9] - Borders.
 * @cssprop [--placer-strong-line=#8391a5] - Borders of fields.
 * @cssprop [--placer-surface=#fff] - Toolbar and panel.
 * @cssprop [--placer-stage=#e9edf2] - Behind the pages. The pages themselves are always white.
 * @cssprop [--placer-danger=#b3261e] - Errors.
 */
// biome-ignore lint/suspicious/noUnsafeDeclarationMerging: the interface adds overloads of inherited methods only.
export class PlacerElement extends LitElement {
  static override readonly styles = styles;
  static override readonly properties = {
    locale: { type: String },
    readonly: { type: Boolean, reflect: true },
    pictureWidth: { type: Number, attribute: "picture-width" },
    file: { attribute: false },
    picture: { attribute: false },
    places: { attribute: false, noAccessor: true },
    keywords: { attribute: false },
    password: { attribute: false },
    phase: { state: true },
    sealPicture: { state: true },
    narrow: { state: true },
    thumbnailsShown: { state: true },
    panelShown: { state: true },
    word: { state: true },
    refusal: { state: true },
    announcement: { state: true },
  };

  /** Language; without it, that of the nearest `lang` attribute. */
  locale: Locale | undefined;
  /** Places are shown, not changed. */
  readonly = false;
  /** Width of the seal in millimetres: what `prepareSeal` gets, too. */
  pictureWidth = 42;
  /** The document. */
  file: Blob | undefined;
  /** The seal: PNG or JPEG. Without it a circle stands for it. */
  picture: Blob | undefined;
  /** Words of the text to suggest, such as 甲方（盖章）. */
  keywords: readonly string[] = [];
  /** Password of the document; without it, people are asked, and what they type is set here once it opens the document. */
  password: string | undefined;

  private phase: Phase = { state: "empty" };
  private sealPicture: SealPicture | undefined;
  private narrow = false;
  private thumbnailsShown = true;
  private panelShown = false;
  private word: string | undefined;
  private refusal: ScanSealErrorCode | undefined;
  private announcement = "";
  private measuredWidth = Number.POSITIVE_INFINITY;
  private currentPlaces: readonly SealPlace[] = [];
  private opening: AbortController | undefined;
  /** What somebody typed for the file, and nobody set. */
  private typedPassword: string | undefined;
  private toldProblems = "[]";
  /** The seal that had the focus before something was drawn. */
  private focusedSeal: Element | undefined;
  private readonly resizes =
    typeof ResizeObserver === "undefined" ? undefined : new ResizeObserver(() => this.onResize());
  private languageWatch: MutationObserver | undefined;

  /** Where the seal goes: what `prepareSeal` takes. */
  get places(): readonly SealPlace[] {
    return this.currentPlaces;
  }

  set places(places: readonly SealPlace[]) {
    // What the element itself has just told comes back from frameworks; that is no change.
    if (places === this.currentPlaces) return;
    this.currentPlaces = [...places];
    this.open?.desk.reset(this.currentPlaces);
    this.requestUpdate();
  }

  /** Places that `prepareSeal` would refuse, by their index in `places`, and why. What is still being looked for is none. */
  get problems(): readonly PlaceProblem[] {
    return [...(this.open?.desk.outcome.problems ?? [])].map(([place, code]) => ({ place, code }));
  }

  /** Moves seals at a keyword that leave their page onto it, where they have room; `places-change` tells. */
  bringOntoPages(): void {
    this.open?.desk.bringOntoPages();
  }

  /** Turns to a place, by its index in `places`, and puts the focus on its seal. */
  showPlace(place: number): void {
    void this.show(place);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    this.resizes?.observe(this);
    this.languageWatch = new MutationObserver(this.redraw);
    this.languageWatch.observe(document.documentElement, { attributeFilter: ["lang"] });
    // One that was moved begins again; a new one does with its first update.
    if (this.hasUpdated) void this.load();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    this.resizes?.disconnect();
    this.languageWatch?.disconnect();
    this.leave();
  }

  protected override willUpdate(changed: PropertyValues): void {
    const typed = this.typedPassword !== undefined && this.password === this.typedPassword;
    if (changed.has("file") && typed && !changed.has("password")) this.password = undefined;
    if (changed.has("file") || (changed.has("password") && !typed)) {
      this.typedPassword = undefined;
      void this.load();
    }
    const focused = this.shadowRoot?.activeElement;
    this.focusedSeal = focused?.getAttribute("part") === "seal" ? focused : undefined;
    if (changed.has("picture")) void this.readPicture();
    if (changed.has("pictureWidth") || changed.has("sealPicture")) this.measureSeal();
    if (changed.has("keywords")) this.suggest();
  }

  protected override updated(): void {
    const { open } = this;
    if (open === undefined) return;
    // A seal that goes to another page is drawn anew; keys go on working on it.
    if (this.focusedSeal?.isConnected === false) this.focusSeal(open.desk.selected);
    this.focusedSeal = undefined;
    const stage = this.shadowPart("stage");
    if (stage) open.scroller.attach(stage);
    open.thumbnails.attach(this.shadowPart("thumbnails"));
    open.painter.want([...open.scroller.wanted, ...open.thumbnails.wanted]);
  }

  protected override render(): TemplateResult {
    return view(this.view, this.phase, this.announcement);
  }

  private get view(): View {
    return {
      messages: this.messages,
      locale: this.language,
      picture: this.sealPicture,
      readonly: this.readonly,
      narrow: this.narrow,
      thumbnailsShown: this.thumbnailsShown,
      panelShown: this.panelShown,
      word: this.word,
      keywords: this.keywords,
      refusal: this.refusal,
      actions: this.actions,
    };
  }

  private get open(): OpenFile | undefined {
    return this.phase.state === "open" ? this.phase.open : undefined;
  }

  private get language(): Locale {
    return this.locale ?? localeFor(closestLanguage(this));
  }

  private get messages(): PlacerMessages {
    return placerMessagesFor(this.language);
  }

  private shadowPart(name: string): HTMLElement | undefined {
    return this.renderRoot.querySelector<HTMLElement>(`[part="${name}"]`) ?? undefined;
  }

  /** Opens the file, leaving another one. */
  private async load(password: string | undefined = this.password): Promise<void> {
    this.leave();
    const { file } = this;
    if (file === undefined || !this.isConnected) return;
    const opening = new AbortController();
    this.opening = opening;
    this.phase = { state: "opening", pages: 0, of: 0 };
    try {
      const opened = await openDocument(file, {
        signal: opening.signal,
        ...(password !== undefined && { password }),
        onProgress: ({ pages, of }) => {
          if (this.opening === opening) this.phase = { state: "opening", pages, of };
        },
      });
      if (this.opening !== opening) return opened.close();
      this.opened(opened, file, password);
    } catch (error) {
      if (this.opening !== opening || opening.signal.aborted) return;
      if (error instanceof PasswordNeeded) {
        this.phase = { state: "password", wrong: error.wrong };
        this.say(this.messages.passwordTitle);
        if (!error.wrong) return;
        // Who has just typed one types another; before that, the focus is not ours to take.
        await this.updateComplete;
        this.renderRoot.querySelector<HTMLElement>(".password input")?.focus();
        return;
      }
      const refused = ScanSealError.from(error);
      this.phase = { state: "failed", code: refused.code };
      this.emit("placer-error", { code: refused.code, error: refused });
    }
  }

  private opened(opened: ViewerDocument, file: Blob, password: string | undefined): void {
    const { pages } = opened;
    const start = { places: this.currentPlaces, seal: this.sealSize };
    this.phase = { state: "open", open: openFile(opened, { file, password }, start, this.host) };
    if (password !== this.password) {
      this.typedPassword = password;
      this.password = password;
    }
    this.suggest();
    this.say(this.messages.said.ready(pages.length));
    this.emit("placer-ready", { pages: pages.length });
    this.tellProblems();
  }

  private leave(): void {
    this.opening?.abort();
    this.opening = undefined;
    this.open?.close();
    this.phase = { state: "empty" };
    this.word = undefined;
    this.refusal = undefined;
    this.toldProblems = "[]";
  }

  private async readPicture(): Promise<void> {
    const { picture } = this;
    const read = picture && (await readPicture(picture));
    if (picture !== this.picture) return;
    this.sealPicture = read;
    if (picture !== undefined && read === undefined) this.refuse("picture-invalid");
  }

  private get sealSize() {
    return sealSize(this.pictureWidth > 0 ? this.pictureWidth : 42, ratioOf(this.sealPicture));
  }

  private measureSeal(): void {
    if (this.open !== undefined) this.open.desk.seal = this.sealSize;
  }

  /** Looks for the suggested words, so that a seal finds them when it is dragged near. */
  private suggest(): void {
    const { open, file } = this;
    if (open === undefined || file === undefined || file.size > SEARCHED_BYTES) return;
    for (const word of this.keywords) open.desk.search.want(word);
  }

  private onResize(): void {
    const width = this.clientWidth;
    if (width === 0) return;
    if (width < WIDE !== this.measuredWidth < WIDE) this.thumbnailsShown = width >= WIDE;
    if (width < NARROW !== this.narrow) {
      this.narrow = width < NARROW;
      this.panelShown = false;
    }
    this.measuredWidth = width;
    this.requestUpdate();
  }

  private readonly host: OpenFileHost = ((element: PlacerElement): OpenFileHost => ({
    placesChanged: (places) => {
      element.currentPlaces = places;
      element.refusal = undefined;
      element.emit("places-change", { places });
    },
    say: (text) => element.say(text),
    refuse: (code) => element.refuse(code),
    redraw: () => {
      element.requestUpdate();
      element.tellProblems();
    },
    dropped: () => void element.updateComplete.then(() => element.focusSeal(element.open?.desk.selected)),
    // On a phone the panel lies on the pages.
    dragStarted: () => {
      element.panelShown = false;
    },
    get messages() {
      return element.messages;
    },
    get narrow() {
      return element.narrow;
    },
    get base() {
      return element.shadowPart("base");
    },
  }))(this);

  private refuse(code: ScanSealErrorCode): void {
    this.refusal = code;
    this.emit("placer-error", { code, error: new ScanSealError(code) });
  }

  /** Tells of each place that is refused, once. */
  private tellProblems(): void {
    if (this.open?.desk.isDragging === true) return;
    const { problems } = this;
    const told = this.toldProblems;
    this.toldProblems = JSON.stringify(problems.map(({ code }) => code));
    if (this.toldProblems === told) return;
    const before: readonly ScanSealErrorCode[] = JSON.parse(told);
    const codes = new Set(problems.map(({ code }) => code).filter((code) => !before.includes(code)));
    for (const code of codes) this.emit("placer-error", { code, error: new ScanSealError(code) });
  }

  /** Puts the focus on the seal of a place where it is drawn, else on the pages. */
  private focusSeal(place: number | undefined): void {
    const seal = this.renderRoot.querySelector<HTMLElement>(`[part="seal"][data-place="${place}"]`);
    (seal ?? this.shadowPart("stage"))?.focus({ preventScroll: true });
  }

  private say(text: string): void {
    // Said twice, the same words would not be spoken again: a space makes them others.
    this.announcement = this.announcement === text ? `${text}\u00a0` : text;
  }

  private emit(type: string, detail: unknown): void {
    this.dispatchEvent(new CustomEvent(type, { detail, bubbles: true, composed: true }));
  }

  private readonly redraw = (): void => this.requestUpdate();

  /** Runs something on the open file. */
  private with(act: (open: OpenFile) => void): void {
    if (this.open !== undefined) act(this.open);
    this.requestUpdate();
  }

  /** Shows a place, and puts the focus on its seal. */
  private async show(place: number): Promise<void> {
    const { open } = this;
    if (open === undefined) return;
    const seen = open.scroller.seen;
    const all = open.desk.outcome.impressions.filter((each) => each.place === place);
    const impression = all.find(({ page }) => page >= seen[0] && page <= seen[1]) ?? all[0];
    open.desk.select(place);
    if (impression === undefined) return;
    const page = open.desk.pages[impression.page - 1];
    if (page === undefined) return;
    if (this.narrow) this.panelShown = false;
    await this.updateComplete;
    const pixels = toPixels(impression.frame, page, open.scroller.pixelsPerPoint);
    open.scroller.reveal(impression.page, { ...pixels, height: pixels.height + LABEL_HEIGHT });
    this.requestUpdate();
    await this.updateComplete;
    const target = `[part="seal"][data-place="${place}"][data-page="${impression.page}"]`;
    this.renderRoot.querySelector<HTMLElement>(target)?.focus({ preventScroll: true });
  }

  private added(done: boolean): void {
    const selected = this.open?.desk.selected;
    if (done && selected !== undefined) void this.show(selected);
  }

  private goTo(page: number): void {
    const { open } = this;
    if (open === undefined || page < 1 || page > open.desk.pages.length) return;
    open.scroller.goTo(page);
    open.thumbnails.reveal(page);
    this.say(this.messages.said.atPage(page, open.desk.pages.length));
    this.requestUpdate();
  }

  /** Opens or closes the sheet from below; the focus goes along. */
  private togglePanel(): void {
    this.panelShown = !this.panelShown;
    const target = this.panelShown ? ".sheet-head .tool" : ".dock [aria-controls]";
    void this.updateComplete.then(() => this.renderRoot.querySelector<HTMLElement>(target)?.focus());
  }

  private zoomed(): void {
    this.with(({ scroller }) => this.say(this.messages.said.zoom(Math.round(scroller.zoom * 100))));
  }

  private removePlace(place: number): void {
    if (this.readonly) return;
    this.with(({ desk }) => desk.remove(place));
    // What had the focus is gone; the keyboard user stays at the pages.
    void this.updateComplete.then(() => this.shadowPart("stage")?.focus({ preventScroll: true }));
  }

  private readonly actions: Actions = {
    toggleThumbnails: () => {
      this.thumbnailsShown = !this.thumbnailsShown;
    },
    togglePanel: () => this.togglePanel(),
    closePanel: () => {
      if (!this.narrow || !this.panelShown) return false;
      this.togglePanel();
      return true;
    },
    goTo: (page) => this.goTo(page),
    zoom: (direction) => {
      this.open?.scroller.step(direction);
      this.zoomed();
    },
    zoomBy: (factor, x, y) => this.with(({ scroller }) => scroller.zoomTo(scroller.zoom * factor, { x, y })),
    actualSize: () => {
      this.open?.scroller.zoomTo(1);
      this.zoomed();
    },
    fitWidth: () => {
      this.open?.scroller.fitWidth();
      this.zoomed();
    },
    undo: () => this.with(({ desk }) => this.readonly || desk.undo()),
    redo: () => this.with(({ desk }) => this.readonly || desk.redo()),
    add: () => this.with(({ desk, scroller }) => this.added(desk.add(scroller.current))),
    addOnHit: (hit) => this.with(({ desk }) => this.added(desk.addOnHit(hit))),
    addEverywhere: (word) => this.with(({ desk }) => this.added(desk.addEverywhere(word))),
    addCrossPage: (side) => this.with(({ desk }) => desk.addCrossPage(side)),
    show: (place) => void this.show(place),
    remove: (place) => this.removePlace(place),
    lookFor: (word) => {
      this.word = word;
      if (word !== undefined) this.open?.desk.search.want(word);
    },
    showHit: ({ page, frame }) =>
      this.with(({ desk, scroller }) => {
        const size = desk.pages[page - 1];
        if (this.narrow) this.panelShown = false;
        if (size !== undefined) scroller.reveal(page, toPixels(frame, size, scroller.pixelsPerPoint));
      }),
    onSealKey: (event, impression) =>
      this.with((open) => {
        if (!this.readonly) onSealKey(event, impression, open.desk, this.actions);
      }),
    onBaseKey: (event) => onBaseKey(event, this.actions),
    onStageScroll: () =>
      this.with(({ scroller, thumbnails }) => {
        const before = scroller.current;
        scroller.onScroll();
        if (scroller.current !== before) thumbnails.reveal(scroller.current);
      }),
    onThumbnailsScroll: () => this.open?.thumbnails.onScroll(),
    onThumbnailKey: (event) => {
      const { open } = this;
      const page = open && onThumbnailKey(event, open.desk.pages.length);
      if (page === undefined) return;
      this.goTo(page);
      void this.updateComplete.then(() =>
        this.renderRoot.querySelector<HTMLElement>(`[part="thumbnail"][data-page="${page}"]`)?.focus(),
      );
    },
    enterPassword: (password) => void this.load(password),
    closeRefusal: () => {
      this.refusal = undefined;
    },
  };
}
