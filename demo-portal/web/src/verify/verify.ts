/** The public verify page: anybody drops PDFs and reads the reports. Nothing leaves the browser. */
import "../styles/base.css";
import "../styles/surfaces.css";
import "../styles/frame.css";
import "../styles/verify.css";
import { html, nothing, type TemplateResult } from "lit";
import { repeat } from "lit/directives/repeat.js";
import { ScanSealError } from "scanseal";
import { initPdf, verifyPdf } from "scanseal/pdf";
import { type PasswordSubmitEvent, setViewerAssets } from "scanseal/report";
import { byteSize } from "../lib/bytes";
import { dateTime, locale, localized } from "../lib/locale";
import { Page } from "../lib/page";
import { toast } from "../lib/toast";
import { brand, languageSwitch } from "../portal/frame";
import {
  bin,
  check as checkGlyph,
  download,
  folder,
  lock,
  printer,
  sealGlyph,
  swap,
  unlink,
  upload,
  warning,
} from "../portal/icons";
import { dropPicture } from "../portal/pictures";
import { texts } from "../portal/texts";
import { type Check, Checks, shownVerdict, tally, type Verify } from "./checks";
import { chosenIn, dropped, type Folder, filesIn, type Taken } from "./intake";
import { resultsFile } from "./results-file";
import { verifyTexts } from "./texts-verify";
import { loadTrust, type Trust, TrustError, type TrustProblem } from "./trust";

/** Copies of the workers' scripts that the page's service worker may answer for; in development there are none. */
if (import.meta.env.PROD) {
  setViewerAssets("/verify/viewer/");
  void initPdf({ for: "verify", worker: new URL("/verify/pdf-worker.js", location.href) }).catch(unlessNotServed);
}

const TONES: Record<string, string> = {
  passed: "good",
  "passed-with-later-changes": "good",
  indeterminate: "warn",
  failed: "bad",
  unsigned: "plain",
  unreadable: "warn",
};

class PortalVerify extends Page {
  static override properties = {
    checks: { state: true },
    trust: { state: true },
    over: { state: true },
    offline: { state: true },
    folded: { state: true },
  };

  declare checks: readonly Check[];
  /** What files are judged by, or why there is nothing; `null` while it is fetched. */
  declare trust: Trust | TrustProblem | null;
  /** Something is being dragged over the page. */
  declare over: boolean;
  /** Whether the page is kept for use without a network. */
  declare offline: "soon" | "ready" | "never";
  /** Ids of reports that the person has folded or unfolded, and which of the two. */
  declare folded: ReadonlyMap<number, boolean>;

  #trusting: Promise<Trust | null> = Promise.resolve(null);
  readonly #checks: Checks;

  constructor() {
    super();
    this.checks = [];
    this.trust = null;
    this.over = false;
    this.offline = "serviceWorker" in navigator ? "soon" : "never";
    this.folded = new Map();
    const verify: Verify = async (file, { password, signal, progress }) => {
      const trust = await this.#trusting;
      return verifyPdf(file, {
        ...(trust && { trust: trust.roots, crls: trust.crls }),
        ...(password !== undefined && { password }),
        fileDigest: true,
        signal,
        onProgress: ({ done, total }) => progress(total > 0 ? done / total : 0),
      });
    };
    const changed = (): void => {
      this.checks = this.#checks.all;
    };
    this.#checks = new Checks(verify, changed, (error) => ScanSealError.from(error).code);
  }

  override connectedCallback(): void {
    super.connectedCallback();
    window.addEventListener("dragover", this.dragged);
    window.addEventListener("dragleave", this.left);
    window.addEventListener("drop", this.dropped);
    window.addEventListener("online", this.renew);
    void this.keep();
    void this.fetchTrust();
  }

  override disconnectedCallback(): void {
    super.disconnectedCallback();
    window.removeEventListener("dragover", this.dragged);
    window.removeEventListener("dragleave", this.left);
    window.removeEventListener("drop", this.dropped);
    window.removeEventListener("online", this.renew);
  }

  protected override updated(): void {
    document.title = `${verifyTexts().title} · ${texts().platformShort}`;
  }

  protected override render(): TemplateResult {
    const t = verifyTexts();
    const any = this.checks.length > 0;
    return html`
      <a class="button skip" href="#main">${texts().skip}</a>
      <header class="bar short">
        ${brand()}
        <div class="actions"><a class="button plain" href="/">${t.toPlatform}</a>${languageSwitch()}</div>
      </header>
      <main id="main" class="page verify-page ${this.over ? "over" : ""}" tabindex="-1">
        <header class="page-head">
          <div>
            <h1>${t.title}</h1>
            <p>${t.lead}</p>
          </div>
          ${
            any
              ? html`<div class="buttons">
                  <button class="button" type="button" @click=${() => window.print()}>${printer} ${texts().print}</button>
                </div>`
              : nothing
          }
        </header>
        ${this.dropTarget(any)} ${any ? this.results() : promises(this.offline)} ${this.basis()}
        <p class="print-only">${t.printed(dateTime(Date.now() / 1000), location.host)}</p>
      </main>
    `;
  }

  private dropTarget(any: boolean): TemplateResult {
    const t = verifyTexts();
    return html`<section class="drop ${any ? "slim" : ""}" aria-label=${t.choose}>
      ${any ? nothing : dropPicture}
      <div>
        <p class="drop-title">${this.over ? t.dropHere : any ? t.dropMore : t.dropTitle}</p>
        ${any ? nothing : html`<p class="quiet">${t.dropOr}</p>`}
      </div>
      <div class="drop-buttons">
        <button class="button ${any ? "" : "primary"}" type="button" @click=${() => this.choose(".chooser")}>
          ${upload} ${any ? t.chooseMore : t.choose}
        </button>
        <button class="button" type="button" @click=${() => this.choose(".folder-chooser")}>${folder} ${t.chooseFolder}</button>
      </div>
      <input class="chooser" type="file" multiple accept="application/pdf,.pdf" hidden @change=${this.chosen} />
      <input class="folder-chooser" type="file" webkitdirectory hidden @change=${this.chosenFolder} />
      ${any ? nothing : html`<p class="quiet small">${t.accepts}</p>`}
      <p class="drop-promise">${lock} ${any ? t.privateTitle : t.privateLine}</p>
    </section>`;
  }

  private results(): TemplateResult {
    const t = verifyTexts();
    const { good, bad, open, busy } = tally(this.checks);
    return html`<section class="results" aria-label=${t.files}>
      <div class="results-head">
        <h2>${t.files}</h2>
        <p class="quiet" role="status">${t.summary(good, bad, open, busy)}</p>
        <div class="results-buttons">
          <button class="button small" type="button" ?disabled=${busy > 0} @click=${this.exportAll}>${download} ${t.exportAll}</button>
          <button class="button small" type="button" @click=${() => this.#checks.clear()}>${t.clear}</button>
        </div>
      </div>
      ${repeat(
        this.checks,
        ({ id }) => id,
        (check) => this.result(check),
      )}
    </section>`;
  }

  private result(check: Check): TemplateResult {
    const t = verifyTexts();
    const { id, name, state } = check;
    const report = state.at === "done" ? state.report : null;
    const open = this.folded.get(id) ?? this.unfolded(check);
    return html`<article class="panel checked" aria-labelledby="check-${id}">
      <header>
        ${
          report
            ? html`<button
                class="fold"
                type="button"
                aria-expanded=${open}
                aria-controls="report-${id}"
                @click=${() => {
                  this.folded = new Map(this.folded).set(id, !open);
                }}
              >
                <span class="name" id="check-${id}"><bdi>${name}</bdi></span>${chip(check)}
              </button>`
            : html`<h3 class="name" id="check-${id}"><bdi>${name}</bdi></h3>
                ${chip(check)}`
        }
        <span class="quiet size">${check.file === null || report ? nothing : byteSize(check.size)}</span>
        <button class="icon" type="button" aria-label=${t.remove(name)} title=${t.remove(name)} @click=${() => this.takeAway(id)}>
          ${bin}
        </button>
      </header>
      ${
        state.at === "checking"
          ? html`<progress max="1" .value=${state.progress} aria-label=${t.checkingName(name)}></progress>`
          : nothing
      }
      ${state.at === "refused" ? html`<p class="notice warn">${t.refused[state.why]}</p>` : nothing}
      ${state.at === "broken" ? this.broken(id, state.code) : nothing}
      ${
        report
          ? html`<div id="report-${id}" class="report" ?hidden=${!open}>
              <scanseal-report
                locale=${locale()}
                file-name=${name}
                .file=${check.file ?? undefined}
                .password=${check.password}
                .report=${report}
                @password-submit=${(event: PasswordSubmitEvent) => this.#checks.again(id, event.detail.password)}
              ></scanseal-report>
            </div>`
          : nothing
      }
    </article>`;
  }

  /** Reports are long: of several, the first that did not pass is open. */
  private unfolded(check: Check): boolean {
    if (this.checks.length === 1) return true;
    const failed = this.checks.find(
      ({ state }) => state.at === "done" && TONES[state.report.document.verdict] === "bad",
    );
    return (failed ?? this.checks.find(({ state }) => state.at === "done"))?.id === check.id;
  }

  private broken(id: number, code: string): TemplateResult {
    const t = verifyTexts();
    return html`<div class="notice bad broken" role="alert">
      <span>${code === "wasm-not-served" ? t.broken["wasm-not-served"] : t.broken.other(code)}</span>
      <button class="button small" type="button" @click=${() => this.#checks.again(id)}>${t.again}</button>
    </div>`;
  }

  private basis(): TemplateResult {
    const t = verifyTexts();
    const { trust } = this;
    if (trust === null) return html`<p class="quiet" role="status">${t.basisLoading}</p>`;
    if (typeof trust === "string") {
      return html`<section class="notice warn renewal" role="status">
        <div>
          <strong>${t.noTrust}</strong>
          <p>${t.trustProblems[trust]} ${t.noTrustThen}</p>
        </div>
        <button class="button" type="button" @click=${this.renew}>${swap} ${texts().retry}</button>
      </section>`;
    }
    return html`<section class="panel basis">
      <h2>${t.basis}</h2>
      <p class="quiet">${t.basisBody}</p>
      ${trust.kept ? html`<p class="notice">${t.kept}</p>` : nothing}
      <dl class="facts">
        <div><dt>${t.operator}</dt><dd>${trust.operator}</dd></div>
        <div><dt>${t.version}</dt><dd>${t.versionValue(trust.version, dateTime(trust.issued))}</dd></div>
        <div><dt>${t.validUntil}</dt><dd>${dateTime(trust.expires)}</dd></div>
        <div><dt>${t.revocation}</dt><dd>${t.revocationValue(trust.crls.length)}</dd></div>
        <div><dt>${t.original}</dt><dd><a href="/authority/trust-list" download="trust-list.jws">${t.originalLink}</a></dd></div>
        <div class="long">
          <dt>${t.authorities}</dt>
          <dd>
            <ul class="authorities">
              ${trust.authorities.map(
                ({ id, name, kind, roots }) => html`<li>
                  ${localized(name)} <span class="chip plain">${kind === "platform" ? t.platformKind : t.mutualKind}</span>
                  ${roots.map(
                    (root, at) => html`<button
                      class="button small"
                      type="button"
                      aria-label=${t.rootOf(localized(name))}
                      @click=${() => saveFile(`${id}-root${roots.length > 1 ? `-${at + 1}` : ""}.cer`, "application/pkix-cert", root)}
                    >
                      ${download} ${t.root}
                    </button>`,
                  )}
                </li>`,
              )}
            </ul>
            <p class="quiet">${t.rootsHow}</p>
          </dd>
        </div>
      </dl>
    </section>`;
  }

  private takeAway(id: number): void {
    this.#checks.remove(id);
    void this.updateComplete.then(() => this.querySelector<HTMLElement>(".drop .button")?.focus());
  }

  private choose(which: string): void {
    this.querySelector<HTMLInputElement>(which)?.click();
  }

  private readonly chosen = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    this.#checks.add([...(input.files ?? [])].map((file) => ({ name: file.name, file })));
    // The same file may be chosen once more, after it was changed.
    input.value = "";
  };

  private readonly chosenFolder = (event: Event): void => {
    const input = event.currentTarget as HTMLInputElement;
    const all = [...(input.files ?? [])];
    const files = chosenIn(all);
    const name = all[0]?.webkitRelativePath.split("/")[0];
    if (files.length > 0) this.#checks.add(files);
    else this.#checks.add([], [name || verifyTexts().chooseFolder]);
    input.value = "";
  };

  private readonly exportAll = (): void => {
    const { trust } = this;
    const json = resultsFile(
      this.checks,
      trust === null || typeof trust === "string" ? null : trust,
      new Date(),
      location.origin,
    );
    saveFile(`${verifyTexts().exportName}-${new Date().toISOString().slice(0, 10)}.json`, "application/json", json);
  };

  private readonly dragged = (event: DragEvent): void => {
    event.preventDefault();
    this.over = true;
  };

  private readonly left = (event: DragEvent): void => {
    // It also leaves each element that it passes; out of the window there is no other.
    if (event.relatedTarget === null) this.over = false;
  };

  private readonly dropped = (event: DragEvent): void => {
    this.over = false;
    // A report has taken it, to compare with.
    if (event.defaultPrevented || !event.dataTransfer) return;
    event.preventDefault();
    const { files, folders } = dropped(event.dataTransfer);
    if (files.length + folders.length === 0) toast(verifyTexts().notFile, "bad");
    else void this.takeIn(files, folders);
  };

  private async takeIn(files: readonly Taken[], folders: readonly Folder[]): Promise<void> {
    if (files.length > 0) this.#checks.add(files);
    for (const each of folders) {
      // A folder that cannot be read has nothing to offer, either.
      const inside = await filesIn(each).catch((error: unknown): Taken[] => {
        if (error instanceof DOMException) return [];
        throw error;
      });
      this.#checks.add(inside, inside.length > 0 ? [] : [each.name]);
    }
  }

  private readonly renew = (): void => {
    void this.fetchTrust().then(() => this.#checks.renew());
  };

  private async fetchTrust(): Promise<void> {
    this.trust = null;
    this.#trusting = loadTrust().then(
      (trust) => {
        this.trust = trust;
        return trust;
      },
      (error: unknown) => {
        if (!(error instanceof TrustError)) throw error;
        this.trust = error.problem;
        return null;
      },
    );
    await this.#trusting;
  }

  /** Has the browser keep the page, once it has brought all of it. */
  private async keep(): Promise<void> {
    if (!("serviceWorker" in navigator) || !import.meta.env.PROD) return;
    try {
      await navigator.serviceWorker.register("/verify-sw.js", { scope: "/verify" });
      await navigator.serviceWorker.ready;
      this.offline = "ready";
    } catch (error) {
      // Private windows, self-signed certificates, a full disk: the page works, but is not kept.
      console.warn("the verify page is not kept for offline use", error);
      this.offline = "never";
    }
  }
}

function chip({ state }: Check): TemplateResult {
  const t = verifyTexts();
  switch (state.at) {
    case "waiting":
      return html`<span class="chip plain">${t.waiting}</span>`;
    case "checking":
      return html`<span class="chip">${t.checking(percent(state.progress))}</span>`;
    case "refused":
      return html`<span class="chip warn">${t.refusedChip}</span>`;
    case "broken":
      return html`<span class="chip warn">${t.brokenChip}</span>`;
    case "done": {
      const verdict = shownVerdict(state.report);
      const tone = TONES[verdict] ?? "warn";
      return html`<span class="chip ${tone}">${tone === "good" ? checkGlyph : tone === "plain" ? nothing : warning} ${t.verdicts[verdict]}</span>`;
    }
  }
}

function percent(share: number): string {
  return new Intl.NumberFormat(locale(), { style: "percent" }).format(share);
}

function promises(offline: "soon" | "ready" | "never"): TemplateResult {
  const t = verifyTexts();
  const how = { soon: t.offlineSoon, ready: t.offlineReady, never: t.offlineNever }[offline];
  return html`<ul class="promises">
    <li>${sealGlyph}<div><h2>${t.plainTitle}</h2><p>${t.plainBody}</p></div></li>
    <li>${unlink}<div><h2>${t.offlineTitle}</h2><p>${how}</p></div></li>
    <li>${checkGlyph}<div><h2>${t.openTitle}</h2><p>${t.openBody}</p></div></li>
  </ul>`;
}

/** Loading early only saves a wait; a check tells of it if it still fails then. */
function unlessNotServed(error: unknown): void {
  if (ScanSealError.from(error).code !== "wasm-not-served") throw error;
}

/** Gives the person something of this page as a file. */
function saveFile(name: string, type: string, content: BlobPart): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([content], { type }));
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

customElements.define("portal-verify", PortalVerify);
