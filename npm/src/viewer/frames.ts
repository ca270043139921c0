// When pdf.js goes on drawing: with the next frame that the browser paints, or a little later if it paints none, as in a tab
// behind others or on a machine that has too much to do. Takes the place of `requestAnimationFrame` in its bundle.

/** Milliseconds without a frame after which drawing goes on. */
const WITHOUT_FRAME = 200;

const waiting = new Map<number, () => void>();
let last = 0;

/** Calls back once; gives what `cancelFrame` takes. */
export function nextFrame(callback: () => void): number {
  last += 1;
  const id = last;
  const run = (): void => {
    cancelFrame(id);
    callback();
  };
  const frame = requestAnimationFrame(run);
  const timer = setTimeout(run, WITHOUT_FRAME);
  waiting.set(id, () => {
    cancelAnimationFrame(frame);
    clearTimeout(timer);
  });
  return id;
}

/** Calls back no more. */
export function cancelFrame(id: number): void {
  waiting.get(id)?.();
  waiting.delete(id);
}
