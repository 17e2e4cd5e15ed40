/** What the settings of entries come to for the core, and what among them makes no sense. */
import type { Allocation } from "../core/settings.ts";
import type { AllocationKey } from "./allocation-keys.ts";
import { defaults } from "./defaults.ts";
import type { EffectiveAllocation } from "./effective.ts";
import { decimalText, inMs } from "./forms.ts";

export function entrySettings(
  values: EffectiveAllocation,
): Pick<
  Allocation,
  | "slippageBpsMax"
  | "onRunaway"
  | "restMs"
  | "entryDelayMaxMs"
  | "exitSlippageBpsAlert"
  | "exitParity"
  | "exitRestMs"
> {
  const { max_slippage_bps: cap, max_entry_delay_seconds: delayMax } = values;
  return {
    slippageBpsMax: textOf(cap.value),
    exitSlippageBpsAlert: textOf(values.exit_slippage_alert_bps.value),
    onRunaway: values.on_runaway.value,
    exitParity: values.exit_parity.value,
    exitRestMs: inMs(values.exit_rest_seconds.value),
    restMs: inMs(values.rest_seconds.value),
    entryDelayMaxMs: delayMax.value === null ? null : inMs(delayMax.value),
  };
}

function textOf(value: number | string | null): string | null {
  return value === null ? null : decimalText(value);
}

export interface EntryProblem {
  readonly key: AllocationKey;
  readonly message: string;
}

/** What of the settings of entries has no effect, or lets nothing be copied at all. */
export function entryProblems(values: EffectiveAllocation): readonly EntryProblem[] {
  return [...idleRunaway(values), ...delayProblems(values)];
}

function idleRunaway({
  on_runaway: runaway,
  max_slippage_bps: cap,
  overrides,
}: EffectiveAllocation): readonly EntryProblem[] {
  const isCapped =
    cap.value !== null ||
    Object.values(overrides.value).some(({ max_slippage_bps }) => max_slippage_bps !== undefined);
  if (isCapped || runaway.value === defaults.allocation.on_runaway) return [];
  const message = `is ${runaway.value} (from ${runaway.source}), which has no effect without max_slippage_bps`;
  return [{ key: "on_runaway", message }];
}

/** What has to wait longer than it may be late is never copied. */
function delayProblems(values: EffectiveAllocation): readonly EntryProblem[] {
  const {
    max_entry_delay_seconds: most,
    delay_execution: delay,
    auto_copy,
    proposal_expires_minutes,
  } = values;
  if (most.value === null) return [];
  const key = "max_entry_delay_seconds";
  const is = `is ${most.value} (from ${most.source})`;
  if (delay.value >= most.value)
    return [
      {
        key,
        message: `${is}, and delay_execution ${delay.value} (from ${delay.source}): each increase would wait until it is too late`,
      },
    ];
  if (auto_copy.value || proposal_expires_minutes.value * 60 <= most.value) return [];
  const expiry = `proposal_expires_minutes ${proposal_expires_minutes.value} (from ${proposal_expires_minutes.source})`;
  return [{ key, message: `${is}, below ${expiry}: what you approve may be too late by then` }];
}
