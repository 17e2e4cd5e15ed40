/** For people: what a follower of one trader would have got, by the follower's capital, and where the leader's profit went. */

import type { CopySettings } from "../../analytics/copying/copy-settings.ts";
import type { CopyabilityParts } from "../../analytics/copying/copyability.ts";
import type { FollowerNet } from "../../traders/copying/follower-net.ts";
import { table, wrapped } from "../table.ts";

/** Of followers whose results stand beside each other. */
export const EQUITIES = ["1000", "10000", "100000"] as const;

/** Nothing where there is no result. Amounts are shares of the follower's capital at the beginning. */
export function copiedLines(nets: readonly FollowerNet[]): readonly string[] {
  const [first] = nets;
  if (first === undefined) return [];
  const columns = [
    { title: "A FOLLOWER WITH" },
    ...["LEADER'S", "DELAY", "SLIPPAGE", "FEES", "SIZES", "FUNDING", "LEFT", "COPYABLE"].map((title) => ({
      title,
      align: "right" as const,
    })),
  ];
  return [
    ...table(columns, nets.map(row)),
    "",
    ...wrapped(legend(first)),
    ...partLines(first),
    ...first.assumptions.flatMap(({ text }) => bullet(text)),
    "",
  ];
}

function row({ settings, edge, copyability }: FollowerNet): readonly string[] {
  const share = (amount: number) => percent(amount / Number(settings.equity));
  return [
    Number(settings.equity).toLocaleString("en-US"),
    share(edge.gross),
    share(-edge.delay),
    share(-edge.slippage),
    share(-edge.fees),
    share(-edge.sizes),
    share(edge.funding),
    share(edge.net),
    copyability.score?.toFixed(2) ?? "-",
  ];
}

function percent(share: number): string {
  return `${share < 0 ? "" : "+"}${(100 * share).toFixed(2)} %`;
}

function legend({ settings }: FollowerNet): string {
  return `What the leader's trades brought before fees, at the follower's size, and what copying takes of it: ${settingsText(settings)}. SIZES: steps and minima, what is not listed, and a capital that falls behind the leader's. COPYABLE: 0 nothing, 1 all (docs/ranking.md).`;
}

export function settingsText({ delayMs, feeRate, halfSpreadBps, impactFactor }: CopySettings): string {
  const fee = `${Number((100 * feeRate).toPrecision(6))} % fee`;
  return `${delayMs / 1_000} s late, ${fee}, half a spread of ${halfSpreadBps} bp, impact by the square root x ${impactFactor}`;
}

const PARTS: Readonly<Record<keyof CopyabilityParts, string>> = {
  edge: "edge left",
  costs: "costs against movement",
  size: "large enough",
  holding: "held longer than the delay",
  listed: "listed",
  bursts: "within the rate of orders",
};

function partLines({ settings, copyability }: FollowerNet): readonly string[] {
  const names = Object.keys(PARTS) as readonly (keyof CopyabilityParts)[];
  const parts = names.map((name) => `${PARTS[name]} ${copyability.parts[name]?.toFixed(2) ?? "-"}`);
  return wrapped(`Parts of COPYABLE with ${settings.equity}: ${parts.join(", ")}.`);
}

function bullet(text: string): readonly string[] {
  return wrapped(text, 96).map((line, at) => `${at === 0 ? "- " : "  "}${line}`);
}
