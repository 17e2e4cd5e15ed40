/** How old what is shown is, and the moment itself on hover. */
import { useNow } from "../format/now.ts";
import { ageText, exactText, momentText } from "../format/time.ts";

export function Age({ atMs }: { readonly atMs: number }) {
  const now = useNow();
  return (
    <time className="nowrap" dateTime={exactText(atMs)} title={momentText(atMs, now)}>
      {ageText(now - atMs)}
    </time>
  );
}

export interface ReadAgeProps {
  /** How old the account's snapshot was at `atMs`; null where it was never read. */
  readonly ageMs: number | null;
  /** When that was true, on this device's clock. */
  readonly atMs: number;
  readonly never: string;
}

/** How long ago an account was read: it grows while nothing new is heard. */
export function ReadAge({ ageMs, atMs, never }: ReadAgeProps) {
  return ageMs === null ? never : <Age atMs={atMs - ageMs} />;
}

export function Moment({ atMs }: { readonly atMs: number }) {
  return (
    <time className="nowrap" dateTime={exactText(atMs)} title={exactText(atMs)}>
      {momentText(atMs, Date.now())}
    </time>
  );
}
