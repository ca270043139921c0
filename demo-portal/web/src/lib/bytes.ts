/** Sizes of files in words. */
import { locale } from "./locale";

const STEPS = ["byte", "kilobyte", "megabyte", "gigabyte"] as const;

/** A size in the largest unit that fits, with three digits at most. */
export function byteSize(bytes: number): string {
  let step = 0;
  let value = bytes;
  while (value >= 1000 && step < STEPS.length - 1) {
    value /= 1024;
    step += 1;
  }
  return new Intl.NumberFormat(locale(), {
    style: "unit",
    unit: STEPS[step] ?? "byte",
    unitDisplay: step === 0 ? "long" : "short",
    maximumFractionDigits: value < 10 ? 1 : 0,
  }).format(value);
}
