/** The user's own devices that are notified; this one is switched on here. */
import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import type { PushDevices } from "../../../api/types.ts";
import { Moment } from "../../../components/age.tsx";
import { Empty, Loading, Notice, ProblemNotice } from "../../../components/notice.tsx";
import { Panel } from "../../../components/panel.tsx";
import { report } from "../../../components/reports.tsx";
import { Table } from "../../../components/table.tsx";
import { deviceText } from "../device.ts";
import { addDevice, removeDevice, testDevice, useDevices, useRenewAlerts } from "./queries.ts";
import { words } from "./strings.ts";
import { canNotify, subscribed } from "./subscribe.ts";

export function Devices() {
  const { data, error, refetch } = useDevices();
  const renew = useRenewAlerts();
  const [isRefused, setRefused] = useState(false);
  const adding = useMutation({
    mutationFn: async (publicKey: string) => {
      const subscription = await subscribed(publicKey);
      setRefused(subscription === null);
      if (subscription === null) return;
      await addDevice(subscription);
      report({ title: words.notified });
    },
    onSettled: renew,
  });
  const removing = useMutation({
    mutationFn: removeDevice,
    onSuccess: () => {
      report({ title: words.removed });
      renew();
    },
  });
  const testing = useMutation({
    mutationFn: testDevice,
    onSuccess: ({ result, cause }) => {
      const bad = result === "gone" ? words.testedGone : words.testedBadly(cause ?? "");
      report({ title: result === "delivered" ? words.testedWell : bad });
    },
  });
  if (data === undefined)
    return error === null ? (
      <Loading what={words.what} />
    ) : (
      <ProblemNotice error={error} again={() => void refetch()} />
    );
  const trouble = adding.error ?? removing.error ?? testing.error;
  return (
    <Panel
      title={words.devicesTitle}
      note={words.devicesNote}
      actions={
        canNotify() && (
          <button
            type="button"
            className="button button-main"
            disabled={adding.isPending}
            onClick={() => adding.mutate(data.public_key)}
          >
            {words.notify}
          </button>
        )
      }
    >
      {!canNotify() && <p className="panel-note">{words.impossible}</p>}
      {isRefused && (
        <Notice tone="warn" title={words.refusedTitle}>
          <p>{words.refused}</p>
        </Notice>
      )}
      {trouble !== null && <ProblemNotice error={trouble} />}
      {data.items.length === 0 ? (
        <Empty>{words.noDevices}</Empty>
      ) : (
        <DeviceTable
          devices={data.items}
          isBusy={testing.isPending || removing.isPending}
          onTest={testing.mutate}
          onRemove={removing.mutate}
        />
      )}
    </Panel>
  );
}

interface DeviceTableProps {
  readonly devices: PushDevices["items"];
  readonly isBusy: boolean;
  readonly onTest: (id: string) => void;
  readonly onRemove: (id: string) => void;
}

function DeviceTable({ devices, isBusy, onTest, onRemove }: DeviceTableProps) {
  return (
    <Table
      label={words.devicesTitle}
      rows={devices}
      keyOf={({ id }) => id}
      columns={[
        {
          id: "device",
          title: words.device,
          cell: ({ agent }) => <span title={agent}>{deviceText(agent)}</span>,
        },
        { id: "since", title: words.since, cell: ({ createdMs }) => <Moment atMs={createdMs} /> },
        {
          id: "actions",
          title: <span className="for-readers">{words.actions}</span>,
          isNumber: true,
          cell: ({ id }) => (
            <span className="row">
              <button
                type="button"
                className="button button-row"
                disabled={isBusy}
                onClick={() => onTest(id)}
              >
                {words.test}
              </button>
              <button
                type="button"
                className="button button-row button-danger"
                disabled={isBusy}
                onClick={() => onRemove(id)}
              >
                {words.remove}
              </button>
            </span>
          ),
        },
      ]}
    />
  );
}
