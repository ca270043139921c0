// The whole element. Pure: a model in, a template out.

import { html, nothing, type TemplateResult } from "lit";
import type { Phase, View } from "./view-model.js";
import { notice, refusal } from "./view-notices.js";
import { dock, panel } from "./view-panel.js";
import { ghost, stage, thumbnails } from "./view-stage.js";
import { toolbar } from "./view-toolbar.js";

/** Everything. */
export function view(model: View, phase: Phase, announcement: string): TemplateResult {
  const { messages, actions, narrow } = model;
  return html`
    <div part="base" class="base ${narrow ? "narrow" : ""}" role="group" aria-label=${messages.label} @keydown=${actions.onBaseKey}>
      ${phase.state === "open" ? document(model, phase.open) : notice(model, phase)}
      <div id="seal-keys" class="unseen">${messages.sealKeys}</div>
      <div part="status" class="unseen" role="status">${announcement}</div>
    </div>
  `;
}

function document(model: View, open: Extract<Phase, { state: "open" }>["open"]): TemplateResult {
  const { narrow, thumbnailsShown, panelShown, messages, actions } = model;
  return html`
    ${toolbar(model, open)}
    <div class="body">
      ${thumbnailsShown ? thumbnails(model, open) : nothing}
      <div class="middle">${stage(model, open)} ${refusal(model)}</div>
      ${narrow && panelShown ? html`<button class="veil" type="button" tabindex="-1" aria-label=${messages.close} @click=${actions.togglePanel}></button>` : nothing}
      ${panel(model, open)}
    </div>
    ${narrow ? dock(model, open) : nothing} ${ghost(model, open)}
  `;
}
