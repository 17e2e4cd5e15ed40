/** A command of the owner's that was shown and waits for its yes. */
import type { Permission } from "../identity/permissions.ts";
import type { Call } from "./call.ts";
import type { Html } from "./html.ts";

export interface Offer {
  readonly needs: Permission;
  /** Throws where the one who asks may not see what it is about; asked when it is shown, and again before it is done. */
  readonly check: (call: Call) => Promise<void>;
  /** Does it, and says what was done. */
  readonly act: (call: Call) => Promise<Html>;
}
