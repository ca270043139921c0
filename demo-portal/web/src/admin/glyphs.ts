/** A drawing for each section, beside its name in the navigation. */
import type { TemplateResult } from "lit";
import { glyph } from "../portal/icons";
import type { SectionName } from "./words/sections";

export const glyphs: Record<SectionName, TemplateResult> = {
  overview: glyph("M4 19a9 9 0 1 1 16 0M12 15l4-5M12 16.5v.1"),
  accounts: glyph(
    "M9 11a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7zM2.5 20c.5-4 3-6 6.5-6s6 2 6.5 6M15.5 4.5a3.5 3.5 0 0 1 0 6M18 14.5c2 .9 3.2 2.8 3.5 5.5",
  ),
  certificates: glyph(
    "M4 4h16v12h-4M4 4v12h5M8 8.5h8M12.5 12a3 3 0 1 0 0 6 3 3 0 0 0 0-6zM10.8 17.5L10 22l2.5-1.5L15 22l-.8-4.5",
  ),
  seals: glyph("M9 13.5V11a4 4 0 1 1 6 0v2.5h3a2 2 0 0 1 2 2V18H4v-2.5a2 2 0 0 1 2-2zM5 21h14"),
  sessions: glyph("M3 5h18v11H3zM9 20h6M12 16v4M7.5 10.5h3l1.5-2.5 1.5 5 1.5-2.5h1.5"),
  trust: glyph("M12 3l8 3v5.5c0 4.5-3 8-8 9.5-5-1.5-8-5-8-9.5V6zM8.5 12l2.5 2.5 4.5-5"),
  keys: glyph("M14.5 9.5a4.5 4.5 0 1 1-1.6-3.4 4.5 4.5 0 0 1 1.6 3.4zM13 13l8 8M17.5 17.5l2-2M15 15l-1.5 1.5"),
  security: glyph("M12 3.5L22 20.5H2zM12 10v5M12 17.8v.1"),
  webhooks: glyph("M6 9a6 6 0 0 1 12 0c0 5 2 6.5 2 6.5H4S6 14 6 9zM10 19a2 2 0 0 0 4 0"),
  audit: glyph("M6 3h9l4 4v14H6zM14.5 3v4.5H19M9 12h7M9 15.5h7M9 8.5h2.5"),
  settings: glyph(
    "M4 7h10M18 7h2M4 17h2M10 17h10M16 4.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4zM8 14.8a2.2 2.2 0 1 0 0 4.4 2.2 2.2 0 0 0 0-4.4z",
  ),
};
