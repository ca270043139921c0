/** "My seals": the list, one seal, and the ways to get another. Each call to the authority takes a PIN. */
import { html, nothing, type TemplateResult } from "lit";
import { confirmDialog } from "../../lib/dialog";
import { dateTime, day } from "../../lib/locale";
import type { Call, CertificateView, Failure, SealShelf, SealStatus, SealView } from "../core-types";
import { explain } from "../explain";
import { texts } from "../texts";
import { sealTexts } from "../texts-seal";
import "./draw-pad";
import type { SignatureEvent } from "./draw-pad";
import "./photo-cut";
import type { PhotographedEvent } from "./photo-cut";
import { pinScreen } from "./pin";
import { sealPicture } from "./seal-parts";

/** What the desk needs of the page. */
interface Host {
  ask(call: Call): Promise<Failure | null>;
  changed(): void;
  close(): void;
}

/** A call that waits for its PIN. */
interface Task {
  what: () => string;
  call: (pin: string) => Call;
  done: () => void;
  /** Where "back" leads. */
  back: () => void;
}

type Place =
  | { at: "list" }
  | { at: "seal"; certificate: string; id: string }
  | { at: "draw"; certificate: string; old: SealView | null }
  | { at: "photo"; certificate: string; old: SealView | null }
  | { at: "pin"; task: Task; failure: Failure | null }
  | { at: "working" }
  | { at: "failed"; failure: Failure; task: Task }
  | { at: "done"; which: "sent" | "sent-for" | "saved" | "saved-for" | "revoked" };

/** Where a new picture is made. */
type Making = Extract<Place, { at: "draw" | "photo" }>;

const CHIPS: Record<SealStatus, string> = {
  valid: "good",
  expired: "bad",
  revoked: "bad",
  waiting: "warn",
  returned: "bad",
  "not-yours": "bad",
};

export class SealDesk {
  readonly #host: Host;
  #place: Place = { at: "list" };
  #seen: Place | undefined;

  constructor(host: Host) {
    this.#host = host;
  }

  /** Whether it asks for the PIN. */
  get asksPin(): boolean {
    return this.#place.at === "pin";
  }

  /** Begins with the list. */
  open(): void {
    this.#place = { at: "list" };
  }

  /** Asks for the PIN and gets the seals of one certificate; `then` in any case. */
  fetchFor(certificate: string, then: () => void): void {
    this.#fetch(certificate, then);
  }

  /** After each rendering: a new place is read from its beginning. */
  updated(page: HTMLElement): void {
    if (this.#seen === this.#place) return;
    const first = this.#seen === undefined;
    this.#seen = this.#place;
    if (!first) page.querySelector<HTMLElement>("[data-focus]")?.focus();
  }

  render(certificates: readonly CertificateView[], shelves: readonly SealShelf[], now: number): TemplateResult {
    const t = sealTexts();
    const place = this.#place;
    switch (place.at) {
      case "list":
        return this.#list(certificates, shelves);
      case "seal": {
        const seals = shelves.find(({ certificate }) => certificate === place.certificate)?.seals ?? [];
        const seal = seals.find(({ id }) => id === place.id);
        return seal ? this.#seal(seal, seals) : this.#list(certificates, shelves);
      }
      case "draw":
        return html`<h1 class="small" data-focus tabindex="-1">${place.old ? t.writeAnew : t.drawTitle}</h1>
          ${replacing(place.old)}
          <draw-pad @signature=${(event: SignatureEvent) => this.#save(place, event)}></draw-pad>
          <button class="button wide" @click=${() => this.#leave(place)}>${texts().back}</button>`;
      case "photo":
        return html`<h1 class="small" data-focus tabindex="-1">${place.old ? t.replaceTitle : t.photoTitle}</h1>
          ${replacing(place.old)}
          <photo-cut .old=${place.old} @photographed=${(event: PhotographedEvent) => this.#send(place, event)}></photo-cut>
          <button class="button wide" @click=${() => this.#leave(place)}>${texts().back}</button>`;
      case "pin": {
        const { task, failure } = place;
        return pinScreen({ what: task.what(), failure, until: null }, now, {
          confirm: (pin) => void this.#run(task, pin),
          back: task.back,
        });
      }
      case "working":
        return html`<div class="waiting" role="status"><span class="spinner"></span><h1 data-focus tabindex="-1">${t.working}</h1></div>`;
      case "failed": {
        const { cause, advice } = explain(place.failure);
        return html`<h1 class="small" data-focus tabindex="-1">${texts().failedTitle}</h1>
          <p class="notice bad" role="alert"><span><strong>${cause}</strong>${advice}</span></p>
          <div class="bottom">
            <button class="button primary wide" @click=${() => this.#go({ at: "pin", task: place.task, failure: null })}>${texts().retry}</button>
            <button class="button wide" @click=${place.task.back}>${texts().back}</button>
          </div>`;
      }
      case "done":
        return this.#done(place.which);
    }
  }

  #list(certificates: readonly CertificateView[], shelves: readonly SealShelf[]): TemplateResult {
    const t = sealTexts();
    return html`
      <h1 class="small" data-focus tabindex="-1">${t.mySeals}</h1>
      ${certificates.map((certificate) => {
        const shelf = shelves.find((one) => one.certificate === certificate.id);
        return this.#shelf(certificate, shelf);
      })}
      <div class="bottom"><button class="button wide" @click=${() => this.#host.close()}>${texts().back}</button></div>
    `;
  }

  #shelf({ id, enterprise, creditCode }: CertificateView, shelf: SealShelf | undefined): TemplateResult {
    const t = sealTexts();
    const seals = shelf?.seals ?? [];
    const fetched = shelf?.fetched ?? null;
    return html`<section class="shelf" aria-labelledby="shelf-${id}">
      <header>
        <h2 id="shelf-${id}"><bdi>${enterprise}</bdi></h2>
        <span class="mono quiet" dir="ltr">${creditCode}</span>
      </header>
      ${
        seals.length > 0
          ? html`<ul class="seals">
              ${seals.map(
                (seal) => html`<li>
                  <button class="seal-card" data-status=${seal.status} @click=${() => this.#go({ at: "seal", certificate: id, id: seal.id })}>
                    ${sealPicture(seal)}
                    <strong><bdi>${seal.name}</bdi></strong>
                    <span class="chip ${CHIPS[seal.status]}">${t.statuses[seal.status]}</span>
                  </button>
                </li>`,
              )}
            </ul>`
          : html`<p class="notice">${fetched === null ? t.neverFetched : t.noneYet}</p>`
      }
      <p class="shelf-foot">
        ${fetched === null ? nothing : html`<span class="quiet">${t.asOf(dateTime(fetched))}</span>`}
        <button class="button small ${seals.length === 0 ? "primary" : ""}" @click=${() => this.#fetch(id, () => this.#go({ at: "list" }))}>
          ${fetched === null ? t.fetchSeals : t.refresh}
        </button>
      </p>
      <div class="adding">
        <button class="button" @click=${() => this.#go({ at: "draw", certificate: id, old: null })}>
          <span>${t.addHandwritten}<small class="quiet">${t.addHandwrittenMore}</small></span>
        </button>
        <button class="button" @click=${() => this.#go({ at: "photo", certificate: id, old: null })}>
          <span>${t.addPhotographed}<small class="quiet">${t.addPhotographedMore}</small></span>
        </button>
      </div>
    </section>`;
  }

  #seal(seal: SealView, seals: readonly SealView[]): TemplateResult {
    const t = sealTexts();
    const { id, name, kind, status, millimetres, validUntil } = seal;
    const named = (which: string | null): string | undefined => seals.find((one) => one.id === which)?.name;
    const [before, successor] = [
      named(seal.replaces),
      seals.find((one) => one.replaces === id && one.status === "waiting"),
    ];
    return html`
      <h1 class="small" data-focus tabindex="-1"><bdi>${name}</bdi></h1>
      <div class="seal-large">${sealPicture(seal)}</div>
      <dl class="facts">
        <div><dt>${t.sealKind}</dt><dd>${t.kinds[kind]}</dd></div>
        <div><dt>${t.status}</dt><dd><span class="chip ${CHIPS[status]}">${t.statuses[status]}</span></dd></div>
        ${millimetres ? html`<div><dt>${t.sizeOf}</dt><dd>${t.size(...millimetres)}</dd></div>` : nothing}
        ${validUntil === null ? nothing : html`<div><dt>${texts().validUntil}</dt><dd>${day(validUntil)}</dd></div>`}
      </dl>
      ${this.#told(seal)}
      ${status === "waiting" && before !== undefined ? html`<p class="notice">${t.willReplace(before)}</p>` : nothing}
      ${successor ? html`<p class="notice">${t.beingReplaced(successor.name)}</p>` : nothing}
      <div class="bottom">
        ${
          (status === "valid" || status === "expired") && !successor
            ? html`<button class="button primary wide" @click=${() => this.#replace(seal)}>${kind === "handwritten" ? t.writeAnew : t.replace}</button>`
            : nothing
        }
        ${
          status === "returned" && kind !== "handwritten"
            ? html`<button class="button primary wide" @click=${() => this.#replace(seal)}>${t.photographAgain}</button>`
            : nothing
        }
        ${status === "valid" ? html`<button class="button danger wide" @click=${() => void this.#revoke(seal)}>${t.revoke}</button>` : nothing}
        <button class="button wide" @click=${() => this.#go({ at: "list" })}>${texts().back}</button>
      </div>
    `;
  }

  #told({ status, reason }: SealView): TemplateResult | typeof nothing {
    const t = sealTexts();
    // Reasons of the authority are words for programs, those of the people who review are sentences.
    const why = reason === null ? (t.reasons.unspecified ?? "") : (t.reasons[reason] ?? reason);
    switch (status) {
      case "waiting":
        return html`<p class="notice">${t.waitingMore}</p>`;
      case "returned":
        return html`<p class="notice bad">${t.returnedMore(why)}</p>`;
      case "revoked":
        return html`<p class="notice bad">${t.revokedMore(why)}</p>`;
      case "expired": {
        const { cause, advice } = explain({ code: "seal-expired" });
        return html`<p class="notice bad"><span><strong>${cause}</strong>${advice}</span></p>`;
      }
      case "not-yours":
        return html`<p class="notice bad">${t.notYoursMore}</p>`;
      case "valid":
        return nothing;
    }
  }

  #done(which: Extract<Place, { at: "done" }>["which"]): TemplateResult {
    const t = sealTexts();
    const [title, more] = {
      sent: [t.sentTitle, t.sentMore],
      "sent-for": [t.sentTitle, t.sentForMore],
      saved: [t.savedTitle, t.savedMore],
      "saved-for": [t.savedTitle, t.savedForMore],
      revoked: [t.revokedTitle, t.revokedDone],
    }[which];
    return html`<div class="done ${which.startsWith("saved") ? "" : "calm"}" role="status">
        <svg viewBox="0 0 48 48" aria-hidden="true"><circle cx="24" cy="24" r="21" /><path d="M14 25l7 7 14-15" /></svg>
        <h1 data-focus tabindex="-1">${title}</h1>
        <p class="quiet">${more}</p>
      </div>
      <div class="bottom"><button class="button primary wide" @click=${() => this.#go({ at: "list" })}>${t.mySeals}</button></div>`;
  }

  #fetch(certificate: string, then: () => void): void {
    this.#enterPin({
      what: () => sealTexts().fetchFor,
      call: (pin) => ({ do: "fetch-seals", certificate, pin }),
      done: then,
      back: then,
    });
  }

  /** Another picture for a seal, or for one that was returned. */
  #replace(old: SealView): void {
    const { certificate, kind } = old;
    this.#go({ at: kind === "handwritten" ? "draw" : "photo", certificate, old });
  }

  /** Away from drawing or photographing, to where it began. */
  #leave({ certificate, old }: Making): void {
    this.#go(old ? { at: "seal", certificate, id: old.id } : { at: "list" });
  }

  async #save(place: Making, { detail }: SignatureEvent): Promise<void> {
    const { certificate, old } = place;
    const png = new Uint8Array(await detail.png.arrayBuffer());
    const { millimetres } = detail;
    this.#enterPin({
      what: () => sealTexts().signatureFor,
      call: (pin) => ({
        do: "send-seal",
        certificate,
        pin,
        seal: { how: "handwritten", png, millimetres, replaces: replacedBy(old) },
      }),
      done: () => this.#go({ at: "done", which: old ? "saved-for" : "saved" }),
      back: () => this.#leave(place),
    });
  }

  #send(place: Making, { detail }: PhotographedEvent): void {
    const { certificate, old } = place;
    const replaces = replacedBy(old);
    this.#enterPin({
      what: () => sealTexts().photographedFor,
      call: (pin) => ({ do: "send-seal", certificate, pin, seal: { how: "photographed", replaces, ...detail } }),
      done: () => this.#go({ at: "done", which: replaces === null ? "sent" : "sent-for" }),
      back: () => this.#leave(place),
    });
  }

  async #revoke(seal: SealView): Promise<void> {
    const t = sealTexts();
    const { certificate, id, name } = seal;
    const sure = await confirmDialog({
      title: t.revokeTitle(name),
      body: t.revokeBody,
      action: t.revoke,
      danger: true,
    });
    if (!sure) return;
    this.#enterPin({
      what: () => sealTexts().revokeFor(name),
      call: (pin) => ({ do: "revoke-seal", certificate, pin, seal: id, reason: "unspecified" }),
      done: () => this.#go({ at: "done", which: "revoked" }),
      back: () => this.#go({ at: "seal", certificate, id }),
    });
  }

  #enterPin(task: Task): void {
    this.#go({ at: "pin", task, failure: null });
  }

  async #run(task: Task, pin: string): Promise<void> {
    const working: Place = { at: "working" };
    this.#go(working);
    const failure = await this.#host.ask(task.call(pin));
    // Whoever has left does not come back for this.
    if (this.#place !== working) return;
    if (!failure) task.done();
    else if (failure.code === "pin-wrong") this.#go({ at: "pin", task, failure });
    else this.#go({ at: "failed", failure, task });
  }

  #go(place: Place): void {
    this.#place = place;
    this.#host.changed();
  }
}

/** Which seal a new picture takes the place of. One that was returned never was in use; what it would have replaced still is. */
function replacedBy(old: SealView | null): string | null {
  return old?.status === "returned" ? old.replaces : (old?.id ?? null);
}

/** The seal that gets another picture, and what becomes of it. */
function replacing(old: SealView | null): TemplateResult | typeof nothing {
  if (!old || old.status === "returned") return nothing;
  const t = sealTexts();
  return html`<div class="replaced">
    ${sealPicture(old)}
    <p><strong><bdi>${old.name}</bdi></strong><span class="quiet">${old.kind === "handwritten" ? t.replacedAtOnce : t.replacedLater}</span></p>
  </div>`;
}
