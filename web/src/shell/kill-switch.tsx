/** One tap away on each page, two steps: what it would close, then the word. */
import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useId, useState } from "react";
import { confirmKill, type KillScope, previewKill } from "../api/kill-switch-calls.ts";
import { CHANGED_BY_COMMANDS, useStatus } from "../api/queries.ts";
import { giveSecondFactor } from "../api/session-calls.ts";
import type { HoldingsReport, KillSwitchPreview, KillSwitchPulled } from "../api/types.ts";
import { Amount, Quantity } from "../components/amount.tsx";
import { Outcome } from "../components/command-dialog.tsx";
import { Dialog } from "../components/dialog.tsx";
import { Icon } from "../components/icon.tsx";
import { Loading, Notice, ProblemNotice } from "../components/notice.tsx";
import { placeText } from "../components/preview.tsx";
import { isTold, PreviewExposure } from "../components/preview-exposure.tsx";
import { type Report, report } from "../components/reports.tsx";
import { Table } from "../components/table.tsx";
import { useNow } from "../format/now.ts";
import { sumOf } from "../format/sums.ts";
import { useMay } from "../session/session.tsx";
import { useWhose } from "../session/whose.ts";
import { inUsdt, strings } from "../strings.ts";

const words = strings.killSwitch;

export function KillSwitch() {
  const [isOpen, setOpen] = useState(false);
  const mayTrade = useMay("trade");
  const { isNone } = useWhose();
  const may = mayTrade && !isNone;
  return (
    <>
      <button
        type="button"
        className="button button-danger"
        disabled={!may}
        title={may ? undefined : mayTrade ? strings.seesNoFollower : words.notAllowed}
        onClick={() => setOpen(true)}
      >
        <Icon name="stop" />
        {words.button}
      </button>
      {isOpen && <KillDialog onClose={() => setOpen(false)} />}
    </>
  );
}

function KillDialog({ onClose }: { readonly onClose: () => void }) {
  const [chosen, setScope] = useState<KillScope>({});
  // Everything is more than somebody may close who sees some accounts only.
  const { follower, isReady: isScopeKnown } = useWhose(chosen.follower);
  const scope: KillScope = follower === "" ? chosen : { follower };
  const [code, setCode] = useState("");
  const client = useQueryClient();
  const asked = useQuery({
    queryKey: ["kill-switch", scope],
    queryFn: ({ signal }) => previewKill(scope, signal),
    enabled: isScopeKnown,
    retry: false,
    gcTime: 0,
    refetchOnWindowFocus: false,
  });
  const pulling = useMutation({
    mutationFn: async (confirmation: string) => {
      if (code !== "") await giveSecondFactor(code);
      return confirmKill(confirmation);
    },
    onSuccess: (outcome) => {
      report(reportOf(outcome, scope));
      onClose();
    },
    onSettled: () => {
      for (const queryKey of CHANGED_BY_COMMANDS) void client.invalidateQueries({ queryKey });
    },
  });
  const left = useSecondsLeft(asked.data?.expires_ms);
  const isReady = asked.data !== undefined && !asked.isFetching && left > 0;
  const way = asked.data?.way ?? "engine";
  return (
    <Dialog
      title={words.title}
      onClose={onClose}
      foot={
        <>
          <Outcome error={pulling.error} code={code} setCode={setCode} />
          <button type="button" className="button" onClick={onClose}>
            {strings.cancel}
          </button>
          <button
            type="button"
            className="button button-danger-main"
            disabled={!isReady || pulling.isPending}
            onClick={() => asked.data !== undefined && pulling.mutate(asked.data.confirmation)}
          >
            {pulling.isPending ? strings.act.sending : way === "engine" ? words.confirm : words.confirmLater}
          </button>
        </>
      }
    >
      <p>{words.about}</p>
      <ScopeField scope={scope} setScope={setScope} />
      {asked.isPending && <Loading what={strings.preview.asking} />}
      {asked.error !== null && (
        <>
          <ProblemNotice error={asked.error} again={() => void asked.refetch()} />
          <p>{words.withoutUs(commandOf(scope))}</p>
        </>
      )}
      {way !== "engine" && (
        <Notice tone="bad" title={words.ways[way].title}>
          <p>{words.ways[way].body(commandOf(scope))}</p>
        </Notice>
      )}
      {asked.data !== undefined && <Holdings holdings={asked.data.holdings} />}
      {asked.data !== undefined && <Exposures preview={asked.data.preview} />}
      {asked.data !== undefined && <Lasting left={left} again={() => void asked.refetch()} />}
      <p className="muted small">{words.undo}</p>
    </Dialog>
  );
}

/** What the engine does at once is told apart from what waits for it; that stays until it was read. */
function reportOf({ way }: KillSwitchPulled, scope: KillScope): Report {
  if (way === "engine") return { title: words.done, body: words.doneBody };
  return { title: words.waits, body: words.ways[way].body(commandOf(scope)), isBad: true };
}

/** What closes the same at once on the machine itself, without an engine. */
function commandOf({ follower, leader }: KillScope): string {
  if (follower !== undefined) return `copytrader panic --follower ${follower}`;
  return leader === undefined ? "copytrader panic --all" : `copytrader panic --leader ${leader}`;
}

/** What would be left of each follower's exposure, for who wants to know before the second step. */
function Exposures({ preview: { exposures } }: Pick<KillSwitchPreview, "preview">) {
  const told = exposures.filter(isTold);
  if (told.length === 0) return null;
  return (
    <details>
      <summary>{strings.preview.exposure}</summary>
      {told.map((exposure) => (
        <PreviewExposure key={exposure.follower} exposure={exposure} />
      ))}
    </details>
  );
}

function Lasting({ left, again }: { readonly left: number; readonly again: () => void }) {
  if (left > 0) return <p className="muted small">{words.lasts(left)}</p>;
  return (
    <Notice tone="warn">
      <p>{words.expired}</p>
      <div className="row">
        <button type="button" className="button" onClick={again}>
          {strings.preview.lookAgain}
        </button>
      </div>
    </Notice>
  );
}

function useSecondsLeft(expiresMs: number | undefined): number {
  const now = useNow();
  return expiresMs === undefined ? 0 : Math.max(0, Math.ceil((expiresMs - now) / 1_000));
}

interface ScopeFieldProps {
  readonly scope: KillScope;
  readonly setScope: (scope: KillScope) => void;
}

function ScopeField({ scope, setScope }: ScopeFieldProps) {
  const id = useId();
  const { data: status } = useStatus();
  const { followers, seesAll } = useWhose();
  const { follower, leader } = scope;
  const value = follower !== undefined ? `f:${follower}` : leader !== undefined ? `l:${leader}` : "";
  const choose = (chosen: string) => {
    const name = chosen.slice(2);
    setScope(chosen === "" ? {} : chosen.startsWith("f:") ? { follower: name } : { leader: name });
  };
  return (
    <div className="field">
      <label htmlFor={id}>{words.scope}</label>
      <select id={id} className="input" value={value} onChange={(event) => choose(event.target.value)}>
        {seesAll && <option value="">{words.everything}</option>}
        <optgroup label={words.followers}>
          {followers.map((nickname) => (
            <option key={nickname} value={`f:${nickname}`}>
              {nickname}
            </option>
          ))}
        </optgroup>
        {seesAll && (
          <optgroup label={words.leaders}>
            {status?.leaders.map(({ nickname }) => (
              <option key={nickname} value={`l:${nickname}`}>
                {nickname}
              </option>
            ))}
          </optgroup>
        )}
      </select>
    </div>
  );
}

function Holdings({ holdings: { positions, unresolved } }: { readonly holdings: HoldingsReport }) {
  return (
    <>
      {positions.length === 0 ? (
        <p>{words.nothing}</p>
      ) : (
        <div>
          <h3>{words.wouldClose}</h3>
          <Table
            label={words.wouldClose}
            rows={positions}
            keyOf={(row) => `${row.follower} ${placeText(row)}`}
            columns={[
              { id: "follower", title: words.follower, cell: ({ follower }) => follower },
              { id: "symbol", title: words.symbol, cell: placeText },
              {
                id: "held",
                title: words.held,
                isNumber: true,
                cell: ({ held }) => <Quantity value={held} />,
              },
              {
                id: "value",
                title: inUsdt(words.value),
                isNumber: true,
                cell: ({ value }) => <Amount value={value} places={2} />,
              },
            ]}
          />
          <p className="small muted">
            {words.inAll} <Amount value={sumOf(positions.map(({ value }) => value))} places={2} unit="USDT" />
          </p>
        </div>
      )}
      {unresolved > 0 && <p className="warn">{words.unresolved(unresolved)}</p>}
    </>
  );
}
