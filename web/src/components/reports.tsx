/** What was done, told at the corner of every page until it is dismissed; what failed stays until then. */
import { useEffect, useSyncExternalStore } from "react";
import { strings } from "../strings.ts";
import { Icon } from "./icon.tsx";

export interface Report {
  readonly title: string;
  readonly body?: string;
  readonly isBad?: boolean;
}

interface Shown extends Report {
  readonly id: number;
}

const SHOWN_MAX = 4;
const SHOWN_MS = 12_000;
let reports: readonly Shown[] = [];
let lastId = 0;
const listeners = new Set<() => void>();

export function report(one: Report): void {
  lastId += 1;
  set([...reports, { ...one, id: lastId }].slice(-SHOWN_MAX));
}

function dismiss(id: number): void {
  set(reports.filter((one) => one.id !== id));
}

function set(next: readonly Shown[]): void {
  reports = next;
  for (const listener of listeners) listener();
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}

export function Reports() {
  const shown = useSyncExternalStore(subscribe, () => reports);
  return (
    <section className="reports" aria-label={strings.act.reports} aria-live="polite">
      {shown.map((one) => (
        <OneReport key={one.id} {...one} />
      ))}
    </section>
  );
}

function OneReport({ id, title, body, isBad = false }: Shown) {
  useEffect(() => {
    if (isBad) return;
    const timer = setTimeout(() => dismiss(id), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [id, isBad]);
  return (
    <div className={isBad ? "report report-bad" : "report"}>
      <strong>{title}</strong>
      {body !== undefined && body !== "" && <span className="small">{body}</span>}
      <button
        type="button"
        className="button button-plain button-icon"
        aria-label={strings.act.dismiss}
        onClick={() => dismiss(id)}
      >
        <Icon name="close" />
      </button>
    </div>
  );
}
