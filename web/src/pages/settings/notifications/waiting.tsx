/** Critical alerts that nobody acknowledged, and what is muted. */
import { useMutation } from "@tanstack/react-query";
import { useAlertsState } from "../../../api/queries.ts";
import { Age, Moment } from "../../../components/age.tsx";
import { Empty, Loading, ProblemNotice } from "../../../components/notice.tsx";
import { Panel } from "../../../components/panel.tsx";
import { report } from "../../../components/reports.tsx";
import { Table } from "../../../components/table.tsx";
import { useMay, useSession } from "../../../session/session.tsx";
import { acknowledge, mute, unmute, useRenewAlerts } from "./queries.ts";
import { words } from "./strings.ts";

export function Waiting() {
  const { data, error, refetch } = useAlertsState();
  const renew = useRenewAlerts();
  const mayAnswer = useMay("manage_copying");
  const acting = useMutation({
    mutationFn: (ids?: readonly string[]) => acknowledge(ids),
    onSuccess: ({ acknowledged }) => {
      report({ title: words.acknowledged(acknowledged.length) });
      renew();
    },
  });
  if (data === undefined)
    return error === null ? (
      <Loading what={words.what} />
    ) : (
      <ProblemNotice error={error} again={() => void refetch()} />
    );
  const { unacknowledged } = data;
  return (
    <Panel
      title={words.waitTitle}
      note={words.waitNote}
      actions={
        mayAnswer &&
        unacknowledged.length > 1 && (
          <button
            type="button"
            className="button"
            disabled={acting.isPending}
            onClick={() => acting.mutate(undefined)}
          >
            {words.acknowledgeAll}
          </button>
        )
      }
    >
      {acting.error !== null && <ProblemNotice error={acting.error} />}
      {unacknowledged.length === 0 ? (
        <Empty>{words.none}</Empty>
      ) : (
        <Table
          label={words.waitTitle}
          rows={unacknowledged}
          keyOf={({ id }) => id}
          columns={[
            { id: "time", title: words.time, cell: ({ atMs }) => <Age atMs={atMs} /> },
            { id: "about", title: words.about, cell: ({ leader, follower }) => follower ?? leader ?? "" },
            {
              id: "what",
              title: words.alert,
              cell: ({ message }) => <span className="sentence">{message}</span>,
            },
            ...(mayAnswer
              ? [
                  {
                    id: "acknowledge",
                    title: <span className="for-readers">{words.actions}</span>,
                    isNumber: true,
                    cell: ({ id }: { readonly id: string }) => (
                      <button
                        type="button"
                        className="button button-row"
                        disabled={acting.isPending}
                        onClick={() => acting.mutate([id])}
                      >
                        {words.acknowledge}
                      </button>
                    ),
                  },
                ]
              : []),
          ]}
        />
      )}
    </Panel>
  );
}

export function Mutes() {
  const { data } = useAlertsState();
  const renew = useRenewAlerts();
  const { accounts } = useSession();
  const mayMute = useMay("manage_copying") && accounts === "all";
  const done = (title: string) => () => {
    report({ title });
    renew();
  };
  const muting = useMutation({ mutationFn: mute, onSuccess: done(words.muted) });
  const ending = useMutation({ mutationFn: unmute, onSuccess: done(words.unmuted) });
  const mutes = data?.mutes ?? [];
  const error = muting.error ?? ending.error;
  return (
    <Panel title={words.muteTitle} note={words.muteNote} isPadded>
      <div className="stack">
        <p className="small muted">{words.muteAbout}</p>
        {error !== null && <ProblemNotice error={error} />}
        {mutes.length === 0 && <p>{words.nothingMuted}</p>}
        {mutes.map(({ kind, untilMs, by }) => (
          <div className="row" key={kind ?? ""}>
            <span>
              <strong>{kind ?? words.everything}</strong> {words.mutedUntil} <Moment atMs={untilMs} />{" "}
              <span className="muted">{words.by(by)}</span>
            </span>
            {mayMute && (
              <button type="button" className="button button-row" onClick={() => ending.mutate(kind)}>
                {words.unmute}
              </button>
            )}
          </div>
        ))}
        {mayMute && (
          <div className="row">
            {words.muteTimes.map(({ minutes, text }) => (
              <button
                key={minutes}
                type="button"
                className="button"
                disabled={muting.isPending}
                onClick={() => muting.mutate(minutes)}
              >
                {words.muteFor(text)}
              </button>
            ))}
          </div>
        )}
      </div>
    </Panel>
  );
}
