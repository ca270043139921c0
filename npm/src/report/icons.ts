// The pictures of `<scanseal-report>`. Each status has a shape of its own, so that none is told by colour alone.

import { html, nothing, type SVGTemplateResult, svg, type TemplateResult } from "lit";
import type { PdfCheck, PdfVerdict } from "../pdf/report.js";

const CHECK = svg`<path class="stroke" d="M14.5 24.5l6.5 6.5 12.5-13.5" />`;

const VERDICTS: Readonly<Record<PdfVerdict, SVGTemplateResult>> = {
  passed: svg`<path class="fill" d=${rosette(24, 24, 22, 20, 16)} />${CHECK}`,
  "passed-with-later-changes": svg`
    <path class="fill" d=${rosette(24, 24, 22, 20, 16)} />${CHECK}
    <circle class="badge" cx="38" cy="38" r="9" />
    <path class="badge-stroke" d="M34.5 41.5l.6-2.6 5-5 2 2-5 5z" />`,
  indeterminate: svg`
    <path class="fill" d="M21.4 4.5a3 3 0 0 1 5.2 0l19 33.5a3 3 0 0 1-2.6 4.5H5a3 3 0 0 1-2.6-4.5z" />
    <path class="stroke" d="M19.2 20.5a4.8 4.8 0 1 1 7.3 4.1c-1.6 1-2.5 2-2.5 3.9M24 35.2v.01" />`,
  failed: svg`
    <path class="fill" d="M15.3 2.5h17.4a2 2 0 0 1 1.4.6l10.8 10.8a2 2 0 0 1 .6 1.4v17.4a2 2 0 0 1-.6 1.4L34.1 44.9a2 2 0 0 1-1.4.6H15.3a2 2 0 0 1-1.4-.6L3.1 34.1a2 2 0 0 1-.6-1.4V15.3a2 2 0 0 1 .6-1.4L13.9 3.1a2 2 0 0 1 1.4-.6z" />
    <path class="stroke" d="M16.5 16.5l15 15M31.5 16.5l-15 15" />`,
  unsigned: svg`
    <circle class="line" cx="24" cy="24" r="20" stroke-dasharray="5.2 5.27" />
    <path class="line" d="M16 24h16" />`,
  unreadable: svg`
    <path class="line" d="M28 4H12a4 4 0 0 0-4 4v32a4 4 0 0 0 4 4h24a4 4 0 0 0 4-4V16zM28 4v12h12" />
    <path class="line" d="M18.5 25l11 11M29.5 25l-11 11" />`,
};

/** The large sign of a verdict; what it says is in words beside it. */
export function verdictIcon(verdict: PdfVerdict, locked = false): TemplateResult {
  const picture = locked ? LOCKED : VERDICTS[verdict];
  return html`<svg class="sign" viewBox="0 0 48 48" aria-hidden="true">${picture}</svg>`;
}

const LOCKED = svg`
  <path class="line" d="M28 4H12a4 4 0 0 0-4 4v32a4 4 0 0 0 4 4h24a4 4 0 0 0 4-4V16zM28 4v12h12" />
  <path class="line" d="M17 28h14v9H17zM20 28v-3a4 4 0 0 1 8 0v3" />`;

const STATUSES: Readonly<Record<PdfCheck["status"], SVGTemplateResult>> = {
  passed: svg`<circle cx="10" cy="10" r="8.25" /><path d="M6.3 10.3l2.5 2.5 4.9-5.3" />`,
  noted: svg`<circle cx="10" cy="10" r="8.25" /><path d="M10 9.3v4.6M10 6.2v.01" />`,
  indeterminate: svg`<path d="M10 1.9l8.4 14.7a.6.6 0 0 1-.5.9H2.1a.6.6 0 0 1-.5-.9z" /><path d="M8.1 8.9a1.9 1.9 0 1 1 2.9 1.6c-.7.4-1 .8-1 1.5M10 14.6v.01" />`,
  failed: svg`<path d="M6.6 1.75h6.8l4.85 4.85v6.8l-4.85 4.85H6.6L1.75 13.4V6.6z" /><path d="M7.2 7.2l5.6 5.6M12.8 7.2l-5.6 5.6" />`,
  skipped: svg`<circle cx="10" cy="10" r="8.25" stroke-dasharray="2.6 2.58" /><path d="M7 10h6" />`,
};

/** The sign of a check's result; the word is for those who cannot see it. */
export function statusIcon(status: PdfCheck["status"], word?: string): TemplateResult {
  const known = status in STATUSES ? status : "indeterminate";
  return html`<svg
    class="status status-${known}"
    viewBox="0 0 20 20"
    role=${word === undefined ? nothing : "img"}
    aria-label=${word ?? nothing}
    aria-hidden=${word === undefined ? "true" : nothing}
  >${STATUSES[known]}</svg>`;
}

const GLYPHS = {
  file: svg`<path d="M11.5 2H5.5A1.5 1.5 0 0 0 4 3.5v13A1.5 1.5 0 0 0 5.5 18h9a1.5 1.5 0 0 0 1.5-1.5v-10zM11.5 2v4.5H16" />`,
  seal: svg`<path d="M8 11.5c.3-1 .2-2-.4-3.2a3.2 3.2 0 1 1 4.8 0c-.6 1.2-.7 2.2-.4 3.2M4.5 11.5h11a1 1 0 0 1 1 1v2h-13v-2a1 1 0 0 1 1-1zM3.5 17.5h13" />`,
  clock: svg`<circle cx="10" cy="10" r="7.5" /><path d="M10 5.5V10l3 2" />`,
  pencil: svg`<path d="M3.5 16.5l.8-3.6L13.4 3.8a1.5 1.5 0 0 1 2.1 0l.7.7a1.5 1.5 0 0 1 0 2.1L7.1 15.7z" />`,
  eye: svg`<path d="M1.8 10S4.8 4.5 10 4.5 18.2 10 18.2 10 15.2 15.5 10 15.5 1.8 10 1.8 10z" /><circle cx="10" cy="10" r="2.5" />`,
  target: svg`<path d="M2.5 6.5v-4h4M13.5 2.5h4v4M17.5 13.5v4h-4M6.5 17.5h-4v-4" /><circle cx="10" cy="10" r="2.5" />`,
  download: svg`<path d="M10 3v9.5M6 9l4 4 4-4M3.5 16.5h13" />`,
  print: svg`<path d="M6 7V2.5h8V7M6 14H3.5V8.5A1.5 1.5 0 0 1 5 7h10a1.5 1.5 0 0 1 1.5 1.5V14H14M6 11.5h8v6H6z" />`,
  code: svg`<path d="M7 5.5L2.5 10 7 14.5M13 5.5l4.5 4.5-4.5 4.5" />`,
  compare: svg`<path d="M2.5 4.5h6v11h-6zM11.5 4.5h6v11h-6zM13.5 8h2M13.5 11h2" />`,
  copy: svg`<path d="M7.5 7.5h9v9h-9zM12.5 7.5v-4h-9v9h4" />`,
  left: svg`<path d="M12.5 4l-6 6 6 6" />`,
  right: svg`<path d="M7.5 4l6 6-6 6" />`,
  zoom: svg`<circle cx="8.5" cy="8.5" r="5.5" /><path d="M12.7 12.7l4.8 4.8M6 8.5h5M8.5 6v5" />`,
  close: svg`<path d="M4.5 4.5l11 11M15.5 4.5l-11 11" />`,
} as const;

/** A small picture beside a word that says the same. */
export function glyph(name: keyof typeof GLYPHS): TemplateResult {
  return html`<svg class="glyph" viewBox="0 0 20 20" aria-hidden="true">${GLYPHS[name]}</svg>`;
}

/** The edge of a seal: a circle with waves. */
function rosette(x: number, y: number, outer: number, inner: number, waves: number): string {
  const points = Array.from({ length: waves * 2 }, (_, index) => {
    const angle = (Math.PI * index) / waves;
    const radius = index % 2 === 0 ? outer : inner;
    return [x + radius * Math.sin(angle), y - radius * Math.cos(angle)] as const;
  });
  const middle = (index: number): string => {
    const [left, right] = [points[index % points.length], points[(index + 1) % points.length]];
    if (left === undefined || right === undefined) return "";
    return `${((left[0] + right[0]) / 2).toFixed(2)} ${((left[1] + right[1]) / 2).toFixed(2)}`;
  };
  const curves = points.map((_, index) => {
    const point = points[(index + 1) % points.length];
    return point === undefined ? "" : `Q${point[0].toFixed(2)} ${point[1].toFixed(2)} ${middle(index + 1)}`;
  });
  return `M${middle(0)}${curves.join("")}Z`;
}
