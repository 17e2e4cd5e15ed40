/** A secret that has to be handed out as it is, to the one whom it is shared with: a bot's token, what a webhook shows. */
import { createHmac, timingSafeEqual } from "node:crypto";
import { Hidden } from "./secrets.ts";

export class SharedSecret extends Hidden {
  readonly #text: string;

  constructor(text: string) {
    super();
    this.#text = text;
  }

  /** For the request to the one who knows it, and nothing else. */
  reveal(): string {
    return this.#text;
  }

  maskIn(register: (value: string) => void): void {
    register(this.#text);
  }

  /** Another secret that follows from this one and does not give it away: 43 letters, digits, _ or -. */
  derived(purpose: string): SharedSecret {
    return new SharedSecret(createHmac("sha256", this.#text).update(purpose).digest("base64url"));
  }

  /** In a time that tells nothing of where they differ. */
  equals(given: string): boolean {
    const key = "compared";
    const [own, other] = [this.#text, given].map((text) => createHmac("sha256", key).update(text).digest());
    return own !== undefined && other !== undefined && timingSafeEqual(own, other);
  }
}
