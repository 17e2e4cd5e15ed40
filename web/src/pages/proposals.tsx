/** What waits for an approval: one line each, with the way to approve or decline it, for whoever may. */
import "./proposals.css";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { callAll } from "../api/client.ts";
import { approveProposal, declineProposal } from "../api/commands.ts";
import { POLL_MS } from "../api/queries.ts";
import type { Proposal, ProposalsReport } from "../api/types.ts";
import { Amount, Quantity } from "../components/amount.tsx";
import { CommandDialog, type CommandDialogProps } from "../components/command-dialog.tsx";
import { placeText } from "../components/preview.tsx";
import { State } from "../components/state.tsx";
import { useNow } from "../format/now.ts";
import { ageText, spanText } from "../format/time.ts";
import { useMay } from "../session/session.tsx";
import { strings } from "../strings.ts";

const words = strings.proposals;

/** None for whoever may not see them, and until they are known. */
export function useProposals(): readonly Proposal[] {
  const may = useMay("view_positions");
  const { data } = useQuery({
    queryKey: ["proposals"],
    queryFn: ({ signal }) => callAll<ProposalsReport>("/proposals", "proposals", { signal }),
    refetchInterval: POLL_MS,
    enabled: may,
  });
  return data?.proposals ?? [];
}

type Act = Omit<CommandDialogProps, "onClose">;

export function ProposalList({ proposals }: { readonly proposals: readonly Proposal[] }) {
  const [act, setAct] = useState<Act | null>(null);
  const may = useMay("trade");
  return (
    <>
      <ul className="proposals" aria-label={words.title}>
        {proposals.map((proposal) => (
          <li key={proposal.id}>
            <About proposal={proposal} />
            {may && (
              <span className="row-buttons">
                <button type="button" className="button button-row" onClick={() => setAct(approve(proposal))}>
                  {words.approve}
                  <span className="for-readers">: {changeText(proposal)}</span>
                </button>
                <button type="button" className="button button-row" onClick={() => setAct(decline(proposal))}>
                  {words.decline}
                  <span className="for-readers">: {changeText(proposal)}</span>
                </button>
              </span>
            )}
          </li>
        ))}
      </ul>
      {proposals.length > 0 && !may && <p className="small muted">{words.notAllowed}</p>}
      {act !== null && <CommandDialog {...act} onClose={() => setAct(null)} />}
    </>
  );
}

function About({ proposal }: { readonly proposal: Proposal }) {
  const { leader, held, target, value, priceThen, priceNow, askedAtMs, expiresAtMs } = proposal;
  const now = useNow();
  return (
    <div>
      <State tone="warn">
        <span className="proposal-text">
          {changeText(proposal)}, {words.about} <Amount value={value} places={2} unit="USDT" />
        </span>
      </State>
      <p className="small muted proposal-facts">
        <span>{words.after(leader)}</span>
        <span>
          {words.position} <Quantity value={held} /> → <Quantity value={target} />
        </span>
        <span>
          {words.price} <Amount value={priceThen} /> → <Amount value={priceNow} />
        </span>
        <span>{words.asked(ageText(now - askedAtMs))}</span>
        <span>{words.ends(spanText(expiresAtMs - now))}</span>
      </p>
    </div>
  );
}

/** `anna: buy 0.5 BTCUSDT` */
function changeText(proposal: Proposal): string {
  return `${proposal.follower}: ${proposal.side} ${proposal.quantity} ${placeText(proposal)}`;
}

function approve(proposal: Proposal): Act {
  return {
    title: `${words.approve}: ${changeText(proposal)}`,
    about: words.approveAbout(proposal.target),
    confirm: words.approve,
    ...approveProposal(proposal.id, proposal.target),
  };
}

function decline(proposal: Proposal): Act {
  return {
    title: `${words.decline}: ${changeText(proposal)}`,
    about: words.declineAbout,
    confirm: words.decline,
    ...declineProposal(proposal.id),
  };
}
