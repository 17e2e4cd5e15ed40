/** Computations in the background, a row for each: how far it is, what its page says of it, and a way to cancel or forget it. */
import { type JobKind, useRemoveJob } from "../api/jobs.ts";
import type { JobRow } from "../api/types.ts";
import { strings } from "../strings.ts";
import { JobState, RemoveJob } from "./job-state.tsx";
import { Empty, Loading, ProblemNotice } from "./notice.tsx";
import { type Column, Table } from "./table.tsx";

const words = strings.jobs;

export interface JobListProps {
  readonly kind: JobKind;
  readonly label: string;
  /** What is asked for while nothing is known yet. */
  readonly what: string;
  /** Said where there is none. */
  readonly none: string;
  /** As `useJobs` has it. */
  readonly asked: { readonly data: unknown; readonly error: Error | null; readonly refetch: () => unknown };
  readonly jobs: readonly JobRow[];
  /** What it is of, and what follows its state. */
  readonly first: Column<JobRow>;
  readonly rest: readonly Column<JobRow>[];
}

export function JobList({ kind, label, what, none, asked, jobs, first, rest }: JobListProps) {
  const removing = useRemoveJob(kind);
  const { data, error, refetch } = asked;
  return (
    <>
      {data === undefined && error === null && <Loading what={what} />}
      {error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
      {removing.error !== null && <ProblemNotice error={removing.error} />}
      {data !== undefined && jobs.length === 0 && <Empty>{none}</Empty>}
      {jobs.length > 0 && (
        <Table
          label={label}
          rows={jobs}
          keyOf={({ id }) => String(id)}
          columns={[
            first,
            { id: "state", title: words.state, cell: (job) => <JobState job={job} /> },
            ...rest,
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
    </>
  );
}
