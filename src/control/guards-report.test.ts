/** How near each stop and loss limit is, by the figures that the guards themselves compare, and what stands of it. */
import { describe, expect, it } from "vitest";
import { guarded, held, marked, TIERS } from "../../test/core/guarded.ts";
import { FOLLOWER, LEADER, onlyOrder, type Story } from "../../test/core/story.ts";
import { limitsOf } from "./limits.ts";

function report(story: Story) {
  const [found] = limitsOf(story.state, null, FOLLOWER).followers;
  if (found === undefined) throw new Error("no report");
  return found;
}

function rows(story: Story) {
  return report(story).guards.map(({ guard, of, use, at, left }) => [guard, of, use, at, left]);
}

const pause = { action: "pause", coolOffMs: null } as const;
const share = (value: string) => ({ kind: "share", value }) as const;

describe("a guard that has not acted", () => {
  it("says what is lost, and of how much, from the figures that it compares", () => {
    const story = guarded(
      {
        tiers: TIERS,
        dailyLoss: { limit: share("0.05"), ...pause },
        drawdown: { limit: { kind: "amount", value: "2000" }, ...pause },
      },
      {
        stopLoss: { share: "0.05", from: "start", action: "close", coolOffMs: null },
        positionStop: { share: "0.1", coolOffMs: null },
        allocatedCapital: "4000",
      },
    );
    held(story, "1");
    marked(story, "60000");
    marked(story, "59900");
    expect(rows(story)).toEqual([
      ["sl_loss_tiers_usd", "level 1 of 4", "50", "100", "50"],
      ["sl_loss_tiers_usd", "level 2 of 4", "50", "200", "150"],
      ["sl_loss_tiers_usd", "level 3 of 4", "50", "300", "250"],
      ["sl_loss_tiers_usd", "level 4 of 4", "50", "400", "350"],
      ["max_daily_loss", "", "50", "500", "450"],
      ["max_account_drawdown", "", "50", "2000", "1950"],
      ["stop_loss", LEADER, "50", "200", "150"],
      ["position_stop", `${LEADER} BTCUSDT`, "50", "3000", "2950"],
      ["kill switch", "", "", "", ""],
    ]);
    expect(report(story).guards.every(({ stands }) => stands === null)).toBe(true);
    expect(report(story).off).toContain("liquidation_guard");
  });

  it("says how far the liquidation price is away", () => {
    const story = guarded({
      liquidation: { distance: "0.05", nearerThanLeader: "0", action: "warn", coolOffMs: null },
    });
    held(story, "1");
    story.nowMs += 1;
    const position = { ...story.row("0.5"), liquidationPrice: "54000" };
    const { nowMs: receivedAtMs } = story;
    story.feed({ kind: "follower-position-reported", account: FOLLOWER, position, receivedAtMs });
    marked(story, "60000");
    expect(rows(story)[0]).toEqual(["liquidation_guard", "BTCUSDT", "0.1", "0.05", "0.05"]);
  });

  it("loses nothing while it gains", () => {
    const story = guarded({ dailyLoss: { limit: share("0.05"), ...pause } });
    held(story, "1");
    marked(story, "61000");
    expect(rows(story)[0]).toEqual(["max_daily_loss", "", "0", "500", "500"]);
  });

  it("says why it does not act", () => {
    const stopLoss = { share: "0.05", from: "start", action: "close", coolOffMs: null } as const;
    const liquidation = { distance: "0.05", nearerThanLeader: "0", action: "cut", coolOffMs: null } as const;
    const { guards } = report(guarded({ liquidation }, { stopLoss }));
    expect(guards).toMatchObject([
      { guard: "stop_loss", use: "", note: "nothing was copied yet" },
      { guard: "liquidation_guard", use: "", at: "0.05", note: "nothing is held" },
      { guard: "kill switch", note: "not pulled" },
    ]);
  });
});

describe("a guard that acted", () => {
  it("stands with its text, since when and until when, on the levels that it reached", () => {
    const story = guarded({
      tiers: TIERS,
      dailyLoss: { limit: share("0.01"), action: "pause", coolOffMs: 60_000 },
    });
    held(story, "1");
    marked(story, "60000");
    const at = story.nowMs + 50;
    story.fill(onlyOrder(marked(story, "59750")), "0.5", "0");
    const { guards } = report(story);
    expect(guards.map(({ guard, stands }) => [guard, stands?.text])).toEqual([
      ["sl_loss_tiers_usd", "cut by sl_loss_tiers_usd (loss 125, limit 100), until released"],
      ["sl_loss_tiers_usd", undefined],
      ["sl_loss_tiers_usd", undefined],
      ["sl_loss_tiers_usd", undefined],
      [
        "max_daily_loss",
        `paused by max_daily_loss (loss 125, limit 100), until ${new Date(at + 60_000).toISOString()}`,
      ],
      ["kill switch", undefined],
    ]);
    expect(guards[0]?.stands).toMatchObject({ since: at, until: null });
    expect(guards[4]?.stands).toMatchObject({ since: at, until: at + 60_000 });
  });

  it("and the kill switch, which needs no setting", () => {
    const story = guarded({});
    held(story, "1");
    story.command({ kind: "panic" });
    expect(report(story).guards).toMatchObject([
      { guard: "kill switch", stands: { text: "closed by the kill switch, until resume or release" } },
    ]);
  });

  it("is told when its setting is gone and its stop still stands", () => {
    const story = guarded({ dailyLoss: { limit: share("0.01"), ...pause } });
    held(story, "1");
    marked(story, "59700");
    story.configure({
      ...story.settings,
      accounts: story.settings.accounts.map(({ guards, ...one }) => one),
    });
    const [daily] = report(story).guards;
    expect(daily).toMatchObject({ guard: "max_daily_loss", use: "150", at: "100", stands: { until: null } });
  });
});
