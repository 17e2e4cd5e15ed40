/** Why a follower made more or less than its leader, how quickly and how precisely it copies, and what it missed. */
import { LookAgain } from "../../components/look-again.tsx";
import "./quality.css";
import { useState } from "react";
import type { AttributionReport } from "../../api/types.ts";
import { Moment } from "../../components/age.tsx";
import { Empty, Loading, Notice, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { useWhose } from "../../session/whose.ts";
import { strings } from "../../strings.ts";
import { ByCopy } from "./by-copy.tsx";
import { Delays } from "./delays.tsx";
import { Filters } from "./filters.tsx";
import { MadeReports } from "./made-reports.tsx";
import { Metrics } from "./metrics.tsx";
import { Missed } from "./missed.tsx";
import { type AttributionFilter, useAttribution } from "./queries.ts";
import { Slippages } from "./slippages.tsx";
import { words } from "./strings.ts";
import { Waterfall } from "./waterfall.tsx";

export default function Quality() {
  const [filter, setFilter] = useState<AttributionFilter>({});
  const whose = useWhose(filter.follower);
  const asked = { ...filter, follower: whose.follower };
  const query = useAttribution(asked, whose.isReady);
  const { data, error, refetch } = query;
  if (whose.isNone) return <Empty>{strings.seesNoFollower}</Empty>;
  return (
    <>
      <Panel title={words.filters} actions={<LookAgain query={query} reading={words.reading} />} isPadded>
        <Filters filter={asked} setFilter={setFilter} whose={whose} />
      </Panel>
      {error !== null && <ProblemNotice error={error} again={() => void refetch()} />}
      {data === undefined && error === null && <Loading what={words.what} />}
      {data !== undefined && <Report report={data} />}
      <MadeReports />
    </>
  );
}

function Report({ report }: { readonly report: AttributionReport }) {
  const { totals, rows, window, withoutPrice } = report;
  if (totals.length === 0) return <Empty>{words.none}</Empty>;
  const note = (
    <>
      <Moment atMs={window.fromMs} /> {words.until} <Moment atMs={window.toMs} />
    </>
  );
  return (
    <>
      {totals.map((total) => (
        <section key={total.coin} className="stack" aria-label={total.coin}>
          <Metrics metrics={total.metrics} note={note} />
          <Waterfall total={total} note={note} />
          <div className="halves">
            <div className="stack">
              <Delays metrics={total.metrics} />
              <Slippages metrics={total.metrics} />
            </div>
            <Missed metrics={total.metrics} />
          </div>
          <ByCopy rows={rows.filter(({ coin }) => coin === total.coin)} coin={total.coin} />
        </section>
      ))}
      {withoutPrice.length > 0 && <Notice tone="warn">{words.withoutPrice(withoutPrice)}</Notice>}
    </>
  );
}
