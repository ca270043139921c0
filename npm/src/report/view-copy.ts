// What can be done about a change inside what was signed: compare with a copy that somebody has kept.

import { html, nothing, type TemplateResult } from "lit";
import { glyph } from "./icons.js";
import { decidingReasons } from "./model.js";
import type { ReportView } from "./view-parts.js";

/** The offer, where the file itself does not tell what was changed. */
export function ownCopy(view: ReportView): TemplateResult | typeof nothing {
  const { report, words, pictures, actions } = view;
  if (!pictures || !decidingReasons(report).includes("digest-mismatch")) return nothing;
  const take = (file: File | undefined): void => {
    if (file !== undefined) actions.compareWith(file, file.name);
  };
  const chosen = (event: Event): void => {
    const input = event.target as HTMLInputElement;
    take(input.files?.[0]);
    // The same file may be chosen once more.
    input.value = "";
  };
  const dragged = (event: DragEvent): void => {
    event.preventDefault();
    (event.currentTarget as HTMLElement).classList.toggle("over", event.type === "dragover");
  };
  const dropped = (event: DragEvent): void => {
    // Whoever listens for the whole page sees by this that the file was taken.
    dragged(event);
    take(event.dataTransfer?.files[0]);
  };
  const open = (event: Event): void => {
    (event.currentTarget as HTMLElement).parentElement?.querySelector("input")?.click();
  };
  return html`
    <div part="own-copy" class="own-copy" @dragover=${dragged} @dragleave=${dragged} @drop=${dropped}>
      <button part="action" type="button" aria-describedby="own-copy-note" @click=${open}>
        ${glyph("compare")}${words.copyCompare}
      </button>
      <input type="file" accept="application/pdf,.pdf" hidden @change=${chosen} />
      <p id="own-copy-note" class="quiet"><span class="drop-hint">${words.copyDrop}</span> ${words.copyNote}</p>
    </div>
  `;
}
