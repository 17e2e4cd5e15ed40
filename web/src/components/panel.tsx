/** A part of a page: its heading, what it is of, its content. */
import { type ReactNode, useId } from "react";

export interface PanelProps {
  readonly title: ReactNode;
  /** Beside the title, quietly: window, unit, age. */
  readonly note?: ReactNode;
  /** At the right: buttons. */
  readonly actions?: ReactNode;
  readonly children: ReactNode;
  /** With space around the content; tables go to the edge. */
  readonly isPadded?: boolean;
}

export function Panel({ title, note, actions, children, isPadded = false }: PanelProps) {
  const id = useId();
  return (
    <section className="panel" aria-labelledby={id}>
      <header>
        <h2 id={id}>{title}</h2>
        {note !== undefined && <span className="muted small">{note}</span>}
        {actions !== undefined && <div className="push row">{actions}</div>}
      </header>
      {isPadded ? <div className="panel-body">{children}</div> : children}
    </section>
  );
}
