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
export const folder = glyph("M3 6h6.5l2 2.5H21V19H3z");
export const copy = glyph("M9 9h11v11H9zM15 9V4H4v11h5");
export const plus = glyph("M12 5v14M5 12h14");
export const warning = glyph("M12 3.5L22 20.5H2zM12 10v5M12 17.8v.1");
export const eye = glyph(
  "M2.5 12s3.5-6.5 9.5-6.5 9.5 6.5 9.5 6.5-3.5 6.5-9.5 6.5S2.5 12 2.5 12zM12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6z",
);
export const eyeOff = glyph("M2.5 12s3.5-6.5 9.5-6.5 9.5 6.5 9.5 6.5-3.5 6.5-9.5 6.5S2.5 12 2.5 12zM4 20L20 4");
export const check = glyph("M5 12.5l4.5 4.5L19 7.5");
export const upload = glyph("M12 15V4M7.5 8.5L12 4l4.5 4.5M4 20h16");
export const bin = glyph("M5 7h14M9.5 7V4.5h5V7M7 7l1 13h8l1-13M10.5 10.5v6M13.5 10.5v6");
export const bell = glyph("M6 17v-6a6 6 0 0 1 12 0v6l1.5 2h-15zM10 21.5h4");
export const search = glyph("M10.5 4a6.5 6.5 0 1 1 0 13 6.5 6.5 0 0 1 0-13zM15.5 15.5L20.5 20.5");
export const paperclip = glyph(
  "M20 11.5l-8.2 8.2a5 5 0 0 1-7-7l8.4-8.4a3.4 3.4 0 0 1 4.8 4.8l-8.3 8.3a1.8 1.8 0 0 1-2.5-2.5l7.4-7.4",
);
export const sealGlyph = glyph(
  "M12 3a9 9 0 1 1 0 18 9 9 0 0 1 0-18zM12 7.6l1.3 2.8 3 .4-2.2 2.1.5 3.1-2.6-1.5-2.6 1.5.5-3.1-2.2-2.1 3-.4z",
);
export const pencil = glyph("M4 20l1-4.5L16.5 4 20 7.5 8.5 19zM14 6.5l3.5 3.5");
export const back = glyph("M9 6l-6 6 6 6M3 12h18");
export const sheetGlyph = glyph("M6 3h8l5 5v13H6zM14 3v5h5M9 13h6M9 17h6");
export const clock = glyph("M12 3.5a8.5 8.5 0 1 1 0 17 8.5 8.5 0 0 1 0-17zM12 7.5V12l3 2");
export const shield = glyph("M12 3l7.5 3v5.5c0 4.5-3 8-7.5 9.5-4.5-1.5-7.5-5-7.5-9.5V6zM8.5 12l2.5 2.5 4.5-5");
