/**
 * One figure of the instrument panel: what it is, its value, and beneath it its window, interval and age. A figure older than
 * `staleAfterMs` is greyed and says so.
 */
import type { ReactNode } from "react";
import { useNow } from "../format/now.ts";
import { spanText } from "../format/time.ts";
import { strings } from "../strings.ts";
import { Age } from "./age.tsx";

export const STALE_AFTER_MS = 15_000;

export interface FigureProps {
  readonly label: string;
  readonly children: ReactNode;
  /** Over which time, or of what: `today (UTC)`, `of 5 followers`. */
  readonly window?: ReactNode;
  /** For an estimate: `80 %: 1.2 to 3.4`. */
  readonly interval?: string;
  /** When it was true, on this device's clock; left out where the panel says it once for all. */
  readonly atMs?: number;
  readonly staleAfterMs?: number;
  /** Where its formula, trades or reason are. */
  readonly more?: ReactNode;
}

export function Figure(props: FigureProps) {
  const { label, children, window, interval, atMs, staleAfterMs = STALE_AFTER_MS, more } = props;
  const now = useNow();
  const isStale = atMs !== undefined && now - atMs > staleAfterMs;
  return (
    <div className={isStale ? "figure is-stale" : "figure"}>
      <div className="figure-label">{label}</div>
      <div className="figure-value">{children}</div>
      <div className="figure-note">
        {window}
        {interval !== undefined && <div>{interval}</div>}
        {atMs !== undefined && (
          <div>
            {isStale ? (
              <span className="warn">{strings.stale(spanText(now - atMs))}</span>
            ) : (
              <Age atMs={atMs} />
            )}
          </div>
        )}
        {more}
      </div>
    </div>
  );
}

export function Figures({ children, label }: { readonly children: ReactNode; readonly label: string }) {
  return (
    <section className="figures" aria-label={label}>
      {children}
    </section>
  );
}
