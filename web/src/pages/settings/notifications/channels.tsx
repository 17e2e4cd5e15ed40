/** The engine's channels tried out, and what is told, when and where. */
import { useMutation } from "@tanstack/react-query";
import { changeAlertSettings } from "../../../api/commands.ts";
import { ProblemNotice } from "../../../components/notice.tsx";
import { Panel } from "../../../components/panel.tsx";
import { State, type Tone } from "../../../components/state.tsx";
import { Table } from "../../../components/table.tsx";
import { useMay } from "../../../session/session.tsx";
import { SettingsForAll } from "../settings-for-all.tsx";
import { testChannels, useAlertSettings, useRenewAlerts } from "./queries.ts";
import { words } from "./strings.ts";

const TONES: Readonly<Record<"ok" | "fail" | "off", Tone>> = { ok: "good", fail: "bad", off: "off" };

export function Channels() {
  const testing = useMutation({ mutationFn: testChannels });
  return (
    <Panel
      title={words.channelsTitle}
      note={words.channelsNote}
      actions={
        <button
          type="button"
          className="button"
          disabled={testing.isPending}
          onClick={() => testing.mutate()}
        >
          {testing.isPending ? words.testing : words.testChannels}
        </button>
      }
    >
      {testing.error !== null && <ProblemNotice error={testing.error} />}
      {testing.data === undefined ? (
        <p className="panel-note">{words.untested}</p>
      ) : (
        <Table
          label={words.channelsTitle}
          rows={testing.data.channels}
          keyOf={({ channel }) => channel}
          columns={[
            { id: "channel", title: words.channel, cell: ({ channel }) => channel },
            {
              id: "result",
              title: words.result,
              cell: ({ result }) => <State tone={TONES[result]}>{result}</State>,
            },
            {
              id: "answer",
              title: words.answer,
              cell: ({ answer }) => <span className="sentence">{answer}</span>,
            },
          ]}
        />
      )}
    </Panel>
  );
}

const isUsual = (keyPath: string) => !keyPath.includes(".") || keyPath.startsWith("escalation.");

const formWords = {
  title: words.settingsTitle,
  note: words.settingsNote,
  about: words.settingsAbout,
  others: words.settingsOthers,
  what: words.what,
};

export function AlertSettings() {
  return (
    <SettingsForAll
      words={formWords}
      found={useAlertSettings()}
      isUsual={isUsual}
      mayChange={useMay("admin")}
      change={changeAlertSettings}
      onChanged={useRenewAlerts()}
    />
  );
}
