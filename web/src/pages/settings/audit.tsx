/** Every change that somebody made, with before and after. */
import { type FormEvent, useState } from "react";
import type { AuditEntry } from "../../api/types.ts";
import { Moment } from "../../components/age.tsx";
import { Empty, Loading, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { Table } from "../../components/table.tsx";
import { TextField } from "../../components/text-field.tsx";
import { type AuditFilter, useAudit } from "./queries.ts";
import { words } from "./strings.ts";

export function Audit() {
  const [filter, setFilter] = useState<AuditFilter>({});
  return (
    <Panel title={words.audit.title} note={words.audit.note}>
      <div className="panel-body">
        <Filters setFilter={setFilter} />
      </div>
      <Found filter={filter} />
    </Panel>
  );
}

function Filters({ setFilter }: { readonly setFilter: (filter: AuditFilter) => void }) {
  const [actor, setActor] = useState("");
  const [action, setAction] = useState("");
  const search = () => setFilter({ actor: actor.trim(), action: action.trim() });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    search();
  };
  return (
    <form className="filters" onSubmit={submit} onBlur={search}>
      <TextField label={words.audit.actor} value={actor} onValue={setActor} spellCheck={false} />
      <TextField
        label={words.audit.action}
        value={action}
        onValue={setAction}
        placeholder="user-added"
        spellCheck={false}
      />
      <button type="submit" className="for-readers">
        {words.configuration.search}
      </button>
    </form>
  );
}

function Found({ filter }: { readonly filter: AuditFilter }) {
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetching } = useAudit(filter);
  if (data === undefined)
    return error === null ? (
      <Loading what={words.audit.what} />
    ) : (
      <ProblemNotice error={error} again={() => void refetch()} />
    );
  const entries = data.pages.flatMap(({ items }) => items);
  const isSearched = Object.values(filter).some((value) => value !== "");
  if (entries.length === 0) return <Empty>{isSearched ? words.audit.noneFound : words.audit.none}</Empty>;
  return (
    <>
      <Table
        label={words.audit.title}
        rows={entries}
        keyOf={({ id }) => String(id)}
        columns={[
          { id: "at", title: words.audit.at, cell: ({ at_ms }) => <Moment atMs={at_ms} /> },
          { id: "actor", title: words.audit.actor, cell: Actor },
          { id: "action", title: words.audit.action, cell: ({ action }) => <code>{action}</code> },
          { id: "subject", title: words.audit.subject, cell: ({ subject }) => subject },
          { id: "before", title: words.audit.before, cell: ({ before }) => <Written value={before} /> },
          { id: "after", title: words.audit.after, cell: ({ after }) => <Written value={after} /> },
          { id: "from", title: words.audit.from, isExtra: true, cell: ({ address }) => address ?? "" },
        ]}
      />
      {hasNextPage && (
        <p className="panel-note">
          <button type="button" className="button" disabled={isFetching} onClick={() => void fetchNextPage()}>
            {words.audit.older}
          </button>
        </p>
      )}
    </>
  );
}

function Actor({ actor, actor_kind }: AuditEntry) {
  return (
    <span className="nowrap">
      {actor} <span className="muted">{words.audit.kinds[actor_kind]}</span>
    </span>
  );
}

function Written({ value }: { readonly value: unknown }) {
  if (value === null || value === undefined) return null;
  if (typeof value !== "object") return <code className="written">{String(value)}</code>;
  return (
    <dl className="written-facts">
      {Object.entries(value).map(([name, one]) => (
        <div key={name}>
          <dt>{name}</dt>
          <dd>{typeof one === "string" ? one : JSON.stringify(one)}</dd>
        </div>
      ))}
    </dl>
  );
}
