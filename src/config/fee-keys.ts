/** What a leader earns of what its copies bring: in a leader's own file, or in YAML for all of them. Accounting only. */
import { z } from "zod";
import { PERIODS } from "../core/model/periods.ts";
import { defaults } from "./defaults.ts";
import { choice, decimal } from "./forms.ts";
import { key, section } from "./key-facts.ts";

/** A fresh set of schemas each time, because a schema carries the facts of one place. */
export function feeKeys() {
  return {
    performance_fee: key(performanceFee(), {
      meaning:
        "What a leader earns of what its copies bring one follower above the highest that they ever brought: a share, or a group with the period of settlement. Kept as a ledger; no money moves.",
      status: "in-force",
      default: defaults.performanceFee,
    }),
  };
}

const feeSection = section(feeKeys());

export type FeeValues = {
  readonly [Name in keyof z.infer<typeof feeSection>]: z.infer<typeof feeSection>[Name];
};

function performanceFee() {
  const wrong = {
    error: `must be off, a share above 0 and at most 1, or a group such as {rate: 0.1, period: month}; periods are ${PERIODS.join(", ")}`,
  };
  const share = { above: 0, max: 1 } as const;
  const group = z.strictObject({ rate: decimal(share), period: choice(PERIODS).optional() }, wrong);
  return z.union([z.literal("off"), decimal(share, wrong), group], wrong);
}
