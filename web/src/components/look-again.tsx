/** When something was read that is not read by itself, and the way to read it anew. */
import { strings } from "../strings.ts";
import { Age } from "./age.tsx";

export interface LookAgainProps {
  /** What is read. */
  readonly query: Read;
  /** Until when it is known to hold; without it, when it was read. 0: not read yet. */
  readonly atMs?: number;
  /** While it is being read. */
  readonly reading: string;
}

interface Read {
  readonly dataUpdatedAt: number;
  readonly isFetching: boolean;
  refetch(): unknown;
}

export function LookAgain({ query, atMs = query.dataUpdatedAt, reading }: LookAgainProps) {
  const { isFetching, refetch } = query;
  return (
    <>
      {atMs > 0 && (
        <span className="small muted">
          {strings.preview.lookedAt} <Age atMs={atMs} />
        </span>
      )}
      <button type="button" className="button" disabled={isFetching} onClick={() => void refetch()}>
        {isFetching ? reading : strings.preview.lookAgain}
      </button>
    </>
  );
}
