/** The third question: what should I do. Everything that stands or is wrong, the gravest first; or that nothing needs anybody. */
import { Link } from "wouter";
import { useAlertsState } from "../../api/queries.ts";
import type { AlertsState, FollowerStatus, StatusReport, WatchdogReport } from "../../api/types.ts";
import { Panel } from "../../components/panel.tsx";
import { State, type Tone } from "../../components/state.tsx";
import { useNow } from "../../format/now.ts";
import { readableText } from "../../format/readable.ts";
import { silenceOf, useConnection } from "../../live/connection.ts";
import { ProposalList, useProposals } from "../proposals.tsx";
import { measureText } from "./measure.ts";
import { words } from "./strings.ts";

interface Item {
  readonly tone: Tone;
  readonly text: string;
  /** Where something can be done about it. */
  readonly way?: { readonly href: string; readonly title: string };
}

const PROPOSALS_SHOWN = 3;
const GRAVITY: readonly Tone[] = ["bad", "warn", "busy", "off", "good"];

export function Attention({ status }: { readonly status: StatusReport }) {
  const connection = useConnection();
  const { data: alerts } = useAlertsState();
  const proposals = useProposals();
  const now = useNow();
  const items = itemsOf(status, alerts).map((item) => ({ ...item, text: readableText(item.text, now) }));
  const isOld = connection.isEngineGone || silenceOf(connection, now) !== null;
  return (
    <Panel title={words.attention} isPadded>
      {items.length === 0 && proposals.length === 0 && (
        <p>
          <State tone={isOld ? "off" : "good"}>{isOld ? words.nothingThen : words.nothing}</State>
        </p>
      )}
      <ul className="attention">
        {items.map(({ tone, text, way }) => (
          <li key={text}>
            <State tone={tone}>
              <span className="attention-text">{text}</span>
            </State>{" "}
            {way !== undefined && (
              <Link className="small" href={way.href}>
                {way.title}
              </Link>
            )}
          </li>
        ))}
      </ul>
      {proposals.length > 0 && (
        <div className="waiting">
          <h3>{words.proposals(proposals.length)}</h3>
          <ProposalList proposals={proposals.slice(0, PROPOSALS_SHOWN)} />
          {proposals.length > PROPOSALS_SHOWN && (
            <p>
              <Link className="small" href="/copies">
                {words.moreProposals(proposals.length - PROPOSALS_SHOWN)}
              </Link>
            </p>
          )}
        </div>
      )}
    </Panel>
  );
}

function itemsOf(
  { followers, watchdogs, problems, engine }: StatusReport,
  alerts: AlertsState | undefined,
): readonly Item[] {
  const items = [
    ...problems.map((text): Item => ({ tone: "bad", text })),
    ...(engine.running || engine.starting === true
      ? []
      : [{ tone: "bad", text: words.stoppedEngine } as const]),
    ...(engine.running ? followers.flatMap(itemsOfFollower) : []),
    ...watchdogs.filter(({ state }) => state !== "ok").map(itemOfWatchdog),
    ...(alerts === undefined ? [] : waiting(alerts)),
  ];
  return items.sort((one, other) => GRAVITY.indexOf(one.tone) - GRAVITY.indexOf(other.tone));
}

function waiting({ unacknowledged }: AlertsState): readonly Item[] {
  const [last] = unacknowledged;
  if (last === undefined) return [];
  const of = last.follower ?? last.leader;
  const text = words.unacknowledged(
    unacknowledged.length,
    new Date(last.atMs).toISOString(),
    of === undefined ? last.message : `${of}: ${last.message}`,
  );
  return [{ tone: "warn", text, way: { href: "/settings/notifications", title: words.toNotifications } }];
}

function itemsOfFollower(follower: FollowerStatus): readonly Item[] {
  const { nickname, connected, state, reason, stops = [], foreignOrders = 0 } = follower;
  return [
    ...(connected ? [] : [{ tone: "bad", text: words.disconnected(nickname) } as const]),
    ...(state === "halted" ? [{ tone: "bad", text: words.halted(nickname, reason) } as const] : []),
    ...(state === "paused" ? [{ tone: "warn", text: words.paused(nickname) } as const] : []),
    ...stops.map((stop): Item => ({ tone: "warn", text: words.stands(nickname, stop.text) })),
    ...(foreignOrders === 0
      ? []
      : [{ tone: "off", text: words.foreignOrders(nickname, foreignOrders) } as const]),
  ];
}

function itemOfWatchdog({ name, subject, state, value, threshold, unit }: WatchdogReport): Item {
  return {
    tone: state === "acting" ? "bad" : "warn",
    text: words.watchdog(name, subject, measureText(value, unit), measureText(threshold, unit)),
  };
}
