/** What is not as it should be, in the order: what happened, what it is about, what can be done. */
import type { ReactNode } from "react";
import { Link } from "wouter";
import { Problem } from "../api/problem.ts";
import { strings } from "../strings.ts";

export function Notice({
  tone,
  title,
  children,
}: {
  readonly tone?: "warn" | "bad";
  readonly title?: ReactNode;
  readonly children?: ReactNode;
}) {
  return (
    <div
      className={tone === undefined ? "notice" : `notice notice-${tone}`}
      role={tone === "bad" ? "alert" : "status"}
    >
      {title !== undefined && (
        <p>
          <strong>{title}</strong>
        </p>
      )}
      {children}
    </div>
  );
}

/** For an address that leads nowhere. */
export function NoSuchPage() {
  const { notFoundTitle, notFoundBody, toOverview } = strings.navigation;
  return (
    <Notice title={notFoundTitle}>
      <p>{notFoundBody}</p>
      <p>
        <Link href="/">{toOverview}</Link>
      </p>
    </Notice>
  );
}

export function ProblemNotice({ error, again }: { readonly error: Error; readonly again?: () => void }) {
  const problem = error instanceof Problem ? error : null;
  const fields = problem?.fields ?? [];
  const advice = problem === null ? undefined : strings.advice[problem.code];
  return (
    <Notice tone="bad" title={problem?.title ?? strings.failed}>
      {fields.length === 0 && error.message !== problem?.title && <p>{error.message}</p>}
      {fields.length > 0 && (
        <ul>
          {fields.map(({ field, message }) => (
            <li key={`${field} ${message}`}>
              {field !== "" && <code>{field}</code>} {message}
            </li>
          ))}
        </ul>
      )}
      {advice !== undefined && <p>{advice}</p>}
      {again !== undefined && (
        <div className="row">
          <button type="button" className="button" onClick={again}>
            {strings.tryAgain}
          </button>
        </div>
      )}
    </Notice>
  );
}

export function Empty({ children }: { readonly children: ReactNode }) {
  return <p className="empty">{children}</p>;
}

export function Loading({ what }: { readonly what: string }) {
  return (
    <p className="loading" role="status">
      {strings.loading(what)}
    </p>
  );
}
