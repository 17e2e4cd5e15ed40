/** The answer in a word and in sentences, the result, other beginnings, what each cost takes, and what being late takes. */

import type { WhatIfResult } from "../../../api/types.ts";
import { Amount, Change } from "../../../components/amount.tsx";
import { Spread } from "../../../components/charts/spread.tsx";
import { Figure, Figures } from "../../../components/figure.tsx";
import { Empty } from "../../../components/notice.tsx";
import { Panel } from "../../../components/panel.tsx";
import { State, type Tone } from "../../../components/state.tsx";
import { Table } from "../../../components/table.tsx";
import { percentText } from "../../../format/decimal.ts";
import { strings } from "../../../strings.ts";
import { Delays } from "./delays.tsx";
import { words } from "./strings.ts";

const TONES: Readonly<Record<WhatIfResult["verdict"]["word"], Tone>> = {
  paid: "good",
  "not-shown": "warn",
  "does-not-pay": "bad",
  "too-small": "bad",
};

interface Part {
  readonly found: WhatIfResult;
}

export function WhatIfFound({ found }: Part) {
  return (
    <>
      <Panel title={words.verdict} isPadded>
        <p>
          <State tone={TONES[found.verdict.word]}>{words.verdicts[found.verdict.word]}</State>
        </p>
        <ul className="assumptions">
          {found.verdict.sentences.map((sentence) => (
            <li key={sentence}>{sentence}.</li>
          ))}
        </ul>
      </Panel>
      <InShort found={found} />
      <Starts found={found} />
      <Delays found={found} />
      <Costs found={found} />
    </>
  );
}

function InShort({ found: { follower, own, days, equity } }: Part) {
  const { profit, interval, drawdown, happenings } = follower;
  const window = words.inDays(days);
  return (
    <Figures label={words.result}>
      <Figure
        label={words.result}
        window={window}
        {...(interval === null
          ? {}
          : { interval: words.interval(interval[0].toFixed(0), interval[1].toFixed(0)) })}
      >
        <Change value={profit.toFixed(2)} unit="USDT" />
      </Figure>
      <Figure label={words.ofCapital} window={window}>
        <Change value={((profit / equity) * 100).toFixed(2)} unit="%" />
      </Figure>
      <Figure label={words.ownScaled} window={words.ownScaledAbout}>
        <Change value={own.scaledProfit.toFixed(2)} unit="USDT" />
      </Figure>
      <Figure label={words.worst} window={words.byTheHour}>
        {percentText(drawdown, 2)}
      </Figure>
      <Figure label={words.fees} window={window}>
        <Amount value={(-happenings.fees).toFixed(2)} unit="USDT" />
      </Figure>
      <Figure label={words.funding} window={window}>
        <Amount value={happenings.funding.toFixed(2)} unit="USDT" />
      </Figure>
    </Figures>
  );
}

function Starts({ found: { starts, noStarts } }: Part) {
  if (starts === null)
    return (
      <Panel title={words.starts}>
        <Empty>{noStarts === null ? strings.notKnown : words.noStarts[noStarts]}</Empty>
      </Panel>
    );
  const { returns, drawdowns, lossShare, separate, horizonDays } = starts;
  return (
    <Panel title={words.starts} note={words.startsNote(horizonDays, separate)}>
      <Table
        label={words.starts}
        rows={[
          { name: words.gained, quantiles: returns },
          { name: words.fell, quantiles: drawdowns },
        ]}
        keyOf={({ name }) => name}
        columns={[
          { id: "name", title: words.ofCapital, cell: ({ name }) => name },
          {
            id: "spread",
            title: words.spread,
            cell: ({ name, quantiles }) => (
              <Spread label={words.spreadOf(name, quantiles)} of={quantiles} among={[returns, drawdowns]} />
            ),
          },
          ...(["p5", "p25", "p50", "p75", "p95"] as const).map((at) => ({
            id: at,
            title: words.quantiles[at],
            isNumber: true,
            cell: ({ quantiles }: { readonly quantiles: typeof returns }) =>
              percentText(quantiles[at], 2, true),
          })),
        ]}
      />
      <p className="panel-note">{words.losing(percentText(lossShare))}</p>
    </Panel>
  );
}

function Costs({ found: { settingCosts } }: Part) {
  return (
    <Panel title={words.costs} note={words.costsNote}>
      <Table
        label={words.costs}
        rows={settingCosts}
        keyOf={({ name }) => name}
        columns={[
          { id: "name", title: words.thing, cell: ({ name }) => name.replaceAll("_", " ") },
          {
            id: "effect",
            title: words.effect,
            isNumber: true,
            cell: ({ cost }) => <Change value={(-cost).toFixed(2)} />,
          },
          {
            id: "interval",
            title: words.intervalTitle,
            isNumber: true,
            cell: ({ interval }) =>
              interval === null ? (
                strings.notKnown
              ) : (
                <span className="muted">
                  {words.range((-interval[1]).toFixed(2), (-interval[0]).toFixed(2))}
                </span>
              ),
          },
        ]}
      />
    </Panel>
  );
}
