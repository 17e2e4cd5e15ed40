/** The moment of an entry again, from the journal alone: what was decided on it, and how the follower stood then; and on from there. */
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { call } from "../../api/client.ts";
import type { ReplayReport } from "../../api/types.ts";
import { Moment } from "../../components/age.tsx";
import { Quantity } from "../../components/amount.tsx";
import { Loading, ProblemNotice } from "../../components/notice.tsx";
import { placeText } from "../../components/preview.tsx";
import { State } from "../../components/state.tsx";
import { Table } from "../../components/table.tsx";
import { readableText } from "../../format/readable.ts";
import { FollowerState } from "../follower-state.tsx";
import "../position-path.css";
import { isHeldAnywhere, ROW_TONES, rowState } from "../parity.ts";
import { rowWords, words } from "./strings.ts";

/** Enough to see what became of an order. */
const ON_RECORDS = 25;
/** What was stays as it was. */
const KEPT = { retry: false, staleTime: Number.POSITIVE_INFINITY } as const;

export interface ReplayedMomentProps {
  readonly change: number;
  readonly follower: string;
}

export function ReplayedMoment({ change, follower }: ReplayedMomentProps) {
  const [steps, setSteps] = useState<number | null>(null);
  if (steps === null)
    return (
      <div className="row">
        <button type="button" className="button" onClick={() => setSteps(0)}>
          {words.replay}
        </button>
      </div>
    );
  return <Replayed change={change} follower={follower} steps={steps} goOn={() => setSteps(steps + 1)} />;
}

interface ReplayedProps extends ReplayedMomentProps {
  /** How often it was lived on. */
  readonly steps: number;
  readonly goOn: () => void;
}

function Replayed({ change, follower, steps, goOn }: ReplayedProps) {
  const moment = useQuery({
    queryKey: ["replay", change, follower],
    queryFn: ({ signal }) => call<ReplayReport>("/journal/replay", { query: { change, follower }, signal }),
    ...KEPT,
  });
  const from = moment.data?.first;
  const on = useQuery({
    queryKey: ["replay", change, follower, steps],
    queryFn: ({ signal }) => {
      const until = (from ?? 0) + steps * ON_RECORDS;
      return call<ReplayReport>("/journal/replay", { query: { from, until, follower }, signal });
    },
    enabled: from !== undefined && steps > 0,
    placeholderData: keepPreviousData,
    ...KEPT,
  });
  const { error, refetch, isFetching } = steps > 0 ? on : moment;
  const data = on.data ?? moment.data;
  return (
    <section className="stack" aria-label={words.replayed}>
      <h3>{words.replayed}</h3>
      {data === undefined && error === null && <Loading what={words.replayWhat} />}
      {data !== undefined && <Decisions report={data} />}
      {data !== undefined && <StateThen report={data} />}
      {error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
      <div className="row">
        <button type="button" className="button" disabled={isFetching || error !== null} onClick={goOn}>
          {words.goOn(ON_RECORDS)}
        </button>
      </div>
    </section>
  );
}

function Decisions({ report: { decisions } }: { readonly report: ReplayReport }) {
  return (
    <ol className="steps">
      {decisions.map(({ sequence, at, event, items }) => (
        <li key={sequence}>
          <span className="muted">
            {sequence} · <Moment atMs={at} /> · {event.kind}
          </span>
          {items.map(({ kind, text }) => (
            <span key={`${kind} ${text}`} className="block">
              {words.items[kind] ?? kind}: {readableText(text, Date.now())}
            </span>
          ))}
        </li>
      ))}
    </ol>
  );
}

function StateThen({ report }: { readonly report: ReplayReport }) {
  const until = report.end.last;
  return report.followers.map((one) => {
    const rows = one.instruments.filter(isHeldAnywhere);
    return (
      <div key={one.nickname}>
        <h3 className="row">
          {words.stateThen(one.nickname, until)} <FollowerState follower={{ ...one, connected: true }} />
        </h3>
        {rows.length === 0 ? (
          <p className="muted">{words.flatThen}</p>
        ) : (
          <Table
            label={words.stateThen(one.nickname, until)}
            rows={rows}
            keyOf={placeText}
            columns={[
              { id: "symbol", title: words.symbol, cell: placeText },
              {
                id: "leader",
                title: words.leaderHeld,
                isNumber: true,
                isExtra: true,
                cell: ({ leader }) => <Quantity value={leader} />,
              },
              {
                id: "target",
                title: words.target,
                isNumber: true,
                cell: ({ target }) => <Quantity value={target} />,
              },
              {
                id: "held",
                title: words.held,
                isNumber: true,
                cell: ({ held }) => <Quantity value={held} />,
              },
              {
                id: "flight",
                title: words.inFlight,
                isNumber: true,
                cell: ({ inFlight }) => <Quantity value={inFlight} />,
              },
              {
                id: "state",
                title: words.state,
                cell: (row) => <State tone={ROW_TONES[rowState(row)]}>{rowWords[rowState(row)]}</State>,
              },
            ]}
          />
        )}
        <p className="small muted">{words.proof(report.end.stateHash.slice(0, 16))}</p>
      </div>
    );
  });
}
