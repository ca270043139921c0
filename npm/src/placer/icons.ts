// Small drawings of the buttons. Decoration: every button has words.

import { html, type TemplateResult } from "lit";

function icon(path: string): TemplateResult {
  return html`<svg class="icon" viewBox="0 0 24 24" aria-hidden="true"><path d=${path} /></svg>`;
}

export const thumbnails = icon("M4 4.5h16v15H4zM9.5 4.5v15M6 8h1.5M6 11.5h1.5M6 15h1.5");
export const previous = icon("M6 14.5l6-6 6 6");
export const next = icon("M6 9.5l6 6 6-6");
export const zoomOut = icon("M5 12h14");
export const zoomIn = icon("M12 5v14M5 12h14");
export const fitWidth = icon("M3.5 5v14M20.5 5v14M7 12h10M10 8.5L6.5 12l3.5 3.5M14 8.5l3.5 3.5-3.5 3.5");
export const undo = icon("M8.5 5L4 9.5 8.5 14M4.5 9.5H14a5.5 5.5 0 0 1 0 11h-3.5");
export const redo = icon("M15.5 5L20 9.5 15.5 14M19.5 9.5H10a5.5 5.5 0 0 0 0 11h3.5");
export const add = icon("M12 5v14M5 12h14");
export const remove = icon("M5 7h14M9.5 7V4.5h5V7M7 7l.8 12.5h8.4L17 7M10.2 10.5v5.5M13.8 10.5v5.5");
export const search = icon("M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5L20.5 20.5");
export const close = icon("M6 6l12 12M18 6L6 18");
export const lock = icon("M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3M12 14.5v2");
export const warning = icon("M12 4L21.5 20.5h-19zM12 10.5v4.5M12 17.8v.1");
export const stamp = icon(
  "M9.5 12.5V10C9.5 8.5 8 8 8 6a4 4 0 0 1 8 0c0 2-1.5 2.5-1.5 4v2.5M5 17v-2.5a2 2 0 0 1 2-2h10a2 2 0 0 1 2 2V17zM5 20.5h14",
);
export const across = icon("M4 4.5h11v15H4zM15 8h5v8h-5M10 8.5c3 0 5 1.5 5 3.5s-2 3.5-5 3.5");
export const word = icon("M4 7V4.5h16V7M12 4.5v15M9 19.5h6");
export const panel = icon("M4 6.5h16M4 12h16M4 17.5h16");
