/**
 * `dynamic_copying`: weights that go where the results are, as evidence changes: Hedge with a fixed share over leaders, over groups of one
 * style, or over the other strategies. It has no memory: the weights of today follow from the days of the evidence.
 */
import { type Rotation, rotate } from "../analytics/rotation/rotation.ts";
import {
  basicTests,
  byProof,
  COMMON_OPTIONS,
  type CommonValues,
  cappedParts,
  noneAbove,
  outWish,
  type ProvenCandidate,
  screen,
} from "./common.ts";
import { type OptionsByStrategy, strategyKind } from "./kind.ts";
import { choiceOption, numberOption, type OptionsOf } from "./options.ts";
import { rotationNotes } from "./rotated.ts";
import type { Candidate, Choice, StrategyEvidence, Wish } from "./strategy.ts";
import { expertProblems, strategyExperts } from "./strategy-experts.ts";

const ROTATIONS = ["leaders", "styles", "strategies"] as const;

interface DynamicValues extends CommonValues {
  readonly rotate: (typeof ROTATIONS)[number];
  readonly fixed_share: number;
  readonly largest_day: number;
}

const OPTIONS: OptionsOf<DynamicValues> = {
  rotate: choiceOption(
    "What is rotated: leaders, groups of leaders of one style, or the other strategies.",
    ROTATIONS,
    "leaders",
  ),
  fixed_share: numberOption(
    "Part of the weights that is given back in equal parts each day, so that who becomes good later is found.",
    { min: 0, max: 0.5 },
    0.005,
  ),
  largest_day: numberOption(
    "Returns of a day count up to this, either way; the smaller it is, the faster weights move.",
    { above: 0, max: 1 },
    0.05,
  ),
  ...COMMON_OPTIONS,
};

export const dynamicCopying = strategyKind<DynamicValues>({
  name: "dynamic_copying",
  shortName: "dynamic",
  description: "weights that go from day to day where the results are (Hedge), with what moving costs",
  options: OPTIONS,
  asks: ({ rotate: what }) => what === "strategies",
  check: expertProblems,
  choose,
});

function choose(evidence: StrategyEvidence, values: DynamicValues, others: OptionsByStrategy): Choice {
  const { passed, refused } = screen(evidence.candidates, basicTests(values));
  const { ranked, refused: unproven } = byProof(passed);
  const rotated = rotatedBy({ ranked, evidence, values }, others);
  const chosen = [...rotated.sizes.entries()]
    .sort(([one, size], [other, size2]) => size2 - size || one - other)
    .slice(0, values.max_traders)
    .map(([at]) => at);
  const sizes = ranked.map((_, at) => (chosen.includes(at) ? (rotated.sizes[at] ?? 0) : 0));
  const { invested } = rotated;
  const parts = cappedParts(sizes, values.max_weight / invested).map((part) => part * invested);
  const chosenSize = sizes.reduce((sum, size) => sum + size, 0);
  // The part that rotation left it, as if there were room for one more.
  const partBeside = (size: number) => (size === 0 ? 0 : size / (chosenSize + size));
  return {
    wishes: [
      ...refused,
      ...unproven,
      ...ranked.map(({ candidate }, at) => {
        const numbers = { rotation_weight: rotated.sizes[at] ?? 0 };
        return !chosen.includes(at) && isPart(partBeside(rotated.sizes[at] ?? 0), values)
          ? outWish(candidate, {
              reason: "beyond-max-traders",
              numbers: { most: values.max_traders, ...numbers },
            })
          : wishOf(candidate, parts[at] ?? 0, { numbers, values });
      }),
    ],
    keepsLimits: noneAbove(values.max_weight),
    notes: rotated.notes,
  };
}

interface Rotated {
  /** Of each who is ranked. */
  readonly sizes: readonly number[];
  /** Share of the equity that they part among them, above 0 where anything is. */
  readonly invested: number;
  readonly notes: readonly string[];
}

function isPart(weight: number, { min_weight: least }: DynamicValues): boolean {
  return weight > 0 && weight >= least;
}

function wishOf(
  candidate: Candidate,
  weight: number,
  { numbers, values }: { readonly numbers: Wish["numbers"]; readonly values: DynamicValues },
): Wish {
  if (!isPart(weight, values))
    return outWish(candidate, { reason: "rotated-out", numbers: { ...numbers, least: values.min_weight } });
  return { trader: candidate.trader, weight, scale: values.position_scaling, reason: "chosen", numbers };
}

const BPS = 10_000;

function rotatedBy(rotating: Rotating, others: OptionsByStrategy): Rotated {
  const { ranked, values } = rotating;
  switch (values.rotate) {
    case "leaders":
      return overGroups(
        ranked.map(({ candidate }, at) => ({ name: candidate.trader, members: [at] })),
        rotating,
      );
    case "styles":
      return overGroups(stylesOf(ranked), rotating);
    case "strategies":
      return overStrategies(rotating, others);
  }
}

interface Group {
  readonly name: string;
  /** Places among the ranked. */
  readonly members: readonly number[];
}

interface Rotating {
  readonly ranked: readonly ProvenCandidate[];
  readonly evidence: StrategyEvidence;
  readonly values: DynamicValues;
}

/** The weight of a group goes to its members in equal parts. */
function overGroups(groups: readonly Group[], { ranked, evidence, values }: Rotating): Rotated {
  const costs = groups.map(({ members }) =>
    meanOf(members, (at) => (ranked[at]?.candidate.costBps ?? 0) / BPS),
  );
  const experts = groups.map(({ members }) =>
    Float64Array.from({ length: evidence.days }, (_, day) => {
      const known = members.filter((at) => !Number.isNaN(ranked[at]?.candidate.returns[day]));
      return meanOf(known, (at) => ranked[at]?.candidate.returns[day] ?? 0);
    }),
  );
  const rotation = rotate({ ...termsOf(values), days: evidence.days, experts, costs });
  const sizes = ranked.map(() => 0);
  for (const [group, { members }] of groups.entries())
    for (const at of members) sizes[at] = (rotation.weights[group] ?? 0) / members.length;
  return { sizes, invested: 1, notes: notesOf(rotation, groups, evidence.days) };
}

/** Each style is a group, and all of unknown style together. */
function stylesOf(ranked: readonly ProvenCandidate[]): readonly Group[] {
  const groups = new Map<string, number[]>();
  for (const [at, { candidate }] of ranked.entries()) {
    const name = candidate.style ?? "unknown style";
    groups.set(name, [...(groups.get(name) ?? []), at]);
  }
  return [...groups].map(([name, members]) => ({ name, members }));
}

/** The weights that each strategy would give now, in the parts that rotation gives the strategies. */
function overStrategies({ ranked, evidence, values }: Rotating, others: OptionsByStrategy): Rotated {
  const experts = strategyExperts(evidence, others);
  const rotation = rotate({
    ...termsOf(values),
    days: evidence.days,
    experts: experts.map(({ returns }) => returns),
    costs: experts.map(({ cost }) => cost),
  });
  const sizes = ranked.map(({ candidate: { trader } }) =>
    experts.reduce(
      (sum, { weights }, at) => sum + (rotation.weights[at] ?? 0) * (weights.get(trader) ?? 0),
      0,
    ),
  );
  const invested = experts.reduce((sum, one, at) => sum + (rotation.weights[at] ?? 0) * one.invested, 0);
  return { sizes, invested: Math.min(1, invested), notes: notesOf(rotation, experts, evidence.days) };
}

function termsOf({ fixed_share: share, largest_day: largest }: DynamicValues) {
  return { share, largest };
}

function notesOf(rotation: Rotation, experts: readonly { readonly name: string }[], days: number) {
  return [
    ...rotationNotes(
      rotation,
      experts.map(({ name }) => name),
      days,
    ),
    ...(experts.length > 1 && experts.length <= TOLD_MAX
      ? [
          `weights of ${experts.map(({ name }, at) => `${name} ${(100 * (rotation.weights[at] ?? 0)).toFixed(1)} %`).join(", ")}`,
        ]
      : []),
  ];
}

const TOLD_MAX = 10;

/** NaN of nobody. */
function meanOf(members: readonly number[], value: (at: number) => number): number {
  return members.reduce((sum, at) => sum + value(at), 0) / members.length;
}
