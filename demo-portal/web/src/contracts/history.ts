/** 处理历史: who did what when, and how long it took. */
import { html, type TemplateResult } from "lit";
import { dateTime } from "../lib/locale";
import { elapsed } from "./elapsed";
import type { Contract, Step } from "./model";
import { contractTexts } from "./texts-contract";

/** The steps, the oldest first; what waits last. */
export function history({ history: steps }: Contract): TemplateResult {
  const t = contractTexts();
  return html`<section class="panel history">
    <h2>${t.history}</h2>
    <table class="table">
      <thead>
        <tr>
          <th scope="col">${t.step}</th>
          <th scope="col">${t.person}</th>
          <th scope="col">${t.received}</th>
          <th scope="col">${t.done}</th>
          <th scope="col">${t.opinion}</th>
          <th scope="col" class="end">${t.elapsed}</th>
        </tr>
      </thead>
      <tbody>
        ${steps.map(row)}
      </tbody>
    </table>
  </section>`;
}

function row({
  step,
  person,
  enterprise,
  received,
  done,
  opinion,
  elapsed: seconds,
  void: isVoid,
}: Step): TemplateResult {
  const t = contractTexts();
  return html`<tr class=${done === null ? "open" : ""}>
    <td class="wide"><strong>${t.steps[step]}</strong>${isVoid ? html` <span class="chip bad">${t.voidSeal}</span>` : ""}</td>
    <td data-label=${t.person}>
      <span>
        ${person ?? (enterprise === null ? t.nobody : "")}
        ${enterprise === null ? "" : html`<span class="quiet enterprise-name">${enterprise}</span>`}
      </span>
    </td>
    <td data-label=${t.received}>${dateTime(received)}</td>
    <td data-label=${t.done}>${done === null ? html`<span><span class="chip warn">${t.waiting}</span></span>` : dateTime(done)}</td>
    <td data-label=${t.opinion}>${opinion || html`<span class="quiet">${t.noOpinion}</span>`}</td>
    <td class="end" data-label=${t.elapsed}>${elapsed(seconds)}</td>
  </tr>`;
}
