/** Which streams and abilities belong to an address. */
import { expect, test } from "vitest";
import { bybitVenue } from "./hosts.ts";

test.each([
  ["https://api.bybit.com", "wss://stream.bybit.com", "wss://stream.bybit.com", true],
  ["https://api.bytick.com/", "wss://stream.bybit.com", "wss://stream.bybit.com", true],
  ["https://api-testnet.bybit.com", "wss://stream-testnet.bybit.com", "wss://stream-testnet.bybit.com", true],
  ["https://api-demo.bybit.com", "wss://stream-demo.bybit.com", "wss://stream.bybit.com", false],
  ["http://127.0.0.1:8080", "ws://127.0.0.1:8080", "ws://127.0.0.1:8080", true],
  ["https://exchange.example/base/", "wss://exchange.example/base", "wss://exchange.example/base", true],
])("%s", (url, stream, publicStream, orderEntryStream) => {
  const venue = bybitVenue(url);
  expect(venue.urls).toMatchObject({ stream, publicStream });
  expect(venue.capabilities).toEqual({ orderEntryStream, hedgeMode: true });
});

test("the venue is named after the host, so that environments are told apart", () => {
  expect(bybitVenue("https://api.bybit.com").venue).toBe("api.bybit.com");
  expect(bybitVenue("http://127.0.0.1:1234").venue).toBe("127.0.0.1:1234");
});

test("a stream address of one's own goes before the known one", () => {
  const { urls } = bybitVenue("https://api-demo.bybit.com", "ws://127.0.0.1:9/x/");
  expect(urls).toEqual({
    rest: "https://api-demo.bybit.com",
    stream: "ws://127.0.0.1:9/x",
    publicStream: "ws://127.0.0.1:9/x",
  });
});

test("all of Bybit's hosts share one limit per address, a venue of one's own has its own", () => {
  const group = (url: string): string => bybitVenue(url).limitGroup;
  expect(group("https://api-demo.bybit.com")).toBe(group("https://api.bybit.com"));
  expect(group("http://127.0.0.1:1")).not.toBe(group("http://127.0.0.1:2"));
});

test("only a demo key may be silent about what it is allowed", () => {
  expect(bybitVenue("https://api-demo.bybit.com").keyInspection).toBe("optional");
  expect(bybitVenue("https://api.bybit.com").keyInspection).toBe("required");
});

test.each([["ftp://host"], ["not an address"], ["user:secret@host"]])(
  "%j is refused without being repeated",
  (url) => {
    expect(() => bybitVenue(url)).toThrow(TypeError);
    expect(() => bybitVenue(url)).not.toThrow(url);
  },
);
