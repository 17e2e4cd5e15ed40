/** How far the prices of copies lie from the leader's: most of them near nothing, and how far the others go. */
import { Spread } from "../../components/charts/spread.tsx";
import { Empty } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { decimalText } from "../../format/decimal.ts";
import { words } from "./strings.ts";
import type { Metrics } from "./types.ts";

export function Slippages({ metrics: { slippageSpreadBps: spread } }: { readonly metrics: Metrics }) {
  return (
    <Panel title={words.slippages} note={words.slippagesNote} isPadded>
      {spread === null ? <Empty>{words.noSlippages}</Empty> : <Lying spread={spread} />}
    </Panel>
  );
}

function Lying({ spread }: { readonly spread: NonNullable<Metrics["slippageSpreadBps"]> }) {
  const { p5, p25, p75, p95, executions } = spread;
  const text = words.slippageText([bps(p25), bps(p75)], [bps(p5), bps(p95)], decimalText(String(executions)));
  return (
    <div className="slippages">
      <Spread label={text} of={spread} among={[spread]} />
      <p className="small muted">{text}</p>
    </div>
  );
}

function bps(value: number): string {
  return decimalText(value.toFixed(2), { signed: true });
}
