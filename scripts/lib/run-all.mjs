// Running several parts where one that fails does not keep the others from running; the end tells which did.

import { PlainError, step } from "./run.mjs";

/** Runs every part, `{ title, run }`, then prints a summary; throws if any failed. */
export async function runAll(parts) {
  const outcomes = [];
  for (const part of parts) outcomes.push(await attempt(part));

  console.error("\nSummary");
  for (const { title, failure, seconds } of outcomes) {
    console.error(`  ${failure ? "FAILED" : "passed"}  ${title} (${seconds} s)`);
  }
  const failures = outcomes.flatMap(({ failure }) => failure ?? []);
  console.log(`parts: ${outcomes.length - failures.length} passed, ${failures.length} failed`);
  if (failures.length > 0) throw new PlainError(failures.map(({ message }) => message).join("\n       "));
}

async function attempt({ title, run }) {
  const started = performance.now();
  const seconds = () => ((performance.now() - started) / 1000).toFixed(1);
  try {
    await step(title, run);
    return { title, seconds: seconds() };
  } catch (failure) {
    if (!(failure instanceof PlainError)) throw failure;
    return { title, failure, seconds: seconds() };
  }
}
