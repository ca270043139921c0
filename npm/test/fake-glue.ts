// Stands in for the WebAssembly glue: a session that does what the scripted socket sends it.

import type { PageHost } from "../wasm/scan/scan.js";

type HostCall = { [Name in keyof PageHost]: [Name, ...Parameters<PageHost[Name]>] }[keyof PageHost];

/** The text frame that makes a fake session call its host. */
export function hostCalls(...calls: HostCall[]): string {
  return JSON.stringify(calls);
}

function plain(value: unknown): unknown {
  // JSON has no undefined, which arrives as null, and no bytes, which arrive as an object with their numbers.
  if (typeof value === "object" && value !== null) return Uint8Array.from(Object.values(value));
  return value ?? undefined;
}

/** The text frame on which a fake session does what a Rust panic does. */
export const PANIC = "panic";

/** What the fake module was asked for. */
export const glue = {
  sessions: [] as PageSession[],
  instantiations: [] as unknown[],
  resets: 0,
  failNextInstantiation: undefined as Error | undefined,
  failNextSession: undefined as string | undefined,
  /** How many documents the request of the next sessions asks to seal. */
  documents: 0,
};

export class PageSession {
  readonly inputs: string[] = [];
  freed = false;

  constructor(
    readonly link: string,
    readonly scannedSeconds: number,
    readonly frameInterval: number,
    readonly request: string,
    _now: number,
  ) {
    const refusal = glue.failNextSession;
    glue.failNextSession = undefined;
    if (refusal !== undefined) throw new Error(refusal);
    glue.sessions.push(this);
  }

  documents(): number {
    return glue.documents;
  }

  prepared(_host: PageHost, document: number, ...layout: unknown[]): void {
    this.inputs.push(`prepared ${document}: ${layout.slice(0, -1).map(String).join(" ")}`);
  }

  unprepared(_host: PageHost, document: number, code: string): void {
    this.inputs.push(`unprepared ${document}: ${code}`);
  }

  piece(_host: PageHost, bytes: Uint8Array): void {
    this.inputs.push(`piece ${bytes.join(" ")}`);
  }

  start(host: PageHost): void {
    this.inputs.push("start");
    host.connect();
  }

  text(host: PageHost, text: string): void {
    if (text === PANIC) throw new WebAssembly.RuntimeError("unreachable");
    for (const [name, ...values] of JSON.parse(text) as HostCall[]) {
      (host[name] as (...values: unknown[]) => void)(...values.map(plain));
    }
  }

  binary(_host: PageHost, bytes: Uint8Array): void {
    this.inputs.push(`binary ${bytes.join(" ")}`);
  }

  socketOpened(): void {
    this.inputs.push("socketOpened");
  }

  socketClosed(): void {
    this.inputs.push("socketClosed");
  }

  woken(): void {
    this.inputs.push("woken");
  }

  resumed(): void {
    this.inputs.push("resumed");
  }

  notMe(): void {
    this.inputs.push("notMe");
  }

  cancel(host: PageHost): void {
    this.inputs.push("cancel");
    host.sendText("close");
    host.ended("cancelled");
  }

  outcome(_host: PageHost, code?: string, detail?: string, documents?: string): void {
    this.inputs.push(["outcome", code, detail, documents].filter((part) => part !== undefined).join(" "));
  }

  free(): void {
    this.freed = true;
  }
}

export function __wbg_reset_state(): void {
  glue.resets += 1;
}

export default async function init(options: { module_or_path: unknown }): Promise<void> {
  const failure = glue.failNextInstantiation;
  glue.failNextInstantiation = undefined;
  if (failure) throw failure;
  glue.instantiations.push(options.module_or_path);
}
