/** API tokens: what programs sign in with. */
import { useState } from "react";
import type { MadeToken, TokenRow } from "../../api/types.ts";
import { ActionDialog } from "../../components/action-dialog.tsx";
import { Age, Moment } from "../../components/age.tsx";
import { Checks } from "../../components/checks.tsx";
import { Dialog } from "../../components/dialog.tsx";
import { Empty, Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { report } from "../../components/reports.tsx";
import { Secret } from "../../components/secret.tsx";
import { State } from "../../components/state.tsx";
import { Table } from "../../components/table.tsx";
import { TextField } from "../../components/text-field.tsx";
import { useNow } from "../../format/now.ts";
import { useSession } from "../../session/session.tsx";
import { strings } from "../../strings.ts";
import { makeToken, revokeToken, useRenew, useTokens } from "./queries.ts";
import { words } from "./strings.ts";
import { PERMISSIONS, permissionsAmong } from "./user-fields.tsx";

export function Tokens() {
  const tokens = useTokens();
  const [isMaking, setMaking] = useState(false);
  const [revoking, setRevoking] = useState<TokenRow | null>(null);
  const renew = useRenew();
  if (tokens.data === undefined)
    return tokens.error === null ? (
      <Loading what={words.tokens.what} />
    ) : (
      <ProblemNotice error={tokens.error} again={() => void tokens.refetch()} />
    );
  return (
    <Panel
      title={words.tokens.title}
      actions={
        <button type="button" className="button button-main" onClick={() => setMaking(true)}>
          {words.tokens.make}
        </button>
      }
    >
      <p className="panel-note">{words.tokens.about}</p>
      {tokens.data.length === 0 ? (
        <Empty>{words.tokens.none}</Empty>
      ) : (
        <TokenTable tokens={tokens.data} onRevoke={setRevoking} />
      )}
      {isMaking && (
        <MakeToken
          onClose={() => {
            setMaking(false);
            renew();
          }}
        />
      )}
      {revoking !== null && (
        <ActionDialog
          title={words.tokens.revokeTitle(revoking.name)}
          confirm={words.tokens.revoke}
          isDangerous
          act={() => revokeToken(revoking.id)}
          onDone={() => {
            report({ title: words.tokens.revoked(revoking.name) });
            setRevoking(null);
            renew();
          }}
          onClose={() => setRevoking(null)}
        >
          <p>{words.tokens.revokeAbout}</p>
        </ActionDialog>
      )}
    </Panel>
  );
}

interface TokenTableProps {
  readonly tokens: readonly TokenRow[];
  readonly onRevoke: (token: TokenRow) => void;
}

function TokenTable({ tokens, onRevoke }: TokenTableProps) {
  const now = useNow();
  return (
    <Table
      label={words.tokens.title}
      rows={tokens}
      keyOf={({ id }) => String(id)}
      columns={[
        { id: "name", title: words.name, cell: ({ name }) => name },
        { id: "hint", title: words.tokens.hint, isExtra: true, cell: ({ hint }) => <code>{hint}</code> },
        { id: "user", title: words.tokens.user, cell: ({ user_name }) => user_name },
        {
          id: "scopes",
          title: words.tokens.scopes,
          cell: ({ scopes }) => (
            <span className="sentence">{scopes.map((one) => words.permissions[one]).join("; ")}</span>
          ),
        },
        {
          id: "used",
          title: words.tokens.used,
          cell: ({ last_used_ms }) =>
            last_used_ms === null ? words.tokens.never : <Age atMs={last_used_ms} />,
        },
        {
          id: "ends",
          title: words.tokens.expires,
          cell: ({ expires_ms }) =>
            expires_ms <= now ? <State tone="off">{words.tokens.ended}</State> : <Moment atMs={expires_ms} />,
        },
        {
          id: "revoke",
          title: <span className="for-readers">{words.actions}</span>,
          isNumber: true,
          cell: (token) => (
            <button type="button" className="button button-row button-danger" onClick={() => onRevoke(token)}>
              {words.tokens.revoke}
            </button>
          ),
        },
      ]}
    />
  );
}

const DAYS_USUAL = "90";

function MakeToken({ onClose }: { readonly onClose: () => void }) {
  const { permissions } = useSession();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly string[]>([]);
  const [days, setDays] = useState(DAYS_USUAL);
  const [made, setMade] = useState<MadeToken | null>(null);
  if (made !== null)
    return (
      <Dialog
        title={words.tokens.madeTitle}
        onClose={onClose}
        foot={
          <button type="button" className="button button-main" onClick={onClose}>
            {strings.done}
          </button>
        }
      >
        <p>{words.tokens.madeAbout}</p>
        <Secret label={words.tokens.token} value={made.token} />
      </Dialog>
    );
  return (
    <ActionDialog
      title={words.tokens.make}
      confirm={words.tokens.confirm}
      isIncomplete={name.trim() === "" || scopes.length === 0 || days.trim() === ""}
      act={() =>
        makeToken({ name: name.trim(), scopes: permissionsAmong(scopes), expires_in_days: Number(days) })
      }
      onDone={setMade}
      onClose={onClose}
    >
      <TextField
        label={words.name}
        hint={words.tokens.nameHint}
        value={name}
        autoComplete="off"
        onValue={setName}
      />
      <Checks
        label={words.tokens.scopes}
        options={PERMISSIONS.filter((one) => permissions.includes(one)).map((value) => ({
          value,
          text: words.permissions[value],
        }))}
        chosen={scopes}
        onChosen={setScopes}
      />
      <TextField
        label={words.tokens.days}
        hint={words.tokens.daysHint}
        value={days}
        inputMode="numeric"
        onValue={setDays}
      />
    </ActionDialog>
  );
}
