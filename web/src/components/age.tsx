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

export function Moment({ atMs }: { readonly atMs: number }) {
  return (
    <time className="nowrap" dateTime={exactText(atMs)} title={exactText(atMs)}>
      {momentText(atMs, Date.now())}
    </time>
  );
}
