/**
 * How an approved increase is worked, where the owner has a style of their own: how much of it goes now, at which price at worst,
 * or that it waits. Never more, never at a worse price than was approved, never for longer than a bounded time; and an increase
 * that waits keeps no reduction from going. Handed in and recorded like the owner's limits.
 */
import type { DecisionDraft } from "../decision.ts";
import { leastLots } from "../minimum.ts";
import { Lots, type Ticks } from "../model/amounts.ts";
import { toWholeSteps } from "../model/instrument.ts";
import { MARKET, mayRest, type OrderForm } from "../order.ts";
import { valuationTicks } from "../quotes.ts";
import type { ReasonDetail } from "../reason.ts";
import type { FollowerLeg, State } from "../state.ts";
import type { Objection } from "./check-risk.ts";
import type { AskedIncrease } from "./extension-limit.ts";

/** So long after the leader's change, or our first sight of it, nobody is asked any more: what is missing goes at once. */
export const WORKING_MS_MAX = 3_600_000;
/** At most this long until a style is asked again. */
const WAIT_MS_MAX = 600_000;
const WAIT_MS_MIN = 100;

/** Every limit let it pass. */
export interface ApprovedIncrease extends AskedIncrease {
  /** What it goes as without a style: at market, or at once at no worse a price. */
  readonly form: OrderForm;
  /** When the newest change that it follows was told. */
  readonly changedAtMs: number;
}

export interface StyleVerdict {
  /** Its name. */
  readonly style: string;
  /** It gave no answer that counts. */
  readonly failed: boolean;
  /** Unsigned; none waits. */
  readonly lots: number;
  /** The worst price, for an order that fills at once as far as it can, or whole; null: as it was approved. */
  readonly limit: { readonly price: Ticks; readonly timeInForce: "IOC" | "FOK" } | null;
  /** Asked again after so long, where it waits. */
  readonly waitMs: number;
  readonly detail: ReasonDetail;
}

/** Reads the state and changes nothing. Null: no style has a wish. */
export type ExecutionStyles = (state: State, increase: ApprovedIncrease) => StyleVerdict | null;

export const NO_STYLES: ExecutionStyles = () => null;

export type Worked =
  | { readonly kind: "go"; readonly lots: Lots; readonly form: OrderForm }
  | { readonly kind: "stop"; readonly objection: Objection };

export function workIncrease(state: State, increase: ApprovedIncrease, draft: DecisionDraft): Worked {
  const { leg, lots, form, changedAtMs } = increase;
  const isOver = state.nowMs - changedAtMs >= WORKING_MS_MAX;
  const verdict = isOver || mayRest(form) ? null : draft.own.styles(state, increase);
  if (verdict === null) return { kind: "go", lots, form };
  draft.styleVerdicts.push({ leg, verdict });
  const { style, failed, detail, waitMs } = verdict;
  if (failed) return stopped({ reason: "extension-failed", detail: { ...detail, extension: style } });
  const wished = state.nowMs + Math.min(Math.max(Math.floor(waitMs), WAIT_MS_MIN), WAIT_MS_MAX);
  // What did not fill at its price is not tried again at once.
  const untilMs = verdict.lots <= 0 ? wished : verdict.limit === null ? 0 : leg.restAgainAtMs;
  if (state.nowMs < untilMs)
    return stopped({ reason: "execution-paced", detail: { ...detail, extension: style, untilMs }, untilMs });
  return { kind: "go", lots: partOf(state, leg, lots, verdict.lots), form: bounded(form, lots, verdict) };
}

function stopped(objection: Objection): Worked {
  return { kind: "stop", objection };
}

/** Whole steps that the venue takes, and that leave nothing that it would not; at most all of it. */
function partOf(state: State, { market }: FollowerLeg, lots: Lots, wished: number): Lots {
  const { instrument } = market;
  const whole = Math.abs(lots);
  const price = valuationTicks(state, instrument);
  const least = price === null ? whole : leastLots(instrument, price);
  const part = Math.max(toWholeSteps(instrument, Lots(Math.min(Math.floor(wished), whole))), least);
  return whole - part < least ? lots : Lots(part * Math.sign(lots));
}

/** The better of the two prices for the account. */
function bounded(form: OrderForm, lots: Lots, { limit }: StyleVerdict): OrderForm {
  if (limit === null || form.kind === "conditional") return form;
  const wished = { kind: "limit", ...limit } as const;
  if (form.kind === MARKET.kind) return wished;
  const isBetter = (limit.price - form.price) * Math.sign(lots) < 0;
  return isBetter ? wished : { ...form, timeInForce: limit.timeInForce };
}
