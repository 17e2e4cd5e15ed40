/** What was told without asking, newest first and live; each leads to what the journal has of its time and place. */
import { useState } from "react";
import { Link } from "wouter";
import { useAlerts, useReasons } from "../../api/queries.ts";
import type { AlertReport } from "../../api/types.ts";
import { Age } from "../../components/age.tsx";
import { Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { State, type Tone } from "../../components/state.tsx";
import { words } from "./strings.ts";

const SHOWN = 6;
const TONES: Readonly<Record<string, Tone>> = { info: "off", warning: "warn", critical: "bad" };

export function Alerts() {
  const { data, error, refetch } = useAlerts();
  const [isWhole, setWhole] = useState(false);
  if (data === undefined)
    return (
      <Panel title={words.alerts} isPadded>
        {error === null ? (
          <Loading what={words.alertsWhat} />
        ) : (
          <ProblemNotice error={error} again={() => void refetch()} />
        )}
      </Panel>
    );
  const { items } = data;
  const shown = isWhole ? items : items.slice(0, SHOWN);
  return (
    <Panel title={words.alerts} note={words.alertsNote} isPadded>
      {items.length === 0 && (
        <p>
          <State tone="good">{words.noAlerts}</State>
        </p>
      )}
      <ul className="attention">
        {shown.map((alert) => (
          <AlertItem key={alert.id} alert={alert} />
        ))}
      </ul>
      {items.length > SHOWN && (
        <p>
          <button type="button" className="button button-plain" onClick={() => setWhole(!isWhole)}>
            {isWhole ? words.fewerAlerts : words.moreAlerts(items.length - SHOWN)}
          </button>
        </p>
      )}
    </Panel>
  );
}

function AlertItem({ alert }: { readonly alert: AlertReport }) {
  const { severity, atMs, leader, follower, instrument, repeats, cause } = alert;
  const reasonText = useReasons();
  // A cause that is one of the closed list of reasons has a sentence.
  const message = cause === undefined ? alert.message : alert.message.replace(cause, () => reasonText(cause));
  const about = [leader, follower, symbolOf(instrument)].filter((one) => one !== undefined).join(" · ");
  const path = journalPath(alert);
  return (
    <li>
      <State tone={TONES[severity] ?? "warn"}>
        <span className="attention-text">
          <span className="for-readers">{severity}: </span>
          {message}
        </span>
      </State>
      <p className="alert-facts small muted">
        {about !== "" && <span>{about}</span>}
        {repeats !== undefined && <span>{words.repeated(repeats.count)}</span>}
        <Age atMs={atMs} />
        {path !== null && (
          <Link href={path}>
            {words.inJournal}
            <span className="for-readers">: {message}</span>
          </Link>
        )}
      </p>
    </li>
  );
}

/** `BTCUSDT@venue` -> `BTCUSDT` */
function symbolOf(instrument: string | undefined): string | undefined {
  return instrument?.split("@")[0];
}

/** Null for what is about no account's position: the journal has nothing of it. */
function journalPath({ follower, instrument }: AlertReport): string | null {
  const symbol = symbolOf(instrument);
  if (symbol === undefined) return null;
  return `/journal?${new URLSearchParams({ ...(follower === undefined ? {} : { follower }), symbol })}`;
}
