/** Keys that sign the platform's requests, and their rotation as three steps. */
import { html, nothing, svg, type TemplateResult } from "lit";
import { call } from "../lib/api";
import { confirmDialog } from "../lib/dialog";
import { dateTime, day } from "../lib/locale";
import { explain } from "./explain";
import type { PlatformKey } from "./model";
import { fingerprint } from "./parts";
import { Section } from "./section";
import { keyWords } from "./words/keys";

interface Keys {
  keys: PlatformKey[];
}

type Deed = "next" | "switch" | "retire";

interface Step {
  deed: Deed;
  title: string;
  how: string;
  phones: string;
  action: string;
  question: string;
  body: string;
  said: string;
  danger: boolean;
}

class AdminKeys extends Section<Keys> {
  protected override readonly name = "keys";

  protected override read(): Promise<Keys> {
    return call("GET", "/api/admin/keys");
  }

  protected override content({ keys }: Keys): TemplateResult {
    const t = keyWords();
    const due = dueStep(keys);
    const all = steps();
    const next = all[due - 1];
    return html`<section class="panel" aria-labelledby="steps-title">
        <div class="panel-head">
          <h2 id="steps-title">${t.steps}</h2>
          <p class="quiet">${t.legend}</p>
        </div>
        <ol class="steps">${all.map((step, at) => shown(step, at + 1, due))}</ol>
        <div class="save">${next ? this.#act(next) : nothing}<span class="quiet">${t.leaked}</span></div>
      </section>
      ${table(keys)}`;
  }

  #act(step: Step): TemplateResult {
    const ask = async () => {
      const { question: title, body, action, danger } = step;
      if (!(await confirmDialog({ title, body, action, danger }))) return;
      await this.act(
        async () => {
          await call("POST", `/api/admin/keys/${step.deed}`);
          await this.refresh();
        },
        step.said,
        (error) => (step.deed === "retire" && error.code === "conflict" ? keyWords().tooEarly : explain(error)),
      );
    };
    return html`<button class="button primary" aria-busy=${this.busy} @click=${ask}>${step.action}</button>`;
  }
}

function shown(step: Step, number: number, due: number): TemplateResult {
  const t = keyWords();
  const state = number === due ? "now" : number < due ? "done" : "later";
  return html`<li class=${state} aria-current=${state === "now" ? "step" : nothing}>
    ${pictures[step.deed]}
    <p class="quiet">${t.step(number)} · ${{ now: t.now, done: t.done, later: t.later }[state]}</p>
    <h3>${step.title}</h3>
    <p>${step.how}</p>
    <p class="phones">${step.phones}</p>
  </li>`;
}

/** Number of the step that comes next: an old key in the list is retired first, a prepared one is switched to, else a new one is made. */
function dueStep(keys: PlatformKey[]): number {
  if (keys.some(({ state }) => state === "retired")) return 3;
  return keys.some(({ state }) => state === "next") ? 2 : 1;
}

function steps(): Step[] {
  const t = keyWords();
  return [
    {
      deed: "next",
      title: t.make,
      how: t.makeHow,
      phones: t.makePhones,
      action: t.make,
      question: t.makeTitle,
      body: t.makeBody,
      said: t.made,
      danger: false,
    },
    {
      deed: "switch",
      title: t.switch,
      how: t.switchHow,
      phones: t.switchPhones,
      action: t.switchAction,
      question: t.switchTitle,
      body: t.switchBody,
      said: t.switched,
      danger: false,
    },
    {
      deed: "retire",
      title: t.retire,
      how: t.retireHow,
      phones: t.retirePhones,
      action: t.retire,
      question: t.retireTitle,
      body: t.retireBody,
      said: t.retired,
      danger: true,
    },
  ];
}

function table(keys: PlatformKey[]): TemplateResult {
  const t = keyWords();
  const tones = { next: "", current: "good", retired: "warn" };
  return html`<section class="panel" aria-labelledby="keys-title">
    <h2 id="keys-title">${t.table}</h2>
    <table class="table">
      <caption class="visually-hidden">${t.table}</caption>
      <thead>
        <tr>
          <th scope="col">${t.key}</th><th scope="col">${t.thumbprint}</th><th scope="col">${t.state}</th>
          <th scope="col">${t.since}</th><th scope="col">${t.notAfter}</th>
        </tr>
      </thead>
      <tbody>
        ${keys.map(
          (key) => html`<tr>
            <th scope="row" class="wide lead short"><span class="mono" dir="ltr">${key.name}</span></th>
            <td data-label=${t.thumbprint}>${fingerprint(key.thumbprint)}</td>
            <td data-label=${t.state} class="short"><span><span class="chip ${tones[key.state]}">${t.states[key.state]}</span></span></td>
            <td data-label=${t.since} class="short">${dateTime(key.since)}</td>
            <td data-label=${t.notAfter} class="short">${day(key.notAfter)}</td>
          </tr>`,
        )}
      </tbody>
    </table>
  </section>`;
}

/** A key whose bow is at `x`, `y`. */
const key = (x: number, y: number, kind: string) =>
  svg`<path class=${kind} d="M${x} ${y}a7 7 0 1 1 14 0 7 7 0 0 1-14 0zm14 0h22m-5 0v6m-7-6v5" />`;
const code = svg`<path class="code" d="M136 22h11v11h-11zM153 22h11v11h-11zM136 39h11v11h-11zM153 39h3v5h5v6" />`;

/** The frame is the trust list, the code on the right belongs to the key that signs it. */
const pictures: Record<Deed, TemplateResult> = {
  next: html`<svg class="key-picture" viewBox="0 0 168 72" aria-hidden="true">
    <path class="list" d="M1 1h66v70h-66z" />${key(14, 19, "old")} ${key(14, 51, "new")}
    <path class="signs" d="M58 20h30c24 0 18 16 40 16" />${code}
  </svg>`,
  switch: html`<svg class="key-picture" viewBox="0 0 168 72" aria-hidden="true">
    <path class="list" d="M1 1h66v70h-66z" />${key(14, 19, "old")} ${key(14, 51, "new")}
    <path class="signs" d="M58 52h30c24 0 18-16 40-16" />${code}
  </svg>`,
  retire: html`<svg class="key-picture" viewBox="0 0 168 72" aria-hidden="true">
    <path class="list" d="M1 34h66v37h-66z" />${key(14, 15, "old gone")}<path class="struck" d="M8 28L56 4" /> ${key(14, 51, "new")}
    <path class="signs" d="M58 52h30c24 0 18-16 40-16" />${code}
  </svg>`,
};

customElements.define("admin-keys", AdminKeys);
