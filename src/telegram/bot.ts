/**
 * The bot: everything that comes in goes through here. Who is it, may he, here and now; then the command. What a command throws is told in
 * words, without names that are not his business and without anything secret.
 */
import { type BotCommand, Call } from "./call.ts";
import { pressConfirmation } from "./confirm-press.ts";
import { wordsOf } from "./failure-words.ts";
import { code, html } from "./html.ts";
import type { GivenCommand, Incoming, IncomingMessage, IncomingPress } from "./incoming.ts";
import { menuFor } from "./menu.ts";
import type { BotParts } from "./parts.ts";
import { UserRate } from "./rate.ts";
import { SpeakError } from "./speaker.ts";
import { Strangers } from "./strangers.ts";
import {
  late,
  mayNot,
  NO_COMMAND,
  NOT_HERE,
  NOT_YOURS,
  OLD_BUTTON,
  SIGNED_OUT,
  TOO_MANY,
  welcome,
} from "./texts.ts";

/** Older messages were written to a bot that was away: whoever wrote them may have done otherwise since. */
const LATE_MS = 5 * 60_000;
const HOUR_MS = 3_600_000;
const LATE_TOLD_MS = 3_000;

export class CopyBot {
  readonly #parts: BotParts;
  readonly #commands: ReadonlyMap<string, BotCommand>;
  readonly #strangers: Strangers;
  readonly #rate = new UserRate();
  /** When a group was told that it is not allowed. */
  readonly #groupsTold = new Map<number, number>();
  /** By chat: messages that came too late and were not told of yet. */
  readonly #late = new Map<number, number>();

  constructor(parts: BotParts, commands: readonly BotCommand[]) {
    this.#parts = parts;
    this.#commands = new Map(commands.map((command) => [command.name, command]));
    this.#strangers = new Strangers(parts);
  }

  /** Never rejects. */
  async handle(incoming: Incoming): Promise<void> {
    try {
      await (incoming.kind === "message" ? this.#message(incoming) : this.#press(incoming));
    } catch (error) {
      this.#parts.log.error("an update could not be answered", { error });
    }
  }

  async #message(message: IncomingMessage): Promise<void> {
    const { chat, from, command } = message;
    const { identity, clock, speaker } = this.#parts;
    const caller = await identity.telegramCaller(from.telegramId);
    if (caller.kind === "stranger") return this.#strangers.meet(chat, from);
    const turn = this.#rate.turn(from.telegramId, clock.elapsedMs());
    if (turn !== "yes") return turn === "no" ? void (await speaker.say(chat, TOO_MANY)) : undefined;
    if (!this.#isAllowed(message)) return this.#refuseGroup(message);
    if (clock.nowMs() - message.atMs > LATE_MS) return this.#noteLate(message);
    if (command === null) return void (await speaker.say(chat, NO_COMMAND));
    if (command.name === "start") return this.#start(message);
    if (caller.kind === "signed-out") return void (await speaker.say(chat, SIGNED_OUT));
    const { telegramId } = from;
    const { principal } = caller;
    const { args } = command;
    const facts = { parts: this.#parts, principal, telegramId, chat, args, messageId: message.messageId };
    await this.#run(command, new Call({ ...facts, isPress: false }));
  }

  async #start({ chat, from }: IncomingMessage): Promise<void> {
    const { identity, speaker } = this.#parts;
    const principal = await identity.telegramLogIn(from.telegramId);
    if (principal === null) return;
    const { name, role, expiresMs } = principal;
    await speaker.say(chat, welcome(name, role, expiresMs));
    if (chat.isPrivate) await speaker.menu(chat, menuFor(principal, [...this.#commands.values()]));
  }

  async #press(press: IncomingPress): Promise<void> {
    const { chat, from, messageId } = press;
    const { identity, clock, presses } = this.#parts;
    const caller = await identity.telegramCaller(from.telegramId);
    if (caller.kind === "stranger" || !this.#isAllowed(press)) return press.answer(NOT_YOURS, true);
    if (caller.kind === "signed-out")
      return press.answer("Your session has ended. Send /start to open one.", true);
    if (this.#rate.turn(from.telegramId, clock.elapsedMs()) !== "yes")
      return press.answer("That is a lot at once. Wait a moment, please.", true);
    const pressed = presses.read(press.data);
    if (pressed === null) return press.answer(OLD_BUTTON, true);
    if (!chat.isPrivate && pressed.of !== from.telegramId)
      return press.answer(pressed.of === null ? OLD_BUTTON : NOT_YOURS, true);
    const facts = { parts: this.#parts, principal: caller.principal, telegramId: from.telegramId, chat };
    const call = new Call({ ...facts, args: pressed.args, messageId, isPress: true });
    if (await pressConfirmation(pressed, call, press, (work) => this.#told(call, work))) return;
    press.answer();
    await this.#run({ name: pressed.command, args: pressed.args }, call);
  }

  async #run({ name }: GivenCommand, call: Call): Promise<void> {
    const command = this.#commands.get(name);
    if (command === undefined) {
      await call.say(html`There is no command ${code(`/${name}`)}. /help tells which there are.`);
      return;
    }
    const { needs } = command;
    if (needs !== null && !call.principal.permissions.has(needs)) {
      await call.say(mayNot(needs));
      return;
    }
    await this.#told(call, () => command.run(call), command);
  }

  /** Does it, and says why not where that fails. */
  async #told(call: Call, work: () => Promise<void>, command?: BotCommand): Promise<void> {
    try {
      await work();
    } catch (error) {
      // What cannot be told may well have been done: nothing else is told in its place.
      if (error instanceof SpeakError) throw error;
      await call.say(wordsOf(error, call, command));
    }
  }

  #isAllowed({ chat }: Incoming): boolean {
    return chat.isPrivate || this.#parts.allowedGroups.has(chat.id);
  }

  async #refuseGroup({ chat, command }: IncomingMessage): Promise<void> {
    const nowMs = this.#parts.clock.elapsedMs();
    const toldMs = this.#groupsTold.get(chat.id);
    if (command === null || (toldMs !== undefined && nowMs - toldMs < HOUR_MS)) return;
    this.#groupsTold.set(chat.id, nowMs);
    await this.#parts.speaker.say(chat, html`${NOT_HERE}\nThis group is ${code(String(chat.id))}.`);
  }

  /** Told once for all that came. */
  #noteLate({ chat }: IncomingMessage): void {
    const count = this.#late.get(chat.id);
    this.#late.set(chat.id, (count ?? 0) + 1);
    if (count !== undefined) return;
    const { clock, speaker, log } = this.#parts;
    clock.setTimer(LATE_TOLD_MS, () => {
      const all = this.#late.get(chat.id) ?? 0;
      this.#late.delete(chat.id);
      speaker.say(chat, late(all)).catch((error: unknown) => log.warn("late messages", { error }));
    });
  }
}
