/** What you are told without asking: what waits for you, when it is quiet, your devices, the channels. */
import { useMay, useSession } from "../../../session/session.tsx";
import { AlertSettings, Channels } from "./channels.tsx";
import { Devices } from "./devices.tsx";
import { Mutes, Waiting } from "./waiting.tsx";

export function Notifications() {
  const { accounts } = useSession();
  const seesAll = accounts === "all";
  const isAdmin = useMay("admin");
  const mayRead = useMay("view_reports");
  return (
    <>
      <Waiting />
      <Mutes />
      <Devices />
      {isAdmin && <Channels />}
      {seesAll && mayRead && <AlertSettings />}
    </>
  );
}
