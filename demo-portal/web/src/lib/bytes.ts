/** Sizes of files in words. */
import { catalogue } from "./catalogue";
import { locale } from "./locale";

const units = catalogue({ units: [" 字节", " KB", " MB", " GB"] }, { units: [" bytes", " KB", " MB", " GB"] });
const STEP = 1024;
/** From here on the next unit reads better. */
const ENOUGH = 1000;

/** A size in the largest unit that fits, with three digits at most. */
export function byteSize(bytes: number): string {
  const names = units().units;
  let step = 0;
  let value = bytes;
  while (value >= ENOUGH && step < names.length - 1) {
    value /= STEP;
    step += 1;
  }
  const maximumFractionDigits = step > 0 && value < 10 ? 1 : 0;
  return new Intl.NumberFormat(locale(), { maximumFractionDigits }).format(value) + (names[step] ?? "");
}
