/** Reports over a day, a week or a month: those that were made, to be taken, and making one. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { call } from "../../api/client.ts";
import { isOpen, startJob, useJobs } from "../../api/jobs.ts";
import { KEYS } from "../../api/queries.ts";
import type { JobRow, ReportFile, ReportFiles, ReportRequest } from "../../api/types.ts";
import { Moment } from "../../components/age.tsx";
import { Choice } from "../../components/choice.tsx";
import { Empty, Loading, Notice, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { decimalText } from "../../format/decimal.ts";
import { useWhose } from "../../session/whose.ts";
import { words } from "./strings.ts";

const own = words.reports;
const FILES_KEY = ["reports"] as const;
const SHOWN_MAX = 30;
const PERIODS = ["daily", "weekly", "monthly"] as const;
const FORMATS = ["html", "pdf", "png", "csv", "json"] as const;
type Format = (typeof FORMATS)[number];

export function MadeReports() {
  const client = useQueryClient();
  const { jobs } = useJobs("report");
  const [newest] = jobs;
  const endedMs = newest?.ended_ms ?? 0;
  const { data, error, refetch } = useQuery({
    queryKey: FILES_KEY,
    queryFn: ({ signal }) => call<ReportFiles>("/reports", { query: { limit: SHOWN_MAX }, signal }),
  });
  useEffect(() => {
    if (endedMs > 0) void client.invalidateQueries({ queryKey: FILES_KEY });
  }, [client, endedMs]);
  return (
    <Panel title={own.title} note={own.note}>
      <MakeReport isBusy={newest !== undefined && isOpen(newest)} />
      {newest !== undefined && <JobState job={newest} />}
      {error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
      {data === undefined && error === null && <Loading what={own.what} />}
      {data?.items.length === 0 && <Empty>{own.none}</Empty>}
      {data !== undefined && data.items.length > 0 && <Files files={data.items} />}
    </Panel>
  );
}

function MakeReport({ isBusy }: { readonly isBusy: boolean }) {
  const client = useQueryClient();
  const [chosen, setChosen] = useState("");
  const { follower: account, followers, seesAll } = useWhose(chosen);
  const [period, setPeriod] = useState<(typeof PERIODS)[number]>("daily");
  const [format, setFormat] = useState<Format>("pdf");
  const [problem, setProblem] = useState<Error | null>(null);
  const make = async () => {
    const asked: ReportRequest = { period, formats: [format], ...(account === "" ? {} : { account }) };
    try {
      setProblem(null);
      await startJob("report", asked);
      await client.invalidateQueries({ queryKey: KEYS.jobs });
    } catch (error) {
      setProblem(error instanceof Error ? error : new Error(String(error)));
    }
  };
  const accounts = followers.map((value) => ({ value, text: value }));
  return (
    <div className="filters panel-body">
      <Choice
        label={own.whose}
        value={account}
        options={[...(seesAll ? [{ value: "", text: own.all }] : []), ...accounts]}
        onValue={setChosen}
      />
      <Choice
        label={own.period}
        value={period}
        options={PERIODS.map((value) => ({ value, text: own.periods[value] }))}
        onValue={setPeriod}
      />
      <Choice
        label={own.format}
        value={format}
        options={FORMATS.map((value) => ({ value, text: own.formats[value] }))}
        onValue={setFormat}
      />
      <button type="button" className="button" disabled={isBusy} onClick={() => void make()}>
        {own.make}
      </button>
      {problem !== null && <ProblemNotice error={problem} />}
    </div>
  );
}

function JobState({ job }: { readonly job: JobRow }) {
  if (isOpen(job))
    return <Notice>{own.making(job.state === "queued" ? own.waiting : (job.progress?.text ?? "…"))}</Notice>;
  return job.problem === null ? null : <Notice tone="warn">{own.failed(job.problem.detail)}</Notice>;
}

function Files({ files }: { readonly files: readonly ReportFile[] }) {
  return (
    <Table
      label={own.title}
      rows={files}
      keyOf={({ name }) => name}
      columns={[
        {
          id: "file",
          title: own.file,
          cell: ({ name }) => (
            <a href={`/api/v1/reports/files/${encodeURIComponent(name)}`} download={name}>
              {name}
            </a>
          ),
        },
        { id: "made", title: own.made, cell: ({ made_ms }) => <Moment atMs={made_ms} /> },
        {
          id: "size",
          title: own.size,
          isNumber: true,
          isExtra: true,
          cell: ({ bytes }) => decimalText(String(Math.ceil(bytes / 1_000))),
        },
      ]}
    />
  );
}
