/**
 * A connection to /v5/public/{category}: topics without a key. Each category has its own dialect for pongs and
 * subscribe answers; only linear has data on this exchange.
 */
import type { Category } from "../endpoints/endpoint.ts";
import { jsonText } from "../wire.ts";
import { type Operation, parseOperation, topicsOf } from "./operation.ts";
import type { PublicListener } from "./public-feeds.ts";
import type { Session, SessionOpening } from "./session.ts";
import { TopicDelivery } from "./topic-delivery.ts";

const ARGS_TEXT_MAX = 21_000;
const SPOT_ARGS_PER_REQUEST_MAX = 10;
const OPTION_ARGS_MAX = 2000;

export class PublicSession implements Session, PublicListener {
  readonly kind = "public";
  readonly account = undefined;
  readonly address: string;
  lastActiveMs: number;
  readonly #topics = new Set<string>();
  readonly #category: Category;
  readonly #opening: SessionOpening;
  readonly #delivery: TopicDelivery;
  #argsText = 0;

  constructor(opening: SessionOpening, category: Category) {
    this.#opening = opening;
    this.#category = category;
    this.address = opening.address;
    this.lastActiveMs = opening.host.state.environment.nowMs();
    this.#delivery = new TopicDelivery(opening.host.state, opening.sink);
  }

  deliver(text: string): void {
    this.lastActiveMs = this.#opening.host.state.environment.nowMs();
    this.#delivery.deliver(text, undefined);
  }

  disconnect(reason: string): void {
    this.#opening.sink.close(1001, reason);
  }

  closed(): void {
    this.#delivery.close();
    for (const topic of this.#topics) this.#opening.host.publicFeeds.leave(topic, this);
    this.#topics.clear();
  }

  receive(text: string): void {
    this.lastActiveMs = this.#opening.host.state.environment.nowMs();
    const operation = parseOperation(text, "req_id");
    if (operation === undefined) return this.#answer(false, "Invalid message", "", undefined);
    switch (operation.op) {
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
    const id = `,"req_id":${requestId ?? '""'}`;
    const { sink, connectionId } = this.#opening;
    sink.send(
      `{"success":${success},"ret_msg":${jsonText(text)},"conn_id":"${connectionId}"${id},"op":${jsonText(op)}}`,
    );
  }

  #pong(operation: Operation): void {
    const { host, sink, connectionId } = this.#opening;
    if (this.#category === "option") {
      const nowMs = host.state.environment.nowMs() + host.state.faults.skewMs(undefined);
      return sink.send(`{"args":["${nowMs}"],"op":"pong"}`);
    }
    if (this.#category === "spot") {
      return sink.send(`{"success":true,"ret_msg":"pong","conn_id":"${connectionId}","op":"ping"}`);
    }
    this.#answer(true, "pong", "ping", operation.requestId);
  }

  #subscribe(operation: Operation): void {
    const topics = topicsOf(operation.args);
    if (topics === undefined) return this.#answer(false, "Params Error", "subscribe", operation.requestId);
    const problem = this.#overLimit(topics) ?? this.#problemOf(topics);
    if (problem !== undefined && this.#opening.host.state.behaviour.partlyBadSubscribe === "refuse-all") {
      return this.#answer(false, problem, "subscribe", operation.requestId);
    }
    this.#argsText += topics.join("").length;
    this.#acknowledge(problem, topics, operation.requestId);
    for (const topic of topics) this.#join(topic);
  }

  #join(topic: string): void {
    if (this.#topics.has(topic) || !this.#exists(topic)) return;
    this.#topics.add(topic);
    this.#opening.host.publicFeeds.join(topic, this);
  }

  #exists(topic: string): boolean {
    return this.#category === "linear" && this.#opening.host.publicFeeds.exists(topic);
  }

  #overLimit(topics: readonly string[]): string | undefined {
    if (this.#argsText + topics.join("").length > ARGS_TEXT_MAX) return "error:args are too long";
    if (this.#category === "spot" && topics.length > SPOT_ARGS_PER_REQUEST_MAX) return "error:args size > 10";
    if (this.#category === "option" && this.#topics.size + topics.length > OPTION_ARGS_MAX) {
      return "error:too many args";
    }
    return undefined;
  }

  #problemOf(topics: readonly string[]): string | undefined {
    const unknown = topics.find((topic) => !this.#exists(topic));
    if (unknown !== undefined) return `error:handler not found,topic:${unknown}`;
    const repeated = topics.find((topic, index) => this.#topics.has(topic) || topics.indexOf(topic) < index);
    return repeated === undefined ? undefined : `error:already subscribed,topic:${repeated}`;
  }

  #acknowledge(problem: string | undefined, topics: readonly string[], requestId: string | undefined): void {
    if (this.#category !== "option") {
      const text = problem ?? (this.#category === "spot" ? "subscribe" : "");
      return this.#answer(problem === undefined, text, "subscribe", requestId);
    }
    const failed = JSON.stringify(topics.filter((topic) => !this.#exists(topic)));
    const good = JSON.stringify(topics.filter((topic) => this.#exists(topic)));
    this.#opening.sink.send(
      `{"success":${problem === undefined},"conn_id":"${this.#opening.connectionId}",` +
        `"data":{"failTopics":${failed},"successTopics":${good}},"type":"COMMAND_RESP"}`,
    );
  }

  #unsubscribe(operation: Operation): void {
    for (const topic of topicsOf(operation.args) ?? []) {
      if (!this.#topics.delete(topic)) continue;
      this.#argsText -= topic.length;
      this.#opening.host.publicFeeds.leave(topic, this);
    }
    this.#answer(true, "", "unsubscribe", operation.requestId);
  }
}
