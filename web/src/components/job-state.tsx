/** How far a computation in the background is, or how it ended and why. */
import { isOpen } from "../api/jobs.ts";
import type { JobRow } from "../api/types.ts";
import { percentText } from "../format/decimal.ts";
import { strings } from "../strings.ts";
import { State, type Tone } from "./state.tsx";

const TONES: Readonly<Record<JobRow["state"], Tone>> = {
  queued: "off",
  running: "busy",
  finished: "good",
  failed: "bad",
  cancelled: "off",
  interrupted: "warn",
};

export function JobState({ job }: { readonly job: JobRow }) {
  const { state, progress, problem } = job;
  return (
    <div className="job-state">
      <State tone={TONES[state]}>{strings.jobs.states[state]}</State>
      {state === "running" && <Progress progress={progress} />}
      {problem !== null && (
        <span className="sentence small">{[problem.detail, ...problem.errors].join("; ")}</span>
      )}
      {state === "interrupted" && <span className="sentence small">{strings.jobs.interrupted}</span>}
    </div>
  );
}

function Progress({ progress }: Pick<JobRow, "progress">) {
  const part = progress?.part ?? null;
  const text = progress?.text ?? "";
  const percent = part === null ? null : Math.round(Math.min(1, Math.max(0, part)) * 100);
  return (
    <div className="progress">
      <div
        className="use-track"
        role="progressbar"
        aria-label={text === "" ? strings.jobs.states.running : text}
        aria-valuemin={0}
        aria-valuemax={100}
        {...(percent === null ? {} : { "aria-valuenow": percent })}
      >
        <div className="use-fill" style={{ width: `${percent ?? 0}%` }} />
      </div>
      <span className="small muted">
        {percent !== null && `${percentText(percent / 100, 0)} `}
        {text}
      </span>
    </div>
  );
}

/** Cancel what is open, forget what has ended. */
export function RemoveJob({
  job,
  isRemoving,
  onRemove,
  name,
}: {
  readonly job: JobRow;
  readonly isRemoving: boolean;
  readonly onRemove: () => void;
  /** For who does not see the row. */
  readonly name: string;
}) {
  const verb = isOpen(job) ? strings.cancel : strings.jobs.forget;
  return (
    <button
      type="button"
      className="button button-row"
      aria-label={`${verb}: ${name}`}
      disabled={isRemoving}
      onClick={onRemove}
    >
      {verb}
    </button>
  );
}
