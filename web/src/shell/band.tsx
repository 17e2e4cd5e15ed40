/** Across the top of everything: which world this is, and how fresh what it shows. */
import { useStatus } from "../api/queries.ts";
import { State } from "../components/state.tsx";
import { useNow } from "../format/now.ts";
import { momentText, spanText } from "../format/time.ts";
import { type Connection, silenceOf, useConnection } from "../live/connection.ts";
import { strings } from "../strings.ts";
import { worldOf } from "./world.ts";

const STALE_AFTER_MS = 10_000;
const words = strings.connection;

export function Band() {
  const { data: status, dataUpdatedAt } = useStatus();
  const connection = useConnection();
  const world = worldOf(status);
  const { name, about } = strings.worlds[world];
  const asOfMs = status?.engine.running === false ? status.engine.asOf : null;
  return (
    <div className={`band band-${world}`} role="status">
      <span className="band-world">
        <strong>{name}</strong> · {about}
      </span>
      <Freshness connection={connection} updatedAtMs={dataUpdatedAt} asOfMs={asOfMs} />
    </div>
  );
}

interface FreshnessProps {
  readonly connection: Connection;
  /** Of the status, on this device's clock; 0 before the first. */
  readonly updatedAtMs: number;
  /** Of a stopped engine: when what it tells was true. */
  readonly asOfMs: number | null;
}

function Freshness({ connection, updatedAtMs, asOfMs }: FreshnessProps) {
  const now = useNow();
  const ageMs = now - Math.max(updatedAtMs, 0);
  const silentMs = silenceOf(connection, now);
  if (silentMs !== null) return <State tone="bad">{words.gone(spanText(silentMs))}</State>;
  if (connection.isEngineGone) return <State tone="bad">{words.engineGone}</State>;
  if (updatedAtMs === 0) return <State tone="busy">{words.connecting}</State>;
  if (asOfMs !== null) return <State tone="warn">{words.stopped(momentText(asOfMs, now))}</State>;
  const heardMs = connection.way === "stream" ? now - (connection.heardAtMs ?? 0) : ageMs;
  if (heardMs > STALE_AFTER_MS) return <State tone="warn">{words.stale(spanText(heardMs))}</State>;
  return <State tone="good">{connection.way === "stream" ? words.live : words.polled}</State>;
}
