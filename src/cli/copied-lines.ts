/** Which copied leaders are one bet, for people: each follower, then the pairs. */
import type { CopiedCorrelations, CopiedPair, FollowerBets } from "../control/copied-correlations.ts";
import { coloured } from "./output.ts";
import { table, wrapped } from "./table.ts";

const PAIRS_SHOWN = 15;

export function copiedLines({ alike, leaders, pairs, followers }: CopiedCorrelations): readonly string[] {
  if (followers.length === 0) return ["nobody is copied"];
  const sorted = pairs.toSorted((left, right) => (right.shrunk?.value ?? -2) - (left.shrunk?.value ?? -2));
  const short = leaders.filter(({ days }) => days === 0).map(({ leader }) => leader);
  return [
    ...followers.flatMap((one) => [...followerLines(one, alike), ""]),
    ...(pairs.length === 0 ? [] : table(COLUMNS, sorted.slice(0, PAIRS_SHOWN).map(rowOf))),
    ...(sorted.length > PAIRS_SHOWN
      ? [`... and ${sorted.length - PAIRS_SHOWN} pairs that are less alike; --json has all.`]
      : []),
    ...(short.length === 0
      ? []
      : wrapped(
          `Without a record: ${short.join(", ")}. It grows while they are copied; copytrader traders import or fetch brings what was before.`,
        )),
    "",
    ...wrapped(
      "Shrunk: drawn towards what all pairs have in common, with what is left of its uncertainty; it needs 30 common days. A correlation of daily returns says nothing about one bad hour.",
    ),
  ];
}

function followerLines(one: FollowerBets, alike: number): readonly string[] {
  const {
    follower,
    leaders,
    one_bet,
    unknown,
    effective_number: number,
    effective_number_careful: careful,
  } = one;
  const by = one.weighted_by === "exposure" ? "by what is held" : "in equal parts, as nothing is held";
  const held = leaders.map(({ leader, weight }) => `${leader} ${percent(weight)}`).join(", ");
  const bets =
    number === null || careful === null
      ? "how many bets that is cannot be told yet"
      : `${bet(number)} in effect, ${bet(careful)} where correlations are at the upper end of their intervals`;
  return [
    ...wrapped(`${follower} copies ${held} (${by}): ${bets}.`),
    ...one_bet.flatMap(({ leaders: members, weight, sure }) =>
      wrapped(
        `${coloured("yellow", "one bet")}: ${members.join(", ")}, ${percent(weight)} of what is held (correlation ${alike} or more${sure ? ", surely" : " on average, not surely"})`,
      ),
    ),
    ...(one_bet.length === 0 && number !== null ? [`No two are alike (correlation ${alike} or more).`] : []),
    ...(unknown.length === 0 || leaders.length < 2
      ? []
      : wrapped(`Of ${unknown.join(", ")} too few common days are known.`)),
  ];
}

const COLUMNS = [
  { title: "" },
  { title: "" },
  ...["Days", "Correlation", "Shrunk", "95 %"].map((title) => ({ title, align: "right" as const })),
  { title: "" },
];

function rowOf({ one, other, days, correlation, shrunk }: CopiedPair): readonly string[] {
  const interval =
    shrunk === null ? "-" : `${shrunk.interval[0].toFixed(2)} to ${shrunk.interval[1].toFixed(2)}`;
  return [one, other, String(days), figure(correlation), figure(shrunk?.value ?? null), interval, ""];
}

function bet(count: number): string {
  return `${count.toFixed(1)} bet${count.toFixed(1) === "1.0" ? "" : "s"}`;
}

function figure(value: number | null): string {
  return value === null ? "-" : value.toFixed(2);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
