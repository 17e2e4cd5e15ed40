/** What a follower's orders find, for the light simulation, which knows half a spread and impact and no other book. */
import type { CopySettings } from "../../analytics/copying/copy-settings.ts";
import type { WhatIfRequest } from "./report.ts";

type Book = Pick<CopySettings, "halfSpreadBps" | "impactFactor">;

/** Of depth the spread, with impact in place of the levels behind it. */
export function lightBook({
  slippage,
  impactFactor,
}: Pick<WhatIfRequest, "slippage" | "impactFactor">): Book {
  switch (slippage.kind) {
    case "fixed":
      return { halfSpreadBps: slippage.bps, impactFactor: 0 };
    case "depth":
      return { halfSpreadBps: slippage.halfSpreadBps, impactFactor };
    case "impact":
      return { halfSpreadBps: slippage.halfSpreadBps, impactFactor: slippage.factor };
  }
}

/** What it knows nothing of. */
export function unknownToLight({ slippage }: Pick<WhatIfRequest, "slippage">): readonly string[] {
  return slippage.kind === "depth" ? ["the depth of the book"] : [];
}
