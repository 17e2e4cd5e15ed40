/**
 * The steps of a sequence as plain data. None depends on the state that it meets (numbers are read modulo what there is), so
 * that leaving some out of a failing sequence leaves the others as they are.
 */
import type { RejectionClass } from "../../src/core/event.ts";
import type { SeededChance } from "../simulation/chance.ts";

export type Step =
  | { readonly kind: "lead"; readonly leader: number; readonly symbol: number; readonly usdt: number }
  | { readonly kind: "lead-closes"; readonly leader: number; readonly symbol: number }
  | {
      readonly kind: "fill";
      readonly follower: number;
      readonly which: number;
      readonly share: number;
      readonly ends: boolean;
    }
  | {
      readonly kind: "reject";
      readonly follower: number;
      readonly which: number;
      readonly class: RejectionClass;
    }
  | {
      readonly kind: "lose";
      readonly follower: number;
      readonly which: number;
      readonly arrived: boolean;
    }
  | { readonly kind: "deliver"; readonly follower: number; readonly which: number }
  | { readonly kind: "mark"; readonly symbol: number; readonly percent: number }
  | { readonly kind: "transfer"; readonly follower: number; readonly usdt: number }
  | { readonly kind: "figures"; readonly follower: number }
  | { readonly kind: "snapshot"; readonly follower: number }
  | { readonly kind: "leader-snapshot"; readonly leader: number; readonly equity: number }
  | { readonly kind: "leverage"; readonly leader: number; readonly symbol: number; readonly leverage: number }
  | {
      readonly kind: "evidence";
      readonly leader: number;
      readonly style: number;
      readonly volatility: string;
      readonly correlation: string;
      readonly ageMs: number;
    }
  | {
      readonly kind: "owner-trades";
      readonly follower: number;
      readonly symbol: number;
      readonly lots: number;
    }
  | { readonly kind: "wait"; readonly ms: number }
  | {
      readonly kind: "command";
      readonly follower: number;
      readonly leader: number;
      readonly command: CommandKind;
    }
  | { readonly kind: "suspend"; readonly symbol: number; readonly trading: boolean }
  | {
      readonly kind: "settings";
      readonly follower: number;
      readonly seed: number;
      readonly of: "limits" | "relation";
    }
  | { readonly kind: "restart"; readonly starts: boolean };

const COMMANDS = [
  "pause",
  "resume",
  "release",
  "release-leader",
  "close",
  "panic",
  "panic-leader",
  "pause-leader",
  "close-leader",
  "approve",
  "decline",
] as const;
export type CommandKind = (typeof COMMANDS)[number];

const REJECTIONS: readonly RejectionClass[] = [
  "insufficient-margin",
  "below-minimum",
  "above-maximum",
  "price-out-of-band",
  "reduce-only-violation",
  "market-closed",
  "leverage-too-high",
  "rate-limited",
  "try-again",
  "bad-request",
];

/** How often each kind comes, and how one is drawn. */
const DRAWN: readonly (readonly [number, (chance: SeededChance) => Step])[] = [
  [26, (of) => ({ kind: "lead", ...leaderAndSymbol(of), usdt: traded(of) })],
  [4, (of) => ({ kind: "lead-closes", ...leaderAndSymbol(of) })],
  [22, (of) => ({ kind: "fill", ...order(of), share: of.pick([0, 0.3, 1, 1]), ends: of.hits(0.6) })],
  [3, (of) => ({ kind: "reject", ...order(of), class: of.pick(REJECTIONS) })],
  [2, (of) => ({ kind: "lose", ...order(of), arrived: of.hits(0.5) })],
  [24, (of) => ({ kind: "deliver", ...order(of) })],
  [6, (of) => ({ kind: "mark", symbol: of.whole(0, 3), percent: of.whole(85, 116) })],
  [2, (of) => ({ kind: "transfer", follower: of.whole(0, 2), usdt: of.whole(-6_000, 6_000) })],
  [4, (of) => ({ kind: "figures", follower: of.whole(0, 2) })],
  [3, (of) => ({ kind: "snapshot", follower: of.whole(0, 2) })],
  [2, (of) => ({ kind: "leader-snapshot", leader: of.whole(0, 2), equity: of.whole(2_000, 40_000) })],
  [1, (of) => ({ kind: "leverage", ...leaderAndSymbol(of), leverage: of.pick([1, 5, 20, 100]) })],
  [3, evidence],
  [
    1,
    (of) => ({
      kind: "owner-trades",
      follower: of.whole(0, 2),
      symbol: of.whole(0, 3),
      lots: of.whole(-9, 9),
    }),
  ],
  [8, (of) => ({ kind: "wait", ms: of.pick([50, 400, 5_000, 30_000, 300_000]) })],
  [
    3,
    (of) => ({
      kind: "command",
      follower: of.whole(0, 2),
      leader: of.whole(0, 2),
      command: of.pick(COMMANDS),
    }),
  ],
  [0.5, (of) => ({ kind: "suspend", symbol: of.whole(0, 3), trading: of.hits(0.7) })],
  [
    0.7,
    (of) => ({
      kind: "settings",
      follower: of.whole(0, 2),
      seed: of.whole(1, 1_000_000),
      of: of.pick(["limits", "relation"]),
    }),
  ],
  [0.8, (of) => ({ kind: "restart", starts: of.hits(0.5) })],
];
const WEIGHT = DRAWN.reduce((sum, [weight]) => sum + weight, 0);

export function drawStep(chance: SeededChance): Step {
  let left = chance.between(0, WEIGHT);
  for (const [weight, draw] of DRAWN) {
    left -= weight;
    if (left < 0) return draw(chance);
  }
  return { kind: "wait", ms: 50 };
}

const leaderAndSymbol = (of: SeededChance) => ({ leader: of.whole(0, 2), symbol: of.whole(0, 3) });
const order = (of: SeededChance) => ({ follower: of.whole(0, 2), which: of.whole(0, 9) });
const traded = (of: SeededChance) => of.pick([1, 1, -1]) * of.pick([of.whole(6, 200), of.whole(200, 9_000)]);

function evidence(of: SeededChance): Step {
  return {
    kind: "evidence",
    leader: of.whole(0, 2),
    style: of.whole(0, 2),
    volatility: of.pick(["0.05", "0.2", "0.9"]),
    correlation: of.pick(["-0.4", "0.6", "0.95"]),
    ageMs: of.pick([0, 0, 50_000, 7_200_000]),
  };
}
