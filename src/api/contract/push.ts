/** Devices that are notified of alerts. */
import { z } from "zod";
import { timeMs } from "./common.ts";

const base64url = z.string().regex(/^[A-Za-z0-9_-]{10,200}={0,2}$/);

export const subscription = z
  .strictObject({
    endpoint: z.string().min(10).max(2_000),
    keys: z.strictObject({ p256dh: base64url, auth: base64url }),
    expirationTime: z.number().nullable().optional(),
  })
  .meta({ id: "PushSubscription", description: "As a browser writes it." });

export const device = z
  .object({ id: z.string(), agent: z.string(), createdMs: timeMs })
  .meta({ id: "PushDevice" });

export const devices = z
  .object({
    public_key: z.string().meta({ description: "For PushManager.subscribe: applicationServerKey." }),
    items: z.array(device),
  })
  .meta({ id: "PushDevices" });

export const deviceTest = z
  .object({ result: z.enum(["delivered", "gone", "failed"]), cause: z.string().nullable() })
  .meta({ id: "PushDeviceTest" });
