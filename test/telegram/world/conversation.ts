/**
 * Conversations with a bot as tests: people say, press and see. Whoever waits for something lets the clock run over the short
 * pauses that a bot keeps between messages; longer times pass only where a test says so.
 */
import { follower, leader } from "../../configuration/folder.ts";
import { TEST_KEY } from "../../e2e/program.ts";
import type { PressAnswer } from "./bot-messages.ts";
import { BOT_TOKEN, FakeTelegram, type FakeTelegramOptions } from "./fake-telegram.ts";
import type { Chat, Message, User } from "./shapes.ts";
import { TestClock } from "./test-clock.ts";

/** What the accounts of tests have, the key that their files are under, and the bot's own. */
const SECRETS = [
  ...[leader, follower].flatMap((account) => [account.api_key, account.api_secret]),
  TEST_KEY,
  BOT_TOKEN.split(":")[1] ?? BOT_TOKEN,
];

/** Pauses between messages that pass by themselves. */
const PAUSE_MS = 3_500;
/** Nothing moves for so long, by the machine's clock: nothing more will come by itself. */
const STILL_MS = 12;
const STILL_TURNS = 3;
/** Whoever waits for something may let a pause pass sooner: nothing is lost by it. */
const WAITING_STILL_MS = 3;
const STILL_MAX = 60;
/** For what ought to come. */
const PATIENCE_MS = 10_000;

/** What the bot did to a chat, as it was shown then. */
export interface Shown {
  readonly chatId: number;
  readonly messageId: number;
  readonly kind: "sent" | "edited";
  readonly text: string;
  readonly message: Message;
}

interface SayOptions {
  readonly in?: Chat;
  readonly replyTo?: Message;
  readonly forwardedFrom?: Person;
  readonly anonymous?: boolean;
}

export class Conversation {
  readonly clock: TestClock;
  readonly telegram: FakeTelegram;
  /** In the order in which it was shown. */
  readonly shown: Shown[] = [];

  private constructor(clock: TestClock, telegram: FakeTelegram) {
    this.clock = clock;
    this.telegram = telegram;
    let read = 0;
    telegram.onChange(() => {
      for (const { method, outcome } of telegram.calls.slice(read)) {
        if (outcome === null) break;
        read += 1;
        if ("result" in outcome) this.shown.push(...shownBy(method, outcome.result));
      }
    });
  }

  static async open(options: Omit<FakeTelegramOptions, "clock"> = {}): Promise<Conversation> {
    const clock = new TestClock();
    return new Conversation(clock, await FakeTelegram.open({ clock, ...options }));
  }

  person(name: string, id: number, more: Partial<User> = {}): Person {
    return new Person(this, this.telegram.people.add({ id, first_name: name, ...more }));
  }

  group(title: string, members: readonly Person[], type?: "group" | "supergroup"): Chat {
    return this.telegram.people.group(
      title,
      members.map(({ user }) => user),
      type,
    );
  }

  /** What a chat shows now, one text for each message, with its buttons. */
  screen(chat: Chat): readonly string[] {
    return this.telegram.population.room(chat.id).messages.map(textOf);
  }

  /** Time goes by, with everything that it leads to: what a timer begins is done before the next one's time comes. */
  async passes(ms: number): Promise<void> {
    const untilMs = this.clock.elapsedMs() + ms;
    for (;;) {
      // A call that Telegram does not answer holds nothing up for long.
      for (let at = 0; at < STILL_MAX && (!(await this.#isStill()) || this.telegram.inFlight > 0); at += 1);
      const nextMs = this.clock.untilNextMs();
      if (nextMs === null || this.clock.elapsedMs() + nextMs > untilMs) break;
      this.clock.goToNext();
    }
    await this.clock.advance(untilMs - this.clock.elapsedMs());
  }

  /** Until the answer is there; throws with all that was shown when it does not come. */
  async waitFor<Found>(what: string, find: () => Found | null): Promise<Found> {
    const endMs = performance.now() + PATIENCE_MS;
    for (;;) {
      const found = find();
      if (found !== null) return found;
      if (performance.now() > endMs) throw new Error(`${what}; shown so far:\n${this.transcript()}`);
      await this.#step();
    }
  }

  /** Until this has ended, letting short pauses pass. */
  async during<Result>(work: Promise<Result>): Promise<Result> {
    let isDone = false;
    const ended = () => {
      isDone = true;
    };
    work.then(ended, ended);
    while (!isDone) await this.#step();
    return work;
  }

  /** Until the bot has read everything, answered everything, and nothing moves any more. */
  async settles(): Promise<void> {
    const { telegram } = this;
    const isIdle = () => telegram.inFlight === 0 && telegram.updates.size === 0;
    await this.waitFor("the bot does not come to rest", () => (isIdle() ? true : null));
    while (!((await this.#isStill()) && isIdle()) || this.#skipsPause());
  }

  transcript(): string {
    return this.shown.map(({ chatId, kind, text }) => `${chatId} ${kind}: ${text}`).join("\n");
  }

  /** Throws where anything that was ever sent had a secret in it. */
  async close(): Promise<void> {
    await this.telegram.close();
    const received = this.telegram.received();
    for (const secret of SECRETS)
      if (received.includes(secret)) throw new Error(`${secret} was sent to Telegram`);
  }

  async #step(): Promise<void> {
    if ((await this.#isStill(WAITING_STILL_MS)) && this.telegram.inFlight === 0) this.#skipsPause();
  }

  /** False as soon as something changes; true when nothing has for a while. */
  async #isStill(forMs = STILL_MS): Promise<boolean> {
    let hasChanged = false;
    const forget = this.telegram.onChange(() => {
      hasChanged = true;
    });
    const endMs = performance.now() + forMs;
    for (let turn = 0; !hasChanged && (turn < STILL_TURNS || performance.now() < endMs); turn += 1)
      await new Promise((resolve) => setTimeout(resolve, 1));
    forget();
    return !hasChanged;
  }

  #skipsPause(): boolean {
    const nextMs = this.clock.untilNextMs();
    if (nextMs === null || nextMs > PAUSE_MS) return false;
    this.clock.goToNext();
    return true;
  }
}

export class Person {
  readonly user: User;
  readonly #world: Conversation;
  /** How much of `shown` is behind what was said or seen last. */
  #seen = 0;

  constructor(world: Conversation, user: User) {
    this.#world = world;
    this.user = user;
  }

  get chat(): Chat {
    return this.#world.telegram.people.privateChat(this.user);
  }

  /** What was shown before is not looked at any more. */
  says(text: string, { in: chat = this.chat, forwardedFrom, ...more }: SayOptions = {}): Message {
    this.#seen = this.#world.shown.length;
    return this.#world.telegram.people.write({
      from: this.user,
      chat,
      text,
      ...(forwardedFrom === undefined ? {} : { forwardedFrom: forwardedFrom.user }),
      ...more,
    });
  }

  /** The newest message of the chat that shows such a button; answers what the press was answered with. */
  async presses(button: string | RegExp, { in: chat = this.chat }: SayOptions = {}): Promise<PressAnswer> {
    const found = await this.#world.waitFor(`no button ${button} for ${this.user.first_name}`, () =>
      this.#buttonIn(chat, button),
    );
    return this.#pressed(this.#world.telegram.people.press(this.user, found.message, found.text));
  }

  /** Presses with data of one's own, also under a message whose buttons are gone. */
  async forges(message: Message, data: string): Promise<PressAnswer> {
    return this.#pressed(this.#world.telegram.people.forge(this.user, message, data));
  }

  /** Waits for a message, new or edited, that is shown after what was said or seen last. */
  async sees(pattern: RegExp, { in: chat = this.chat }: SayOptions = {}): Promise<Message> {
    const { shown } = this.#world;
    return this.#world.waitFor(`${this.user.first_name} does not see ${pattern}`, () => {
      const at = shown.findIndex(
        ({ chatId, text }, index) => index >= this.#seen && chatId === chat.id && pattern.test(text),
      );
      const found = shown[at];
      if (found === undefined) return null;
      this.#seen = at + 1;
      return found.message;
    });
  }

  /** Whatever is shown after what was said or seen last, once the bot has come to rest. */
  async all(options: SayOptions = {}): Promise<readonly string[]> {
    return (await this.messages(options)).map(textOf);
  }

  /** The same as messages. */
  async messages({ in: chat = this.chat }: SayOptions = {}): Promise<readonly Message[]> {
    await this.#world.settles();
    const news = this.#world.shown.slice(this.#seen).filter(({ chatId }) => chatId === chat.id);
    this.#seen = this.#world.shown.length;
    return news.map(({ message }) => message);
  }

  /** Says, and answers with what is shown next. */
  async asks(text: string, options: SayOptions = {}): Promise<string> {
    this.says(text, options);
    return textOf(await this.sees(/^/, options));
  }

  async #pressed(id: string): Promise<PressAnswer> {
    this.#seen = this.#world.shown.length;
    return this.#world.waitFor("the button goes on spinning", () => this.#world.telegram.answerOf(id));
  }

  #buttonIn(
    chat: Chat,
    wanted: string | RegExp,
  ): { readonly message: Message; readonly text: string } | null {
    const { messages } = this.#world.telegram.population.room(chat.id);
    for (const message of messages.toReversed()) {
      const buttons = message.reply_markup?.inline_keyboard.flat() ?? [];
      const button = buttons.find(({ text }) =>
        typeof wanted === "string" ? text === wanted : wanted.test(text),
      );
      if (button !== undefined) return { message, text: button.text };
    }
    return null;
  }
}

function shownBy(method: string, result: unknown): readonly Shown[] {
  const kind = /^send/i.test(method) ? "sent" : /^edit/i.test(method) ? "edited" : null;
  if (kind === null || typeof result !== "object" || result === null) return [];
  // The server's own results of these methods are messages.
  const messages = (Array.isArray(result) ? result : [result]) as readonly Message[];
  return messages.map((message) => ({
    chatId: message.chat.id,
    messageId: message.message_id,
    kind,
    text: textOf(message),
    message,
  }));
}

/** All that a person sees of a message: picture or file, text, buttons in brackets. */
function textOf({ text, caption, photo, document, reply_markup }: Message): string {
  const file = document === undefined ? [] : [`[${document.file_name}]`];
  const media = photo === undefined ? file : ["[picture]"];
  const rows = reply_markup?.inline_keyboard ?? [];
  const buttons = rows.map((row) => row.map((button) => `[${button.text}]`).join(" "));
  return [...media, text ?? caption ?? "", ...buttons].join("\n");
}
