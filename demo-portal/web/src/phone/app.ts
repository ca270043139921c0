/** The phone page: one screen at a time, each a step of applying for a certificate or of answering a scan. */
import "../styles/base.css";
import "../styles/phone.css";
import "../styles/phone-scan.css";
import "../styles/phone-seal.css";
import "./screens/pages-view";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { confirmDialog } from "../lib/dialog";
import { locale, setLocale } from "../lib/locale";
import { Page } from "../lib/page";
import { Core, CoreError } from "./core";
import type {
  Account,
  Call,
  CertificateView,
  CoreEvent,
  DocumentState,
  Failure,
  Issuer,
  Review,
  SealShelf,
  SealView,
} from "./core-types";
import { explain } from "./explain";
import { keepDocuments, keepPictures } from "./keep";
import { documentsScreen } from "./screens/documents";
import { enrolled, enrolScreen, type Wrong } from "./screens/enrol";
import { listScreen } from "./screens/list";
import { type DocumentOutcome, outcomeScreen } from "./screens/outcome";
import { pinScreen } from "./screens/pin";
import { reviewScreen } from "./screens/review";
import { ScanScreen } from "./screens/scan";
import { SealDesk } from "./screens/seal-desk";
import { signingScreen } from "./screens/signing";
import { texts } from "./texts";
import { sealTexts } from "./texts-seal";

/** Where the person is. */
export type Screen =
  | { at: "opening" }
  | { at: "list" }
  | { at: "enrol" }
  | { at: "enrolled" }
  | { at: "scan" }
  | { at: "opened"; text: string }
  | { at: "connecting" }
  | { at: "review"; review: Review; chosen: string | null; seal: string | null; until: number }
  | { at: "documents"; review: Review; chosen: string; states: DocumentState[]; until: number }
  | { at: "pages"; documents: Extract<Screen, { at: "documents" }>; index: number }
  | {
      at: "pin";
      review: Review;
      chosen: string;
      until: number;
      failure: Failure | null;
      /** The documents as they were looked at, with `seal`. */
      documents: Extract<Screen, { at: "documents" }> | null;
    }
  | { at: "signing"; signed: boolean; documents: number }
  | {
      at: "outcome";
      failure: Failure | null;
      account: Account | null;
      documents: DocumentOutcome[] | null;
      /** The answer was given, but what came of it is not known. */
      unsure: "sealing" | "answer" | null;
    }
  | { at: "seals" };

class PhoneApp extends Page {
  static override properties = {
    screen: { state: true },
    certificates: { state: true },
    issuers: { state: true },
    shelves: { state: true },
    link: { state: true },
    busy: { state: true },
    failure: { state: true },
    wrong: { state: true },
    now: { state: true },
  };

  declare screen: Screen;
  declare certificates: CertificateView[];
  declare issuers: Issuer[];
  declare shelves: SealShelf[];
  declare link: "here" | "page-away" | "reconnecting";
  declare busy: boolean;
  declare failure: Failure | null;
  /** What is wrong with the application as it was last sent. */
  declare wrong: Wrong;
  declare now: number;

  /** The request being answered, once it is proven. */
  #review: Review | null = null;
  /** Whether it shall be signed without any seal. */
  #sealless = false;
  /** Its documents as they stood last. */
  #states: readonly DocumentState[] = [];
  /** The number of the scan that is shown. What the core tells of others comes too late. */
  #scan = 0;
  readonly #core = new Core((event, scan) => {
    if (scan === this.#scan) this.hear(event);
  });
  readonly #camera = new ScanScreen(
    (text) => this.scan(text),
    () => this.requestUpdate(),
  );

  readonly #seals = new SealDesk({
    ask: (call) => this.ask(call),
    changed: () => this.requestUpdate(),
    close: () => this.show({ at: "list" }),
  });

  constructor() {
    super();
    this.screen = { at: "opening" };
    this.certificates = [];
    this.issuers = [];
    this.shelves = [];
    this.link = "here";
    this.busy = false;
    this.failure = null;
    this.wrong = {};
    this.now = Date.now();
  }

  override async firstUpdated(): Promise<void> {
    document.addEventListener("visibilitychange", () => {
      if (document.visibilityState === "visible") void this.#core.ask({ do: "resumed" });
    });
    window.addEventListener("online", () => void this.#core.ask({ do: "resumed" }));
    window.addEventListener("hashchange", () => this.scanFromAddress());
    setInterval(() => {
      this.now = Date.now();
    }, 1000);
    if (await this.ask({ do: "open" })) return;
    this.show({ at: "list" });
    this.scanFromAddress();
  }

  protected override updated(changed: PropertyValues): void {
    document.title = texts().title;
    const before = changed.get("screen") as Screen | undefined;
    if (before && before.at !== this.screen.at) this.querySelector<HTMLElement>("[data-focus]")?.focus();
    if (this.screen.at === "seals") this.#seals.updated(this);
    if (this.screen.at === "scan") this.#camera.start(this.querySelector("video"));
  }

  protected override render(): TemplateResult {
    const t = texts();
    const next = locale() === "en" ? "zh-Hans" : "en";
    const scanning = ["connecting", "review", "documents", "pages", "pin", "signing"].includes(this.screen.at);
    return html`
      <div class="phone" data-screen=${this.screen.at === "seals" && this.#seals.asksPin ? "pin" : this.screen.at}>
        <header>
          <span class="name"><img src="/mark.svg" alt="" width="28" height="28" />${t.title}</span>
          <button class="button plain" lang=${next} @click=${() => setLocale(next)}>${t.language}</button>
        </header>
        <p class="link notice warn" role="status" ?hidden=${!scanning || this.link === "here"}>
          ${this.link === "page-away" ? t.pageAway : t.reconnecting}
        </p>
        <main>${this.body()}</main>
      </div>
    `;
  }

  private body(): TemplateResult | typeof nothing {
    const t = texts();
    const screen = this.screen;
    switch (screen.at) {
      case "opening":
        return this.failure ? this.broken(this.failure) : html`<p class="quiet center" role="status">${t.loading}</p>`;
      case "list":
        return listScreen(this.certificates, {
          apply: () => {
            this.show({ at: "enrol" });
            void this.ask({ do: "issuers" });
          },
          scan: () => this.show({ at: "scan" }),
          seals: () => {
            this.#seals.open();
            this.show({ at: "seals" });
          },
        });
      case "seals":
        return this.#seals.render(this.certificates, this.shelves, this.now);
      case "enrol":
        return enrolScreen(
          { busy: this.busy, failure: this.failure, issuers: this.issuers, wrong: this.wrong },
          {
            submit: (form) => void this.enrol(form),
            check: (wrong) => void this.mark(wrong),
            back: () => this.show({ at: "list" }),
            retry: () => void this.ask({ do: "issuers" }),
            forget: () => void this.ask({ do: "forget-operator" }),
          },
        );
      case "enrolled":
        return enrolled(
          this.certificates[this.certificates.length - 1],
          () => this.show({ at: "list" }),
          () => this.show({ at: "scan" }),
        );
      case "scan":
        return this.#camera.render(() => this.show({ at: "list" }));
      case "opened":
        return html`<div class="waiting">
            <h1 data-focus tabindex="-1">${t.openedTitle}</h1>
            <p class="quiet">${t.openedMore}</p>
          </div>
          <div class="pair">
            <button class="button" @click=${() => this.leave({ at: "list" })}>${t.cancel}</button>
            <button class="button primary" @click=${() => void this.scan(screen.text)}>${t.goOn}</button>
          </div>`;
      case "connecting":
        return html`<div class="waiting"><span class="spinner"></span><h1 data-focus tabindex="-1">${t.connecting}</h1></div>
          <button class="button wide" @click=${() => this.cancel()}>${t.cancel}</button>`;
      case "review":
        return reviewScreen(screen, this.sealsFor(screen.chosen), this.now, {
          choose: (id) => {
            this.step("choosing-certificate");
            this.show({ ...screen, chosen: id, seal: this.sealsFor(id)[0]?.id ?? null });
          },
          chooseSeal: (seal) => this.show({ ...screen, seal }),
          fetchSeals: (certificate) => this.fetchSeals(screen, certificate),
          agree: (chosen) => {
            this.step("entering-pin");
            this.show({ ...screen, at: "pin", chosen, failure: null, documents: null });
          },
          seal: (chosen, look) => void this.seal(screen, chosen, look),
          refuse: (code) => void this.refuse(code),
        });
      case "documents":
        return documentsScreen(screen, this.now, {
          view: (index) => this.show({ at: "pages", documents: screen, index }),
          go: () => {
            this.step("entering-pin");
            this.show({ ...screen, at: "pin", failure: null, documents: screen });
          },
          skip: () => void this.skip(),
          refuse: () => void this.refuse("refused"),
        });
      case "pages": {
        const { documents, index } = screen;
        const state = documents.states[index];
        return html`<h1 class="small" data-focus tabindex="-1"><bdi>${documents.review.documents[index]?.name ?? nothing}</bdi></h1>
          <sealed-pages .file=${state?.sealed ?? null} .sealed=${state?.pages ?? []}></sealed-pages>
          <button class="button wide" @click=${() => this.show(documents)}>${sealTexts().backToList}</button>`;
      }
      case "pin": {
        const { documents, review } = screen;
        const count = documents?.states.filter(({ at }) => at === "ready").length ?? 0;
        const unseen = documents?.states.filter(({ at, looked }) => at === "ready" && !looked).length ?? 0;
        return pinScreen(
          {
            ...screen,
            what: documents
              ? sealTexts().signWhat(count, review.documents[0]?.name ?? "")
              : (review.display[locale() === "en" ? "en" : "zh"][0] ?? ""),
            warning:
              unseen === 0 ? undefined : unseen === count ? sealTexts().unseenWarn : sealTexts().unseenSome(unseen),
          },
          this.now,
          {
            confirm: (pin) => void this.approve(screen, pin),
            back: () => {
              this.step("reviewing");
              this.show(documents ?? { ...screen, at: "review", seal: null });
            },
          },
        );
      }
      case "signing":
        return signingScreen(screen, this.link !== "here", () => this.leave({ at: "list" }));
      case "outcome":
        return outcomeScreen(screen, {
          close: () => this.leave({ at: "list" }),
          again: () => this.leave({ at: "scan" }),
        });
    }
  }

  private broken(failure: Failure): TemplateResult {
    const t = texts();
    const { cause, advice } = explain(failure);
    return html`<p class="notice bad" role="alert"><span><strong>${cause}</strong>${advice}</span></p>
      <button class="button" @click=${() => location.reload()}>${t.retry}</button>`;
  }

  /** Asks the core and keeps its list of certificates. Answers with the failure, which forms show, or null. */
  private async ask(call: Call): Promise<Failure | null> {
    this.failure = null;
    try {
      const { certificates, issuers, shelves } = await this.#core.ask(call);
      this.certificates = certificates;
      this.shelves = keepPictures(this.shelves, shelves);
      this.issuers = issuers;
      return null;
    } catch (error) {
      if (!(error instanceof CoreError)) throw error;
      this.failure = error.failure;
      return error.failure;
    }
  }

  /** Shows another screen for good: what still comes of the scan until now is not shown. */
  private leave(screen: Screen): void {
    this.#scan += 1;
    this.show(screen);
  }

  private show(screen: Screen): void {
    if (this.screen.at === "scan" && screen.at !== "scan") this.#camera.stop();
    this.failure = null;
    this.wrong = {};
    this.screen = screen;
  }

  /** The seals that can be used with a certificate. */
  private sealsFor(certificate: string | null): SealView[] {
    const shelf = this.shelves.find((one) => one.certificate === certificate);
    return shelf?.seals.filter(({ status }) => status === "valid") ?? [];
  }

  /** Gets the seals in the middle of a scan: the request stays where it is. */
  private fetchSeals(review: Extract<Screen, { at: "review" }>, certificate: string): void {
    this.#seals.fetchFor(certificate, () =>
      this.show({ ...review, chosen: certificate, seal: this.sealsFor(certificate)[0]?.id ?? null }),
    );
    this.show({ at: "seals" });
  }

  private async seal(screen: Extract<Screen, { at: "review" }>, chosen: string, look: boolean): Promise<void> {
    if (!look && !(await this.goUnseen())) return;
    if (this.screen !== screen) return;
    const { review, seal: sealId, until } = screen;
    this.#sealless = sealId === null;
    this.show({ at: "documents", review, chosen, states: [], until });
    const scan = this.#scan;
    const failure = await this.ask({ do: "choose", scan, certificate: chosen, seal: sealId, look });
    if (failure && scan === this.#scan) await this.refuse(failure.code);
  }

  private async skip(): Promise<void> {
    const scan = this.#scan;
    if (await this.goUnseen()) await this.ask({ do: "skip", scan });
  }

  private goUnseen(): Promise<boolean> {
    const t = sealTexts();
    return confirmDialog({ title: t.unseenTitle, body: t.unseenBody, action: t.unseenAction, danger: true });
  }

  private step(step: "reviewing" | "choosing-certificate" | "entering-pin"): void {
    void this.ask({ do: "step", scan: this.#scan, step });
  }

  private async mark(wrong: Wrong): Promise<void> {
    this.wrong = wrong;
    await this.updateComplete;
    this.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }

  private async enrol(form: {
    ca: string | undefined;
    enterprise: string;
    creditCode: string;
    pin: string;
  }): Promise<void> {
    this.busy = true;
    const failure = await this.ask({ do: "enrol", ...form });
    this.busy = false;
    // A code opened meanwhile has the screen.
    if (!failure && this.screen.at === "enrol") this.show({ at: "enrolled" });
  }

  /**
   * A code opened by the phone's own camera app arrives in the address: the server sends `/S` on to here, and the browser
   * carries the fragment along. It is used once and leaves no trace in the history. Any website can open such an address,
   * so nothing is sent before the person says that it was them.
   */
  private scanFromAddress(): void {
    if (location.hash.length < 2) return;
    const text = `${location.origin}/S${location.hash}`;
    history.replaceState(null, "", location.pathname);
    this.leave({ at: "opened", text });
  }

  private async scan(text: string): Promise<void> {
    this.link = "here";
    this.#review = null;
    this.#states = [];
    this.leave({ at: "connecting" });
    const scan = this.#scan;
    const failure = await this.ask({ do: "scan", scan, text, locale: locale() });
    if (failure && scan === this.#scan) this.finish(failure);
  }

  private async approve(screen: Extract<Screen, { at: "pin" }>, pin: string): Promise<void> {
    const documents = screen.documents?.states.filter(({ at }) => at === "ready").length ?? 0;
    const signing: Screen = { at: "signing", signed: false, documents };
    this.show(signing);
    const failure = await this.ask({ do: "approve", scan: this.#scan, certificate: screen.chosen, pin });
    if (this.screen !== signing) return;
    if (!failure) this.show({ ...signing, signed: true });
    else if (failure.code === "pin-wrong") this.show({ ...screen, failure });
    else this.finish(failure);
  }

  private async refuse(code: string, found = false): Promise<void> {
    const scan = this.#scan;
    await this.ask({ do: "refuse", scan, code });
    if (scan !== this.#scan) return;
    this.finish({ code: code === "seal-not-yours" && this.#sealless ? "seal-wanted" : code, found });
  }

  private async cancel(): Promise<void> {
    const scan = this.#scan;
    this.leave({ at: "list" });
    await this.ask({ do: "cancel", scan });
  }

  private finish(failure: Failure | null, documents: DocumentOutcome[] | null = null, lost = false): void {
    const unsure = lost ? (this.#states.length > 0 ? "sealing" : "answer") : null;
    const account = this.#review?.operation === "bind" ? this.#review.account : null;
    this.show({ at: "outcome", failure, account, documents, unsure });
  }

  private hear(event: CoreEvent): void {
    switch (event.on) {
      case "review": {
        this.now = Date.now();
        this.#review = event.review;
        const fitting = event.review.candidates.find((one) => one.reason === null);
        this.show({
          at: "review",
          review: event.review,
          chosen: fitting?.certificate.id ?? null,
          seal: this.sealsFor(fitting?.certificate.id ?? null)[0]?.id ?? null,
          until: this.now + event.review.expiresIn,
        });
        this.step("reviewing");
        return;
      }
      case "link":
        this.link = event.state;
        return;
      case "documents":
        this.documents(event.documents, event.failure);
        return;
      case "outcome": {
        const names = this.#review?.documents ?? [];
        const told = event.documents.length > 0;
        const documents = names.map(({ name }, index) => {
          const own = this.#states[index];
          // Of those that the phone has left out, it knows better than the page why.
          const code = own?.code ?? (told ? (event.documents[index] ?? null) : event.code);
          return { name, code, found: own?.found ?? false };
        });
        this.finish(event.code ? { code: event.code } : null, names.length > 0 ? documents : null);
        return;
      }
      case "ended":
        if (this.screen.at === "outcome") return;
        // Once the answer is on its way, its being lost does not undo it.
        this.finish({ code: event.code }, null, this.screen.at === "signing" && this.screen.signed);
    }
  }

  /** The documents have come on, behind whatever is shown of them. */
  private documents(states: DocumentState[], failure: string | null): void {
    this.#states = states;
    if (failure !== null) {
      void this.refuse(
        failure,
        states.every(({ found }) => found),
      );
      return;
    }
    const { screen } = this;
    if (screen.at === "documents") this.screen = { ...screen, states: keepDocuments(screen.states, states) };
    else if (screen.at === "pages") {
      const { documents } = screen;
      this.screen = { ...screen, documents: { ...documents, states: keepDocuments(documents.states, states) } };
    }
  }
}

customElements.define("phone-app", PhoneApp);

// The installed app opens without a network; the vault is on this phone anyway. A demo's self-signed certificate is not
// enough for a service worker: there the page works, but is not kept.
if ("serviceWorker" in navigator && import.meta.env.PROD) {
  navigator.serviceWorker.register("/phone-sw.js", { scope: "/phone" }).catch((error: unknown) => {
    console.warn("the phone page is not kept for offline use", error);
  });
}
