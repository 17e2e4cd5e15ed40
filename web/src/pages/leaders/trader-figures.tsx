/** Every figure of a record, with what it is. */
import type { TraderPerformance } from "../../api/types.ts";
import { Defined } from "../../components/defined.tsx";
import { Panel } from "../../components/panel.tsx";
import { isRecord } from "../../live/changes.ts";
import { FIGURE_DEFINITIONS, TRADE_DEFINITIONS } from "../definitions.ts";
import { type FigureUnit, figureText } from "../figure-text.ts";
import { words } from "./strings.ts";

interface Definition {
  readonly label: string;
  readonly unit: FigureUnit;
  readonly formula: string;
  readonly undefinedWhen: string;
  readonly source: string;
}

type Row = readonly [name: string, definition: Definition];

const GROUPS = ["return", "ratio", "draw-down", "tail", "days"] as const;

export function DayFigures({ trader: { returns, figures } }: { readonly trader: TraderPerformance }) {
  if (returns === null) return null;
  const note = `${words.window(returns.first_day, returns.last_day, returns.days)}; ${words.figuresNote}`;
  return (
    <Panel title={words.figuresTitle} note={note} isPadded>
      {GROUPS.map((group) => (
        <div key={group}>
          <h3 className="part">{words.groups[group]}</h3>
          <FigureList
            rows={Object.entries(FIGURE_DEFINITIONS).filter(([, one]) => one.group === group)}
            values={figures}
          />
        </div>
      ))}
    </Panel>
  );
}

export function TripFigures({ trader: { trade_figures } }: { readonly trader: TraderPerformance }) {
  if (!isRecord(trade_figures)) return null;
  return (
    <Panel title={words.tradesTitle} note={words.figuresNote} isPadded>
      <FigureList rows={Object.entries(TRADE_DEFINITIONS)} values={trade_figures} />
    </Panel>
  );
}

interface FigureListProps {
  readonly rows: readonly Row[];
  readonly values: Readonly<Record<string, unknown>>;
}

function FigureList({ rows, values }: FigureListProps) {
  return (
    <dl className="figure-list">
      {rows.map(([name, { label, unit, formula, undefinedWhen, source }]) => {
        const value = values[name];
        const unknown = undefinedWhen === "never" ? "" : words.unknownWhen(undefinedWhen);
        const parts = [formula, unknown, source].filter((part) => part !== "");
        return (
          <div key={name}>
            <dt>
              <Defined definition={`${parts.join(". ")}.`}>{label}</Defined>
            </dt>
            <dd>{figureText(typeof value === "number" ? value : null, unit)}</dd>
          </div>
        );
      })}
    </dl>
  );
}
