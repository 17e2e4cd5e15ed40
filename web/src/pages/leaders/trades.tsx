/** A trader's round trips, those that ended last first: what each came to, after its own fees and funding. */
import { useState } from "react";
import type { TraderPerformance, TraderTrades } from "../../api/types.ts";
import { Moment } from "../../components/age.tsx";
import { Amount, Change } from "../../components/amount.tsx";
import { Choice } from "../../components/choice.tsx";
import { Empty, Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { decimalText } from "../../format/decimal.ts";
import { spanText } from "../../format/time.ts";
import { useTrades } from "./queries.ts";
import { words } from "./strings.ts";

export function Trades({ trader }: { readonly trader: TraderPerformance }) {
  const [symbol, setSymbol] = useState("");
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetching } = useTrades(trader, symbol);
  const trades = data?.pages.flatMap(({ items }) => items) ?? [];
  return (
    <Panel title={words.trades} note={words.tradesNote}>
      {trader.symbols.length > 1 && (
        <div className="panel-body one-choice">
          <Choice
            label={words.instrument}
            value={symbol}
            options={[
              { value: "", text: words.everyInstrument },
              ...trader.symbols.map((value) => ({ value, text: value })),
            ]}
            onValue={setSymbol}
          />
        </div>
      )}
      {data === undefined && error === null && <Loading what={words.trades} />}
      {error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
      {data !== undefined && trades.length === 0 && <Empty>{words.noTrades}</Empty>}
      {trades.length > 0 && <TradesTable trades={trades} />}
      {hasNextPage && (
        <p className="panel-note">
          <button type="button" className="button" disabled={isFetching} onClick={() => void fetchNextPage()}>
            {words.earlierTrades}
          </button>
        </p>
      )}
    </Panel>
  );
}

function TradesTable({ trades }: { readonly trades: TraderTrades["items"] }) {
  return (
    <Table
      label={words.trades}
      rows={trades}
      keyOf={(one) => String(one.number)}
      columns={[
        {
          id: "symbol",
          title: words.instrument,
          cell: ({ symbol, direction, is_partly_unseen }) => (
            <>
              {symbol} {direction}
              {is_partly_unseen && <span className="muted small block">{words.partlyUnseen}</span>}
            </>
          ),
        },
        {
          id: "net",
          title: words.net,
          isNumber: true,
          cell: ({ net }) => <Change value={net} places={2} />,
        },
        { id: "closed", title: words.closed, cell: ({ close_ms }) => <Moment atMs={close_ms} /> },
        {
          id: "held",
          title: words.heldFor,
          isNumber: true,
          cell: ({ open_ms, close_ms }) => spanText(close_ms - open_ms),
        },
        {
          id: "most",
          title: words.mostWorth,
          isNumber: true,
          cell: ({ max_notional }) => <Amount value={max_notional} places={0} />,
        },
        {
          id: "pnl",
          title: words.beforeFees,
          isNumber: true,
          cell: ({ pnl }) => <Change value={pnl} places={2} />,
        },
        {
          id: "fees",
          title: words.feesPaid,
          isNumber: true,
          cell: ({ fees }) => <Amount value={fees} places={2} />,
        },
        {
          id: "funding",
          title: words.funding,
          isNumber: true,
          cell: ({ funding }) => <Amount value={funding} places={2} />,
        },
        {
          id: "fills",
          title: words.fills,
          isNumber: true,
          cell: ({ fills }) => decimalText(String(fills)),
        },
      ]}
    />
  );
}
