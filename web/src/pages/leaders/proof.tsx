/** What a record proves by itself, with its intervals, and what copying leaves of it, by the follower's capital. */
import type { TraderEvidence, TraderPerformance } from "../../api/types.ts";
import { NotKnown } from "../../components/amount.tsx";
import { Defined } from "../../components/defined.tsx";
import { Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { decimalText, percentText } from "../../format/decimal.ts";
import { FIGURE_DEFINITIONS } from "../definitions.ts";
import { figureText } from "../figure-text.ts";
import { useEvidence } from "./queries.ts";
import { words } from "./strings.ts";

const FIGURES = ["total_return", "cagr", "annual_volatility", "sharpe", "max_drawdown"] as const;
const LOSSES = ["delay", "slippage", "fees", "sizes"] as const;

export function Proof({ trader }: { readonly trader: TraderPerformance }) {
  const { data, error, refetch } = useEvidence(trader);
  if (data === undefined)
    return error === null ? (
      <Loading what={words.proofWhat} />
    ) : (
      <ProblemNotice error={error} again={() => void refetch()} />
    );
  return (
    <>
      <Intervals evidence={data} />
      <Left evidence={data} />
    </>
  );
}

interface Part {
  readonly evidence: TraderEvidence;
}

function Intervals({ evidence: { figures, intervals, above, days, block_length_days } }: Part) {
  return (
    <Panel title={words.proof} note={words.proofNote(days, Math.round(block_length_days))}>
      <Table
        label={words.proof}
        rows={FIGURES}
        keyOf={(name) => name}
        columns={[
          {
            id: "figure",
            title: words.figure,
            cell: (name) => (
              <Defined definition={FIGURE_DEFINITIONS[name].formula}>
                {FIGURE_DEFINITIONS[name].label}
              </Defined>
            ),
          },
          {
            id: "value",
            title: words.measured,
            isNumber: true,
            cell: (name) => figureText(figures[name], FIGURE_DEFINITIONS[name].unit),
          },
          {
            id: "interval",
            title: words.interval95,
            isNumber: true,
            cell: (name) => {
              const interval = intervals[name];
              if (interval === null || interval === undefined) return <NotKnown />;
              const [low, high] = interval.map((end) => figureText(end, FIGURE_DEFINITIONS[name].unit));
              return words.between(low ?? "", high ?? "");
            },
          },
        ]}
      />
      <ul className="panel-note assumptions">
        {above.map(({ benchmark, probability, days_needed }) => (
          <li key={benchmark}>
            {words.above(
              decimalText(String(benchmark)),
              probability === null ? null : chanceText(probability),
              days_needed === null ? null : decimalText(String(Math.ceil(days_needed))),
            )}
          </li>
        ))}
        <li>{words.notChosen}</li>
      </ul>
    </Panel>
  );
}

/** Of a record nothing is certain. */
const SURE = 0.999;

function chanceText(probability: number): string {
  if (probability > SURE) return words.more(percentText(SURE));
  return probability < 1 - SURE ? words.less(percentText(1 - SURE)) : percentText(probability);
}

type Follower = TraderEvidence["followers"][number];

function Left({ evidence: { followers } }: Part) {
  const [first] = followers;
  if (first === undefined) return null;
  const share = (of: Follower, name: string, sign = 1) => {
    const amount = of.edge[name];
    return amount === null || amount === undefined ? (
      <NotKnown />
    ) : (
      percentText((sign * amount) / Number(of.equity), 2, true)
    );
  };
  return (
    <Panel title={words.left} note={words.leftNote(decimalText(String(first.delay_ms / 1_000)))}>
      <Table
        label={words.left}
        rows={followers}
        keyOf={({ equity }) => equity}
        columns={[
          {
            id: "equity",
            title: words.followerWith,
            isNumber: true,
            cell: ({ equity }) => decimalText(equity),
          },
          {
            id: "net",
            title: words.kept,
            isNumber: true,
            cell: (one) => <strong>{share(one, "net")}</strong>,
          },
          { id: "gross", title: words.ofLeader, isNumber: true, cell: (one) => share(one, "gross") },
          ...LOSSES.map((name) => ({
            id: name,
            title: words.takes[name],
            isNumber: true,
            cell: (one: Follower) => share(one, name, -1),
          })),
          { id: "funding", title: words.funding, isNumber: true, cell: (one) => share(one, "funding") },
          {
            id: "copyable",
            title: words.copyable,
            isNumber: true,
            cell: ({ copyability: { score } }) => (score === null ? <NotKnown /> : percentText(score, 0)),
          },
        ]}
      />
      <details>
        <summary>{words.leftAssumptions}</summary>
        <ul className="panel-note assumptions">
          {first.assumptions.map(({ word, text }) => (
            <li key={word}>{text}</li>
          ))}
        </ul>
      </details>
    </Panel>
  );
}
