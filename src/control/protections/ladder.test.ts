/** Which settings of each protection are tried, and what is left out for it. */
import { describe, expect, it } from "vitest";
import { loadBacktestTerms } from "../../config.ts";
import { AccountId } from "../../core/model/identifiers.ts";
import { laddersOf } from "./ladder.ts";
import { PROTECTIONS, type ProtectionName } from "./rung.ts";

const OTHERS = ["bob", "carol"].map((name) => AccountId(name));

function terms() {
  const loaded = loadBacktestTerms("/nowhere", AccountId("follower"));
  if (!loaded.ok) throw new Error("the defaults have problems");
  return loaded.terms;
}

function configuredBy(...settings: readonly string[]) {
  const found = terms().guardsWith(settings);
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  return found;
}

/** Label and rule of each. */
function rules(name: ProtectionName, settings: readonly string[], asked: readonly string[] = []) {
  const tried = asked.map((one) => configuredBy(one));
  const question = {
    configured: configuredBy(...settings).guards,
    equity: "10000",
    others: OTHERS,
    asked: tried,
  };
  const [ladder] = laddersOf(question, [name]);
  return ladder?.rungs.map(({ label, rule }) => `${label}: ${rule}`) ?? [];
}

/** Of each label the label of what it strikes after. */
function order(name: ProtectionName, ...settings: readonly string[]) {
  const { guards: configured } = configuredBy(...settings);
  const [ladder] = laddersOf({ configured, equity: "10000", others: OTHERS, asked: [] }, [name]);
  const names = new Map<string, string>(
    ladder?.rungs.map(({ label, guards }) => [JSON.stringify(guards), label]),
  );
  if (ladder !== undefined) names.set(JSON.stringify(ladder.without), "without");
  return ladder?.rungs.map(({ label, strikesAfter }) => [
    label,
    strikesAfter === null ? null : names.get(JSON.stringify(strikesAfter)),
  ]);
}

describe("what cannot strike", () => {
  it.each<readonly [ProtectionName, readonly (readonly [string, string | null])[]]>([
    [
      "position_stop",
      [
        ["example", "tighter"],
        ["tighter", null],
        ["looser", "example"],
      ],
    ],
    [
      "leader_decay",
      [
        ["example", "tighter"],
        ["tighter", null],
        ["looser", "example"],
        ["close only", null],
      ],
    ],
    [
      "leader_replacement",
      [
        ["example", "tighter"],
        ["tighter", null],
        ["looser", "example"],
        ["close only", null],
      ],
    ],
    [
      "cool_off",
      [
        ["example", "without"],
        ["shorter", "without"],
        ["longer", "without"],
      ],
    ],
    // An example beside what is configured may be stricter or not.
    [
      "daily_loss",
      [
        ["as configured", "tighter"],
        ["example", null],
        ["tighter", null],
        ["looser", "as configured"],
      ],
    ],
  ])("is known of %s by what strikes sooner", (name, expected) => {
    expect(order(name)).toEqual(expected);
  });

  it("is not known of what was asked for", () => {
    const { guards: configured } = configuredBy();
    const asked = [configuredBy("cool_off_minutes=30"), configuredBy("position_stop=0.3")];
    const ladders = laddersOf({ configured, equity: "10000", others: OTHERS, asked }, [
      "cool_off",
      "position_stop",
    ]);
    expect(ladders.flatMap(({ rungs }) => rungs.map(({ strikesAfter }) => strikesAfter))).toEqual([
      null,
      null,
    ]);
  });
});

describe("a ladder", () => {
  it.each<readonly [ProtectionName, readonly string[], readonly string[]]>([
    [
      "loss_tiers",
      [],
      [
        "example: USDT since start: 250 reduce by 1/3, 500 reduce by 1/3, 1000 close; until released",
        "tighter: USDT since start: 125 reduce by 1/3, 250 reduce by 1/3, 500 close; until released",
        "looser: USDT since start: 500 reduce by 1/3, 1000 reduce by 1/3, 2000 close; until released",
      ],
    ],
    [
      "daily_loss",
      [],
      [
        "as configured: 0.25 of the day's first equity: pause until released",
        "example: 0.05 of the day's first equity: pause for 1440 minutes",
        "tighter: 0.125 of the day's first equity: pause until released",
        "looser: 0.5 of the day's first equity: pause until released",
      ],
    ],
    [
      "account_drawdown",
      ["max_account_drawdown={usd: 500, action: close, cool_off_minutes: 60}"],
      [
        "as configured: 500 USDT from the largest equity: close for 60 minutes",
        "tighter: 250 USDT from the largest equity: close for 60 minutes",
        "looser: 1000 USDT from the largest equity: close for 60 minutes",
      ],
    ],
    [
      "leader_replacement",
      ["stop_loss={share: 0.2, action: replace, replacements: [bob, nobody]}"],
      [
        "as configured: 0.2 of its part of the equity from its start: replace by the best of bob, until released",
        "tighter: 0.1 of its part of the equity from its start: replace by the best of bob, until released",
        "looser: 0.4 of its part of the equity from its start: replace by the best of bob, until released",
        "close only: 0.2 of its part of the equity from its start: close until released",
      ],
    ],
    [
      "leader_decay",
      [],
      [
        "example: replace by the best of bob, carol when its newest 90 days are worse than those before, at 0.05 false alarms a year; until released",
        "tighter: replace by the best of bob, carol when its newest 90 days are worse than those before, at 0.2 false alarms a year; until released",
        "looser: replace by the best of bob, carol when its newest 90 days are worse than those before, at 0.0125 false alarms a year; until released",
        "close only: close when its newest 90 days are worse than those before, at 0.05 false alarms a year; until released",
      ],
    ],
    [
      "trailing_stop",
      ["stop_loss={share: 0.6, from: peak}"],
      [
        "as configured: 0.6 of its part of the equity from its best result: close until released",
        "tighter: 0.3 of its part of the equity from its best result: close until released",
      ],
    ],
    [
      "liquidation_guard",
      [],
      [
        "example: cut below a distance of 0.1",
        "tighter: cut below a distance of 0.2",
        "looser: cut below a distance of 0.05",
      ],
    ],
    [
      "cool_off",
      [],
      [
        "example: what is stopped stays so for 1440 minutes",
        "shorter: what is stopped stays so for 60 minutes",
        "longer: what is stopped stays so for 10080 minutes",
      ],
    ],
    [
      "cool_off",
      ["max_daily_loss={share: 0.1, cool_off_minutes: 120}", "max_account_drawdown=off"],
      [
        "as configured: what is stopped stays so for 120 minutes",
        "shorter: what is stopped stays so for 30 minutes",
        "longer: what is stopped stays so for 480 minutes",
      ],
    ],
  ])("of %s with %j", (name, settings, expected) => {
    expect(rules(name, settings)).toEqual(expected);
  });

  it("leaves out the one protection and nothing else", () => {
    const settings = [
      "sl_loss_tiers_usd=[100]",
      "position_stop=0.1",
      "stop_loss=0.2",
      "liquidation_guard=cut",
    ];
    const { guards: configured } = configuredBy(...settings);
    const ladders = laddersOf({ configured, equity: "10000", others: OTHERS, asked: [] }, PROTECTIONS);
    const { account, relation } = configured;
    const leftOut = Object.fromEntries(ladders.map(({ protection, without }) => [protection, without]));
    expect(leftOut).toMatchObject({
      loss_tiers: { account: { ...account, tiers: null }, relation },
      daily_loss: { account: { ...account, dailyLoss: null }, relation },
      account_drawdown: { account: { ...account, drawdown: null }, relation },
      leader_stop: { account, relation: { ...relation, stopLoss: null } },
      trailing_stop: { account, relation: { ...relation, stopLoss: null } },
      leader_replacement: { account, relation: { ...relation, stopLoss: null } },
      position_stop: { account, relation: { ...relation, positionStop: null } },
      liquidation_guard: { account: { ...account, liquidation: null }, relation },
    });
  });

  it("tries what was asked for beside what is configured, and nothing of what was not", () => {
    const asked = ["stop_loss={share: 0.3, from: peak}"];
    expect(rules("trailing_stop", [], asked)).toEqual([
      "as asked: 0.3 of its part of the equity from its best result: close until released",
    ]);
    expect(rules("trailing_stop", ["stop_loss={share: 0.1, from: peak}"], asked)[0]).toMatch(
      /^as configured: 0.1/,
    );
    expect(rules("leader_stop", [], asked)).toEqual([]);
    expect(rules("position_stop", ["position_stop=0.1"], asked)).toEqual([]);
    expect(rules("cool_off", [], ["cool_off_minutes=30"])).toEqual([
      "as asked: what is stopped stays so for 30 minutes",
    ]);
  });
});
