/**
 * A connection to /v5/private: authentication, then topics of one account.
 */
import type { Account } from "../accounts.ts";
import { authenticateSocket } from "../authentication.ts";
import { jsonText } from "../wire.ts";
import { type Operation, parseOperation, topicsOf } from "./operation.ts";
import type { PrivateListener } from "./private-feed.ts";
import { clashes, privateTopic } from "./private-topics.ts";
import type { Session, SessionOpening } from "./session.ts";
import { TopicDelivery } from "./topic-delivery.ts";

const FAILED_AUTHENTICATIONS_MAX = 5;

export class PrivateSession implements Session, PrivateListener {
  readonly kind = "private";
  readonly address: string;
  readonly topics = new Set<string>();
  lastActiveMs: number;
  #account: Account | undefined;
  #failures = 0;
  readonly #opening: SessionOpening;
  readonly #delivery: TopicDelivery;

  constructor(opening: SessionOpening) {
    this.#opening = opening;
    this.address = opening.address;
    this.lastActiveMs = opening.host.state.environment.nowMs();
    this.#delivery = new TopicDelivery(opening.host.state, opening.sink);
  }

  get account(): Account | undefined {
    return this.#account;
  }

  deliver(text: string): void {
    this.lastActiveMs = this.#opening.host.state.environment.nowMs();
    this.#delivery.deliver(text, this.#account?.apiKey);
  }

  disconnect(reason: string): void {
    this.#opening.sink.close(1001, reason);
  }

  closed(): void {
    this.#delivery.close();
    if (this.#account !== undefined) this.#opening.host.feedOf(this.#account).leave(this);
  }

  receive(text: string): void {
    this.lastActiveMs = this.#opening.host.state.environment.nowMs();
    const operation = parseOperation(text, "req_id");
    if (operation === undefined) return this.#answer(false, "Invalid message", "", undefined);
    switch (operation.op) {
      case "auth":
        return this.#authenticate(operation);
      case "ping":
        return this.#pong(operation);
      case "subscribe":
        return this.#subscribe(operation);
      case "unsubscribe":
        return this.#unsubscribe(operation);
      default:
        return this.#answer(false, "Unknown op", operation.op, operation.requestId);
    }
  }

  #answer(success: boolean, text: string, op: string, requestId: string | undefined): void {
    const id = requestId === undefined ? "" : `,"req_id":${requestId}`;
    const { sink, connectionId } = this.#opening;
    sink.send(
      `{"success":${success},"ret_msg":${jsonText(text)},"op":${jsonText(op)},"conn_id":"${connectionId}"${id}}`,
    );
  }

  #pong(operation: Operation): void {
    const { host, sink, connectionId } = this.#opening;
    const nowMs = host.state.environment.nowMs() + host.state.faults.skewMs(this.#account?.apiKey);
    const id = operation.requestId === undefined ? "" : `"req_id":${operation.requestId},`;
    sink.send(`{${id}"op":"pong","args":["${nowMs}"],"conn_id":"${connectionId}"}`);
  }

  #authenticate(operation: Operation): void {
    const { host, sink } = this.#opening;
    const { state } = host;
    const key: unknown = Array.isArray(operation.args) ? operation.args[0] : undefined;
    const apiKey = typeof key === "string" ? key : undefined;
    const result = authenticateSocket(operation.args, {
      accounts: state.accounts,
      address: this.address,
      nowMs: state.environment.nowMs() + state.faults.skewMs(apiKey),
      checkOrder: state.behaviour.checkOrder,
    });
    if (result.kind !== "account") {
      this.#failures += 1;
      this.#answer(false, state.behaviour.authenticationFailureText, "auth", operation.requestId);
      if (this.#failures >= FAILED_AUTHENTICATIONS_MAX) sink.close(1008, "too many failed authentications");
      return;
    }
    if (state.faults.disconnects(result.account.apiKey)) return sink.terminate();
    if (this.#account !== undefined) host.feedOf(this.#account).leave(this);
    this.#account = result.account;
    // Joins the feed at once, so that a reset of the account finds the connection even before it has topics.
    host.feedOf(result.account).listen(this);
    this.#answer(true, "", "auth", operation.requestId);
  }

  #subscribe(operation: Operation): void {
    const account = this.#account;
    if (account === undefined) {
      return this.#answer(false, "Request not authorized", "subscribe", operation.requestId);
    }
    const topics = topicsOf(operation.args);
    if (topics === undefined) return this.#answer(false, "Params Error", "subscribe", operation.requestId);
    const problem = clashes(topics)
      ? `error:topics of all categories and of one may not be mixed,topic:${topics.join(",")}`
      : this.#problemOf(topics);
    if (problem === undefined || this.#opening.host.state.behaviour.partlyBadSubscribe === "activate-valid") {
      for (const topic of topics) if (privateTopic(topic) !== undefined) this.topics.add(topic);
      this.#opening.host.feedOf(account).listen(this);
    }
    this.#answer(problem === undefined, problem ?? "", "subscribe", operation.requestId);
  }

  #problemOf(topics: readonly string[]): string | undefined {
    const unknown = topics.find((topic) => privateTopic(topic) === undefined);
    if (unknown !== undefined) return `error:handler not found,topic:${unknown}`;
    const repeated = topics.find((topic, index) => this.topics.has(topic) || topics.indexOf(topic) < index);
    return repeated === undefined ? undefined : `error:already subscribed,topic:${repeated}`;
  }

  #unsubscribe(operation: Operation): void {
    for (const topic of topicsOf(operation.args) ?? []) this.topics.delete(topic);
    if (this.#account !== undefined) this.#opening.host.feedOf(this.#account).listen(this);
    this.#answer(true, "", "unsubscribe", operation.requestId);
  }
}
