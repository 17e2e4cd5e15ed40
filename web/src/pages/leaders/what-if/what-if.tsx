/** What copying this trader would have brought: asked of the engine in the background, and what came of it. */
import { useState } from "react";
import { isOpen, useJobs } from "../../../api/jobs.ts";
import type { JobRow, TraderPerformance } from "../../../api/types.ts";
import { Moment } from "../../../components/age.tsx";
import { Choice } from "../../../components/choice.tsx";
import { JobList } from "../../../components/job-list.tsx";
import { Loading, Notice, ProblemNotice } from "../../../components/notice.tsx";
import { Panel } from "../../../components/panel.tsx";
import { decimalText } from "../../../format/decimal.ts";
import { strings } from "../../../strings.ts";
import { isWhatIfResult, useWhatIfResult } from "../queries.ts";
import { words } from "./strings.ts";
import { WhatIfDialog } from "./what-if-dialog.tsx";
import { WhatIfFound } from "./what-if-found.tsx";

/** Older ones are told of by the API. */
const SHOWN_MAX = 5;

export function WhatIf({ trader }: { readonly trader: TraderPerformance }) {
  const { jobs, ...asked } = useJobs("what_if");
  const own = jobs.filter((job) => isOf(job, trader));
  const finished = own.filter(({ state }) => state === "finished");
  const [isAsking, setAsking] = useState(false);
  const [chosen, setChosen] = useState("");
  const shown = finished.find(({ id }) => String(id) === chosen) ?? finished[0];
  return (
    <>
      <Panel
        title={words.title}
        note={words.note}
        actions={
          <button type="button" className="button" onClick={() => setAsking(true)}>
            {words.ask}
          </button>
        }
      >
        <JobList
          kind="what_if"
          label={words.asked}
          what={words.what}
          none={words.none}
          asked={asked}
          jobs={own.slice(0, SHOWN_MAX)}
          first={{ id: "asked", title: words.asked, cell: (job) => askedText(job) }}
          rest={[
            {
              id: "when",
              title: words.when,
              isExtra: true,
              cell: ({ created_ms }) => <Moment atMs={created_ms} />,
            },
          ]}
        />
        {own.some(isOpen) && <p className="panel-note">{words.meanwhile}</p>}
        {finished.length > 1 && shown !== undefined && (
          <div className="panel-body one-choice">
            <Choice
              label={words.shown}
              value={String(shown.id)}
              options={finished.map((job) => ({ value: String(job.id), text: askedText(job) }))}
              onValue={setChosen}
            />
          </div>
        )}
      </Panel>
      {shown !== undefined && <Result key={shown.id} job={shown} />}
      {isAsking && <WhatIfDialog trader={trader} onClose={() => setAsking(false)} />}
    </>
  );
}

function isOf({ request }: JobRow, { id, venue }: TraderPerformance): boolean {
  return request.leader === id && (request.venue === undefined || request.venue === venue);
}

/** `#4: 10,000 USDT, delay 1 s, position_scaling 2` */
function askedText({ id, request }: JobRow): string {
  const { equity, delay, settings } = request;
  const parts = [
    typeof equity === "string" ? words.capital(decimalText(equity)) : words.usualCapital,
    ...(delay === undefined ? [] : [words.delayed(String(delay))]),
    ...(typeof settings === "object" && settings !== null
      ? Object.entries(settings).map(([key, value]) => `${key} ${String(value)}`)
      : []),
  ];
  return `${strings.jobs.number(id)}: ${parts.join(", ")}`;
}

function Result({ job }: { readonly job: JobRow }) {
  const { data, error, refetch } = useWhatIfResult(job.id);
  if (error !== null) return <ProblemNotice error={error} again={() => void refetch()} />;
  if (data === undefined) return <Loading what={words.what} />;
  if (!isWhatIfResult(data.result)) return <Notice tone="warn">{words.otherVersion}</Notice>;
  return <WhatIfFound found={data.result} />;
}
