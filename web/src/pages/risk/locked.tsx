/** What stands of stops, cuts and the kill switch: since when, until when, why; and the way to lift it. */
import { useState } from "react";
import { releaseFollower } from "../../api/commands.ts";
import type { FollowerStatus } from "../../api/types.ts";
import { Age, Moment } from "../../components/age.tsx";
import { CommandDialog } from "../../components/command-dialog.tsx";
import { Panel } from "../../components/panel.tsx";
import { State } from "../../components/state.tsx";
import { Table } from "../../components/table.tsx";
import { readableText } from "../../format/readable.ts";
import { useMay } from "../../session/session.tsx";
import { words } from "./strings.ts";

export function Locked({ followers }: { readonly followers: readonly FollowerStatus[] }) {
  const [released, setReleased] = useState<string | null>(null);
  const may = useMay("manage_stop_loss");
  const rows = followers.flatMap(({ nickname, stops = [] }) => stops.map((stop) => ({ nickname, ...stop })));
  if (rows.length === 0)
    return (
      <Panel title={words.locked} isPadded>
        <State tone="good">{words.nothingLocked}</State>
      </Panel>
    );
  return (
    <Panel title={words.locked} note={words.lockedNote}>
      <Table
        label={words.locked}
        rows={rows}
        keyOf={({ nickname, id }) => `${nickname} ${id}`}
        columns={[
          { id: "follower", title: words.follower, cell: ({ nickname }) => nickname },
          {
            id: "why",
            title: words.why,
            cell: ({ text }) => <span className="sentence">{readableText(text, Date.now())}</span>,
          },
          { id: "since", title: words.since, cell: ({ since }) => <Age atMs={since} /> },
          {
            id: "until",
            title: words.until,
            cell: ({ until }) => (until === null ? words.released : <Moment atMs={until} />),
          },
          {
            id: "do",
            title: <span className="for-readers">{words.actions}</span>,
            isNumber: true,
            cell: ({ nickname }) =>
              may && (
                <button type="button" className="button button-row" onClick={() => setReleased(nickname)}>
                  {words.release}
                  <span className="for-readers">: {nickname}</span>
                </button>
              ),
          },
        ]}
      />
      {released !== null && (
        <CommandDialog
          title={`${words.release} ${released}`}
          about={words.releaseAbout(released)}
          confirm={words.release}
          {...releaseFollower(released)}
          onClose={() => setReleased(null)}
        />
      )}
    </Panel>
  );
}
