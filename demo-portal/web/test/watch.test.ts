import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ApiError } from "../src/lib/api";
import { EVERY, LONGEST, TYPING, UNTOUCHED, Watch } from "../src/lib/watch";

let seen: DocumentVisibilityState;
let look: ReturnType<typeof vi.fn<() => Promise<void>>>;
let free: boolean;
let watch: Watch;

beforeEach(() => {
  vi.useFakeTimers();
  seen = "visible";
  vi.spyOn(document, "visibilityState", "get").mockImplementation(() => seen);
  look = vi.fn<() => Promise<void>>().mockResolvedValue(undefined);
  free = true;
  watch = new Watch(look, () => free);
  watch.start();
});

afterEach(() => {
  watch.stop();
  document.body.replaceChildren();
  vi.useRealTimers();
  vi.restoreAllMocks();
});

const pass = (time: number): Promise<unknown> => vi.advanceTimersByTimeAsync(time);

/** The person switches to another tab or back. */
function turn(to: DocumentVisibilityState): void {
  seen = to;
  document.dispatchEvent(new Event("visibilitychange"));
}

const refused = (code: string, retryAfter?: number): ApiError => new ApiError(code, 503, "", retryAfter);

describe("while the page is seen", () => {
  test("it looks again and again, not at once", async () => {
    await pass(EVERY - 1);
    expect(look).toHaveBeenCalledTimes(0);
    await pass(1);
    expect(look).toHaveBeenCalledTimes(1);
    await pass(3 * EVERY);
    expect(look).toHaveBeenCalledTimes(4);
  });

  test("one look ends before the next begins", async () => {
    let done = (): void => {};
    look.mockImplementationOnce(() => new Promise((resolve) => (done = resolve)));
    await pass(EVERY);
    await pass(5 * EVERY);
    window.dispatchEvent(new Event("focus"));
    expect(look).toHaveBeenCalledTimes(1);
    done();
    await pass(EVERY);
    expect(look).toHaveBeenCalledTimes(2);
  });

  test("it rests when nobody touches the page, and looks at the next touch", async () => {
    await pass(UNTOUCHED + EVERY);
    const looks = look.mock.calls.length;
    expect(looks).toBe(UNTOUCHED / EVERY - 1);
    await pass(UNTOUCHED);
    expect(look).toHaveBeenCalledTimes(looks);
    window.dispatchEvent(new Event("pointermove"));
    expect(look).toHaveBeenCalledTimes(looks + 1);
    await pass(EVERY);
    expect(look).toHaveBeenCalledTimes(looks + 2);
  });

  test("nothing is asked after the end", async () => {
    watch.stop();
    window.dispatchEvent(new Event("focus"));
    await pass(10 * EVERY);
    expect(look).toHaveBeenCalledTimes(0);
  });
});

describe("hidden", () => {
  test("it asks nothing, and looks as soon as it is seen", async () => {
    turn("hidden");
    await pass(5 * EVERY);
    expect(look).toHaveBeenCalledTimes(0);
    turn("visible");
    // Browsers tell of both.
    window.dispatchEvent(new Event("focus"));
    await pass(0);
    expect(look).toHaveBeenCalledTimes(1);
    await pass(EVERY);
    expect(look).toHaveBeenCalledTimes(2);
  });

  test("a look that hid in the middle is the last one", async () => {
    look.mockImplementationOnce(async () => turn("hidden"));
    await pass(5 * EVERY);
    expect(look).toHaveBeenCalledTimes(1);
  });
});

describe("whoever does something is left alone", () => {
  test("in a dialog", async () => {
    const dialog = document.body.appendChild(document.createElement("dialog"));
    dialog.setAttribute("open", "");
    await pass(2 * EVERY);
    turn("visible");
    expect(look).toHaveBeenCalledTimes(0);
    dialog.remove();
    await pass(EVERY);
    expect(look).toHaveBeenCalledTimes(1);
  });

  test("while a code waits for the phone", async () => {
    document.body.append(document.createElement("scanseal-qr"));
    await pass(2 * EVERY);
    expect(look).toHaveBeenCalledTimes(0);
  });

  test("while typing", async () => {
    const input = document.body.appendChild(document.createElement("input"));
    await pass(EVERY - TYPING + 1);
    input.dispatchEvent(new Event("input", { bubbles: true }));
    await pass(TYPING);
    expect(look).toHaveBeenCalledTimes(0);
    await pass(EVERY);
    expect(look).toHaveBeenCalledTimes(1);
  });

  test("when the page says so", async () => {
    free = false;
    await pass(2 * EVERY);
    expect(look).toHaveBeenCalledTimes(0);
  });
});

describe("failures", () => {
  test("it looks less and less often, and as before after a success", async () => {
    look.mockRejectedValue(refused("offline"));
    await pass(EVERY);
    expect(look).toHaveBeenCalledTimes(1);
    await pass(2 * EVERY - 1);
    expect(look).toHaveBeenCalledTimes(1);
    await pass(1);
    expect(look).toHaveBeenCalledTimes(2);
    await pass(4 * EVERY);
    expect(look).toHaveBeenCalledTimes(3);
    look.mockResolvedValue(undefined);
    await pass(8 * EVERY);
    expect(look).toHaveBeenCalledTimes(4);
    await pass(EVERY);
    expect(look).toHaveBeenCalledTimes(5);
  });

  test("but at least every four minutes", async () => {
    look.mockRejectedValue(refused("offline"));
    await pass(EVERY * (1 + 2 + 4 + 8));
    expect(look).toHaveBeenCalledTimes(4);
    window.dispatchEvent(new Event("keydown"));
    await pass(LONGEST);
    expect(look).toHaveBeenCalledTimes(5);
    window.dispatchEvent(new Event("keydown"));
    await pass(LONGEST);
    expect(look).toHaveBeenCalledTimes(6);
  });

  test("the network is back: it looks at once", async () => {
    look.mockRejectedValueOnce(refused("offline"));
    await pass(EVERY + 2000);
    window.dispatchEvent(new Event("online"));
    expect(look).toHaveBeenCalledTimes(2);
  });

  test("a server that says when is not asked earlier, whoever comes back", async () => {
    look.mockRejectedValueOnce(refused("too-many-requests", 100));
    await pass(EVERY);
    await pass(90_000);
    window.dispatchEvent(new Event("focus"));
    expect(look).toHaveBeenCalledTimes(1);
    await pass(2 * EVERY);
    expect(look).toHaveBeenCalledTimes(2);
  });
});
