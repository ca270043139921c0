/** Texts in both languages. */
import { type Locale, locale } from "./locale";

/**
 * Texts of one topic. The Chinese catalogue says which there are; English is checked against it, so that a missing or
 * surplus text does not compile.
 */
export function catalogue<T extends object>(zh: T, en: NoInfer<T>): () => T {
  const all: Record<Locale, T> = { "zh-Hans": zh, en };
  return () => all[locale()];
}
