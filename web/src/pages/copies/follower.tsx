/** One follower: how it stands, its positions beside its leaders', and what can be done with it. */
import { useState } from "react";
import { closeCopies, pauseFollower, releaseFollower, resumeFollower } from "../../api/commands.ts";
import { useCopies, useReasons, useStatus } from "../../api/queries.ts";
import type { FollowerStatus } from "../../api/types.ts";
import { ReadAge } from "../../components/age.tsx";
import { Amount } from "../../components/amount.tsx";
import { CommandDialog, type CommandDialogProps } from "../../components/command-dialog.tsx";
import { Empty } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { useNow } from "../../format/now.ts";
import { readableText } from "../../format/readable.ts";
import { useMay } from "../../session/session.tsx";
import { FollowerState } from "../follower-state.tsx";
import { isHeldAnywhere } from "../parity.ts";
import { Explain } from "./explain.tsx";
import { Instruments } from "./instruments.tsx";
import { Relations } from "./relations.tsx";
import { words } from "./strings.ts";

export interface FollowerProps {
  readonly follower: FollowerStatus;
  readonly isFlatShown: boolean;
}

/** `BTCUSDT awaits-approval`: a reason has a sentence. */
const LAST_WORD = /(?<= )[a-z]+(?:-[a-z]+)+$/;

type Act = Omit<CommandDialogProps, "onClose">;

export function Follower({ follower, isFlatShown }: FollowerProps) {
  const { nickname, instruments, reason, stops = [] } = follower;
  const [act, setAct] = useState<Act | null>(null);
  const [explained, setExplained] = useState<string | null>(null);
  const now = useNow();
  const sentenceOf = useReasons();
  const mayClose = useMay("trade");
  const leaders = useLeadersOf(nickname);
  const told = stops.filter(({ text }) => text !== reason);
  const rows = isFlatShown ? instruments : instruments.filter(isHeldAnywhere);
  return (
    <div id={encodeURIComponent(nickname)} className="follower">
      <Panel
        title={nickname}
        note={<About follower={follower} leaders={leaders} />}
        actions={<Actions follower={follower} act={setAct} />}
      >
        {reason !== "" && (
          <p className="panel-note">{readableText(reason.replace(LAST_WORD, sentenceOf), now)}</p>
        )}
        {told.map(({ id, text }) => (
          <p key={id} className="panel-note warn">
            {readableText(text, now)}
          </p>
        ))}
        {rows.length === 0 ? (
          <Empty>{words.nothingHeld}</Empty>
        ) : (
          <Instruments
            follower={nickname}
            leaders={leaders}
            rows={rows}
            explain={setExplained}
            close={mayClose ? (symbol) => setAct(closeOne(nickname, symbol)) : null}
          />
        )}
        <Relations follower={nickname} />
      </Panel>
      {act !== null && <CommandDialog {...act} onClose={() => setAct(null)} />}
      {explained !== null && (
        <Explain follower={nickname} symbol={explained} onClose={() => setExplained(null)} />
      )}
    </div>
  );
}

interface AboutProps {
  readonly follower: FollowerStatus;
  readonly leaders: readonly string[];
}

function About({ follower, leaders }: AboutProps) {
  const { equity, snapshotAgeMs } = follower;
  const { atMs } = useStatus();
  return (
    <span className="row">
      <FollowerState follower={follower} />
      <span>{words.copies(leaders)}</span>
      <span>
        {words.equity} <Amount value={equity} places={2} unit="USDT" />
      </span>
      <span>
        {snapshotAgeMs !== null && `${words.read} `}
        <ReadAge ageMs={snapshotAgeMs} atMs={atMs} never={words.neverRead} />
      </span>
    </span>
  );
}

function useLeadersOf(follower: string): readonly string[] {
  const copies = useCopies() ?? [];
  return copies.filter((one) => one.follower === follower).map(({ leader }) => leader);
}

interface ActionsProps {
  readonly follower: FollowerStatus;
  readonly act: (act: Act) => void;
}

function Actions({ follower: { nickname, state, stops = [], instruments }, act }: ActionsProps) {
  const isPaused = state === "paused";
  const [mayPause, mayClose, mayRelease] = [
    useMay("manage_copying"),
    useMay("trade"),
    useMay("manage_stop_loss"),
  ];
  const isWaived = stops.length > 0 || instruments.some(({ reason }) => reason === "waived");
  return (
    <>
      {mayPause && (
        <button
          type="button"
          className="button"
          onClick={() => act(isPaused ? resume(nickname) : pause(nickname))}
        >
          {isPaused ? words.resume : words.pause}
        </button>
      )}
      {mayRelease && isWaived && (
        <button type="button" className="button" onClick={() => act(release(nickname))}>
          {words.release}
        </button>
      )}
      {mayClose && (
        <button type="button" className="button button-danger apart" onClick={() => act(closeAll(nickname))}>
          {words.closeAll}
        </button>
      )}
    </>
  );
}

function pause(follower: string): Act {
  return {
    title: `${words.pause} ${follower}`,
    about: words.pauseAbout(follower),
    confirm: words.pause,
    ...pauseFollower(follower),
  };
}

function resume(follower: string): Act {
  return {
    title: `${words.resume} ${follower}`,
    about: words.resumeAbout(follower),
    confirm: words.resume,
    ...resumeFollower(follower),
  };
}

function release(follower: string): Act {
  return {
    title: `${words.release} ${follower}`,
    about: words.releaseAbout(follower),
    confirm: words.release,
    ...releaseFollower(follower),
  };
}

function closeAll(follower: string): Act {
  return {
    title: `${words.closeAll}: ${follower}`,
    about: words.closeAllAbout(follower),
    confirm: words.closeAll,
    isDangerous: true,
    ...closeCopies(follower),
  };
}

function closeOne(follower: string, symbol: string): Act {
  return {
    title: words.on(`${words.close} ${symbol}`, follower),
    about: words.closeAbout(follower, symbol),
    confirm: words.close,
    isDangerous: true,
    ...closeCopies(follower, symbol),
  };
}
