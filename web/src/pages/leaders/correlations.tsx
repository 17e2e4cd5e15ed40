/** Which copied leaders move together: a table as a heat map, those of one bet beside each other. */
import type { CorrelationsReport } from "../../api/types.ts";
import { Empty, Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { State } from "../../components/state.tsx";
import { percentText } from "../../format/decimal.ts";
import { numberText } from "../figure-text.ts";
import { useCorrelations } from "./queries.ts";
import { words } from "./strings.ts";

export function Correlations() {
  const { data, error, refetch } = useCorrelations();
  return (
    <Panel title={words.correlations} note={words.correlationsNote}>
      {data === undefined && error === null && <Loading what={words.correlationsWhat} />}
      {error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
      {data !== undefined && data.leaders.length < 2 && <Empty>{words.tooFew}</Empty>}
      {data !== undefined && data.leaders.length >= 2 && (
        <>
          <Clusters report={data} />
          <HeatMap report={data} />
        </>
      )}
    </Panel>
  );
}

function Clusters({ report: { followers } }: { readonly report: CorrelationsReport }) {
  return (
    <ul className="panel-note clusters">
      {followers.map(({ follower, leaders, effective_number, one_bet }) => (
        <li key={follower}>
          {words.effective(
            follower,
            effective_number === null ? words.betsUnknown : numberText(effective_number, 1),
            leaders.length,
          )}
          {one_bet.map(({ leaders: together, weight, sure }) => (
            <div key={together.join(" ")}>
              <State tone="warn">{words.oneBet(together, percentText(weight, 0), sure)}</State>
            </div>
          ))}
        </li>
      ))}
    </ul>
  );
}

/** Full colour at 1 or -1. */
const TINT_PERCENT_MAX = 45;

function HeatMap({ report }: { readonly report: CorrelationsReport }) {
  const names = orderedNames(report);
  const pairs = new Map(
    report.pairs.flatMap((pair) => [
      [`${pair.one} ${pair.other}`, pair] as const,
      [`${pair.other} ${pair.one}`, pair] as const,
    ]),
  );
  return (
    // biome-ignore lint/a11y/useSemanticElements: a group of fields it is not
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
    <div className="table-frame" role="group" aria-label={words.correlations} tabIndex={0}>
      <table className="heat">
        <thead>
          <tr>
            <th scope="col">{words.leader}</th>
            {names.map((name) => (
              <th key={name} scope="col" className="number">
                {name}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {names.map((row) => (
            <tr key={row}>
              <th scope="row">{row}</th>
              {names.map((column) => (
                <Cell key={column} isSelf={row === column} pair={pairs.get(`${row} ${column}`)} />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

interface CellProps {
  readonly isSelf: boolean;
  readonly pair: CorrelationsReport["pairs"][number] | undefined;
}

function Cell({ isSelf, pair }: CellProps) {
  if (isSelf) return <td className="number muted">1</td>;
  const value = pair?.shrunk?.value ?? pair?.correlation ?? null;
  if (value === null) return <td className="number muted">{words.daysTooFew}</td>;
  const tint = Math.round(Math.min(1, Math.abs(value)) * TINT_PERCENT_MAX);
  const colour = value >= 0 ? "var(--accent)" : "var(--warn)";
  const range = pair?.shrunk?.interval ?? pair?.interval_95 ?? null;
  return (
    <td className="number" style={{ background: `color-mix(in srgb, ${colour} ${tint}%, var(--surface))` }}>
      {numberText(value)}
      {range !== null && (
        <div className="heat-range">
          {numberText(range[0], 1)} … {numberText(range[1], 1)}
        </div>
      )}
    </td>
  );
}

/** Those of one bet one after the other. */
function orderedNames({ leaders, followers }: CorrelationsReport): readonly string[] {
  const together = followers.flatMap(({ one_bet }) => one_bet.flatMap((bet) => bet.leaders));
  return [...new Set([...together, ...leaders.map(({ leader }) => leader)])];
}
