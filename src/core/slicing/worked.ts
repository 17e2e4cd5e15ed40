/**
 * The end of a worked change, and what working it saved or cost: what crossing everything at once would have paid at the touch
 * when it was decided, and the middle of the book then, against what its orders paid. Exact, without fees, which stand beside it.
 */
import type { DecisionDraft } from "../decision.ts";
import { toDecimal } from "../ledger.ts";
import { Decimal } from "../model/decimal.ts";
import type { Wish } from "../netting.ts";
import type { ReasonKind } from "../reason.ts";
import { type FollowerLeg, isOpen } from "../state.ts";
import type { Step } from "../step.ts";
import type { Work } from "./work.ts";

/** Amounts are decimal texts in the settle coin; what was saved is above zero, what it cost below. */
export interface Worked {
  readonly side: "buy" | "sell";
  readonly reduces: boolean;
  readonly startedAtMs: number;
  /** Unsigned; all that was wanted, and what was had. */
  readonly wantedLots: number;
  readonly filledLots: number;
  readonly slices: number;
  /** What was had, at the touch and at the middle on arrival, and as it was paid. */
  readonly atTouch: string;
  readonly atMid: string;
  readonly paid: string;
  readonly fees: string;
  readonly saved: string;
  readonly savedBps: string;
  /** The same against the middle. */
  readonly savedToMid: string;
  readonly savedToMidBps: string;
}

/** Of all worked changes of one market. */
export interface WorkedTotals {
  readonly changes: number;
  readonly atTouch: Decimal;
  readonly saved: Decimal;
  readonly savedToMid: Decimal;
  readonly fees: Decimal;
}

const { zero } = Decimal;

export const NOTHING_WORKED: WorkedTotals = {
  changes: 0,
  atTouch: zero,
  saved: zero,
  savedToMid: zero,
  fees: zero,
};

export function addWorked(totals: WorkedTotals, worked: Worked): WorkedTotals {
  return {
    changes: totals.changes + 1,
    atTouch: totals.atTouch.plus(toDecimal(worked.atTouch)),
    saved: totals.saved.plus(toDecimal(worked.saved)),
    savedToMid: totals.savedToMid.plus(toDecimal(worked.savedToMid)),
    fees: totals.fees.plus(toDecimal(worked.fees)),
  };
}

export function sumOfWorked(all: readonly WorkedTotals[]): WorkedTotals {
  return all.reduce(
    (sum, one) => ({
      changes: sum.changes + one.changes,
      atTouch: sum.atTouch.plus(one.atTouch),
      saved: sum.saved.plus(one.saved),
      savedToMid: sum.savedToMid.plus(one.savedToMid),
      fees: sum.fees.plus(one.fees),
    }),
    NOTHING_WORKED,
  );
}

/** As a checkpoint keeps it; earlier versions kept none. */
export function restoreTotals(record: Partial<WorkedTotals> | undefined): WorkedTotals {
  return {
    changes: record?.changes ?? 0,
    atTouch: toDecimal(record?.atTouch),
    saved: toDecimal(record?.saved),
    savedToMid: toDecimal(record?.savedToMid),
    fees: toDecimal(record?.fees),
  };
}

/**
 * Ends what is worked on `leg` where this decision does not go on with it: all of it is had, it is not wanted any more, or
 * something speaks against it. What is missing then is a change like any other. Waits until its orders are all booked.
 */
export function endWork(leg: FollowerLeg, wishes: readonly Wish[], step: Step, draft: DecisionDraft): void {
  const { work } = leg;
  if (work === null || draft.works.some((one) => one.leg === leg)) return;
  if (goesOn(work, wishes, step) || isUnbooked(leg)) return;
  draft.works.push({ leg, work: null, done: resultOf(work) });
}

function goesOn({ side, reduces }: Work, wishes: readonly Wish[], step: Step): boolean {
  switch (step.kind) {
    case "order":
      return step.reduceOnly === reduces && Math.sign(step.lots) === side;
    case "wait":
      return true;
    case "deny":
      return step.reason === WORKING;
    case "none":
      return wishes.some(({ waits }) => waits !== null && waits !== "rest");
  }
}

const WORKING: ReasonKind = "working";

/** An order of it is open, or executions are missing that its total promised. */
function isUnbooked(leg: FollowerLeg): boolean {
  for (const order of leg.working.values())
    if (order.workId === leg.work?.id && (isOpen(order) || order.tradedLots < order.reportedLots))
      return true;
  return false;
}

/** Something else goes at once: what was worked ends with what was had of it until now. */
export function dropWork(leg: FollowerLeg, draft: DecisionDraft): void {
  if (leg.work !== null) draft.works.push({ leg, work: null, done: resultOf(leg.work) });
}

/** Null where nothing of it was had. */
export function resultOf(work: Work): Worked | null {
  const { side, reduces, startedAtMs, wantedLots, filledLots, paid, fees } = work;
  if (filledLots === 0) return null;
  const atTouch = partOf(work.atTouch, filledLots, wantedLots);
  const atMid = partOf(work.atMid, filledLots, wantedLots);
  const saved = side > 0 ? atTouch.minus(paid) : paid.minus(atTouch);
  const savedToMid = side > 0 ? atMid.minus(paid) : paid.minus(atMid);
  return {
    side: side > 0 ? "buy" : "sell",
    reduces,
    startedAtMs,
    wantedLots,
    filledLots,
    slices: work.slice,
    atTouch: atTouch.toString(),
    atMid: atMid.toString(),
    paid: paid.toString(),
    fees: fees.toString(),
    saved: saved.toString(),
    savedBps: savedBps(saved, atTouch),
    savedToMid: savedToMid.toString(),
    savedToMidBps: savedBps(savedToMid, atMid),
  };
}

const PLACES = 8;
const BPS = Decimal.of(10_000n, 0);

/** In proportion where not all of it was had. */
function partOf(amount: Decimal, lots: number, all: number): Decimal {
  if (lots === all) return amount;
  const product = amount.times(Decimal.of(BigInt(lots), 0));
  return product.dividedBy(Decimal.of(BigInt(all), 0), PLACES, "half-even");
}

/** To a hundredth; of something above zero. */
export function savedBps(part: Decimal, whole: Decimal): string {
  return part.times(BPS).dividedBy(whole, 2, "half-even").toString();
}
