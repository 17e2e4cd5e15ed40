/** What came of one backtest, or of several beside each other; while one is at work, how far it is. */
import { useState } from "react";
import { Link } from "wouter";
import { isOpen, useJobs } from "../../api/jobs.ts";
import type { BacktestComparison, JobRow, LivedStrategy } from "../../api/types.ts";
import { Choice } from "../../components/choice.tsx";
import { JobState } from "../../components/job-state.tsx";
import { Loading, Notice, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { strings } from "../../strings.ts";
import { Curves } from "./curves.tsx";
import { FiguresTable } from "./figures-table.tsx";
import { strategiesText, windowText } from "./list.tsx";
import { Missed } from "./missed.tsx";
import { useComparison } from "./queries.ts";
import { words } from "./strings.ts";
import { Who } from "./who.tsx";

export function Result({ ids: text }: { readonly ids: string }) {
  const ids = [...new Set(text.split(",").map(Number))];
  const { data, jobs } = useJobs("backtest");
  const asked = ids.flatMap((id) => jobs.find((one) => one.id === id) ?? []);
  // The list is of the last ones: of an older one the server itself says what is wrong with it.
  const isFinished = data !== undefined && asked.every(({ state }) => state === "finished");
  const compared = useComparison(ids.join(","), isFinished);
  const [first] = ids;
  return (
    <>
      <p>
        <Link href="/backtests">← {words.back}</Link>
      </p>
      <Panel title={ids.length === 1 && first !== undefined ? words.one(first) : words.several(ids)}>
        {data === undefined && <Loading what={words.what} />}
        {asked.map((job) => (
          <Asked key={job.id} job={job} isNumbered={ids.length > 1} />
        ))}
      </Panel>
      {isFinished && compared.data === undefined && compared.error === null && (
        <Loading what={words.resultWhat} />
      )}
      {compared.error !== null && (
        <ProblemNotice error={compared.error} again={() => void compared.refetch()} />
      )}
      {compared.data !== undefined && <Shown found={compared.data} />}
    </>
  );
}

function Asked({ job, isNumbered }: { readonly job: JobRow; readonly isNumbered: boolean }) {
  return (
    <div className="panel-body asked">
      <span>
        {isNumbered && strings.jobs.number(job.id)} {strategiesText(job.request)}
      </span>{" "}
      <span className="muted small">{windowText(job.request)}</span>
      {(isOpen(job) || job.state !== "finished") && <JobState job={job} />}
    </div>
  );
}

/** As its line, its column and its part are called. */
export function nameOf({ id, strategy }: LivedStrategy, found: BacktestComparison): string {
  return found.backtests.length > 1 ? `${strings.jobs.number(id)} ${strategy}` : strategy;
}

function Shown({ found }: { readonly found: BacktestComparison }) {
  const { backtests, items, same_days } = found;
  const names = items.map((one) => nameOf(one, found));
  const [chosen, setChosen] = useState("");
  const at = Math.max(0, names.indexOf(chosen));
  const shown = items[at];
  const warnings = backtests.flatMap((one) => one.warnings);
  return (
    <>
      {!same_days && (
        <Notice tone="warn" title={words.otherDays}>
          <p>{words.otherDaysBody}</p>
        </Notice>
      )}
      {warnings.length > 0 && (
        <Notice tone="warn" title={words.nobody}>
          <ul>
            {warnings.map((text) => (
              <li key={text}>{text}.</li>
            ))}
          </ul>
        </Notice>
      )}
      <Curves items={items} names={names} />
      <FiguresTable found={found} names={names} />
      {items.length > 1 && (
        <div className="chosen-strategy">
          <Choice
            label={words.whoOf}
            value={names[at] ?? ""}
            options={names.map((value) => ({ value, text: value }))}
            onValue={setChosen}
          />
        </div>
      )}
      {shown !== undefined && <Who lived={shown} />}
      {shown !== undefined && <Missed lived={shown} />}
      {backtests.map(({ id, assumptions }) => (
        <details key={id} className="panel">
          <summary>{words.assumptions(strings.jobs.number(id))}</summary>
          <ul className="panel-note assumptions">
            {assumptions.map((text) => (
              <li key={text}>{text}</li>
            ))}
          </ul>
        </details>
      ))}
    </>
  );
}
