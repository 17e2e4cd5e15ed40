/** How well everything chosen is copied, in short. */
import type { ReactNode } from "react";
import { Amount, NotKnown } from "../../components/amount.tsx";
import { Figure, Figures } from "../../components/figure.tsx";
import { decimalText, percentText } from "../../format/decimal.ts";
import { words } from "./strings.ts";
import type { Metrics as MetricsOf } from "./types.ts";

export interface MetricsProps {
  readonly metrics: MetricsOf;
  /** The window. */
  readonly note: ReactNode;
}

export function Metrics({ metrics, note }: MetricsProps) {
  const { changes, copied, copyAccuracy, executionDelayMs, slippageBps, timeInParity, exposureError } =
    metrics;
  return (
    <Figures label={words.how}>
      <Figure label={words.accuracy} window={words.accuracyOf(copied, changes)} more={<div>{note}</div>}>
        {copyAccuracy === null ? <NotKnown /> : percentText(copyAccuracy)}
      </Figure>
      <Figure
        label={words.delay}
        window={executionDelayMs === null ? null : words.delayOf(executionDelayMs.executions)}
      >
        {executionDelayMs === null ? (
          <NotKnown />
        ) : (
          <Amount value={String(executionDelayMs.p50)} places={0} unit="ms" />
        )}
      </Figure>
      <Figure label={words.slippage} window={words.slippageOf}>
        {slippageBps === null ? (
          <NotKnown />
        ) : (
          <>
            {decimalText(slippageBps, { signed: true, places: 2 })} <span className="unit">bps</span>
          </>
        )}
      </Figure>
      <Figure label={words.parity} window={words.parityOf}>
        {shareText(timeInParity)}
      </Figure>
      <Figure label={words.exposure} window={words.exposureOf}>
        {shareText(exposureError)}
      </Figure>
    </Figures>
  );
}

export function shareText(share: string | null): ReactNode {
  return share === null ? <NotKnown /> : percentText(Number(share));
}
