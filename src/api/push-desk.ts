/**
 * Notifications for the devices of users: comes for the alerts that wait for the channel `web-push`, and sends each to the devices
 * whose users may be told, as it is at that moment. What a device was told is kept, so that it is told once over restarts.
 */
import type { Alert } from "../alerts/alert.ts";
import { isAbout } from "../alerts/rules.ts";
import { DEVICES_MAX, DEVICES_PER_USER_MAX, type Device, Devices } from "../alerts/web-push/devices.ts";
import { isSubscription, makeVapidKeys, type PushOutcome, push } from "../alerts/web-push/push.ts";
import { ControlError } from "../control/control.ts";
import type { Identity, LocalActor, UserView } from "../identity/identity.ts";
import type { Log } from "../log.ts";
import type { Vault } from "../security/vault.ts";
import { ApiProblem } from "./contract/problems.ts";
import type { ControlSource } from "./control-source.ts";
import { messageOf } from "./push-message.ts";

const LOOK_MS = 1_000;
/** While there are no devices, or the engine cannot be asked. */
const SLOW_LOOK_MS = 5_000;
/** An alert that one device cannot be told is left out there after so many tries. */
const TRIES_MAX = 8;
const PAUSE_MAX_MS = 60_000;
/** In one look: as many connections may be open at once. */
const PUSHES_MAX = 2 * DEVICES_MAX;
const HERE: LocalActor = { kind: "local", name: "web push" };

export interface PushDeskParts {
  readonly file: string;
  readonly vault: () => Vault;
  readonly control: ControlSource;
  readonly identity: Identity;
  readonly log: Log;
  readonly nowMs: () => number;
  /** Push services are reached by https; a test has one on this machine. */
  readonly mayPostTo?: (url: URL) => boolean;
}

export interface NewSubscription {
  readonly endpoint: string;
  readonly keys: { readonly p256dh: string; readonly auth: string };
}

interface Trouble {
  readonly tries: number;
  readonly nextMs: number;
}

interface Post {
  readonly alert: Alert;
  readonly open: readonly Device[];
  readonly now: readonly Device[];
}

export class PushDesk {
  readonly #parts: PushDeskParts;
  readonly #devices: Devices;
  /** By device and alert. */
  readonly #troubles = new Map<string, Trouble>();
  #timer: NodeJS.Timeout | null = null;
  #isClosed = false;
  #wants: boolean | null = null;

  constructor(parts: PushDeskParts) {
    this.#parts = parts;
    this.#devices = new Devices(parts.file, parts.vault, makeVapidKeys);
  }

  /** For the browser to subscribe with. */
  get publicKey(): string {
    return this.#devices.vapid.publicKey;
  }

  devicesOf(userId: number): readonly Device[] {
    return this.#devices.all.filter((one) => one.userId === userId);
  }

  /** Throws an ApiProblem for what is no subscription, and where there are too many. */
  add(userId: number, { endpoint, keys }: NewSubscription, agent: string): Device {
    const { mayPostTo = isPushService } = this.#parts;
    if (!URL.canParse(endpoint) || !mayPostTo(new URL(endpoint)) || !isSubscription({ endpoint, keys }))
      throw new ApiProblem(
        "bad-request",
        "endpoint: it must be what a browser's push service gave, with its keys",
        {
          errors: [
            { field: "endpoint", message: "must be what a browser's push service gave, with its keys" },
          ],
        },
      );
    const others = this.#devices.all.filter((one) => one.endpoint !== endpoint);
    const own = others.filter((one) => one.userId === userId);
    if (own.length >= DEVICES_PER_USER_MAX || others.length >= DEVICES_MAX)
      throw new ApiProblem("too-many", `at most ${DEVICES_PER_USER_MAX} devices of one user are notified`);
    const device = this.#devices.add({
      userId,
      endpoint,
      keys,
      agent: agent.slice(0, 200),
      createdMs: this.#parts.nowMs(),
    });
    this.#tellSoon();
    return device;
  }

  remove(userId: number, id: string): void {
    if (!this.devicesOf(userId).some((one) => one.id === id))
      throw new ApiProblem("not-found", "there is no such device of yours");
    this.#devices.remove([id]);
    this.#tellSoon();
  }

  async test(userId: number, id: string): Promise<PushOutcome> {
    const device = this.devicesOf(userId).find((one) => one.id === id);
    if (device === undefined) throw new ApiProblem("not-found", "there is no such device of yours");
    return push(
      device,
      {
        id: `test-${this.#parts.nowMs()}`,
        severity: "info",
        title: "Copytrader",
        body: "This is a test; nothing has happened.",
      },
      this.#devices.vapid,
    );
  }

  start(): void {
    this.#plan(LOOK_MS);
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) clearTimeout(this.#timer);
  }

  /** One look: whatever can be told is told. How long until the next. */
  async look(): Promise<number> {
    await this.#tellWants();
    if (this.#devices.all.length === 0) return SLOW_LOOK_MS;
    const { alerts } = await this.#parts.control.ask({ kind: "alerts-waiting", channel: "web-push" });
    if (alerts.length === 0) return LOOK_MS;
    const users = new Map((await this.#parts.identity.users(HERE)).map((one) => [one.id, one]));
    this.#devices.remove(this.#devices.all.filter(({ userId }) => !users.has(userId)).map(({ id }) => id));
    // One device that does not answer holds back nothing but what it is told itself.
    const ended = await Promise.all(this.#duePosts(alerts, users).map((post) => this.#tell(post, users)));
    for (const { alert, isEnded } of ended) if (isEnded) await this.#end(alert);
    return LOOK_MS;
  }

  #plan(afterMs: number): void {
    if (this.#isClosed) return;
    this.#timer = setTimeout(() => {
      void this.look()
        .catch((error: unknown) => this.#missed(error))
        .then((pauseMs) => this.#plan(pauseMs));
    }, afterMs);
    this.#timer.unref();
  }

  /** An engine that starts, or is busy, is asked again. */
  #missed(error: unknown): number {
    const isUsual = error instanceof ControlError || error instanceof ApiProblem;
    if (!isUsual) this.#parts.log.channel("api").warn("devices could not be notified", { error });
    return SLOW_LOOK_MS;
  }

  /** An engine that cannot be asked now is told at the next look. */
  #tellSoon(): void {
    this.#tellWants().catch(() => undefined);
  }

  /** The engine is told once whether alerts are to wait for us; again after each start of this process. */
  async #tellWants(): Promise<void> {
    const wants = this.#devices.all.length > 0;
    if (this.#wants === wants || !this.#devices.isKept) return;
    await this.#parts.control.ask({ kind: "alert-collector", channel: "web-push", wants });
    this.#wants = wants;
  }

  /** Of each alert the devices that are still to be told, and those whose turn it is; what is too much waits for the next look. */
  #duePosts(alerts: readonly Alert[], users: ReadonlyMap<number, UserView>): readonly Post[] {
    const nowMs = this.#parts.nowMs();
    let room = PUSHES_MAX;
    return alerts.flatMap((alert) => {
      const open = this.#devices.all.filter(
        (device) => !device.told.includes(alert.id) && isFor(alert, users.get(device.userId)),
      );
      const now = open.filter(({ id }) => (this.#troubles.get(`${id} ${alert.id}`)?.nextMs ?? 0) <= nowMs);
      if (now.length > room) return [];
      room -= now.length;
      return [{ alert, open, now }];
    });
  }

  /** Whether nobody is left who is to be told. */
  async #tell(
    { alert, open, now }: Post,
    users: ReadonlyMap<number, UserView>,
  ): Promise<{ readonly alert: Alert; readonly isEnded: boolean }> {
    const found = await Promise.all(
      now.map(async (device) => {
        const user = users.get(device.userId);
        const message = messageOf(alert, user === undefined ? new Set() : accountsOf(user));
        return { device, outcome: await push(device, message, this.#devices.vapid) };
      }),
    );
    const done: string[] = [];
    for (const { device, outcome } of found) if (this.#isDone(device, alert, outcome)) done.push(device.id);
    this.#devices.noteTold(done, alert.id);
    this.#devices.remove(
      found.filter(({ outcome }) => outcome.kind === "gone").map(({ device }) => device.id),
    );
    const left = open.length - done.length - found.filter(({ outcome }) => outcome.kind === "gone").length;
    return { alert, isEnded: left === 0 };
  }

  async #end(alert: Alert): Promise<void> {
    const told = this.#devices.all.filter((device) => device.told.includes(alert.id)).length;
    await this.#parts.control.ask({
      kind: "alert-ended",
      channel: "web-push",
      id: alert.id,
      ending: { kind: "delivered", answer: `${told} device${told === 1 ? "" : "s"}` },
    });
  }

  /** Told, or given up there. */
  #isDone({ id }: Device, alert: Alert, outcome: PushOutcome): boolean {
    const key = `${id} ${alert.id}`;
    if (outcome.kind !== "failed") {
      this.#troubles.delete(key);
      return outcome.kind === "delivered";
    }
    const tries = (this.#troubles.get(key)?.tries ?? 0) + 1;
    if (tries < TRIES_MAX) {
      const pauseMs = Math.min(PAUSE_MAX_MS, 1_000 * 2 ** tries);
      this.#troubles.set(key, { tries, nextMs: this.#parts.nowMs() + pauseMs });
      return false;
    }
    this.#troubles.delete(key);
    this.#parts.log
      .channel("api")
      .warn("a device could not be notified", { alert: alert.id, cause: outcome.cause });
    return true;
  }
}

/** Who may look at alerts is told those about what he sees, as it is now. */
function isFor(alert: Alert, user: UserView | undefined): boolean {
  if (user === undefined || !user.permissions.includes("view_sync")) return false;
  return isAbout(alert, accountsOf(user));
}

function accountsOf({ accounts }: UserView): ReadonlySet<string> | "all" {
  return accounts === "all" ? "all" : new Set(accounts);
}

/** A named host beyond this machine, by https: nobody makes this server post into its own network. */
function isPushService({ protocol, hostname, port, username }: URL): boolean {
  const isName =
    /\.[a-z][a-z0-9-]*$/i.test(hostname) && !/\.(local|internal|localhost|lan|home|arpa)$/i.test(hostname);
  return protocol === "https:" && port === "" && username === "" && isName;
}
