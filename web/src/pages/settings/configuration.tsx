/** Every value in force and where it comes from, and what is wrong with what lies on the disk. */
import { useState } from "react";
import { useStatus } from "../../api/queries.ts";
import type { StatusReport } from "../../api/types.ts";
import { Empty, Loading, Notice, ProblemNotice } from "../../components/notice.tsx";
import { Panel } from "../../components/panel.tsx";
import { State } from "../../components/state.tsx";
import { Table } from "../../components/table.tsx";
import { TextField } from "../../components/text-field.tsx";
import { writtenText } from "../../format/written-value.ts";
import { words } from "./strings.ts";

type Setting = StatusReport["settings"][number];

export function Configuration() {
  const { data: status, error, refetch } = useStatus();
  if (status === undefined)
    return error === null ? (
      <Loading what={words.configuration.what} />
    ) : (
      <ProblemNotice error={error} again={() => void refetch()} />
    );
  return (
    <>
      <Problems problems={status.problems} />
      <InForce settings={status.settings} />
    </>
  );
}

function Problems({ problems }: { readonly problems: readonly string[] }) {
  if (problems.length === 0)
    return (
      <p>
        <State tone="good">{words.configuration.fine}</State>
      </p>
    );
  return (
    <Notice tone="warn" title={words.configuration.problems}>
      <p>{words.configuration.problemsAbout}</p>
      <ul>
        {problems.map((problem) => (
          <li key={problem}>{problem}</li>
        ))}
      </ul>
    </Notice>
  );
}

function InForce({ settings }: { readonly settings: readonly Setting[] }) {
  const [search, setSearch] = useState("");
  const [isOnlyChosen, setOnlyChosen] = useState(false);
  const shown = settings.filter(
    (setting) => !(isOnlyChosen && setting.source === "default") && isFound(setting, search),
  );
  return (
    <Panel title={words.configuration.title} note={words.configuration.note}>
      <div className="panel-body filters">
        <TextField
          label={words.configuration.search}
          hint={words.configuration.searchHint}
          value={search}
          type="search"
          spellCheck={false}
          onValue={setSearch}
        />
        <label className="check">
          <input
            type="checkbox"
            checked={isOnlyChosen}
            onChange={(event) => setOnlyChosen(event.target.checked)}
          />
          {words.configuration.onlyChosen}
        </label>
        <p className="small muted" role="status">
          {words.configuration.count(shown.length, settings.length)}
        </p>
      </div>
      {shown.length === 0 ? (
        <Empty>{words.configuration.none}</Empty>
      ) : (
        <Table
          label={words.configuration.title}
          rows={shown}
          keyOf={({ keyPath, leader = "", follower = "" }) => `${keyPath} ${leader} ${follower}`}
          columns={[
            { id: "key", title: words.configuration.key, cell: ({ keyPath }) => <code>{keyPath}</code> },
            {
              id: "of",
              title: words.configuration.of,
              cell: ({ leader, follower }) =>
                [leader, follower].filter((one) => one !== undefined).join(" → "),
            },
            {
              id: "value",
              title: words.configuration.value,
              cell: ({ value }) => <code className="written">{writtenText(value)}</code>,
            },
            {
              id: "source",
              title: words.configuration.source,
              cell: ({ source }) => (source === "default" ? <span className="muted">{source}</span> : source),
            },
          ]}
        />
      )}
    </Panel>
  );
}

function isFound({ keyPath, leader = "", follower = "", value }: Setting, search: string): boolean {
  const text = `${keyPath} ${leader} ${follower} ${writtenText(value)}`.toLowerCase();
  return search
    .toLowerCase()
    .split(/\s+/)
    .every((word) => text.includes(word));
}
