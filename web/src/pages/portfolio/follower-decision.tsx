/** One follower: what each leader has of its equity, what it would have, why, and the command that moves it. */
import { useState } from "react";
import { rebalance } from "../../api/commands.ts";
import type { RebalancePreview } from "../../api/types.ts";
import { Amount } from "../../components/amount.tsx";
import { CommandDialog } from "../../components/command-dialog.tsx";
import { Figure, Figures } from "../../components/figure.tsx";
import { Empty, Notice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { State } from "../../components/state.tsx";
import { Table } from "../../components/table.tsx";
import { percentText } from "../../format/decimal.ts";
import { useMay } from "../../session/session.tsx";
import { strategyReason } from "../definitions.ts";
import { numbersText } from "../verdict-numbers.ts";
import { words } from "./strings.ts";

type Of = RebalancePreview["followers"][number];
type Decision = NonNullable<Of["decision"]>;

export interface FollowerDecisionProps {
  readonly of: Of;
  readonly strategy: string;
  readonly isStale: boolean;
}

export function FollowerDecision({ of, strategy, isStale }: FollowerDecisionProps) {
  const { follower, equity, decision, problem, planned } = of;
  const [isMoving, setMoving] = useState(false);
  const may = useMay("manage_copying");
  return (
    <Panel
      title={follower}
      note={
        <>
          {words.equity} <Amount value={equity.toFixed(2)} places={2} unit="USDT" />
        </>
      }
      actions={
        planned !== null &&
        may && (
          <button
            type="button"
            className="button button-main"
            disabled={isStale}
            onClick={() => setMoving(true)}
          >
            {words.rebalance}
          </button>
        )
      }
    >
      {problem !== null && (
        <Notice tone="warn" title={words.noDecision}>
          <p>{problem}</p>
        </Notice>
      )}
      {decision !== null && <Weights decision={decision} label={follower} isStale={isStale} />}
      {decision !== null && planned === null && <Empty>{words.nothingToMove}</Empty>}
      {decision !== null && planned !== null && <Sums decision={decision} follower={follower} />}
      {decision !== null && decision.notes.length > 0 && (
        <ul className="panel-note">
          {decision.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
      {isMoving && planned !== null && (
        <CommandDialog
          title={words.rebalanceTitle(follower)}
          about={words.rebalanceAbout(follower, strategy)}
          confirm={words.rebalance}
          {...rebalance(planned.request)}
          onClose={() => setMoving(false)}
        />
      )}
    </Panel>
  );
}

interface WeightsProps {
  readonly decision: Decision;
  readonly label: string;
  readonly isStale: boolean;
}

function Weights({ decision: { verdicts }, label, isStale }: WeightsProps) {
  return (
    <Table
      label={label}
      rows={verdicts}
      keyOf={({ trader }) => trader}
      isStale={isStale}
      columns={[
        { id: "leader", title: words.leader, cell: ({ trader }) => trader },
        { id: "now", title: words.now, isNumber: true, cell: ({ from }) => percentText(from) },
        { id: "target", title: words.target, isNumber: true, cell: ({ weight }) => percentText(weight) },
        {
          id: "bar",
          title: words.weight,
          isExtra: true,
          cell: ({ from, weight }) => <WeightBar from={from} to={weight} />,
        },
        {
          id: "in",
          title: words.why,
          cell: ({ isIn, reason, numbers }) => (
            <span className="sentence">
              <State tone={isIn ? "good" : "off"}>{isIn ? words.whyIn : words.whyOut}</State>{" "}
              <span className="muted">{[strategyReason(reason), ...numbersText(numbers)].join("; ")}</span>
            </span>
          ),
        },
      ]}
    />
  );
}

const WIDTH = 160;
const HEIGHT = 18;

/** The upper bar is now, the lower one the target. */
function WeightBar({ from, to }: { readonly from: number; readonly to: number }) {
  const length = (share: number) => WIDTH * Math.min(1, Math.max(0, share));
  return (
    <svg className="weight" viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" aria-hidden="true">
      <rect className="weight-now" y="2" width={length(from)} height="6" />
      <rect className="weight-target" y="10" width={length(to)} height="6" />
    </svg>
  );
}

function Sums({ decision, follower }: { readonly decision: Decision; readonly follower: string }) {
  return (
    <div className="panel-body decision-sums">
      <Figures label={words.rebalanceTitle(follower)}>
        <Figure label={words.turnover} window={words.turnoverOf}>
          {percentText(decision.turnover)}
        </Figure>
        <Figure label={words.cost} window={words.costOf}>
          {percentText(decision.cost, 3)}
        </Figure>
      </Figures>
    </div>
  );
}
