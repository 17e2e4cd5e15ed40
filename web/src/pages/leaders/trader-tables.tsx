/** What a trader holds, and what is wrong with its record. */
import type { TraderPerformance } from "../../api/types.ts";
import { Moment } from "../../components/age.tsx";
import { Quantity } from "../../components/amount.tsx";
import { Empty } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { decimalText } from "../../format/decimal.ts";
import { words } from "./strings.ts";

interface TraderPart {
  readonly trader: TraderPerformance;
}

export function Open({ trader: { open, last_ms } }: TraderPart) {
  return (
    <Panel
      title={words.openTitle}
      note={
        <>
          {words.openNote}
          {last_ms !== null && (
            <>
              , <Moment atMs={last_ms} />
            </>
          )}
        </>
      }
    >
      {open.length === 0 ? (
        <Empty>{words.nothingOpen}</Empty>
      ) : (
        <Table
          label={words.openTitle}
          rows={open}
          keyOf={({ symbol, leg }) => `${symbol} ${leg}`}
          columns={[
            {
              id: "symbol",
              title: words.instrument,
              cell: ({ symbol, leg }) => (leg === "net" ? symbol : `${symbol} ${leg}`),
            },
            {
              id: "quantity",
              title: words.quantity,
              isNumber: true,
              cell: ({ quantity }) => <Quantity value={quantity} />,
            },
            {
              id: "entry",
              title: words.entry,
              isNumber: true,
              cell: ({ average_entry }) => decimalText(shortText(average_entry)),
            },
            { id: "since", title: words.since, cell: ({ since_ms }) => <Moment atMs={since_ms} /> },
          ]}
        />
      )}
    </Panel>
  );
}

const PRICE_DIGITS = 8;

/** A price that came through a double: without the digits that it does not have. */
function shortText(price: number): string {
  const places = Math.max(0, PRICE_DIGITS - Math.max(1, Math.ceil(Math.log10(Math.max(price, 1e-9)))));
  return price.toFixed(places).replace(/\.?0+$/, "");
}

export function Quality({ trader: { quality, returns } }: TraderPart) {
  const assumptions = returns?.assumptions ?? [];
  return (
    <Panel title={words.qualityTitle}>
      {quality.length === 0 ? (
        <Empty>{words.noQuality}</Empty>
      ) : (
        <Table
          label={words.qualityTitle}
          rows={quality}
          keyOf={({ word }) => word}
          columns={[
            {
              id: "meaning",
              title: words.flag,
              cell: ({ meaning }) => <span className="sentence">{meaning}</span>,
            },
            {
              id: "doubtful",
              title: words.doubtful,
              cell: ({ doubtful }) => <span className="sentence">{doubtful}</span>,
            },
          ]}
        />
      )}
      {assumptions.length > 0 && (
        <details>
          <summary>{words.assumptions}</summary>
          <ul className="panel-note assumptions">
            {assumptions.map(({ word, text }) => (
              <li key={word}>{text}</li>
            ))}
          </ul>
        </details>
      )}
    </Panel>
  );
}
