/**
 * What the endpoints, the streams and the control interface share: venue, accounts, faults, limits, behaviour, clock.
 * One object, made once by the protocol, instead of a dozen parameters.
 */
import type { Venue } from "../venue-types.ts";
import type { Accounts } from "./accounts.ts";
import type { ServerBehaviour } from "./behaviours.ts";
import type { Environment } from "./environment.ts";
import type { Faults } from "./faults.ts";
import type { AddressLimits, UserLimits } from "./rate-limits.ts";
import type { TraceIds } from "./trace-ids.ts";

export interface ExchangeState {
  readonly environment: Environment;
  readonly venue: Venue;
  readonly accounts: Accounts;
  readonly faults: Faults;
  readonly userLimits: UserLimits;
  readonly addressLimits: AddressLimits;
  readonly behaviour: ServerBehaviour;
  readonly traceIds: TraceIds;
}
