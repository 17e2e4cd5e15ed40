/** Real leaders and followers by their fills alone: what `npm run study:pairs` finds, and that it adds up. */
import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { findingsOf, type PairFindings } from "../../scripts/pairs-study/pair.ts";
import { hasShared, sharedNote, sharedPath } from "../shared.ts";

function found(pair: string): PairFindings {
  const path = sharedPath(`data/traders/hyperliquid_pairs/${pair}.json.gz`);
  return findingsOf(JSON.parse(gunzipSync(readFileSync(path)).toString("utf8")));
}

describe.skipIf(!hasShared)(`recorded pairs${sharedNote}`, () => {
  test.each(["acc3", "acc6", "acc7", "acc10"])(
    "%s: the parts are the difference to the last digit",
    (pair) => {
      const { difference, lagMs } = found(pair);
      expect(difference.residual.toString()).toBe("0");
      expect(difference.difference.isZero).toBe(false);
      expect(lagMs?.median).toBeGreaterThanOrEqual(900);
      expect(lagMs?.median).toBeLessThanOrEqual(1_150);
    },
  );

  test("the follower's fees are those of its fills, and its result is theirs", () => {
    const { difference, followerFills, matched } = found("acc10");
    expect({ followerFills, matched }).toEqual({ followerFills: 4, matched: 2 });
    expect(difference.follower.fees.toString()).toBe("0.029939");
    // Closed positions: closedPnl of the answer, 0.134435 + 0.370944.
    expect(difference.follower.trades.toString()).toBe("0.505379");
  });
});
