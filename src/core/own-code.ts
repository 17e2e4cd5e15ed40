/** What of the owner's own code the core asks; handed in with the composition, recorded with each decision. */
import { type ExecutionStyles, NO_STYLES } from "./risk/execution-style.ts";
import { NO_OWN_LIMITS, type OwnLimits } from "./risk/extension-limit.ts";

export interface OwnCode {
  readonly limits: OwnLimits;
  readonly styles: ExecutionStyles;
}

export const NO_OWN_CODE: OwnCode = { limits: NO_OWN_LIMITS, styles: NO_STYLES };
