/** Small drawings in the line of the text around them. All are decoration: words say what they mean. */
import { html, type TemplateResult } from "lit";

/** A drawing of one path, as large as a letter. */
export function glyph(path: string): TemplateResult {
  return html`<svg viewBox="0 0 24 24" class="line glyph" aria-hidden="true"><path d=${path} /></svg>`;
}

export const chevron = glyph("M6 9.5l6 6 6-6");
export const key = glyph(
  "M14.5 9.5a4.5 4.5 0 1 1-1.6-3.4 4.5 4.5 0 0 1 1.6 3.4zM13 13l8 8M17.5 17.5l2-2M15 15l-1.5 1.5",
);
export const leave = glyph("M10 4H5v16h5M15 8l4 4-4 4M19 12H9");
export const lock = glyph("M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3");
export const scan = glyph("M4 8V4h4M16 4h4v4M20 16v4h-4M8 20H4v-4M4 12h16");
export const swap = glyph("M4 8h14l-3.5-3.5M20 16H6l3.5 3.5");
export const unlink = glyph(
  "M9 15l-2 2a3.5 3.5 0 0 1-5-5l3-3M15 9l2-2a3.5 3.5 0 0 1 5 5l-3 3M9 3v3M3 9h3M15 21v-3M21 15h-3",
);
export const frost = glyph(
  "M12 3v18M4.2 7.5l15.6 9M4.2 16.5l15.6-9M12 6L9.5 3.8M12 6l2.5-2.2M12 18l-2.5 2.2M12 18l2.5 2.2",
);
export const thaw = glyph(
  "M12 7.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9zM12 2.5v2M12 19.5v2M2.5 12h2M19.5 12h2M5.3 5.3l1.4 1.4M17.3 17.3l1.4 1.4M5.3 18.7l1.4-1.4M17.3 6.7l1.4-1.4",
);
export const printer = glyph("M7 8V3h10v5M7 17H4V8h16v9h-3M7 13h10v8H7z");
export const download = glyph("M12 4v11M7.5 10.5L12 15l4.5-4.5M4 20h16");
export const copy = glyph("M9 9h11v11H9zM15 9V4H4v11h5");
export const plus = glyph("M12 5v14M5 12h14");
export const warning = glyph("M12 3.5L22 20.5H2zM12 10v5M12 17.8v.1");
export const eye = glyph(
  "M2.5 12s3.5-6.5 9.5-6.5 9.5 6.5 9.5 6.5-3.5 6.5-9.5 6.5S2.5 12 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
);
export const eyeOff = glyph("M2.5 12s3.5-6.5 9.5-6.5 9.5 6.5 9.5 6.5-3.5 6.5-9.5 6.5S2.5 12 2.5 12zM4 20L20 4");
export const check = glyph("M5 12.5l4.5 4.5L19 7.5");
