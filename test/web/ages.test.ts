/** Until when what is shown is said to hold: as long as it was heard, and never longer than the engine itself was there. */
import { describe, expect, it } from "vitest";
import { isEverRead, trueAt } from "../../web/src/live/true-at.ts";

describe("when what is shown was true", () => {
  it.each([
    ["of a running engine: when it was heard", { running: true, asOf: 900 }, 1_000, 1_000],
    [
      "of a stopped one: its last moment, however often it is heard",
      { running: false, asOf: 400 },
      1_000,
      400,
    ],
    ["of a stopped one on a clock ahead of this device's", { running: false, asOf: 1_200 }, 1_000, 1_000],
    ["of an engine that is not known yet", undefined, 1_000, 1_000],
    ["of what was not heard yet", { running: false, asOf: 400 }, 0, 0],
  ])("is, %s", (_, engine, heardAtMs, expected) => {
    expect(trueAt(engine, heardAtMs)).toBe(expected);
  });

  it("is never where no account was read", () => {
    const [never, read] = [{ snapshotAgeMs: null }, { snapshotAgeMs: 3 }];
    const status = (followers: readonly object[], leaders: readonly object[]) =>
      ({ followers, leaders }) as unknown as Parameters<typeof isEverRead>[0];
    expect([status([never], [never]), status([], []), status([never], [read])].map(isEverRead)).toEqual([
      false,
      false,
      true,
    ]);
  });
});
