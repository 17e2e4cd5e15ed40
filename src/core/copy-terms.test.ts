import { expect, it } from "vitest";
import { BTC_SPEC } from "../../test/core/story.ts";
import { copyTerms } from "./copy-terms.ts";
import { AccountId } from "./model/identifiers.ts";
import { makeInstrument } from "./model/instrument.ts";
import { type Allocation, plainAllocation } from "./settings.ts";

const INSTRUMENT = makeInstrument(BTC_SPEC);
const PLAIN = plainAllocation(AccountId("leader"), AccountId("follower"));

const isPlain = (said: Partial<Allocation>) =>
  copyTerms({ ...PLAIN, ...said }, INSTRUMENT, INSTRUMENT).isPlain;

it("calls a copy plain whatever its size, its leverage and its modes are", () => {
  expect(isPlain({})).toBe(true);
  expect(isPlain({ sizing: { kind: "multiplier", multiplier: "2" }, leverageMax: "3" })).toBe(true);
  expect(isPlain({ startMode: "new-only", stopMode: "leave" })).toBe(true);
});

const STATED: readonly Partial<Allocation>[] = [
  { overrides: [{ pattern: "BTC*", slippageBpsMax: "5" }] },
  { side: "long" },
  { inverse: true },
  { tradingHours: [{ days: [1], fromMinute: 0, toMinute: 60 }] },
  { positionsMax: 3 },
  { followerPositionsMax: 3 },
  { autoCopy: false },
  { delayMs: 1 },
  { copyStops: true },
  { copyPending: true },
  { exitParity: true },
  { slippageBpsMax: "10" },
  { entryDelayMaxMs: 1_000 },
  { exitSlippageBpsAlert: "10" },
  { orderNotionalMax: "100" },
  { symbolNotionalMax: "100" },
  { leaderNotionalMax: "100" },
];

it.each(STATED)("does not with %o", (said) => expect(isPlain(said)).toBe(false));
