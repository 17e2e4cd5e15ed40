/** Every backtest of one's own: how far it is, what it is of, and those that are put beside each other. */
import { useState } from "react";
import { Link } from "wouter";
import { isOpen, useJobs, useRemoveJob } from "../../api/jobs.ts";
import type { JobRow } from "../../api/types.ts";
import { Moment } from "../../components/age.tsx";
import { JobState, RemoveJob } from "../../components/job-state.tsx";
import { Empty, Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { decimalText } from "../../format/decimal.ts";
import { NewBacktest } from "./new-backtest.tsx";
import { words } from "./strings.ts";

/** So many the server puts beside each other. */
const COMPARED_MAX = 10;

export function List() {
  const { data, error, jobs, refetch } = useJobs("backtest");
  const removing = useRemoveJob("backtest");
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
        {data === undefined && error === null && <Loading what={words.what} />}
        {error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
        {removing.error !== null && <ProblemNotice error={removing.error} />}
        {data !== undefined && jobs.length === 0 && <Empty>{words.none}</Empty>}
        {jobs.length > 0 && (
          <Table
            label={words.title}
            rows={jobs}
            keyOf={({ id }) => String(id)}
            columns={[
              {
                id: "run",
                title: words.run,
                cell: (job) => (
                  <span className="run">
                    {job.state === "finished" && (
                      <input
                        type="checkbox"
                        aria-label={words.choose(words.number(job.id))}
                        checked={chosen.has(job.id)}
                        disabled={!chosen.has(job.id) && compared.length >= COMPARED_MAX}
                        onChange={(event) => turn(job.id, event.target.checked)}
                      />
                    )}
                    <Run job={job} />
                  </span>
                ),
              },
              { id: "state", title: words.state, cell: (job) => <JobState job={job} /> },
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
              {
                id: "actions",
                title: <span className="for-readers">{words.actions}</span>,
                isNumber: true,
                cell: (job) => (
                  <RemoveJob
                    job={job}
                    name={words.number(job.id)}
                    isRemoving={removing.isPending && removing.variables === job.id}
                    onRemove={() => removing.mutate(job.id)}
                  />
                ),
              },
            ]}
          />
        )}
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
  const name = `${words.number(id)} ${strategiesText(request)}`;
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
