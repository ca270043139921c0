/** The page on which contracts are sealed: places, one scan, and what came of each document. */
import "../styles/base.css";
import "../styles/contracts.css";
import "../styles/contract.css";
import "../styles/bind.css";
import "../styles/seal.css";
import "scanseal/element";
import "scanseal/placer";
import { html, nothing, type PropertyValues, type TemplateResult } from "lit";
import { keyed } from "lit/directives/keyed.js";
import type { ScanErrorEvent, ScanStateEvent } from "scanseal/element";
import { findKeyword, type SealPlace, sealDocuments } from "scanseal/pdf";
import { type PlacerElement, type PlacerErrorEvent, placeProblems } from "scanseal/placer";
import { type ApiError, asApiError } from "../lib/api";
import { locale } from "../lib/locale";
import { type Account, canSeal } from "../lib/model";
import { toLogin } from "../lib/visit";
import { back, sealGlyph } from "../portal/icons";
import { refusedPicture } from "../portal/pictures";
import { PortalPage } from "../portal/portal-page";
import { texts } from "../portal/texts";
import { fetchRevision } from "./fetch-revision";
import { sealedFile } from "./hand-over";
import { type Contract, MOST_CONTRACTS } from "./model";
import { BIND, bindFirst } from "./parts";
import { misfit, sealWords } from "./placing";
import { contractOf, inParallel, noText } from "./seal-files";
import {
  documentList,
  type Failed,
  failureWords,
  type Misfitting,
  misfitting,
  ofPlaces,
  percent,
  phases,
  results,
  steps,
} from "./seal-parts";
import { SealScan } from "./seal-scan";
import { contractTexts } from "./texts-contract";
import { explainContract } from "./texts-contracts";
import { sealTexts } from "./texts-seal";

/** Files up to this size are looked through for a word as soon as they are open, in bytes. */
const SEARCHED = 32 << 20;

type Phase = "placing" | "checking" | "scanning" | "done";

class PortalSeal extends PortalPage {
  static override properties = {
    ...PortalPage.properties,
    contracts: { state: true },
    files: { state: true },
    fetched: { state: true },
    phase: { state: true },
    shown: { state: true },
    places: { state: true },
    hint: { state: true },
    misfits: { state: true },
    checked: { state: true },
    scan: { state: true },
    failed: { state: true },
  };

  /** Those that can be sealed, in the order in which they were chosen. */
  declare contracts: readonly Contract[];
  /** Their files; `null` while they are fetched. */
  declare files: readonly Blob[] | null;
  declare fetched: number;
  declare phase: Phase;
  /** Which one is looked at. */
  declare shown: number;
  declare places: readonly SealPlace[];
  /** A sentence about the places. */
  declare hint: { words: string; tone: "" | "bad" } | null;
  declare misfits: readonly Misfitting[];
  declare checked: number;
  declare scan: SealScan | null;
  declare failed: Failed | null;

  protected override readonly page = "contracts";
  /** The person has saved what the platform did not take. */
  #saved = false;
  /** Places that nobody chose, as long as they are those. */
  #suggested: readonly SealPlace[] | null = null;
  /** Which place is shown as soon as its file is. */
  #sought: number | null = null;

  constructor() {
    super();
    this.contracts = [];
    this.files = null;
    this.fetched = 0;
    this.phase = "placing";
    this.shown = 0;
    this.places = [];
    this.hint = null;
    this.misfits = [];
    this.checked = 0;
    this.scan = null;
    this.failed = null;
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("hashchange", this.moved);
    window.addEventListener("beforeunload", this.leaving);
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("hashchange", this.moved);
    window.removeEventListener("beforeunload", this.leaving);
  }

  protected override async fetch(account: Account): Promise<void> {
    const ids = [...new Set(location.hash.slice(1).split(",").map(Number))].filter(
      (id) => Number.isSafeInteger(id) && id > 0,
    );
    const found = await inParallel(ids.slice(0, MOST_CONTRACTS), contractOf);
    this.contracts = found.filter((one) => one !== null).filter(({ may, file }) => may.seal && file !== null);
    void this.open(account);
  }

  protected override updated(changed: PropertyValues): void {
    super.updated(changed);
    document.title = `${this.heading()} · ${texts().platformShort}`;
    const moved = changed.has("phase") && changed.get("phase") !== undefined;
    if (moved && (this.phase === "scanning" || this.phase === "done")) {
      window.scrollTo(0, 0);
      this.querySelector<HTMLElement>(this.phase === "done" ? ".sealed h2" : "h1")?.focus({ preventScroll: true });
    }
    if (changed.has("failed") && this.failed) this.querySelector<HTMLElement>(".outcome .button.primary")?.focus();
  }

  protected override content(account: Account): TemplateResult {
    const t = sealTexts();
    const [only] = this.contracts.length === 1 ? this.contracts : [];
    if (this.contracts.length === 0) return this.nothing();
    const over = this.scan?.handOver ?? null;
    return html`
      <header class="page-head tight">
        <div>
          <p class="backward">
            <a href=${only ? `/contract#${only.id}` : "/contracts"}>${back} ${only ? t.leave : t.leaveMany}</a>
          </p>
          <h1 tabindex="-1">${this.heading()}</h1>
          ${only ? html`<p class="number-line"><span>${only.title}</span> <span class="mono" dir="ltr">${only.number}</span></p>` : nothing}
        </div>
        ${phases(this.phase === "done" ? 2 : this.phase === "scanning" ? 1 : 0)}
      </header>
      ${
        this.phase === "done" && over
          ? results(this.contracts, over.deliveries, { save: (at) => this.save(at), tryNow: () => over.hurry() })
          : this.phase === "scanning"
            ? this.scanning()
            : this.placing(account)
      }
    `;
  }

  private heading(): string {
    const t = sealTexts();
    return this.contracts.length > 1 ? t.titleMany(this.contracts.length) : t.title;
  }

  private nothing(): TemplateResult {
    const t = sealTexts();
    return html`<section class="panel empty">
      ${refusedPicture}
      <h1>${location.hash.length > 1 ? t.cannot : t.nothingChosen}</h1>
      <p>${t.cannotHow}</p>
      <a class="button primary" href="/contracts">${t.leaveMany}</a>
    </section>`;
  }

  private placing(account: Account): TemplateResult {
    const t = sealTexts();
    const { files, contracts } = this;
    if (!canSeal(account)) return bindFirst();
    if (files === null) {
      return html`<section class="panel opening">
        <p role="status">${t.fetching(percent(this.fetched))}</p>
        <progress max="1" .value=${this.fetched} aria-label=${t.fetching("")}></progress>
      </section>`;
    }
    const busy = this.phase === "checking";
    return html`
      <p class="quiet lead">${t.placeLead}</p>
      ${
        contracts.length > 1
          ? html`<div class="notice several">
              <p>${t.placeMany(contracts.length)}</p>
              <label>
                ${t.shown}
                <select
                  @change=${(event: Event) => {
                    this.shown = (event.currentTarget as HTMLSelectElement).selectedIndex;
                  }}
                >
                  ${contracts.map(({ title }, at) => html`<option ?selected=${at === this.shown}>${at + 1}. ${title}</option>`)}
                </select>
              </label>
            </div>`
          : nothing
      }
      <scanseal-placer
        locale=${locale()}
        .file=${files[this.shown]}
        .keywords=${sealWords(this.first(account))}
        .places=${this.places}
        @places-change=${(event: CustomEvent<{ places: readonly SealPlace[] }>) => {
          this.places = event.detail.places;
          this.hint = null;
          this.misfits = [];
        }}
        @placer-error=${this.placeRefused}
      ></scanseal-placer>
      ${
        this.misfits.length > 0
          ? misfitting(contracts, this.misfits, { show: this.showMisfit, leaveOut: this.withoutThem })
          : nothing
      }
      <div class="chosen-bar placing-bar">
        <p role="status" class=${this.hint?.tone === "bad" ? "wrong" : ""}>
          ${busy ? t.checkingPlaces(percent(this.checked)) : (this.hint?.words ?? t.placed(this.places.length))}
        </p>
        <a class="button" href=${contracts.length === 1 ? `/contract#${contracts[0]?.id}` : "/contracts"}>${t.cancel}</a>
        <button class="button primary" type="button" aria-busy=${busy} @click=${this.next}>${sealGlyph} ${t.next}</button>
      </div>
    `;
  }

  private scanning(): TemplateResult {
    const t = sealTexts();
    const { scan, failed } = this;
    if (failed) return this.refused(failed);
    if (scan === null) return html`<p class="quiet" role="status">${texts().loading}</p>`;
    return html`<section class="panel scan-panel">
      <div class="dialog-body bind">
        ${keyed(
          scan,
          html`<scanseal-qr
            locale=${locale()}
            .request=${scan.request}
            .submit=${scan.submit}
            .documents=${scan.documents}
            .documentCodes=${scan.documentCodes}
            @scan-state=${(event: ScanStateEvent) => scan.state(event.detail)}
            @scan-complete=${this.completed}
            @scan-error=${this.scanFailed}
          >
            <span slot="heading" hidden></span>
            <p slot="instructions">${t.scanHelp}</p>
          </scanseal-qr>`,
        )}
        <div class="bind-facts">
          ${steps(scan.progress)} ${documentList(this.contracts, this.places.length)}
        </div>
      </div>
      ${
        scan.handOver === null
          ? html`<div class="form-end">
              <button class="button" type="button" @click=${this.placeAgain}>${t.backToPlacing}</button>
            </div>`
          : nothing
      }
    </section>`;
  }

  private refused(failed: Failed): TemplateResult {
    const t = sealTexts();
    const { code, refusal } = failed;
    const found = failed.why === "found";
    const blocked = refusal?.members.contracts ?? [];
    const elsewhere = ofPlaces(code);
    const unbound = code === "certificate-not-bound";
    const { cause, advice } = failureWords(failed);
    const name = (id: number): string => this.contracts.find((one) => one.id === id)?.title ?? String(id);
    return html`<section class="panel">
      <div class="dialog-body outcome">
        ${refusedPicture}
        <div role="alert">
          <h2>${cause}</h2>
          <p>${advice}</p>
          ${blocked.map((one) => html`<p>${name(one.id)}: ${explainContract({ ...refusal, code: one.code } as ApiError)}</p>`)}
        </div>
      </div>
      <div class="form-end">
        ${
          found
            ? nothing
            : elsewhere || unbound
              ? html`<button class="button" type="button" @click=${this.scanNow}>${t.again}</button>`
              : html`<button class="button" type="button" @click=${this.placeAgain}>${t.backToPlacing}</button>`
        }
        ${
          found
            ? this.away()
            : code === "login-required"
              ? html`<button class="button primary" type="button" @click=${() => toLogin("ended")}>${texts().retry}</button>`
              : code === "document-changed" || blocked.length > 0
                ? html`<button class="button primary" type="button" @click=${() => this.begin()}>${texts().retry}</button>`
                : elsewhere
                  ? html`<button class="button primary" type="button" @click=${this.placeAgain}>${t.backToPlacing}</button>`
                  : unbound
                    ? html`<a class="button primary" href=${BIND}>${contractTexts().bind}</a>`
                    : html`<button class="button primary" type="button" @click=${this.scanNow}>${t.again}</button>`
        }
      </div>
    </section>`;
  }

  /** Back to where the contracts are: nothing that goes on from here. */
  private away(): TemplateResult {
    const t = sealTexts();
    const [only] = this.contracts.length === 1 ? this.contracts : [];
    return only
      ? html`<a class="button primary" href="/contract#${only.id}">${t.leave}</a>`
      : html`<a class="button primary" href="/contracts">${t.leaveMany}</a>`;
  }

  /** Whether the account's enterprise is the side that is named first in contracts. */
  private first({ enterprise }: Account): boolean {
    const own = this.contracts[0]?.parties.find(({ creditCode }) => creditCode === enterprise.creditCode);
    return own === undefined || own.role === "purchaser" || (own.role === "platform" && own.initiator);
  }

  /** Begins from the contracts as they are now. */
  private async begin(): Promise<void> {
    this.phase = "placing";
    this.files = null;
    this.fetched = 0;
    this.places = [];
    this.misfits = [];
    this.scan = null;
    this.failed = null;
    this.shown = 0;
    await this.load();
  }

  private async open(account: Account): Promise<void> {
    const { contracts } = this;
    if (contracts.length === 0 || !canSeal(account)) return;
    const whole = contracts.reduce((sum, { file }) => sum + (file?.size ?? 0), 0);
    const come = contracts.map(() => 0);
    let files: Blob[];
    try {
      files = await inParallel([...contracts.entries()], ([at, { id, file }]) =>
        fetchRevision(id, file?.revision ?? 0, {
          progress: (share) => {
            come[at] = share * (file?.size ?? 0);
            this.fetched = come.reduce((sum, one) => sum + one, 0) / Math.max(1, whole);
          },
        }),
      );
    } catch (error) {
      const refusal = asApiError(error);
      if (refusal.code === "login-required") toLogin("ended");
      else this.failure = refusal;
      return;
    }
    // The address may name others by now.
    if (contracts !== this.contracts) return;
    this.files = files;
    await this.suggest(files[0], account);
  }

  /** Puts one seal where it most likely goes; the person moves or removes it. */
  private async suggest(file: Blob | undefined, account: Account): Promise<void> {
    if (file === undefined || file.size > SEARCHED) return;
    for (const word of sealWords(this.first(account))) {
      const hits = await findKeyword(file, word).catch(noText);
      if (hits === null || this.places.length > 0) return;
      if (hits.length > 0) {
        this.places = [{ type: "keyword", word, occurrence: 1 }];
        this.#suggested = this.places;
        this.hint = { words: sealTexts().prePlaced(word), tone: "" };
        return;
      }
    }
  }

  private readonly next = async (): Promise<void> => {
    if (this.phase === "checking" || this.files === null) return;
    if (this.places.length === 0) {
      this.hint = { words: sealTexts().noPlaces, tone: "bad" };
      return;
    }
    this.phase = "checking";
    this.checked = 0;
    this.misfits = [];
    const misfits: Misfitting[] = [];
    for (const [at, file] of this.files.entries()) {
      const pages = this.contracts[at]?.file?.pages ?? 0;
      const has = async (word: string): Promise<boolean | "no-text-layer"> => {
        const hits = await findKeyword(file, word).catch(noText);
        return hits === null ? "no-text-layer" : hits.length > 0;
      };
      const why = await misfit(this.places, { pages, has });
      const [problem] = why === null ? await placeProblems(file, this.places) : [];
      if (why !== null || problem) misfits.push({ at, why: why ?? problem?.code ?? "", place: problem?.place ?? null });
      this.checked = (at + 1) / this.files.length;
    }
    this.misfits = misfits;
    if (misfits.length === 0) return this.scanNow();
    this.phase = "placing";
    await this.updateComplete;
    this.querySelector<HTMLElement>(".misfits .button")?.focus();
  };

  /** A place beside its page, if nobody chose it, is moved; one that was asked for is shown. */
  private readonly placeRefused = (event: PlacerErrorEvent): void => {
    const placer = event.currentTarget as PlacerElement;
    if (event.detail.code === "seal-off-page" && this.places === this.#suggested && this.shown === 0) {
      const { hint } = this;
      placer.bringOntoPages();
      this.hint = hint;
    }
    if (this.#sought !== null) placer.showPlace(this.#sought);
    this.#sought = null;
  };

  private readonly showMisfit = ({ at, place }: Misfitting): void => {
    const placer = this.querySelector("scanseal-placer");
    placer?.scrollIntoView({ block: "center" });
    if (at === this.shown) {
      if (place !== null) placer?.showPlace(place);
      return;
    }
    this.shown = at;
    // It tells what is wrong once it has the file, and has found the words.
    this.#sought = place;
  };

  private readonly withoutThem = (): void => {
    const fits = (_: unknown, at: number): boolean => !this.misfits.some((one) => one.at === at);
    this.contracts = this.contracts.filter(fits);
    this.files = this.files?.filter(fits) ?? null;
    this.misfits = [];
    this.shown = 0;
    history.replaceState(null, "", `#${this.contracts.map(({ id }) => id).join(",")}`);
  };

  private readonly scanNow = (): void => {
    const { files, places, contracts } = this;
    if (files === null) return;
    this.failed = null;
    this.phase = "scanning";
    const documents = files.map((pdf) => ({ pdf, options: { places } }));
    this.scan = new SealScan(
      contracts,
      (signal) => sealDocuments(documents, { signal }),
      () => this.requestUpdate(),
    );
  };

  private readonly placeAgain = (): void => {
    this.scan = null;
    this.failed = null;
    this.phase = "placing";
  };

  private readonly completed = (): void => {
    this.phase = "done";
  };

  private readonly scanFailed = (event: ScanErrorEvent): void => {
    // What is sealed already is not lost with the phone.
    if (this.scan?.handOver?.unsaved && this.scan.refusal === null) {
      this.phase = "done";
      return;
    }
    const refusal = this.scan?.refusal ?? null;
    const code = refusal?.code ?? event.detail.code;
    // Nobody else compares what this page prepared with what the platform asked for, before the platform does.
    const found = code === "document-changed" && refusal === null && this.scan?.outdated === false;
    const sealless = code === "seal-not-yours" && this.scan?.sealless === true;
    this.failed = { code, refusal, why: found ? "found" : sealless ? "sealless" : null };
  };

  private save(at: number): void {
    const original = this.files?.[at];
    const appended = this.scan?.handOver?.appended[at];
    if (!original || !appended) return;
    const link = document.createElement("a");
    link.href = URL.createObjectURL(sealedFile(original, appended));
    link.download = `${this.contracts[at]?.title ?? contractTexts().facts}.pdf`;
    link.click();
    this.#saved = true;
    // The browser has it by now, or reads on from what it holds.
    setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
  }

  private readonly moved = (): void => void this.begin();

  private readonly leaving = (event: BeforeUnloadEvent): void => {
    const over = this.scan?.handOver;
    if (over?.busy || (over?.unsaved && !this.#saved)) event.preventDefault();
  };
}

customElements.define("portal-seal", PortalSeal);
