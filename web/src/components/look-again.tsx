/** When something was read that is not read by itself, and the way to read it anew. */
import { strings } from "../strings.ts";
import { Age } from "./age.tsx";

export interface LookAgainProps {
  /** 0: not read yet. */
  readonly atMs: number;
  readonly isReading: boolean;
  /** While it is being read. */
  readonly reading: string;
  readonly again: () => void;
}

export function LookAgain({ atMs, isReading, reading, again }: LookAgainProps) {
  return (
    <>
      {atMs > 0 && (
        <span className="small muted">
          {strings.preview.lookedAt} <Age atMs={atMs} />
        </span>
      )}
      <button type="button" className="button" disabled={isReading} onClick={again}>
        {isReading ? reading : strings.preview.lookAgain}
      </button>
    </>
  );
}
