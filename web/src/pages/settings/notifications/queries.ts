/** What notifications ask for and change. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { call } from "../../../api/client.ts";
import { KEYS } from "../../../api/queries.ts";
import type { ChannelTests, PushDevices, PushDeviceTest, SettingsInForce } from "../../../api/types.ts";

const DEVICES = ["push-subscriptions"] as const;
const SETTINGS = ["alert-settings"] as const;

export function useDevices() {
  return useQuery({
    queryKey: DEVICES,
    queryFn: ({ signal }) => call<PushDevices>("/push_subscriptions", { signal }),
  });
}

export function useAlertSettings() {
  return useQuery({
    queryKey: SETTINGS,
    queryFn: ({ signal }) => call<SettingsInForce>("/settings/alerts", { signal }),
    // What is being edited does not change under the hand.
    refetchOnWindowFocus: false,
  });
}

/** To be called after a change. */
export function useRenewAlerts(): () => void {
  const client = useQueryClient();
  return () => {
    for (const queryKey of [KEYS.alertsState, DEVICES, SETTINGS, KEYS.alerts])
      void client.invalidateQueries({ queryKey });
  };
}

/** Without ids: all that wait. */
export const acknowledge = (ids?: readonly string[]) =>
  call<{ acknowledged: string[] }>("/alerts/acknowledge", {
    method: "POST",
    body: ids === undefined ? {} : { ids },
  });

export const mute = (minutes: number) =>
  call<unknown>("/alerts/mutes", { method: "POST", body: { minutes } });

export const unmute = (kind: string | null) =>
  call<unknown>("/alerts/mutes", { method: "DELETE", query: kind === null ? {} : { kind } });

/** Servers of mail take their time. */
const TEST_MAX_MS = 90_000;

export const testChannels = () =>
  call<ChannelTests>("/alerts/test", { method: "POST", timeoutMs: TEST_MAX_MS });

export const addDevice = (subscription: PushSubscriptionJSON) =>
  call<unknown>("/push_subscriptions", { method: "POST", body: subscription });

export const removeDevice = (id: string) => call<unknown>(`/push_subscriptions/${id}`, { method: "DELETE" });

export const testDevice = (id: string) =>
  call<PushDeviceTest>(`/push_subscriptions/${id}/test`, { method: "POST" });
