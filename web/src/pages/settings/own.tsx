/** Who one is here: rights, password, second factor, sessions. */
import { useState } from "react";
import type { SessionRow } from "../../api/types.ts";
import { ActionDialog } from "../../components/action-dialog.tsx";
import { Moment } from "../../components/age.tsx";
import { Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { report } from "../../components/reports.tsx";
import { Table } from "../../components/table.tsx";
import { TextField } from "../../components/text-field.tsx";
import { useSession } from "../../session/session.tsx";
import { strings } from "../../strings.ts";
import { deviceText } from "./device.ts";
import { changePassword, endSession, useRenew, useSessions } from "./queries.ts";
import { SecondFactor } from "./second-factor.tsx";
import { words } from "./strings.ts";

export function Own() {
  const session = useSession();
  const sessions = useSessions();
  const userId = sessions.data?.find(({ current }) => current)?.user_id;
  const isAll = session.permissions.includes("all");
  return (
    <>
      <Panel title={words.own.title} isPadded>
        <dl className="facts">
          <dt>{words.name}</dt>
          <dd>{words.own.signedIn(session.name, strings.roles[session.role])}</dd>
          <dt>{words.own.mayDo}</dt>
          <dd>
            {isAll
              ? words.permissions.all
              : session.permissions.map((one) => words.permissions[one]).join("; ")}
          </dd>
          <dt>{words.own.sees}</dt>
          <dd>
            {session.accounts === "all"
              ? words.own.allAccounts
              : session.accounts.join(", ") || words.own.noAccounts}
          </dd>
          <dt>{words.own.until}</dt>
          <dd>
            <Moment atMs={session.expires_ms} />
          </dd>
        </dl>
        {userId !== undefined && <Password userId={userId} />}
      </Panel>
      {userId !== undefined && <SecondFactor userId={userId} isOn={session.second_factor_on} />}
      {sessions.data === undefined && sessions.error === null && <Loading what={words.own.what} />}
      {sessions.error !== null && (
        <ProblemNotice error={sessions.error} again={() => void sessions.refetch()} />
      )}
      {sessions.data !== undefined && <SessionTable sessions={sessions.data} />}
    </>
  );
}

function Password({ userId }: { readonly userId: number }) {
  const [isOpen, setOpen] = useState(false);
  const [current, setCurrent] = useState("");
  const [password, setPassword] = useState("");
  const [again, setAgain] = useState("");
  const [keepsTokens, setKeepsTokens] = useState(false);
  const renew = useRenew();
  const differ = again !== "" && again !== password;
  const close = () => {
    setOpen(false);
    setCurrent("");
    setPassword("");
    setAgain("");
  };
  return (
    <>
      <button type="button" className="button" onClick={() => setOpen(true)}>
        {words.own.password}
      </button>
      {isOpen && (
        <ActionDialog
          title={words.own.password}
          confirm={words.own.password}
          isIncomplete={current === "" || password === "" || again !== password}
          act={() => changePassword(userId, { password, current, keep_tokens: keepsTokens })}
          onDone={({ tokens_revoked }) => {
            report({ title: words.own.passwordDone, body: words.own.tokensEnded(tokens_revoked) });
            renew();
            close();
          }}
          onClose={close}
        >
          <TextField
            label={words.own.current}
            type="password"
            autoComplete="current-password"
            value={current}
            onValue={setCurrent}
          />
          <TextField
            label={words.own.next}
            type="password"
            autoComplete="new-password"
            hint={words.own.hint}
            value={password}
            onValue={setPassword}
          />
          <TextField
            label={words.own.again}
            type="password"
            autoComplete="new-password"
            error={differ ? words.own.differ : undefined}
            value={again}
            onValue={setAgain}
          />
          <label className="check">
            <input
              type="checkbox"
              checked={!keepsTokens}
              onChange={(event) => setKeepsTokens(!event.target.checked)}
            />
            {words.own.endTokens}
          </label>
        </ActionDialog>
      )}
    </>
  );
}

function SessionTable({ sessions }: { readonly sessions: readonly SessionRow[] }) {
  const [ending, setEnding] = useState<SessionRow | null>(null);
  const renew = useRenew();
  const isEverybody = new Set(sessions.map(({ user_id }) => user_id)).size > 1;
  const title = isEverybody ? words.own.sessionsAll : words.own.sessions;
  return (
    <Panel title={title}>
      <Table
        label={title}
        rows={sessions}
        keyOf={({ id }) => String(id)}
        columns={[
          {
            id: "device",
            title: words.own.device,
            cell: ({ agent }) => <span title={agent}>{deviceText(agent)}</span>,
          },
          ...(isEverybody
            ? [{ id: "user", title: words.own.user, cell: ({ user_name }: SessionRow) => user_name }]
            : []),
          { id: "address", title: words.own.address, cell: ({ address }) => address },
          { id: "since", title: words.own.since, cell: ({ created_ms }) => <Moment atMs={created_ms} /> },
          {
            id: "ends",
            title: words.own.ends,
            isExtra: true,
            cell: ({ expires_ms }) => <Moment atMs={expires_ms} />,
          },
          {
            id: "end",
            title: <span className="for-readers">{words.actions}</span>,
            isNumber: true,
            cell: (one) =>
              one.current ? (
                <span className="muted">{words.own.thisOne}</span>
              ) : (
                <button type="button" className="button button-row" onClick={() => setEnding(one)}>
                  {words.own.end}
                </button>
              ),
          },
        ]}
      />
      {ending !== null && (
        <ActionDialog
          title={words.own.endTitle}
          confirm={words.own.end}
          act={() => endSession(ending.id)}
          onDone={() => {
            report({ title: words.own.ended });
            setEnding(null);
            renew();
          }}
          onClose={() => setEnding(null)}
        >
          <p>{words.own.endAbout(deviceText(ending.agent), ending.address)}</p>
        </ActionDialog>
      )}
    </Panel>
  );
}
