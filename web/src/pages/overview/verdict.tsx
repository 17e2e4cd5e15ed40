/** The first question, answered in one sentence with its proof: how many rows, checked when, to what step. */
import { Link } from "wouter";
import type { StatusReport } from "../../api/types.ts";
import { Age } from "../../components/age.tsx";
import { State, type Tone } from "../../components/state.tsx";
import { useNow } from "../../format/now.ts";
import { silenceOf, useConnection } from "../../live/connection.ts";
import { isEverRead } from "../../live/true-at.ts";
import { type ParitySum, paritySum } from "../parity.ts";
import { words } from "./strings.ts";

export function Verdict({ status, atMs }: { readonly status: StatusReport; readonly atMs: number }) {
  const sum = paritySum(status.followers);
  const connection = useConnection();
  const isOld = silenceOf(connection, useNow()) !== null || connection.isEngineGone;
  const [tone, sentence] = status.engine.running ? verdictOf(sum, isOld) : (["warn", words.stopped] as const);
  return (
    <section className="panel verdict" aria-label={words.verdict}>
      <h2 className="small muted">{words.verdict}</h2>
      <p className="verdict-sentence">
        <State tone={tone}>
          <span className="verdict-words">{sentence}</span>
        </State>
      </p>
      <p className="muted small row">
        {partsOf(sum).map((part) => (
          <span key={part}>{part}</span>
        ))}
        {isEverRead(status) && (
          <span>
            {words.checked} <Age atMs={atMs} />, {words.steps}
          </span>
        )}
        <Link href="/copies">{words.toCopies}</Link>
      </p>
    </section>
  );
}

function verdictOf(sum: ParitySum, isOld: boolean): readonly [Tone, string] {
  const [tone, sentence] = verdictThen(sum);
  return isOld ? ["off", words.notKnownNow(sentence)] : [tone, sentence];
}

function verdictThen({ rows, atTarget, inFlight, explained, drifting }: ParitySum): readonly [Tone, string] {
  if (rows === 0) return ["good", words.nothingHeld];
  if (drifting > 0) return ["bad", words.drifting(drifting, rows)];
  if (inFlight > 0) return ["busy", words.onTheWay(atTarget, rows)];
  if (explained > 0) return ["warn", words.explained(atTarget, rows)];
  return ["good", words.allAtTarget(rows)];
}

function partsOf({ inFlight, explained, drifting }: ParitySum): readonly string[] {
  return [
    ...(inFlight === 0 ? [] : [words.inFlight(inFlight)]),
    ...(explained === 0 ? [] : [words.withReason(explained)]),
    ...(drifting === 0 ? [] : [words.without(drifting)]),
  ];
}
