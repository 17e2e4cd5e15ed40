/** Every strategy beside the others, and beside equal parts: whom each would copy now with how much, why, and what moving there takes. */
import { useState } from "react";
import { Link } from "wouter";
import type { RebalancePreview, StrategiesReport } from "../../api/types.ts";
import { NotKnown } from "../../components/amount.tsx";
import { Choice } from "../../components/choice.tsx";
import { LookAgain } from "../../components/look-again.tsx";
import { Empty, Loading, Notice, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { decimalText, percentText } from "../../format/decimal.ts";
import { strategyReason } from "../definitions.ts";
import { numbersText } from "../verdict-numbers.ts";
import { type Compared, EQUAL, leadersOf, sumsOf } from "./compared.ts";
import { useDecisions } from "./queries.ts";
import { words } from "./strings.ts";

export function Comparison({ strategies }: { readonly strategies: StrategiesReport["strategies"] }) {
  const names = strategies.map(({ name }) => name);
  const [isAsked, setAsked] = useState(false);
  const { found, isReading, reading, errors, atMs, again } = useDecisions(names, isAsked);
  return (
    <Panel
      title={words.compareTitle}
      note={words.compareNote}
      actions={
        isAsked ? (
          <LookAgain
            query={{ dataUpdatedAt: atMs, isFetching: isReading, refetch: again }}
            reading={reading === null ? words.reading : words.readingOf(reading)}
          />
        ) : (
          <button type="button" className="button" onClick={() => setAsked(true)}>
            {words.compare}
          </button>
        )
      }
    >
      {!isAsked && <Empty>{words.compareAbout}</Empty>}
      {isAsked && found.length === 0 && isReading && <Loading what={words.decisionWhat} />}
      {errors.map(({ strategy, error }) => (
        <div key={strategy} className="panel-body">
          <p className="small muted">{strategy}</p>
          <ProblemNotice error={error} />
        </div>
      ))}
      {found.length > 0 && <OfFollowers found={found} isStale={isReading} />}
      <p className="panel-note">
        {found.length > 0 && `${words.sumsNote} `}
        {words.pastAbout} <Link href="/backtests">{words.toBacktests}</Link>
      </p>
    </Panel>
  );
}

interface FoundProps {
  readonly found: readonly RebalancePreview[];
  readonly isStale: boolean;
}

function OfFollowers({ found, isStale }: FoundProps) {
  const followers = [...new Set(found.flatMap((one) => one.followers.map(({ follower }) => follower)))];
  const [chosen, setChosen] = useState("");
  const follower = followers.includes(chosen) ? chosen : (followers[0] ?? "");
  const compared = found.flatMap(({ strategy, followers: all }): readonly Compared[] => {
    const own = all.find((one) => one.follower === follower);
    return own === undefined ? [] : [{ strategy, decision: own.decision, problem: own.problem }];
  });
  if (follower === "") return <Empty>{words.noFollower}</Empty>;
  return (
    <>
      {followers.length > 1 && (
        <div className="panel-body compared-follower">
          <Choice
            label={words.follower}
            value={follower}
            options={followers.map((value) => ({ value, text: value }))}
            onValue={setChosen}
          />
        </div>
      )}
      {compared.map(
        ({ strategy, problem }) =>
          problem !== null && (
            <div key={strategy} className="panel-body">
              <Notice tone="warn" title={words.noDecisionOf(strategy)}>
                <p>{problem}</p>
              </Notice>
            </div>
          ),
      )}
      <Weights compared={compared} follower={follower} isStale={isStale} />
      <Sums compared={compared} isStale={isStale} />
    </>
  );
}

interface ComparedProps {
  readonly compared: readonly Compared[];
  readonly isStale: boolean;
}

function Weights({ compared, follower, isStale }: ComparedProps & { readonly follower: string }) {
  const leaders = leadersOf(compared);
  if (leaders.length === 0) return null;
  return (
    <Table
      label={words.weightsOf(follower)}
      rows={leaders}
      keyOf={({ leader }) => leader}
      isStale={isStale}
      columns={[
        { id: "leader", title: words.leader, cell: ({ leader }) => leader },
        { id: "now", title: words.now, isNumber: true, cell: ({ now }) => percentText(now) },
        {
          id: "equal",
          title: words.equalParts,
          isNumber: true,
          cell: () => percentText(1 / leaders.length),
        },
        ...compared.map(({ strategy }) => ({
          id: strategy,
          title: strategy,
          cell: ({ verdicts }: (typeof leaders)[number]) => {
            const verdict = verdicts.get(strategy);
            if (verdict === undefined) return <NotKnown />;
            const { isIn, weight, reason, numbers } = verdict;
            return (
              <span className="sentence sentence-short">
                <strong>{isIn ? percentText(weight) : words.out}</strong>
                <span className="small muted block">
                  {[strategyReason(reason), ...numbersText(numbers)].join("; ")}
                </span>
              </span>
            );
          },
        })),
      ]}
    />
  );
}

function Sums({ compared, isStale }: ComparedProps) {
  const rows = sumsOf(compared);
  const share = (value: number | null, places: number) =>
    value === null ? <NotKnown /> : percentText(value, places);
  return (
    <Table
      label={words.sums}
      rows={rows}
      keyOf={({ strategy }) => strategy}
      isStale={isStale}
      columns={[
        {
          id: "strategy",
          title: words.strategy,
          cell: ({ strategy }) => (strategy === EQUAL ? words.equalParts : strategy),
        },
        { id: "in", title: words.leadersIn, isNumber: true, cell: ({ count }) => decimalText(String(count)) },
        { id: "given", title: words.given, isNumber: true, cell: ({ given }) => percentText(given) },
        { id: "largest", title: words.largest, isNumber: true, cell: ({ largest }) => percentText(largest) },
        {
          id: "effective",
          title: words.effective,
          isNumber: true,
          cell: ({ effective }) => (effective === null ? <NotKnown /> : decimalText(effective.toFixed(1))),
        },
        { id: "turnover", title: words.turnoverShort, isNumber: true, cell: (one) => share(one.turnover, 1) },
        { id: "cost", title: words.costShort, isNumber: true, cell: (one) => share(one.cost, 3) },
        { id: "gain", title: words.gain, isNumber: true, cell: (one) => share(one.gain, 3) },
      ]}
    />
  );
}
