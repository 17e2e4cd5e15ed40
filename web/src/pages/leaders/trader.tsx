/** One trader: what it made and lost, what that comes to, what is held, what copying it would have brought, and what may not be concluded. */
import { useMemo, useState } from "react";
import { Link } from "wouter";
import type { TraderKey } from "../../api/commands.ts";
import type { TraderPerformance } from "../../api/types.ts";
import { Age } from "../../components/age.tsx";
import { Amount, Change } from "../../components/amount.tsx";
import { Figure, Figures } from "../../components/figure.tsx";
import { Empty, Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { TimeChart } from "../../components/time-chart.tsx";
import { percentText } from "../../format/decimal.ts";
import { useMay } from "../../session/session.tsx";
import { strings } from "../../strings.ts";
import { figureText } from "../figure-text.ts";
import { CopyDialog } from "./copy-dialog.tsx";
import { growthOf } from "./growth.ts";
import { Proof } from "./proof.tsx";
import { useTrader } from "./queries.ts";
import { words } from "./strings.ts";
import { DayFigures, TripFigures } from "./trader-figures.tsx";
import { Open, Quality } from "./trader-tables.tsx";
import { Trades } from "./trades.tsx";
import { WhatIf } from "./what-if/what-if.tsx";

export function Trader(key: TraderKey) {
  const { data, error, refetch, dataUpdatedAt } = useTrader(key);
  return (
    <>
      <p>
        <Link href="/leaders">← {words.back}</Link>
      </p>
      {data === undefined && error === null && <Loading what={words.traderWhat} />}
      {error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
      {data !== undefined && <Shown trader={data} atMs={dataUpdatedAt} />}
    </>
  );
}

interface ShownProps {
  readonly trader: TraderPerformance;
  readonly atMs: number;
}

function Shown({ trader, atMs }: ShownProps) {
  return (
    <>
      <Head trader={trader} atMs={atMs} />
      <Equity trader={trader} />
      {trader.returns !== null && <Proof trader={trader} />}
      <WhatIf trader={trader} />
      <Quality trader={trader} />
      <DayFigures trader={trader} />
      <TripFigures trader={trader} />
      <Trades trader={trader} />
      <Open trader={trader} />
    </>
  );
}

function Head({ trader, atMs }: ShownProps) {
  const { id, venue, leader, returns, figures, trips } = trader;
  const [isCopying, setCopying] = useState(false);
  const may = useMay("manage_copying");
  const window = returns === null ? null : words.window(returns.first_day, returns.last_day, returns.days);
  return (
    <>
      <Panel
        title={leader === null ? id : words.asLeader(leader)}
        note={
          <span className="row">
            <span>{leader === null ? venue : `${venue} ${id}`}</span>
            <span>
              {strings.preview.lookedAt} <Age atMs={atMs} />
            </span>
          </span>
        }
        actions={
          leader !== null &&
          may && (
            <button type="button" className="button button-main" onClick={() => setCopying(true)}>
              {words.copy}
            </button>
          )
        }
      >
        {leader === null && <p className="panel-note">{words.notLeader}</p>}
      </Panel>
      {leader !== null && isCopying && (
        <CopyDialog trader={trader} leader={leader} onClose={() => setCopying(false)} />
      )}
      <Figures label={words.inShort}>
        <Figure label={words.total} window={window}>
          {returns === null ? strings.notKnown : <Change value={(returns.total * 100).toFixed(2)} unit="%" />}
        </Figure>
        <Figure label={words.sharpeFigure} window={words.afterFees}>
          {figureText(figures.sharpe, "ratio")}
        </Figure>
        <Figure label={words.deepest} window={window}>
          {figureText(figures.max_drawdown, "fraction")}
        </Figure>
        <Figure label={words.realized} window={words.usdt}>
          <Change value={trader.realized_pnl} places={2} />
        </Figure>
        <Figure label={words.feesPaid} window={words.usdt}>
          <Amount value={trader.fees} places={2} />
        </Figure>
        <Figure label={words.finished} window={words.wonOf(trips.won, trips.lost)}>
          {trips.finished}
        </Figure>
      </Figures>
    </>
  );
}

function Equity({ trader: { returns } }: { readonly trader: TraderPerformance }) {
  const growth = useMemo(() => (returns === null ? null : growthOf(returns)), [returns]);
  if (returns === null || growth === null)
    return (
      <Panel title={words.equityChart}>
        <Empty>{words.noReturns}</Empty>
      </Panel>
    );
  const deepest = Math.min(0, ...growth.drawdowns);
  return (
    <Panel
      title={words.equityChart}
      note={words.equityOf(figureText(returns.base, "count"), returns.is_base_stated)}
      isPadded
    >
      <TimeChart
        timesMs={growth.timesMs}
        series={[{ label: words.equitySeries, values: growth.gains }]}
        unit="%"
        height={210}
        summary={words.equitySummary(percentText(returns.total), returns.days)}
        format={(share) => percentText(share)}
        syncKey="trader"
      />
      <TimeChart
        timesMs={growth.timesMs}
        series={[{ label: words.drawdownSeries, values: growth.drawdowns, isArea: true, tone: "loss" }]}
        unit="%"
        height={110}
        summary={words.drawdownSummary(percentText(deepest))}
        format={(share) => percentText(share)}
        syncKey="trader"
      />
    </Panel>
  );
}
