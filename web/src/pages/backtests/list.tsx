/** Every backtest of one's own: how far it is, what it is of, and those that are put beside each other. */
import { useState } from "react";
import { Link } from "wouter";
import { isOpen, useJobs } from "../../api/jobs.ts";
import type { JobRow } from "../../api/types.ts";
import { Moment } from "../../components/age.tsx";
import { JobList } from "../../components/job-list.tsx";
import { Panel } from "../../components/panel.tsx";
import { decimalText } from "../../format/decimal.ts";
import { strings } from "../../strings.ts";
import { NewBacktest } from "./new-backtest.tsx";
import { words } from "./strings.ts";

const { number: numberText } = strings.jobs;
/** So many the server puts beside each other. */
const COMPARED_MAX = 10;

export function List() {
  const { jobs, ...asked } = useJobs("backtest");
  const [isNew, setNew] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<number>>(new Set());
  const compared = jobs.filter((one) => chosen.has(one.id) && one.state === "finished").map(({ id }) => id);
  const turn = (id: number, isOn: boolean) => {
    const next = new Set(chosen);
    if (isOn) next.add(id);
    else next.delete(id);
    setChosen(next);
  };
  return (
    <>
      <Panel
        title={words.title}
        note={words.note}
        actions={
          <>
            {compared.length > 1 && (
              <Link className="button" href={`/backtests/${[...compared].reverse().join(",")}`}>
                {words.compare(compared.length)}
              </Link>
            )}
            <button type="button" className="button button-main" onClick={() => setNew(true)}>
              {words.start}
            </button>
          </>
        }
      >
        <JobList
          kind="backtest"
          label={words.title}
          what={words.what}
          none={words.none}
          asked={asked}
          jobs={jobs}
          first={{
            id: "run",
            title: words.run,
            cell: (job) => (
              <span className="run">
                {job.state === "finished" && (
                  <input
                    type="checkbox"
                    aria-label={words.choose(numberText(job.id))}
                    checked={chosen.has(job.id)}
                    disabled={!chosen.has(job.id) && compared.length >= COMPARED_MAX}
                    onChange={(event) => turn(job.id, event.target.checked)}
                  />
                )}
                <Run job={job} />
              </span>
            ),
          }}
          rest={[
            {
              id: "time",
              title: words.time,
              cell: ({ request }) => <span className="nowrap">{windowText(request)}</span>,
            },
            {
              id: "started",
              title: words.started,
              cell: ({ created_ms, user }) => (
                <>
                  <Moment atMs={created_ms} /> <span className="muted">{`${words.by} ${user}`}</span>
                </>
              ),
            },
          ]}
        />
        {jobs.filter(({ state }) => state === "finished").length > 1 && (
          <p className="panel-note">{words.compareHint}</p>
        )}
      </Panel>
      {isNew && <NewBacktest onClose={() => setNew(false)} />}
    </>
  );
}

function Run({ job }: { readonly job: JobRow }) {
  const { id, request } = job;
  const name = `${numberText(id)} ${strategiesText(request)}`;
  const isShown = job.state === "finished" || isOpen(job);
  return (
    <span className="run-name">
      {isShown ? <Link href={`/backtests/${id}`}>{name}</Link> : name}
      {typeof request.equity === "string" && (
        <span className="small muted">{words.capital(decimalText(request.equity))}</span>
      )}
    </span>
  );
}

/** As it was asked for. */
export function strategiesText({ strategy, strategies }: JobRow["request"]): string {
  const listed = Array.isArray(strategies) ? strategies.map(String) : [];
  const names = [...(typeof strategy === "string" ? [strategy] : []), ...listed];
  return names.length === 0 ? words.ofConfiguration : names.join(", ");
}

export function windowText({ start_date, end_date }: JobRow["request"]): string {
  return words.window(start_date, end_date);
}
