/** What a rotation did, in sentences: gain, cost, and the regret against the best and against equal parts. */
import type { Rotation } from "../analytics/rotation/rotation.ts";

export function rotationNotes(
  { gain, equalGain, turnover, cost, best, bound, beyond, terms }: Rotation,
  names: readonly string[],
  days: number,
): readonly string[] {
  if (best === null) return [];
  const { expert, regret } = best;
  const ahead = regret >= 0 ? "more" : "less";
  return [
    `over ${days} days this rotation would have gained ${percent(gain)}, ${percent(cost)} of costs taken off (${percent(turnover)} moved)`,
    `regret: the best, ${names[expert]}, would have gained ${percent(Math.abs(regret))} ${ahead} on its days (at most ${percent(bound)} before costs, however the days come)`,
    `all in equal parts would have gained ${percent(equalGain)}`,
    ...(beyond === 0
      ? []
      : [
          `${beyond} returns were beyond ${percent(terms.largest)} a day and counted as that: the bound leaves them out`,
        ]),
  ];
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
