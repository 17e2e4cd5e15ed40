/** Gathers what a what-if has worked out, for whoever does not wait for the rest. */
import type { WhatIfProgress, WhatIfSoFar } from "./report.ts";

type Known = Omit<WhatIfSoFar, "settingCosts" | "idle" | "starts" | "delays" | "missing">;
type Found = Partial<Pick<WhatIfSoFar, "settingCosts" | "idle" | "starts" | "delays">>;

/** In the order in which they are worked out. */
const LATER = {
  starts: "other starts",
  costs: "what each cost and setting makes of it",
  delays: "the curve over delays",
  room: "the least capital and the room for money",
} as const;

export class SoFar {
  readonly #progress: WhatIfProgress;
  #found: Omit<WhatIfSoFar, "missing">;
  readonly #missing = new Set<keyof typeof LATER>(["starts", "costs", "delays", "room"]);

  /** Tells what is known after the first life. */
  constructor(known: Known, progress: WhatIfProgress) {
    this.#progress = progress;
    this.#found = { ...known, settingCosts: [], idle: [], starts: null, delays: null };
    this.found({});
  }

  found(more: Found): void {
    this.#found = { ...this.#found, ...more };
    if (this.#found.starts !== null) this.#missing.delete("starts");
    this.#tell();
  }

  finished(part: "costs" | "delays"): void {
    this.#missing.delete(part);
    this.#tell();
  }

  #tell(): void {
    this.#progress.onFound?.({ ...this.#found, missing: [...this.#missing].map((one) => LATER[one]) });
  }
}
