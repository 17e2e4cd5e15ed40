/** From the leaders' scaled result to the followers': a bar for each part, each beginning where the one before it ended. */
import type { ReactNode } from "react";
import { useReasons } from "../../api/queries.ts";
import { Change } from "../../components/amount.tsx";
import { Notice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { decimalText, directionOf } from "../../format/decimal.ts";
import { type Extent, extentOf, type Step, stepsOf } from "./steps.ts";
import { words } from "./strings.ts";
import type { Total } from "./types.ts";

export interface WaterfallProps {
  readonly total: Total;
  readonly note: ReactNode;
}

export function Waterfall({ total, note }: WaterfallProps) {
  const steps = stepsOf(total);
  const extent = extentOf(steps);
  const isWhole = !/[1-9]/.test(total.residual);
  const text = (amount: string) => decimalText(amount, { places: 2, signed: true });
  return (
    <Panel title={words.waterfall(total.coin)} note={note}>
      <p className="panel-note">
        {words.summary(text(total.leaderScaled.profit), text(total.followerResult.profit), total.coin)}
      </p>
      <Table
        label={words.waterfall(total.coin)}
        rows={steps}
        keyOf={({ id }) => id}
        columns={[
          { id: "part", title: words.part, cell: (step) => <Part step={step} /> },
          {
            id: "amount",
            title: `${words.amount}, ${total.coin}`,
            isNumber: true,
            cell: ({ amount }) => <Change value={amount} places={2} />,
          },
          { id: "bar", title: words.bar, cell: (step) => <Bar step={step} extent={extent} /> },
          { id: "reasons", title: words.reasons, cell: (step) => <Reasons step={step} /> },
        ]}
      />
      {isWhole ? (
        <p className="panel-note">{words.addsUp}</p>
      ) : (
        <Notice tone="bad">{words.leftOver(total.residual)}</Notice>
      )}
    </Panel>
  );
}

function Part({ step: { id, kind } }: { readonly step: Step }) {
  if (kind === "end") return <strong>{id === "leader" ? words.leaderScaled : words.followerResult}</strong>;
  return <span title={words.meanings[id]}>{words.components[id] ?? id}</span>;
}

const WIDTH = 260;
const HEIGHT = 18;

function Bar({ step: { from, to, kind, amount }, extent }: { readonly step: Step; readonly extent: Extent }) {
  const x = (value: number) => 1 + ((WIDTH - 2) * (value - extent.low)) / (extent.high - extent.low);
  const [left, right] = [x(Number(from)), x(Number(to))].toSorted((one, other) => one - other);
  const tone = kind === "end" ? "waterfall-end" : `waterfall-${directionOf(amount)}`;
  return (
    <svg
      className="waterfall"
      viewBox={`0 0 ${WIDTH} ${HEIGHT}`}
      preserveAspectRatio="none"
      aria-hidden="true"
    >
      <line x1={x(0)} x2={x(0)} y1="0" y2={HEIGHT} />
      <rect
        className={tone}
        x={left}
        y="3"
        width={Math.max(1.5, (right ?? 0) - (left ?? 0))}
        height={HEIGHT - 6}
      />
    </svg>
  );
}

function Reasons({ step: { id, reasons } }: { readonly step: Step }) {
  const sentence = useReasons();
  if (reasons.length === 0) return <span className="sentence muted">{words.meanings[id]}</span>;
  return (
    <span className="sentence">
      {reasons.map(({ reason, amount }) => (
        <span key={reason} className="reason">
          <Change value={amount} places={2} /> <span title={sentence(reason)}>{reason}</span>
        </span>
      ))}
    </span>
  );
}
